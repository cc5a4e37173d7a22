"""Which messages are for the bot, and what they ask without the way it was called."""

import re
from collections.abc import Callable

from telegram import Message, Update
from telegram.constants import ChatType

GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})


def heard(message: Message, is_command: Callable[[str], bool]) -> str | None:
    """The text that the bot is to answer; None when it is not spoken to, "" when called without a word.

    In a private chat everything is for it. In a group: its commands, replies to it, and messages that mention it.
    `is_command` tells whether a text begins with one of its commands.
    """
    bot = message.get_bot()
    if message.via_bot is not None and message.via_bot.id == bot.id:  # an inline answer that a person has just posted
        return None
    text = message.text or message.caption or ""
    if message.chat.type not in GROUPS:
        return _without_mention(text, bot.username)
    if text.startswith("/"):
        return text if _for_us(text, bot.username, is_command) else None
    if _mentions(text, bot.username):
        return _without_mention(text, bot.username)
    # A reply without text (a picture, a sticker) asks nothing, in a group it is left alone.
    answered = message.reply_to_message
    to_us = answered is not None and answered.from_user is not None and answered.from_user.id == bot.id
    return text if to_us and text else None


def needs_answer(update: Update, is_command: Callable[[str], bool]) -> bool:
    """Whether an update has to wait for its chat's turn; the talk of a group and events of a chat don't."""
    if update.callback_query is not None or update.inline_query is not None:
        return True
    message = update.message or update.edited_message
    return message is not None and heard(message, is_command) is not None


def words_of(update: object) -> str:
    """All that a person typed in an update, to keep it out of the log."""
    if not isinstance(update, Update):
        return ""
    message = update.effective_message
    said = [message.text, message.caption] if message is not None else []
    said += [update.inline_query.query] if update.inline_query else []
    said += [update.callback_query.data] if update.callback_query else []
    return " ".join(text for text in said if text)


def _for_us(text: str, username: str, is_command: Callable[[str], bool]) -> bool:
    _, at, whom = text.split(maxsplit=1)[0].partition("@")
    return whom.casefold() == username.casefold() if at else is_command(text)


def _mentions(text: str, username: str) -> bool:
    return _mention(username).search(text) is not None


def _without_mention(text: str, username: str) -> str:
    if text.startswith("/"):
        return text
    return " ".join(_mention(username).sub(" ", text).split(" ")).strip(" ,:;\n") if _mentions(text, username) else text


def _mention(username: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)@{re.escape(username)}(?!\w)", re.IGNORECASE)
