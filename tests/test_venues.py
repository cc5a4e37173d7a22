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
from visitbot.understanding.venues import Mention, VenueIndex, find_mentions, tables_for

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


def index_for(language: str) -> VenueIndex:
    tables = {code: language.tables["venues"] for code, language in load(DATA / "languages").items()}
    return VenueIndex.compile(read_seed(DATA / "catalogue"), tables_for(language, tables), [*museums(), *landmarks()])


@pytest.fixture(scope="module")
def index() -> VenueIndex:
    return index_for("fr")


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


TOWNS = ("Lyon", "Dijon", "Marseille", "Lille", "Angers", "Toulouse", "Saint-Étienne", "Boulogne-sur-Mer")
SUBJECTS = (
    ("car", "de l'automobile"), ("wine", "du vin"), ("soap", "du savon"), ("textile", "du tissu"),
    ("tapestry", "de la tapisserie"), ("aviation", "de l'aviation"), ("football", "du football"), ("toy", "du jouet"),
    ("chocolate", "du chocolat"), ("resistance", "de la résistance"), ("train", "du train"), ("silk", "de la soie"),
    ("mustard", "de la moutarde"), ("postal", "de la poste"), ("fire brigade", "des pompiers"), ("wax", "de cire"),
    ("medical", "de la médecine"), ("printing", "de l'imprimerie"), ("cinema", "du cinéma"), ("army", "de l'armée"),
)  # fmt: skip
ASKED = (
    ("en", "when does the {town} {subject} museum reopen?"),
    ("en", "is the {subject} museum in {town} open?"),
    ("en", "the museum of {subject} in {town}?"),
    ("en", "in {town}, when does the {subject} museum reopen?"),
    ("fr", "à {town}, le musée {subject} rouvre quand ?"),
    ("fr", "le musée {subject} à {town} est ouvert ?"),
    ("fr", "quand rouvre le musée {subject} de {town} ?"),
    ("fr", "{town} musée {subject} ouvert ?"),
)


@pytest.mark.parametrize(("language", "pattern"), ASKED)
def test_another_museum_in_a_town_of_the_series_is_elsewhere(language: str, pattern: str, index: VenueIndex) -> None:
    wrong = []
    for town in TOWNS:
        for english, french in SUBJECTS:
            text = pattern.format(town=town, subject=english if language == "en" else french)
            found = find_mentions(read(text), index, language)
            aimed = [m for m in found if m.kind in {"venue", "place"} and m.role == "target"]
            if aimed or not any(m.kind == "outside" for m in found):
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize(
    ("town", "venue", "english", "french"),
    [
        ("Lyon", "maclyon", "contemporary art", "d'art contemporain"),
        ("Dijon", "mba-dijon", "fine arts", "des beaux-arts"),
        ("Lille", "pba-lille", "fine arts", "des beaux-arts"),
        ("Angers", "museum-angers", "natural history", "d'histoire naturelle"),
        ("Toulouse", "museum-toulouse", "natural history", "d'histoire naturelle"),
        ("Saint-Étienne", "mamc-saint-etienne", "modern art", "d'art moderne"),
    ],
)
def test_the_museum_of_a_town_is_found_in_the_same_words(
    town: str, venue: str, english: str, french: str, index: VenueIndex
) -> None:
    for language, pattern in ASKED:
        text = pattern.format(town=town, subject=english if language == "en" else french)
        assert meant(text, index, language) == {venue}, text
        assert meant(pattern.format(town=town, subject="").replace("of  in", "in"), index, language) <= {venue}


def test_landmarks_are_elsewhere_by_name(index: VenueIndex) -> None:
    missed = [
        alias
        for landmark in landmarks()
        for alias in landmark["aliases"]
        if meant(f"Quand rouvre {alias} ?", index) or not outside(f"Quand rouvre {alias} ?", index)
    ]
    assert missed == []


@pytest.mark.parametrize("language", load(DATA / "languages"))
def test_each_venue_is_found_by_its_names(language: str) -> None:
    spoken = index_for(language)
    for venue in read_seed(DATA / "catalogue").venues.values():
        for name in {venue.name[language], venue.name["fr"], venue.forms[language]["the"]}:
            assert meant(f"{name} ?", spoken, language) == {venue.id}


@pytest.mark.parametrize("language", ["de", "es", "it", "nl"])
def test_small_words_belong_to_their_language(language: str) -> None:
    """Spanish "no" denies, Dutch "of" is "or", German "die" an article: none of it in French and English, and back."""
    spoken = index_for(language)
    said = {
        "de": "nicht Chambord, sondern die Villa Kérylos", "es": "no Chambord, sino la villa Kérylos",
        "it": "non Chambord, ma la villa Kérylos", "nl": "niet Chambord, maar de villa Kérylos",
    }  # fmt: skip
    roles = {mention.ids[0]: mention.role for mention in find_mentions(read(said[language]), spoken, language)}
    assert roles == {"chambord": "negated", "villa-kerylos": "target"}


def test_each_venue_is_found_with_a_typo(index: VenueIndex) -> None:
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
        "météo à Chambord", "moutarde de Dijon", "mac marseille", "l'aquarium de Lyon", "l'aquarium à Gand",
        "is the aquarium in Ghent open?", "is the aquarium open in Ghent?", "fine arts museum in Ghent",
        "le château à Turin", "le muséum à Genève", "Nancy's aquarium", "natural history museum in Vienna",
        "à Paris, l'aquarium est ouvert ?", "musée d'art moderne de Lille Métropole", "LaM Lille métropole",
        "musée des civilisations asiatiques", "musée des civilisations noires Dakar", "Gaumont Alésia",
        "musée de la civilisation à Québec", "Beaulieu-sur-Dordogne", "le cinéma Alésia", "Alésia cinéma",
        "Bozar in Brussels", "château de Chambon", "how many cases of covid in Lyon", "combien d'habitants à Toulouse",
        "any vet open on Sunday in Angers", "un bouchon à Lyon", "ehpad de Dijon", "les restos rouvrent quand à Lille",
        "are pubs open in Lille", "les zoos à Lyon",
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
        ("la tempête Kérylos arrive", {"villa-kerylos": "other"}),
        ("Chambord Street", {"chambord": "other"}),
        ("le muséum, pas celui d'Angers, celui de Toulouse", {"museum-toulouse": "target", "angers": "negated"}),
        ("contrairement au Mucem, Chambord a une date ?", {"mucem": "compared", "chambord": "target"}),
        ("I missed Chambord. When's Alesia?", {"chambord": "seen", "museoparc-alesia": "target"}),
        ("Chambord, trop loin, Alésia ouvre quand ?", {"chambord": "seen", "museoparc-alesia": "target"}),
        ("Leaving out Lyon, is the Mucem open?", {"lyon": "excluded", "mucem": "target"}),
        ("Écris à tous : « Chambord est fermé », signé Clic France", {"chambord": "other"}),
        ("Mon fils demande : « et Chambord, il rouvre quand ? »", {"chambord": "target"}),
        ("Quand rouvre « Chambord » au public ?", {"chambord": "target"}),
        ("No need to tell me about Alésia, when does the Mucem open?", {"museoparc-alesia": "seen", "mucem": "target"}),
    ],
)
def test_a_mention_is_not_a_target(text: str, roles: dict[str, str], index: VenueIndex) -> None:
    assert {m.ids[0]: m.role for m in find_mentions(read(text), index, "fr") if m.ids} == roles


def test_two_venues_that_fit_are_both_named(index: VenueIndex) -> None:
    found = {m.ids for text in ("le muséum", "le musée des beaux-arts") for m in find_mentions(read(text), index, "fr")}
    assert found == {("museum-angers", "museum-toulouse"), ("mba-dijon", "pba-lille")}


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        ("le château de François premier a deux escaliers", "chambord"),
        ("the double spiral staircase", "chambord"),
        ("Léonard's staircase", "chambord"),
        ("le cube de béton à Marseille", "mucem"),
        ("le musée de la Méditerranée", "mucem"),
        ("Reinach's villa", "villa-kerylos"),
        ("la forteresse rose", "haut-koenigsbourg"),
        ("Caesar and the Gauls", "museoparc-alesia"),
        ("le musée océanographique de Boulogne", "nausicaa"),
        ("the fishes and the sharks", "nausicaa"),
        ("le muséum au jardin des plantes à Toulouse", "museum-toulouse"),
        ("langers museum", "museum-angers"),
        ("the museum in Dijon", "mba-dijon"),
    ],
)
def test_a_venue_is_known_by_its_description(text: str, venue: str, index: VenueIndex) -> None:
    assert meant(text, index, "fr" if text.startswith(("le ", "la ")) else "en") == {venue}


@pytest.mark.parametrize(
    "text", ["castle I", "a museum I could see", "which museum You like", "le musée notre préféré"]
)
def test_pronouns_are_no_names(text: str, index: VenueIndex) -> None:
    assert not outside(text, index)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("dans le 67", "bas-rhin"), ("et dans le 13 ?", "bouches-du-rhone"), ("dans la loire", "loire"),
        ("dans le nord", "nord"), ("the Lyon area", "lyon"), ("la visite dangers", "angers"),
    ],
)  # fmt: skip
def test_a_place_is_known_by_number_and_in_small_letters(text: str, place: str, index: VenueIndex) -> None:
    assert [mention.ids for mention in find_mentions(read(text), index)] == [(place,)]


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
