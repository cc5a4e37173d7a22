"""Cuts a message into noun phrases: names, kinds of place and words that may be names, held together by small words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from visitbot.understanding.names import LONGEST, Sense, VenueIndex
from visitbot.understanding.phonetics import key as sound
from visitbot.understanding.text import Utterance

_APART = re.compile(r"[,.!?;:\n/+&|]|\s-\s")
"""Punctuation that ends a noun phrase."""
_PHRASE_APART = re.compile(r"[!?;\n|,]|\.(?!\s?\w)")
"""Punctuation that ends a name; "St. Étienne" is one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A phrase with a meaning, or a word that may be a name."""

    first: int
    last: int
    sense: Sense | None
    """None: a word that nothing is known of."""
    sure: float = 1.0

    @property
    def kind(self) -> str:
        """The kind of its sense, "name" for an unknown word."""
        return self.sense.kind if self.sense else "name"

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its sense."""
        return self.sense.ids if self.sense else ()


class Reader:
    """Reads one message: `groups` gives its noun phrases, piece by piece."""

    def __init__(self, utterance: Utterance, index: VenueIndex, language: str | None) -> None:
        self.utterance = utterance
        self.index = index
        self.language = language
        self.sure = [1.0] * len(utterance.tokens)
        self.spans = [1] * len(utterance.tokens)
        self.heard = self._heard()
        # Capitals tell a name from a word only where not everything is in capitals.
        self.capitals = utterance.clean != utterance.clean.upper()

    # ---------------------------------------------------------------- words

    def _heard(self) -> list[str]:
        """The words with short forms opened, spelt-out ones joined and misspelt names repaired."""
        index = self.index
        heard = [index.abbreviations.get(token.word, token.word) for token in self.utterance.tokens]
        self._spelt_out(heard)
        unknown = [bool(word) and word not in index.known and not word.isdigit() for word in heard]
        for at, word in enumerate(heard):
            if unknown[at] and not self._spoken_apart(at, heard, unknown) and (meant := index.repair(word)):
                heard[at], self.sure[at] = meant, 0.8
        return heard

    def _spelt_out(self, heard: list[str]) -> None:
        """Join letters set apart: "C h a m b o r d"."""
        tokens = self.utterance.tokens
        first = 0
        while first < len(tokens):
            last = first + 1
            while (
                last < len(tokens)
                and len(tokens[last - 1].word) == len(tokens[last].word) == 1
                and tokens[last].gap == " "
            ):
                last += 1
            if last - first > 3 and (joined := "".join(heard[first:last])) in self.index.phrases:
                heard[first:last] = [joined] + [""] * (last - first - 1)
                self.spans[first] = last - first
            first = last

    def _spoken_apart(self, at: int, heard: list[str], unknown: list[bool]) -> bool:
        """A name written as several words ("no si ka a", "mu cem", "cham bord"): read as one from its first word on."""
        tokens = self.utterance.tokens
        for first in range(max(0, at - 2), at + 1):
            for last in range(min(len(heard), first + 4), max(at, first + 1), -1):
                if any(_APART.search(token.gap) for token in tokens[first + 1 : last]):
                    continue
                joined = "".join(heard[first:last])
                if not 5 <= len(joined) <= 14 or any(word in self.index.sounds.values() for word in heard[first:last]):
                    continue
                meant = self.index.sounds.get(sound(joined))
                if meant and len(sound(joined)) > 4 and meant in self.index.phrases:
                    heard[first], self.sure[first], self.spans[first] = meant, 0.75, last - first
                    for inside in range(first + 1, last):
                        heard[inside], unknown[inside], self.spans[inside] = "", False, 1
                    return True
        return False

    def capital(self, at: int) -> bool:
        """Whether a word is written as a name is."""
        token = self.utterance.tokens[at]
        begins = at == 0 or any(mark in token.gap for mark in ".!?\n")
        return self.capitals and self.utterance.clean[token.start].isupper() and not begins

    # ---------------------------------------------------------------- phrases

    def groups(self) -> Iterator[list[Piece]]:
        """Noun phrases: pieces held together by words like "de" and "à" alone."""
        tokens, index = self.utterance.tokens, self.index
        group: list[Piece] = []
        at = 0
        while at < len(tokens):
            word = self.heard[at]
            if group and (_APART.search(tokens[at].gap) or word in index.cues.coordinators):
                yield group
                group = []
            if not word:
                at += 1
                continue
            piece = self._piece(at)
            if piece is None and group and group[-1].kind == "type" and group[-1].last == at and self.capital(at):
                piece = Piece(at, at + 1, None, 0.5)  # a plain word that is a name here: "musée Grain"
            if piece is not None:
                group.append(piece)
                at = piece.last
                continue
            if group and word not in index.connectors and word not in index.cues.locatives:
                yield group
                group = []
            at += 1
        if group:
            yield group

    def _piece(self, at: int) -> Piece | None:
        """The longest phrase that starts here, or an unknown word."""
        index, tokens = self.index, self.utterance.tokens
        if self.heard[at] in index.connectors:
            return None
        content: list[str] = []
        best: Piece | None = None
        position = at
        while position < len(tokens) and len(content) < LONGEST:
            word = self.heard[position]
            if position > at and _PHRASE_APART.search(tokens[position].gap) and self.heard[position - 1] != "saint":
                break
            if word and word not in index.connectors:
                content.append(word)
                if senses := index.phrases.get(" ".join(content)):
                    last = position + self.spans[position]
                    if (sense := self._sense(senses, at, last)) is not None:
                        best = Piece(at, last, sense, min(self.sure[at:last]))
            position += 1
        if (
            best is None
            and self.heard[at] not in index.common
            and not self.heard[at].isdigit()
            and len(self.heard[at]) > 2
        ):
            return Piece(at, at + 1, None, 0.5)
        return best

    def _sense(self, senses: tuple[Sense, ...], first: int, last: int) -> Sense | None:
        types = [sense for sense in senses if sense.kind == "type"]
        if senses[0].kind == "type" and len(types) > 1:
            return self._type(types, first, last)
        for sense in senses:
            if sense.kind == "place" and sense.weak and sense.name is None and not self._placed(first):
                continue
            return sense
        return None

    def _type(self, types: list[Sense], first: int, last: int) -> Sense:
        """Of a word that is a type in two languages, the one that is meant: "muséum" is not English "museum"."""
        if len({sense.tags for sense in types}) == 1:
            return types[0]
        typed = self.utterance.typed(first, last)
        if not typed.isascii():
            return max(types, key=lambda sense: len(sense.tags))
        language = self.language or self._guessed()
        return next((sense for sense in types if sense.language == language), types[0])

    def _guessed(self) -> str:
        """French when its articles are there, else English, where "museum" is the plainer word."""
        articles = self.index.cues.articles - {"the"}
        return "fr" if any(token.word in articles for token in self.utterance.tokens) else "en"

    def _placed(self, at: int) -> bool:
        """Whether a word that may be plain ("nice", "tours") stands as a place does: capital, after "à" or "in"."""
        token = self.utterance.tokens[at]
        return (
            self.utterance.clean[token.start].isupper()
            and at > 0
            and self.heard[at - 1] in self.index.cues.locatives | self.index.cues.passed
        )
