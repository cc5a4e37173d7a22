"""A message becomes requests: the one function that joins words, venues, dates, intents and the chat's context."""

from dataclasses import dataclass, replace
from datetime import datetime

from visitbot.understanding.carrying import Turn, picked
from visitbot.understanding.clauses import Clause, clauses
from visitbot.understanding.context import Context
from visitbot.understanding.cues import Cues, tell_language
from visitbot.understanding.dates import find_dates
from visitbot.understanding.reading import Reading
from visitbot.understanding.request import Request
from visitbot.understanding.slots import fill
from visitbot.understanding.text import read
from visitbot.understanding.venues import find_mentions
from visitbot.understanding.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message was taken to ask."""

    language: str
    requests: tuple[Request, ...]
    choices: tuple[str, ...]
    """Venue ids to offer: the bot asks back; no venue is claimed in `requests`."""
    context: Context
    """The chat's thread after this message."""
    reading: Reading
    clauses: tuple[Clause, ...]
    """Which words were taken for which request, with how likely it seemed."""


def understand(
    text: str, vocabulary: Vocabulary, now: datetime, context: Context | None = None, language: str | None = None
) -> Understanding:
    """Tell what a message asks. `context` is the chat's thread, `language` the person's usual one."""
    before = context or Context()
    reading = take_in(text, vocabulary, now, before, language)
    parts = clauses(reading, vocabulary, before)
    turn = Turn(reading, vocabulary.catalogue, before, parts)
    choices: tuple[str, ...] = ()
    if chosen := picked(turn):
        told: tuple[Request, ...] = (Request(before.intent or "venue_info", chosen, when=before.when),)
    else:
        told, choices = _requests(turn, vocabulary.cues[reading.language])
    after = before.after(told, reading.language, parts[-1].wanted, choices, vocabulary.catalogue)
    return Understanding(reading.language, told, choices, after, reading, parts)


def _requests(turn: Turn, cues: Cues) -> tuple[tuple[Request, ...], tuple[str, ...]]:
    """What the clauses ask, and the venues to offer instead of guessing."""
    requests: list[Request] = []
    choices: tuple[str, ...] = ()
    for clause in turn.clauses:
        made, offered = fill(clause, replace(turn, earlier=tuple(requests)), cues)
        choices = choices or offered
        requests.extend(request for request in made if request not in requests)
    if choices:
        return tuple(replace(request, venues=()) for request in requests), choices
    return tuple(requests), ()


def take_in(text: str, vocabulary: Vocabulary, now: datetime, context: Context, language: str | None) -> Reading:
    """Find everything in a message that may matter."""
    utterance = read(text)
    words = utterance.words
    spoken = tell_language(words, vocabulary.identity, context.language or language or "fr")
    mentions = find_mentions(utterance, vocabulary.venues[spoken], spoken)
    named = {at for mention in mentions if mention.kind != "kind" for at in range(mention.first, mention.last)}
    dates = find_dates(utterance, vocabulary.dates[spoken], now, vocabulary.series, context.when, named)
    cues = vocabulary.cues[spoken]
    return Reading(
        utterance,
        spoken,
        now,
        vocabulary.series,
        mentions,
        dates,
        tuple(cues.ideas.find(words)),
        tuple(cues.follow_up.find(words)),
        tuple(cues.questions.find(words)),
        vocabulary.speaks_for,
    )
