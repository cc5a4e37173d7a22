"""What an expression built around another date means: from one to another, until, since, before, after, the week of."""

from collections.abc import Callable
from dataclasses import replace

from visitbot.understanding.dates.almanac import DAY, day_of, monday_of, month_shift
from visitbot.understanding.dates.moments import POINTS, Meaning, Said, Setting, calendar_day, one
from visitbot.understanding.request import When


def week_of(said: Said, at: Setting) -> When | None:
    """ "the week of 18 May"."""
    day = _point(said, replace(at, today=monday_of(at.today)))  # on the 20th "the week of the 18th" is this one
    return When(monday_of(day.start), monday_of(day.start) + 6 * DAY) if day and day.start else None


def weekend_of(said: Said, at: Setting) -> When | None:
    """ "the weekend of 30 May"."""
    day = _point(said, at)
    if day is None or day.start is None:
        return None
    saturday = monday_of(day.start) + 5 * DAY
    return When(saturday, saturday + DAY)


def _point(said: Said, at: Setting, slot: str = "point") -> When | None:
    """Resolve the inner expression of a span: a pattern's slot, or a bare day number."""
    inner: Callable[[Setting], When | None] | None = said.get(slot)
    if inner is not None:
        return inner(at)
    number = said.get("number") if slot == "point" else said.get("number_2", said.get("number"))
    return calendar_day({"number": number}, at) if number is not None else None


def between(said: Said, at: Setting) -> When | None:
    """ "from 11 to 18 July", "between now and the 3rd", "Monday to Wednesday"."""
    if "month" in said:  # "July 3-10"
        first_day, last_day = (calendar_day({**said, "number": said[slot]}, at) for slot in ("number", "number_2"))
        return When(first_day.start, last_day.end) if first_day and last_day else None
    if "number" in said and said.get("borrows"):  # "from 11 to 18 July": the day borrows the month of the other end
        last = _point(said, at)
        if last is None or last.end is None or last.start is None:
            return None
        year, month_ = month_shift(last.start, 0 if said["number"] <= last.start.day else -1)
        return When(day_of(year, month_, said["number"]), last.end)
    first = _point(said, at)
    if first is None or first.start is None:
        return None
    last = _point(said, replace(at, after=first.start), "point_2")
    if last is None or last.end is None or last.end < first.start:
        return None
    return When(first.start, last.end)


def starting(said: Said, at: Setting) -> When | None:
    """ "from Monday on", "since yesterday": open end; within the period spoken of before, up to its end."""
    first = _point(said, replace(at, tense=-1) if said.get("since") else at)
    if first is None or first.start is None:
        return None
    anchor = at.anchor
    if anchor and anchor.start and anchor.end and anchor.start < first.start < anchor.end:
        return When(first.start, anchor.end)
    return When(first.start)


def following(said: Said, at: Setting) -> When | None:
    """ "after 1 June": open end from the day after; "after the weekend" is the Monday."""
    day = _point(said, at)
    if day is None or day.end is None:
        return None
    if day.start == day.end - DAY and day.end.weekday() == 6:
        return one(day.end + DAY)
    return When(day.end + DAY)


def _ahead(at: Setting) -> Setting:
    """A limit that is still to come, unless the sentence looks back."""
    same_year = at.today.year == at.series[0].year
    return at if at.tense < 0 or (at.for_series and not same_year) else replace(at, after=at.today)


def preceding(said: Said, at: Setting) -> When | None:
    """ "before 15 June": from now to the day before; of the series where all of it is past."""
    day = _point(said, _ahead(at))
    if day is None or day.start is None:
        return None
    start = at.today if day.start > at.today else at.series[0]
    return When(start, day.start - DAY) if day.start > start else None


def until(said: Said, at: Setting) -> When | None:
    """ "until Sunday", "by the end of May": from now to its last day."""
    day = _point(said, _ahead(at))
    if day is None or day.end is None:
        return None
    return When(at.today, day.end) if day.end >= at.today else day


def beside(said: Said, at: Setting) -> When | None:
    """ "the day after Ascension", "the eve of 14 July" (sign -1)."""
    day = _point(said, at)
    if day is None or day.start is None or day.end is None:
        return None
    return one(day.end + DAY if said["sign"] > 0 else day.start - DAY)


def itself(said: Said, at: Setting) -> When | None:
    """ "the evening of 14 May": the day."""
    return _point(said, at)


MEANINGS: dict[str, Meaning] = POINTS | {
    meaning.__name__: meaning
    for meaning in (week_of, weekend_of, between, starting, following, preceding, until, beside, itself)
}
"""The meanings that a language's patterns may name, those of a single expression and those around one."""
