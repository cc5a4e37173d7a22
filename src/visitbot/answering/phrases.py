"""The phrases of one language, compiled: placeholders and a small markup in, spans out.

In a phrase, and only there, `**words**` are strong and `[label](address)` is a link; `{name}` takes a value.
Values are never read as markup: a venue called "*x*" or an address with brackets stays as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visitbot.answering.answer import Paragraph, Span
from visitbot.languages import LanguageError

Value = str | int | Span | Paragraph
"""What a placeholder can take."""

_MARKUP = re.compile(
    r"(?P<strong>\*\*)|(?P<open>\[)|\]\((?P<url>[^()\s]+)\)|\{(?P<name>[A-Za-z_]+)\}|(?P<text>[^*\[\]{}]+|\*)"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of a phrase: literal text, or the name of a value."""

    text: str
    is_name: bool
    strong: bool
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that can be said in one language."""

    code: str
    """ISO 639-1."""
    templates: Mapping[str, tuple[_Piece, ...]]
    """Dotted key → compiled phrase."""
    lists: Mapping[str, tuple[str, ...]]
    """Dotted key → words in order (months, weekdays)."""

    @classmethod
    def compile(cls, code: str, table: Mapping[str, Any]) -> "Phrases":
        """Compile the content of phrases.toml. Raises LanguageError naming language and key."""
        templates: dict[str, tuple[_Piece, ...]] = {}
        lists: dict[str, tuple[str, ...]] = {}
        for key, value in _flat(table):
            if isinstance(value, list):
                lists[key] = tuple(str(word) for word in value)
            elif isinstance(value, str):
                templates[key] = _compile(value, f"phrases.toml ({code}), {key}")
            else:
                raise LanguageError(f"phrases.toml ({code}), {key}: a phrase is text in quotes, or a list of texts")
        return cls(code, templates, lists)

    def __contains__(self, key: str) -> bool:
        return key in self.templates

    def under(self, prefix: str) -> tuple[str, ...]:
        """The last parts of all keys `prefix`.x."""
        return tuple(key.removeprefix(f"{prefix}.") for key in self.templates if key.startswith(f"{prefix}."))

    def placeholders(self, key: str) -> frozenset[str]:
        """The names of the values that a phrase takes."""
        names = {piece.text for piece in self.templates[key] if piece.is_name}
        urls = {piece.url[1:-1] for piece in self.templates[key] if piece.url and piece.url.startswith("{")}
        return frozenset(names | urls)

    def say(self, key: str, **values: Value) -> Paragraph:
        """A phrase with its values. Raises LanguageError when the phrase or a value is missing."""
        try:
            pieces = self.templates[key]
        except KeyError:
            raise LanguageError(f"phrases.toml ({self.code}): there is no phrase {key}") from None
        try:
            return merged([span for piece in pieces for span in _spans(piece, values)])
        except KeyError as missing:
            raise LanguageError(f"phrases.toml ({self.code}), {key}: nothing was given for {missing}") from None

    def plain(self, key: str, **values: Value) -> str:
        """A phrase as plain text."""
        return "".join(span.text for span in self.say(key, **values))

    def join(self, items: Sequence[Value], last: str = "and") -> Paragraph:
        """Items in a row: "a, b et c" (`last` names the phrase before the last one: "and" or "or")."""
        spans: list[Span] = []
        for index, item in enumerate(items):
            if index:
                spans.extend(self.say(f"list.{last}" if index == len(items) - 1 else "list.comma"))
            spans.extend(as_spans(item))
        return merged(spans)


def as_spans(value: Value) -> Paragraph:
    """Any value as spans, its text untouched."""
    if isinstance(value, Span):
        return (value,)
    return value if isinstance(value, tuple) else (Span(str(value)),)


def merged(spans: Sequence[Span]) -> Paragraph:
    """Neighbours of the same look become one; empty ones go."""
    found: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        if found and (found[-1].url, found[-1].strong) == (span.url, span.strong):
            found[-1] = replace(found[-1], text=found[-1].text + span.text)
        else:
            found.append(span)
    return tuple(found)


def _spans(piece: _Piece, values: Mapping[str, Value]) -> Iterator[Span]:
    url = piece.url
    if url is not None and url.startswith("{"):
        url = str(values[url[1:-1]])
    for span in as_spans(values[piece.text]) if piece.is_name else (Span(piece.text),):
        yield replace(span, url=url or span.url, strong=piece.strong or span.strong)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _compile(phrase: str, where: str) -> tuple[_Piece, ...]:
    pieces: list[_Piece] = []
    strong, label = False, -1
    at = 0
    while at < len(phrase):
        found = _MARKUP.match(phrase, at)
        if found is None:
            raise LanguageError(f"{where}: can't read “{phrase[at : at + 20]}”")
        at = found.end()
        if found["strong"]:
            strong = not strong
        elif found["open"]:
            label = len(pieces)
        elif found["url"]:
            if label < 0:
                raise LanguageError(f"{where}: ](…) without [ before it")
            pieces[label:] = [replace(piece, url=found["url"]) for piece in pieces[label:]]
            label = -1
        else:
            pieces.append(_Piece(found["name"] or found["text"], bool(found["name"]), strong))
    if strong or label >= 0:
        raise LanguageError(f"{where}: {'**' if strong else '['} is opened and not closed")
    return tuple(pieces)
