"""What people write, and what must be understood: conversations, the labelled corpus, and what must never happen."""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from answers import understood
from scoring import compare
from train import read_lines

from visitbot import clock
from visitbot.assembly import knowledge, spoken
from visitbot.understanding.context import Context
from visitbot.understanding.understand import understand
from visitbot.understanding.vocabulary import Vocabulary

CORPUS = Path(__file__).parent / "corpus"
QUESTIONS = sorted((CORPUS / "questions").glob("*.jsonl"))
ALL = read_lines(QUESTIONS, sorted(spoken()))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return knowledge()


def dialogues() -> Iterator[Any]:
    for file in sorted(CORPUS.glob("dialogues_*.toml")):
        for dialogue in tomllib.loads(file.read_text(encoding="utf-8"))["dialogue"]:
            yield pytest.param(dialogue, id=f"{file.stem[-2:]}: {dialogue['name']}")


@pytest.mark.parametrize("dialogue", list(dialogues()))
def test_a_conversation_is_followed(dialogue: dict[str, Any], vocabulary: Vocabulary) -> None:
    now = dialogue["now"].replace(tzinfo=clock.PARIS)
    thread = Context()
    for turn in dialogue["turns"]:
        found = understand(turn["says"], vocabulary, now, thread)
        requests = [request.as_json() for request in found.requests]
        assert compare({"expect": turn["expect"]}, requests, found.choices).right, (turn, requests)
        thread = found.context


def test_the_labelled_questions_stay_understood(vocabulary: Vocabulary) -> None:
    """The committed weights have seen these questions: this holds what was reached, benchmarks/answers.py judges it."""
    outcomes = []
    for line in ALL:
        found, _ = understood(line, vocabulary)
        outcomes.append(compare(line, [request.as_json() for request in found.requests], found.choices))
    count = len(outcomes)
    assert sum(outcome.right for outcome in outcomes) / count >= 0.85
    assert sum(outcome.wrong_venue for outcome in outcomes) / count <= 0.016
    assert sum(outcome.answered for outcome in outcomes) <= 0.08 * sum(outcome.out_of_scope for outcome in outcomes)


@pytest.mark.parametrize(
    "noise", ["", "   ", "?!", "😀😀😀", "\u200b", "a" * 5000, "&lt;b&gt;", "尚博尔城堡", "\x00\x01", "d'" * 3000]
)
def test_noise_is_never_an_answer_about_a_venue(noise: str, vocabulary: Vocabulary) -> None:
    found = understand(noise, vocabulary, datetime(2020, 5, 20, 10, tzinfo=clock.PARIS))
    assert found.requests
    assert not any(request.venues for request in found.requests)


def test_the_same_words_in_other_letters_are_understood_alike(vocabulary: Vocabulary) -> None:
    now = datetime(2020, 5, 20, 10, tzinfo=clock.PARIS)
    plain = understand("quand rouvre chambord ?", vocabulary, now).requests
    for text in (
        "QUAND ROUVRE CHAMBORD ?",
        "ｑｕａｎｄ ｒｏｕｖｒｅ ｃｈａｍｂｏｒｄ ?",
        "quand rouvre\u200b chambord&nbsp;?",
    ):
        assert understand(text, vocabulary, now).requests == plain
