"""Buttons under an answer, and what a pressed one means: short, explicit, alive after restarts and upgrades.

v1:ask:Quand rouvre Chambord ?          put this question
v1:about:fr:visit.video:mamc            put the question of this intent and aspect about this venue
v1:place:chambord   v1:follow:chambord   v1:language:en
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from visitbot.answering.answer import Action, Answer
from visitbot.bot.rendering import is_link, plain
from visitbot.bot.wording import Wording
from visitbot.catalogue.model import Venue
from visitbot.understanding.request import Request

log = logging.getLogger(__name__)

LONGEST = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
"""Bytes of callback data."""
SHORT = 18
"""Letters of a label up to which two stand side by side on a telephone."""
_FRENCH_SPACE = re.compile(r" (?=[?!:;»])|(?<=«) ")
Understand = Callable[[str, str], Sequence[Request]]
"""Question and language → what it asks for."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a pressed button means."""

    kind: str
    """"ask", "about", "place", "follow" or "language"."""
    value: str
    """The question, the venue's id or the language."""
    language: str | None = None
    topic: str | None = None
    """Of "about": intent, or intent.aspect."""


def keyboard(answer: Answer, wording: Wording, understand: Understand) -> InlineKeyboardMarkup | None:
    """The buttons of an answer; one that can't be written in 64 bytes is left out rather than made ambiguous."""
    rows: list[list[InlineKeyboardButton]] = []
    for action in answer.actions:
        button = _button(action, wording, understand)
        if button is None:
            log.warning("a %s button was left out: it can't be written down", action.kind)
        elif rows and len(rows[-1]) == 1 and len(button.text) <= SHORT and len(rows[-1][0].text) <= SHORT:
            rows[-1].append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows) if rows else None


def _button(action: Action, wording: Wording, understand: Understand) -> InlineKeyboardButton | None:
    label = plain(action.label).strip()
    if not label:
        return None
    if action.kind == "open":
        return InlineKeyboardButton(label, url=action.value) if is_link(action.value) else None
    written = f"v1:{action.kind}:{_narrow(plain(action.value))}"
    if action.kind == "ask" and len(written.encode()) > LONGEST:
        written = _about(action.value, wording, understand) or written
    return InlineKeyboardButton(label, callback_data=written) if len(written.encode()) <= LONGEST else None


def _about(question: str, wording: Wording, understand: Understand) -> str | None:
    """A long question by its intent and venue, if that is all that it holds."""
    requests = understand(question, wording.language)
    if len(requests) != 1 or len(requests[0].venues) != 1:
        return None
    request = requests[0]
    if request != Request(request.intent, venues=request.venues, aspect=request.aspect):
        return None
    topic = f"{request.intent}.{request.aspect}" if request.aspect else request.intent
    return f"v1:about:{wording.language}:{topic}:{request.venues[0]}" if topic in wording.asking else None


def read(data: str | None) -> Press | None:
    """What a pressed button means; None for one of another version or one that is not ours."""
    version, _, rest = (data or "").partition(":")
    kind, _, value = rest.partition(":")
    if version != "v1" or not value:
        return None
    if kind == "ask":
        return Press(kind, _FRENCH_SPACE.sub("\u202f", value))
    if kind == "about":
        language, _, what = value.partition(":")
        topic, _, venue = what.partition(":")
        return Press(kind, venue, language, topic) if topic and venue else None
    return Press(kind, value) if kind in ("place", "follow", "language") else None


def question(press: Press, venues: Mapping[str, Venue], wording: Wording) -> str | None:
    """The question that a press puts; None when it puts none or its venue is no longer known."""
    if press.kind == "ask":
        return press.value
    topic = {"about": press.topic, "follow": "subscribe"}.get(press.kind)
    venue = venues.get(press.value)
    if topic is None or venue is None:
        return None
    return wording.question(topic, venue)


def _narrow(text: str) -> str:
    """Narrow no-break spaces take three bytes each; `read` puts them back."""
    return text.replace("\u202f", " ").replace("\xa0", " ")
