"""What the command `visitbot` says and returns: the real catalogue, the real languages, a state folder of its own."""

import json
import os
import re
import sys
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from visitbot import batch, cli, clock

ESCAPE = "\x1b"
MAY = "2020-05-20T10:00"


class Told:
    """What a command said, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Told]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder that does not exist yet, and no settings of the machine that the test runs on."""
    for name in [name for name in os.environ if name.startswith("VISITBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VISITBOT_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)  # no .env of the developer's either
    return tmp_path / "state"


@pytest.fixture
def visitbot(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call the command as a shell would, with `typed` on standard input."""

    def call(*arguments: str, typed: str | bytes = "") -> Told:
        given = typed if isinstance(typed, bytes) else typed.encode()
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given), encoding="utf-8"))
        try:
            code = cli.main(arguments)
        except SystemExit as end:  # argparse ends the program itself
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return call


def question(text: str, number: object = 1, **more: object) -> str:
    """A line of a batch."""
    return json.dumps({"id": number, "text": text, "now": MAY, **more}) + "\n"


# --- ask ---


def test_ask_answers_with_visible_addresses(visitbot: Command) -> None:
    told = visitbot("ask", "quand rouvre Chambord ?", "--now", MAY)
    assert told.code == cli.OK
    assert "Chambord" in told.out
    assert "5 juin" in told.out
    assert re.search(r"https?://\S+", told.out)
    assert ESCAPE not in told.out
    assert told.err == ""


def test_ask_takes_words_without_quotes(visitbot: Command) -> None:
    assert visitbot("ask", "quand", "rouvre", "Chambord").out == visitbot("ask", "quand rouvre Chambord").out


def test_ask_answers_as_of_the_moment_that_is_given(visitbot: Command) -> None:
    answers = {visitbot("ask", "quand rouvre Nausicaá ?", "--now", day).out for day in ("2020-05-20", "2020-07-20")}
    assert len(answers) == 2


def test_ask_as_json_has_the_contract_s_fields(visitbot: Command) -> None:
    (told,) = visitbot("ask", "when does the Mucem reopen?", "--now", MAY, "--json").lines()
    assert list(told) == ["lang", "requests", "text", "links", "choices"]
    assert told["lang"] == "en"
    assert told["requests"] == [{"intent": "reopening", "venues": ["mucem"]}]
    assert told["choices"] == []


def test_ask_uses_the_usual_language_where_the_text_shows_none(visitbot: Command) -> None:
    spoken = [visitbot("ask", "chambord", "--lang", code, "--json").lines()[0]["lang"] for code in ("fr", "en")]
    assert spoken == ["fr", "en"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("ask",),
        ("ask", " "),
        ("ask", "--batch", "et Lyon ?"),
        ("ask", "x", "--now", "hier"),
        ("sing",),
        ("chat", "--lang", "xx"),
    ],
)
def test_a_wrong_command_line_is_explained(visitbot: Command, arguments: tuple[str, ...]) -> None:
    told = visitbot(*arguments)
    assert told.code == cli.USAGE
    assert "usage: visitbot" in told.err
    assert "Traceback" not in told.err


# --- ask --batch ---


def test_batch_answers_in_order_and_gives_ids_back(visitbot: Command) -> None:
    texts = ["quand rouvre le Mucem ?", "thanks!", "et la visite de demain ?"]
    ids: list[object] = ["a", 7, None]
    told = visitbot("ask", "--batch", typed="".join(map(question, texts, ids)))
    assert told.code == cli.OK
    assert told.err == ""
    assert [line["id"] for line in told.lines()] == ids
    assert all(list(line) == ["id", "lang", "requests", "text", "links", "choices"] for line in told.lines())
    assert told.lines()[0]["requests"] == [{"intent": "reopening", "venues": ["mucem"]}]


def test_batch_says_the_same_as_ask(visitbot: Command) -> None:
    (line,) = visitbot("ask", "--batch", typed=question("quand rouvre Chambord ?")).lines()
    del line["id"]
    assert visitbot("ask", "quand rouvre Chambord ?", "--now", MAY, "--json").lines() == [line]


def test_batch_replays_what_was_written_before(visitbot: Command) -> None:
    alone = question("et Nausicaa ?", 1)
    after = question("et Nausicaa ?", 2, before=["la vidéo de Chambord ?"])
    plain = question("la vidéo de Nausicaa ?", 3)
    first, second, third = visitbot("ask", "--batch", typed=alone + after + plain).lines()
    assert second["requests"] == third["requests"]
    assert first["requests"] != second["requests"]


def test_batch_uses_the_given_moment_for_lines_without_one(visitbot: Command) -> None:
    bare = json.dumps({"text": "quelle visite demain ?"})
    (line,) = visitbot("ask", "--batch", "--now", MAY, typed=bare).lines()
    assert line["requests"] == [{"intent": "visit", "when": {"from": "2020-05-21", "to": "2020-05-21"}}]


@pytest.mark.parametrize(
    ("line", "known_id", "word"),
    [
        (b"{", None, "JSON"),
        (b'"quand rouvre Chambord ?"', None, "object"),
        (b'{"id": "q", "now": "2020-05-20T10:00"}', "q", "text"),
        (b'{"id": "q", "text": 3}', "q", "text"),
        (b'{"id": "q", "text": "x", "now": "demain"}', "q", "now"),
        (b'{"id": "q", "text": "x", "now": 20200520}', "q", "now"),
        (b'{"id": "q", "text": "x", "before": "y"}', "q", "before"),
        (b'{"id": "q", "text": "x", "before": [1]}', "q", "before"),
        (b'{"id": "q", "text": "x", "lang": 1}', "q", "lang"),
        (b'{"id": "q", "text": "\xe9"}', None, "UTF-8"),
        (b"[" * 100_000, None, "JSON"),
    ],
)
def test_a_bad_line_costs_itself_alone(visitbot: Command, line: bytes, known_id: str | None, word: str) -> None:
    good = question("bonjour").encode()
    told = visitbot("ask", "--batch", typed=good + b"\n" + line + b"\n" + good)
    assert told.code == cli.PROBLEM
    first, bad, last = told.lines()
    assert first == last
    assert set(bad) == {"id", "error"}
    assert bad["id"] == known_id
    assert word in bad["error"]
    assert told.err == f"line 3: {bad['error']}\n"


def test_half_a_character_is_given_back_as_json(visitbot: Command) -> None:
    told = visitbot(
        "ask", "--batch", typed='{"id": "\\ud83d", "text": "chambord \\ud83d ?", "now": "2020-05-20T10:00"}\n'
    )
    assert told.code == cli.OK
    assert told.lines()[0]["id"] == "\ud83d"


def test_a_fault_in_one_answer_does_not_end_the_batch() -> None:
    class Faulty:
        def reply(self, *_: object) -> None:
            raise ZeroDivisionError("over")

    out, err = StringIO(), StringIO()
    lines = [question("un", 1).encode(), question("deux", 2).encode()]
    assert not batch.answer(lines, Faulty(), clock.parse(MAY), out, err)  # type: ignore[arg-type]
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == [1, 2]
    assert err.getvalue().count("ZeroDivisionError: over") == 2


# --- chat ---


def test_a_conversation_welcomes_remembers_and_says_goodbye(visitbot: Command) -> None:
    told = visitbot("chat", "--now", MAY, typed="quand rouvre Chambord ?\net Nausicaá ?\nquitter\nplus rien\n")
    assert told.code == cli.OK
    welcome, chambord, nausicaa, farewell = told.out.split("\n> ")[:4]
    assert "Ctrl-D" in welcome
    assert "Chambord" in chambord
    assert "Nausicaá" in nausicaa
    assert "Au revoir" in farewell
    assert "plus rien" not in told.out
    assert ESCAPE not in told.out


def test_the_end_of_the_input_is_a_goodbye_too(visitbot: Command) -> None:
    told = visitbot("chat", typed="")
    assert told.code == cli.OK
    assert "Au revoir" in told.out


def test_a_number_chooses_what_it_stands_for(visitbot: Command) -> None:
    offered = visitbot("chat", "--now", MAY, typed="quand rouvre Chambord ?\n").out.split("\n> ")[1]
    numbers = [int(number) for number in re.findall(r"^ ?(\d+)  \S", offered, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    for number in numbers:
        told = visitbot("chat", "--now", MAY, typed=f"quand rouvre Chambord ?\n{number}\n")
        assert told.code == cli.OK
        assert told.out.split("\n> ")[2].removeprefix(f"{number}\n").strip()


def test_a_number_that_was_not_offered_is_a_question(visitbot: Command) -> None:
    told = visitbot("chat", typed="quand rouvre Chambord ?\n99\n²\n0\n\n")
    assert told.code == cli.OK


def test_the_conversation_follows_the_person_s_language(visitbot: Command) -> None:
    assert "Goodbye" in visitbot("chat", typed="when does Chambord reopen?\n").out
    assert "Goodbye" in visitbot("chat", "--lang", "en", typed="").out


def test_the_conversation_of_the_readme_is_what_the_bot_says(
    visitbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    found = re.search(r"`visitbot (chat --now \S+)`.*?```text\n(.*?)```", readme, re.DOTALL)
    assert found
    shown = [line for line in found[2].splitlines() if line not in {"", "[…]"}]
    typed = "".join(f"{line[2:]}\n" for line in shown if line.startswith("> "))
    told = visitbot(*found[1].split(), typed=typed)
    said = iter(told.out.splitlines())
    assert [line for line in shown if line not in said] == []  # each one, and in this order


# --- check, restore, run, help ---


def test_check_finds_the_seed_in_order_and_says_what_is_missing(visitbot: Command) -> None:
    for code in ("en", "fr"):
        told = visitbot("check", "--lang", code)
        assert told.code == cli.OK, told.out
        assert "18" in told.out


def test_a_damaged_state_is_named_and_can_be_restored(visitbot: Command, home: Path) -> None:
    from visitbot import assembly

    assembly.store(home).catalogue()
    (home / "catalogue.json").write_text('{"venues": {"1": {"id": "cham', encoding="utf-8")
    for arguments in (("ask", "quand rouvre Chambord ?"), ("check",), ("chat",)):
        told = visitbot(*arguments)
        assert told.code == cli.STATE
        assert "catalogue.json" in told.err
        assert "visitbot restore" in told.err
        assert "Traceback" not in told.err
    assert visitbot("restore").code == cli.OK
    assert visitbot("ask", "quand rouvre Chambord ?").code == cli.OK


def test_run_without_a_token_says_where_it_comes_from(visitbot: Command) -> None:
    told = visitbot("run")
    assert told.code == cli.SETTINGS
    assert "VISITBOT_TOKEN" in told.err
    assert "visitbot chat" in told.err


def test_run_with_a_wrong_setting_names_it(visitbot: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISITBOT_WEBHOOK_PORT", "eighty")
    told = visitbot("run", "--or-chat")
    assert told.code == cli.SETTINGS
    assert "VISITBOT_WEBHOOK_PORT" in told.err
    assert "Traceback" not in told.err


def test_a_second_bot_on_the_same_state_is_refused(
    visitbot: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from visitbot.catalogue.store import instance_lock

    monkeypatch.setenv("VISITBOT_TOKEN", "123456:no-such-token")
    with instance_lock(home):
        told = visitbot("run")
    assert told.code == cli.STATE
    assert str(home) in told.err
    assert "Traceback" not in told.err
    assert "no-such-token" not in told.err


def test_without_a_token_make_run_holds_a_conversation(visitbot: Command) -> None:
    told = visitbot("run", "--or-chat", typed="quand rouvre Chambord ?\n")
    assert told.code == cli.OK
    assert "Chambord" in told.out


def test_help_teaches(visitbot: Command) -> None:
    told = visitbot("--help")
    assert told.code == cli.OK
    for command in ("ask", "chat", "check", "restore", "run"):
        assert command in told.out
        assert visitbot(command, "--help").code == cli.OK
    for code in (cli.OK, cli.PROBLEM, cli.USAGE, cli.SETTINGS, cli.STATE, cli.INTERRUPTED):
        assert re.search(rf"^ .*\b{code}  \w", told.out, re.MULTILINE)


def test_every_example_of_the_help_is_a_command_that_works(visitbot: Command) -> None:
    import shlex

    examples = re.findall(r"^  visitbot (.+?)(?:  .*)?$", cli.EPILOG, re.MULTILINE)
    assert len(examples) >= 5
    for example in examples:
        arguments = shlex.split(example.partition(" <")[0])
        told = visitbot(*arguments, typed="")
        assert told.code == (cli.SETTINGS if arguments == ["run"] else cli.OK), example
