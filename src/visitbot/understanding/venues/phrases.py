"""Tells what the noun phrases of a message name: a venue, a place, a kind of venue, or something elsewhere."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from visitbot.understanding.venues.mention import Mention
from visitbot.understanding.venues.pieces import Piece, Reader
from visitbot.understanding.venues.senses import Tags

TAKEN = {"topic": ("venue", "place"), "service": ("place",), "street": ("venue", "place")}
"""What such a word takes with it: there is a hotel at Chambord, but a restaurant of the Mucem is the Mucem's."""
_BARE: Tags = frozenset({"museum"})


class Linker:
    """Tells what the noun phrases of one message name."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.index = reader.index
        self.loose: list[tuple[int, str]] = []
        """Where topics stand that no place is tied to, with their kind."""
        self.general: set[int] = set()
        """Where mentions start that a kind of place alone makes: "le château", "the museum in Lyon"."""
        self.alone: set[int] = set()
        """Those of them without a place."""
        self.others: set[int] = set()
        """Those of them that mean another one than was named: "l'autre château"."""

    def mentions(self, group: list[Piece]) -> Iterator[Mention]:
        """What a noun phrase names. It must hold only words of that venue: "musée Rude à Dijon" is no venue."""
        group = self._trimmed(group)
        at = 0
        while at < len(group):
            kind = group[at].kind
            if kind in TAKEN:
                taken = self._taken(group, at)
                if taken > 1:
                    yield self._apart(group[at : at + taken])
                elif kind != "street":
                    self.loose.append((group[at].first, kind))
                at += taken
                continue
            end = at + 1
            while end < len(group) and group[end].kind not in TAKEN:
                end += 1
            run = group[at:end]
            if end < len(group) and group[end].kind != "street" and self._leads(run[-1], group[end]):
                yield self._apart([*run, group[end]])
                end += 1
            elif self._elsewhere(run):
                yield from self._outside(run)
            else:
                for segment in self._segments(run):
                    yield from self._segment(segment)
            at = end

    def _trimmed(self, group: list[Piece]) -> list[Piece]:
        """Without what is no name here: plain unknown words, cities elsewhere that no kind of place precedes."""
        kept: list[Piece] = []
        for at, piece in enumerate(group):
            typed = any(other.kind == "type" for other in group[:at])
            if piece.kind in {"museum", "city"} and not typed:
                continue
            if piece.kind == "ignored" or (piece.kind == "name" and not self._nameable(group, at)):
                continue
            if piece.kind == "place" and piece.sense and piece.sense.name == "beside":
                beside = any(other.kind == "type" for other in group)
                if not beside and not self._after(piece.first, self.index.cues.definite):
                    continue
            kept.append(piece)
        return kept

    def _nameable(self, group: list[Piece], at: int) -> bool:
        """Whether an unknown word beside a kind of place is a name: "musée Truc", "the Foo Museum"."""
        piece, word = group[at], self.reader.heard[group[at].first]
        if piece.bound:
            return True
        before = group[at - 1] if at else None
        if before is not None and any(_general(other) for other in group[:at]):
            if self._situated(group[:at], piece):
                return True
            between = {token.word for token in self.reader.utterance.tokens[before.last : piece.first]}
            if not between <= self.index.holders:
                return False
            if self.reader.capital(piece.first):
                return True
            if before.sense is not None and before.sense.plural:
                return False  # "quels monuments figurent…"
            return not self.index.spelling.plain(word) and before.kind in {"type", "name"} and self._general(group[:at])
        if at + 1 < len(group) and group[at + 1].kind == "type":
            return self.reader.capital(piece.first) and piece.last == group[at + 1].first
        return False

    def _situated(self, group: list[Piece], piece: Piece) -> bool:
        """Whether an unknown word is the town of the kind of place before it: "the aquarium in Ghent"."""
        reader, before = self.reader, group[-1]
        tokens = reader.utterance.tokens
        placed = any(other.kind in {"place", "landmark"} for other in group)
        if placed or not _general(before) or piece.first == before.last:
            return False
        typed = [reader.utterance.clean[token.start : token.end].lower() for token in tokens[before.last : piece.first]]
        capital = reader.capital(piece.first)
        if typed[0] not in self.index.cues.situating and not (capital and typed == ["a"]):
            return False
        return capital or (len(typed) == 1 and not self.index.spelling.plain(reader.heard[piece.first]))

    def _general(self, group: list[Piece]) -> bool:
        """Whether a name is still wanted: after "musée", but not after "beaux-arts" or "Lyon museum"."""
        types = [piece for piece in group if piece.kind == "type"]
        return len(_tags(types)) == 1 and not any(piece.kind in {"place", "venue"} for piece in group)

    def _after(self, at: int, words: frozenset[str]) -> bool:
        return at > 0 and self.reader.utterance.tokens[at - 1].word in words

    # ---------------------------------------------------------------- what is no venue

    def _taken(self, group: list[Piece], at: int) -> int:
        """How many pieces a topic takes with it: "hôtel à Chambord", "rue de Lyon"; one when it stands alone."""
        piece = group[at]
        if piece.kind == "street" and self._after(piece.first, self.index.cues.asked):
            return 1
        end = at + 1
        while end < len(group) and group[end].kind == "type":
            end += 1
        if end == len(group):
            return 1
        last = end
        while last + 1 < len(group) and group[last].kind == group[last + 1].kind == "place":
            last += 1
        between = {token.word for token in self.reader.utterance.tokens[piece.last : group[end].first]}
        if piece.kind == "street" and not between <= self.index.holders:
            return 1
        borrowed = (
            piece.kind == "service" and group[end].kind == "venue" and between and between <= self.index.cues.articles
        )
        return last + 1 - at if borrowed or group[end].kind in TAKEN[piece.kind] else 1

    def _leads(self, piece: Piece, topic: Piece) -> bool:
        """English order: "Lille hotel", "Dijon weather"."""
        return piece.kind in TAKEN[topic.kind] and piece.last == topic.first

    def _apart(self, pieces: Sequence[Piece]) -> Mention:
        role = "other" if pieces[0].kind == "street" else "target"
        return self._mention(pieces, "outside", (), role)

    def _elsewhere(self, run: list[Piece]) -> bool:
        kinds = [piece.kind for piece in run]
        if "landmark" in kinds:
            return True
        if "venue" in kinds:
            weak = any(piece.kind == "venue" and piece.sense is not None and piece.sense.weak for piece in run)
            return self._borrowed(run) or (weak and ("name" in kinds or "city" in kinds))
        if self._own(run):
            return False
        return "type" in kinds and ("name" in kinds or "museum" in kinds or ("city" in kinds and "place" not in kinds))

    def _own(self, run: list[Piece]) -> bool:
        """Whether what tells a museum from others are words of one of ours there: "le château de François Ier"."""
        bound = [piece for piece in run if piece.kind == "name"]
        if not bound or not all(piece.bound for piece in bound):
            return False
        heard = {self.reader.heard[piece.first] for piece in bound}
        there = [{v for p in piece.ids for v in self.index.within[p]} for piece in run if piece.kind == "place"]
        tags = _tags([piece for piece in run if piece.kind == "type"])
        return any(
            heard <= words and self._fit(venue, tags) and all(venue in here for here in there)
            for venue, words in self.index.vocabulary.items()
        )

    def _museum(self, landmark: Piece) -> bool:
        return any(sense.kind == "type" for sense in self.index.phrases.get(self.reader.heard[landmark.first], ()))

    def _borrowed(self, run: list[Piece]) -> bool:
        """A venue's name borne by something else: "cinéma Le Chambord", but not "la boutique de Chambord"."""
        words = self.reader.utterance.tokens
        for one, other in pairwise(run):
            between = {token.word for token in words[one.last : other.first]}
            behind = other.sense is not None and "elsewhere" in other.sense.tags and not between
            if one.kind == "venue" and behind and words[other.first].gap == " ":
                return True  # "Alésia cinéma"
            if (
                one.sense
                and "elsewhere" in one.sense.tags
                and other.kind == "venue"
                and between <= self.index.cues.articles
            ):
                return True
        return False

    def _outside(self, run: list[Piece]) -> Iterator[Mention]:
        """A place elsewhere with its kind and city; venues beside a known landmark stay what they are."""
        landmark = next((piece for piece in run if piece.kind == "landmark"), None)
        if landmark is None:
            yield self._mention(run, "outside", (), name=self.reader.utterance.typed(run[0].first, run[-1].last))
            return
        at = run.index(landmark)
        start, end = at, at + 1
        while start > 0 and run[start - 1].kind in {"type", "name"}:
            start -= 1
        if start > 0 and run[start - 1].kind == "place" and (start < at or self._museum(landmark)):
            start -= 1  # "Lyon, musée du tissu"
        while end < len(run) and run[end].kind in {"type", "place", "city", "name", "museum"}:
            end += 1
        for segment in self._segments(run[:start]):
            yield from self._segment(segment)
        yield self._mention(run[start:end], "outside", (), name=landmark.sense.name if landmark.sense else None)
        for segment in self._segments(run[end:]):
            yield from self._segment(segment)

    # ---------------------------------------------------------------- what is one

    def _segments(self, run: list[Piece]) -> Iterator[list[Piece]]:
        """Parts that speak of one place each: "mucem beaux arts dijon" is two."""
        current: list[Piece] = []
        for piece in run:
            anchors = [other for other in current if other.kind in {"venue", "place"}]
            if piece.kind == "type" and anchors and current[0].kind == "type":
                yield current
                current = []
            elif piece.kind in {"venue", "place"} and any(not self._together(piece, other) for other in anchors):
                cut = max(at for at, other in enumerate(current) if other.kind in {"venue", "place"}) + 1
                yield current[:cut]
                current = current[cut:]
            current.append(piece)
        if current:
            yield current

    def _together(self, one: Piece, other: Piece) -> bool:
        sets = [
            set(piece.ids) if piece.kind == "venue" else {v for p in piece.ids for v in self.index.within[p]}
            for piece in (one, other)
        ]
        if one.kind == other.kind == "place" and one.ids == other.ids:
            return True
        return bool(sets[0] & sets[1])

    def _segment(self, segment: list[Piece]) -> Iterator[Mention]:
        venue = next((piece for piece in segment if piece.kind == "venue"), None)
        types = [piece for piece in segment if piece.kind == "type"]
        places = [piece for piece in segment if piece.kind == "place"]
        if venue is not None:
            yield self._mention(segment, "venue", venue.ids)
        elif types and places:
            yield from self._located(segment, types, places)
        elif types:
            yield from self._typed(segment, types)
        else:
            for piece in places[:1]:
                if self._pronoun(piece) and not any(self.index.within[place] for place in piece.ids):
                    yield self._mention(
                        segment, "outside", (), name=self.reader.utterance.typed(piece.first - 2, piece.last)
                    )
                else:
                    yield self._mention(segment, "place", piece.ids)

    def _pronoun(self, piece: Piece) -> bool:
        """ "celui de Rouen": a museum, though its kind was said before."""
        tokens = self.reader.utterance.tokens
        return (
            piece.first > 1
            and tokens[piece.first - 1].word in self.index.holders
            and tokens[piece.first - 2].word in self.index.cues.pronouns
        )

    def _located(self, segment: list[Piece], types: list[Piece], places: list[Piece]) -> Iterator[Mention]:
        """A kind of place in a city or region: the venue there that it fits; none there: a place elsewhere."""
        tags = _tags(types)
        here = set.intersection(*({v for p in piece.ids for v in self.index.within[p]} for piece in places))
        fits = tuple(venue for venue in self.index.fits if venue in here and self._fit(venue, tags))
        city = any(self.index.places[place].kind == "city" for piece in places for place in piece.ids)
        several = self._several(types)
        if "elsewhere" in tags:
            yield self._mention(
                segment, "outside", (), name=self.reader.utterance.typed(segment[0].first, segment[-1].last)
            )
        elif several or (not city and (tags == _BARE or not fits)):
            yield from self._kinds(types)
            yield self._mention(places[:1], "place", places[0].ids)
        elif fits:
            if tags == _BARE:
                self.general.add(segment[0].first)
            yield self._mention(segment, "venue", fits)
        else:
            yield self._mention(
                segment, "outside", (), name=self.reader.utterance.typed(segment[0].first, segment[-1].last)
            )

    def _typed(self, segment: list[Piece], types: list[Piece]) -> Iterator[Mention]:
        """A kind of place alone: the venues that it fits, or the kind where several are asked for."""
        tags = _tags(types, alone=True)
        if "elsewhere" in tags and len(tags) > 1:  # "the cinema museum"
            yield self._mention(
                segment, "outside", (), name=self.reader.utterance.typed(segment[0].first, segment[-1].last)
            )
            return
        plural = any(piece.sense is not None and piece.sense.plural for piece in types)
        both = plural and self._after(types[0].first, self.index.cues.both)
        if self._several(types) and not both:
            yield from self._kinds(types)
        elif both or not all(piece.sense is not None and piece.sense.weak for piece in types):
            if "elsewhere" in tags:
                return
            if fits := tuple(venue for venue in self.index.fits if self._fit(venue, tags)):
                self.general.add(segment[0].first)
                self.alone.add(segment[0].first)
                if self._after(types[0].first, self.index.cues.others):
                    self.others.add(segment[0].first)
                yield self._mention(segment, "venue", fits)

    def _several(self, types: list[Piece]) -> bool:
        """Whether any of a kind is meant: "châteaux", "quel château"."""
        plural = any(piece.sense is not None and piece.sense.plural for piece in types)
        return plural or self._after(types[0].first, self.index.cues.indefinite)

    def _kinds(self, types: list[Piece]) -> Iterator[Mention]:
        kinds = dict.fromkeys(piece.sense.asks for piece in types if piece.sense and piece.sense.asks)
        if kinds:
            yield self._mention(types, "kind", tuple(kind for kind in kinds if kind))

    def _fit(self, venue: str, tags: Tags) -> bool:
        return any(tags <= fit for fit in self.index.fits[venue])

    def _mention(
        self, pieces: Sequence[Piece], kind: str, ids: tuple[str, ...], role: str = "target", name: str | None = None
    ) -> Mention:
        first, last = pieces[0].first, pieces[-1].last
        sure = min(piece.sure for piece in pieces)
        return Mention(first, last, self.reader.utterance.typed(first, last), kind, ids, role, sure, name)


def _general(piece: Piece) -> bool:
    """Whether it may be said of many places: a kind of place, or a venue's name that others bear too."""
    return piece.kind == "type" or (piece.kind == "venue" and piece.sense is not None and piece.sense.weak)


def _tags(types: list[Piece], alone: bool = False) -> Tags:
    return frozenset(tag for piece in types if piece.sense for tag in (alone and piece.sense.alone) or piece.sense.tags)
