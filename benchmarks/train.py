"""Fits the weights of the intents on the labelled questions and writes them to data/intents.tsv (`make train`)."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from own_questions import own_questions
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from visitbot import clock
from visitbot.assembly import knowledge
from visitbot.understanding.clauses import clauses
from visitbot.understanding.context import Context
from visitbot.understanding.intents import PLAIN, IntentModel, code_of, strangeness, word_evidence, write_model
from visitbot.understanding.reading import evidence
from visitbot.understanding.request import INTENTS
from visitbot.understanding.understand import take_in, understand
from visitbot.understanding.vocabulary import Vocabulary

Line = Mapping[str, Any]
SEEN_AT_LEAST = 2
"""Evidence seen once says more about one sentence than about language."""
PENALTY = 1.0
"""Strength of the pull of every weight towards zero (L2)."""
ALSO = 0.35
"""Share of a line's weight that goes to the intents its label calls as good."""
HINTS = {
    cue: intent
    for intent, cues in {
        "reopening": (
            "reopen",
            "open",
            "closed",
        ),
        "visit": (
            "visit",
            "video",
            "missed",
        ),
        "schedule": ("schedule",),
        "broadcast": (
            "hour",
            "duration",
            "channel",
            "live",
            "account",
            "free",
        ),
        "venues": ("who_takes_part",),
        "venue_info": (
            "where",
            "contact",
            "what_is",
        ),
        "practical": (
            "price",
            "booking",
            "hours",
            "access",
            "facilities",
            "covid",
        ),
        "results": ("results",),
        "about": ("about",),
        "press": ("press",),
        "next_season": ("next_season",),
        "subscribe": ("subscribe",),
        "unsubscribe": ("unsubscribe",),
        "language": ("language",),
        "help": ("help",),
        "greeting": ("greeting",),
        "thanks": ("thanks",),
        "out_of_scope": (
            "rude",
            "elsewhere",
            "command",
        ),
    }.items()
    for cue in cues
}
"""What a hint word means before any question was seen: rare intents have too few questions to learn it from."""
HINTED = 1.5
"""The weight that a hint starts from; questions move it."""
ROUNDS = 2
"""The conversation before a line is read with the weights of the round before."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message (or piece of one) as counted evidence, and how much each intent is its right answer."""

    counts: Counter[str]
    target: tuple[float, ...]
    """Its sum is the example's weight."""


def read_lines(files: Iterable[Path], languages: Sequence[str]) -> list[Line]:
    """The labelled questions of some files in some languages."""
    lines = (json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line)
    return [line for line in lines if line["lang"] in languages]


def fit(lines: Sequence[Line], vocabulary: Vocabulary) -> IntentModel:
    """Weights that best explain the labels of `lines`; the same lines give the same weights."""
    model = IntentModel()
    lines = [*lines, *own_questions(vocabulary.catalogue)]
    for _ in range(ROUNDS):
        known = replace(vocabulary, intents=model)
        weights = _solve([example for line in lines for example in _examples(line, known)])
        coded = {name: code_of(row) for name, row in weights.items()}
        model = IntentModel({name: code for name, code in coded.items() if code})
    return model


def _examples(line: Line, vocabulary: Vocabulary) -> Iterator[Example]:
    now = clock.parse(line["now"])
    thread = Context()
    for earlier in line.get("before", ()):
        thread = understand(earlier, vocabulary, now, thread, line["lang"]).context
    reading = take_in(line["text"], vocabulary, now, thread, line["lang"])
    wanted = [request["intent"] for request in line["expect"]]
    if len(set(wanted)) == 1:
        also = [*line.get("also_ok", ()), *(i for request in line["expect"] for i in request.get("also_ok") or ())]
        also += [other[0]["intent"] for other in line.get("also_expect", ()) if len(other) == 1]
        weight = line.get("weight", 1.0)
        shares = tuple(weight * share for share in _target(wanted[0], also))
        yield Example(_counts(evidence(reading, reading.focus(), thread)), shares)
        return
    parts = clauses(reading, vocabulary, thread)
    if len(parts) == len(wanted):
        for part, intent in zip(parts, wanted, strict=True):
            yield Example(_counts(evidence(reading, part.spans, thread)), _target(intent, ()))
            thread = replace(thread, intent=intent)


def _counts(found: tuple[list[str], list[str]]) -> Counter[str]:
    words, others = found
    counts = Counter(others)
    for word in words:
        counts.update(word_evidence(word))
    return counts


def _target(wanted: str, also: Iterable[str]) -> tuple[float, ...]:
    others = {intent for intent in also if intent in INTENTS and intent != wanted}
    share = ALSO / len(others) if others else 0.0
    return tuple(
        (1 - ALSO if others else 1.0) if intent == wanted else share if intent in others else 0.0 for intent in INTENTS
    )


def _solve(examples: Sequence[Example]) -> dict[str, Sequence[float]]:
    seen = Counter(name for example in examples for name in example.counts)
    for example in examples:
        rare = [name for name in example.counts if name.startswith("w=") and seen[name] < SEEN_AT_LEAST]
        unknown = strangeness(sum(example.counts[name] for name in rare if len(name) - 2 > PLAIN))
        example.counts[unknown] += 1
        seen[unknown] += 1
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    column = {name: at for at, name in enumerate(names)}
    cells = [
        (row, column[name], float(times))
        for row, example in enumerate(examples)
        for name, times in sorted(example.counts.items())
        if name in column
    ]
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    table = csr_matrix((values, (rows, columns)), shape=(len(examples), len(names)))
    target = np.array([example.target for example in examples])
    weight = target.sum(axis=1, keepdims=True)
    shape = (len(names), len(INTENTS))
    start = np.zeros(shape)
    for cue, intent in HINTS.items():
        if (name := "c=" + cue) in column:
            start[column[name], INTENTS.index(intent)] = HINTED

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        scores = table @ weights
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        total = shares.sum(axis=1, keepdims=True)
        missed = -(target * (scores - np.log(total))).sum()
        slope = table.T @ (weight * shares / total - target) + PENALTY * (weights - start)
        return float(missed + PENALTY / 2 * ((weights - start) ** 2).sum()), slope.ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 120})
    return dict(zip(names, found.x.reshape(shape).tolist(), strict=True))


def main() -> int:
    """Fit on all files given and write the weights."""
    root = Path(__file__).parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=root / "tests" / "corpus" / "questions")
    parser.add_argument("--to", type=Path, default=root / "data" / "intents.tsv")
    parser.add_argument("--languages", nargs="+", default=["fr", "en"])
    asked = parser.parse_args()
    lines = read_lines(sorted(asked.questions.glob("*.jsonl")), asked.languages)
    model = fit(lines, knowledge())
    write_model(asked.to, model.codes)
    sys.stdout.write(f"{len(lines)} questions, {len(model.codes)} pieces of evidence → {asked.to}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
