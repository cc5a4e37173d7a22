"""Which places a message speaks of: the corpora, names that are elsewhere, and what a place beside a venue means."""

import csv
import time
import tomllib
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from visitbot.catalogue.seed import read_seed
from visitbot.languages import load
from visitbot.understanding.phonetics import key
from visitbot.understanding.text import read
from visitbot.understanding.venues import Mention, VenueIndex, find_mentions

DATA = Path(__file__).parents[1] / "data"
CORPUS = Path(__file__).parent / "corpus"
IN_SERIES = {"M0629", "M5002", "M1033", "M7013", "M0137", "M1024", "M0131", "M7017"}
"""Rows of museums.csv that are venues of the series."""


def museums() -> list[dict[str, str]]:
    with (DATA / "elsewhere" / "museums.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def landmarks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((DATA / "elsewhere" / "landmarks.toml").read_text("utf-8"))["landmark"]
    return found


def cases(language: str) -> list[Any]:
    rows = tomllib.loads((CORPUS / f"venues_{language}.toml").read_text("utf-8"))["case"]
    return [pytest.param(language, row["text"], row["mentions"], id=row["text"][:50]) for row in rows]


@pytest.fixture(scope="module")
def index() -> VenueIndex:
    tables = {code: language.tables["venues"] for code, language in load(DATA / "languages").items()}
    return VenueIndex.compile(read_seed(DATA / "catalogue"), tables, [*museums(), *landmarks()])


def meant(text: str, index: VenueIndex, language: str = "fr") -> set[str]:
    """The venues that are the target, those of unclear mentions left out."""
    found = find_mentions(read(text), index, language)
    return {m.ids[0] for m in found if m.kind == "venue" and m.role == "target" and len(m.ids) == 1}


def outside(text: str, index: VenueIndex) -> list[Mention]:
    return [mention for mention in find_mentions(read(text), index) if mention.kind == "outside"]


@pytest.mark.parametrize(("language", "text", "expected"), [*cases("fr"), *cases("en")])
def test_corpus(language: str, text: str, expected: list[dict[str, Any]], index: VenueIndex) -> None:
    found = [
        {"kind": mention.kind, "ids": list(mention.ids), "role": mention.role}
        | ({"name": mention.name} if mention.name else {})
        for mention in find_mentions(read(text), index, language)
    ]
    assert found == expected


def test_no_museum_elsewhere_is_taken_for_a_venue(index: VenueIndex) -> None:
    wrong = []
    for row in museums():
        if row["museofile_id"] not in IN_SERIES:
            name, city = row["name"], row["city"]
            asked = (
                (f"Quand rouvre {name} ?", "fr"),
                (f"{name} à {city}, c'est ouvert ?", "fr"),
                (f"Is {name} open?", "en"),
            )
            wrong += [text for text, language in asked if meant(text, index, language)]
    assert wrong == []


def test_landmarks_are_elsewhere_by_name(index: VenueIndex) -> None:
    missed = [
        alias
        for landmark in landmarks()
        for alias in landmark["aliases"]
        if meant(f"Quand rouvre {alias} ?", index) or not outside(f"Quand rouvre {alias} ?", index)
    ]
    assert missed == []


def test_each_venue_is_found_by_its_names_and_with_a_typo(index: VenueIndex) -> None:
    for venue in read_seed(DATA / "catalogue").venues.values():
        for language, name in venue.name.items():
            assert meant(f"{name} ?", index, language) == {venue.id}
    for typed, venue_id in {
        "chamborrd": "chambord",
        "nausiccaa": "nausicaa",
        "koenigsbuorg": "haut-koenigsbourg",
    }.items():
        assert meant(f"quand rouvre {typed} ?", index) == {venue_id}


@pytest.mark.parametrize(
    "text",
    [
        "musée des Beaux-Arts de Lyon", "muséum de Nantes", "Chenonceau", "la rue d'Alésia", "station Alésia",
        "musée Toulouse-Lautrec", "musée Rude à Dijon", "galerie David d'Angers", "château d'Angers",
        "musée de Boulogne-sur-Mer", "Nausicaa de Miyazaki", "cinéma le Chambord", "hôtel à Chambord",
        "Louvre-Lens", "zoo de Lille", "cathédrale Saint-Étienne", "musée Truc à Lyon", "the Foo Museum in Lyon",
        "météo à Chambord", "moutarde de Dijon", "mac marseille", "l'aquarium de Lyon",
    ],
)  # fmt: skip
def test_look_alikes_are_elsewhere(text: str, index: VenueIndex) -> None:
    assert meant(text, index) == set()
    assert outside(text, index)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("non pas Chambord, Nausicaá", {"chambord": "negated", "nausicaa": "target"}),
        ("quels châteaux à part Chambord ?", {"castle": "target", "chambord": "excluded"}),
        ("je pars de Lyon, Chambord est ouvert ?", {"lyon": "origin", "chambord": "target"}),
        ("j'ai vu le Mucem hier. Et Alésia, c'est quand ?", {"mucem": "seen", "museoparc-alesia": "target"}),
        ("il paraît que Lille rouvre, et le Mucem ?", {"lille": "seen", "mucem": "target"}),
        ("mon chien Nausicaa adore l'eau", {"nausicaa": "other"}),
    ],
)
def test_a_mention_is_not_a_target(text: str, roles: dict[str, str], index: VenueIndex) -> None:
    assert {m.ids[0]: m.role for m in find_mentions(read(text), index, "fr") if m.ids} == roles


def test_two_venues_that_fit_are_both_named(index: VenueIndex) -> None:
    found = {m.ids for text in ("le muséum", "le musée des beaux-arts") for m in find_mentions(read(text), index, "fr")}
    assert found == {("museum-angers", "museum-toulouse"), ("mba-dijon", "pba-lille")}


@pytest.mark.parametrize("other", ["marsay", "marseil", "marsaille"])
def test_words_that_sound_alike_have_one_key(other: str) -> None:
    assert key(other) == key("marseille")


def test_a_place_added_to_the_catalogue_wins_over_what_is_elsewhere(index: VenueIndex) -> None:
    assert index.phrases["chambord"][0].kind == "venue"


def test_a_message_is_read_in_well_under_a_millisecond(index: VenueIndex) -> None:
    texts = [read(row["text"]) for row in tomllib.loads((CORPUS / "venues_fr.toml").read_text("utf-8"))["case"]]
    spent = []
    for text in texts * 2:
        began = time.process_time()
        find_mentions(text, index, "fr")
        spent.append(time.process_time() - began)
    assert median(spent) < 0.003  # ten times what it takes: only to notice a blunder
