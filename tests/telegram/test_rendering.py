"""Answers as Telegram messages, also of rubbish."""

import random

import pytest
from bot_api import visible

from visitbot.answering.answer import Answer, Span
from visitbot.bot import rendering
from visitbot.bot.buttons import read

ODD = [
    "<b>", "</a>", "&amp;", "&", "<", '"', "'", "\x00", "\u200d", "\u202f", "\ud800", "\udfff", "👩‍👩‍👧‍👦", "é",
    "e\u0301", "𝔐", "Fin. ", "Quoi\u202f? ", "mot ", "\n", "\n\n", "\t", "x" * 50, "«\u202fà\u202f» ",
]  # fmt: skip
ADDRESSES = [None, None, "https://example.org/?a=1&b=\"<x>'", "javascript:alert(1)", "", "http://", "tel:+33"]


def rubbish(chance: random.Random) -> Answer:
    """Anything that could ever get into an answer."""

    def span() -> Span:
        text = "".join(chance.choices(ODD, k=chance.randrange(0, 400)))
        return Span(text, chance.choice(ADDRESSES), chance.random() < 0.3)

    return Answer(tuple(tuple(span() for _ in range(chance.randrange(0, 5))) for _ in range(chance.randrange(0, 8))))


@pytest.mark.parametrize("seed", range(150))
def test_rubbish_stays_within_the_limits_and_loses_nothing(seed: int) -> None:
    chance = random.Random(seed)
    answer, limit = rubbish(chance), chance.choice([20, 100, 4096])
    parts = [visible(part) for part in rendering.messages(answer, limit)]
    assert all(part.strip() for part in parts)
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    said = rendering.plain("".join(span.text for paragraph in answer.paragraphs for span in paragraph))
    assert "".join("".join(parts).split()) == "".join(said.split())


def test_a_long_text_is_cut_after_a_sentence_else_between_words() -> None:
    sentences = "Une phrase courte. Et une autre, plus longue ! La dernière"
    first, second = rendering.messages(Answer(((Span(sentences),),)), 50)
    assert first == "Une phrase courte. Et une autre, plus longue !"
    assert second == "La dernière"
    assert rendering.messages(Answer(((Span("des mots sans point"),),)), 12) == ["des mots", "sans point"]


def test_a_tag_that_is_cut_is_closed_and_opened_again() -> None:
    assert rendering.messages(Answer(((Span("gras encore", strong=True),),)), 6) == ["<b>gras</b>", "<b>encore</b>"]


def test_paragraphs_stay_together_while_there_is_room() -> None:
    answer = Answer(((Span("aa"),), (Span("bb"),), (Span("cc"),)))
    assert rendering.messages(answer, 6) == ["aa\n\nbb", "cc"]


def test_an_emoji_is_two_units_and_is_never_halved() -> None:
    assert rendering.messages(Answer(((Span("👍👍👍"),),)), 5) == ["👍👍", "👍"]


def test_nothing_to_say_is_no_message() -> None:
    assert rendering.messages(Answer(((Span(" "), Span("")), ()))) == []


@pytest.mark.parametrize(
    "data", ["", "v1", "v1:", "v1:ask", "v2:ask:a", "v1:about:fr:x", "v1:delete:all", "x" * 64, None]
)
def test_a_button_of_unknown_make_is_nothing(data: str | None) -> None:
    assert read(data) is None


def test_a_french_question_comes_back_with_its_narrow_spaces() -> None:
    press = read("v1:ask:Quand rouvre « Chambord » ?")
    assert press is not None
    assert press.value == "Quand rouvre «\u202fChambord\u202f»\u202f?"
