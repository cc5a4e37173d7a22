"""What is said back: paragraphs, links, next steps and a place; no Telegram in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, plain, strong or linked."""

    text: str
    url: str | None = None
    strong: bool = False


Paragraph = tuple[Span, ...]
"""Spans in a row; a list is one paragraph whose lines are parted by "\\n" in a span's text."""


@dataclass(frozen=True, slots=True)
class Action:
    """A next step to offer as a button."""

    kind: str
    """"ask" (put `value` as the person's next question), "open" (a web address in `value`), "place" (show venue
    `value` on a map), "follow" (be told of venue `value`'s reopening), "language" (switch to language `value`)."""
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A point on the map."""

    title: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply."""

    paragraphs: tuple[Paragraph, ...]
    actions: tuple[Action, ...] = ()
    pin: Pin | None = None
    preview: str | None = None
    """The one address worth a preview picture; None: no preview."""
    language: str = "fr"
    """Language it is written in."""
    choices: tuple[str, ...] = ()
    """Venue ids offered when this asks back instead of answering."""

    @property
    def text(self) -> str:
        """As plain text, paragraphs apart by an empty line, links by their words."""
        return "\n\n".join("".join(span.text for span in paragraph) for paragraph in self.paragraphs)

    @property
    def links(self) -> tuple[str, ...]:
        """Every address in it, in order, once."""
        told = [span.url for paragraph in self.paragraphs for span in paragraph if span.url]
        offered = [action.value for action in self.actions if action.kind == "open"]
        return tuple(dict.fromkeys(told + offered))
