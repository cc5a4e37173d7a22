"""Reads the language files: per language the words that are understood and the phrases that are said."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")


class LanguageError(Exception):
    """A language file can't be used; the message says which, where and what to do."""


class Later(Mapping[str, Made]):
    """A mapping whose values are made when first asked for: one question needs one language and few of its tables."""

    def __init__(self, keys: Iterable[str], make: Callable[[str], Made]) -> None:
        """`make` is called at most once for each of `keys`; what it raises, the first look-up raises."""
        self._keys = dict.fromkeys(keys)
        self._make = make
        self._made: dict[str, Made] = {}

    def __getitem__(self, key: str) -> Made:
        if key not in self._made:
            if key not in self._keys:
                raise KeyError(key)
            self._made[key] = self._make(key)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys


@dataclass(frozen=True, slots=True)
class Language:
    """All tables of one language."""

    code: str
    """ISO 639-1: "fr", "en"."""
    tables: Mapping[str, Mapping[str, Any]]
    """File name without ending ("dates", "intents", "phrases"…) → its content. Of `load`, a file is read when it is
    first asked for, and LanguageError names its line when it can't be."""


def load(folder: Path) -> dict[str, Language]:
    """The languages of `folder`/<code>/*.toml, French first. Raises LanguageError when there is no French."""
    found: dict[str, Language] = {}
    for place in sorted(folder.iterdir(), key=lambda entry: (entry.name != "fr", entry.name)):
        if place.is_dir():
            found[place.name] = Language(place.name, _tables(place))
    if "fr" not in found:
        raise LanguageError(f"{folder}: no French language files (expected {folder / 'fr'}/*.toml)")
    return found


def _tables(place: Path) -> Mapping[str, Mapping[str, Any]]:
    files = {file.stem: file for file in sorted(place.glob("*.toml"))}
    return Later(files, lambda name: _table(files[name]))


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise LanguageError(f"{file}: {problem}") from problem
