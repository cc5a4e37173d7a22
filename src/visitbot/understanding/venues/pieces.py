"""Cuts a message into noun phrases: names, kinds of place and words that may be names, held together by small words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visitbot.understanding.phonetics import key as sound
from visitbot.understanding.text import Utterance, fold
from visitbot.understanding.venues.names import LONGEST, VenueIndex
from visitbot.understanding.venues.senses import Sense

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
    bound: bool = False
    """Tied to a kind of place, which it tells from others of that kind: "musée du tissu", "car museum"."""

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
        self._small = index.cues.unbound | index.connectors
        # Capitals tell a name from a word only where not everything is in capitals.
        self.capitals = utterance.clean != utterance.clean.upper()

    # ---------------------------------------------------------------- words

    def _heard(self) -> list[str]:
        """The words with short forms opened, spelt-out ones joined and misspelt names repaired."""
        index = self.index
        heard = [index.abbreviations.get(token.word, token.word) for token in self.utterance.tokens]
        self._spelt_out(heard)
        self._elided(heard)
        unknown = [bool(word) and word not in index.known and not word.isdigit() for word in heard]
        for at, word in enumerate(heard):
            if unknown[at] and (kind := self._misspelt_kind(at, heard)):
                heard[at], self.sure[at] = kind, 0.8
            elif unknown[at] and not self._spoken_apart(at, heard, unknown) and (meant := index.spelling.repair(word)):
                heard[at], self.sure[at] = meant, 0.8
        return heard

    def _misspelt_kind(self, at: int, heard: Sequence[str]) -> str | None:
        """ "museum" or the like where what follows says which: "muséne de la poste" sounds like Mucem, but is none."""
        index = self.index
        if at + 1 >= len(heard) or heard[at + 1] not in index.cues.ties:
            return None
        for word in sorted(index.register.near(heard[at])):
            senses = index.phrases.get(word, ())
            if any(sense.kind == "type" and sense.tags == {"museum"} and not sense.plural for sense in senses):
                return word
        return None

    def _elided(self, heard: list[str]) -> None:
        """Part an article from its name: "visite dangers" is that of Angers; "les dangers" are not."""
        for at, word in enumerate(heard):
            elided = len(word) > 5 and word[0] in "dl" and word[1:] in self.index.sites
            plural = at > 0 and heard[at - 1] in self.index.cues.definite | self.index.cues.ties
            if elided and not plural and word not in self.index.common:
                heard[at] = word[1:]

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
                if not 5 <= len(joined) <= 14 or any(
                    word in self.index.spelling.sounds.values() for word in heard[first:last]
                ):
                    continue
                meant = self.index.spelling.sounds.get(sound(joined))
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
            piece = self.piece(at)
            touching = bool(group) and group[-1].kind == "type" and group[-1].last == at and self.capital(at)
            if piece is None and touching and word not in index.cues.unbound:
                piece = Piece(at, at + 1, None, 0.5)  # a plain word that is a name here: "musée Grain"
            if self._free(piece) and ((group and self._tied(group[-1], at)) or self._leading(group, at)):
                piece = Piece(at, at + 1, None, 0.5, True)
            if piece is not None:
                piece = self._hyphenated(piece)
                group.append(piece)
                at = piece.last
                continue
            if group and word not in index.connectors and word not in index.cues.locatives:
                yield group
                group = []
            at += 1
        if group:
            yield group

    def _hyphenated(self, piece: Piece) -> Piece:
        """A town whose name only begins like one that is known: "Beaulieu-sur-Dordogne"."""
        tokens, last = self.utterance.tokens, piece.last
        if piece.kind != "place" or last + 1 >= len(tokens) or tokens[last].gap != "-" or tokens[last + 1].gap != "-":
            return piece
        if tokens[last].word not in self.index.connectors or self.heard[last + 1] in self.index.common:
            return piece
        return Piece(piece.first, last + 2, Sense("landmark", name=self.utterance.typed(piece.first, last + 2)), 0.8)

    def _free(self, piece: Piece | None) -> bool:
        """Whether a word has no meaning here but one that it may lose beside a museum."""
        return piece is None or piece.kind in {"name", "museum", "topic", "service", "street"}

    def _tied(self, before: Piece, at: int) -> bool:
        """Whether a word says which museum is meant, as French does: "le musée du savon"."""
        index, word = self.index, self.heard[at]
        if before.sense is None or before.sense.plural or not word or word.isdigit():
            return False
        between = {token.word for token in self.utterance.tokens[before.last : at]}
        if before.kind == "venue" and before.sense.weak:  # "musée des civilisations asiatiques"
            return (
                not between
                and len(word) > 3
                and not index.spelling.near(word, index.common)
                and word not in index.connectors
            )
        if before.kind != "type":
            return False
        tied = between <= index.holders and bool(between & index.cues.ties)
        return tied and word not in index.cues.unbound and word not in index.connectors

    def _leading(self, group: Sequence[Piece], at: int) -> bool:
        """Whether a word says which museum is meant, as English does: "the Lyon car museum"."""
        tokens, index, word = self.utterance.tokens, self.index, self.heard[at]
        if (self.language or self._guessed()) not in index.cues.leading or len(word) < 3 or word.isdigit():
            return False
        typed = self.utterance.clean[tokens[at].start].isupper() and self.capitals and word not in index.common
        if typed and at + 1 < len(tokens) and tokens[at + 1].gap == " " and not index.spelling.near(word, index.common):
            after = self.piece(at + 1)
            if after is not None and after.kind == "type":
                return word not in index.phrases
        behind = at + 1
        while behind < min(at + 3, len(tokens)) and tokens[behind].gap in {" ", "-"}:
            senses = index.phrases.get(self.heard[behind], ())
            if any(sense.kind == "type" and sense.tags == {"museum"} and not sense.plural for sense in senses):
                break
            if (senses and senses[0].kind in {"venue", "place"}) or self.heard[behind] in self._small:
                return False
            behind += 1
        else:
            return False
        if word in self._small or word in index.cues.locatives:
            return False
        touches = bool(group) and group[-1].kind == "place" and group[-1].last == at and tokens[at].gap == " "
        named = at > 0 and tokens[at - 1].word in index.cues.articles and word not in index.common
        return touches or named or word in index.cues.subjects or not index.spelling.near(word, index.common)

    def piece(self, at: int) -> Piece | None:
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
            if sense.name and fold(sense.name).startswith("museum") and self._plainly(first):
                continue  # English "museum in Dijon" is no natural history museum
            return sense
        return None

    def _plainly(self, at: int) -> bool:
        """Whether a word is the plain "museum" of English or German, which a French "muséum" is not."""
        token = self.utterance.tokens[at]
        typed = self.utterance.clean[token.start : token.end]
        return typed.lower() == "museum" and (self.language or self._guessed()) != "fr"

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

    def _dans(self, at: int) -> bool:
        """Whether a department is meant by its number or in small letters: "dans le 67", "dans la loire"."""
        return at > 1 and self.heard[at - 2] == "dans" and self.heard[at - 1] in self.index.holders

    def _placed(self, at: int) -> bool:
        """Whether a word that may be plain ("nice", "tours") stands as a place does: capital, after "à" or "in"."""
        token = self.utterance.tokens[at]
        if token.word.isdigit():
            return self._dans(at)
        if token.word not in self.index.cues.idioms and self.utterance.clean[token.start].islower() and self._dans(at):
            return True
        return (
            self.utterance.clean[token.start].isupper()
            and at > 0
            and self.heard[at - 1] in self.index.cues.locatives | self.index.cues.passed
        )
