"""The days of a year: weeks, months and their parts, and the holidays that people in France name a day by."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_EASTER_OFFSETS = {
    "good_friday": -2, "easter": 0, "easter_monday": 1, "ascension": 39, "pentecost": 49, "whit_monday": 50,
    "corpus_christi": 60,
}  # fmt: skip
_FIXED = {
    "new_year": (1, 1), "labour_day": (5, 1), "victory_day": (5, 8), "music_day": (6, 21), "midsummer": (6, 24),
    "national_day": (7, 14), "assumption": (8, 15), "halloween": (10, 31), "all_saints": (11, 1),
    "armistice": (11, 11), "christmas_eve": (12, 24), "christmas": (12, 25), "new_year_eve": (12, 31),
}  # fmt: skip
_PUBLIC = (
    "new_year", "easter_monday", "labour_day", "victory_day", "ascension", "whit_monday", "national_day", "assumption",
    "all_saints", "armistice", "christmas",
)  # fmt: skip
_SEASONS = {"spring": ((3, 20), (6, 20)), "summer": ((6, 21), (9, 21)), "autumn": ((9, 22), (12, 20))}


class Impossible(ValueError):
    """The date that was said does not exist (31 June)."""


def day_of(year: int, month: int, day: int) -> date:
    """The date; raises Impossible where there is none."""
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise Impossible(str(problem)) from problem


def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holiday_date(name: str, year: int) -> date:
    """The day of a holiday as kept in France; a name like "06-02" is a fixed day that a neighbour keeps (2 June)."""
    if name in _EASTER_OFFSETS:
        return easter(year) + _EASTER_OFFSETS[name] * DAY
    if name == "mothers_day":  # last Sunday of May, a week later when that is Whit Sunday
        last = nth_weekday_of(year, 5, 6, -1)
        return last + WEEK if last == easter(year) + 49 * DAY else last
    if name == "fathers_day":
        return nth_weekday_of(year, 6, 6, 3)
    if name == "heritage_days":  # third weekend of September
        return nth_weekday_of(year, 9, 5, 3)
    if name in _FIXED:
        return date(year, *_FIXED[name])
    return date.fromisoformat(f"{year:04}-{name}")


def is_public_holiday(day: date) -> bool:
    return any(holiday_date(name, day.year) == day for name in _PUBLIC)


def nth_weekday_of(year: int, month: int, weekday: int, nth: int) -> date:
    """The first (1), second (2)… or last (-1) given weekday (Monday 0) of a month."""
    days = monthrange(year, month)[1]
    found = [day for n in range(1, days + 1) if (day := date(year, month, n)).weekday() == weekday]
    try:
        return found[nth - 1 if nth > 0 else nth]
    except IndexError as problem:
        raise Impossible(f"no weekday number {nth}") from problem


def bridge_around(saturday: date) -> tuple[date, date]:
    """First and last day of a weekend with the public holidays that touch it, or leave one day between."""
    start, end = saturday, saturday + DAY
    if is_public_holiday(end + DAY):
        end += DAY
    if is_public_holiday(start - DAY):
        start -= DAY
    elif is_public_holiday(start - 2 * DAY):
        start -= 2 * DAY
    return start, end


def month_shift(day: date, months: int) -> tuple[int, int]:
    """Year and month, so many months from the month of `day`."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def monday_of(day: date) -> date:
    return day - day.weekday() * DAY


def month_days(year: int, month: int, part: str = "whole") -> tuple[date, date]:
    """First and last day of a month or its part: early 1-10, mid 11-20, late 21-end, a half 1-15 or 16-end."""
    last = monthrange(year, month)[1]
    bounds = {
        "whole": (1, last), "early": (1, 10), "mid": (11, 20), "late": (21, last),
        "first_half": (1, 15), "second_half": (16, last),
    }  # fmt: skip
    first, end = bounds[part]
    return date(year, month, first), date(year, month, end)


def season_days(name: str, year: int) -> tuple[date, date]:
    """First and last day of spring, summer or autumn by the calendar."""
    first, last = _SEASONS[name]
    return date(year, *first), date(year, *last)
