"""What a developer would reach for first: the two plain alternatives that visitbot is measured beside."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dateparser.search import search_dates
from rapidfuzz import fuzz, process

from visitbot.catalogue.model import Catalogue
from visitbot.understanding.text import fold

Requests = list[dict[str, Any]]
Answerer = Callable[[Mapping[str, Any]], Requests]

NEAR_ENOUGH = 80
"""WRatio below which the nearest phrase is not taken: tuned on the labelled questions, more refuses too much."""
KEYWORDS = (
    ("unsubscribe", ("stop", "desabonn", "unsubscribe", "plus recevoir", "cancel")),
    ("subscribe", ("previen", "alert", "abonn", "notif", "rappel", "remind", "subscribe", "let me know")),
    ("next_season", ("saison 2", "saison", "season", "suite", "rentree", "automne", "autumn")),
    ("press", ("presse", "journal", "journaux", "article", "press", "newspaper")),
    ("results", ("vues", "views", "audience", "portee", "reach", "bilan", "top 3", "likes", "most watched")),
    ("language", ("anglais", "english", "francais", "french", "allemand", "german", "langue", "language")),
    ("practical", ("prix", "tarif", "price", "ticket", "billet", "parking", "horaires", "hours", "chien", "dog",
                   "masque", "mask", "reserv", "book")),
    ("venue_info", ("adresse", "address", "where is", "ou se trouve", "site", "website", "telephone", "phone")),
    ("reopening", ("rouvr", "reopen", "ouvert", "ouvre", "open", "ferme", "closed", "reouv")),
    ("schedule", ("programme", "planning", "schedule", "calendrier", "program", "cette semaine", "this week")),
    ("broadcast", ("heure", "what time", "facebook", "instagram", "direct", "live", "replay", "gratuit", "dure")),
    ("venues", ("quels musees", "which museums", "particip", "taking part", "liste", "list", "lieux")),
    ("about", ("organise", "partenaire", "partner", "pourquoi", "why", "c est quoi", "what is this")),
    ("visit", ("visite", "visit", "video", "tour", "ce soir", "tonight", "demain", "tomorrow", "hier", "yesterday")),
    ("thanks", ("merci", "thank", "super", "bye")),
    ("greeting", ("bonjour", "bonsoir", "salut", "hello", "hi")),
    ("help", ("aide", "help", "comment ca marche", "how does")),
)  # fmt: skip


def nearest_phrase(known: Sequence[Mapping[str, Any]]) -> Answerer:
    """The requests of the known question that WRatio finds nearest; out of scope when none is near."""
    phrases = [fold(line["text"]) for line in known]

    def answer(line: Mapping[str, Any]) -> Requests:
        found = process.extractOne(fold(line["text"]), phrases, scorer=fuzz.WRatio, score_cutoff=NEAR_ENOUGH)
        return list(known[found[2]]["expect"]) if found else [{"intent": "out_of_scope"}]

    return answer


def keywords(catalogue: Catalogue) -> Answerer:
    """The first keyword's intent, the venue whose alias partial_ratio finds, the day that dateparser finds."""
    aliases = [
        (fold(name), venue.id)
        for venue in catalogue.venues.values()
        for name in (venue.city, *venue.name.values(), *(name for names in venue.aliases.values() for name in names))
    ]
    names = [name for name, _ in aliases]

    def answer(line: Mapping[str, Any]) -> Requests:
        text = fold(line["text"])
        found = process.extractOne(text, names, scorer=fuzz.partial_ratio, score_cutoff=88)
        fallback = "reopening" if found else "out_of_scope"  # with a venue named, the commonest question is taken
        intent = next((intent for intent, words in KEYWORDS if any(word in text for word in words)), fallback)
        request: dict[str, Any] = {"intent": intent}
        if found and intent != "out_of_scope":
            request["venues"] = [aliases[found[2]][1]]
        if intent in {"reopening", "visit", "schedule"} and (day := _day(line)):
            request["when"] = {"from": day, "to": day}
        return [request]

    return answer


def _day(line: Mapping[str, Any]) -> str | None:
    settings = {"RELATIVE_BASE": datetime.fromisoformat(line["now"]), "PREFER_DATES_FROM": "future"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = search_dates(line["text"], languages=[line["lang"]], settings=settings)
    return found[0][1].date().isoformat() if found else None
