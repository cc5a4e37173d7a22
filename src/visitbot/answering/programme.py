"""The programme of a series: what is known of its days, over a period or as a whole, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from visitbot.answering.answer import Answer, Paragraph
from visitbot.answering.situation import Situation, capital, sentences
from visitbot.catalogue.model import Series, Venue, Visit
from visitbot.understanding.request import Request


@dataclass(frozen=True, slots=True)
class Programme:
    """What is known of one series, in order of time; cancelled visits are not in it."""

    series: Series
    dated: tuple[Visit, ...]
    undated: tuple[Visit, ...]

    @property
    def complete(self) -> bool:
        """Whether every stage's day is known, so that ranks can be counted."""
        return len(self.dated) >= self.series.stages

    def on(self, day: date) -> tuple[Visit, ...]:
        """The visits of one day."""
        return tuple(visit for visit in self.dated if visit.day == day)


def schedule(request: Request, situation: Situation) -> Answer:
    """The programme over a period or as a whole: the known days, and how many are not."""
    when = request.when if request.when is not None and request.when.rank is None else None
    programme = programme_of(situation, when.start if when else None)
    if programme is None:
        return situation.reply(situation.say("visit.no_series"))
    series = programme.series
    narrowed = bool(request.venues or request.places or request.kinds or request.without or request.without_places)
    wanted = {venue.id for venue in situation.chosen(request)}
    start, end = (when.start or date.min, when.end or date.max) if when else (series.start, series.end)
    if when is not None and (end < series.start or start > series.end):
        lead = situation.say("schedule.outside", period=capital(situation.period(when)))
        return outside(programme, situation, lead)
    shown = [one for one in programme.dated if one.day and start <= one.day <= end and one.venue in wanted]
    whole = when is None
    values = {
        "period": situation.period(when) if when else "",
        "scope": situation.narrowed(request),
    }
    paragraphs: list[Paragraph] = []
    if shown:
        title = situation.about_series(series, "schedule.whole" if whole else "schedule.within", **values)
        paragraphs.append(situation.listed(title, [line(one, situation) for one in shown]))
    else:
        paragraphs.append(
            situation.about_series(series, "schedule.none" if whole else "schedule.within_none", **values)
        )
    others = [situation.label(venue) for venue in venues_of(programme.undated, situation) if venue.id in wanted]
    if others and (whole or narrowed):
        paragraphs.append(situation.say("schedule.undated", names=situation.phrases.join(others)))
    if not programme.complete:
        paragraphs.append(situation.about_series(series, "schedule.gaps", known=len(programme.dated)))
    paragraphs += situation.sources(shown)
    return situation.reply(*paragraphs, actions=(*situation.open_page(series), situation.ask("reopenings")))


def broadcast(request: Request, situation: Situation) -> Answer:
    """How a series is shown."""
    series = situation.series(request.when.start if request.when else None)
    if series is None:
        return situation.reply(situation.say("visit.no_series"))
    over = situation.now > ends(series, series.end, situation)
    aspect = request.aspect if request.aspect and f"broadcast.{request.aspect}" in situation.phrases else "general"
    key = f"broadcast.{aspect}"
    if over and f"{key}_past" in situation.phrases:
        key = f"{key}_past"
    text = situation.text(series.description).rstrip(".")
    told = situation.about_series(series, key, text=text)
    source = series.sources.get("time")
    return situation.reply(
        told,
        *situation.sources([source]),
        actions=(*situation.open_page(series), situation.ask("today" if not over else "schedule")),
        preview=series.replay_page if aspect == "replay" else None,
    )


def outside(programme: Programme, situation: Situation, lead: Paragraph) -> Answer:
    """A day or period before or after the series: its dates, and the nearest visit."""
    series = programme.series
    near = programme.dated[-1:]
    coming = [one for one in programme.dated if situation.now < moment(one, series, situation)][:1]
    key = "visit.next_known" if coming else "visit.last_known"
    return situation.reply(
        sentences([lead, *span(series, situation)]),
        *(situation.say(key, visit=mention(one, situation)) for one in coming or near),
        *situation.sources(coming or near),
        actions=(
            *(situation.ask("visit", situation.catalogue.venues[one.venue]) for one in coming or near),
            *situation.open_page(series),
            situation.ask("schedule"),
        ),
    )


def programme_of(situation: Situation, day: date | None) -> Programme | None:
    """What is known of the series that a day (default: today) falls to; None without any series."""
    series = situation.series(day)
    if series is None:
        return None
    held = [one for one in situation.catalogue.visits if one.series == series.id and not one.cancelled]
    dated = sorted((one for one in held if one.day), key=lambda one: (one.day or date.max, one.time or series.time))
    return Programme(series, tuple(dated), tuple(one for one in held if one.day is None))


def span(series: Series | None, situation: Situation) -> list[Paragraph]:
    """ "La série va du 13 mai au 3 juin." """
    if series is None:
        return []
    over = situation.now > ends(series, series.end, situation)
    return [situation.about_series(series, "visit.dates_past" if over else "visit.dates")]


def moment(one: Visit, series: Series, situation: Situation) -> datetime:
    """When a visit with a known day starts."""
    assert one.day is not None
    return datetime.combine(one.day, one.time or series.time, situation.now.tzinfo)


def ends(series: Series, day: date, situation: Situation) -> datetime:
    """When the visit of a day is over."""
    return datetime.combine(day, series.time, situation.now.tzinfo) + timedelta(minutes=series.minutes)


def line(one: Visit, situation: Situation) -> Paragraph:
    """ "mercredi 3 juin : le Mucem", for a list."""
    assert one.day is not None
    return situation.say(
        "visit.line", date=situation.day(one.day), name=situation.label(situation.catalogue.venues[one.venue])
    )


def mention(one: Visit, situation: Situation) -> Paragraph:
    """ "le Mucem, le mercredi 3 juin", for a sentence."""
    assert one.day is not None
    venue = situation.catalogue.venues[one.venue]
    return situation.say("visit.mention", date=situation.day(one.day), name=situation.label(venue))


def venues_of(visits: Sequence[Visit], situation: Situation) -> tuple[Venue, ...]:
    """The venues of some visits, each once."""
    return situation.venues(dict.fromkeys(one.venue for one in visits))
