"""What every answer is made from: the catalogue, the phrases, the moment; with the pieces that answers share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit

from visitbot.answering import calendar
from visitbot.answering.answer import Action, Answer, Paragraph, Pin, Span
from visitbot.answering.phrases import Phrases, Value, as_spans, merged
from visitbot.catalogue.model import Catalogue, Place, Reopening, Series, Text, Venue
from visitbot.understanding.request import Request, When

MOST_LINES = 12
"""A list longer than this is cut: a phone's screen."""


class Sourced(Protocol):
    """A fact that names its sources: a visit, a reopening, a condition."""

    @property
    def source(self) -> str | None:
        """Id of the Source; None when there is none."""

    @property
    def also(self) -> tuple[str, ...]:
        """Ids of further Sources that say the same."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One moment of one conversation."""

    catalogue: Catalogue
    phrases: Phrases
    now: datetime
    """In Paris time."""
    offers: frozenset[str] = frozenset()
    """What this version can do beyond answering: "follow"."""
    brief: bool = False
    """True when several things are answered at once: each in its shortest form."""

    @property
    def today(self) -> date:
        """The day it is in Paris."""
        return self.now.date()

    # --- words -------------------------------------------------------------------------------------------------

    def say(self, key: str, **values: Value) -> Paragraph:
        """A phrase of this conversation's language."""
        return self.phrases.say(key, **values)

    def about(self, venue: Venue, key: str, **values: Value) -> Paragraph:
        """A phrase about a venue: {name}, {the}, {The}, {of}, {at}; its plural twin where the venue's name is one."""
        forms = venue.forms.get(self.phrases.code, {})
        plural = f"{key}_plural"
        chosen = plural if forms.get("plural") and plural in self.phrases else key
        return self.phrases.say(chosen, **{**self.venue_values(venue), **values})

    def venue_values(self, venue: Venue) -> dict[str, Value]:
        """How a venue stands in a sentence."""
        name = self.text(venue.name)
        forms = venue.forms.get(self.phrases.code, {})
        stood = {form: forms.get(form) or self.phrases.plain(f"form.{form}", name=name) for form in ("the", "of", "at")}
        return {"name": name, "The": capital(stood["the"]), **stood}

    def about_series(self, series: Series, key: str, **values: Value) -> Paragraph:
        """A phrase about a series: {title}, {start}, {end}, {hour}, {minutes}, {channels}, {stages}, {page}."""
        return self.phrases.say(key, **{**self.series_values(series), **values})

    def series_values(self, series: Series) -> dict[str, Value]:
        """A series' own facts as they stand in a sentence."""
        return {
            "title": self.text(series.title),
            "start": calendar.range_start(series.start, series.end, self.phrases, self.today),
            "end": self.day(series.end, weekday=False),
            "hour": calendar.hour(series.time, self.phrases),
            "minutes": series.minutes,
            "channels": self.phrases.join(series.channels),
            "stages": series.stages,
            "page": series.replay_page,
        }

    def label(self, venue: Venue) -> str:
        """A venue's short name as it stands in a row: "le Mucem"."""
        return venue.forms.get(self.phrases.code, {}).get("the") or self.text(venue.name)

    def text(self, text: Text) -> str:
        """In this language, else in French."""
        return text.get(self.phrases.code) or text.get("fr", "")

    def local(self, name: str) -> str:
        """A city, department or region in this language, by the French name that a venue's record gives it."""
        known = next((place for place in self.catalogue.places.values() if place.name["fr"] == name), None)
        return self.text(known.name) if known else name

    def own(self, text: Text) -> str:
        """In this language or not at all: for remarks that may be left out."""
        return text.get(self.phrases.code, "")

    def day(self, when: date, weekday: bool = True, year: bool | None = None) -> str:
        """A day in words."""
        return calendar.day(when, self.phrases, self.today, weekday, year)

    def period(self, when: When) -> str:
        """A period in words, with its preposition."""
        return calendar.period(when, self.phrases, self.today)

    def number(self, value: int) -> str:
        """ "450 000", "2,3 millions"."""
        if value >= 1_000_000 and value % 100_000 == 0:
            amount = f"{value / 1_000_000:g}".replace(".", self.phrases.plain("number.decimal"))
            return self.phrases.plain("number.millions", amount=amount)
        return f"{value:,}".replace(",", self.phrases.plain("number.thousands"))

    # --- sources and links ---------------------------------------------------------------------------------------

    def source(self, source: str, as_of: str | None = None, beside: date | None = None) -> Paragraph:
        """A source by its name, linked, with the day or month at which it said so.

        Its year is left out where it is the present one, or that of a date told `beside` it.
        """
        known = self.catalogue.sources.get(source)
        title, url = (self.own(known.title_in) or known.title, known.url) if known else (source, None)
        when = as_of or (known.published if known else None)
        label = Span(title, url=url)
        if when is None:
            return self.say("source.undated", title=label)
        return self.say("source.dated", title=label, date=calendar.loosely(when, self.phrases, beside or self.today))

    def source_of(self, fact: Sourced, beside: date | None = None) -> Paragraph:
        """Who says a fact; where several do, the first whose word is out by now.

        So a conversation set in the past (`--now`) quotes a paper of its own days, if there is one.
        """
        if fact.source is None:
            return self.say("source.none")
        as_of = fact.as_of if isinstance(fact, Reopening) else None
        for one in (fact.source, *fact.also):
            known = self.catalogue.sources.get(one)
            when = (as_of if one == fact.source else None) or (known.published if known else None)
            if when and self.has_begun(when):
                return self.source(one, when, beside)
        return self.source(fact.source, as_of, beside)

    def has_begun(self, iso: str) -> bool:
        """Whether an ISO day, month or year has come: "2020-06" from the first day of June."""
        return iso <= self.today.isoformat()[: len(iso)]

    def sources(self, told: Iterable[Sourced | str | None], most: int = 3) -> tuple[Paragraph, ...]:
        """The closing line of an answer, each source once, as a list of at most one paragraph.

        `told`: the facts that were told, or ids of sources; those without source are left out.
        """
        names = [
            self.source(one) if isinstance(one, str) else self.source_of(one)
            for one in told
            if one is not None and (isinstance(one, str) or one.source is not None)
        ]
        named = list(dict.fromkeys(names))[:most]
        if not named:
            return ()
        spans: list[Span] = []
        for index, one in enumerate(named):
            spans.extend(self.say("source.between") if index else ())
            spans.extend(one)
        return (self.say("source.line_one" if len(named) == 1 else "source.line_many", sources=tuple(spans)),)

    def site(self, venue: Venue, key: str, **values: Value) -> Paragraph:
        """A phrase with a venue's web site; its twin `key`_none when there is none."""
        if venue.site is None:
            return self.about(venue, f"{key}_none", **values)
        return self.about(venue, key, host=host(venue.site), url=venue.site, **values)

    # --- lists ---------------------------------------------------------------------------------------------------

    def listed(self, title: Paragraph, items: Sequence[Value]) -> Paragraph:
        """A title and its lines, one paragraph."""
        spans: list[Span] = list(title)
        for item in items[:MOST_LINES]:
            spans.append(Span("\n"))
            spans.extend(self.say("list.item", item=item))
        if len(items) > MOST_LINES:
            spans.append(Span("\n"))
            spans.extend(self.say("list.more", count=len(items) - MOST_LINES))
        return merged(spans)

    # --- venues and series ---------------------------------------------------------------------------------------

    def venues(self, ids: Iterable[str]) -> tuple[Venue, ...]:
        """The venues that exist among these ids."""
        return tuple(self.catalogue.venues[one] for one in ids if one in self.catalogue.venues)

    def chosen(self, request: Request) -> tuple[Venue, ...]:
        """The venues that a request is about: those named, those of its places and kinds; all when it names none."""
        named = [one for one in dict.fromkeys(request.venues) if one in self.catalogue.venues]
        if request.places:
            for place in request.places:
                there = [venue.id for venue in self.catalogue.venues_in(place)]
                # "le MuséoParc en Bourgogne" means the MuséoParc, not Dijon as well.
                if not set(there) & set(request.venues):
                    named.extend(one for one in there if one not in named)
        elif not named:
            named = list(self.catalogue.venues)
        found = self.venues(named)
        if request.kinds and not request.venues:
            found = tuple(venue for venue in found if venue.kind in request.kinds)
        elif request.kinds and not any(venue.kind in request.kinds for venue in found):
            # "Chambord et les musées d'art"; but "le château de Chambord" is Chambord alone.
            found += tuple(venue for venue in self.catalogue.venues.values() if venue.kind in request.kinds)
        gone = self.left_out(request)
        return tuple(venue for venue in found if venue.id not in gone)

    def left_out(self, request: Request) -> tuple[str, ...]:
        """Ids of the venues that the person excludes, by name or by place."""
        there = (venue.id for place in request.without_places for venue in self.catalogue.venues_in(place))
        return tuple(dict.fromkeys((*request.without, *there)))

    def narrowed(self, request: Request) -> str:
        """The scope as a tail of a title, ", châteaux en Alsace", ", sans Chambord"; nothing where all were meant."""
        if not (request.places or request.kinds):
            return self._excepted(request, "list.without")
        return self.phrases.plain("list.scope", scope=self.scope(request))

    def scope(self, request: Request, number: int = 2) -> str:
        """What a list was narrowed to, in words: "châteaux en Alsace", "lieux (sans Chambord)"; "château" for one."""
        table = "kind" if number == 1 else "kinds"
        kinds = [self.phrases.plain(f"{table}.{kind}") for kind in request.kinds if f"{table}.{kind}" in self.phrases]
        last = "or" if number == 1 else "and"
        what = text_of(self.phrases.join(kinds, last)) if kinds else self.phrases.plain(f"{table}.any")
        where = self.where(request)
        return (f"{what} {where}" if where else what) + self._excepted(request, "list.except")

    def _excepted(self, request: Request, key: str) -> str:
        """What was left out, in words."""
        names = [self.label(venue) for venue in self.venues(self.left_out(request))]
        return self.phrases.plain(key, names=self.phrases.join(names)) if names else ""

    def where(self, request: Request) -> str:
        """The places of a request in words: "en Alsace et à Lyon"."""
        places = [self.place(self.catalogue.places.get(place), place) for place in request.places]
        return text_of(self.phrases.join(places))

    def place(self, place: Place | None, typed: str) -> str:
        """ "en Alsace"; an unknown place by the word for it."""
        if place is None:
            return self.phrases.plain("form.in", name=typed.replace("-", " ").title())
        stood = place.forms.get(self.phrases.code, {}).get("in")
        return stood or self.phrases.plain("form.in", name=self.text(place.name))

    def series(self, when: date | None = None) -> Series | None:
        """The series that runs on a day (default: today), else the next one, else the last one."""
        at = when or self.today
        running = [one for one in self.catalogue.series if one.start <= at <= one.end]
        coming = [one for one in self.catalogue.series if one.start > at]
        past = [one for one in self.catalogue.series if one.end < at]
        if running or coming:
            return min(running or coming, key=lambda one: one.start)
        return max(past, key=lambda one: one.end) if past else None

    # --- next steps ----------------------------------------------------------------------------------------------

    def ask(self, key: str, venue: Venue | None = None, **values: Value) -> Action:
        """A button that asks `question.<key>`, labelled `button.<key>` when there is one, else by the question."""
        known = {**(self.venue_values(venue) if venue else {}), **values}
        question = self.phrases.plain(f"question.{key}", **known)
        named = f"button.{key}"
        return Action("ask", self.phrases.plain(named, **known) if named in self.phrases else question, question)

    def open_site(self, venue: Venue) -> tuple[Action, ...]:
        """A button to the venue's site, when it has one."""
        if venue.site is None:
            return ()
        return (Action("open", self.phrases.plain("button.site", **self.venue_values(venue)), venue.site),)

    def open_page(self, series: Series | None) -> tuple[Action, ...]:
        """A button to the page with all the videos."""
        return (Action("open", self.phrases.plain("button.page"), series.replay_page),) if series else ()

    def on_map(self, venue: Venue) -> tuple[Action, ...]:
        """A button that shows the venue on a map, when its place is known."""
        if venue.latitude is None or venue.longitude is None:
            return ()
        return (Action("place", self.phrases.plain("button.place"), venue.id),)

    def follow(self, venue: Venue) -> tuple[Action, ...]:
        """A button to be told of the reopening, in versions that can."""
        if "follow" not in self.offers:
            return ()
        return (Action("follow", self.phrases.plain("button.follow", **self.venue_values(venue)), venue.id),)

    def pin(self, venue: Venue) -> Pin | None:
        """Where a venue is."""
        if venue.latitude is None or venue.longitude is None:
            return None
        return Pin(self.text(venue.name), f"{venue.city}, {venue.department}", venue.latitude, venue.longitude)

    def reply(
        self, *paragraphs: Paragraph, actions: Iterable[Action] = (), pin: Pin | None = None, preview: str | None = None
    ) -> Answer:
        """An answer in this language; empty paragraphs are left out."""
        told = tuple(paragraph for paragraph in paragraphs if paragraph)
        return Answer(told, tuple(actions), pin, preview, self.phrases.code)

    def none_such(self, request: Request, instead: str) -> Answer:
        """No venue of the series is what was asked for; `instead`: the question to offer beside the list of all."""
        told = self.say("venues.none", scope=self.scope(request, 1), count=len(self.catalogue.venues))
        return self.reply(told, actions=(self.ask("venues"), self.ask(instead)))


def capital(text: str) -> str:
    """With its first letter capital; a name written like "macLYON" keeps its own."""
    first = text.split(" ", 1)[0]
    return text if first[1:] != first[1:].lower() else text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """To go on after a colon: "Groupes de 10" → "groupes de 10"; "PBA" stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def host(url: str) -> str:
    """An address as people say it: "chambord.org"."""
    return urlsplit(url).netloc.removeprefix("www.")


def text_of(paragraph: Value) -> str:
    """Without markup."""
    return "".join(span.text for span in as_spans(paragraph))


def sentences(parts: Sequence[Paragraph]) -> Paragraph:
    """One paragraph of several sentences; empty ones are left out."""
    spans: list[Span] = []
    for part in parts:
        if part:
            spans.extend((Span(" "), *part) if spans else part)
    return merged(spans)


def shortened(text: str, most: int) -> str:
    """At most `most` characters, cut where the sense allows it, else after a word with an ellipsis."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    for ends in (("; ", " ; ", ". "), (", ", " (")):
        cut = max(text.rfind(end, 0, most) for end in ends)
        if cut > most // 3:
            return text[:cut].rstrip(" ;,.")
    return text[: max(text.rfind(" ", 0, most), most // 2)].rstrip(" ;,.") + "…"
