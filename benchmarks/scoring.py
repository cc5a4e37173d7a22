"""Compares what was understood with what a labelled question expects."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Label = Mapping[str, Any]
Key = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], str | None]

CITIES = {
    "lille": "pba-lille", "beaulieu-sur-mer": "villa-kerylos", "chambord": "chambord", "boulogne-sur-mer": "nausicaa",
    "boulogne": "nausicaa", "marseille": "mucem", "orschwiller": "haut-koenigsbourg", "lyon": "maclyon",
    "toulouse": "museum-toulouse", "dijon": "mba-dijon", "saint-etienne": "mamc-saint-etienne",
    "alise-sainte-reine": "museoparc-alesia", "angers": "museum-angers",
}  # fmt: skip
"""A city that has one venue of the series stands for it, and the other way round."""
DATED = {"reopening", "visit", "schedule"}
"""Elsewhere a date changes nothing in the answer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went."""

    right: bool
    """The whole set of requests agrees."""
    intent: bool
    wrong_venue: bool
    """A venue is named that was not meant: the error that does harm."""
    out_of_scope: bool
    """Nothing of it should be answered."""
    answered: bool
    """It is out of scope, and was answered all the same."""
    missed: bool
    """An answer was due, and it was called out of scope."""
    asked_back: bool
    """Not right, but venues or meanings were offered instead of a guess."""
    asked_well: bool
    """Asked back, and the venue meant is among those offered."""


def compare(label: Label, requests: Sequence[Mapping[str, Any]], choices: Sequence[str]) -> Outcome:
    """Judge one prediction; requests in the form of `visitbot ask --batch`."""
    got = sorted((_key(request) for request in requests), key=str)
    accepted = list(_alternatives(label))
    right = got in accepted
    intents = {key[0] for key in got}
    meant = {venue for expected in accepted for key in expected for venue in key[1]}
    out = all(request["intent"] == "out_of_scope" for request in label["expect"])
    asked = not right and bool(choices or not requests)
    return Outcome(
        right=right,
        intent=bool(intents) and intents <= {key[0] for expected in accepted for key in expected},
        wrong_venue=bool({venue for key in got for venue in key[1]} - meant),
        out_of_scope=out,
        answered=out and not right and bool(intents - {"out_of_scope"}),
        missed=not out and not right and intents <= {"out_of_scope"},
        asked_back=asked,
        asked_well=asked and bool(choices) and meant <= set(choices),
    )


def _key(request: Mapping[str, Any]) -> Key:
    venues = set(request.get("venues") or [])
    places = {re.sub(r"[\s'’-]+", "-", place.strip().lower()) for place in request.get("places") or []}
    venues |= {CITIES[place] for place in places if place in CITIES}
    intent = request["intent"]
    return (
        intent,
        tuple(sorted(venues)),
        tuple(sorted(places - CITIES.keys())),
        tuple(sorted(set(request.get("kinds") or []))),
        _moment(request.get("when")) if intent in DATED else None,
    )


def _moment(when: Mapping[str, Any] | None) -> str | None:
    if not when:
        return None
    if "rank" in when:
        return "rank:" + {"1": "first"}.get(str(when["rank"]), str(when["rank"]))
    return f"{when['from']}..{when.get('to') or 'open'}"


def _alternatives(label: Label) -> Iterator[list[Key]]:
    choices = []
    for request in label["expect"]:
        base = _key(request)
        also = [i for i in (request.get("also_ok") or []) + (label.get("also_ok") or []) if isinstance(i, str)]
        choices.append([base, *((intent, *base[1:]) for intent in also)])
    for combination in itertools.product(*choices):
        yield sorted(combination, key=str)
    for other in label.get("also_expect", []):
        yield sorted((_key(request) for request in other), key=str)
