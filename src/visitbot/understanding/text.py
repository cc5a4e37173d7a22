"""Typed text becomes folded words, each with its place in the original: the one room where characters are folded."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ`´′＇"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_LIGATURES = {ord("œ"): "oe", ord("æ"): "ae", ord("ø"): "o", ord("ł"): "l"}
_PLAIN = _APOSTROPHES | _DASHES
_FOLDED = _PLAIN | _LIGATURES
_WORD = re.compile(r"aujourd'?hui|[^\W\d_]+|\d+", re.IGNORECASE)
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]")
LONGEST = 4096
"""Telegram's limit for a message; what comes after is not read."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a message."""

    word: str
    """Folded: lower case, no accents. "aujourd'hui" is one word, "l'eau" is "l" and "eau", "20/05" is "20" and "05"."""
    start: int
    end: int
    """Where it stands in Utterance.clean."""
    gap: str
    """What stands between the word before and this one ("" when they touch, e.g. "h" in "18h30")."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message, cleaned and cut into words."""

    clean: str
    """As typed, but HTML entities resolved, full-width and styled letters made plain, unseen characters removed."""
    tokens: tuple[Token, ...]
    tail: str
    """What follows the last word (punctuation, emoji)."""

    def typed(self, first: int, last: int) -> str:
        """The text from token `first` up to, not including, token `last`, as it was typed."""
        return self.clean[self.tokens[first].start : self.tokens[last - 1].end]

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words alone."""
        return tuple(token.word for token in self.tokens)


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """Lower case, no accents, ligatures opened, one kind of apostrophe and hyphen: "Cœur d’Été" → "coeur d'ete"."""
    lowered = text.casefold()
    if lowered.isascii():
        return intern(lowered.replace("`", "'"))  # the one of _FOLDED that ASCII has
    lowered = unicodedata.normalize("NFKD", lowered.translate(_FOLDED))
    # Asking each letter whether it is an accent costs more than all the rest; none stands before U+0300.
    return intern("".join([c for c in lowered if c < "\u0300" or not unicodedata.combining(c)]))


def clean(text: str) -> str:
    """Resolve what machines put into text; what the person sees stays as it is."""
    text = text[:LONGEST]
    if "&" in text:
        import html  # a start need not wait for its two thousand names

        text = html.unescape(text)
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).translate(_PLAIN)


def read(text: str) -> Utterance:
    """Cut a message into words."""
    plain = clean(text)
    tokens: list[Token] = []
    at = 0
    for found in _WORD.finditer(plain):
        word = fold(found.group()).replace("'", "")
        tokens.append(Token(word, found.start(), found.end(), plain[at : found.start()]))
        at = found.end()
    return Utterance(plain, tuple(tokens), plain[at:])


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name or phrase: those of `read`, without their places."""
    return tuple([fold(word).replace("'", "") for word in _WORD.findall(clean(text))])
