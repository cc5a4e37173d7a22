"""`visitbot check` finds what is wrong, says what is missing, and speaks plainly in each language."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from visitbot import config, languages
from visitbot.catalogue.check import Finding, check, render
from visitbot.catalogue.model import Catalogue, Condition, Venue
from visitbot.catalogue.seed import read_seed
from visitbot.languages import Language


@pytest.fixture(scope="module")
def tongues() -> dict[str, Language]:
    return languages.load(config.data_folder() / "languages")


@pytest.fixture(scope="module")
def seed() -> Catalogue:
    return read_seed(config.data_folder() / "catalogue")


def keys(findings: list[Finding], severity: str) -> set[tuple[str, str]]:
    return {(finding.where, finding.key) for finding in findings if finding.severity == severity}


def test_the_seed_has_no_error(seed: Catalogue, tongues: dict[str, Language]) -> None:
    assert [finding for finding in check(seed, tongues) if finding.severity == "error"] == []


def test_what_is_missing_and_contradictory_is_said_in_french(seed: Catalogue, tongues: dict[str, Language]) -> None:
    said = render(check(seed, tongues), tongues["fr"])
    assert "18 étapes annoncées, 12 visites connues." in said
    assert "18 étapes annoncées, mais 16 jours de semaine du 2020-05-13 au 2020-06-03." in said
    assert "Visites dont le jour est inconnu (9)\u202f: Domaine national de Chambord" in said
    assert "Visites sans lien (10)" in said
    assert "Réouvertures dont le jour est inconnu (3)" in said
    assert "Villa Kérylos" in said
    assert said.endswith("Aucune erreur.")


def test_the_same_in_english(seed: Catalogue, tongues: dict[str, Language]) -> None:
    said = render(check(seed, tongues), tongues["en"])
    assert "18 stages announced, but 16 weekdays from 2020-05-13 to 2020-06-03." in said
    assert "Visits whose day is unknown (9): Chambord Castle" in said
    assert said.endswith("No error.")


def spoiled_venue(**fields: Any) -> Callable[[Catalogue], Catalogue]:
    def spoil(catalogue: Catalogue) -> Catalogue:
        venue: Venue = replace(catalogue.venues["mucem"], **fields)
        return replace(catalogue, venues={**catalogue.venues, "mucem": venue})

    return spoil


def spoiled(table: str, record_id: str, **fields: Any) -> Callable[[Catalogue], Catalogue]:
    def spoil(catalogue: Catalogue) -> Catalogue:
        held = getattr(catalogue, table)
        changed = tuple(replace(one, **fields) if one.id == record_id else one for one in held)
        changes: dict[str, Any] = {table: changed}
        return replace(catalogue, **changes)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "severity", "where", "key"),
    [
        (spoiled_venue(kind="musée"), "error", "venues › mucem › kind", "not-allowed"),
        (spoiled_venue(site="www.mucem.org"), "error", "venues › mucem › site", "bad-address"),
        (spoiled_venue(site="http://[mucem"), "error", "venues › mucem › site", "bad-address"),
        (spoiled_venue(site=None), "warning", "venues › mucem", "no-site"),
        (spoiled_venue(latitude=5.36, longitude=43.29), "error", "venues › mucem", "not-in-france"),
        (spoiled_venue(latitude=None), "warning", "venues › mucem", "no-coordinates"),
        (spoiled_venue(city="Marseile"), "warning", "venues › mucem › city", "place-unknown"),
        (spoiled_venue(description={"fr": "Musée."}), "error", "venues › mucem › description", "no-language"),
        (spoiled_venue(sources={}), "warning", "venues › mucem › city", "no-source"),
        (spoiled_venue(sources={"city": "nowhere"}), "error", "venues › mucem › sources", "dead-reference"),
        (spoiled("reopenings", "mucem", venue="mucm"), "error", "reopenings › mucem › venue", "dead-reference"),
        (spoiled("reopenings", "mucem", status="ouvert"), "error", "reopenings › mucem › status", "not-allowed"),
        (
            spoiled("reopenings", "mucem", conditions=(Condition({}, "clic-france", closed_days=("mardi",)),)),
            "error",
            "reopenings › mucem › conditions › closed_days",
            "not-allowed",
        ),
        (spoiled("reopenings", "mucem", day=None), "error", "reopenings › mucem", "status-without-day"),
        (spoiled("reopenings", "mucem", status="unknown"), "error", "reopenings › mucem", "unknown-with-day"),
        (spoiled("reopenings", "mucem", day=date(2020, 3, 1)), "error", "reopenings › mucem", "reopens-before-closing"),
        (spoiled("reopenings", "mucem", source=None), "warning", "reopenings › mucem", "no-source"),
        (spoiled("reopenings", "mucem", as_of=None), "note", "reopenings › mucem", "no-as-of"),
        (
            spoiled("visits", "tour-2020-mucem", day=date(2020, 6, 4)),
            "error",
            "visits › tour-2020-mucem",
            "outside-series",
        ),
        (spoiled("series", "tour-2020", end=date(2020, 5, 1)), "error", "series › tour-2020", "window-reversed"),
    ],
)
def test_each_kind_of_fault_is_found(
    seed: Catalogue,
    tongues: dict[str, Language],
    spoil: Callable[[Catalogue], Catalogue],
    severity: str,
    where: str,
    key: str,
) -> None:
    findings = check(spoil(seed), tongues)
    assert (where, key) in keys(findings, severity)
    assert (where, key) not in keys(check(seed, tongues), severity)
    for tongue in tongues.values():
        assert where in render(findings, tongue)


def test_a_phrase_that_one_language_lacks_is_an_error(seed: Catalogue, tongues: dict[str, Language]) -> None:
    lame = {**tongues["en"].tables["check"], "verdict": {"good": "No {mistake}.", "errors": "Errors."}}
    del lame["heading"]
    english = Language("en", {**tongues["en"].tables, "check": lame})
    found = keys(check(seed, {**tongues, "en": english}), "error")
    assert ("en/check.toml › heading.error", "no-key") in found
    assert ("en/check.toml › verdict.good", "strange-placeholder") in found


def test_a_language_file_that_is_missing_is_an_error(seed: Catalogue, tongues: dict[str, Language]) -> None:
    more = Language("eo", {name: table for name, table in tongues["fr"].tables.items() if name != "check"})
    found = keys(check(seed, {**tongues, "eo": more}), "error")
    assert ("eo/check.toml", "no-language-file") in found
    assert ("venues › mucem › name", "no-language") in found


def test_another_form_of_a_venues_name_is_no_fault(seed: Catalogue) -> None:
    french = Language("fr", {"phrases": {"info": "Le site {of}."}})
    english = Language("en", {"phrases": {"info": "The site of {the}."}})
    found = check(seed, {"fr": french, "en": english})
    assert [finding for finding in found if finding.where.endswith("phrases.toml › info")] == []
