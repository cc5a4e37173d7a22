"""Repairs misspelt words of names, by letters and by ear, and tells plain words from names."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from visitbot.understanding.phonetics import key as sound

REMEMBERED = 20_000
"""Words whose repair is kept."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """What repairs the words of names; made by `compile`."""

    names: Container[str]
    """Names of one word or more, which a repair leads to before a part of one."""
    common: frozenset[str]
    """Plain words."""
    sounds: Mapping[str, str]
    """Phonetic key → the venue's or city's word that sounds so."""
    shelves: Mapping[str, tuple[str, ...]]
    """First letter → words that a misspelt one may have been."""
    repairable: Mapping[str, frozenset[str]]
    """Those of them that a repair may lead to, with what bears them; the others stop a wrong one."""
    repairs: dict[str, str | None] = field(default_factory=dict)
    """What was repaired before; only to be quick."""

    @classmethod
    def compile(
        cls, names: Container[str], owned: Mapping[str, Iterable[str]], heard: frozenset[str], common: frozenset[str]
    ) -> "Spelling":
        """Build it from names, their words with what bears each, those of them known by ear too, and plain words."""
        repairable = {word: frozenset(owners) for word, owners in owned.items() if len(word) > 3 and word not in common}
        ear = sorted(heard & repairable.keys(), key=lambda word: (len(word), word), reverse=True)
        return cls(
            names,
            common,
            # Of words that sound the same the shortest is meant, then the first: sets have no order of their own.
            sounds={sound(word): word for word in ear if len(sound(word)) > 2},
            shelves=_shelves(repairable.keys() | {word for word in common if len(word) > 3}),
            repairable=repairable,
        )

    def repair(self, word: str) -> str | None:
        """The word of a name that this one is a misspelling of, None when there is none or a plain word is as near."""
        if word not in self.repairs:
            if len(self.repairs) > REMEMBERED:
                self.repairs.clear()
            self.repairs[word] = self._repaired(word)
        return self.repairs[word]

    def _repaired(self, word: str) -> str | None:
        if len(word) < 4 or word.isdigit():
            return None
        if len(heard := sound(word)) > 2 and (meant := self.sounds.get(heard)):
            return meant
        from rapidfuzz.distance import OSA  # 7 ms to import, which a well-spelt question need not pay

        best: list[str] = []
        nearest = 1 if len(word) < 7 else 2
        for candidate in self.shelves.get(word[0], ()):
            allowed = min(nearest, 1 if len(candidate) < 8 else 2)
            if abs(len(candidate) - len(word)) <= allowed:
                away = OSA.distance(word, candidate, score_cutoff=allowed)
                if away < nearest and away <= allowed:
                    best, nearest = [candidate], away
                elif away == nearest and away <= allowed:
                    best.append(candidate)
        owners = [self.repairable.get(candidate, frozenset()) for candidate in best]
        if not owners or not frozenset.intersection(*owners):
            return None
        return next((candidate for candidate in best if candidate in self.names), best[0])

    def plain(self, word: str) -> bool:
        """Whether it is a plain word, or one letter away from one: no name."""
        return self.near(word, self.common)

    def near(self, word: str, plain: frozenset[str]) -> bool:
        """Whether it is one of these plain words, or one letter away from one."""
        if word in plain or len(word) < 4:
            return word in plain
        from rapidfuzz.distance import OSA

        shelf = (other for other in self.shelves.get(word[0], ()) if other in plain and abs(len(other) - len(word)) < 2)
        return any(OSA.distance(word, other, score_cutoff=1) < 2 for other in shelf)


def _shelves(all_: Iterable[str]) -> dict[str, tuple[str, ...]]:
    shelves: dict[str, list[str]] = {}
    for word in sorted(all_):
        shelves.setdefault(word[0], []).append(word)
    return {letter: tuple(shelf) for letter, shelf in shelves.items()}
