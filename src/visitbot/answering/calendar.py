"""Days, periods and hours in the words of a language; the year is told unless it is the present one."""

import calendar as _months
from datetime import date, time

from visitbot.answering.phrases import Phrases
from visitbot.understanding.request import When


def day(when: date, phrases: Phrases, today: date, weekday: bool = True, year: bool | None = None) -> str:
    """ "vendredi 5 juin 2020", without article; `year` None: only when it is not the present one."""
    shown = when.year != today.year if year is None else year
    key = {(True, True): "full", (True, False): "weekday", (False, True): "year", (False, False): "short"}
    return phrases.plain(
        f"calendar.{key[weekday, shown]}",
        weekday=phrases.lists["calendar.weekdays"][when.weekday()],
        number=_number(when, phrases),
        month=phrases.lists["calendar.months"][when.month - 1],
        year=when.year,
    )


def month(year: int, number: int, phrases: Phrases, today: date) -> str:
    """ "juin", or "juin 2020" when that is not the present year."""
    key = "calendar.month" if year == today.year else "calendar.month_year"
    return phrases.plain(key, month=phrases.lists["calendar.months"][number - 1], year=year)


def loosely(iso: str, phrases: Phrases, today: date) -> str:
    """An ISO day, month or year in words; anything else as it stands."""
    parts = iso.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return iso
    numbers = [int(part) for part in parts]
    if len(numbers) == 3:
        return day(date(*numbers), phrases, today, weekday=False)
    return month(numbers[0], numbers[1], phrases, today) if len(numbers) == 2 else parts[0]


def is_month(start: date, end: date) -> bool:
    """Whether the two bound exactly one month."""
    last = _months.monthrange(start.year, start.month)[1]
    return start.day == 1 and end == start.replace(day=last)


def period(when: When, phrases: Phrases, today: date) -> str:
    """ "le samedi 6 juin", "du 1er au 10 juin", "en juin 2020", "à partir du mardi 2 juin": with its preposition."""
    start, end = when.start, when.end
    if start is not None and start == end:
        key = {0: "today", 1: "tomorrow"}.get((start - today).days, "on")
        return phrases.plain(f"calendar.{key}", date=day(start, phrases, today))
    if start is not None and end is not None:
        if is_month(start, end):
            return phrases.plain("calendar.in_month", month=month(start.year, start.month, phrases, today))
        first = range_start(start, end, phrases, today)
        return phrases.plain("calendar.range", start=first, end=day(end, phrases, today, weekday=False))
    if start is not None:
        return phrases.plain("calendar.from", start=day(start, phrases, today))
    return phrases.plain("calendar.until", end=day(end, phrases, today)) if end is not None else ""


def hour(at: time, phrases: Phrases) -> str:
    """ "18 h", "18 h 30"."""
    if at.minute:
        return phrases.plain("calendar.time", hour=at.hour, minute=f"{at.minute:02}")
    return phrases.plain("calendar.hour", hour=at.hour)


def range_start(start: date, end: date, phrases: Phrases, today: date) -> str:
    """The first day of a range without what its last day tells as well: "13" or "13 mai" before "3 juin 2020"."""
    if (start.year, start.month) == (end.year, end.month):
        return _number(start, phrases)
    return day(start, phrases, today, weekday=False, year=start.year != end.year)


def _number(when: date, phrases: Phrases) -> str:
    """The day of the month: "1er", "13"; German says "13."."""
    return phrases.plain("calendar.first") if when.day == 1 else phrases.plain("calendar.day", number=when.day)
