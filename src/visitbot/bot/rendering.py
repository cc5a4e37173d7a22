"""An Answer becomes Telegram messages: HTML with everything escaped, cut at sense, buttons under the last."""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from telegram import LinkPreviewOptions
from telegram.constants import MessageLimit

from visitbot.answering.answer import Answer, Paragraph, Span

LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)
"""UTF-16 units of what is seen, tags not counted."""
BETWEEN = "\n\n"
_SENTENCE = re.compile(r"(?<=[.!?…»])[ \n]+")
_WORD = re.compile(r"[ \n\t]+")
_LINK = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")


def width(text: str) -> int:
    """Length as Telegram counts it: in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def messages(answer: Answer, limit: int = LIMIT) -> list[str]:
    """The answer as HTML, in as many messages as it takes; empty when it says nothing."""
    cut: list[list[Paragraph]] = [[]]
    room = limit
    for paragraph in answer.paragraphs:
        for piece in _pieces(_sound(paragraph), limit):
            needed = _length(piece) + (width(BETWEEN) if cut[-1] else 0)
            if needed > room:
                cut.append([])
                room, needed = limit, _length(piece)
            cut[-1].append(piece)
            room -= needed
    return [BETWEEN.join(map(_html, part)) for part in cut if part]


def preview(answer: Answer) -> LinkPreviewOptions:
    """The one picture that the answer chose, or none."""
    if answer.preview and is_link(answer.preview):
        return LinkPreviewOptions(url=answer.preview)
    return LinkPreviewOptions(is_disabled=True)


def is_link(address: str) -> bool:
    """Whether Telegram takes it as a link; for a button it refuses the whole message otherwise."""
    return _LINK.match(address) is not None


def plain(text: str) -> str:
    """`text` without what can't be sent: control characters and halves of characters."""
    kept = "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
    return kept.replace("\t", " ")


def _sound(paragraph: Paragraph) -> Paragraph:
    """The paragraph without what can't be sent and without blanks around it."""
    spans = [replace(span, text=plain(span.text)) for span in paragraph]
    while spans and not spans[0].text.strip():
        spans.pop(0)
    while spans and not spans[-1].text.strip():
        spans.pop()
    if spans:
        spans[0] = replace(spans[0], text=spans[0].text.lstrip())
        spans[-1] = replace(spans[-1], text=spans[-1].text.rstrip())
    return tuple(span for span in spans if span.text)


def _pieces(paragraph: Paragraph, limit: int) -> Iterable[Paragraph]:
    """The paragraph, cut where it is longer than a message: after a sentence, else a word, else anywhere."""
    while _length(paragraph) > limit:
        at = _place_to_cut("".join(span.text for span in paragraph), limit)
        head, paragraph = _sound(_slice(paragraph, 0, at)), _sound(_slice(paragraph, at, None))
        if head:
            yield head
    if paragraph:
        yield paragraph


def _place_to_cut(text: str, limit: int) -> int:
    most, room = 0, limit
    while most < len(text) and room >= width(text[most]):
        room -= width(text[most])
        most += 1
    for boundary in (_SENTENCE, _WORD):
        # Not in the first third: a message of three words before a long one reads worse than a cut between words.
        ends = [found.end() for found in boundary.finditer(text, 0, most) if found.start() > most // 3]
        if ends:
            return ends[-1]
    at = most
    while at > 1 and (unicodedata.combining(text[at]) or text[at] in _JOINERS or text[at - 1] in _JOINERS):
        at -= 1
    return at if at > 1 else most


def _slice(paragraph: Paragraph, start: int, end: int | None) -> Paragraph:
    found: list[Span] = []
    at = 0
    for span in paragraph:
        text = span.text[max(0, start - at) : None if end is None else max(0, end - at)]
        if text:
            found.append(replace(span, text=text))
        at += len(span.text)
    return tuple(found)


def _length(paragraph: Paragraph) -> int:
    return sum(width(span.text) for span in paragraph)


def _html(paragraph: Paragraph) -> str:
    return "".join(map(_tagged, paragraph))


def _tagged(span: Span) -> str:
    text = html.escape(span.text, quote=False)
    if span.strong:
        text = f"<b>{text}</b>"
    if span.url and is_link(span.url):
        text = f'<a href="{html.escape(plain(span.url), quote=True)}">{text}</a>'
    return text
