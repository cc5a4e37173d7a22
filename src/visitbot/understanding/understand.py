"""A message becomes requests: the one function that joins words, venues, dates, intents and the chat's context."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from visitbot.catalogue.model import Catalogue
from visitbot.understanding.carrying import ABOUT_ONE, Turn, picked
from visitbot.understanding.clauses import Clause, clauses
from visitbot.understanding.context import Context
from visitbot.understanding.cues import Cues, longest, tell_language
from visitbot.understanding.dates import find_dates
from visitbot.understanding.reading import Reading
from visitbot.understanding.request import Request, When
from visitbot.understanding.slots import fill
from visitbot.understanding.text import read
from visitbot.understanding.venues import Mention, find_mentions
from visitbot.understanding.vocabulary import Vocabulary

UNSURE = 0.4
"""An intent less likely than this is right less than half of the time: better to ask."""
OFFERED = 3
"""How many readings are offered."""
PLAIN = frozenset({"out_of_scope", "greeting", "thanks"})
"""Intents whose answer does no harm when it is wrong: nothing is claimed, and what can be asked is shown."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message was taken to ask."""

    language: str
    requests: tuple[Request, ...]
    choices: tuple[str, ...]
    """Venue ids to offer: the bot asks back; no venue is claimed in `requests`."""
    context: Context
    """The chat's thread after this message."""
    readings: tuple[Request, ...]
    """What it may mean, likeliest first, when that was too unsure to answer: the bot asks back, `requests` is empty."""
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
        told, choices = requests_of(turn, vocabulary.cues[reading.language])
    readings = () if chosen or choices else _readings(turn, vocabulary.cues[reading.language])
    # Asking back, the likeliest reading is what a short reply ("la vidéo") leans on.
    topic = readings[:1] or told
    after = before.after(topic, reading.language, parts[-1].wanted, choices, vocabulary.catalogue)
    if readings:
        told, choices = (), tuple(dict.fromkeys(venue for one in readings for venue in one.venues))
    return Understanding(reading.language, told, choices, after, readings, reading, parts)


def _readings(turn: Turn, cues: Cues) -> tuple[Request, ...]:
    """What a message may mean when no intent is likely enough; empty when one is, or when there is nothing to offer."""
    clause = turn.clauses[0]
    if len(turn.clauses) > 1 or clause.likelihood >= UNSURE or clause.intent in PLAIN:
        return ()
    made = [fill(replace(clause, intent=rival), turn, cues)[0][0] for rival in clause.rivals if rival not in PLAIN]
    if any(request.unknown_venue for request in made):
        return ()
    return tuple(request for request in made if request.venues or request.intent not in ABOUT_ONE)[:OFFERED]


def requests_of(turn: Turn, cues: Cues) -> tuple[tuple[Request, ...], tuple[str, ...]]:
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

    def day_of(at: int) -> date | None:
        return next((_shown_on(m, vocabulary.catalogue) for m in mentions if m.first == at), None)

    named = {at for mention in mentions if mention.kind != "kind" for at in range(mention.first, mention.last)}
    shown = _last_shown(context, vocabulary.catalogue)
    words_of_time, anchor = vocabulary.dates[spoken], context.when
    dates = find_dates(utterance, words_of_time, now, vocabulary.series, anchor, named, shown, day_of)
    cues = vocabulary.cues[spoken]
    return Reading(
        utterance,
        spoken,
        now,
        vocabulary.series,
        mentions,
        dates,
        tuple(cues.ideas.find(words)),
        longest(cues.follow_up.find(words)),
        tuple(cues.questions.find(words)),
        vocabulary.identity[spoken],
        vocabulary.speaks_for,
    )


def _shown_on(mention: Mention, catalogue: Catalogue) -> date | None:
    """The day of the visit of what is named, if it is one venue, or a city that has only one."""
    venues = mention.ids if mention.kind == "venue" else ()
    if mention.kind == "place":
        venues = tuple(venue.id for place in mention.ids for venue in catalogue.venues_in(place))
    return _day_of(venues, catalogue)


def _last_shown(context: Context, catalogue: Catalogue) -> When | None:
    """The day of the one visit just spoken of."""
    day = _day_of(context.venues, catalogue) if context.intent == "visit" else None
    return When(day, day) if day else None


def _day_of(venues: tuple[str, ...], catalogue: Catalogue) -> date | None:
    """The day of the visit of one venue, None when they are several or it is not known."""
    days = [visit.day for venue in venues[:1] for visit in catalogue.visits_of(venue)]
    return days[-1] if len(venues) == 1 and days else None
