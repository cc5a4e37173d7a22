"""Inline mode, "@bot chambord" typed in any chat: answers to choose from, each a whole message."""

import hashlib
from datetime import datetime

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.constants import ParseMode

from visitbot.answering.answer import Answer
from visitbot.bot import rendering
from visitbot.bot.wording import Wording
from visitbot.dialogue import Assistant, Reply

CACHED = 60
"""Seconds that Telegram may repeat the results: a corrected date is seen a minute later."""
MOST = 10
TOPICS = ("reopening", "visit", "venue_info")
"""What is offered about a venue that was named."""
EXCERPT = 120
"""Letters shown under a title."""


def results(query: str, assistant: Assistant, now: datetime, wording: Wording) -> list[InlineQueryResultArticle]:
    """What to offer for what has been typed; examples for nothing; nothing for what the bot can't answer."""
    found: dict[str, InlineQueryResultArticle] = {}
    for question, reply in _answered(query.strip(), assistant, now, wording):
        if (article := _article(question, reply.answer)) is not None:
            found.setdefault(article.id, article)
    return list(found.values())[:MOST]


def ask_in_private(wording: Wording) -> InlineQueryResultsButton:
    """The way to the private chat, where there is room to ask back."""
    return InlineQueryResultsButton(wording.say("inline_elsewhere"), start_parameter="inline")


def _answered(query: str, assistant: Assistant, now: datetime, wording: Wording) -> list[tuple[str, Reply]]:
    if not query:
        return [(text, assistant.reply(text, now, None, wording.language)) for text in wording.examples]
    first = assistant.reply(query, now, None, wording.language)
    requests = first.understanding.requests
    named = [venue for request in requests for venue in request.venues] or list(first.understanding.choices)
    venues = assistant.catalogue().venues
    questions = [
        wording.question(topic, venues[venue])
        for venue in dict.fromkeys(named) if venue in venues for topic in TOPICS
    ]  # fmt: skip
    more = [(text, assistant.reply(text, now, None, wording.language)) for text in questions if text]
    # A question back has no place in somebody else's chat; its choices are offered instead.
    plain = first.understanding.choices or all(request.intent == "out_of_scope" for request in requests)
    return more if plain else [(query, first), *more]


def _article(title: str, answer: Answer) -> InlineQueryResultArticle | None:
    parts = rendering.messages(answer)
    if not parts:
        return None
    links = [action for action in answer.actions if action.kind == "open" and rendering.is_link(action.value)]
    rows = [[InlineKeyboardButton(link.label, url=link.value)] for link in links]
    excerpt = rendering.plain(answer.text).replace("\n", " ")
    return InlineQueryResultArticle(
        id=hashlib.sha256(parts[0].encode()).hexdigest()[:32],
        title=rendering.plain(title),
        description=excerpt if len(excerpt) <= EXCERPT else excerpt[: EXCERPT - 1] + "…",
        input_message_content=InputTextMessageContent(
            parts[0], parse_mode=ParseMode.HTML, link_preview_options=rendering.preview(answer)
        ),
        # Only links: what else is pressed in a chat without the bot could not be answered there.
        reply_markup=InlineKeyboardMarkup(rows) if rows else None,
    )
