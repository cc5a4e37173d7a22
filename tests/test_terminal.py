"""How an answer stands on the screen: cut at words, addresses visible, nothing in it that steers the terminal."""

import re

from visitbot.answering.answer import Action, Answer, Span
from visitbot.terminal import Screen

ESCAPE = "\x1b"

ANSWER = Answer(
    paragraphs=(
        (
            Span("Le parc de "),
            Span("Chambord", strong=True),
            Span(" a rouvert le 11 mai\u202f; le château rouvrira le 5 juin."),
        ),
        (
            Span("Source : "),
            Span("France Bleu", url="https://example.org/a"),
            Span(".\n– une liste\n– de deux lignes"),
        ),
    ),
    actions=(Action("open", "Voir la visite", "https://example.org/b"), Action("ask", "Et Nausicaá ?", "nausicaa")),
)


def test_lines_are_cut_at_words_and_no_wider_than_the_screen() -> None:
    for width in (20, 40, 79):
        shown = Screen(width).answer(ANSWER)
        assert all(len(line) <= width for line in shown.splitlines() if "https://" not in line)
        assert shown.split()[:3] == ["Le", "parc", "de"]
        assert "– une liste\n– de deux lignes" in shown


def test_a_long_item_stands_under_its_first_word() -> None:
    listed = Answer(paragraphs=((Span("– Réservation conseillée, non obligatoire"),),))
    assert Screen(24).answer(listed) == "– Réservation\n  conseillée, non\n  obligatoire"


def test_every_address_is_visible_with_its_name() -> None:
    shown = Screen(79).answer(ANSWER)
    assert "France Bleu\n  https://example.org/a" in shown
    assert "Voir la visite\n  https://example.org/b" in shown
    assert "Nausicaá" not in shown


def test_styles_do_not_count_as_text() -> None:
    styled = Screen(40, colours=True).answer(ANSWER)
    assert f"{ESCAPE}[1mChambord{ESCAPE}[0m" in styled
    assert re.sub(r"\x1b\[\d*m", "", styled) == Screen(40).answer(ANSWER)


def test_what_was_typed_cannot_steer_the_screen() -> None:
    quoted = Answer(paragraphs=((Span("« Louvre\x1b[2J\x9b31m\x07 » n'est pas dans la série."),),))
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", Screen(79).answer(quoted)) is None
