"""What a phrase may mean: one sense or several, and which of them comes first."""

from collections.abc import Sequence
from typing import NamedTuple

Tags = frozenset[str]

RANK = {
    "venue": 0,
    "type": 1,
    "place": 2,
    "landmark": 3,
    "topic": 4,
    "service": 5,
    "street": 6,
    "ignored": 7,
    "museum": 8,
    "city": 9,
}
"""Which meaning wins where a phrase has several: the catalogue's own names before all others."""


class Sense(NamedTuple):
    """What a phrase means (a tuple, as thousands are made at each start and a frozen dataclass is slow to make)."""

    kind: str
    """One of RANK's keys."""
    ids: tuple[str, ...] = ()
    """Venue or place ids; for a museum elsewhere its cities, folded."""
    tags: Tags = frozenset()
    """For a type: what a venue must be for it to fit."""
    weak: bool = False
    """Too general, or too like a plain word, to stand alone."""
    plural: bool = False
    asks: str | None = None
    """The kind of venue that a type asks for when it is plural or follows "which"."""
    name: str | None = None
    """For a landmark: what to say back."""
    alone: Tags = frozenset()
    """For a type: what it means without a city, where people are loose ("modern art")."""
    language: str | None = None
    """Of a type whose words mean something else in another language."""


def joined(senses: Sequence[Sense]) -> list[Sense]:
    """With one sense for all venues of the same name, so that none of them is taken for the others."""
    venues = [sense for sense in senses if sense.kind == "venue"]
    ids = tuple(dict.fromkeys(venue for sense in venues for venue in sense.ids))
    if len(ids) < 2:
        return list(senses)
    joined = venues[0]._replace(ids=ids, weak=all(sense.weak for sense in venues))
    return [joined, *(sense for sense in senses if sense.kind != "venue")]


def rank(sense: Sense) -> float:
    """Its place in RANK; a venue's description gives way to what is elsewhere ("musée des Plans-Reliefs")."""
    return RANK["landmark"] + 0.5 if sense.kind == "venue" and sense.weak else RANK[sense.kind]
