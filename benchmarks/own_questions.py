"""The questions that the bot's own buttons and commands ask, each with what it means."""

from collections.abc import Iterator, Mapping
from typing import Any

from visitbot import assembly, clock
from visitbot.answering.manners import GENERAL
from visitbot.answering.phrases import Phrases
from visitbot.answering.situation import Situation
from visitbot.bot.wording import Wording, compile_all
from visitbot.catalogue.model import Catalogue
from visitbot.understanding.request import INTENTS

NOW = "2020-05-20T10:00"
ASKED = {"reopening": "reopening", "visit": "visit", "about_venue": "venue_info"}
"""Questions about a venue in the answers' buttons → the intent meant."""
COMMANDS = {"today": "visit", "tomorrow": "visit", "video": "visit"}
"""Commands whose intent has another name."""
GENERALLY = {**{intent: intent for intent in INTENTS}, **GENERAL}
"""Intent → the name of its question without a venue."""
SHARE = 0.3
"""What such a question weighs beside one that a person wrote; each is asked of every venue."""


def own_questions(catalogue: Catalogue) -> Iterator[Mapping[str, Any]]:
    """Labelled lines like those of the corpus, with their "weight"."""
    tongues = assembly.spoken()
    wordings = compile_all(tongues)
    for code, tongue in tongues.items():
        phrases = Phrases.compile(code, tongue.tables["phrases"])
        for text, intent, venue in (*_answers(phrases, catalogue), *_telegram(wordings[code], catalogue)):
            expect = {"intent": intent, "venues": [venue] if venue else []}
            yield {"id": "own-0000", "text": text, "lang": code, "now": NOW, "expect": [expect], "weight": SHARE}


def _answers(phrases: Phrases, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    situation = Situation(catalogue, phrases, clock.parse(NOW))
    choices = [key for key in phrases.under("choice") if "_" not in key and key != "any"]
    for intent, key in GENERALLY.items():
        if key in phrases.under("question"):
            yield phrases.plain(f"question.{key}"), intent, ""
    for venue in catalogue.venues.values():
        values = situation.venue_values(venue)
        for key, intent in ASKED.items():
            yield situation.ask(key, venue).value, intent, venue.id
        for intent in ("venue_info", *choices):
            yield phrases.plain(f"choice.{intent}", **values), intent, venue.id
        for topic in phrases.under("practical.topic"):
            about = phrases.plain(f"practical.topic.{topic}")
            yield phrases.plain("choice.practical_about", topic=about, **values), "practical", venue.id


def _telegram(wording: Wording, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    for key, command in wording.commands.items():
        if command.question:
            yield command.question, COMMANDS.get(key, key), ""
    for topic in wording.asking:
        for venue in catalogue.venues.values():
            yield wording.question(topic, venue) or "", topic.partition(".")[0], venue.id
