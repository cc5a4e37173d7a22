"""Reads the seed, the cards in data/catalogue that people review, into the typed catalogue."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from visitbot.catalogue.model import Catalogue
from visitbot.catalogue.records import Document, RecordError, StoreError, assemble

_SEVERAL = ("reopenings", "visits", "conditions", "links", "quotes", "milestones")
_TEXTS = {"title", "description", "name", "notes", "next_edition"}
"""Tables of languages with their `source` beside."""
_LISTS = {"aliases", "descriptions"}
_FACT = {"value", "unknown", "source", "also"}


class SeedError(StoreError):
    """A card can't be used; the message names the file, the key and what to do."""


def read_seed(folder: Path) -> Catalogue:
    """The catalogue that the cards of `folder` (data/catalogue) make. Raises SeedError at the first wrong thing."""
    if not (folder / "sources.toml").is_file():
        raise SeedError(f"{folder}: there is no sources.toml, so this is not the seed; it is data/catalogue")
    tables: dict[str, dict[str, Document]] = {
        name: {} for name in ("sources", "venues", "reopenings", "series", "visits", "places")
    }
    files: dict[tuple[str, str], Path] = {}
    for table, document, file in _documents(folder):
        record_id = document["id"]
        if not isinstance(record_id, str):
            raise SeedError(f"{file}: {table}: id is {record_id!r}; write it as text, in quotes")
        if first := files.get((table, record_id)):
            raise SeedError(f"{file}: {table} › {record_id}: this id is already in {first}; choose another")
        tables[table][record_id] = document
        files[table, record_id] = file
    try:
        return assemble(tables)
    except RecordError as wrong:
        file = files[wrong.path[0], wrong.path[1]]
        raise SeedError(f"{file}: {wrong}; correct it there") from None


def _documents(folder: Path) -> Iterator[tuple[str, Document, Path]]:
    file = folder / "sources.toml"
    sources = _load(file)
    for source_id, source in sources.items():
        if not isinstance(source, Mapping):
            raise SeedError(f"{file}: {source_id}: write a source as a table: [{source_id}] then title = …")
        yield "sources", _source(source_id, source), file
    published = {source_id: _iso(source.get("published")) for source_id, source in sources.items()}
    for file in sorted((folder / "venues").glob("*.toml")):
        card = _load(file)
        _named(card, file)
        for reopening in _entries(card, "reopenings", file):
            yield "reopenings", _reopening(card["id"], reopening, published), file
        yield "venues", _card(card, file), file
    for file in sorted((folder / "series").glob("*.toml")):
        card = _load(file)
        _named(card, file)
        for visit in _entries(card, "visits", file):
            yield "visits", _visit(card["id"], visit), file
        yield "series", _card(card, file), file
    file = folder / "places.toml"
    if file.is_file():
        for number, place in enumerate(_entries(_load(file), "place", file), 1):
            if "id" not in place:
                raise SeedError(f"{file}: place {number}: give it an id")
            yield "places", {"aliases": {}} | place, file


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SeedError(f"{file}: {problem}; correct the line, the file is TOML") from None


def _named(card: Document, file: Path) -> None:
    if card.get("id") != file.stem:
        raise SeedError(f'{file}: id is {card.get("id")!r}; it must be the name of the file: id = "{file.stem}"')


def _entries(card: Document, key: str, file: Path) -> list[Document]:
    """Take the [[key]] tables out of a card."""
    entries = card.pop(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SeedError(f"{file}: {key}: write each one as a table under [[{key}]]")
    return entries


def _source(source_id: str, source: Mapping[str, Any]) -> Document:
    return {"id": source_id} | {key: _iso(value) for key, value in source.items()}


def _card(card: Document, file: Path) -> Document:
    """A venue or series: the source that stands beside each fact goes to `sources`, by field."""
    sources: dict[str, Any] = {}
    also: dict[str, Any] = {}
    document: Document = {}
    for key, found in card.items():
        where = {key: found}
        if key == "contradictions":
            where = {f"contradictions.{number}": part for number, part in enumerate(_entries({key: found}, key, file))}
            document[key] = [_without_sources(part) for part in found]
        elif key in _SEVERAL:
            document[key] = _texted_all(found)
        elif key in _TEXTS | _LISTS and isinstance(found, Mapping):
            document[key] = _without_sources(found)
            if "since" in found:
                document[f"{key}_since"] = _iso(document[key].pop("since"))
        elif isinstance(found, Mapping) and _FACT & set(found):
            document[key] = _value(key, found, file)
        else:
            document[key] = found
        for field, part in where.items():
            if isinstance(part, Mapping):
                sources |= {field: part["source"]} if "source" in part else {}
                also |= {field: part["also"]} if "also" in part else {}
    if isinstance(document.get("closed_on"), date):
        document["closed_on"] = _iso(document["closed_on"])
    return document | {"sources": sources} | ({"also": also} if also else {})


def _value(key: str, fact: Mapping[str, Any], file: Path) -> Any:
    """The value of `{ value = …, source = … }`; `unknown = true` says that it was looked for and not found."""
    if strange := set(fact) - _FACT:
        allowed = "a fact holds value (or unknown = true), source and also; remove the rest"
        raise SeedError(f"{file}: {key} › {min(strange)}: {allowed}")
    if ("value" in fact) == bool(fact.get("unknown")):
        raise SeedError(f"{file}: {key}: write either value = … or unknown = true")
    return fact.get("value")


def _reopening(venue: str, card: Mapping[str, Any], published: Mapping[str, Any]) -> Document:
    document: Document = {"id": venue, "venue": venue, "part": {}} | dict(card)
    if "conditions" in document:
        document["conditions"] = _texted_all(document["conditions"])
    as_of = document.get("as_of", published.get(str(document.get("source"))))
    return document | ({"as_of": _iso(as_of)} if as_of else {})


def _visit(series: str, card: Mapping[str, Any]) -> Document:
    document: Document = {"id": f"{series}-{card.get('venue')}", "series": series} | dict(card)
    if isinstance(day := document.get("day"), Mapping):
        document |= {key: day[key] for key in ("source", "also") if key in day}
        document["day"] = day.get("value")
    if "links" in document:
        document["links"] = _texted_all(document["links"], "title")
    return document


def _texted_all(parts: Any, field: str = "text") -> Any:
    """What isn't a list stays as it is: reading the record will say so."""
    return [_texted(part, field) for part in parts] if isinstance(parts, list) else parts


def _texted(part: Any, field: str) -> Any:
    """Languages written flat (`fr = …`, `en = …`) become the field that holds them."""
    if not isinstance(part, Mapping):
        return part
    text = {key: value for key, value in part.items() if len(key) == 2}
    rest = {key: value for key, value in part.items() if len(key) != 2}
    return rest | ({field: text} if text else {})


def _without_sources(part: Mapping[str, Any]) -> Document:
    return {key: value for key, value in part.items() if key not in ("source", "also")}


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
