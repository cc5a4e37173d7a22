"""Sorts the places that a request's own words name: venues, places, kinds, what is elsewhere, what is left out."""

from dataclasses import dataclass, field

from visitbot.understanding.carrying import Turn
from visitbot.understanding.context import venues_of
from visitbot.understanding.reading import Spans
from visitbot.understanding.venues import Mention


@dataclass(slots=True)
class Named:
    """What some words name."""

    venues: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    """Those of `venues` that only their city stands for."""
    unclear: tuple[str, ...] = ()
    """Venues that a name may mean, when it fits several."""
    places: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    outside: list[Mention] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    without_places: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether no place at all is named."""
        return not (self.venues or self.unclear or self.places or self.kinds or self.outside)


def named_in(spans: Spans, turn: Turn) -> Named:
    """Sort the mentions in those words by what they are; only targets and exclusions count."""
    found = Named()
    counted_from = {day.beside for day in turn.reading.dates}
    for mention in turn.reading.mentions_in(spans):
        if mention.first in counted_from:
            continue
        if mention.role == "excluded":
            (found.without if mention.kind == "venue" else found.without_places).extend(mention.ids)
        elif mention.role == "target":
            _sort(mention, found, spans, turn)
    return found


def _sort(mention: Mention, found: Named, spans: Spans, turn: Turn) -> None:
    if mention.kind == "outside":
        found.outside.append(mention)
    elif mention.kind == "kind":
        _add(found.kinds, mention.ids)
    elif mention.kind == "place":
        _add_place(mention, found, spans, turn)
    elif len(mention.ids) == 1 or turn.reading.leans("both", spans):
        _add(found.venues, mention.ids)
    else:
        _add_unclear(mention, found, spans, turn)


def _add(values: list[str], more: tuple[str, ...]) -> None:
    values += [value for value in more if value not in values]


def _add_place(mention: Mention, found: Named, spans: Spans, turn: Turn) -> None:
    """A city that has one venue stands for it; "l'autre bourguignon" is the one not just spoken of."""
    catalogue, leans = turn.catalogue, turn.reading.leans
    for place in mention.ids:
        here = tuple(venue.id for venue in catalogue.venues_in(place))
        left = tuple(venue for venue in here if venue not in turn.before.venues)
        if len(here) == 1 and catalogue.places[place].kind == "city":
            _add(found.cities, tuple(venue for venue in here if venue not in found.venues))
            _add(found.venues, here)
        elif len(left) == 1 and leans("other", spans):
            _add(found.venues, left)
        elif len(here) == 1 and leans("one", spans):
            _add(found.venues, here)
        else:
            _add(found.places, (place,))


def _add_unclear(mention: Mention, found: Named, spans: Spans, turn: Turn) -> None:
    """A name that fits several venues: the conversation may tell which, or that it is the other one."""
    before = turn.before
    spoken = (*before.venues, *before.shown, *before.choices, *venues_of(before.places, before.kinds, turn.catalogue))
    if turn.reading.leans("other", spans):
        spoken = tuple(venue for venue in mention.ids if venue not in before.venues) if before.venues else ()
    known = [v for v in mention.ids if v in spoken] or [v for v in mention.ids if v in before.recent]
    if len(known) == 1:
        _add(found.venues, tuple(known))
    else:
        found.unclear = mention.ids
