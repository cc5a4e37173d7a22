"""When venues reopen: one venue with its parts and conditions, or a list by date; what is not known is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from visitbot.answering.answer import Action, Answer, Paragraph
from visitbot.answering.phrases import Value
from visitbot.answering.situation import Situation, capital, host, lower, sentences, shortened
from visitbot.catalogue.model import WEEKDAYS, Condition, Reopening, Venue
from visitbot.understanding.request import Request, When

MOST_CONDITIONS = 3
LONGEST_CONDITION = 90
LONGEST_NOTE = 160
FEW = 4
"""Up to so many lines, each day is told with its day of the week."""
A_FEW_DAYS = timedelta(days=7)
NEXT_ONES = 3
"""How many later reopenings are named when a period holds none."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a list: a venue's part and its reopening."""

    venue: Venue
    reopening: Reopening | None

    @property
    def day(self) -> date | None:
        return self.reopening.day if self.reopening else None


def reopening(request: Request, situation: Situation) -> Answer:
    """Answer "when does it reopen?" for a venue, several, a place, a kind or a period."""
    venues = situation.chosen(request)
    if not venues:
        return situation.none_such(request, "reopenings")
    if len(venues) == 1 and (request.venues or request.places or request.kinds):
        return _single(venues[0], request, situation)
    entries = _entries(venues, situation)
    if request.when is not None and request.when.rank is not None:
        return _ranked(entries, request.when.rank, request, situation)
    if request.aspect == "first":
        return _ranked(entries, "first", request, situation)
    if request.when is not None:
        return _in_period(entries, request.when, request, situation)
    return _list(entries, request, situation)


# --- one venue -------------------------------------------------------------------------------------------------------


def _single(venue: Venue, request: Request, situation: Situation) -> Answer:
    parts = situation.catalogue.reopenings_of(venue.id)
    when = request.when if request.when is not None and request.when.rank is None else None
    if not any(part.day for part in parts):
        told = _unknown(venue, parts, when, situation)
    elif len(parts) == 1:
        told = _whole(venue, parts[0], when, situation)
    else:
        told = _in_parts(venue, parts, when, situation)
    conditions = _conditions(parts, when, situation)
    paragraphs = [*told, *_later_year(venue, parts, situation), *_good_to_know(conditions, parts, situation)]
    paragraphs += situation.sources([*parts, *(condition for _, condition in conditions)])
    actions = (
        *situation.follow(venue), *situation.open_site(venue), situation.ask("visit", venue), *situation.on_map(venue)
    )  # fmt: skip
    return situation.reply(*paragraphs, actions=actions)


def _whole(venue: Venue, part: Reopening, when: When | None, situation: Situation) -> list[Paragraph]:
    """The sentence of a venue that reopens at once; what was asked about a day comes before it."""
    assert part.day is not None
    sentence = situation.about(venue, f"reopening.{_tense(part, situation.today)}", date=situation.day(part.day))
    told = sentences([*_verdict(part.day, when, situation), sentence, *_caveats(part, situation)])
    return [told, *_days_off(venue, part, when, situation)]


def _in_parts(venue: Venue, parts: Sequence[Reopening], when: When | None, situation: Situation) -> list[Paragraph]:
    """One line for each part, by date: "Le parc a rouvert le…", "Le château rouvrira le…"."""
    ordered = sorted(parts, key=lambda one: one.day or date.max)
    lines: list[Value] = [_part(part, when, situation) for part in ordered]
    fitting = [part for part in ordered if part.day and when and when.start and part.day <= when.start]
    days_off = _days_off(venue, fitting[-1], when, situation) if fitting else []
    return [situation.listed(situation.about(venue, "reopening.parts"), lines), *days_off]


def _part(part: Reopening, when: When | None, situation: Situation) -> Paragraph:
    named = situation.text(part.part) or situation.phrases.plain("reopening.whole")
    plural = "_plural" if part.plural else ""
    if part.day is None:
        remarks = _caveats(part, situation)
        return sentences(remarks) or situation.say(f"reopening.part_unknown{plural}", Part=capital(named))
    key = f"reopening.part_{_tense(part, situation.today)}{plural}"
    line = situation.say(key, Part=capital(named), date=situation.day(part.day))
    return sentences([line, *_caveats(part, situation), *_verdict(part.day, when, situation)])


def _unknown(venue: Venue, parts: Sequence[Reopening], when: When | None, situation: Situation) -> list[Paragraph]:
    """No day is known: what is, and where to ask."""
    postponed = any(part.status == "postponed" for part in parts)
    sentence = situation.about(venue, "reopening.postponed_unknown" if postponed else "reopening.unknown")
    caveats = [caveat for part in parts for caveat in _caveats(part, situation)]
    asked = [situation.say("reopening.on_unknown", period=capital(situation.period(when)))] if when else []
    return [sentences([sentence, *caveats, *asked]), situation.site(venue, "reopening.site")]


def _tense(part: Reopening, today: date) -> str:
    """The phrase that fits a day, its status and the present: "past", "announced_past", "postponed_future"…"""
    assert part.day is not None
    tense = "past" if part.day < today else "today" if part.day == today else "future"
    if part.status == "announced" and tense != "future":
        return f"announced_{tense}"
    return f"postponed_{tense}" if part.status == "postponed" and tense == "future" else tense


def _caveats(part: Reopening, situation: Situation) -> list[Paragraph]:
    """What must be said beside the date: its status, and how sure it is; the card's own note says it best."""
    told: list[Paragraph] = []
    coming = part.day is not None and part.day > situation.today
    if part.status == "announced" and coming:
        told.append(situation.say("reopening.announced"))
    elif part.status == "confirmed" and part.confidence == "high" and coming:
        told.append(situation.say("reopening.confirmed"))
    if part.day is not None and part.confidence == "high":
        return told
    if (note := situation.own(part.note)) and not situation.brief:
        return [*told, situation.say("reopening.note", text=note)]
    return [*told, *([situation.say(f"reopening.{part.confidence}")] if part.day else _window(part, situation))]


def _window(part: Reopening, situation: Situation) -> list[Paragraph]:
    """What is known of a reopening without a day."""
    start, end = part.not_before, part.not_after
    if start and end:
        return [situation.say("reopening.between", period=situation.period(When(start, end)))]
    if end:
        return [situation.say("reopening.at_latest", date=situation.day(end))]
    return [situation.say("reopening.at_earliest", date=situation.day(start))] if start else []


def _conditions(
    parts: Sequence[Reopening], when: When | None, situation: Situation
) -> list[tuple[Reopening, Condition]]:
    """At most three, each with the part it is for; opening hours first when a day was asked for."""
    known = [(part, condition) for part in parts for condition in part.conditions]
    if when is not None:
        known.sort(key=lambda one: "hours" not in one[1].topics)
    return known[: 1 if situation.brief else MOST_CONDITIONS]


def _good_to_know(
    conditions: Sequence[tuple[Reopening, Condition]], parts: Sequence[Reopening], situation: Situation
) -> tuple[Paragraph, ...]:
    """The conditions under a title that says for which part, and for which year when that is over."""
    if not conditions:
        return ()
    concerned = {part.id: part for part, _ in conditions}
    year = _year_over(parts, situation)
    title = situation.say("reopening.conditions_old", year=year) if year else situation.say("reopening.conditions")
    one = next(iter(concerned.values()))
    if len(parts) > 1 and len(concerned) == 1 and one.part and not year:
        title = situation.say("reopening.conditions_part", part=situation.text(one.part))
    lines: list[Value] = []
    for part, condition in conditions:
        text = shortened(situation.text(condition.text), LONGEST_CONDITION)
        named = capital(situation.text(part.part)) if len(concerned) > 1 else ""
        values = {"part": named, "text": lower(text), "Text": capital(text)}  # a German noun keeps its capital
        lines.append(situation.say("reopening.condition_of", **values) if named else capital(text))
    return (situation.listed(title, lines),)


def _year_over(parts: Sequence[Reopening], situation: Situation) -> int | None:
    """The year of the last reopening when that year is over: then the dates are history."""
    year = max((part.day.year for part in parts if part.day), default=situation.today.year)
    return year if year < situation.today.year else None


def _later_year(venue: Venue, parts: Sequence[Reopening], situation: Situation) -> tuple[Paragraph, ...]:
    """Years later these are no longer the dates that a visitor needs."""
    year = _year_over(parts, situation)
    if year is None or venue.site is None:
        return ()
    return (situation.say("reopening.later_year", year=year, host=host(venue.site), url=venue.site),)


# --- "open on Saturday?" ---------------------------------------------------------------------------------------------


def _verdict(day: date, when: When | None, situation: Situation) -> list[Paragraph]:
    """What the date says about the day asked for; for a later day `_days_off` says what it does not."""
    if when is None or when.start is None or when.start > day or when.start == day == situation.today:
        return []
    key = "too_early" if when.end is not None and when.end < day else "the_day" if when.start == day else "during"
    return [situation.say(f"reopening.on_{key}", period=capital(situation.period(when)))]


def _days_off(venue: Venue, part: Reopening, when: When | None, situation: Situation) -> list[Paragraph]:
    """For a day after the reopening: what can't be concluded, and the weekly closing day when a source names it."""
    if when is None or when.start is None or part.day is None or when.start < part.day:
        return []
    if _year_over([part], situation):
        return []  # `_later_year` says it for all
    closed = {day for condition in part.conditions for day in condition.closed_days}
    if closed and when.start == when.end:
        asked = capital(situation.period(when))
        if WEEKDAYS[when.start.weekday()] in closed:
            weekday = situation.phrases.lists["calendar.weekdays"][when.start.weekday()]
            return [situation.say("reopening.closed_weekday", period=asked, weekday=weekday)]
        return [situation.site(venue, "reopening.open_weekday", period=asked)] if when.start > part.day else []
    if when.start == part.day:
        return []
    if name := situation.text(part.part):
        return [situation.site(venue, "reopening.check_hours_part", part=name)]
    return [situation.site(venue, "reopening.check_hours")]


# --- several venues --------------------------------------------------------------------------------------------------


def _entries(venues: Sequence[Venue], situation: Situation) -> list[_Entry]:
    """All parts of all venues by date, the unknown ones last; a venue with a dated part has no unknown line."""
    entries: list[_Entry] = []
    for venue in venues:
        dated = [part for part in situation.catalogue.reopenings_of(venue.id) if part.day is not None]
        entries.extend(_Entry(venue, part) for part in dated)
        if not dated:
            entries.append(_Entry(venue, None))
    return sorted(entries, key=lambda entry: entry.day or date.max)


def _list(entries: Sequence[_Entry], request: Request, situation: Situation) -> Answer:
    """All that was asked for: reopened, today, to come, not found."""
    years = {entry.day.year for entry in entries if entry.day}
    year = years.pop() if len(years) == 1 else None
    key, values = ("reopening.list", {}) if year is None else ("reopening.list_year", {"year": year})
    title = situation.say(key, scope=situation.narrowed(request), **values)
    if request.venues:
        title, year = (), None
    groups = [
        ("past", [entry for entry in entries if entry.day and entry.day < situation.today]),
        ("today", [entry for entry in entries if entry.day == situation.today]),
        ("future", [entry for entry in entries if entry.day and entry.day > situation.today]),
    ]
    weekday = len(entries) <= FEW
    told = [
        situation.listed(situation.say(f"reopening.group_{name}"), _lines(group, situation, weekday, year))
        for name, group in groups
        if group
    ]
    return situation.reply(
        title, *told, *_not_dated(entries, situation), *_long_ago(entries, situation),
        actions=_first_steps(entries, situation),
    )  # fmt: skip


def _ranked(entries: Sequence[_Entry], rank: str | int, request: Request, situation: Situation) -> Answer:
    """Which reopens first, next or last: told among the known dates only."""
    dated = [entry for entry in entries if entry.day]
    if rank == "next":
        dated = [entry for entry in dated if entry.day and entry.day >= situation.today]
    if not dated:
        return _list(entries, request, situation)
    best = dated[-1] if rank == "last" else dated[0]
    together = [_name(entry, situation) for entry in dated if entry.day == best.day]
    key = rank if rank in ("next", "last") else "first"
    assert best.day is not None
    lead = situation.say(f"reopening.rank_{key}", names=situation.phrases.join(together), date=situation.day(best.day))
    missing = [entry for entry in entries if entry.day is None]
    doubt = situation.say("reopening.rank_doubt") if missing else ()
    shown = (dated[-NEXT_ONES:] if rank == "last" else dated[:NEXT_ONES]) if not request.venues else dated
    return situation.reply(
        sentences([lead, *([doubt] if doubt else [])]),
        situation.listed(situation.say("reopening.known_dates"), _lines(shown, situation, True, None)),
        *_not_dated(entries, situation),
        *_long_ago(entries, situation),
        actions=_first_steps(shown, situation),
    )


def _in_period(entries: Sequence[_Entry], when: When, request: Request, situation: Situation) -> Answer:
    """What reopens in a period, and what has reopened before it; never that it is open on a given weekday."""
    start, end = when.start or date.min, when.end or date.max
    within = [entry for entry in entries if entry.day and start <= entry.day <= end]
    before = [entry for entry in entries if entry.day and entry.day < start]
    after = [entry for entry in entries if entry.day and entry.day > end][:NEXT_ONES]
    values = {"period": situation.period(when), "scope": situation.narrowed(request)}
    # A period in another year is told with its year: the lines need not repeat it.
    year = start.year if start.year != situation.today.year and start != date.min else None
    weekday = len(within) + len(before) <= FEW
    told: list[Paragraph] = []
    remark: Paragraph = ()
    if within:
        title = situation.say("reopening.within", **values)
        told.append(situation.listed(title, _lines(within, situation, weekday, year)))
    else:
        told.append(situation.say("reopening.within_none", **values))
    # "What is open on Saturday?" wants those before as well; "what reopens in June?" does not.
    shown_before = before if end - start < A_FEW_DAYS or not within else []
    if shown_before:
        told.append(situation.listed(situation.say("reopening.before"), _lines(before, situation, weekday, year)))
        remark = situation.say("reopening.check_each")
    # Whoever names venues wants to hear of each.
    if after and (request.venues or not (within or before)):
        told.append(situation.listed(situation.say("reopening.after"), _lines(after, situation, True, year)))
    return situation.reply(
        *told,
        *_not_dated(entries, situation),
        remark,
        *_long_ago(entries, situation),
        actions=_first_steps((within + shown_before) or after or entries, situation),
    )


def _lines(entries: Sequence[_Entry], situation: Situation, weekday: bool, told_year: int | None) -> list[Value]:
    """ "jeudi 4 juin : Nausicaá (France 3, juin)"; without the year where the title has told it."""
    lines: list[Value] = []
    for entry in entries:
        part = entry.reopening
        assert part is not None
        assert part.day is not None
        mark = "reopening.mark_announced" if part.status == "announced" else "reopening.mark_unsure"
        marked = part.status == "announced" or part.confidence != "high"
        told = situation.day(part.day, weekday, year=False if part.day.year == told_year else None)
        line = situation.say(
            "reopening.line",
            date=told,
            mark=situation.say(mark) if marked else (),
            name=_name(entry, situation),
            source=situation.source_of(part, beside=part.day),
        )
        lines.append(line)
    return lines


def _name(entry: _Entry, situation: Situation) -> str:
    """The venue; with its part when several of them have a date."""
    name = situation.label(entry.venue)
    part = entry.reopening
    dated = [one for one in situation.catalogue.reopenings_of(entry.venue.id) if one.day]
    if part is None or len(dated) < 2 or not part.part:
        return name
    return situation.phrases.plain("reopening.of_part", name=name, part=situation.text(part.part))


def _not_dated(entries: Sequence[_Entry], situation: Situation) -> tuple[Paragraph, ...]:
    names: list[Value] = [situation.label(entry.venue) for entry in entries if entry.day is None]
    return (situation.say("reopening.group_unknown", names=situation.phrases.join(names)),) if names else ()


def _long_ago(entries: Sequence[_Entry], situation: Situation) -> tuple[Paragraph, ...]:
    year = _year_over([entry.reopening for entry in entries if entry.reopening], situation)
    return (situation.say("reopening.later_year_list", year=year),) if year else ()


def _first_steps(entries: Sequence[_Entry], situation: Situation) -> tuple[Action, ...]:
    """Ask for more on the first ones listed."""
    order = sorted(entries, key=lambda entry: entry.day is None or entry.day < situation.today)
    venues = {entry.venue.id: entry.venue for entry in order}
    return tuple(situation.ask("reopening", venue) for venue in list(venues.values())[:NEXT_ONES])
