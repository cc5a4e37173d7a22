"""Puts the rooms together: from a state folder to an Assistant that answers."""

import csv
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from visitbot import config, languages
from visitbot.answering.phrases import Phrases
from visitbot.catalogue.model import Catalogue
from visitbot.catalogue.seed import read_seed
from visitbot.catalogue.store import Store, open_store, read_catalogue
from visitbot.dialogue import Assistant
from visitbot.languages import Language, LanguageError, Later
from visitbot.understanding.intents import IntentModel
from visitbot.understanding.request import INTENTS
from visitbot.understanding.vocabulary import Vocabulary
from visitbot.understanding.weights import Weights, read_weights


def spoken() -> dict[str, Language]:
    """The languages that come with the program. Raises LanguageError."""
    return languages.load(config.data_folder() / "languages")


def seed() -> Path:
    """The folder of the catalogue that comes with the program."""
    return config.data_folder() / "catalogue"


def catalogue(home: Path) -> Catalogue:
    """What is known now: the live state when there is one, else the seed; nothing is written. Raises StoreError."""
    return read_catalogue(home, seed())


def store(home: Path) -> Store:
    """The live state, made from the seed at first start and brought up to a newer seed. Raises StoreError."""
    return open_store(home, seed())


def assistant(home: Path, source: Callable[[], Catalogue] | None = None) -> Assistant:
    """What answers. `source` is asked for each message (a running bot's store); without it `home` is read once.

    Raises StoreError or LanguageError.
    """
    if source is None:
        known = catalogue(home)
        source = lambda: known  # noqa: E731 (a name of its own would say less)
    tongues = spoken()
    return Assistant(
        catalogue=source,
        vocabulary=_compiled_once(tongues, ideas()),
        phrases=Later(tongues, lambda code: Phrases.compile(code, tongues[code].tables["phrases"])),
    )


def knowledge(catalogue: Catalogue | None = None) -> Vocabulary:
    """The vocabulary of a catalogue, else the seed's, for fitting and measuring.

    Weights that are missing or outdated count as none yet.
    """
    try:
        intents, cuts = _weights()
    except LanguageError:
        intents, cuts = IntentModel(), Weights()
    return Vocabulary.compile(catalogue or read_seed(seed()), spoken(), _elsewhere(), ideas(), intents, cuts)


def ideas() -> Mapping[str, Mapping[str, Any]]:
    """What each hint word means and speaks for, in all languages. Raises LanguageError."""
    file = config.data_folder() / "cues.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise LanguageError(f"{file}: the ideas behind the hint words can't be read ({problem})") from problem


def _weights() -> tuple[IntentModel, Weights]:
    folder = config.data_folder()
    try:
        intents = IntentModel(read_weights(folder / "intents.tsv", INTENTS))
        return intents, Weights(read_weights(folder / "cuts.tsv", ["request"]))
    except (OSError, ValueError) as problem:
        raise LanguageError(f"the fitted weights can't be read ({problem}); `make train`") from problem


def _elsewhere() -> list[Mapping[str, Any]]:
    """Museums and landmarks that are not in the series, so that they are known by name and refused."""
    folder = config.data_folder() / "elsewhere"
    found: list[Mapping[str, Any]] = []
    try:
        for file in sorted(folder.glob("*.csv")):
            with file.open(encoding="utf-8", newline="") as rows:
                found.extend(csv.DictReader(rows))
        for file in sorted(folder.glob("*.toml")):
            found.extend(tomllib.loads(file.read_text(encoding="utf-8"))["landmark"])
    except (csv.Error, ValueError, KeyError) as problem:
        raise LanguageError(f"{file}: {problem}") from problem
    return found


def _compiled_once(
    tongues: Mapping[str, Language], ideas: Mapping[str, Mapping[str, Any]]
) -> Callable[[Catalogue], Vocabulary]:
    """Compiling takes milliseconds, a message much less: compile anew only when the catalogue is another one."""
    elsewhere = _elsewhere()
    intents, cuts = _weights()
    known: tuple[Catalogue, Vocabulary] | None = None

    def vocabulary(catalogue: Catalogue) -> Vocabulary:
        nonlocal known
        if known is None or known[0] is not catalogue:
            known = (catalogue, Vocabulary.compile(catalogue, tongues, elsewhere, ideas, intents, cuts))
        return known[1]

    return vocabulary
