"""Fits the weights of intents and cuts on the labelled questions and writes them to data/*.tsv (`make train`)."""

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
from visitbot.assembly import ideas, knowledge, spoken
from visitbot.understanding.clauses import clauses, weighed
from visitbot.understanding.context import Context
from visitbot.understanding.intents import PLAIN, IntentModel, strangeness, word_evidence
from visitbot.understanding.reading import Reading, evidence
from visitbot.understanding.request import INTENTS
from visitbot.understanding.understand import take_in, understand
from visitbot.understanding.vocabulary import Vocabulary
from visitbot.understanding.weights import Weights, code_of, write_weights

Line = Mapping[str, Any]
SEEN_AT_LEAST = 3
"""Evidence seen less says more about one sentence than about language."""
PENALTY = 1.0
"""Strength of the pull of every weight towards zero (L2)."""
ALSO = 0.35
"""Share of a line's weight that goes to the intents its label calls as good."""
HINTED = 1.0
"""The weight that an idea starts from for an intent it plainly speaks for; questions move it."""
WORDED = ("w=", "s=", "b=", "first=")
UNWORDED = 0.3
"""Each question counts once more, so much, by its ideas alone, without its very words: strangers use other words."""
STRANGE = 3
"""How many of its words are then unknown."""
PARTS = 3
"""Groups of writers; each is read with weights fitted on the others, to fit what builds on intents."""
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


def fit(lines: Sequence[Line], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with weights that best explain the labels of `lines`; the same lines give the same weights."""
    weigh = replace(vocabulary, cuts=_cuts(lines, vocabulary))
    return replace(weigh, intents=_intents(lines, weigh, ROUNDS))


def _intents(lines: Sequence[Line], vocabulary: Vocabulary, rounds: int) -> IntentModel:
    known = replace(vocabulary, intents=IntentModel())
    lines = [*lines, *own_questions(vocabulary.catalogue)]
    for _ in range(rounds):
        weights = _solve([example for line in lines for example in _examples(line, known)], ideas())
        coded = {name: code_of(row) for name, row in weights.items()}
        known = replace(known, intents=IntentModel({name: code for name, code in coded.items() if code}))
    return known.intents


def _cuts(lines: Sequence[Line], vocabulary: Vocabulary) -> Weights:
    """What tells a request of its own from the rest of a message.

    The intents of each writer's pieces are told by weights fitted on others: of its own questions a model is too sure.
    """
    writers = sorted({_writer(line) for line in lines})
    found: list[tuple[list[str], bool]] = []
    for part in range(PARTS):
        apart = set(writers[part::PARTS])
        rest = [line for line in lines if _writer(line) not in apart]
        known = replace(vocabulary, intents=_intents(rest, vocabulary, 1), cuts=Weights())
        found += [one for line in lines if _writer(line) in apart for one in _cut_examples(line, known)]
    seen = Counter(name for evidence, _ in found for name in evidence)
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    column = {name: at for at, name in enumerate(names)}
    cells = [(row, column[n]) for row, (evidence, _) in enumerate(found) for n in evidence if n in column]
    rows, columns = (np.array(part) for part in zip(*cells, strict=True))
    table = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(found), len(names)))
    own = np.array([own for _, own in found], dtype=float)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        score = table @ weights
        missed = np.logaddexp(0, score) - own * score
        slope = table.T @ (1 / (1 + np.exp(-score)) - own) + PENALTY * weights
        return float(missed.sum() + PENALTY / 2 * (weights**2).sum()), slope

    solved = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    coded = {name: code_of([weight]) for name, weight in zip(names, solved.tolist(), strict=True)}
    return Weights({name: code for name, code in coded.items() if code})


def _writer(line: Line) -> str:
    return str(line["id"]).split("-")[0]


def _cut_examples(line: Line, vocabulary: Vocabulary) -> Iterator[tuple[list[str], bool]]:
    """Pieces of a message, and whether each asks one of the things that the message asks."""
    reading, thread = _read(line, vocabulary)
    wanted = {request["intent"] for other in (line["expect"], *line.get("also_expect", ())) for request in other}
    wanted |= {*line.get("also_ok", ()), *(i for request in line["expect"] for i in request.get("also_ok") or ())}
    for piece in weighed(reading, vocabulary, thread)[1]:
        yield piece.evidence, piece.clause.intent in wanted


def _read(line: Line, vocabulary: Vocabulary) -> tuple[Reading, Context]:
    """A labelled line's message as read, and the thread that its earlier messages leave."""
    now, thread = clock.parse(line["now"]), Context()
    for earlier in line.get("before", ()):
        thread = understand(earlier, vocabulary, now, thread, line["lang"]).context
    return take_in(line["text"], vocabulary, now, thread, line["lang"]), thread


def _examples(line: Line, vocabulary: Vocabulary) -> Iterator[Example]:
    reading, thread = _read(line, vocabulary)
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


def _unworded(example: Example) -> Example:
    ideas = Counter({name: times for name, times in example.counts.items() if not name.startswith((*WORDED, "u="))})
    ideas[strangeness(STRANGE)] += 1
    return Example(ideas, tuple(UNWORDED * share for share in example.target))


def _solve(examples: Sequence[Example], hints: Mapping[str, Mapping[str, Any]]) -> dict[str, Sequence[float]]:
    seen = Counter(name for example in examples for name in example.counts)
    for example in examples:
        rare = [name for name in example.counts if name.startswith("w=") and seen[name] < SEEN_AT_LEAST]
        unknown = strangeness(sum(example.counts[name] for name in rare if len(name) - 2 > PLAIN))
        example.counts[unknown] += 1
        seen[unknown] += 1
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    column = {name: at for at, name in enumerate(names)}
    examples = [*examples, *(_unworded(example) for example in examples)]
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
    for idea, about in hints.items():
        if (name := "c=" + idea) in column:
            for intent, strength in about.get("speaks_for", {}).items():
                start[column[name], INTENTS.index(intent)] = HINTED * strength

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
    parser.add_argument("--to", type=Path, default=root / "data", help="folder for intents.tsv and cuts.tsv")
    parser.add_argument("--languages", nargs="+", default=sorted(spoken()))
    asked = parser.parse_args()
    lines = read_lines(sorted(asked.questions.glob("*.jsonl")), asked.languages)
    fitted = fit(lines, knowledge())
    write_weights(asked.to / "intents.tsv", INTENTS, fitted.intents.codes)
    write_weights(asked.to / "cuts.tsv", ["request"], fitted.cuts.codes)
    count = len(fitted.intents.codes) + len(fitted.cuts.codes)
    sys.stdout.write(f"{len(lines)} questions, {count} pieces of evidence → {asked.to}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
