"""What is said: the corpus word for word, and what must hold for every answer whatever was asked."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from visitbot import assembly, clock, languages
from visitbot.answering import calendar
from visitbot.answering.answer import Answer, Span
from visitbot.answering.answers import answer
from visitbot.answering.phrases import Phrases
from visitbot.answering.situation import Situation
from visitbot.catalogue.model import Catalogue, Reopening, Visit
from visitbot.catalogue.seed import read_seed
from visitbot.config import data_folder
from visitbot.languages import LanguageError
from visitbot.understanding.request import INTENTS, Request, When

CORPUS = Path(__file__).parent / "corpus"
MOMENTS = (
    "2020-04-01T09:00", "2020-05-13T18:10", "2020-05-23T12:00",
    "2020-06-05T10:00", "2020-12-01T20:00", "2026-11-22T10:00",
)  # fmt: skip
LANGUAGES = ("fr", "en", "de", "es", "it", "nl")
ASPECTS = {
    "reopening": ("first",), "visit": ("video", "day", "topic"), "venue_info": ("address", "site", "contact", "what"),
    "practical": (
        "price", "booking", "hours", "access", "parking", "food", "accessibility", "mask", "animals", "children",
        "tours",
    ),
    "broadcast": ("time", "duration", "channel", "price", "replay", "account", "language"), "venues": ("count",),
    "results": ("top", "views", "reach", "interactions"), "about": ("organiser", "partners", "why", "count", "dates"),
    "language": (*LANGUAGES, "other"),
}  # fmt: skip
WHENS = (
    None, When(date(2020, 6, 6), date(2020, 6, 6)), When(date(2020, 5, 27), date(2020, 5, 27)),
    When(date(2020, 6, 1), date(2020, 6, 30)), When(date(2020, 6, 2)), When(None, date(2020, 6, 15)),
    When(rank="first"), When(rank="last"), When(rank="next"), When(rank=3),
)  # fmt: skip


@cache
def phrases() -> Mapping[str, Phrases]:
    found = languages.load(data_folder() / "languages")
    return {code: Phrases.compile(code, language.tables["phrases"]) for code, language in found.items()}


@cache
def seed() -> Catalogue:
    return read_seed(data_folder() / "catalogue")


def ask(
    *requests: Request,
    now: str = "2020-05-20T10:00",
    language: str = "fr",
    catalogue: Catalogue | None = None,
    choices: tuple[str, ...] = (),
    offers: frozenset[str] = frozenset(),
) -> Answer:
    return answer(requests, choices, catalogue or seed(), phrases()[language], clock.parse(now), offers)


# --- the corpus ------------------------------------------------------------------------------------------------------


def request_of(written: Mapping[str, Any]) -> Request:
    slots: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in written.items()}
    when = slots.pop("when", None)
    return Request(**slots, when=When(when.get("from"), when.get("to"), when.get("rank")) if when else None)


@cache
def said(language: str) -> list[dict[str, Any]]:
    return list(tomllib.loads((CORPUS / f"answers_{language}.toml").read_text(encoding="utf-8"))["said"])


CASES = [(language, case) for language in LANGUAGES for case in said(language)]


@pytest.mark.parametrize(("language", "case"), CASES, ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_said(language: str, case: dict[str, Any]) -> None:
    now: datetime = case["now"]
    requests = [request_of(written) for written in case["requests"]]
    told = ask(*requests, now=now.isoformat(), language=language, choices=tuple(case.get("choices", ())))
    assert told.text == case["text"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_corpus_holds_every_intent(language: str) -> None:
    intents = {written["intent"] for case in said(language) for written in case["requests"]}
    assert intents == set(INTENTS)
    assert len(said(language)) >= 60


# --- the language files ----------------------------------------------------------------------------------------------


def test_all_languages_have_the_same_phrases() -> None:
    french = phrases()["fr"]
    for code, other in phrases().items():
        assert set(other.templates) == set(french.templates), code
        assert set(other.lists) == set(french.lists), code
        for key in french.templates:
            assert values(other, key) == values(french, key), f"{code}: {key}"


def values(language: Phrases, key: str) -> set[str]:
    """What a phrase takes; "the visit to {the}" stands for « la visite {of} »."""
    told = {name.lower() for name in language.placeholders(key)}
    return {"venue" if name in ("the", "of", "at", "name") else name for name in told}


def french_texts() -> Iterator[tuple[str, str]]:
    def walk(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, Mapping):
                yield from walk(value, f"{prefix}{key}.")
            elif isinstance(value, str):
                yield prefix + key, re.sub(r"\]\([^)]*\)", "]", value)

    yield from walk(tomllib.loads((data_folder() / "languages/fr/phrases.toml").read_text(encoding="utf-8")), "")


def test_french_typography() -> None:
    for key, text in french_texts():
        if key.startswith("language.to.") and key != "language.to.fr":
            continue
        assert not re.search(r"[^\u202f][?!:;»]", text), f"{key}: narrow no-break space before ? ! : ; »"
        assert not re.search(r"«(?!\u202f)", text), f"{key}: narrow no-break space after «"
        assert not re.search(r"['\"]", text), f"{key}: straight apostrophe or quote"
        assert "..." not in text, f"{key}: …"


@pytest.mark.parametrize(
    ("phrase", "wrong"),
    [("**x", "not closed"), ("[x", "not closed"), ("x](https://y)", "without ["), ("{x", "can't read")],
)
def test_a_badly_written_phrase_is_named(phrase: str, wrong: str) -> None:
    with pytest.raises(LanguageError, match=rf"\(fr\), a\.b: .*{re.escape(wrong)}"):
        Phrases.compile("fr", {"a": {"b": phrase}})


def test_values_are_never_markup() -> None:
    compiled = Phrases.compile("fr", {"a": "**{name}** [{name}]({url})", "b": "{name}"})
    name = "*x* **y** [z](w) {url}"
    assert compiled.say("a", name=name, url="https://e.x/(a)") == (
        Span(name, strong=True),
        Span(" "),
        Span(name, url="https://e.x/(a)"),
    )
    assert compiled.plain("b", name=name) == name
    with pytest.raises(LanguageError, match="no phrase c"):
        compiled.say("c")
    with pytest.raises(LanguageError, match="nothing was given for 'name'"):
        compiled.say("b")


@pytest.mark.parametrize(
    ("when", "french", "english"),
    [
        (When(date(2020, 6, 1), date(2020, 6, 1)), "le lundi 1er juin", "on Monday 1 June"),
        (When(date(2020, 5, 20), date(2020, 5, 20)), "aujourd’hui, mercredi 20 mai", "today, Wednesday 20 May"),
        (When(date(2020, 6, 1), date(2020, 6, 10)), "du 1er au 10 juin", "from 1 to 10 June"),
        (When(date(2020, 5, 28), date(2020, 6, 3)), "du 28 mai au 3 juin", "from 28 May to 3 June"),
        (
            When(date(2019, 12, 30), date(2020, 1, 2)),
            "du 30 décembre 2019 au 2 janvier",
            "from 30 December 2019 to 2 January",
        ),
        (When(date(2020, 2, 1), date(2020, 2, 29)), "en février", "in February"),
        (When(date(2021, 2, 1), date(2021, 2, 28)), "en février 2021", "in February 2021"),
        (When(date(2020, 6, 2)), "à partir du mardi 2 juin", "from Tuesday 2 June"),
        (When(None, date(2021, 6, 2)), "jusqu’au mercredi 2 juin 2021", "until Wednesday 2 June 2021"),
    ],
)
def test_periods_in_words(when: When, french: str, english: str) -> None:
    today = date(2020, 5, 20)
    assert calendar.period(when, phrases()["fr"], today) == french
    assert calendar.period(when, phrases()["en"], today) == english


# --- what holds for every answer -------------------------------------------------------------------------------------


def everything() -> Iterator[Request]:
    venues = [(), *((venue,) for venue in seed().venues), ("chambord", "mucem"), ("villa-kerylos", "museum-angers")]
    for intent in INTENTS:
        for venue in venues:
            for aspect in (None, *ASPECTS.get(intent, ())):
                yield Request(intent, venues=venue, aspect=aspect)
            for when in WHENS if intent in ("reopening", "visit", "schedule") else ():
                yield Request(intent, venues=venue, when=when)
        for places, kinds in ((("bourgogne",), ()), (("bretagne",), ()), ((), ("art",)), (("alsace",), ("castle",))):
            yield Request(intent, places=places, kinds=kinds)
        yield Request(intent, without=("chambord",), without_places=("bourgogne",))
        yield Request(intent, impossible_date="31 juin")
        yield Request(intent, unknown_venue="x" * 500)


def known_addresses() -> set[str]:
    told = {source.url for source in seed().sources.values()} | {venue.site for venue in seed().venues.values()}
    told |= {link.url for visit in seed().visits for link in visit.links}
    told |= {series.replay_page for series in seed().series}
    told |= {article.url for series in seed().series for article in series.press}
    return {url for url in told if url}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("now", MOMENTS)
def test_every_answer(now: str, language: str) -> None:
    addresses = known_addresses()
    for request in everything():
        told = ask(request, now=now, language=language)
        assert 0 < len(told.text) <= 1000, request
        assert not re.search(r"\*\*|\]\(|[{}]| {2}|\.\.|None", told.text), (request, told.text)
        assert set(told.links) <= addresses, request
        assert told.preview is None or told.preview in addresses
        assert len(told.actions) <= 4
        assert len({(action.kind, action.value) for action in told.actions}) == len(told.actions)
        for action in told.actions:
            assert action.label
            assert action.kind in ("ask", "open", "place", "language"), "alerts are not offered yet"
            assert action.kind != "place" or action.value in seed().venues
        if request.intent not in ("thanks", "unsubscribe") or request.unknown_venue:
            assert told.actions, f"a dead end: {request}"
        assert "x" * 61 not in told.text, "nobody's long text is repeated"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("now", MOMENTS)
def test_every_reopening_date_comes_with_its_source(now: str, language: str) -> None:
    today = clock.parse(now).date()
    for part in seed().reopenings:
        told = ask(Request("reopening", venues=(part.venue,)), now=now, language=language).text
        if part.day is None or part.source is None:
            continue
        assert calendar.day(part.day, phrases()[language], today) in told
        said_in = phrases()[language]
        assert any(f"{name}, {calendar.loosely(day, said_in, today)}" in told for name, day in told_by(part))


def told_by(part: Reopening) -> Iterator[tuple[str, str]]:
    """The sources of a reopening that have a date, by their names in both languages."""
    for source in (seed().sources[one] for one in (part.source or "", *part.also)):
        for name in {source.title, *source.title_in.values()}:
            if source.published:
                yield name, source.published


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_list_comes_with_its_source(language: str) -> None:
    told = ask(Request("reopening"), language=language).text
    for part in seed().reopenings:
        if part.day and part.source:
            assert any(f"({name}, " in told for name, _ in told_by(part))


@pytest.mark.parametrize(
    ("now", "quoted"),
    [
        ("2020-05-20T10:00", "Europe 1, mai"),
        ("2020-06-10T10:00", "Le Figaro (sur Yahoo), 3 juin"),
        ("2020-07-06T10:00", "20 Minutes Marseille, 6 juillet"),
    ],
)
def test_a_paper_of_those_days_is_quoted(now: str, quoted: str) -> None:
    assert f"Sources\u202f: {quoted}" in ask(Request("reopening", venues=("mucem",)), now=now).text
    assert f"le Mucem ({quoted})" in ask(Request("reopening"), now=now).text


@pytest.mark.parametrize(("year", "told"), [(2020, False), (2022, True)])
def test_what_came_later_is_not_told_before_its_time(year: int, told: bool) -> None:
    card = ask(Request("venue_info", venues=("museum-angers",)), now=f"{year}-06-01T10:00").text
    assert ("Une rénovation de plusieurs années a commencé en 2021" in card) is told


# --- the next steps --------------------------------------------------------------------------------------------------

ASKED = {"reopening": "reopening", "visit": "visit", "about_venue": "venue_info"}
"""Questions that a button asks about a venue → the intent that is meant."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_is_understood_as_it_was_meant(language: str, tmp_path: Path) -> None:
    assistant = assembly.assistant(tmp_path)
    situation = Situation(seed(), phrases()[language], clock.parse("2020-05-20T10:00"))

    def understood(question: str) -> list[tuple[str, tuple[str, ...], str | None]]:
        made = assistant.reply(question, situation.now, None, language).understanding.requests
        return [(one.intent, one.venues, one.aspect) for one in made]

    choices = [key for key in phrases()[language].under("choice") if "_" not in key and key != "any"]
    for venue in seed().venues.values():
        values = situation.venue_values(venue)
        for key, intent in ASKED.items():
            question = situation.ask(key, venue).value
            assert [one[:2] for one in understood(question)] == [(intent, (venue.id,))], question
        for intent in ("venue_info", *choices):
            question = situation.phrases.plain(f"choice.{intent}", **values)
            assert [one[:2] for one in understood(question)] == [(intent, (venue.id,))], question
        for topic in phrases()[language].under("practical.topic"):
            about = situation.phrases.plain(f"practical.topic.{topic}")
            question = situation.phrases.plain("choice.practical_about", topic=about, **values)
            if topic != "any":
                assert understood(question) == [("practical", (venue.id,), topic)], question


# --- particular matters ----------------------------------------------------------------------------------------------


def with_reopening(venue: str, **changes: Any) -> Catalogue:
    """The seed where one venue has one reopening of our making."""
    one = replace(Reopening("made", venue, {}, "confirmed", date(2020, 6, 12), source="clic-france"), **changes)
    others = tuple(part for part in seed().reopenings if part.venue != venue)
    return replace(seed(), reopenings=(*others, one))


@pytest.mark.parametrize(
    ("status", "day", "now", "told"),
    [
        (
            "announced",
            date(2020, 6, 12),
            "2020-06-01T10:00",
            "rouvrira le vendredi 12 juin. Date annoncée, pas encore confirmée.",
        ),
        ("announced", date(2020, 6, 12), "2020-06-12T10:00", "doit rouvrir aujourd’hui, vendredi 12 juin"),
        ("announced", date(2020, 6, 12), "2020-07-01T10:00", "devait rouvrir le vendredi 12 juin"),
        ("postponed", date(2020, 6, 12), "2020-06-01T10:00", "est reportée au vendredi 12 juin"),
        ("postponed", None, "2020-06-01T10:00", "est reportée\u202f; la nouvelle date n’est pas connue"),
        ("confirmed", date(2020, 6, 12), "2020-06-01T10:00", "rouvrira le vendredi 12 juin. Date confirmée."),
    ],
)
def test_the_status_is_told(status: str, day: date | None, now: str, told: str) -> None:
    catalogue = with_reopening("mucem", status=status, day=day)
    assert told in ask(Request("reopening", venues=("mucem",)), now=now, catalogue=catalogue).text


def test_a_venue_in_the_plural_agrees() -> None:
    mucem = seed().venues["mucem"]
    forms = {**mucem.forms, "fr": {"the": "les Jardins", "of": "des Jardins", "at": "aux Jardins", "plural": "oui"}}
    catalogue = replace(with_reopening("mucem"), venues={**seed().venues, "mucem": replace(mucem, forms=forms)})
    told = ask(Request("reopening", venues=("mucem",)), catalogue=catalogue).text
    assert told.startswith("Les Jardins rouvriront le vendredi 12 juin.")


def test_low_confidence_is_told_in_one_answer_and_in_lists() -> None:
    catalogue = with_reopening("mucem", confidence="low")
    assert "Date incertaine" in ask(Request("reopening", venues=("mucem",)), catalogue=catalogue).text
    assert "12 juin, probable\u202f: le Mucem" in ask(Request("reopening"), catalogue=catalogue).text


def test_ranks_are_counted_once_all_days_are_known() -> None:
    series = replace(seed().series[0], stages=3)
    catalogue = replace(seed(), series=(series,), visits=tuple(visit for visit in seed().visits if visit.day))
    told = ask(Request("visit", when=When(rank=2)), catalogue=catalogue).text
    assert told.startswith("La visite de la Villa Kérylos")
    assert "C’est la n°\u202f2." in told
    assert ask(Request("visit", when=When(rank="next")), catalogue=catalogue).text.startswith(
        "La visite de la Villa Kérylos"
    )


def test_two_visits_on_one_day_are_both_told() -> None:
    second = Visit("second", seed().series[0].id, "nausicaa", date(2020, 5, 27), None, source="clic-france")
    catalogue = replace(seed(), visits=(*seed().visits, second))
    told = ask(Request("visit"), now="2020-05-27T10:00", catalogue=catalogue).text
    assert "La visite de la Villa Kérylos a lieu aujourd’hui" in told
    assert "La visite de Nausicaá a lieu aujourd’hui" in told


def test_a_cancelled_visit_is_not_promised() -> None:
    visits = tuple(replace(visit, cancelled=visit.venue == "mucem") for visit in seed().visits)
    catalogue = replace(seed(), visits=visits)
    assert "a été annulée" in ask(Request("visit", venues=("mucem",)), catalogue=catalogue).text
    assert "Mucem" not in ask(Request("visit", when=When(rank="last")), catalogue=catalogue).text


def test_a_series_to_come_is_the_next_season() -> None:
    first = seed().series[0]
    coming = replace(first, id="next", title={"fr": "Saison 2"}, start=date(2027, 3, 1), end=date(2027, 3, 31))
    catalogue = replace(seed(), series=(first, coming))
    told = ask(Request("next_season"), now="2026-11-22T10:00", catalogue=catalogue).text
    assert told == "Oui\u202f: Saison 2, à partir du lundi 1er mars 2027."


def test_an_empty_catalogue_still_answers() -> None:
    nothing = Catalogue((), {}, (), (), {}, {})
    for intent in INTENTS:
        assert ask(Request(intent), catalogue=nothing).text, intent


@pytest.mark.parametrize(("language", "closed"), [("fr", "c’est fermé le mardi"), ("en", "it is closed on Tuesdays")])
def test_a_closing_day_named_by_the_hours_is_told(language: str, closed: str) -> None:
    tuesday, friday = date(2020, 7, 7), date(2020, 7, 10)
    for venue in ("mucem", "pba-lille", "mba-dijon"):
        request = Request("reopening", venues=(venue,), when=When(tuesday, tuesday))
        assert closed in ask(request, now="2020-07-01T10:00", language=language).text
        other = replace(request, when=When(friday, friday))
        assert closed not in ask(other, now="2020-07-01T10:00", language=language).text


def test_excluded_venues_are_in_no_list() -> None:
    for intent in ("reopening", "venues", "schedule", "practical", "venue_info"):
        told = ask(Request(intent, kinds=("castle", "art"), without=("chambord",), without_places=("bourgogne",))).text
        listed = [line for line in told.splitlines() if line.startswith("–")]
        assert listed, intent
        assert not [line for line in listed if "Chambord" in line or "Dijon" in line], intent


def test_what_was_excluded_is_said() -> None:
    told = ask(Request("reopening", without=("chambord",), without_places=("bourgogne",))).text
    assert told.startswith(
        "Réouvertures 2020, à part le domaine de Chambord, le musée des Beaux-Arts de Dijon et le MuséoParc Alésia"
    )
    told = ask(Request("venues", kinds=("castle",), without=("chambord",))).text
    assert told.startswith("Un seul château (à part le domaine de Chambord) dans la série")


def test_a_venue_in_its_region_is_that_venue_alone() -> None:
    told = ask(Request("reopening", venues=("museoparc-alesia",), places=("bourgogne",))).text
    assert "musée des Beaux-Arts" not in told


def test_asking_back_keeps_the_question() -> None:
    choices = ("museum-toulouse", "museum-angers")
    told = ask(Request("reopening"), choices=choices)
    assert told.choices == choices
    assert [action.value for action in told.actions] == [
        "Quand rouvre le Muséum de Toulouse\u202f?",
        "Quand rouvre le Muséum d’Angers\u202f?",
    ]
    dated = ask(Request("reopening", when=When(date(2020, 6, 6), date(2020, 6, 6))), choices=choices, language="en")
    assert dated.actions[0].value == "Toulouse Natural History Museum, open on Saturday 6 June?"


def test_alerts_are_offered_only_where_they_exist() -> None:
    request = Request("reopening", venues=("villa-kerylos",))
    follow = [action for action in ask(request, offers=frozenset({"follow"})).actions if action.kind == "follow"]
    assert [action.value for action in follow] == ["villa-kerylos"]
    assert not [action for action in ask(request).actions if action.kind == "follow"]
    assert "prévenir" in ask(Request("subscribe", venues=("mucem",)), offers=frozenset({"follow"})).text


def test_several_requests_are_one_short_answer() -> None:
    told = ask(Request("greeting"), *(Request("reopening", venues=(venue,)) for venue in seed().venues))
    assert "Bonjour" not in told.text
    assert len(told.text) < 1500
    assert len(told.actions) == 4
    alone = ask(Request("visit", venues=("mucem",)), Request("visit", venues=("pba-lille",))).text
    assert alone.count("Je n’ai pas de lien direct") == 1


def test_the_switch_is_confirmed_in_the_new_language() -> None:
    told = ask(Request("language", aspect="en"), language="fr")
    assert told.language == "en"
    assert "English" in told.text


def test_a_place_is_shown_on_the_map() -> None:
    pin = ask(Request("venue_info", venues=("nausicaa",), aspect="address")).pin
    assert pin is not None
    assert (pin.latitude, pin.longitude) == (50.7308, 1.5947)
    assert "Boulogne-sur-Mer" in pin.address


def test_the_examples_offered_are_answered() -> None:
    for now in MOMENTS:
        values = [action.value for action in ask(Request("out_of_scope"), now=now).actions]
        assert len(values) == 3
        assert all(value and "{" not in value for value in values)
