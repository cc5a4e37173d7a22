"""The catalogue's nouns as plain typed records; they know no file and no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

Text = Mapping[str, str]
"""The same words in several languages: language code → text. French is always there."""

KINDS = ("art", "castle", "science", "history", "archaeology", "aquarium", "monument")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    id: str
    title: str
    """How to name it to a person: "France Bleu"."""
    title_in: Text = field(default_factory=dict)
    """The title in the languages that word it differently."""
    url: str | None = None
    published: str | None = None
    """ISO day or month ("2020-06-04", "2020-06"); None when unknown."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address to offer."""

    kind: str
    """"replay", "live", "page" or "article"."""
    url: str
    title: Text
    source: str
    """Id of the Source that gives it."""


@dataclass(frozen=True, slots=True)
class Venue:
    """A museum, castle, aquarium… of the series."""

    id: str
    kind: str
    """One of KINDS."""
    name: Text
    forms: Mapping[str, Mapping[str, str]]
    """How the name stands in a sentence, per language: "the" ("le Mucem"), "of" ("du Mucem"), "at" ("au Mucem"),
    and "plural" or "feminine" present (any value) where verbs and adjectives must agree so."""
    description: Text
    city: str
    department: str
    region: str
    latitude: float | None
    longitude: float | None
    site: str | None
    """Web site."""
    aliases: Mapping[str, tuple[str, ...]]
    """Other names by language; "any" for nicknames and frequent misspellings."""
    descriptions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ways to describe it without its name, by language: "le château de François Ier"."""
    closed_on: str | None = None
    """ISO day or month of the closing; None when not found."""
    notes: Text = field(default_factory=dict)
    """What changed later or is worth telling."""
    notes_since: str | None = None
    """ISO day, month or year from which the notes are true, at the latest; None: always."""
    contradictions: tuple[Text, ...] = ()
    """Where the sources disagree, in plain words."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field name → id of its Source ("contradictions.0": of the first one)."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field name → ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One stage of a series."""

    id: str
    series: str
    venue: str
    day: date | None
    """None when not found: say so, never guess."""
    time: time | None
    """Paris time; None: the series' own hour."""
    links: tuple[Link, ...] = ()
    cancelled: bool = False
    confidence: str = "high"
    source: str | None = None
    also: tuple[str, ...] = ()
    """Ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something a visitor must know on reopening: mask, booking, opening hours."""

    text: Text
    source: str
    topics: tuple[str, ...] = ()
    """Out of "hours", "booking", "mask", "price", "limit", "route", "tours", "other"."""
    closed_days: tuple[str, ...] = ()
    """Out of WEEKDAYS: those on which these hours say that it is closed; empty when they don't say."""
    also: tuple[str, ...] = ()
    """Ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """When one part of a venue reopens."""

    id: str
    venue: str
    part: Text
    """Empty: the whole venue."""
    status: str
    """"announced", "confirmed", "postponed" or "unknown"."""
    day: date | None
    """None when not found."""
    not_before: date | None = None
    not_after: date | None = None
    """The window that is known when the day is not."""
    conditions: tuple[Condition, ...] = ()
    confidence: str = "high"
    """"high", "medium" or "low"."""
    source: str | None = None
    as_of: str | None = None
    """ISO day or month at which the source said so."""
    note: Text = field(default_factory=dict)
    """What a careful person would add."""
    plural: bool = False
    """True when the part is a plural ("les jardins"), so that verbs agree."""
    also: tuple[str, ...] = ()
    """Ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class PressArticle:
    """What a newspaper wrote about the series."""

    paper: str
    title: str
    published: date | None
    url: str | None
    source: str
    venue: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a partner said afterwards, in a short paraphrase."""

    who: str
    text: Text
    source: str
    venue: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number told about the series, as the source tells it."""

    key: str
    """"views", "reach", "interactions", "average_views_last_3", "average_reach_last_3"."""
    value: int
    at_least: bool
    """True when the source says "more than"."""
    source: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """The most viewed venues, best first."""

    key: str
    """"views" or "reach"."""
    venues: tuple[str, ...]
    ordered: bool
    """False when the source lists them without saying that the order is a ranking."""
    source: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A national rule that framed the reopenings."""

    key: str
    """"closure", "small-museums", "all-museums", "mask", "national-monuments"."""
    text: Text
    source: str
    day: date | None = None
    also: tuple[str, ...] = ()
    """Ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class Series:
    """An edition: a run of visits with its partners, press and figures."""

    id: str
    title: Text
    organiser: str
    partners: tuple[str, ...]
    start: date
    end: date
    time: time
    """Usual hour of a visit, Paris time."""
    minutes: int
    """Length of a visit."""
    channels: tuple[str, ...]
    replay_page: str
    stages: int
    description: Text
    organiser_in: Text = field(default_factory=dict)
    """The organiser in the languages that word it differently."""
    figures: tuple[Figure, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    press: tuple[PressArticle, ...] = ()
    quotes: tuple[Quote, ...] = ()
    next_edition: Text = field(default_factory=dict)
    """What was said of a next edition."""
    contradictions: tuple[Text, ...] = ()
    """What the sources leave open, in plain words."""
    milestones: tuple[Milestone, ...] = ()
    """The national calendar around it."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field name → id of its Source ("contradictions.0": of the first one)."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field name → ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """A city, department or region that a question can be narrowed to."""

    id: str
    """French name, lower case without accents, with hyphens: "saint-etienne", "cote-d'or"."""
    kind: str
    """"city", "department", "region" or "area" (an older or looser name: Alsace, Provence)."""
    name: Text
    aliases: Mapping[str, tuple[str, ...]]
    departments: tuple[str, ...] = ()
    """Departments it covers, by French name; for a city the one it lies in."""
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """How it stands in a sentence: per language "in" ("en Alsace", "à Lyon", "dans le Nord")."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is known at one moment."""

    series: tuple[Series, ...]
    venues: Mapping[str, Venue]
    visits: tuple[Visit, ...]
    reopenings: tuple[Reopening, ...]
    sources: Mapping[str, Source]
    places: Mapping[str, Place]

    def visits_of(self, venue: str) -> tuple[Visit, ...]:
        """The visits of one venue, over all series."""
        return tuple(visit for visit in self.visits if visit.venue == venue)

    def reopenings_of(self, venue: str) -> tuple[Reopening, ...]:
        """What is known of one venue's reopening, part by part."""
        return tuple(reopening for reopening in self.reopenings if reopening.venue == venue)

    def venues_in(self, place: str) -> tuple[Venue, ...]:
        """The venues that lie in a place; empty when there are none or the place is not known."""
        where = self.places.get(place)
        if where is None:
            return ()
        if where.kind == "city":
            city = where.name["fr"]
            return tuple(venue for venue in self.venues.values() if venue.city == city)
        return tuple(venue for venue in self.venues.values() if venue.department in where.departments)
