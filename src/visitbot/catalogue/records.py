"""Catalogue records to and from plain documents: one strict reading for the TOML seed and for the live JSON state."""

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date, time
from functools import cache
from typing import Any

from visitbot.catalogue.model import Catalogue, Place, Reopening, Series, Source, Venue, Visit

Document = dict[str, Any]
Tables = Mapping[str, Mapping[str, Document]]
"""Table name → record id → document."""

TABLES: dict[str, type] = {
    "series": Series,
    "venues": Venue,
    "visits": Visit,
    "reopenings": Reopening,
    "sources": Source,
    "places": Place,
}

_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
_Decoder = Callable[[Any], Any]


class StoreError(Exception):
    """The catalogue can't be read or written; the message says which file, where in it, and what to do."""


class RecordError(Exception):
    """A document is not the record it should be; `path` leads to the field, outermost first."""

    def __init__(self, problem: str, *path: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = list(path)

    def __str__(self) -> str:
        return f"{' › '.join(self.path)}: {self.problem}" if self.path else self.problem


def encode(value: Any) -> Any:
    """A record (or any value in one) as JSON can hold it; fields left at their default are left out."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if not hasattr(value, "__dataclass_fields__"):
        return value
    held = ((name, getattr(value, name), default) for name, default in _defaults(value.__class__))
    return {name: encode(found) for name, found, default in held if found != default}


def decode(table: str, document: Any) -> Any:
    """The record of a table that a document holds. Raises RecordError for a missing, unknown or wrong field."""
    return _decoder(TABLES[table])(document)


def tables_of(catalogue: Catalogue) -> dict[str, dict[str, Document]]:
    """All of a catalogue as documents."""
    found: dict[str, dict[str, Document]] = {}
    for table in TABLES:
        held = getattr(catalogue, table)
        found[table] = {record.id: encode(record) for record in (held.values() if isinstance(held, Mapping) else held)}
    return found


def assemble(tables: Tables) -> Catalogue:
    """The catalogue that documents make, in a stable order. Raises RecordError for a wrong field or dead reference."""
    read: dict[str, dict[str, Any]] = {}
    for table in TABLES:
        read[table] = {}
        for record_id, document in tables.get(table, {}).items():
            try:
                record = decode(table, document)
            except RecordError as wrong:
                raise RecordError(wrong.problem, table, record_id, *wrong.path) from None
            if record.id != record_id:
                raise RecordError(f'says id "{record.id}" but is filed under "{record_id}"', table, record_id, "id")
            read[table][record_id] = record
    catalogue = build(read)
    for path, wanted, table in dead_references(catalogue):
        raise RecordError(f'names "{wanted}", which is not among the {table}', *path)
    return catalogue


def build(read: Mapping[str, Mapping[str, Any]]) -> Catalogue:
    """The catalogue of records by table, references not looked at."""
    return Catalogue(
        series=tuple(sorted(read["series"].values(), key=lambda one: (one.start, one.id))),
        venues=dict(sorted(read["venues"].items())),
        visits=tuple(sorted(read["visits"].values(), key=lambda one: (one.series, one.day or date.max, one.id))),
        reopenings=tuple(sorted(read["reopenings"].values(), key=lambda one: (one.venue, one.day or date.max, one.id))),
        sources=read["sources"],
        places=read["places"],
    )


def dead_references(catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every field that names a record that isn't there: its path, the id it names, the table that lacks it."""
    held = {"venues": set(catalogue.venues), "sources": set(catalogue.sources)}
    held["series"] = {series.id for series in catalogue.series}
    return (found for found in _references(catalogue) if found[1] not in held[found[2]])


def _references(catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every mention of one record by another: the way to it, the id it names, the table that must hold it."""
    for table in ("series", "venues", "visits", "reopenings"):
        held = getattr(catalogue, table)
        for record in held.values() if isinstance(held, Mapping) else held:
            yield from _mentions(record, (table, record.id))


def _mentions(record: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for name, _ in _defaults(record.__class__):
        found, here = getattr(record, name), (*path, name)
        if name in _REFERENCES:
            for wanted in _ids(found):
                yield here, wanted, _REFERENCES[name]
        elif isinstance(found, tuple):
            for number, part in enumerate(found):
                if hasattr(part, "__dataclass_fields__"):
                    yield from _mentions(part, (*here, str(number + 1)))


_REFERENCES = {"venue": "venues", "venues": "venues", "series": "series"} | dict.fromkeys(
    ("source", "sources", "also"), "sources"
)


def _ids(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif found:
        for part in found.values() if isinstance(found, Mapping) else found:
            yield from _ids(part)


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Field name and default; MISSING where the field is required."""
    made = ((one, one.default_factory) for one in fields(kind))
    return tuple((one.name, one.default if make is MISSING else make()) for one, make in made)


@cache
def _decoder(kind: Any) -> _Decoder:
    """The reader of one type, built once: the model's annotations are the only schema."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        inner = _decoder(next(one for one in arguments if one is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_decoder(_decoder(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_decoder(_decoder(arguments[1]))
    if kind in (date, time):
        return _moment_decoder(kind)
    if hasattr(kind, "__dataclass_fields__"):
        return _record_decoder(kind)
    return _plain_decoder(kind)


def _plain_decoder(kind: type) -> _Decoder:
    def read(value: Any) -> Any:
        if type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise RecordError(f"expected {_NAMES[kind]}, found {_shown(value)}")

    return read


def _moment_decoder(kind: type[date] | type[time]) -> _Decoder:
    example = "a day like 2020-06-05" if kind is date else "an hour like 18:00"

    def read(value: Any) -> Any:
        try:
            return value if type(value) is kind else kind.fromisoformat(value)
        except (ValueError, TypeError):
            raise RecordError(f"expected {example}, found {_shown(value)}") from None

    return read


def _tuple_decoder(inner: _Decoder) -> _Decoder:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise RecordError(f"expected a list, found {_shown(value)}")
        return tuple(_within(str(number), inner, part) for number, part in enumerate(value, 1))

    return read


def _mapping_decoder(inner: _Decoder) -> _Decoder:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise RecordError(f"expected a table of names and values, found {_shown(value)}")
        return {key: _within(key, inner, part) for key, part in value.items()}

    return read


def _record_decoder(kind: Any) -> _Decoder:
    hints = typing.get_type_hints(kind)
    readers = {name: _decoder(hints[name]) for name, _ in _defaults(kind)}
    # A field that may be None may be left out: None is the model's word for "not found".
    absent = {
        name: None if default is MISSING else default
        for name, default in _defaults(kind)
        if default is not MISSING or type(None) in typing.get_args(hints[name])
    }

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise RecordError(f"expected a {kind.__name__}, found {_shown(value)}")
        given = dict(absent)
        for key, part in value.items():
            if key not in readers:
                raise RecordError(_unknown(key, readers), key)
            given[key] = _within(key, readers[key], part)
        if missing := [name for name in readers if name not in given]:
            raise RecordError("is missing", missing[0])
        return kind(**given)

    return read


def _within(step: str, inner: _Decoder, value: Any) -> Any:
    try:
        return inner(value)
    except RecordError as wrong:
        wrong.path.insert(0, step)
        raise


def _unknown(key: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches  # only when something is wrong: its import costs 7 ms

    close = get_close_matches(key, known, 1)
    return "is not a known field" + (f' (did you mean "{close[0]}"?)' if close else f"; known are {', '.join(known)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
