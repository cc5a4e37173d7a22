"""The names to look for, compiled into one dictionary: venues, kinds of place, cities, and what is elsewhere."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, TypeVar

from visitbot.catalogue.model import Catalogue, Place, Venue
from visitbot.understanding.text import fold, words
from visitbot.understanding.venues.register import Bearer, Register
from visitbot.understanding.venues.roles import Cues
from visitbot.understanding.venues.senses import Sense, Tags, joined, rank
from visitbot.understanding.venues.spelling import Spelling

_WORD = re.compile(r"[^\W\d_]+|\d+")
_ADDED = re.compile(r"\s*[(:]|\s[-–]\s|\.\s")

Tables = Mapping[str, Mapping[str, Any]]
Pool = dict[Any, Any]
"""What indexes of several languages hold in common: each thing leads to the first that equalled it."""

Same = TypeVar("Same")

LONGEST = 6
"""Words of the longest phrase that is looked up; no name needs more to be told from the others."""
KIND_TAGS: Mapping[str, tuple[Tags, ...]] = {
    "castle": (frozenset({"castle"}),),
    "aquarium": (frozenset({"aquarium"}),),
    "art": (frozenset({"art", "museum"}),),
    "science": (frozenset({"science", "museum"}),),
}
"""What a venue may be called for its kind alone; a history museum is more than any museum about history."""


@dataclass(frozen=True, slots=True)
class VenueIndex:
    """Every phrase with its meanings; made by `compile`."""

    phrases: Mapping[str, tuple[Sense, ...]]
    descriptions: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    """First telling word → ways to describe a venue, each with the venue's id."""
    cues: Cues
    connectors: frozenset[str]
    holders: frozenset[str]
    """Those of them that tie a name to a kind of place: "musée de Brou", but not "musée sur la colline"."""
    abbreviations: Mapping[str, str]
    common: frozenset[str]
    known: frozenset[str]
    """Words that need no repair: plain ones, and all words of names here and elsewhere."""
    sites: frozenset[str]
    """The words of the venues' cities."""
    spelling: Spelling
    """What repairs misspelt words."""
    fits: Mapping[str, tuple[Tags, ...]]
    """Venue id → what its names say it is, one set for each name."""
    places: Mapping[str, Place]
    within: Mapping[str, tuple[str, ...]]
    """Place id → venues that lie there."""
    vocabulary: Mapping[str, frozenset[str]]
    """Venue id → the words of its names and descriptions."""
    typed: frozenset[str]
    """The words that kinds of place are made of."""
    general: frozenset[str]
    """The same, and the names of places that can be asked about."""
    plurals: frozenset[str]
    """Words of kinds that stand for several."""
    departments: Mapping[str, str]
    """Venue id → its department."""
    register: Register
    """The whole names of museums, here and elsewhere."""

    @classmethod
    def compile(
        cls,
        catalogue: Catalogue,
        tables: Tables,
        elsewhere: Sequence[Mapping[str, Any]] = (),
        pool: Pool | None = None,
    ) -> "VenueIndex":
        """Build it from catalogue, `tables_for` a language, rows about elsewhere ("name", "city" or "aliases").

        Of the catalogue's names those count that are of a language of `tables` or of any. With the `pool` of another
        language's index they share what is equal.
        """
        return _Compiler(catalogue, tables, {} if pool is None else pool).compiled(elsewhere)

    def content(self, text: str) -> tuple[str, ...]:
        """The telling words of a name: "musée des Beaux-Arts" → ("musee", "beaux", "arts")."""
        return _content(text, self.connectors)


class _Compiler:
    """Collects phrases; what it makes is a VenueIndex."""

    def __init__(self, catalogue: Catalogue, tables: Tables, pool: Pool) -> None:
        self.pool = pool
        self.catalogue = catalogue
        self.tables = tables
        merged = {name: frozenset(map(fold, _all(tables, name))) for name in ("connectors", "common", "cautious")}
        self.cues = Cues.compile(tables)
        self.connectors, self.common, self.cautious = merged["connectors"], merged["common"], merged["cautious"]
        self.abbreviations = {
            fold(short): fold(long)
            for table in tables.values()
            for short, long in table.get("abbreviations", {}).items()
        }
        self.phrases: dict[str, list[Sense]] = {}
        self.fits: dict[str, list[Tags]] = {
            venue.id: list(KIND_TAGS.get(venue.kind, ())) for venue in catalogue.venues.values()
        }
        self.sites = frozenset(word for venue in catalogue.venues.values() for word in words(venue.city))
        self.register: list[tuple[frozenset[str], Bearer]] = []
        self.borne = Counter(
            word for venue in catalogue.venues.values() for word in set(_content(venue.name["fr"], self.connectors))
        )

    def compiled(self, elsewhere: Sequence[Mapping[str, Any]]) -> VenueIndex:
        self._types()
        for list_, kind in (
            ("topics", "topic"),
            ("services", "service"),
            ("streets", "street"),
            ("ignored", "ignored"),
        ):
            for phrase in _all(self.tables, list_):
                self._add(phrase, Sense(kind))
        for place in self.catalogue.places.values():
            self._place(place)
        for venue in self.catalogue.venues.values():
            self._venue(venue)
        # Before what is elsewhere comes in, as there are fewer phrases to go through.
        heard = self._words("venue") | self.sites
        typed, singular = self._words("type"), self._words("type", plural=False)
        general = typed | self._words("place")
        protected = self._elsewhere(elsewhere)
        known = (
            self.common
            | self.connectors
            | protected
            | {intern(word) for phrase in self.phrases for word in phrase.split()}
        )
        phrases = {
            intern(phrase): self._same(tuple(sorted(joined(senses), key=rank) if len(senses) > 1 else senses))
            for phrase, senses in self.phrases.items()
        }
        return VenueIndex(
            phrases=phrases,
            descriptions=self._descriptions(),
            cues=self.cues,
            connectors=self.connectors,
            holders=frozenset(map(fold, _all(self.tables, "holders"))),
            abbreviations=self.abbreviations,
            common=self.common,
            known=frozenset(known),
            sites=self.sites,
            spelling=Spelling.compile(phrases, self._owned(), heard, self.common),
            fits={venue: self._widened(venue, sets) for venue, sets in self.fits.items()},
            places=self.catalogue.places,
            within={
                place: tuple(venue.id for venue in self.catalogue.venues_in(place)) for place in self.catalogue.places
            },
            vocabulary={
                venue.id: frozenset(
                    word
                    for name in self._said(venue.aliases, venue.descriptions, venue.name)
                    for word in _content(name, self.connectors)
                )
                for venue in self.catalogue.venues.values()
            },
            typed=typed,
            general=general,
            plurals=typed - singular,
            departments={venue.id: venue.department for venue in self.catalogue.venues.values()},
            register=Register(self.register, self.connectors),
        )

    def _same(self, made: Same) -> Same:
        """It, or what equals it of an index made before."""
        found: Same = self.pool.setdefault(made, made)
        return found

    def _widened(self, venue: str, sets: Iterable[Tags]) -> tuple[Tags, ...]:
        """Any museum of an art museum's name is an art museum too."""
        kind = frozenset[str]().union(*KIND_TAGS.get(self.catalogue.venues[venue].kind, ()))
        return tuple(dict.fromkeys(tags | kind if "museum" in tags & kind else tags for tags in sets))

    def _add(self, name: str, sense: Sense) -> None:
        content = [self.abbreviations.get(word, word) for word in _content(name, self.connectors)]
        if content and sense not in (there := self.phrases.setdefault(" ".join(content[:LONGEST]), [])):
            there.append(sense)

    def _said(self, *texts: Mapping[str, str | Sequence[str]]) -> set[str]:
        """All names in texts by language that are of a language that is mixed here, or of "any"."""
        own = [named for text in texts for code, named in text.items() if code in self.tables or code == "any"]
        return {name for named in own for name in ((named,) if isinstance(named, str) else named)}

    def _words(self, kind: str, plural: bool = True) -> frozenset[str]:
        return frozenset(
            word
            for phrase, senses in self.phrases.items()
            if any(sense.kind == kind and (plural or not sense.plural) for sense in senses)
            for word in map(intern, phrase.split())
        )

    def _owned(self) -> dict[str, frozenset[str]]:
        """Each word that a misspelling may stand for, with what bears it; short city names are too like others."""
        found: dict[str, set[str]] = {}
        for phrase, senses in self.phrases.items():
            for sense in senses:
                named = sense.kind == "place" and not sense.weak and (len(phrase) > 6 or phrase in self.sites)
                if named or sense.kind in {"venue", "type", "landmark"}:
                    for word in map(intern, phrase.split()):
                        found.setdefault(word, set()).update(sense.ids or (sense.name or ",".join(sorted(sense.tags)),))
        return {word: self._same(frozenset(owners)) for word, owners in found.items()}

    def _types(self) -> None:
        for language, table in self.tables.items():
            for entry in table["types"]:
                tags, alone = frozenset(entry["tags"]), frozenset(entry.get("alone", ()))
                for plural, names in ((False, entry["words"]), (True, entry.get("plural", ()))):
                    for name in names:
                        self._add(name, Sense(
                            "type", (), tags, entry.get("weak", False), plural, entry.get("kind"),
                            alone=alone, language=language,
                        ))  # fmt: skip

    def _place(self, place: Place) -> None:
        for name in sorted(self._said(place.aliases, place.name)):
            beside = name.endswith("!")
            content = _content(name.rstrip("!"), self.connectors)
            weak = beside or (
                len(content) == 1 and (content[0] in self.common or content[0] in self.cautious or content[0].isdigit())
            )
            self._add(name.rstrip("!"), Sense("place", (place.id,), weak=weak, name="beside" if beside else None))

    def _venue(self, venue: Venue) -> None:
        own = {word for name in (venue.city, venue.region, venue.department) for word in words(name)}
        names, official = self._said(venue.aliases, venue.name), self._said(venue.name)
        site = _content(venue.city, self.connectors)
        for name in sorted(names):
            content = [self.abbreviations.get(word, word) for word in _content(name, self.connectors)]
            self._registered(name, tuple(content), site, venue.id)
            if any(sense.kind == "type" for sense in self.phrases.get(" ".join(content), ())) and len(content) == 1:
                continue  # a misspelling that is the plain word too: "musem"
            tags, rest = self._typed(content)
            rest = [word for word in rest if word not in own or (word == content[0] == rest[0] and len(content) == 1)]
            if tags:
                self.fits[venue.id].append(tags)
            if 1 < len(content) < 4 and len(glued := "".join(content)) > 6:
                there = self.phrases.setdefault(glued, [])
                if all(sense.kind == "venue" for sense in there):
                    there.append(Sense("venue", (venue.id,)))
            if not rest and tags:
                continue
            proper = any(word not in self.common and _written_as_name(word, name) for word in rest)
            plain = bool(tags) and len(content) > 1 and not proper
            self._add(name, Sense("venue", (venue.id,), weak=plain and venue.city.lower() not in name.lower()))
            if (
                name in official
                and tags
                and len(rest) == 1
                and len(rest[0]) > 4
                and rest[0] not in self.common
                and self.borne[rest[0]] == 1
                and _written_as_name(rest[0], name)
            ):
                self._add(rest[0], Sense("venue", (venue.id,), weak=True))
        for name in self._said(venue.descriptions):
            content = [self.abbreviations.get(word, word) for word in _content(name, self.connectors)]
            rest = [word for word in self._typed(content)[1] if word not in own]
            if len(content) > 1 and rest:
                self._add(name, Sense("venue", (venue.id,), weak=True))

    def _typed(self, content: Sequence[str]) -> tuple[Tags, list[str]]:
        """What kinds of place a name speaks of, and its other words."""
        tags: set[str] = set()
        rest: list[str] = []
        at = 0
        while at < len(content):
            for length in range(min(LONGEST, len(content) - at), 0, -1):
                senses = [
                    sense for sense in self.phrases.get(" ".join(content[at : at + length]), ()) if sense.kind == "type"
                ]
                if senses:
                    tags |= min(senses, key=lambda sense: len(sense.tags)).tags
                    at += length
                    break
            else:
                rest.append(content[at])
                at += 1
        return frozenset(tags), rest

    def _elsewhere(self, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """Add what is elsewhere; returns all its words, which no repair may touch."""
        venues = {phrase for phrase, senses in self.phrases.items() if any(sense.kind == "venue" for sense in senses)}
        types = {phrase for phrase, senses in self.phrases.items() if any(sense.kind == "type" for sense in senses)}
        typed = {word for phrase in types for word in phrase.split()}
        here: dict[str, list[set[str]]] = {}
        for venue in self.catalogue.venues.values():
            for name in (venue.name["fr"], *venue.aliases.get("fr", ())):
                here.setdefault(fold(venue.city), []).append(set(_content(name, self.connectors)))
        protected: set[str] = set()
        if not rows:
            return frozenset()
        # Folding a thousand names one by one is half the work.
        folded = iter(fold("\n".join(f"{row['name']}\n{row.get('city', '')}" for row in rows)).split("\n"))
        for row, name, site in zip(rows, folded, folded, strict=True):
            if "aliases" in row:
                for alias in (row["name"], *row["aliases"]):
                    self._add(alias, Sense("landmark", name=row["name"]))
                continue
            content = _telling(name, self.connectors)
            if any(own.issuperset(content) for own in here.get(site, ())):
                continue  # the registry lists the venues of the series too
            self._registered(row["name"], content, tuple(site_words := _telling(site, self.connectors)), None)
            city = " ".join(site_words)
            protected.update(content, city.split())
            if city not in self.phrases:
                self.phrases[city] = [Sense("city", (city,))]
            whole = " ".join(content[:LONGEST])
            if len(content) > 2 and not all(word in typed for word in content):
                self.phrases.setdefault(whole, []).append(Sense("landmark", name=row["name"]))
            if content and content[0] in types:
                content = content[1:]
            phrase = " ".join(content[:LONGEST])
            if phrase and phrase not in types and phrase not in venues and not phrase.isdigit():
                self.phrases.setdefault(phrase, []).append(Sense("museum", (city,), name=row["name"]))
        return frozenset(protected)

    def _registered(self, name: str, content: tuple[str, ...], site: tuple[str, ...], venue: str | None) -> None:
        """Enter a name; also without what official names add in brackets or after a colon."""
        self.register.append((self._same(frozenset(content)), self._same(Bearer(name, site, venue))))
        if (added := _ADDED.search(name)) is None:
            return
        short = name[: added.start()]
        if 1 < len(telling := _content(short, self.connectors)) < len(content):
            self.register.append((self._same(frozenset(telling)), self._same(Bearer(short, site, venue))))

    def _descriptions(self) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        small = self.connectors | self.cues.definite
        for venue in self.catalogue.venues.values():
            for description in self._said(venue.descriptions):
                if content := _content(description, small):
                    found.setdefault(content[0], []).append((content, venue.id))
        return {first: tuple(sorted(set(all_), key=lambda one: (-len(one[0]), one))) for first, all_ in found.items()}


def _written_as_name(word: str, name: str) -> bool:
    """Whether a word of a name has a capital: "Kérylos", but not "national" or "costume"."""
    return any(part[0].isupper() for part in _WORD.findall(name) if fold(part) == word)


def _all(tables: Tables, name: str) -> Iterator[str]:
    for table in tables.values():
        yield from table.get(name, ())


@lru_cache(maxsize=1024)
def _content(text: str, connectors: frozenset[str]) -> tuple[str, ...]:
    return _telling(fold(text), connectors)


def _telling(folded: str, connectors: frozenset[str]) -> tuple[str, ...]:
    found = [intern(word) for word in _WORD.findall(folded)]
    return tuple([word for word in found if word not in connectors] or found)
