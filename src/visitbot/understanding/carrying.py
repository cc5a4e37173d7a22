"""What a message takes over from the conversation: "et demain ?", "les deux", "l'autre château", "son adresse"."""

from dataclasses import replace
from datetime import timedelta

from visitbot.understanding.clauses import Clause
from visitbot.understanding.context import Context, venues_of
from visitbot.understanding.reading import Reading
from visitbot.understanding.request import DATED, When
from visitbot.understanding.vocabulary import Vocabulary

NARROWED = frozenset({"reopening", "visit", "schedule", "venues"})
"""Intents that a place or a kind of venue narrows."""
ABOUT_ONE = frozenset({"practical", "venue_info"})
"""Intents that make no sense without a venue."""
CARRIED = frozenset({"reopening", "visit", "practical", "venue_info", "subscribe", "unsubscribe", "results"})
"""Intents for which the conversation's venue stands when none is named."""

Narrowing = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Venues, places, kinds."""
NOTHING: Narrowing = ((), (), ())


def carried(
    intent: str, clause: Clause, reading: Reading, vocabulary: Vocabulary, before: Context, dated: bool
) -> Narrowing:
    """The venues, places or kinds that stand because the message names none."""
    if intent in {"schedule", "venues"}:
        leaning = clause.alone != intent or clause.likelihood < 0.5
        return ((), before.places, before.kinds) if leaning and before.intent in NARROWED else NOTHING
    if intent not in CARRIED or before.outside:
        return NOTHING
    if chosen := pointed_at(clause, reading, vocabulary, before):
        return chosen, (), ()
    if reading.leans("everything", clause.spans) or reading.leans("daily", clause.spans):
        return NOTHING
    spoken = before.venues or (before.shown if intent != "visit" else ()) or one_of(vocabulary, before)
    if intent in ABOUT_ONE:
        return spoken or before.recent[-1:], (), ()
    if intent == "visit" and dated:
        return NOTHING
    if intent in {"subscribe", "unsubscribe", "results"} or spoken:
        return spoken, (), ()
    return before.venues, before.places, before.kinds


def kept_day(intent: str, clause: Clause, reading: Reading, before: Context, venues: tuple[str, ...]) -> When | None:
    """The day or period that stands because the message names none."""
    if before.when is None or before.intent not in DATED or intent not in DATED:
        return None
    if intent == "visit":
        stands = before.intent == "visit" and not venues and not reading.leans("everything", clause.spans)
        return before.when if stands else None
    if intent != before.intent or before.when.rank is not None:
        return None
    leaning = clause.alone != intent or clause.likelihood < 0.5
    elliptical = not {"reopen", "open", "closed", "when", "schedule"} & reading.names_in(clause.spans)
    return before.when if leaning or elliptical else None


def following(when: When, reading: Reading, before: Context) -> When:
    """ "La suivante ?" after a visit is the one after it, not the next from now."""
    if when.rank != "next" or before.intent != "visit" or before.when is None:
        return when
    if before.when.rank == "next":
        first = max(reading.now.date(), reading.series[0])
    elif before.when.rank is None and before.when.start is not None and before.when.start == before.when.end:
        first = before.when.start
    else:
        return when
    day = first + timedelta(days=1)
    return replace(when, rank=None, start=day, end=day)


def pointed_at(clause: Clause, reading: Reading, vocabulary: Vocabulary, before: Context) -> tuple[str, ...]:
    """The venues that "les deux", "l'autre", "le second", "les deux autres" mean; nothing when it is not clear."""
    spans = clause.spans
    current = before.venues or before.shown
    if reading.leans("others", spans):
        return tuple(venue for venue in before.listed if venue not in current)
    if reading.leans("both", spans):
        return (
            before.venues if len(before.venues) > 1 else before.listed if len(before.listed) > 1 else before.recent[-2:]
        )
    if reading.leans("former", spans) and len(before.listed) > 1:
        return before.listed[:1]
    if reading.leans("latter", spans) and len(before.listed) > 1:
        return before.listed[1:2]
    if reading.leans("other", spans) and current:
        return _other(current[-1], vocabulary, before)
    return ()


def _other(current: str, vocabulary: Vocabulary, before: Context) -> tuple[str, ...]:
    """The other of two: of those listed, of those spoken of, or of the same kind."""
    here = vocabulary.catalogue.venues[current]
    twins = tuple(v.id for v in vocabulary.catalogue.venues.values() if v.kind == here.kind and v.id != current)
    listed = tuple(venue for venue in before.listed if venue != current)
    spoken = tuple(venue for venue in before.recent if venue != current)[-1:]
    return next((found for found in (listed, spoken, twins) if len(found) == 1), ())


def one_of(vocabulary: Vocabulary, before: Context) -> tuple[str, ...]:
    """The venue that the last place or kind stands for, when there is only one ("en Alsace" … "c'est ouvert ?")."""
    found = venues_of(before.places, before.kinds, vocabulary.catalogue)
    return found if len(found) == 1 else ()
