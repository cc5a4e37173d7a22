"""Requests become one answer: each intent by its own function, several joined shortly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from visitbot.answering import manners, places, programme, reopenings, series, visits
from visitbot.answering.answer import Action, Answer, Paragraph
from visitbot.answering.phrases import Phrases
from visitbot.answering.situation import Situation
from visitbot.catalogue.model import Catalogue
from visitbot.clock import PARIS
from visitbot.understanding.request import DATED, Request

MOST_ACTIONS = 4
MOST_REQUESTS = 4
"""A message that asks more is answered for its first four."""

_BY_INTENT: Mapping[str, Callable[[Request, Situation], Answer]] = {
    "reopening": reopenings.reopening,
    "visit": visits.visit,
    "schedule": programme.schedule,
    "broadcast": programme.broadcast,
    "venues": places.venues,
    "venue_info": places.venue_info,
    "practical": places.practical,
    "results": series.results,
    "about": series.about,
    "press": series.press,
    "next_season": series.next_season,
    "subscribe": manners.subscribe,
    "unsubscribe": manners.unsubscribe,
    "language": manners.language,
    "help": manners.helped,
    "greeting": manners.greeting,
    "thanks": manners.thanks,
    "out_of_scope": manners.out_of_scope,
}


def answer(
    requests: Sequence[Request],
    choices: Sequence[str],
    catalogue: Catalogue,
    phrases: Phrases,
    now: datetime,
    offers: frozenset[str] = frozenset(),
) -> Answer:
    """Answer all requests of one message.

    `choices`: venue ids that fit equally; then the answer asks back. `now` is aware. `offers`: what this version can
    do beyond answering ("follow": be told of a reopening). Reads no clock, disk or network.
    """
    situation = Situation(catalogue, phrases, now.astimezone(PARIS), offers, brief=len(requests) > 1)
    among = situation.venues(choices)
    if among:
        return _offered(manners.ask_back(requests[0] if requests else None, among, situation), len(among))
    wanted = list(dict.fromkeys(requests))[:MOST_REQUESTS] or [Request("out_of_scope")]
    # "Bonjour" and "merci" beside a question are courtesy: the question is answered.
    asked = [one for one in wanted if one.intent not in ("greeting", "thanks")] or wanted[:1]
    return _offered(_joined([_one(request, situation) for request in asked]), MOST_ACTIONS)


def ask_meaning(readings: Sequence[Request], catalogue: Catalogue, phrases: Phrases, now: datetime) -> Answer:
    """Ask which of several readings is meant; each is a button that asks it in plain words."""
    return _offered(manners.ask_meaning(readings, Situation(catalogue, phrases, now.astimezone(PARIS))), MOST_ACTIONS)


def _one(request: Request, situation: Situation) -> Answer:
    if request.unknown_venue:
        return manners.out_of_scope(request, situation)
    made = _BY_INTENT.get(request.intent, manners.out_of_scope)
    if request.impossible_date and request.intent in DATED:
        lead = manners.impossible_date(request, situation)
        if not (request.venues or request.places or request.kinds):
            step = situation.ask("reopenings" if request.intent == "reopening" else "schedule")
            return situation.reply(lead, situation.say("impossible.which_day"), actions=(step,))
        told = made(replace(request, when=None), situation)
        return replace(told, paragraphs=(lead, *told.paragraphs))
    return made(request, situation)


def _joined(answers: Sequence[Answer]) -> Answer:
    """One after the other; what two of them say alike (a source, a page) once; next steps in turn."""
    if len(answers) == 1:
        return answers[0]
    paragraphs: list[Paragraph] = []
    for one in answers:
        paragraphs.extend(paragraph for paragraph in one.paragraphs if paragraph not in paragraphs)
    longest = max(len(one.actions) for one in answers)
    actions = [one.actions[turn] for turn in range(longest) for one in answers if turn < len(one.actions)]
    pin = next((one.pin for one in answers if one.pin), None)
    preview = next((one.preview for one in answers if one.preview), None)
    return replace(answers[0], paragraphs=tuple(paragraphs), actions=tuple(actions), pin=pin, preview=preview)


def _offered(told: Answer, most: int) -> Answer:
    """Each next step once, and not more than a person reads."""
    once: dict[tuple[str, str], Action] = {}
    for action in told.actions:
        once.setdefault((action.kind, action.value), action)
    return replace(told, actions=tuple(once.values())[:most])
