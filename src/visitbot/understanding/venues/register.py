"""The register of museums, here and elsewhere: tells which of many a whole name means, slips of a letter allowed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from visitbot.understanding.text import Utterance

_APART = re.compile(r"[?!;\n]|(?<=\S)\s*[«\"]")
"""Marks that no name goes across; official names hold commas, colons and full stops."""
SHORTEST = 3
"""Letters that a misspelt word must have left."""
SLIP = 0.8
"""What a word counts that is one slip away from the one in the register."""
ALIKE = 0.1
"""Names whose worth differs by less are as likely."""
REMEMBERED = 20_000


class Bearer(NamedTuple):
    """A museum under one of its names."""

    name: str
    """To say back."""
    site: tuple[str, ...]
    """The telling words of its city."""
    id: str | None
    """Its venue, None when it is elsewhere."""

    @property
    def proper(self) -> bool:
        """Whether a word of the name is written as names are: "musée Fabre", but not "musée du costume"."""
        return any(word[:1].isupper() for word in re.split(r"[\s'’-]", self.name)[1:])


class Named(NamedTuple):
    """What stands in a message: these words are the whole name of these museums."""

    first: int
    last: int
    bearers: tuple[Bearer, ...]
    words: frozenset[str]
    """The name's telling words."""
    located: bool
    """Its city is said, in the name or beside it."""
    explained: float
    """How many words of the message it explains, a misspelt one counting less: the more the likelier it is meant."""

    @property
    def sure(self) -> float:
        """From 0 to 1."""
        return 1.0 if self.explained.is_integer() else SLIP


class Register:
    """All names by their rarest word: a name is there only when that is, so few are looked at."""

    def __init__(self, names: Iterable[tuple[frozenset[str], Bearer]], connectors: frozenset[str]) -> None:
        self.connectors = connectors
        self.bearers: dict[frozenset[str], tuple[Bearer, ...]] = {}
        for telling, bearer in names:
            there = self.bearers.get(telling, ())
            if bearer not in there:
                self.bearers[telling] = (*there, bearer)
        self._near: dict[str, Mapping[str, float]] = {}

    @cached_property
    def borne(self) -> Mapping[str, int]:
        """Word → how many museums bear it."""
        named = {(word, one.id or one) for telling, all_ in self.bearers.items() for word in telling for one in all_}
        return Counter(word for word, _ in named)

    @cached_property
    def rarest(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """Word → the names that have no rarer one."""
        borne = self.borne
        found: dict[str, list[frozenset[str]]] = {}
        for telling in self.bearers:
            found.setdefault(min(telling, key=lambda word: (borne[word], word)), []).append(telling)
        return {word: tuple(names) for word, names in found.items()}

    @cached_property
    def sites(self) -> frozenset[str]:
        """The words of all cities."""
        return frozenset(word for bearers in self.bearers.values() for bearer in bearers for word in bearer.site)

    @cached_property
    def _by_length(self) -> Mapping[int, tuple[str, ...]]:
        shelves: dict[int, list[str]] = {}
        for word in sorted(self.sites.union(*self.bearers)):
            if len(word) > SHORTEST and not word.isdigit():
                shelves.setdefault(len(word), []).append(word)
        return {length: tuple(shelf) for length, shelf in shelves.items()}

    def near(self, word: str) -> Mapping[str, float]:
        """The register's words that this one may be, with how sure: itself, and those one slip away."""
        if word not in self._near:
            if len(self._near) > REMEMBERED:
                self._near.clear()
            self._near[word] = self._slips(word) | {word: 1.0}
        return self._near[word]

    def _slips(self, word: str) -> dict[str, float]:
        if len(word) < SHORTEST or word.isdigit():
            return {}
        from rapidfuzz import process  # a well-spelt question need not wait for it
        from rapidfuzz.distance import OSA

        lengths = range(len(word) - 1, len(word) + 2)
        return {
            other: SLIP
            for length in lengths
            for other, away, _ in process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=1, limit=None
            )
            if away
        }

    # ---------------------------------------------------------------- reading

    def named(self, utterance: Utterance, heard: Sequence[str], plain: frozenset[str]) -> Iterator[Named]:
        """Names in a message, the likeliest where several go over the same words; `plain` words are never misspelt."""
        near: list[Mapping[str, float]] = [{word: 1.0} for word in heard]
        found = self._names(near, utterance)
        covered = {at for named in found for at in range(named.first, named.last)}
        doubtful = [at for at, word in enumerate(heard) if word not in plain and word not in self.connectors]
        if not covered.issuperset(doubtful):
            for at in doubtful:
                near[at] = {**self.near(utterance.tokens[at].word), heard[at]: 1.0}  # "ste" may be "sainte", and "site"
            found = self._names(near, utterance)
        taken: set[int] = set()
        for named in sorted(found, key=lambda named: (-named.explained, named.first)):
            if taken.isdisjoint(range(named.first, named.last)):
                taken.update(range(named.first, named.last))
                rivals = [one for one in found if abs(one.explained - named.explained) < ALIKE and _overlap(one, named)]
                yield named._replace(bearers=tuple(dict.fromkeys(b for rival in rivals for b in rival.bearers)))

    def _names(self, near: Sequence[Mapping[str, float]], utterance: Utterance) -> list[Named]:
        return [
            named
            for at, words in enumerate(near)
            for word in words
            for telling in self.rarest.get(word, ())
            if (named := self._whole(telling, at, near, utterance)) is not None
        ]

    def _whole(
        self, telling: frozenset[str], at: int, near: Sequence[Mapping[str, float]], utterance: Utterance
    ) -> Named | None:
        """The name around word `at`, if all its words are there; its city may stand beside it."""
        bearers = self.bearers[telling]
        said = dict(self._run(telling, at, near, utterance))
        words = {word for heard in said.values() for word in heard}
        if not telling <= words:
            return None
        located = [bearer for bearer in bearers if bearer.site and words.issuperset(bearer.site)]
        beside = [bearer for bearer in located if not telling.issuperset(bearer.site)]
        longest = max((len(bearer.site) for bearer in beside), default=0)
        meant = [bearer for bearer in beside if len(bearer.site) == longest] or bearers
        own = telling.union(*(bearer.site for bearer in meant)) if beside else telling
        kept = {
            place: max(heard[word] for word in heard if word in own)
            for place, heard in said.items()
            if own & heard.keys()
        }
        if sum(sure < 1 for sure in kept.values()) > len(kept) // 2:
            return None  # Spanish "abre el museo" is no "musée Fabre"
        explained = round(sum(kept.values()), 3)
        return Named(min(kept), max(kept) + 1, tuple(meant), telling, bool(located), explained)

    def _run(
        self, telling: frozenset[str], at: int, near: Sequence[Mapping[str, float]], utterance: Utterance
    ) -> Iterator[tuple[int, Mapping[str, float]]]:
        """What words around word `at` may be of a name and its cities; only small words may lie between them."""
        wanted = telling.union(*(bearer.site for bearer in self.bearers[telling]))
        for step, end in ((-1, -1), (1, len(near))):
            for here in range(at, end, step):
                if found := {word: sure for word, sure in near[here].items() if word in wanted}:
                    yield here, found
                elif self.connectors.isdisjoint(near[here]):
                    break
                edge = max(here, here + step)
                if edge < len(near) and _APART.search(utterance.tokens[edge].gap):
                    break


def _overlap(one: Named, other: Named) -> bool:
    return one.first < other.last and other.first < one.last
