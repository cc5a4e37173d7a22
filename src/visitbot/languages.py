"""Reads the language files: per language the words that are understood and the phrases that are said."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

Made = TypeVar("Made")
_LIST = re.compile(r"^([A-Za-z0-9_-]+) = \[([^]]*)\]\n", re.MULTILINE)
_BETWEEN = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_SPECIAL = re.compile(r"[\\\x00-\x08\x0b-\x1f\x7f]")


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
        text = file.read_text(encoding="utf-8")
        return lists(text) or tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise LanguageError(f"{file}: {problem}") from problem


def lists(text: str) -> dict[str, list[str]] | None:
    """A TOML text that is nothing but lists of plain texts, and comments between them; None when it is anything else.

    The hint words are thousands of texts in such lists: cutting them at the quotes takes a tenth of tomllib's time.
    """
    found: dict[str, list[str]] = {}
    if _SPECIAL.search(text):
        return None
    at = 0
    for entry in _LIST.finditer(text):
        name, held = entry.groups()
        texts = held.split('"')
        marks = {texts[0] + ",", *texts[2:-1:2], "," + texts[-1].replace(",", "", 1)}
        plain = len(texts) % 2 and {mark.strip(" \t\n") for mark in marks} == {","}
        if not plain or name in found or not _BETWEEN.fullmatch(text, at, entry.start()):
            return None
        found[name] = texts[1::2]
        at = entry.end()
    if not _BETWEEN.fullmatch(text, at) or any("\n" in one for held in found.values() for one in held):
        return None
    return found
