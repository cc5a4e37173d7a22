"""Doubts that a venue is meant: read as if it were named in passing, the same words may ask nothing about a place."""

from dataclasses import replace

from visitbot.understanding.clauses import Clause, shares
from visitbot.understanding.context import Context
from visitbot.understanding.reading import Reading, Spans
from visitbot.understanding.request import INTENTS
from visitbot.understanding.slots import VENUED
from visitbot.understanding.vocabulary import Vocabulary

SURE = 0.4
"""An intent at least so likely is not read a second time. Measured on writers that nothing was fitted on: asking back
below it costs ordinary questions nothing and spares hard ones every fifteenth wrong museum; at 0.5 ordinary ones lose
0.2 to 0.5 %."""
SERIES = frozenset({"broadcast", "schedule", "next_season"})
"""Intents about the series' videos: a doubt between one visit and these is none about the venue."""
FEWEST = 3
"""Words beside names and dates that a second reading needs: "Chambord, samedi" can't but be about Chambord."""


def doubtful(clause: Clause, reading: Reading, vocabulary: Vocabulary, before: Context) -> bool:
    """Whether to ask back about the venues of a clause: "My hairdresser called the dog Chambord. Daft, right?"."""
    if before.intent is not None or clause.likelihood >= SURE or clause.intent not in VENUED:
        return False  # in a conversation the messages before tell what a name is there for
    if _words(reading, clause.spans) < FEWEST:
        return False
    passing = replace(
        reading,
        mentions=tuple(
            replace(mention, role="other")
            if mention.role == "target" and mention.kind in {"venue", "place"}
            else mention
            for mention in reading.mentions
        ),
    )
    likely = shares(passing, vocabulary.intents, clause.spans, replace(before, intent=clause.after))
    return INTENTS[max(range(len(INTENTS)), key=likely.__getitem__)] not in VENUED | SERIES


def _words(reading: Reading, spans: Spans) -> int:
    """How many words of `spans` are no part of a name or date."""
    named = {at for mention in reading.mentions if mention.kind != "kind" for at in range(mention.first, mention.last)}
    named |= {at for found in reading.dates for at in range(found.first, found.last)}
    return sum(at not in named for first, last in spans for at in range(first, last))
