"""Looks the catalogue and the language files over and says in plain words what is wrong, missing or contradictory."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from visitbot.catalogue.model import KINDS, WEEKDAYS, Catalogue, Reopening, Series, Text, Venue, Visit
from visitbot.catalogue.records import dead_references
from visitbot.languages import Language
from visitbot.understanding.text import words

SEVERITIES = ("error", "warning", "note")
"""An error must be corrected; a warning should be looked at; a note is what isn't known or isn't agreed on."""

SPOKEN = ("phrases", "bot", "terminal", "check")
"""Language files that hold sentences: every key of one language must be in all. The others hold words to understand."""

STATUSES = ("announced", "confirmed", "postponed", "unknown")
CONFIDENCES = ("high", "medium", "low")
TOPICS = ("hours", "booking", "mask", "price", "limit", "route", "tours", "other")

_FRANCE = (41.2, 51.2, -5.3, 9.7)
"""South, north, west and east of metropolitan France, in degrees."""
_SOURCED = ("kind", "city", "department", "region", "latitude", "longitude", "site", "closed_on", "name", "description")
_SOURCED_SERIES = (
    "title",
    "organiser",
    "partners",
    "start",
    "end",
    "time",
    "minutes",
    "channels",
    "replay_page",
    "stages",
)
_PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")
_VENUE_FORMS = {"name", "the", "of", "at"}
"""A language may need "of the Mucem" where another says "the Mucem": these stand for each other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at."""

    severity: str
    """One of SEVERITIES."""
    where: str
    """Record or file: "venues › chambord › site", "en/phrases.toml › reopening.today"."""
    key: str
    """Its sentence in check.toml, under [finding]."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What fills the sentence: text, a number, a day, a Text in several languages, or a list of those."""


def check(catalogue: Catalogue, languages: Mapping[str, Language]) -> list[Finding]:
    """Everything there is to say, errors first."""
    found = [
        *_language_files(languages),
        *_references(catalogue),
        *_texts(catalogue, tuple(languages)),
        *_venues(catalogue),
        *_reopenings(catalogue),
        *_visits(catalogue),
        *_series(catalogue),
        *_aliases(catalogue),
        *_missing(catalogue),
    ]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def render(findings: Sequence[Finding], language: Language) -> str:
    """The findings as a text to read, in one language."""
    table = language.tables["check"]
    lines: list[str] = []
    for severity in SEVERITIES:
        some = [finding for finding in findings if finding.severity == severity]
        if some:
            lines += ["", table["heading"][severity].format(count=len(some))]
            lines += [f"  {finding.where}\n    {_sentence(finding, language)}" for finding in some]
    errors = any(finding.severity == "error" for finding in findings)
    lines += ["", table["verdict"]["errors" if errors else "good"]]
    return "\n".join(lines).strip()


def _sentence(finding: Finding, language: Language) -> str:
    said = {name: _said(value, language.code) for name, value in finding.values.items()}
    sentence: str = language.tables["check"]["finding"][finding.key]
    return sentence.format(**said)


def _said(value: object, code: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get(code) or value.get("fr") or "")
    if isinstance(value, list | tuple):
        return " · ".join(_said(part, code) for part in value)
    return value.isoformat() if isinstance(value, date) else str(value)


# ---------------------------------------------------------------- language files


def _language_files(languages: Mapping[str, Language]) -> Iterator[Finding]:
    for file in sorted({file for language in languages.values() for file in language.tables}):
        having = {code: language.tables[file] for code, language in languages.items() if file in language.tables}
        for code in languages.keys() - having.keys():
            yield Finding("error", f"{code}/{file}.toml", "no-language-file", {"others": sorted(having)})
        spoken = file in SPOKEN
        keys = {code: _sentences(table) if spoken else dict.fromkeys(table, "") for code, table in having.items()}
        for key in sorted({key for held in keys.values() for key in held}):
            yield from _compared(file, key, {code: held.get(key) for code, held in keys.items()}, spoken)


def _compared(file: str, key: str, said: Mapping[str, str | None], spoken: bool) -> Iterator[Finding]:
    """One key over all languages: is it everywhere, and filled by the same values?"""
    model = next(code for code, sentence in said.items() if sentence is not None)  # French comes first
    wanted = _placeholders(said[model] or "")
    for code, sentence in said.items():
        where = f"{code}/{file}.toml › {key}"
        if sentence is None:
            yield Finding("error" if spoken else "warning", where, "no-key", {"other": model})
            continue
        held = _placeholders(sentence)
        if held - wanted:
            yield Finding("error", where, "strange-placeholder", {"names": sorted(held - wanted), "other": model})
        if wanted - held:
            yield Finding("warning", where, "lost-placeholder", {"names": sorted(wanted - held), "other": model})


def _placeholders(sentence: str) -> set[str]:
    names = _PLACEHOLDER.findall(sentence)
    return {"venue" if name.lower() in _VENUE_FORMS else name.lower() for name in names}


def _sentences(table: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Dotted key → sentence; lists are words to understand and may differ."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _sentences(value, f"{before}{key}.")
        elif isinstance(value, str):
            found[before + key] = value
    return found


# ---------------------------------------------------------------- catalogue, record by record


def _references(catalogue: Catalogue) -> Iterator[Finding]:
    for path, wanted, table in dead_references(catalogue):
        yield Finding("error", " › ".join(path), "dead-reference", {"id": wanted, "table": table})


def _texts(catalogue: Catalogue, codes: Sequence[str]) -> Iterator[Finding]:
    """Every text a person reads is there in every language; every address is one."""
    for table in ("series", "venues", "visits", "reopenings", "sources"):
        held = getattr(catalogue, table)
        for record in held.values() if isinstance(held, Mapping) else held:
            yield from _parts(record, f"{table} › {record.id}", codes)


def _parts(record: Any, path: str, codes: Sequence[str]) -> Iterator[Finding]:
    for one in fields(record):
        value, here = getattr(record, one.name), f"{path} › {one.name}"
        if one.name in ("url", "site", "replay_page"):
            if value is not None and not _is_address(value):
                yield Finding("error", here, "bad-address", {"url": value})
        elif one.name.endswith("_in"):
            continue  # only for the languages that word it differently
        elif one.type is Text or one.name == "forms":
            yield from (
                Finding("error", here, "no-language", {"lang": code}) for code in codes if value and code not in value
            )
        elif isinstance(value, tuple):
            for number, part in enumerate(value, 1):
                if hasattr(part, "__dataclass_fields__"):
                    yield from _parts(part, f"{here} › {number}", codes)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc.strip(".") and not re.search(r"\s", url)


def _venues(catalogue: Catalogue) -> Iterator[Finding]:
    cities = {place.name["fr"] for place in catalogue.places.values() if place.kind == "city"}
    departments = {name for place in catalogue.places.values() for name in place.departments}
    regions = {place.name["fr"] for place in catalogue.places.values() if place.kind == "region"}
    for venue in catalogue.venues.values():
        where = f"venues › {venue.id}"
        yield from _known(where, "kind", venue.kind, KINDS)
        yield from _unsourced(venue, where, _SOURCED)
        for name, held in (("city", cities), ("department", departments), ("region", regions)):
            if held and (value := getattr(venue, name)) not in held:
                yield Finding("warning", f"{where} › {name}", "place-unknown", {"name": value})
        if venue.latitude is None or venue.longitude is None:
            yield Finding("warning", where, "no-coordinates")
        elif not _in_france(venue.latitude, venue.longitude):
            yield Finding("error", where, "not-in-france", {"latitude": venue.latitude, "longitude": venue.longitude})
        if venue.site is None:
            yield Finding("warning", where, "no-site")
        for number, text in enumerate(venue.contradictions):
            yield Finding("note", where, "contradiction", {"text": text, "source": _source(catalogue, venue, number)})


def _reopenings(catalogue: Catalogue) -> Iterator[Finding]:
    for one in catalogue.reopenings:
        where = f"reopenings › {one.id}"
        yield from _known(where, "status", one.status, STATUSES)
        yield from _known(where, "confidence", one.confidence, CONFIDENCES)
        for condition in one.conditions:
            for topic in condition.topics:
                yield from _known(f"{where} › conditions", "topics", topic, TOPICS)
            for day in condition.closed_days:
                yield from _known(f"{where} › conditions", "closed_days", day, WEEKDAYS)
        if one.source is None:
            yield Finding("warning", where, "no-source", {"field": "day"})
        elif one.as_of is None:
            yield Finding("note", where, "no-as-of")
        yield from _reopening_days(catalogue, one, where)


def _reopening_days(catalogue: Catalogue, one: Reopening, where: str) -> Iterator[Finding]:
    if one.status == "unknown" and one.day is not None:
        yield Finding("error", where, "unknown-with-day", {"day": one.day})
    if one.status in ("announced", "confirmed") and one.day is None:
        yield Finding("error", where, "status-without-day", {"status": one.status})
    if one.not_before and one.not_after and one.not_before > one.not_after:
        yield Finding("error", where, "window-reversed", {"start": one.not_before, "end": one.not_after})
    venue = catalogue.venues.get(one.venue)
    day = one.day or one.not_after
    if venue and venue.closed_on and day and day.isoformat() < venue.closed_on:
        yield Finding("error", where, "reopens-before-closing", {"day": day, "closed": venue.closed_on})


def _visits(catalogue: Catalogue) -> Iterator[Finding]:
    series = {one.id: one for one in catalogue.series}
    for visit in catalogue.visits:
        where = f"visits › {visit.id}"
        yield from _known(where, "confidence", visit.confidence, CONFIDENCES)
        if visit.source is None:
            yield Finding("warning", where, "no-source", {"field": "day"})
        run = series.get(visit.series)
        if run and visit.day and not run.start <= visit.day <= run.end:
            values = {"day": visit.day, "start": run.start, "end": run.end}
            yield Finding("error", where, "outside-series", values)


def _series(catalogue: Catalogue) -> Iterator[Finding]:
    for series in catalogue.series:
        where = f"series › {series.id}"
        yield from _unsourced(series, where, _SOURCED_SERIES)
        if series.start > series.end:
            yield Finding("error", where, "window-reversed", {"start": series.start, "end": series.end})
            continue
        visits = [visit for visit in catalogue.visits if visit.series == series.id]
        if len(visits) != series.stages:
            yield Finding("note", where, "stages-visits", {"stages": series.stages, "visits": len(visits)})
        days = [series.start + timedelta(number) for number in range((series.end - series.start).days + 1)]
        weekdays = sum(day.weekday() < 5 for day in days)
        if weekdays != series.stages:
            values = {"stages": series.stages, "weekdays": weekdays, "start": series.start, "end": series.end}
            yield Finding("note", where, "stages-weekdays", values)
        for number, text in enumerate(series.contradictions):
            yield Finding("note", where, "contradiction", {"text": text, "source": _source(catalogue, series, number)})


def _aliases(catalogue: Catalogue) -> Iterator[Finding]:
    """A name that two venues share: the bot asks which one is meant."""
    owners: dict[tuple[str, ...], dict[str, Text]] = defaultdict(dict)
    for venue in catalogue.venues.values():
        for names in venue.aliases.values():
            for name in names:
                owners[words(name)][venue.id] = venue.name
    for alias, venues in owners.items():
        if len(venues) > 1:
            where = f"venues › {' + '.join(venues)}"
            yield Finding("note", where, "shared-alias", {"name": " ".join(alias), "venues": list(venues.values())})


def _missing(catalogue: Catalogue) -> Iterator[Finding]:
    """What nobody has found yet: one finding a kind, with the venues concerned."""
    visits, reopenings = catalogue.visits, catalogue.reopenings

    def visited(venue: Venue, wanted: Callable[[Visit], object]) -> bool:
        return any(wanted(visit) for visit in visits if visit.venue == venue.id)

    kinds: dict[str, Callable[[Venue], bool]] = {
        "no-visit": lambda venue: not visited(venue, lambda _: True),
        "no-visit-day": lambda venue: visited(venue, lambda visit: visit.day is None),
        "no-visit-link": lambda venue: visited(venue, lambda visit: not visit.links),
        "no-reopening": lambda venue: all(one.venue != venue.id for one in reopenings),
        "no-reopening-day": lambda venue: any(one.venue == venue.id and one.day is None for one in reopenings),
        "no-closing-day": lambda venue: venue.closed_on is None,
    }
    for key, lacks in kinds.items():
        venues = [venue for venue in catalogue.venues.values() if lacks(venue)]
        if venues:
            names = [venue.name for venue in venues]
            yield Finding("note", "venues", key, {"count": len(names), "venues": names})


def _known(where: str, name: str, value: str, allowed: Sequence[str]) -> Iterator[Finding]:
    if value not in allowed:
        yield Finding("error", f"{where} › {name}", "not-allowed", {"value": value, "allowed": list(allowed)})


def _unsourced(record: Venue | Series, where: str, names: Sequence[str]) -> Iterator[Finding]:
    for name in names:
        if getattr(record, name) is not None and name not in record.sources:
            yield Finding("warning", f"{where} › {name}", "no-source", {"field": name})


def _source(catalogue: Catalogue, record: Venue | Series, number: int) -> str:
    source = catalogue.sources.get(record.sources.get(f"contradictions.{number}", ""))
    return source.title if source else "?"


def _in_france(latitude: float, longitude: float) -> bool:
    south, north, west, east = _FRANCE
    return south <= latitude <= north and west <= longitude <= east
