"""Answers on a terminal: wrapped text, visible links, and a conversation whose buttons are numbers to type."""

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from visitbot.answering.answer import Action, Answer, Paragraph, Pin
from visitbot.dialogue import Assistant
from visitbot.understanding.context import Context

BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_STYLE = re.compile(r"\x1b\[\d*m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PROMPT = "> "


@dataclass(frozen=True, slots=True)
class Screen:
    """How to write on this terminal."""

    width: int = 80
    colours: bool = False

    def styled(self, text: str, style: str) -> str:
        """`text` in `style`, or as it is where styles are not wanted."""
        return f"{style}{text}{PLAIN}" if self.colours and text else text

    def answer(self, answer: Answer) -> str:
        """Paragraphs, then each address on a line of its own, so that a terminal makes it clickable."""
        blocks = ["\n".join(self.wrapped(self.line(paragraph))) for paragraph in answer.paragraphs]
        if addresses := list(self._addresses(answer)):
            blocks.append("\n".join(addresses))
        return "\n\n".join(blocks)

    def line(self, paragraph: Paragraph) -> str:
        """A paragraph with its styles, not yet cut to the width."""
        # An answer may quote what was typed, and that must not steer the screen.
        said = ((_CONTROL.sub("", span.text), span.strong) for span in paragraph)
        return "".join(self.styled(text, BOLD) if strong else text for text, strong in said)

    def _addresses(self, answer: Answer) -> Iterator[str]:
        names = {span.url: span.text for paragraph in answer.paragraphs for span in paragraph if span.url}
        names |= {action.value: action.label for action in answer.actions if action.kind == "open"}
        for address in answer.links:
            name = names.get(address, address)
            yield self.styled("→ ", DIM) + (address if name == address else f"{name}\n  {self.styled(address, DIM)}")

    def wrapped(self, text: str) -> Iterator[str]:
        """Cut at spaces; no-break spaces hold (textwrap would count the styles as text)."""
        for line in text.split("\n"):
            margin = "  " if line.startswith("– ") else ""  # what follows in an item stands under its first word
            row, used = "", 0
            for word in line.split(" "):
                size = len(_STYLE.sub("", word))
                if row and used + 1 + size > self.width:
                    yield row
                    row, used = margin + word, len(margin) + size
                else:
                    row, used = (f"{row} {word}", used + 1 + size) if row else (word, size)
            yield row


@dataclass(slots=True)
class Conversation:
    """One person at a terminal: keeps the context and the choices offered last; nothing goes to disk."""

    assistant: Assistant
    words: Mapping[str, Mapping[str, Any]]
    """Language code → its terminal.toml."""
    now: Callable[[], datetime]
    language: str = "fr"
    screen: Screen = field(default_factory=Screen)
    context: Context | None = None
    choices: list[Action] = field(default_factory=list)

    def say(self, text: str) -> str:
        """What to show in reply to a question or to the number of a choice."""
        # Three digits and more may be a year; a short number can only be a slip.
        if text.isdecimal() and len(text) < 3 and self.choices:
            if 0 < int(text) <= len(self.choices):
                return self._choose(self.choices[int(text) - 1])
            return str(self.words[self.language]["no_choice"]).format(number=int(text), last=len(self.choices))
        return self._ask(text)

    def _choose(self, action: Action) -> str:
        if action.kind == "place":
            venue = self.assistant.catalogue().venues.get(action.value)
            if venue is not None and venue.latitude is not None and venue.longitude is not None:
                name = venue.name.get(self.language) or venue.name["fr"]
                return self._pin(Pin(name, venue.city, venue.latitude, venue.longitude))
        if action.kind == "language":
            self.language = action.value
        return self._ask(action.value if action.kind == "ask" else action.label)

    def _ask(self, text: str) -> str:
        reply = self.assistant.reply(text, self.now(), self.context, self.language)
        self.context = reply.context
        if reply.answer.language in self.words:
            self.language = reply.answer.language
        shown = [self.screen.answer(reply.answer)]
        if reply.answer.pin is not None:
            shown.append(self._pin(reply.answer.pin))
        visible = {"open"} if reply.answer.pin is None else {"open", "place"}
        self.choices = [action for action in reply.answer.actions if action.kind not in visible]
        if self.choices:
            shown.append("\n".join(self._numbered()))
        return "\n\n".join(shown)

    def _numbered(self) -> Iterator[str]:
        for number, action in enumerate(self.choices, start=1):
            yield f"{self.screen.styled(f'{number:>2}', BOLD)}  {action.label}"

    def _pin(self, pin: Pin) -> str:
        told = self.words[self.language]["map"].format(latitude=pin.latitude, longitude=pin.longitude)
        return f"{pin.title}, {pin.address}\n  {self.screen.styled(told, DIM)}"

    def hold(self) -> None:
        """Talk until the person leaves. A conversation that is piped in is shown as it would stand on a screen."""
        words = self.words[self.language]
        with contextlib.suppress(ImportError):  # Windows has none
            import readline  # noqa: F401 (its presence gives input() arrow keys and the lines typed before)
        hint = "\n".join(self.screen.wrapped(words["hint"]))
        print(f"{self.say(words['opening'])}\n\n{self.screen.styled(hint, DIM)}")
        while (typed := _next_line()) is not None and typed.casefold() not in self.words[self.language]["quit"]:
            if typed:
                print(f"\n{self.say(typed)}")
        print(self.words[self.language]["farewell"])


def _next_line() -> str | None:
    try:
        typed = input(f"\n{_PROMPT}").strip()
    except EOFError:
        print()
        return None
    if not sys.stdin.isatty():
        print(typed)
    return typed
