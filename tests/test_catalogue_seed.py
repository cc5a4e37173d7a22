"""The seed holds the facts as they were found, each with its source, and a wrong card is explained."""

import shutil
from datetime import date, time
from pathlib import Path

import pytest

from visitbot import config
from visitbot.catalogue.model import Catalogue
from visitbot.catalogue.records import assemble, tables_of
from visitbot.catalogue.seed import SeedError, read_seed

SEED = config.data_folder() / "catalogue"


@pytest.fixture(scope="module")
def seed() -> Catalogue:
    return read_seed(SEED)


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A copy of the cards, to spoil."""
    return Path(shutil.copytree(SEED, tmp_path / "catalogue"))


REOPENINGS = {  # reopening: day, confidence, source
    "pba-lille": ("2020-06-03", "high", "france3-2020-06-pba-lille"),
    "villa-kerylos": (None, "low", "zibeline-2020-ete-monuments"),
    "chambord-park": ("2020-05-11", "high", "francebleu-2020-05-29-chambord"),
    "chambord-castle": ("2020-06-05", "high", "francebleu-2020-06-04-chambord"),
    "nausicaa": ("2020-06-04", "high", "france3-2020-06-nausicaa"),
    "mucem": ("2020-06-29", "high", "20minutes-2020-07-06-mucem"),
    "haut-koenigsbourg": ("2020-06-16", "medium", "sarreguemines-2020-06-haut-koenigsbourg"),
    "maclyon": ("2020-10-07", "medium", "franceinter-2020-10-maclyon"),
    "museum-toulouse": ("2020-06-02", "medium", "francebleu-2020-05-12-toulouse"),
    "museum-toulouse-gardens": (None, "low", "toulouseblog-2020-06"),
    "mba-dijon": ("2020-06-03", "high", "infos-dijon-2020-06-04"),
    "mamc-saint-etienne": ("2020-07-01", "high", "artslife-2020-06-29-mamc"),
    "museoparc-alesia": ("2020-06-06", "high", "francebleu-2020-06-07-alesia"),
    "museum-angers": (None, "low", "villactu-2020-07-angers"),
}


def test_reopenings_are_the_known_ones(seed: Catalogue) -> None:
    told = {one.id: (one.day and one.day.isoformat(), one.confidence, one.source) for one in seed.reopenings}
    assert told == REOPENINGS


def test_an_unknown_reopening_day_keeps_its_window(seed: Catalogue) -> None:
    windows = {one.id: (one.not_before, one.not_after) for one in seed.reopenings if one.status == "unknown"}
    assert windows == {
        "villa-kerylos": (date(2020, 6, 1), date(2020, 6, 30)),
        "museum-angers": (None, date(2020, 7, 7)),
        "museum-toulouse-gardens": (None, date(2020, 6, 7)),
    }
    assert all(one.note["fr"] and one.note["en"] for one in seed.reopenings if one.confidence != "high")


def test_visit_days_are_never_guessed(seed: Catalogue) -> None:
    assert {visit.venue: visit.day for visit in seed.visits if visit.day} == {
        "pba-lille": date(2020, 5, 13),
        "villa-kerylos": date(2020, 5, 27),
        "mucem": date(2020, 6, 3),
    }
    assert len(seed.visits) == 12


def test_the_only_known_video_is_chambords(seed: Catalogue) -> None:
    links = [(visit.venue, link.kind, link.url) for visit in seed.visits for link in visit.links]
    assert sorted(links) == [
        ("chambord", "replay", "https://www.youtube.com/watch?v=WQfLnoGZ75g"),
        ("mucem", "page", "https://www.mucem.org/1-jour-1-visite-privee"),
    ]


def test_closing_days(seed: Catalogue) -> None:
    assert {venue.id: venue.closed_on for venue in seed.venues.values() if venue.closed_on} == {
        "chambord": "2020-03-15",
        "nausicaa": "2020-03-14",
        "mucem": "2020-03-13",
        "haut-koenigsbourg": "2020-03-13",
        "maclyon": "2020-01",
    }


def test_the_series_as_it_was(seed: Catalogue) -> None:
    (series,) = seed.series
    assert (series.start, series.end, series.time, series.minutes) == (
        date(2020, 5, 13),
        date(2020, 6, 3),
        time(18),
        30,
    )
    assert series.stages == 18
    assert {figure.key: figure.value for figure in series.figures} == {
        "views": 450_000,
        "reach": 2_300_000,
        "interactions": 29_000,
        "average_views_last_3": 30_000,
        "average_reach_last_3": 150_000,
    }
    assert [ranking.venues for ranking in series.rankings] == [
        ("villa-kerylos", "chambord", "nausicaa"),
        ("villa-kerylos", "nausicaa", "mucem"),
    ]
    assert len(series.press) == 7
    assert sum(article.url is not None for article in series.press) == 2


def test_closing_days_stand_beside_the_hours_that_name_them(seed: Catalogue) -> None:
    named = {part.id: one.closed_days for part in seed.reopenings for one in part.conditions if one.closed_days}
    tuesday = ("tuesday",)
    assert named == {"maclyon": ("monday", "tuesday"), "mba-dijon": tuesday, "mucem": tuesday, "pba-lille": tuesday}


def test_notes_say_since_when_they_are_true(seed: Catalogue) -> None:
    since = {venue.id: venue.notes_since for venue in seed.venues.values() if venue.notes}
    assert since["museum-angers"] == "2021"
    assert since["museoparc-alesia"] == "2021-07-03"
    assert all(since.values())


def test_as_of_is_the_day_the_source_was_published(seed: Catalogue) -> None:
    castle = next(one for one in seed.reopenings if one.id == "chambord-castle")
    assert castle.as_of == "2020-06-04"
    said = castle.conditions[0].text
    assert (said["fr"], said["en"]) == ("Ouvert de 9\u00a0h à 18\u00a0h", "Open 9 am to 6 pm")
    assert castle.conditions[0].source == "francebleu-2020-06-04-chambord"


def test_each_fact_of_a_venue_names_its_source(seed: Catalogue) -> None:
    facts = ("kind", "city", "department", "region", "latitude", "longitude", "site", "name", "description", "aliases")
    missing = [(venue.id, fact) for venue in seed.venues.values() for fact in facts if fact not in venue.sources]
    assert missing == []
    assert seed.venues["pba-lille"].sources["latitude"] == "wikipedia-pba-lille"


def test_documents_hold_everything(seed: Catalogue) -> None:
    assert assemble(tables_of(seed)) == seed


def test_every_source_is_used(seed: Catalogue) -> None:
    cards = "\n".join(card.read_text(encoding="utf-8") for card in SEED.glob("*/*.toml"))
    assert [source for source in seed.sources if f'"{source}"' not in cards and source not in _COMMENTED] == []


_COMMENTED = {"art-critique-2018-12-mamc"}
"""Named in a comment: it backs an address that has no field."""


@pytest.mark.parametrize(
    ("card", "before", "after", "said"),
    [
        ("venues/mucem.toml", "[name]", "[name", "line 12"),
        ("venues/mucem.toml", 'id         = "mucem"', 'id = "mucm"', 'id = "mucem"'),
        ("venues/mucem.toml", "day        = 2020-06-29", 'day = "29 juin"', "reopenings › mucem › day"),
        ("venues/mucem.toml", "status     =", "statut     =", 'did you mean "status"'),
        ("venues/mucem.toml", "value = 43.2969", "valeur = 43.2969", "latitude › valeur"),
        ("venues/mucem.toml", "value = 43.2969, ", "", "either value = … or unknown = true"),
        ("venues/mucem.toml", '"20minutes-2020-07-06-mucem"\nalso', '"20minutes"\nalso', 'names "20minutes"'),
        ("series/tour-2020.toml", 'venue  = "mba-dijon"', 'venue = "dijon"', 'names "dijon"'),
        ("series/tour-2020.toml", 'venue  = "mba-dijon"', 'venue = "chambord"', "already in"),
        ("series/tour-2020.toml", "stages      = ", "etapes = ", "etapes"),
        (
            "sources.toml",
            "[clic-france]",
            'le-monde = "Le Monde"\n[clic-france]',
            "le-monde: write a source as a table",
        ),
    ],
)
def test_a_wrong_card_is_named_with_its_key(cards: Path, card: str, before: str, after: str, said: str) -> None:
    file = cards / card
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SeedError) as problem:
        read_seed(cards)
    assert str(file) in str(problem.value)
    assert said in str(problem.value)


def test_places_are_optional(cards: Path) -> None:
    (cards / "places.toml").unlink(missing_ok=True)
    assert read_seed(cards).places == {}


def test_a_folder_without_seed_is_said(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"no sources\.toml"):
        read_seed(tmp_path)


def test_cards_are_read_in_plain_french_typography(seed: Catalogue) -> None:
    """What is shown to a French reader: narrow no-break space before ? ! : ; and inside « », typographic apostrophe."""
    said = [
        text
        for venue in seed.venues.values()
        for text in (venue.name["fr"], venue.description["fr"], *venue.forms["fr"].values())
    ]
    said += [text["fr"] for one in seed.reopenings for text in (one.note, *(c.text for c in one.conditions)) if text]
    said += [venue.notes["fr"] for venue in seed.venues.values() if venue.notes]
    wrong = [text for text in said if "'" in text or any(bad in text for bad in (" :", " ;", " ?", " !", "« ", " »"))]
    assert wrong == []
