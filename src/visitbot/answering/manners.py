"""Everything around the subject: greeting, help, language, alerts, and refusing well: never a dead end."""

from collections.abc import Sequence
from dataclasses import replace

from visitbot.answering.answer import Action, Answer, Paragraph
from visitbot.answering.phrases import Value
from visitbot.answering.situation import Situation, capital, shortened
from visitbot.catalogue.model import Venue
from visitbot.understanding.request import Request

LONGEST_ECHO = 60
"""Nobody's long text is repeated."""
EVENING, MORNING = 18, 5
GENERAL = {"reopening": "reopenings", "visit": "today"}
"""Intents whose question without a venue has another name."""


def greeting(_: Request, situation: Situation) -> Answer:
    """Hello, and what can be asked."""
    evening = situation.now.hour >= EVENING or situation.now.hour < MORNING
    hello = situation.say("greeting.evening" if evening else "greeting.day")
    return situation.reply(hello, situation.say("greeting.offer"), actions=examples(situation))


def helped(_: Request, situation: Situation) -> Answer:
    """What this can do, by example."""
    series = situation.series()
    what = situation.say("help.what", title=situation.text(series.title)) if series else ()
    return situation.reply(what, situation.say("help.how"), actions=examples(situation))


def thanks(_: Request, situation: Situation) -> Answer:
    """You're welcome."""
    return situation.reply(situation.say("thanks.welcome"))


def language(request: Request, situation: Situation) -> Answer:
    """Confirm a language in its own words, or say which there are."""
    phrases = situation.phrases
    switches = tuple(
        Action("language", phrases.plain(f"language.name.{code}"), code) for code in phrases.under("language.name")
    )
    wanted = request.aspect or ""
    if f"language.to.{wanted}" in phrases:
        others = tuple(action for action in switches if action.value != wanted)
        return replace(situation.reply(situation.say(f"language.to.{wanted}"), actions=others), language=wanted)
    return situation.reply(situation.say("language.which" if not wanted else "language.other"), actions=switches)


def subscribe(request: Request, situation: Situation) -> Answer:
    """Alerts are told as they are: offered where they exist, else not promised."""
    venues = situation.venues(request.venues)
    if venues and "follow" in situation.offers:
        told = [situation.about(venue, "alerts.offer") for venue in venues]
        return situation.reply(*told, actions=[action for venue in venues for action in situation.follow(venue)])
    sites = [situation.site(venue, "alerts.site") for venue in venues[:2] if venue.site]
    steps: list[Action] = [situation.ask("reopening", venue) for venue in venues[:2]]
    steps += [action for venue in venues[:1] for action in situation.open_site(venue)]
    if not venues:
        steps = [situation.ask("today"), situation.ask("reopenings")]
    return situation.reply(situation.say("alerts.not_yet"), *sites, actions=steps)


def unsubscribe(_: Request, situation: Situation) -> Answer:
    """There is nothing to stop in a version without alerts."""
    return situation.reply(situation.say("alerts.nothing_to_stop"))


def out_of_scope(request: Request, situation: Situation) -> Answer:
    """Not our subject: a place by its name, with what is near; anything else with three questions that work."""
    if not request.unknown_venue:
        return situation.reply(situation.say("outside.subject"), actions=examples(situation))
    name = shortened(request.unknown_venue, LONGEST_ECHO)
    near = situation.venues(
        dict.fromkeys(venue.id for place in request.places for venue in situation.catalogue.venues_in(place))
    )
    told: list[Paragraph] = [situation.say("outside.venue", name=name)]
    if near:
        names = situation.phrases.join([situation.label(venue) for venue in near])
        told.append(situation.say("outside.near", where=capital(situation.where(request)), names=names))
    else:
        told.append(situation.say("outside.others", count=len(situation.catalogue.venues)))
    steps = [situation.ask("reopening", venue) for venue in near[:2]]
    return situation.reply(*told, actions=(*steps, situation.ask("venues"), situation.ask("reopenings")))


def impossible_date(request: Request, situation: Situation) -> Paragraph:
    """A day that no calendar has."""
    typed = shortened(request.impossible_date or "", LONGEST_ECHO)
    return situation.say("impossible.date", typed=typed)


def ask_back(request: Request | None, choices: tuple[Venue, ...], situation: Situation) -> Answer:
    """Several venues fit: ask which, keeping what was asked."""
    names = situation.phrases.join([situation.label(venue) for venue in choices], last="or")
    key, values = _chosen(request or Request(""), situation)
    # A button's label is the name alone: that is what the person has to choose between.
    steps = tuple(
        Action(
            "ask",
            capital(situation.label(venue)),
            situation.phrases.plain(key, **values, **situation.venue_values(venue)),
        )
        for venue in choices
    )
    asked = situation.say("ask.which", names=names)
    return replace(situation.reply(asked, actions=steps), choices=tuple(venue.id for venue in choices))


def ask_meaning(readings: Sequence[Request], situation: Situation) -> Answer:
    """What was wanted is unclear: offer the likeliest readings, each as the question that asks it plainly."""
    asked: dict[str, Action] = {}
    for request in readings:
        key, values = _chosen(request, situation)
        if request.venues and key != "choice.any":
            venues = situation.venues(request.venues)
            questions = [situation.phrases.plain(key, **values, **situation.venue_values(venue)) for venue in venues]
        else:
            general = GENERAL.get(request.intent, request.intent)
            questions = [situation.phrases.plain(f"question.{general}")]
        asked |= {question: Action("ask", question, question) for question in questions}
    named = tuple(dict.fromkeys(venue for request in readings for venue in request.venues))
    listed = situation.listed(situation.say("ask.meaning"), list(asked))  # not everywhere are there buttons
    return replace(situation.reply(listed, actions=tuple(asked.values())), choices=named)


def _chosen(request: Request, situation: Situation) -> tuple[str, dict[str, Value]]:
    """The phrase that asks the question anew for a chosen venue, with its day or practical point when it had one."""
    intent, phrases = request.intent, situation.phrases
    if request.when and (period := situation.period(request.when)) and f"choice.{intent}_on" in phrases:
        return f"choice.{intent}_on", {"period": period}
    topic = f"{intent}.topic.{request.aspect}"
    if topic in phrases and f"choice.{intent}_about" in phrases:
        return f"choice.{intent}_about", {"topic": phrases.plain(topic)}
    return f"choice.{intent}" if f"choice.{intent}" in phrases else "choice.any", {}


def examples(situation: Situation) -> tuple[Action, ...]:
    """Three questions that this very moment answers well."""
    catalogue, series = situation.catalogue, situation.series()
    dated = [one for one in catalogue.reopenings if one.day is not None and one.venue in catalogue.venues]
    coming = sorted((one for one in dated if one.day and one.day >= situation.today), key=lambda one: (one.day, one.id))
    reopening = [situation.ask("reopening", catalogue.venues[one.venue]) for one in (*coming, *dated)][:1]
    visit = situation.ask("today")
    if series is not None and series.end < situation.today:
        # Nothing is on today: a film that can be watched is the better example.
        films = [one for one in catalogue.visits if any(link.kind == "replay" for link in one.links)]
        visit = situation.ask("visit", catalogue.venues[films[0].venue]) if films else situation.ask("schedule")
    return (*reopening, visit, situation.ask("venues"))
