"""When no reading is likely enough, the bot asks what is meant instead of guessing."""

from dataclasses import replace

import pytest

from visitbot import assembly, clock
from visitbot.answering.answers import ask_meaning
from visitbot.answering.phrases import Phrases
from visitbot.assembly import knowledge
from visitbot.understanding.carrying import ABOUT_ONE
from visitbot.understanding.intents import IntentModel
from visitbot.understanding.request import INTENTS, Request
from visitbot.understanding.understand import PLAIN, understand
from visitbot.understanding.vocabulary import Vocabulary

NOW = clock.parse("2020-05-20T10:00")
GENERAL = [intent for intent in INTENTS if intent not in PLAIN | ABOUT_ONE]
TONGUES = assembly.spoken()


@pytest.fixture(scope="module")
def undecided() -> Vocabulary:
    """A vocabulary that finds all intents equally likely."""
    return replace(knowledge(), intents=IntentModel())


def test_an_unclear_wish_for_a_venue_is_asked_back(undecided: Vocabulary) -> None:
    found = understand("le machin de Chambord", undecided, NOW)
    assert found.requests == ()
    assert found.choices == ("chambord",)
    assert len(found.readings) > 1
    assert {reading.venues for reading in found.readings} == {("chambord",)}


def test_what_was_asked_about_stands_for_the_reply(undecided: Vocabulary) -> None:
    thread = understand("le machin de Chambord", undecided, NOW).context
    sure = knowledge()
    reply = understand("quand est-ce qu'il rouvre ?", sure, NOW, thread)
    assert [(request.intent, request.venues) for request in reply.requests] == [("reopening", ("chambord",))]


def test_a_place_elsewhere_is_refused_not_asked_about(undecided: Vocabulary) -> None:
    found = understand("le machin du Louvre", undecided, NOW)
    assert found.readings == ()


def test_a_clear_question_is_not_asked_back() -> None:
    found = understand("Quand rouvre Chambord ?", knowledge(), NOW)
    assert found.readings == ()
    assert [request.intent for request in found.requests] == ["reopening"]


@pytest.mark.parametrize("language", TONGUES)
def test_each_reading_is_a_question_that_can_be_pressed(language: str, undecided: Vocabulary) -> None:
    phrases = Phrases.compile(language, TONGUES[language].tables["phrases"])
    readings = [Request(intent) for intent in GENERAL]
    for at in range(0, len(readings), 3):
        said = ask_meaning(readings[at : at + 3], undecided.catalogue, phrases, NOW)
        assert len(said.actions) == len(readings[at : at + 3])
        assert all(action.kind == "ask" and action.value in said.text for action in said.actions)


@pytest.mark.parametrize("language", TONGUES)
def test_of_a_venue_each_reading_names_it(language: str, undecided: Vocabulary) -> None:
    phrases = Phrases.compile(language, TONGUES[language].tables["phrases"])
    readings = [Request(intent, ("mucem",)) for intent in ("reopening", "visit", "practical")]
    said = ask_meaning(readings, undecided.catalogue, phrases, NOW)
    assert said.choices == ("mucem",)
    assert len(said.actions) == 3
    assert all("Mucem" in action.value for action in said.actions)
