"""What a message takes over from the conversation: "et demain ?", "les deux", "l'autre château", "son adresse"."""

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta

from visitbot.catalogue.model import Catalogue, Venue
from visitbot.understanding.clauses import Clause
from visitbot.understanding.context import SUBSCRIBED, Context, ranking, venues_of
from visitbot.understanding.reading import Reading, Spans
from visitbot.understanding.request import DATED, Request, When
from visitbot.understanding.text import words as words_of

NARROWED = frozenset({"reopening", "visit", "schedule", "venues"})
"""Intents that a place or a kind of venue narrows."""
ABOUT_ONE = frozenset({"practical", "venue_info"})
"""Intents that make no sense without a venue."""
CARRIED = frozenset({"reopening", "visit", "practical", "venue_info", "subscribe", "unsubscribe", "results"})
"""Intents for which the conversation's venue stands when none is named."""
ORDINALS = ("former", "latter", "third")
"""Follow-up words for the first, second and third of a list."""
OPENING_WORDS = frozenset({"reopens", "opens", "closed", "q_when", "schedule"})
"""Hint words of a question that stands on its own feet; its day is not the day before's."""

SHORTEST_TELLING, SAME_STEM = 4, 5
"""Letters of a word that may describe a venue, and those by which two such words are the same ("gaul", "gauls")."""

Narrowing = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Venues, places, kinds."""
NOTHING: Narrowing = ((), (), ())


@dataclass(frozen=True, slots=True)
class Turn:
    """One message in its conversation."""

    reading: Reading
    catalogue: Catalogue
    before: Context
    clauses: tuple[Clause, ...]
    earlier: tuple[Request, ...] = ()
    """What the clauses so far were found to ask."""

    @property
    def everything(self) -> Spans:
        """All words of the message."""
        return ((0, self.reading.count),)

    def unclaimed(self, clause: Clause) -> Spans:
        """All words but those of the message's other requests."""
        taken = [span for other in self.clauses if other is not clause for span in other.spans]
        if not taken:
            return self.everything
        edges = sorted({0, self.reading.count, *(edge for span in taken for edge in span)})
        return tuple(span for span in itertools.pairwise(edges) if span not in taken)


def carried(intent: str, clause: Clause, turn: Turn, dated: bool) -> Narrowing:
    """The venues, places or kinds that stand because the message names none."""
    reading, before = turn.reading, turn.before
    if intent in {"schedule", "venues"}:
        leaning = clause.alone != intent or clause.likelihood < 0.5
        return ((), before.places, before.kinds) if leaning and before.intent in NARROWED else NOTHING
    if intent not in CARRIED:
        return NOTHING
    if chosen := pointed_at(intent, clause, turn):
        return chosen, (), ()
    if before.outside or (intent in SUBSCRIBED and before.aside):  # "will there be more? let me know if so"
        return NOTHING
    if reading.leans("among", clause.spans):
        return before.venues, before.places, before.kinds
    if reading.leans("everything", clause.spans) or reading.leans("daily", clause.spans):
        return NOTHING
    spoken = before.venues or (before.shown if intent != "visit" else ()) or one_of(turn)
    if intent in ABOUT_ONE:
        return spoken or before.recent[-1:], (), ()
    if intent == "visit" and dated:
        return NOTHING
    if intent in SUBSCRIBED | {"results"} or spoken:
        return spoken, (), ()
    return before.venues, before.places, before.kinds


def kept_day(intent: str, clause: Clause, turn: Turn, venues: tuple[str, ...]) -> When | None:
    """The day or period that stands because the message names none."""
    reading, before = turn.reading, turn.before
    if before.when is None or before.intent not in DATED or intent not in DATED:
        return None
    if intent == "visit":
        stands = before.intent == "visit" and not venues and not reading.leans("everything", clause.spans)
        return before.when if stands else None
    if intent != before.intent or before.when.rank is not None:
        return None
    leaning = clause.alone != intent or clause.likelihood < 0.5
    elliptical = not OPENING_WORDS & reading.names_in(clause.spans)
    return before.when if leaning or elliptical else None


def following(when: When, clause: Clause, turn: Turn) -> When:
    """ "La suivante ?" after a visit is the one after it; "la prochaine visite ?" is the next from now."""
    before = turn.before
    if not any(found.follow for found in turn.reading.dates_in(clause.spans)):
        return when
    if when.rank != "next" or before.intent != "visit" or before.when is None:
        return when
    if before.when.rank == "next":
        first = max(turn.reading.now.date(), turn.reading.series[0])
    elif before.when.rank is None and before.when.start is not None and before.when.start == before.when.end:
        first = before.when.start
    else:
        return when
    day = first + timedelta(days=1)
    return replace(when, rank=None, start=day, end=day)


def picked(turn: Turn) -> tuple[str, ...]:
    """The venues chosen among those that were offered: "celui de Lille", "le deuxième", "2", "les deux"."""
    reading, offered = turn.reading, turn.before.choices
    everything = turn.everything
    if not offered or reading.count > LONGEST_CHOICE:
        return ()
    targets = [mention for mention in reading.mentions if mention.role == "target"]
    if any(mention.kind == "outside" for mention in targets):
        return ()
    if targets:
        there = {
            v for m in targets for v in (*m.ids, *(v.id for place in m.ids for v in turn.catalogue.venues_in(place)))
        }
        fitting = tuple(venue for venue in offered if venue in there)
        return fitting if len(fitting) == 1 else ()
    if reading.leans("both", everything):
        return offered
    ranks = [found.series_when.rank for found in reading.dates if found.series_when is not None]
    numbers = [int(word) for word in reading.utterance.words if word.isdigit() and len(word) == 1]
    at = {"first": 1, "last": len(offered)}.get(str(ranks[0]), ranks[0]) if ranks else numbers[0] if numbers else 0
    if reading.leans("former", everything) or reading.leans("latter", everything):
        at = 1 if reading.leans("former", everything) else 2
    return (offered[at - 1],) if isinstance(at, int) and 0 < at <= len(offered) else ()


LONGEST_CHOICE = 6
"""Words up to which a message may be the mere answer to a question back."""


def pointed_at(intent: str, clause: Clause, turn: Turn) -> tuple[str, ...]:
    """The venues that "les deux", "l'autre", "le second", "la plus vue" mean; nothing when it is not clear."""
    before, spans = turn.before, clause.spans
    leans = turn.reading.leans
    current = before.venues or before.shown
    if leans("most_viewed", spans) and intent != "results" and (before.ranked or intent != "visit"):
        return ranking(turn.catalogue)[:1]
    if leans("others", spans):
        return tuple(venue for venue in before.listed if venue not in current)
    if leans("both", spans):
        return next((v for v in (before.venues, before.listed) if len(v) > 1), before.recent[-2:])
    if chosen := _of_the_list(intent, clause, turn) or _described(clause, turn):
        return chosen
    if leans("other", spans) and current:
        return _other(current[-1], turn)
    return ()


def _of_the_list(intent: str, clause: Clause, turn: Turn) -> tuple[str, ...]:
    """ "Le second", "number three on the list": of the venues listed; "la troisième visite" is one by its rank."""
    listed = turn.before.listed
    if len(listed) < 2 or (intent == "visit" and turn.reading.dates_in(clause.spans) and not turn.before.ranked):
        return ()
    at = next((n for n, name in enumerate(ORDINALS) if turn.reading.leans(name, clause.spans)), len(listed))
    return listed[at : at + 1]


def _described(clause: Clause, turn: Turn) -> tuple[str, ...]:
    """The one of the list, or of the same kind, that only a word of its description tells: "the gaul one"."""
    reading, before, venues = turn.reading, turn.before, turn.catalogue.venues
    if not (reading.leans("one", clause.spans) or reading.leans("other", clause.spans)):
        return ()
    pool = before.listed if len(before.listed) > 1 else _twins(before.venues[-1], turn) if before.venues else ()
    said = {word for first, last in clause.spans for word in reading.utterance.words[first:last]}
    stems = tuple(word[:SAME_STEM] for word in said - reading.everyday if len(word) >= SHORTEST_TELLING)
    found = tuple(v for v in pool if any(word.startswith(stems) for word in _telling(venues[v])))
    return found if len(found) == 1 else ()


def _telling(venue: Venue) -> set[str]:
    """The words by which a venue is described."""
    texts = (*venue.description.values(), *(text for group in venue.descriptions.values() for text in group))
    return {word for text in texts for word in words_of(text)}


def _twins(current: str, turn: Turn) -> tuple[str, ...]:
    """The other venues of the same kind."""
    venues = turn.catalogue.venues
    return tuple(v.id for v in venues.values() if v.kind == venues[current].kind and v.id != current)


def _other(current: str, turn: Turn) -> tuple[str, ...]:
    """The other of two: of those listed, of those spoken of, or of the same kind."""
    listed = tuple(venue for venue in turn.before.listed if venue != current)
    spoken = tuple(venue for venue in turn.before.recent if venue != current)[-1:]
    return next((found for found in (listed, spoken, _twins(current, turn)) if len(found) == 1), ())


def one_of(turn: Turn) -> tuple[str, ...]:
    """The venue that the last place or kind stands for, when there is only one ("en Alsace" … "c'est ouvert ?")."""
    found = venues_of(turn.before.places, turn.before.kinds, turn.catalogue)
    return found if len(found) == 1 else ()
