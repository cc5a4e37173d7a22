"""Says an Answer in a chat: as many messages as it takes, its buttons, its pin."""

import logging
from dataclasses import dataclass
from itertools import zip_longest

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest

from visitbot.answering.answer import Answer, Pin
from visitbot.bot import rendering
from visitbot.bot.hearing import GROUPS

log = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to say it."""

    chat: int
    thread: int | None = None
    """Topic of a forum."""
    reply_to: int | None = None
    """Message that it answers, named in groups, where several people talk."""

    @classmethod
    def of(cls, message: Message, *, reply: bool = True) -> "Place":
        """Where `message` is answered."""
        in_group = message.chat.type in GROUPS
        thread = message.message_thread_id if message.is_topic_message else None
        return cls(message.chat.id, thread, message.message_id if in_group and reply else None)


async def say(bot: Bot, place: Place, answer: Answer, keyboard: InlineKeyboardMarkup | None) -> tuple[int, ...]:
    """Send an answer; the ids of its messages. Raises TelegramError."""
    parts = rendering.messages(answer)
    sent: list[int] = []
    for number, part in enumerate(parts):
        message = await bot.send_message(
            place.chat,
            part,
            parse_mode=ParseMode.HTML,
            link_preview_options=rendering.preview(answer) if number == 0 else NO_PREVIEW,
            message_thread_id=place.thread,
            reply_parameters=_reply(place) if number == 0 else None,
            reply_markup=keyboard if number == len(parts) - 1 else None,
        )
        sent.append(message.message_id)
    if answer.pin is not None and not any(action.kind == "place" for action in answer.actions):
        await show(bot, place, answer.pin)
    return tuple(sent)


async def say_anew(
    bot: Bot, place: Place, answer: Answer, keyboard: InlineKeyboardMarkup | None, before: tuple[int, ...]
) -> tuple[int, ...]:
    """Put an answer in the place of an earlier one, message by message. Raises TelegramError."""
    parts = rendering.messages(answer)
    now: list[int] = []
    for number, (part, old) in enumerate(zip_longest(parts, before)):
        buttons = keyboard if number == len(parts) - 1 else None
        shown = rendering.preview(answer) if number == 0 else NO_PREVIEW
        if part is None:
            await _delete(bot, place.chat, old)
        elif old is None:
            message = await bot.send_message(
                place.chat, part, parse_mode=ParseMode.HTML, link_preview_options=shown,
                message_thread_id=place.thread, reply_markup=buttons,
            )  # fmt: skip
            now.append(message.message_id)
        else:
            await _edit(bot, place.chat, old, part, shown, buttons)
            now.append(old)
    return tuple(now)


async def show(bot: Bot, place: Place, pin: Pin) -> None:
    """Send a point on the map. Raises TelegramError."""
    await bot.send_venue(
        place.chat, pin.latitude, pin.longitude, pin.title, pin.address, message_thread_id=place.thread
    )


async def _edit(
    bot: Bot, chat: int, message: int, text: str, shown: LinkPreviewOptions, keyboard: InlineKeyboardMarkup | None
) -> None:
    try:
        await bot.edit_message_text(
            text, chat, message, parse_mode=ParseMode.HTML, link_preview_options=shown, reply_markup=keyboard
        )
    except BadRequest as refusal:
        # A corrected typo often has the same answer, which Telegram refuses to put in its own place; and what the
        # person has deleted meanwhile is not wanted.
        if "not modified" not in refusal.message and "not found" not in refusal.message:
            raise


async def _delete(bot: Bot, chat: int, message: int) -> None:
    try:
        await bot.delete_message(chat, message)
    except BadRequest as refusal:  # somebody was faster, or it has grown too old
        log.info("a message could not be taken back: %s", refusal.message)


def _reply(place: Place) -> ReplyParameters | None:
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
