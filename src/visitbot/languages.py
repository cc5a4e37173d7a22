"""Reads the language files: per language the words that are understood and the phrases that are said."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class LanguageError(Exception):
    """A language file can't be used; the message says which, where and what to do."""


@dataclass(frozen=True, slots=True)
class Language:
    """All tables of one language."""

    code: str
    """ISO 639-1: "fr", "en"."""
    tables: Mapping[str, Mapping[str, Any]]
    """File name without ending ("dates", "intents", "phrases"…) → its content."""


def load(folder: Path) -> dict[str, Language]:
    """Read `folder`/<code>/*.toml, French first. Raises LanguageError naming file and line."""
    found: dict[str, Language] = {}
    for place in sorted(folder.iterdir(), key=lambda entry: (entry.name != "fr", entry.name)):
        if place.is_dir():
            found[place.name] = Language(place.name, {file.stem: _table(file) for file in sorted(place.glob("*.toml"))})
    if "fr" not in found:
        raise LanguageError(f"{folder}: no French language files (expected {folder / 'fr'}/*.toml)")
    return found


def _table(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise LanguageError(f"{file}: {problem}") from problem
