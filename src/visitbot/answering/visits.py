"""The visits of a series: of a day, of a venue, by rank; what is not known of them is said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from visitbot.answering import calendar
from visitbot.answering.answer import Action, Answer, Paragraph
from visitbot.answering.phrases import Value
from visitbot.answering.programme import (
    Programme,
    ends,
    line,
    mention,
    moment,
    outside,
    programme_of,
    schedule,
    span,
)
from visitbot.answering.situation import Situation, Sourced, capital, sentences, shortened
from visitbot.catalogue.model import Link, Series, Venue, Visit
from visitbot.understanding.request import Request, When

LONGEST_DESCRIPTION = 190
SATURDAY = 5


def visit(request: Request, situation: Situation) -> Answer:
    """Answer "which visit?", "when is the visit of X?", "the video of X"."""
    when = request.when
    if request.venues or request.places or request.kinds:
        venues = situation.chosen(request)
        if not venues:
            return situation.none_such(request, "schedule")
        if len(venues) == 1:
            return _of_venue(venues[0], request, situation)
        return _of_venues(venues, situation)
    programme = programme_of(situation, when.start if when else None)
    if programme is None:
        return situation.reply(situation.say("visit.no_series"))
    if when is not None and when.rank is not None:
        return _ranked(when.rank, programme, situation)
    if when is not None and when.start is not None and when.start == when.end:
        return _of_day(when.start, programme, situation)
    if when is not None:
        return schedule(request, situation)
    if request.aspect == "video":
        return _all_videos(programme, situation)
    if programme.series.start <= situation.today <= programme.series.end:
        return _of_day(situation.today, programme, situation)
    return _ranked("next", programme, situation)


def _of_venue(venue: Venue, request: Request, situation: Situation) -> Answer:
    """The visits of a venue: its day, what it shows, its links."""
    visits = situation.catalogue.visits_of(venue.id)
    held = [one for one in visits if not one.cancelled]
    if visits and not held:
        return situation.reply(situation.about(venue, "visit.cancelled"), actions=_steps(venue, situation))
    series = _series_of(held[0], situation) if held else situation.series()
    days = sorted((one for one in held if one.day), key=lambda one: one.day or date.max)
    if days:
        told = [sentences([_sentence(one, situation) for one in days])]
    else:
        told = [sentences([situation.about(venue, "visit.day_unknown"), *span(series, situation)])]
    asked = request.when.start if request.when and request.when.start == request.when.end else None
    if asked and days and all(one.day != asked for one in days):
        told.insert(0, situation.say("visit.not_that_day", date=capital(situation.period(When(asked, asked)))))
    described = () if situation.brief else (_described(venue, situation),)
    links, preview = _links(venue, held, series, situation)
    order = (*links, *told) if request.aspect == "video" else (*told, *described, *links)
    told_by: list[Sourced | str | None] = [*days, *(link.source for one in held for link in one.links)]
    return situation.reply(
        *order,
        *situation.sources(told_by),
        actions=_steps(venue, situation),
        preview=preview,
    )


def _of_day(day: date, programme: Programme, situation: Situation) -> Answer:
    """The visit of a day; without one, why, and the known ones around it."""
    found = programme.on(day)
    series = programme.series
    if found:
        paragraphs: list[Paragraph] = []
        preview = None
        for one in found:
            venue = situation.catalogue.venues[one.venue]
            links, preview = _links(venue, [one], series, situation)
            paragraphs += [_sentence(one, situation), _described(venue, situation), *links]
        return situation.reply(
            *paragraphs, *situation.sources(found),
            actions=_steps(situation.catalogue.venues[found[0].venue], situation), preview=preview,
        )  # fmt: skip
    asked = capital(situation.period(When(day, day)))
    if not series.start <= day <= series.end:
        return outside(programme, situation, situation.say("visit.outside", date=asked))
    key = "visit.weekend_unknown" if day.weekday() >= SATURDAY else "visit.day_not_known"
    near = _around(day, programme)
    lines: list[Value] = [line(one, situation) for one in near]
    return situation.reply(
        situation.about_series(series, key, date=asked, known=len(programme.dated)),
        situation.listed(situation.say("visit.around"), lines) if lines else (),
        situation.about_series(series, "visit.all_videos"),
        *situation.sources(near),
        actions=(*situation.open_page(series), situation.ask("schedule"), situation.ask("venues")),
    )


def _ranked(rank: str | int, programme: Programme, situation: Situation) -> Answer:
    """First, last, next or n-th: told only where the known days make it certain."""
    series = programme.series
    if rank == "next":
        return _next(programme, situation)
    number = {"first": 1, "last": series.stages}.get(rank, 0) if isinstance(rank, str) else rank
    if number == 1 and (found := programme.on(series.start)):
        return _named("visit.first", found, programme, situation)
    if number == series.stages and (found := programme.on(series.end)):
        return _named("visit.last", found, programme, situation)
    if programme.complete and 1 <= number <= len(programme.dated):
        return _named("visit.number", programme.dated[number - 1 : number], programme, situation, number)
    key = "visit.number_unknown" if 1 <= number <= series.stages else "visit.number_beyond"
    title = situation.about_series(series, key, number=number, known=len(programme.dated))
    return situation.reply(
        situation.listed(title, [line(one, situation) for one in programme.dated]),
        situation.about_series(series, "visit.all_videos"),
        *situation.sources(programme.dated),
        actions=(*situation.open_page(series), situation.ask("venues")),
    )


def _next(programme: Programme, situation: Situation) -> Answer:
    """The next visit; when the days in between are not known, the next *known* one."""
    series = programme.series
    coming = [one for one in programme.dated if situation.now < moment(one, series, situation)]
    if not coming:
        last = programme.dated[-1:]
        return situation.reply(
            situation.about_series(series, "visit.over"),
            *([situation.say("visit.last_known", visit=mention(one, situation)) for one in last]),
            situation.about_series(series, "visit.all_videos"),
            *situation.sources(last),
            actions=(*situation.open_page(series), situation.ask("reopenings"), situation.ask("next_season")),
        )
    first = coming[0]
    sure = programme.complete or first.day in (series.start, situation.today)
    if sure and first.day is not None:
        return _named("visit.next", programme.on(first.day), programme, situation)
    return situation.reply(
        situation.about_series(series, "visit.next_unsure", known=len(programme.dated)),
        situation.say("visit.next_known", visit=mention(first, situation)),
        *situation.sources([first]),
        actions=(situation.ask("visit", situation.catalogue.venues[first.venue]), *situation.open_page(series)),
    )


def _named(key: str, found: Sequence[Visit], programme: Programme, situation: Situation, number: int = 0) -> Answer:
    """The visit as ever, and its rank."""
    assert found[0].day is not None
    told = _of_day(found[0].day, programme, situation)
    return replace(
        told, paragraphs=(sentences([told.paragraphs[0], situation.say(key, number=number)]), *told.paragraphs[1:])
    )


def _of_venues(venues: Sequence[Venue], situation: Situation) -> Answer:
    """The days of several venues' visits; the unknown ones together at the end."""
    visits = [one for venue in venues for one in situation.catalogue.visits_of(venue.id) if not one.cancelled]
    dated = sorted((one for one in visits if one.day), key=lambda one: one.day or date.max)
    known = {one.venue for one in dated}
    missing = [situation.label(venue) for venue in venues if venue.id not in known]
    series = situation.series()
    paragraphs: list[Paragraph] = []
    if dated:
        paragraphs.append(situation.listed(situation.say("visit.of_venues"), [line(one, situation) for one in dated]))
    if missing:
        key = "schedule.undated" if dated else "visit.undated"
        paragraphs.append(situation.say(key, names=situation.phrases.join(missing)))
    if series:
        paragraphs.append(situation.about_series(series, "visit.all_videos"))
    return situation.reply(
        *paragraphs,
        *situation.sources(dated),
        actions=(*(situation.ask("visit", venue) for venue in venues[:2]), *situation.open_page(series)),
    )


def _all_videos(programme: Programme, situation: Situation) -> Answer:
    """Which video was not said: the page that has them all."""
    series = programme.series
    return situation.reply(
        situation.about_series(series, "visit.all_videos"),
        situation.say("visit.which"),
        actions=(*situation.open_page(series), situation.ask("venues"), situation.ask("schedule")),
        preview=series.replay_page,
    )


def _series_of(one: Visit, situation: Situation) -> Series | None:
    return next((series for series in situation.catalogue.series if series.id == one.series), None)


def _sentence(one: Visit, situation: Situation) -> Paragraph:
    """ "La visite du Mucem a eu lieu le mercredi 3 juin à 18 h, en direct sur Facebook et Instagram." """
    venue, series = situation.catalogue.venues[one.venue], _series_of(one, situation)
    assert one.day is not None
    assert series is not None
    start = moment(one, series, situation)
    end = start + timedelta(minutes=series.minutes)
    if one.day != situation.today:
        tense = "past" if end < situation.now else "future"
    else:
        tense = "today_over" if end <= situation.now else "on_now" if start <= situation.now else "today"
    hour = calendar.hour(one.time or series.time, situation.phrases)
    values = {**situation.series_values(series), "date": situation.day(one.day), "hour": hour}
    sentence = situation.about(venue, f"visit.{tense}", **values)
    return sentence if one.confidence == "high" else sentences([sentence, situation.say("visit.unsure")])


def _described(venue: Venue, situation: Situation) -> Paragraph:
    text = shortened(situation.text(venue.description), LONGEST_DESCRIPTION)
    return situation.say("visit.description", text=text.rstrip("."))


def _links(
    venue: Venue, visits: Sequence[Visit], series: Series | None, situation: Situation
) -> tuple[tuple[Paragraph, ...], str | None]:
    """Where to watch it, and the address worth a preview: its own links, else the page of the series."""
    links: list[Link] = [link for one in visits for link in one.links if link.kind != "article"]
    films = [link for link in links if link.kind in ("replay", "live")]
    told: list[Paragraph] = []
    for link in films:
        told.append(situation.about(venue, f"visit.{link.kind}", title=situation.text(link.title), url=link.url))
    others: list[Value] = [
        situation.say("visit.link", title=situation.text(link.title), url=link.url)
        for link in links
        if link not in films
    ]
    if others:
        told.append(situation.say("visit.also", links=situation.phrases.join(others)))
    if not films and series is not None:
        key = "visit.no_link_past" if situation.now > ends(series, series.end, situation) else "visit.no_link"
        told.insert(0, situation.about(venue, key, **situation.series_values(series)))
    preview = films[0].url if films else series.replay_page if series else None
    return tuple(told), preview


def _around(day: date, programme: Programme) -> list[Visit]:
    """The nearest known visits before and after a day."""
    before = [one for one in programme.dated if one.day and one.day < day][-1:]
    return before + [one for one in programme.dated if one.day and one.day > day][:1]


def _steps(venue: Venue, situation: Situation) -> tuple[Action, ...]:
    return (
        situation.ask("reopening", venue), *situation.open_site(venue), situation.ask("schedule"),
        *situation.follow(venue),
    )  # fmt: skip
