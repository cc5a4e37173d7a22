"""Chooses the words around names that a message of one language is read with."""

from collections.abc import Mapping
from typing import Any

Table = Mapping[str, Any]

HOME = "fr"
"""The language of the venues' names, and of most museums' elsewhere."""
NAMING = ("connectors", "holders", "ties", "types", "streets", "cautious", "common")
"""What names are made of; the other words of a language mean something else in the next ("no", "via", "of")."""


def tables_for(language: str, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables of a language, of those it mixes with, and what French names need; in the order of `tables`."""
    whole = {language, *tables[language]["mixed"]}
    naming = {} if HOME in whole or HOME not in tables else {name: tables[HOME][name] for name in NAMING}
    return {code: tables[code] if code in whole else naming for code in tables if code in whole | {HOME}}
