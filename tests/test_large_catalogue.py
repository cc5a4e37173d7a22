"""Museums told apart by name, on a fixed sample: hundreds of them as catalogue, and as what is elsewhere."""

from collections.abc import Sequence

import pytest
from large_catalogue import (
    FORMS,
    IN_SERIES,
    NOW,
    Judge,
    Typing,
    as_elsewhere,
    as_venue,
    dictated,
    half,
    large,
    museums,
    plainly,
    questions,
    slipped,
)

from visitbot.assembly import knowledge
from visitbot.understanding.understand import Understanding, understand
from visitbot.understanding.vocabulary import Vocabulary

SAMPLE = museums()[::12]
FEW = 0.01
"""Share of names that may be asked back for: a few museums bear the same words."""


@pytest.fixture(scope="module")
def known() -> Vocabulary:
    return knowledge()


@pytest.fixture(scope="module")
def many(known: Vocabulary) -> Vocabulary:
    return large(known.catalogue, museums())


@pytest.fixture(scope="module")
def some(known: Vocabulary) -> Vocabulary:
    return half(known.catalogue, museums()[::2])


def outcomes(known: Vocabulary, judge: Judge, typings: Sequence[Typing]) -> list[tuple[str, str]]:
    """Each question with how it went; those that went well left out."""
    rows = [row for row in SAMPLE if judge is as_venue or row["museofile_id"] not in IN_SERIES]
    asked = [question for form in FORMS for typed in typings for question in questions(rows, form, typed)]
    told = [(judge(understand(text, known, NOW, language=language), row), text) for row, text, language in asked]
    assert len(told) > 300
    return [one for one in told if one[0] not in {"right", "said back"}]


def asked(text: str, known: Vocabulary) -> Understanding:
    return understand(text, known, NOW, language="fr")


def venues(found: Understanding) -> set[str]:
    return {venue for request in found.requests for venue in request.venues}


def test_a_museum_of_many_is_found_by_its_name(many: Vocabulary) -> None:
    failed = outcomes(many, as_venue, [plainly])
    assert not [one for one in failed if one[0] != "asks back"]
    assert len(failed) <= FEW * len(SAMPLE) * len(FORMS)


def test_a_slip_never_leads_to_another_of_many(many: Vocabulary) -> None:
    failed = outcomes(many, as_venue, [slipped(seed) for seed in (1, 2)])
    assert not [one for one in failed if one[0] == "wrong"]
    asks_other = [one for one in failed if one[0] == "asks other"]
    assert len(asks_other) <= FEW * 2 * len(SAMPLE) * len(FORMS)
    assert len(failed) <= 0.05 * 2 * len(SAMPLE) * len(FORMS)


def test_a_museum_elsewhere_is_said_back(known: Vocabulary) -> None:
    assert outcomes(known, as_elsewhere, [plainly, dictated]) == []


def test_a_slip_in_a_museum_elsewhere_names_none_of_the_series(known: Vocabulary) -> None:
    failed = outcomes(known, as_elsewhere, [slipped(seed) for seed in (1, 2, 3)])
    assert not [one for one in failed if one[0] == "wrong"]
    assert len(failed) <= FEW * 3 * len(SAMPLE) * len(FORMS)


def test_several_museums_of_one_name_are_asked_back(many: Vocabulary) -> None:
    found = asked("Quand rouvre le musée municipal ?", many)
    assert venues(found) == set()
    assert len(found.choices) > 50


@pytest.mark.parametrize(("town", "museum"), [("Vendôme", "M0277"), ("Richelieu", "M0261")])
def test_its_town_tells_a_museum_from_others_of_its_name(town: str, museum: str, many: Vocabulary) -> None:
    assert venues(asked(f"Quand rouvre le musée municipal de {town} ?", many)) == {museum}


@pytest.mark.parametrize(
    "text",
    [
        "Quand rouvre le musée municipal de Gand ?", "le musée du costume à Bruxelles, c'est ouvert ?",
        "musée des beaux-arts de Genève ouvert ?", "le musée du bois à Plouf-les-Oies rouvre quand ?",
    ],
)  # fmt: skip
def test_the_name_of_one_of_many_in_another_town_is_elsewhere(text: str, many: Vocabulary) -> None:
    found = asked(text, many)
    assert (venues(found), found.choices) == (set(), ())
    assert any(request.unknown_venue for request in found.requests)


def test_a_museum_that_nothing_is_known_of_is_seldom_taken_for_another(some: Vocabulary) -> None:
    others = museums()[1::8]
    texts = [f"Quand rouvre {row['name']} à {row['city']} ?" for row in others]
    wrong = [text for text in texts if venues(asked(text, some))]
    assert len(wrong) <= 0.03 * len(texts)


@pytest.mark.parametrize(
    "text", ["cuando abre el museo del prado", "quels musées jouent le jeu", "y a-t-il un musée en Bretagne ?"]
)
def test_words_that_only_look_like_a_name_are_none(text: str, known: Vocabulary) -> None:
    names = {row["name"] for row in museums()}
    assert not [one for one in asked(text, known).requests if one.unknown_venue in names]
