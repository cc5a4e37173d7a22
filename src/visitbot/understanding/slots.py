"""Fills a request: which venues, places, kinds and days it is about, from its own words and from the conversation."""

from dataclasses import replace

from visitbot.understanding.carrying import (
    ABOUT_ONE,
    CARRIED,
    NARROWED,
    Narrowing,
    Turn,
    carried,
    following,
    kept_day,
    pointed_at,
)
from visitbot.understanding.clauses import Clause
from visitbot.understanding.context import SUBSCRIBED, venues_of
from visitbot.understanding.cues import Cues
from visitbot.understanding.naming import Named, named_in
from visitbot.understanding.reading import Reading, Spans
from visitbot.understanding.request import DATED, Request, When
from visitbot.understanding.venues import Mention

BY_NAME = frozenset({"press", "broadcast"})
"""Intents about the series that a venue's name narrows; a mere city is where somebody watches from."""
VENUED = CARRIED | BY_NAME | {"venues"}
"""Intents that may be about a venue."""
NOTICES = frozenset({"subscribe", "unsubscribe"})
"""Intents that what another request names says nothing about: "stop ; et Chambord, c'est ouvert ?"."""
FILMED = frozenset({"video", "replay", "link", "watch"})
"""Hint words of a visit to watch, and to watch again."""
OF_A_VENUE = CARRIED | {"venues"}
"""Intents that, with the name of a place elsewhere, can't be answered."""


def fill(clause: Clause, turn: Turn, cues: Cues) -> tuple[tuple[Request, ...], tuple[str, ...]]:
    """The requests of a clause (a venue and one elsewhere make two), and venues to offer when it is unclear which."""
    named = named_in(clause.spans, turn)
    if named.nothing and clause.intent in OF_A_VENUE:
        named.outside = _elsewhere(clause, turn)
    intent = clause.intent
    if named.outside and (intent in OF_A_VENUE or intent == "out_of_scope"):
        elsewhere = Request("out_of_scope", unknown_venue=named.outside[0].name)
        if not named.venues or (intent == "out_of_scope" and elsewhere.unknown_venue is None):
            return (elsewhere,), ()
        meant = replace(clause, intent=clause.wanted) if intent == "out_of_scope" else clause
        return (_request(meant, turn, named, cues), elsewhere), ()
    if intent == "out_of_scope":
        return (Request("out_of_scope"),), ()
    made = _request(clause, turn, named, cues)
    return (made,), named.unclear if intent in VENUED and not made.venues else ()


def _elsewhere(clause: Clause, turn: Turn) -> list[Mention]:
    """A place elsewhere that another sentence names: "Les zoos sont ouverts ? Beauval par exemple."."""
    told = named_in(turn.unclaimed(clause), turn)
    return [mention for mention in told.outside if mention.name] if not told.venues and not told.unclear else []


def _request(clause: Clause, turn: Turn, named: Named, cues: Cues) -> Request:
    intent, reading = clause.intent, turn.reading
    when, impossible = _when(intent, clause.spans, reading)
    venues = _venues(clause, turn, named)
    places = tuple(named.places) if intent in NARROWED and not venues else ()
    kinds = tuple(named.kinds) if intent in NARROWED and not venues else ()
    if when is None and impossible is None:
        when = _when_told(clause, turn, bool(venues))
    if when is not None and when.rank is not None and turn.before.ranked and pointed_at(intent, clause, turn):
        when = None  # "and number one, do you have its clip": of the ranking
    if when is not None and intent == "visit":
        when = following(when, clause, turn)
    if named.nothing and intent == "visit" and when is None:
        venues = _seen(clause.spans, reading)
    if named.nothing and not venues:
        venues, places, kinds = _taken_over(clause, turn, when is not None)
    elif intent in ABOUT_ONE and not venues and not named.unclear and named.kinds:
        venues = carried(intent, clause, turn, False)[0]
    if intent in DATED and when is None and impossible is None:
        when = kept_day(intent, clause, turn, venues)
    return Request(
        intent,
        venues,
        places,
        kinds,
        when if intent in DATED else None,
        tuple(named.without),
        tuple(named.without_places),
        impossible_date=impossible,
        aspect=_aspect(intent, clause.spans, reading, cues),
    )


def _venues(clause: Clause, turn: Turn, named: Named) -> tuple[str, ...]:
    intent = clause.intent
    if intent not in VENUED or (intent == "results" and turn.reading.leans("everything", clause.spans)):
        return ()
    if intent in BY_NAME:
        return tuple(venue for venue in named.venues if venue not in named.cities)
    if named.venues or intent not in CARRIED - NARROWED:
        return tuple(named.venues)
    there = tuple(dict.fromkeys(venue.id for place in named.places for venue in turn.catalogue.venues_in(place)))
    if intent in SUBSCRIBED and named.kinds:  # "cancel the castle ones"
        of_kind = venues_of(tuple(named.places), tuple(named.kinds), turn.catalogue)
        return tuple(venue for venue in turn.before.recent if venue in of_kind)
    return there if len(there) == 1 else ()  # "le parking en Alsace" can't be another's


def _seen(spans: Spans, reading: Reading) -> tuple[str, ...]:
    """What was seen and is asked for again: "we loved the Haut-Koenigsbourg film, where can we rewatch it?"."""
    if not FILMED & reading.names_in(spans):
        return ()
    found = [m.ids[0] for m in reading.mentions if m.kind == "venue" and m.role == "seen" and len(m.ids) == 1]
    return tuple(found[-1:])


def _taken_over(clause: Clause, turn: Turn, dated: bool) -> Narrowing:
    """Venues, places and kinds of the same message's other parts, or of the conversation."""
    intent, leans = clause.intent, turn.reading.leans
    if intent in CARRIED and not (intent == "visit" and dated):
        for request in reversed(turn.earlier):
            if request.venues:
                return request.venues, (), ()
            if intent in NARROWED and (request.places or request.kinds):
                return (), request.places, request.kinds
        told = named_in(turn.unclaimed(clause) if intent in NOTICES else turn.everything, turn).venues
        general = leans("everything", clause.spans) or leans("daily", clause.spans)
        if (len(told) == 1 or (told and leans("both", clause.spans))) and intent != "results" and not general:
            return tuple(told), (), ()
    if intent == "press" and turn.earlier and leans("pronoun", clause.spans):
        return turn.earlier[-1].venues, (), ()
    return carried(intent, clause, turn, dated)


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


def _when_told(clause: Clause, turn: Turn, venue: bool) -> When | None:
    """The day told beside the question: "J'ai un billet pour samedi. Ce sera ouvert ?"."""
    if clause.intent not in {"reopening", "visit"} or (clause.intent == "visit" and venue):
        return None
    when, _ = _when(clause.intent, turn.unclaimed(clause), turn.reading)
    if when is None or when.start is None:
        return None
    return None if clause.intent == "reopening" and when.start < turn.reading.now.date() else when


def _aspect(intent: str, spans: Spans, reading: Reading, cues: Cues) -> str | None:
    for cue in cues.aspects.find(reading.utterance.words):
        owner, _, aspect = cue.name.partition(".")
        if owner == intent and any(first <= cue.first < last for first, last in spans):
            return aspect
    return None
