"""The contract of `visitbot ask --batch` and `--json`: questions as JSON lines in, answers as JSON lines out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from visitbot import clock
from visitbot.dialogue import Assistant, Reply
from visitbot.understanding.context import Context


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a batch."""

    id: object
    """Given back as it came."""
    text: str
    now: datetime
    before: tuple[str, ...] = ()
    """What the same person wrote earlier in the same chat, oldest first."""
    language: str | None = None
    """The person's usual language, used when the text shows none."""


class BadLine(Exception):
    """A line is no question; the message says what is wrong with it."""

    def __init__(self, problem: str, known_id: object = None) -> None:
        """`known_id`: the line's id when at least that could be read."""
        super().__init__(problem)
        self.known_id = known_id


def read(line: bytes, now: datetime) -> Question:
    """Read one line; `now` serves a line that brings none. Raises BadLine."""
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise BadLine(f"not UTF-8: {problem.reason} at byte {problem.start}") from problem
    except (json.JSONDecodeError, RecursionError) as problem:
        raise BadLine(f"not JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise BadLine('a line must be a JSON object such as {"id": "1", "text": "…", "now": "2020-05-20T10:00"}')
    known_id = found.get("id")
    text, before, language = found.get("text"), found.get("before") or [], found.get("lang")
    if not isinstance(text, str):
        raise BadLine('"text" is missing or is no text', known_id)
    if not isinstance(before, list) or not all(isinstance(earlier, str) for earlier in before):
        raise BadLine('"before" must be a list of texts', known_id)
    if not isinstance(language, str | None):
        raise BadLine('"lang" must be a language code such as "fr"', known_id)
    if (typed := found.get("now")) is not None:
        try:
            now = clock.parse(typed)
        except (TypeError, ValueError) as problem:
            raise BadLine('"now" must be a moment such as "2020-05-20T10:00"', known_id) from problem
    return Question(known_id, text, now, tuple(before), language)


def thread(assistant: Assistant, question: Question) -> Context | None:
    """The conversation that a question stands in: what was written before, said at the same moment."""
    context = None
    for earlier in question.before:
        context = assistant.reply(earlier, question.now, context, question.language).context
    return context


def ask(assistant: Assistant, question: Question) -> Reply:
    """Answer as in one chat: what was written before comes first."""
    return assistant.reply(question.text, question.now, thread(assistant, question), question.language)


def as_json(reply: Reply) -> dict[str, object]:
    """The stable form of an answer; documented in README.md."""
    return {
        "lang": reply.understanding.language,
        "requests": [request.as_json() for request in reply.understanding.requests],
        "text": reply.answer.text,
        "links": list(reply.answer.links),
        "choices": list(reply.answer.choices),
    }


def answer(lines: Iterable[bytes], assistant: Assistant, now: datetime, out: TextIO, err: TextIO) -> bool:
    """Answer line by line as they come; a bad one costs itself alone. True when all were good."""
    good = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        known_id: object = None
        try:
            question = read(line, now)
            known_id = question.id
            told: dict[str, Any] = {"id": known_id, **as_json(ask(assistant, question))}
        except BadLine as problem:
            told = {"id": problem.known_id, "error": str(problem)}
        except Exception as problem:  # a fault in answering one question must not cost the thousand that follow
            told = {"id": known_id, "error": f"internal error, {type(problem).__name__}: {problem}"}
        if "error" in told:
            good = False
            err.write(f"line {number}: {told['error']}\n")
        out.write(json.dumps(told, ensure_ascii=False) + "\n")
        out.flush()
    return good
