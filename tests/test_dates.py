"""What sentences mean in time: a frozen now, many ways to say it, and sentences that say no date."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from visitbot import clock
from visitbot.config import data_folder
from visitbot.understanding.dates import DateMention, DateWords, find_dates
from visitbot.understanding.dates.almanac import holiday_date
from visitbot.understanding.dates.grammar import ENDS, Match, Node, Pattern
from visitbot.understanding.dates.moments import Setting
from visitbot.understanding.dates.periods import MEANINGS
from visitbot.understanding.request import When
from visitbot.understanding.text import read

SERIES = (date(2020, 5, 13), date(2020, 6, 3))
NOW = clock.parse("2020-05-20T10:00")
LANGUAGES = ("fr", "en", "de", "es", "it", "nl")


def table(language: str) -> dict[str, Any]:
    return tomllib.loads((data_folder() / "languages" / language / "dates.toml").read_text(encoding="utf-8"))


WORDS = {language: DateWords.compile(table(language)) for language in LANGUAGES}


def corpus(language: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "corpus" / f"dates_{language}.toml").read_text(encoding="utf-8"))


def said_dates() -> Iterator[Any]:
    for language in LANGUAGES:
        content = corpus(language)
        for group in content["date"]:
            for sentence in group["said"]:
                yield pytest.param(language, sentence, content["now"], group, id=f"{language}: {sentence}")


def said_nothing() -> Iterator[Any]:
    for language in LANGUAGES:
        content = corpus(language)
        for sentence in content["none"]["said"]:
            yield pytest.param(language, sentence, content["now"], id=f"{language}: {sentence}")


def as_when(text: str) -> When | None:
    """ "2020-05-20", "2020-05-18..2020-05-24", "2020-06-02..", "rank next", "impossible"."""
    if text == "impossible":
        return None
    if text.startswith("rank "):
        value = text.removeprefix("rank ")
        return When(rank=int(value) if value.isdigit() else value)
    first, dots, last = text.partition("..")
    start = date.fromisoformat(first)
    return When(start, date.fromisoformat(last) if last else None if dots else start)


def find(language: str, text: str, now: datetime = NOW, anchor: When | None = None) -> tuple[DateMention, ...]:
    return find_dates(read(text), WORDS[language], now, SERIES, anchor)


@pytest.mark.parametrize(("language", "sentence", "now", "group"), list(said_dates()))
def test_sentence_means(language: str, sentence: str, now: str, group: dict[str, Any]) -> None:
    anchor = as_when(group["anchor"]) if "anchor" in group else None
    found = find(language, sentence, clock.parse(group.get("now", now)), anchor)
    assert found, "no date seen"
    last = found[-1]
    assert last.when == as_when(group["expect"])
    assert last.impossible == (group["expect"] == "impossible")
    if "series" in group:
        assert last.series_when == as_when(group["series"])
    if "follow" in group:
        assert last.follow


@pytest.mark.parametrize(("language", "sentence", "now"), list(said_nothing()))
def test_sentence_has_no_date(language: str, sentence: str, now: str) -> None:
    assert [mention.typed for mention in find(language, sentence, clock.parse(now))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_corpus_is_large(language: str) -> None:
    content = corpus(language)
    assert sum(len(group["said"]) for group in content["date"]) >= 120
    assert len(content["none"]["said"]) >= 70


def test_holidays_of_several_years() -> None:
    assert holiday_date("ascension", 2020) == date(2020, 5, 21)
    assert holiday_date("whit_monday", 2025) == date(2025, 6, 9)
    assert holiday_date("easter_monday", 2022) == date(2022, 4, 18)
    assert holiday_date("mothers_day", 2020) == date(2020, 6, 7)  # 31 May 2020 is Whit Sunday
    assert holiday_date("mothers_day", 2021) == date(2021, 5, 30)
    assert holiday_date("fathers_day", 2020) == date(2020, 6, 21)


def test_words_of_a_name_are_no_date() -> None:
    utterance = read("le musée du 8 mai 1945 rouvre demain ?")
    found = find_dates(utterance, WORDS["fr"], NOW, SERIES, skip=range(1, 6))
    assert [mention.typed for mention in found] == ["demain"]


def test_several_dates_keep_their_places() -> None:
    first, second = find("fr", "c'est quoi demain, et c'est ouvert samedi ?")
    assert (first.typed, second.typed) == ("demain", "samedi")
    assert read("c'est quoi demain, et c'est ouvert samedi ?").words[second.first : second.last] == ("samedi",)


def test_a_day_outweighs_a_rank_beside_it() -> None:
    (only,) = find("fr", "la dernière c'est bien demain ?")
    assert only.when == as_when("2020-05-21")
    assert len(find("fr", "c'est quoi la première et celle de demain ?")) == 2


def test_days_in_a_row_are_one_period() -> None:
    (only,) = find("en", "thursday and friday who")
    assert only.when == as_when("2020-05-21..2020-05-22")


def test_a_comma_and_an_and_part_two_days() -> None:
    first, second = find("fr", "c'était Lille hier, et mardi prochain ?")
    assert (first.typed, second.typed) == ("hier", "mardi prochain")


def test_two_days_of_different_times() -> None:
    first, second = find("en", "What did you visit yesterday and what comes on Monday?")
    assert (first.when, second.when) == (as_when("2020-05-19"), as_when("2020-05-25"))


NOISE = [
    "1" * 4096,
    "le " * 1300,
    "du 1 au " * 500,
    "20/05/" * 600,
    "du lundi au mardi " * 200,
    "((((((",
    "[{number}]",
    "",
    "٣ ٥",
]


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_noise_does_no_harm(language: str, noise: str) -> None:
    for mention in find(language, noise):
        assert 0 <= mention.first < mention.last <= len(read(noise).tokens)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"means": "fortnightly", "say": ["x"]}, "unknown meaning"),
        ({"means": "week", "offset": 0, "say": ["[the week"]}, "never closed"),
        ({"means": "week", "offset": 0, "say": ["the week]"]}, "unbalanced"),
    ],
)
def test_wrong_pattern_is_told(entry: dict[str, Any], problem: str) -> None:
    content = table("fr")
    content["point"].append(entry)
    with pytest.raises(ValueError, match=problem):
        DateWords.compile(content)


CAUGHT = {
    "month": 5, "weekday": 0, "number": 3, "year": 2020, "ordinal": 1, "unit": "day", "holiday": "easter", "day": 1,
    "part": "early", "season": "summer",
}  # fmt: skip


def ways(node: Node, path: tuple[tuple[str, Any], ...] = ()) -> Iterator[tuple[Pattern, tuple[tuple[str, Any], ...]]]:
    """Every pattern with the slots that one way to say it fills."""
    for key, value in node.items():
        if key == ENDS:
            yield from ((pattern, path) for pattern in value)
        elif key[0] == "{":
            slot = key[1:-1].split("_")[0]
            caught = Match(0, 1, TOMORROW, ()) if slot == "point" else CAUGHT.get(slot)
            yield from ways(value, (*path, (slot, caught)))
        else:
            yield from ways(value, path)


TOMORROW = Pattern(
    MEANINGS["relative_day"], {"day": 1}, follow=False, alone=False, inner=False, whole=False, after_rank=False, place=0
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_pattern_fills_what_its_meaning_needs(language: str) -> None:
    at = Setting(NOW.date(), SERIES, for_series=False)
    for root in (WORDS[language].points, WORDS[language].spans):
        for pattern, caught in ways(root):
            when = Match(0, 1, pattern, caught).resolve(at)
            assert when is None or when.rank is not None or when.start is not None, (pattern, caught)
