"""`visitbot ask --explain`: what is said to have led to an understanding did lead to it, and a person can read it."""

import json
import math
import os
import pty
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from visitbot import assembly, cli, clock, explanation
from visitbot.answering.phrases import Phrases
from visitbot.config import data_folder
from visitbot.terminal import Screen
from visitbot.understanding.context import Context
from visitbot.understanding.explaining import Findings, Piece, explain
from visitbot.understanding.intents import IntentModel
from visitbot.understanding.request import INTENTS
from visitbot.understanding.understand import understand
from visitbot.understanding.vocabulary import Vocabulary

NOW = datetime(2020, 5, 20, 10, tzinfo=clock.PARIS)
MAY = "2020-05-20T10:00"
ROOT = Path(__file__).parents[1]
QUESTIONS = [ROOT / "tests" / "corpus" / "questions" / name for name in ("d4.jsonl", "d5.jsonl", "m2.jsonl")]
"""Dialogues, and messages that ask several things."""
TWICE = "Chambord rouvre quand ? Et la visite de demain c'est qui ? Et c'est déjà rouvert ?"
"""The first and the last are one request for one reopening."""
BOLD = "\x1b[1m"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return assembly.knowledge()


def found(vocabulary: Vocabulary, text: str, *before: str) -> Findings:
    """The findings on `text` after earlier messages."""
    thread = Context()
    for earlier in before:
        thread = understand(earlier, vocabulary, NOW, thread).context
    return explain(understand(text, vocabulary, NOW, thread), vocabulary, thread)


def words(code: str) -> Phrases:
    return Phrases.compile(code, assembly.spoken()[code].tables["explain"])


def shown(findings: Findings, vocabulary: Vocabulary, code: str = "fr") -> str:
    """The findings on a wide screen without styles, so that no line is cut."""
    phrases = Phrases.compile(code, assembly.spoken()[code].tables["phrases"])
    wording = explanation.Wording(words(code), phrases, vocabulary.catalogue, findings)
    return explanation.render(wording, Screen(1000))


# --- the findings are those that decided ---


def test_shares_and_evidence_are_those_that_the_intents_were_chosen_by(vocabulary: Vocabulary) -> None:
    """A message judged a second time, in a wrong thread or by other words, would get another likelihood."""
    lines = [json.loads(line) for file in QUESTIONS for line in file.read_text(encoding="utf-8").splitlines()[:200]]
    lines.append({"text": TWICE, "now": MAY})
    followed, several, joined = 0, 0, 0
    for line in lines:
        thread, now = Context(), clock.parse(line["now"])
        for earlier in line.get("before", ()):
            thread = understand(earlier, vocabulary, now, thread).context
        understood = understand(line["text"], vocabulary, now, thread)
        findings = explain(understood, vocabulary, thread)
        for verdict, clause in zip(findings.verdicts, understood.clauses, strict=True):
            (winner, share), (other, next_share) = verdict.shares[:2]
            assert winner == clause.intent, line
            assert share == pytest.approx(clause.likelihood), line
            if not {winner, other} & {"visit", "schedule"}:  # a rule may have joined those two
                assert math.log(share / next_share) == pytest.approx(verdict.total), line
        followed += thread.intent is not None
        several += len(understood.clauses) > 1
        joined += len(understood.clauses) > 1 and any(len(clause.spans) > 1 for clause in understood.clauses)
    assert followed > 50
    assert several > 5
    assert joined > 0


def test_the_pieces_add_up_to_the_total(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for every piece nothing may be left: no evidence is told twice or forgotten."""
    monkeypatch.setattr("visitbot.understanding.explaining.TELLING", 1000)
    monkeypatch.setattr("visitbot.understanding.explaining.FAINT", 0.0)
    (verdict,) = found(vocabulary, "quand rouvre Chambord ?").verdicts
    told = sum(piece.weight for piece in (*verdict.speaking_for, *verdict.speaking_against))
    none_strange = vocabulary.intents.weight("u=0")
    order = [INTENTS.index(intent) for intent, _ in verdict.shares[:2]]
    strange = none_strange[order[0]] - none_strange[order[1]] if none_strange else 0.0
    assert told + strange == pytest.approx(verdict.total)


def test_a_rule_that_chose_is_named(vocabulary: Vocabulary) -> None:
    """Without weights all intents are alike, and a venue turns the programme's share into that of one visit."""
    unfitted = replace(vocabulary, intents=IntentModel({}))
    (verdict,) = found(unfitted, "Chambord").verdicts
    assert verdict.ruled
    assert verdict.shares[0][0] == "visit"
    assert verdict.shares[0][1] == pytest.approx(2 / len(INTENTS))
    assert verdict.speaking_for == ()
    assert "Une règle a tranché" in shown(found(unfitted, "Chambord"), vocabulary)
    assert not found(unfitted, "bonjour").verdicts[0].ruled


def test_a_place_outside_and_one_set_aside_are_told(vocabulary: Vocabulary) -> None:
    findings = found(vocabulary, "quand rouvre le musée des beaux-arts de Lyon ? pas Chambord")
    assert [(mention.kind, mention.role) for mention in findings.mentions] == [
        ("outside", "target"),
        ("venue", "negated"),
    ]
    told = shown(findings, vocabulary)
    assert "hors de la série (musée des Beaux-Arts de Lyon)" in told
    assert "Domaine national de Chambord, écarté" in told


def test_a_name_that_fits_two_venues_is_asked_back(vocabulary: Vocabulary) -> None:
    findings = found(vocabulary, "le musée des beaux-arts, c'est ouvert ?")
    assert set(findings.choices) == {"mba-dijon", "pba-lille"}
    told = shown(findings, vocabulary).splitlines()
    assert told[-1].startswith("Question ")
    assert "Dijon" in told[-1]
    assert "Lille" in told[-1]
    assert found(vocabulary, "celui de Lille", "le musée des beaux-arts, c'est ouvert ?").picked


def test_what_stands_from_the_conversation_is_told(vocabulary: Vocabulary) -> None:
    alone = found(vocabulary, "et le parking de Chambord ?")
    after = found(vocabulary, "et le parking ?", "quand rouvre Chambord ?")
    assert alone.carried == ((),)
    assert after.carried == (("venues",),)
    assert after.requests[0].venues == ("chambord",)
    assert "Domaine national de Chambord (repris de la conversation)" in shown(after, vocabulary)
    assert found(vocabulary, "c'est ouvert à Lyon ?").carried == ((),)  # the town named its only venue
    day = found(vocabulary, "et Nausicaá ?", "Chambord sera ouvert le 6 juin ?")
    assert day.carried == (("when",),)


def test_dates_are_told_in_words_and_impossible_ones_as_such(vocabulary: Vocabulary) -> None:
    told = shown(found(vocabulary, "quelle visite demain ou le 31 juin ?"), vocabulary)
    assert "« demain » → demain, jeudi 21 mai" in told.replace("\u202f", " ")
    assert "« le 31 juin » : n’existe pas" in told.replace("\u202f", " ")
    assert "visite nº" in shown(found(vocabulary, "la troisième visite ?"), vocabulary)
    seen = found(vocabulary, "Après Kérylos hier, c'est qui ce soir ?")
    assert [day.counts for day in seen.days] == [False, True]


def test_the_language_is_told_with_its_reason(vocabulary: Vocabulary) -> None:
    findings = found(vocabulary, "when does the musée reopen?")
    assert findings.language == "en"
    assert {"when", "the"} <= set(findings.telling["en"])
    assert "musee" in findings.telling["fr"]
    assert found(vocabulary, "😀").telling == {}


def test_a_hint_inside_a_name_is_none(vocabulary: Vocabulary) -> None:
    """The press is one in "la presse en parle ?" and none in a museum's name."""
    asked, named = (found(vocabulary, text).hints for text in ("la presse en parle ?", "et le musée de la presse ?"))
    assert "presse" in [hint.typed for hint in asked]
    assert "presse" not in [hint.typed for hint in named]


@pytest.mark.parametrize("noise", ["", "?!", "\u200b", "a" * 5000, "d'" * 3000, "{name} **x** [y](z)", "\x1b[2J"])
def test_any_text_can_be_explained_and_none_steers_the_screen(noise: str, vocabulary: Vocabulary) -> None:
    for code in ("fr", "en"):
        told = shown(found(vocabulary, noise), vocabulary, code)
        assert told.count("\n") > 6
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told)


# --- the words of it ---


def test_the_languages_have_the_same_words() -> None:
    spoken = [code for code, tongue in assembly.spoken().items() if "explain" in tongue.tables]
    assert {"fr", "en"} <= set(spoken)
    french = words("fr")
    assert {intent for intent in INTENTS if f"intent.{intent}" not in french} == set()
    for code in spoken:
        other = words(code)
        assert set(other.templates) == set(french.templates), code
        for key in french.templates:
            assert other.placeholders(key) == french.placeholders(key), f"{code}: {key}"


def test_every_hint_has_words_and_no_word_is_left_over() -> None:
    ideas = tomllib.loads((data_folder() / "cues.toml").read_text(encoding="utf-8"))
    for code, tongue in assembly.spoken().items():
        named = tongue.tables["intents"]
        hints = {*ideas, *named["follow_up"], *named["questions"]}
        worded = tongue.tables["explain"]["cue"]
        assert set(worded) == hints, code
        assert [name for name in worded if name in ideas] == list(ideas), code
        assert all(worded.values()), code


@pytest.mark.parametrize("code", ["fr", "en", "de", "es", "it", "nl"])
def test_what_hints_speak_for_is_told_by_the_names_of_intents(vocabulary: Vocabulary, code: str) -> None:
    """The idea of a visit was typed here, yet "g=visit" is the intent."""
    findings = found(vocabulary, "la visite de Chambord ?")
    intents = Piece("g", "visit", 2.0), Piece("gg", "reopening+visit", 1.0)
    ideas = (Piece("cb", "visit+until", -1.0),)
    verdict = replace(findings.verdicts[0], speaking_for=intents, speaking_against=ideas)
    told = shown(replace(findings, verdicts=(verdict,)), vocabulary, code)
    say = words(code).plain
    visit, reopening = say("intent.visit"), say("intent.reopening")
    assert say("evidence.g", of=visit) in told
    assert say("evidence.gg", of=f"{reopening}, {visit}") in told
    assert say("evidence.quoted", word="visite") in told


def test_a_hint_is_told_by_its_words_even_if_a_sort_of_thing_has_its_name(vocabulary: Vocabulary) -> None:
    findings = found(vocabulary, "c'est fermé jusqu'à quand ?")
    assert any("until" in hint.names for hint in findings.hints)
    verdict = replace(findings.verdicts[0], speaking_for=(Piece("c", "until", 2.0),), speaking_against=())
    told = shown(replace(findings, verdicts=(verdict,)), vocabulary)
    assert words("fr").plain("part.until") not in told
    after = replace(verdict, speaking_for=(Piece("P", "reopening+when", 2.0),))
    assert "réouverture, une date" in shown(replace(findings, verdicts=(after,)), vocabulary)


def test_french_typography() -> None:
    tables = tomllib.loads((data_folder() / "languages/fr/explain.toml").read_text(encoding="utf-8"))
    for table, entries in tables.items():
        for key, text in entries.items():
            assert not re.search(r"[^\u202f][?!:;»%]", text), f"{table}.{key}: narrow no-break space before ? ! : ; » %"
            assert not re.search(r"«(?!\u202f)", text), f"{table}.{key}: narrow no-break space after «"


def test_evidence_without_words_of_its_own_is_shown_as_it_is(vocabulary: Vocabulary) -> None:
    """The fitted weights may get new sorts of evidence before the language files know them."""
    findings = found(vocabulary, "quand rouvre Chambord ?")
    strange = (Piece("zz", "unheard+of", 2.0), Piece("yy", "", -1.0))
    verdict = replace(findings.verdicts[0], speaking_for=strange[:1], speaking_against=strange[1:])
    told = shown(replace(findings, verdicts=(verdict,)), vocabulary)
    assert "+2,0   unheard, of" in told
    assert "−1,0   yy" in told


# --- the command ---


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder that does not exist yet, and no .env of the developer's."""
    monkeypatch.setenv("VISITBOT_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
    monkeypatch.chdir(tmp_path)


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, its output piped."""
    command = [sys.executable, "-m", "visitbot", "ask", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.usefixtures("home")
def test_piped_it_is_plain_and_fits_the_screen() -> None:
    done = process("--explain", "quand rouvre Chambord ?", "--now", MAY)
    assert done.returncode == cli.OK
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert [line.split()[0] for line in done.stdout.splitlines() if re.match(r"\w", line)] == [
        "Mots", "Langue", "Avant", "Lieux", "Indices", "Dates", "Sens", "Demande",
    ]  # fmt: skip


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("no_color", "bold"), [("", True), ("1", False)])
def test_a_terminal_gets_bold_headings_unless_no_color_is_set(no_color: str, bold: bool) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "visitbot", "ask", "--explain", "merci", "--now", MAY]
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as running:
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:  # Linux says so when the other side is closed
            pass
        assert running.wait() == cli.OK
    os.close(ours)
    assert "Langue" in seen.decode()
    assert (f"{BOLD}Langue" in seen.decode()) is bold


@pytest.mark.usefixtures("home")
def test_as_json_it_is_one_object_with_everything() -> None:
    done = process("--explain", "--json", "et demain ?", "--before", "la visite de Chambord ?", "--now", MAY)
    assert done.returncode == cli.OK
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["words"] == ["et", "demain"]
    assert told["before"]["venues"] == ["chambord"]
    assert told["days"][0]["series_when"] == {"from": "2020-05-21", "to": "2020-05-21"}
    (verdict,) = told["verdicts"]
    assert next(iter(verdict["shares"])) == told["requests"][0]["intent"]
    assert {"kind", "of", "weight"} == set(verdict["speaking_for"][0])


@pytest.mark.usefixtures("home")
def test_earlier_messages_count_in_their_order_with_or_without_explaining() -> None:
    before = ("--before", "quand rouvre Chambord ?", "--before", "et Nausicaá ?")
    asked = json.loads(process("et le parking ?", *before, "--json", "--now", MAY).stdout)
    assert asked["requests"] == [{"intent": "practical", "venues": ["nausicaa"]}]
    explained = json.loads(process("et le parking ?", *before, "--json", "--explain", "--now", MAY).stdout)
    assert explained["requests"] == asked["requests"]
    assert explained["before"]["recent"] == ["chambord", "nausicaa"]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("more", [("--explain",), ("--before", "bonjour")])
def test_a_batch_brings_its_own_before_and_explains_nothing(more: tuple[str, ...]) -> None:
    done = process("--batch", *more)
    assert done.returncode == cli.USAGE
    assert "usage: visitbot" in done.stderr


@pytest.mark.usefixtures("home")
def test_the_explanation_in_the_readme_is_what_is_shown() -> None:
    """All but the block of figures, which every new fit of the weights changes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = re.search(r'`visitbot ask --explain "(.*?)" --now (\S+)`.*?```text\n(.*?)```', readme, re.DOTALL)
    assert written
    done = process("--explain", written[1], "--now", written[2])

    def steady(text: str) -> list[str]:
        return [block for block in text.strip().split("\n\n") if block and not re.search(r"\d%|[+−]\d", block)]

    assert len(steady(written[3])) == 2
    assert steady(written[3]) == steady(done.stdout)
