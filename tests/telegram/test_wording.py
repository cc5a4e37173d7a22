"""The fixed sentences: the same in every language, within Telegram's limits, well typeset."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from conftest import NOW

from visitbot import assembly
from visitbot.bot.wording import Wording, choose, command
from visitbot.dialogue import Assistant

LANGUAGES = assembly.spoken()


def _strings(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _strings(value, f"{path}{key}.")
        elif isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from ((f"{path}{key}[{number}]", entry) for number, entry in enumerate(value))


def _keys(table: Mapping[str, Any]) -> set[str]:
    return {key for key, _ in _strings(table) if "also[" not in key}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name} - {"the", "of", "name"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_same_keys_and_placeholders_as_in_french(code: str) -> None:
    french, other = LANGUAGES["fr"].tables["bot"], LANGUAGES[code].tables["bot"]
    assert _keys(other) == _keys(french)
    told = dict(_strings(other))
    assert all(_placeholders(told[key]) == _placeholders(text) for key, text in _strings(french) if key in told)


@pytest.mark.parametrize("code", LANGUAGES)
def test_telegrams_limits(code: str, wordings: Mapping[str, Wording]) -> None:
    wording = wordings[code]
    limits = {"name": 64, "description": 512, "short_description": 120}
    assert all(0 < len(wording.profile[key]) <= most for key, most in limits.items())
    for known in wording.commands.values():
        assert re.fullmatch(r"[a-z0-9_]{1,32}", known.name)
        assert len(known.description) <= 256
    for text in wording.examples:
        assert len(f"v1:ask:{text}".replace("\u202f", " ").encode()) <= 64
    # A name that means two commands would answer one of them.
    names = [name for known in wording.commands.values() for name in (known.name, *known.also)]
    assert len(names) == len(set(names))


def test_french_typography() -> None:
    for key, text in _strings(LANGUAGES["fr"].tables["bot"]):
        if ".also" in key:
            continue
        assert not re.search(r"(?<![\u202f])[?!;»]|(?<![\u202f\d])(?<!https):(?!/)|«(?!\u202f)", text), (
            f"{key}: {text!r}"
        )
        assert "'" not in text, f"{key}: straight apostrophe"


MEANT = {"today": "visit", "tomorrow": "visit", "video": "visit"}
"""Commands whose intent has another name."""


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_the_bot_asks_itself_it_understands(
    code: str, wordings: Mapping[str, Wording], real_assistant: Assistant
) -> None:
    wording, venues = wordings[code], real_assistant.catalogue().venues

    def understood(question: str) -> list[tuple[str, tuple[str, ...]]]:
        requests = real_assistant.reply(question, NOW, None, code).understanding.requests
        return [(request.intent, request.venues) for request in requests]

    for key, known in wording.commands.items():
        if known.question:
            assert understood(known.question) == [(MEANT.get(key, key), ())], known.question
        if known.about:
            about = known.about.replace("{subject}", "Mucem")
            assert understood(about) == [(MEANT.get(key, key), ("mucem",))], about
    for topic in wording.asking:
        for venue in venues.values():
            question = wording.question(topic, venue) or ""
            assert understood(question) == [(topic.partition(".")[0], (venue.id,))], question


def test_a_command_is_read_in_any_language_capitals_and_accents(wordings: Mapping[str, Wording]) -> None:
    french = wordings["fr"]
    for typed, key, subject, language in (
        ("/Réouverture du Mucem", "reopening", "du Mucem", "fr"),
        ("/REOPENING@visite_bot the Mucem", "reopening", "the Mucem", "en"),
        ("/aujourd’hui", "today", "", "fr"),
        ("/à propos", "about", "", "fr"),
        ("/Confidentialité", "privacy", "", "fr"),
        ("/video Mucem", "video", "Mucem", "fr"),
        ("/help", "help", "", "fr"),
        ("/today", "today", "", "en"),
    ):
        read = command(typed, wordings, french)
        assert read is not None, typed
        assert (read.command.key, read.subject, read.wording.language) == (key, subject, language)
    assert command("/unknown", wordings, french) is None
    assert command("quand ?", wordings, french) is None


def test_a_subject_with_braces_is_only_text(wordings: Mapping[str, Wording]) -> None:
    read = command("/reouverture {0.__class__} {subject}", wordings, wordings["fr"])
    assert read is not None
    assert read.question == "Quand rouvre {0.__class__} {subject}\u202f?"


def test_an_unknown_language_gets_the_usual_one(wordings: Mapping[str, Wording]) -> None:
    assert choose(wordings, None, "pt-br", "en").language == "en"
    assert choose(wordings, "EN-gb").language == "en"
    assert choose(wordings, "xx").language == "fr"
