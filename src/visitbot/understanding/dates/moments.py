"""What an expression of time means: days, weeks, months, holidays, counted from now or from a date before."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from visitbot.understanding.dates.almanac import (
    DAY,
    WEEK,
    Impossible,
    bridge_around,
    day_of,
    holiday_date,
    is_public_holiday,
    monday_of,
    month_days,
    month_shift,
    nth_weekday_of,
    season_days,
)  # fmt: skip
from visitbot.understanding.request import When


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the meaning of an expression depends on besides its words."""

    today: date
    series: tuple[date, date]
    """First and last day of the current series."""
    for_series: bool
    """True: a date without a year is one of the series; False: of the year of `today`."""
    tense: int = 0
    """-1 the sentence looks back, 1 ahead, 0 does not tell."""
    anchor: When | None = None
    """The date that was spoken of before."""
    after: date | None = None
    """Where this date ends a range: the day the range starts; a bare weekday or day is the first one from there on."""
    said: When | None = None
    """The date before in the same message."""

    @property
    def year(self) -> int:
        """The year of a date that was said without one."""
        return self.series[0].year if self.for_series else self.today.year

    def in_series(self, day: date) -> bool:
        return self.series[0] <= day <= self.series[1]

    @property
    def anchor_day(self) -> date | None:
        return self.anchor.start if self.anchor else None


Said = Mapping[str, Any]
"""What a pattern caught, by slot, on top of the pattern's own constants."""


def one(day: date) -> When:
    """A single day."""
    return When(day, day)


def whole_month(year: int, month: int, part: str = "whole") -> When:
    """A month, or the part of it that month_days knows."""
    return When(*month_days(year, month, part))


def choose(candidates: Iterable[date], at: Setting) -> date:
    """The likeliest of the days that an incomplete date may mean: by range, topic of before, series, tense."""
    days = sorted(candidates)
    if at.after is not None:
        later = [day for day in days if day >= at.after]
        return later[0] if later else days[-1]
    if at.anchor_day is not None:
        anchor = at.anchor_day
        return min(days, key=lambda day: (abs((day - anchor).days), day < anchor))
    if at.for_series and len(inside := [day for day in days if at.in_series(day)]) == 1:
        return inside[0]
    past = [day for day in days if day < at.today]
    coming = [day for day in days if day >= at.today]
    if at.for_series and at.today.year != at.series[0].year:
        return min(days, key=lambda day: abs((day - at.series[0]).days))
    if at.tense < 0 and past:
        return past[-1]
    return coming[0] if coming else past[-1]


def relative_day(said: Said, at: Setting) -> When | None:
    """ "tomorrow", "the day before yesterday", "tomorrow week": always from now."""
    return one(at.today + said["day"] * DAY)


def weekday(said: Said, at: Setting) -> When | None:
    """ "Monday", "last Monday", "next Monday", "this Monday", "Monday week" (weeks = 1), "bank holiday Monday"."""
    which = said.get("which", "bare")
    ahead = (said["weekday"] - at.today.weekday()) % 7
    coming = at.today + (ahead or 7) * DAY
    if which == "last":
        return one(coming - WEEK - (WEEK if ahead == 0 else 0 * DAY))
    if which == "this":
        back = at.tense < 0 and ahead
        return one(at.today + ahead * DAY - (WEEK if back else 0 * DAY))
    if which == "other":
        return one(at.today + ahead * DAY + (WEEK if at.tense >= 0 else -WEEK if ahead == 0 else -2 * WEEK))
    if which == "holiday":
        days = (at.today + (ahead + 7 * n) * DAY for n in range(53))
        return one(next((day for day in days if is_public_holiday(day)), coming))
    if "week" in said:
        return one(monday_of(at.today) + said["week"] * WEEK + said["weekday"] * DAY)
    if which == "next" or "weeks" in said:
        return one(coming + said.get("weeks", 0) * WEEK)
    return one(_bare_weekday(coming, at))


def _bare_weekday(coming: date, at: Setting) -> date:
    """A weekday that is today is today, unless the sentence looks back."""
    past = coming - WEEK if coming - WEEK < at.today else coming - 2 * WEEK
    coming = coming - WEEK if coming - WEEK == at.today else coming
    if at.after is not None:
        return at.after + (coming.weekday() - at.after.weekday()) % 7 * DAY
    if at.tense:
        return past if at.tense < 0 else coming
    if at.said and at.said.start and at.said.end == at.said.start + 6 * DAY and at.said.start > at.today:
        return monday_of(at.said.start) + coming.weekday() * DAY  # "not this week but the next, Tuesday"
    if at.anchor_day is not None and at.anchor == one(at.anchor_day) and at.anchor_day.weekday() == coming.weekday():
        return at.anchor_day  # "vendredi du coup c'était quoi ?" of the Friday just spoken of
    if at.anchor is not None and at.anchor.start is not None:  # "and Thursday?" looks where the question before looked
        start, end = at.anchor.start, at.anchor.end or at.anchor.start
        if start < end <= start + 7 * DAY:
            return start + (coming.weekday() - start.weekday()) % 7 * DAY
        if start == end and abs(monday_of(start) - monday_of(at.today)) in (WEEK, 2 * WEEK):
            return monday_of(start) + coming.weekday() * DAY
        return past if end < at.today else coming
    if coming == at.today:
        return coming
    inside = [day for day in (past, coming) if at.in_series(day)]
    return inside[0] if at.for_series and len(inside) == 1 else coming


def calendar_day(said: Said, at: Setting) -> When | None:
    """ "20 May", "Wednesday 20 May 2020", "the 20th", "Wednesday 20". Raises Impossible."""
    number, month, year = said["number"], said.get("month"), said.get("year")
    if month:
        if year is None and "years_ago" in said:
            year = at.today.year - said["years_ago"]
        return one(day_of(full_year(year) if year is not None else at.year, month, number))
    if not 1 <= number <= 31:
        if at.anchor_day is not None:
            raise Impossible(f"no day number {number}")
        return None
    if at.after is None and at.said is not None and at.said.start and at.said.start.day < number:
        at = replace(at, after=at.said.start)  # "le 4 juillet … le 18"
    if said.get("near") and at.tense >= 0:  # "on the 15th", typed in June
        at = replace(at, for_series=False)
    base = at.after or at.anchor_day or at.today
    if base is at.today and at.for_series and base.year != at.series[0].year:
        base = at.series[0]
    months = (month_shift(base, n) for n in range(-2, 4))
    days = [date(y, m, number) for y, m in months if number <= monthrange(y, m)[1]]
    if "weekday" in said and (same := [day for day in days if day.weekday() == said["weekday"]]):
        days = same
    return one(choose(days, at))


def full_year(year: int) -> int:
    """ "20" is 2020."""
    return year + 2000 if year < 100 else year


def numeric(said: Said, at: Setting) -> When | None:
    """ "20/05", "20.05.2020": day first; month first only where the language allows it and day first can't be."""
    day, month = said["number"], said["number_2"]
    if month > 12 >= day and said.get("month_first"):
        day, month = month, day
    elif said.get("month_first") and "year" not in said and 1 <= day <= 12 and 1 <= month <= 12:
        begin = min(at.series[0], at.today) if at.today.year == at.series[0].year else at.series[0]
        if (at.year, month, day) < (at.year, begin.month, begin.day) <= (at.year, day, month):
            day, month = month, day  # "6/3" of a series that begins in May is 3 June
    if month > 12 or not 1 <= day <= 31 or not month:
        return None
    return calendar_day({**said, "number": day, "month": month}, at)


def iso_day(said: Said, at: Setting) -> When | None:
    """ "2020-05-20". Raises Impossible."""
    return one(day_of(said["year"], said["number"], said["number_2"]))


def day_of_month_shift(said: Said, at: Setting) -> When | None:
    """ "the 2nd of next month"."""
    return one(day_of(*month_shift(at.today, said["offset"]), said["number"]))


def month(said: Said, at: Setting) -> When | None:
    """ "June", "early June", "June 2021"."""
    year = full_year(said["year"]) if "year" in said else at.year
    return whole_month(year, said["month"], said.get("part", "whole"))


def month_by_offset(said: Said, at: Setting) -> When | None:
    """ "this month", "the end of the month", "next month"."""
    return whole_month(*month_shift(at.today, said["offset"]), said.get("part", "whole"))


def week(said: Said, at: Setting) -> When | None:
    """Monday to Sunday, so many weeks from this one."""
    start = monday_of(at.today) + said["offset"] * WEEK
    return When(start, start + 6 * DAY)


def weekend(said: Said, at: Setting) -> When | None:
    """Saturday and Sunday; "long": with the public holidays that touch them."""
    saturday = monday_of(at.today) + 5 * DAY + said["offset"] * WEEK
    if said.get("long"):
        if at.today.weekday() == 6:  # a long weekend that still comes is not the one that ends today
            saturday += WEEK
        return When(*bridge_around(saturday))
    return When(saturday, saturday + DAY)


def nth_week(said: Said, at: Setting) -> When | None:
    """ "the last week of May": seven days from its first or to its last day; others by ISO 8601."""
    nth, of = said["ordinal"], said.get("month") or (at.anchor_day or at.today).month
    if nth in (1, -1):
        return edge_days({"month": of, "number": 7, "sign": nth}, at)
    thursday = nth_weekday_of(at.year, of, 3, nth)
    return When(monday_of(thursday), monday_of(thursday) + 6 * DAY)


def edge_days(said: Said, at: Setting) -> When | None:
    """ "the last ten days of May" (sign -1), "the first three days of June"."""
    span, number = whole_month(at.year, said["month"]), said["number"]
    assert span.start is not None
    assert span.end is not None
    if number == 10:
        return whole_month(at.year, said["month"], "late" if said["sign"] < 0 else "early")
    if said["sign"] < 0:
        return When(max(span.start, span.end - (number - 1) * DAY), span.end)
    return When(span.start, min(span.end, span.start + (number - 1) * DAY))


def series_week(said: Said, at: Setting) -> When | None:
    """ "the first week of the series", "the last one": the days of it that the series has."""
    first, last = at.series
    nth = said["ordinal"]
    start = max(first, monday_of(first) + (nth - 1) * WEEK if nth > 0 else monday_of(last))
    end = min(last, monday_of(start) + 6 * DAY)
    return When(start, end) if start <= end else None


def recent_days(said: Said, at: Setting) -> When | None:
    """ "what were the last two evenings": up to yesterday."""
    if at.tense >= 0:
        return None
    return When(at.today - said["number"] * DAY, at.today - DAY)


def nth_weekday(said: Said, at: Setting) -> When | None:
    """ "the first Sunday of June"."""
    return one(nth_weekday_of(at.year, said["month"], said["weekday"], said["ordinal"]))


def distance(said: Said, at: Setting) -> When | None:
    """ "in three days", "two weeks ago" (sign -1): one day."""
    number, unit, sign = said.get("number", 1), said["unit"], said["sign"]
    if unit in ("month", "year"):
        year, month_ = month_shift(at.today, sign * number * (12 if unit == "year" else 1))
        return one(date(year, month_, min(at.today.day, monthrange(year, month_)[1])))
    days = {"day": 1, "week": 7, "fortnight": 14}[unit] * number
    if unit == "day":  # French counts both ends: "huit jours" is a week, "quinze jours" two
        days = said.get("idiom", {}).get(str(number), number)
    return one(at.today + sign * days * DAY)


def coming_span(said: Said, at: Setting) -> When | None:
    """ "the next two weeks", "within ten days": from now on."""
    end = distance({**said, "sign": 1}, at)
    return When(at.today, end.end) if end else None


def holiday(said: Said, at: Setting) -> When | None:
    """A holiday, or the free days around it ("bridge")."""
    day = holiday_date(said["holiday"], full_year(said["year"]) if "year" in said else at.year)
    if said["holiday"] == "heritage_days":
        return When(day, day + DAY)
    if not said.get("bridge"):
        return one(day)
    if day.weekday() == 6:
        return When(*bridge_around(day - DAY))
    if day.weekday() in (0, 1):
        return When(day - (day.weekday() + 2) * DAY, day)
    return When(day, monday_of(day) + 6 * DAY) if day.weekday() >= 3 else one(day)


def season(said: Said, at: Setting) -> When | None:
    """ "summer"."""
    year = full_year(said["year"]) if "year" in said else at.today.year
    return When(*season_days(said["season"], year))


def rest(said: Said, at: Setting) -> When | None:
    """ "the rest of the week": from now to the end of the week, the month or the series."""
    of = said["of"]
    if of == "open":
        return When(at.today)
    end = at.series[1] if of == "series" else (week if of == "week" else month_by_offset)({"offset": 0}, at).end  # type: ignore[union-attr]
    return When(at.today, end) if end and end >= at.today else None


def so_far(said: Said, at: Setting) -> When | None:
    """ "what was shown so far"."""
    return When(at.series[0], min(at.today, at.series[1])) if at.today >= at.series[0] else None


def series_end(said: Said, at: Setting) -> When | None:
    """ "the end of the series"."""
    return one(at.series[1])


def rank(said: Said, at: Setting) -> When | None:
    """ "the third visit", "the last one", "the next one"."""
    value = said.get("rank", said.get("ordinal", said.get("number")))
    if value == 0:
        return None
    return When(rank={1: "first", -1: "last"}.get(value, value) if isinstance(value, int) else value)


def shifted(said: Said, at: Setting) -> When | None:
    """ "the day after", "the week before", "the one after": from the date spoken of before, else from now."""
    unit, sign = said["unit"], said["sign"]
    anchor = at.anchor if at.anchor and at.anchor.start else one(at.today)
    if at.anchor and at.anchor.rank in ("first", "last"):
        first = at.anchor.rank == "first"
        anchor = one(at.series[0] if first else at.series[1])
    start, end = anchor.start or at.today, anchor.end or anchor.start or at.today
    if unit == "same":
        if at.anchor is not None and isinstance(at.anchor.rank, int):
            return When(rank=at.anchor.rank + sign) if at.anchor.rank + sign > 0 else None
        if at.anchor is not None and at.anchor.rank == "first" and sign > 0:
            return When(rank=2)
        if start == end:
            if at.anchor is None or (start == at.today and sign > 0):
                return When(rank="next") if sign > 0 else one(at.today - DAY)
            unit = "day"
        elif start.day == 1 and (end + DAY).day == 1:
            unit = "month"
        else:
            unit = "weekend" if end - start <= 2 * DAY and start.weekday() == 5 else "week"
    if unit == "weekday":
        return one(end + ((said["weekday"] - end.weekday()) % 7 or 7) * DAY)
    number = said.get("number", 1)
    if unit == "day":
        return one((end if sign > 0 else start) + sign * number * DAY)
    if unit == "month":
        return whole_month(*month_shift(start, sign * number))
    base = monday_of(start) + sign * WEEK
    if "weekday" in said:  # "the Friday of the week after"
        return one(base + said["weekday"] * DAY)
    return When(base + 5 * DAY, base + 6 * DAY) if unit == "weekend" else When(base, base + 6 * DAY)


def later(said: Said, at: Setting) -> When | None:
    """ "two weeks later", "three days before that" (sign -1): as much after the date spoken of before."""
    if said["unit"] in ("month", "year"):
        return None
    days = {"day": 1, "week": 7, "fortnight": 14}[said["unit"]] * said.get("number", 1) * said["sign"]
    start = at.anchor_day or at.today
    end = (at.anchor.end if at.anchor and at.anchor.start else None) or start
    return When(start + days * DAY, end + days * DAY)


def same_span(said: Said, at: Setting) -> When | None:
    """ "the whole week", "the whole month" of the date spoken of before, else of now."""
    start = at.anchor_day or at.today
    if said["unit"] == "month":
        return whole_month(start.year, start.month)
    return When(monday_of(start), monday_of(start) + 6 * DAY)


def nothing(said: Said, at: Setting) -> When | None:
    """Looks like a date and is none ("24/7", "in the 13")."""
    return None


Meaning = Callable[[Said, Setting], When | None]
POINTS: dict[str, Meaning] = {
    meaning.__name__: meaning
    for meaning in (
        relative_day, weekday, calendar_day, numeric, iso_day, day_of_month_shift, month, month_by_offset, week,
        weekend, nth_week, edge_days, recent_days, series_week, nth_weekday, distance, coming_span, holiday, season,
        rest, so_far, series_end, rank, shifted, later, same_span, nothing,
    )
}  # fmt: skip
"""The meanings that a language's patterns may name."""
