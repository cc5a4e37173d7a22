"""Fills a request: which venues, places, kinds and days it is about, from its own words and from the conversation."""

from dataclasses import dataclass, field

from visitbot.catalogue.model import Catalogue
from visitbot.understanding.carrying import ABOUT_ONE, CARRIED, NARROWED, carried, following, kept_day
from visitbot.understanding.clauses import Clause
from visitbot.understanding.context import Context, venues_of
from visitbot.understanding.reading import Reading, Spans
from visitbot.understanding.request import DATED, Request, When
from visitbot.understanding.venues import Mention
from visitbot.understanding.vocabulary import Vocabulary

VENUED = CARRIED | {"press", "broadcast", "venues", "next_season"}
"""Intents that may be about a venue."""
OF_A_VENUE = CARRIED | {"venues"}
"""Intents that, with the name of a place elsewhere, can't be answered."""


@dataclass(slots=True)
class _Named:
    """What the words of one clause name."""

    venues: list[str] = field(default_factory=list)
    unclear: tuple[str, ...] = ()
    places: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    outside: list[Mention] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    without_places: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether no place at all is named."""
        return not (self.venues or self.unclear or self.places or self.kinds or self.outside)


def fill(
    clause: Clause, reading: Reading, vocabulary: Vocabulary, before: Context, earlier: tuple[Request, ...]
) -> tuple[tuple[Request, ...], tuple[str, ...]]:
    """The requests of a clause (a venue and one elsewhere make two), and venues to offer when it is unclear which."""
    named = _named(clause.spans, reading, vocabulary, before)
    intent = clause.intent
    if named.outside and (intent in OF_A_VENUE or intent == "out_of_scope"):
        elsewhere = Request("out_of_scope", unknown_venue=named.outside[0].name)
        if intent == "out_of_scope" or not named.venues:
            return (elsewhere,), ()
        return (_request(intent, clause, reading, vocabulary, before, earlier, named), elsewhere), ()
    if intent == "out_of_scope":
        return (Request("out_of_scope"),), ()
    made = _request(intent, clause, reading, vocabulary, before, earlier, named)
    return (made,), named.unclear if intent in VENUED and not made.venues else ()


def _named(spans: Spans, reading: Reading, vocabulary: Vocabulary, before: Context) -> _Named:
    found = _Named()
    for mention in reading.mentions_in(spans):
        if mention.role == "excluded":
            (found.without if mention.kind == "venue" else found.without_places).extend(mention.ids)
        elif mention.role == "target":
            _sort(mention, found, spans, reading, vocabulary, before)
    return found


def _sort(
    mention: Mention, found: _Named, spans: Spans, reading: Reading, vocabulary: Vocabulary, before: Context
) -> None:
    if mention.kind == "outside":
        found.outside.append(mention)
    elif mention.kind == "kind":
        _add(found.kinds, mention.ids)
    elif mention.kind == "place":
        _add_place(mention, found, spans, reading, vocabulary, before)
    elif len(mention.ids) == 1 or reading.leans("both", spans):
        _add(found.venues, mention.ids)
    else:
        _add_unclear(mention, found, spans, reading, vocabulary.catalogue, before)


def _add(values: list[str], more: tuple[str, ...]) -> None:
    values += [value for value in more if value not in values]


def _add_place(
    mention: Mention, found: _Named, spans: Spans, reading: Reading, vocabulary: Vocabulary, before: Context
) -> None:
    """A city that has one venue stands for it; "l'autre bourguignon" is the one not just spoken of."""
    catalogue = vocabulary.catalogue
    for place in mention.ids:
        here = [venue.id for venue in catalogue.venues_in(place)]
        left = [venue for venue in here if venue not in before.venues]
        if len(here) == 1 and catalogue.places[place].kind == "city":
            _add(found.venues, tuple(here))
        elif len(left) == 1 and reading.leans("other", spans):
            _add(found.venues, tuple(left))
        elif len(here) == 1 and reading.leans("one", spans):
            _add(found.venues, tuple(here))
        else:
            _add(found.places, (place,))


def _add_unclear(
    mention: Mention, found: _Named, spans: Spans, reading: Reading, catalogue: Catalogue, before: Context
) -> None:
    """A name that fits several venues: the conversation may tell which, or that it is the other one."""
    spoken = (*before.venues, *before.shown, *before.choices, *venues_of(before.places, before.kinds, catalogue))
    if reading.leans("other", spans):
        spoken = tuple(venue for venue in mention.ids if venue not in before.venues) if before.venues else ()
    known = [venue for venue in mention.ids if venue in spoken] or [v for v in mention.ids if v in before.recent]
    if len(known) == 1:
        _add(found.venues, tuple(known))
    else:
        found.unclear = mention.ids


def _request(
    intent: str,
    clause: Clause,
    reading: Reading,
    vocabulary: Vocabulary,
    before: Context,
    earlier: tuple[Request, ...],
    named: _Named,
) -> Request:
    when, impossible = _when(intent, clause.spans, reading)
    venues = tuple(named.venues) if intent in VENUED else ()
    if intent in CARRIED - NARROWED and not venues:
        venues = _only_one_there(named, vocabulary)
    places = tuple(named.places) if intent in NARROWED and not venues else ()
    kinds = tuple(named.kinds) if intent in NARROWED and not venues else ()
    if when is not None and intent == "visit":
        when = following(when, reading, before)
    if named.nothing and intent == "visit" and when is None:
        venues = _seen(clause.spans, reading)
    if named.nothing and not venues:
        venues, places, kinds = _taken_over(intent, clause, reading, vocabulary, before, earlier, when)
    elif intent in ABOUT_ONE and not venues and not named.unclear and named.kinds:
        venues = carried(intent, clause, reading, vocabulary, before, False)[0]
    if intent in DATED and when is None and impossible is None:
        when = kept_day(intent, clause, reading, before, venues)
    return Request(
        intent,
        venues,
        places,
        kinds,
        when if intent in DATED else None,
        tuple(named.without),
        tuple(named.without_places),
        impossible_date=impossible,
        aspect=_aspect(intent, clause.spans, reading, vocabulary),
    )


def _seen(spans: Spans, reading: Reading) -> tuple[str, ...]:
    """What was seen and is asked for again: "we loved the Haut-Koenigsbourg film, where can we rewatch it?"."""
    if "video" not in reading.names_in(spans):
        return ()
    found = [m.ids[0] for m in reading.mentions if m.kind == "venue" and m.role == "seen" and len(m.ids) == 1]
    return tuple(found[-1:])


def _only_one_there(named: _Named, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The venue of a region when it has one alone: "le parking en Alsace" can't be another's."""
    found = tuple(dict.fromkeys(venue.id for place in named.places for venue in vocabulary.catalogue.venues_in(place)))
    return found if len(found) == 1 else ()


def _taken_over(
    intent: str,
    clause: Clause,
    reading: Reading,
    vocabulary: Vocabulary,
    before: Context,
    earlier: tuple[Request, ...],
    when: When | None,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Venues, places and kinds of the same message's other parts, or of the conversation."""
    dated = when is not None
    if intent in CARRIED and not (intent == "visit" and dated):
        for request in reversed(earlier):
            if request.venues:
                return request.venues, (), ()
        general = reading.leans("everything", clause.spans) or reading.leans("daily", clause.spans)
        told = _named(((0, reading.count),), reading, vocabulary, before).venues
        if len(told) == 1 and intent != "results" and not general:
            return tuple(told), (), ()
    return carried(intent, clause, reading, vocabulary, before, dated)


def _when(intent: str, spans: Spans, reading: Reading) -> tuple[When | None, str | None]:
    """The day or period asked for, or the words of a date that does not exist."""
    dates = reading.dates_in(spans)
    real = [found for found in dates if not found.impossible]
    if not real:
        return None, dates[0].typed if dates else None
    moments = [found.when if intent == "reopening" else found.series_when for found in real]
    told = [moment for moment in moments if moment is not None]
    if intent != "visit":
        told = [moment for moment in told if moment.rank is None]
    if not told:
        return None, None
    if intent == "schedule" and len(told) > 1:
        starts = [moment.start for moment in told if moment.start]
        ends = [moment.end for moment in told if moment.end]
        return When(min(starts, default=None), max(ends) if len(ends) == len(told) else None), None
    return told[-1] if intent == "reopening" else told[0], None


def _aspect(intent: str, spans: Spans, reading: Reading, vocabulary: Vocabulary) -> str | None:
    for cue in vocabulary.cues[reading.language].aspects.find(reading.utterance.words):
        owner, _, aspect = cue.name.partition(".")
        if owner == intent and any(first <= cue.first < last for first, last in spans):
            return aspect
    return None
