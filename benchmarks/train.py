"""Fits the weights of intents and cuts on the labelled questions and writes them to data/*.tsv (`make train`)."""

import argparse
import json
import math
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
from scoring import compare

from visitbot import clock
from visitbot.assembly import ideas, knowledge, spoken
from visitbot.understanding.carrying import Turn
from visitbot.understanding.clauses import Clause, Cutting, Way, shares
from visitbot.understanding.context import Context
from visitbot.understanding.intents import PLAIN, IntentModel, strangeness, word_evidence
from visitbot.understanding.reading import Reading, evidence
from visitbot.understanding.request import INTENTS
from visitbot.understanding.understand import requests_of, take_in, understand
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
TINY = 1e-12
"""Keeps the logarithm of a share that vanishes finite."""
WORDED = ("w=", "s=", "b=", "first=")
UNWORDED = 0.3
"""Each question counts once more, so much, by its ideas alone, without its very words: strangers use other words."""
STRANGE = 3
"""How many of its words are then unknown."""
PARTS = 3
"""Groups of lines; each is read with weights fitted on the others, to fit what builds on intents."""
ROUNDS = 2
"""The conversation before a line is read with the weights of the round before."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message (or piece of one) as counted evidence, and how much each intent is its right answer."""

    counts: Counter[str]
    target: tuple[float, ...]
    """Its sum is the example's weight."""


Examples = Sequence[Example]


def read_lines(files: Iterable[Path], languages: Sequence[str]) -> list[Line]:
    """The labelled questions of some files in some languages."""
    lines = (json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line)
    return [line for line in lines if line["lang"] in languages]


def fit(lines: Sequence[Line], vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary with weights that best explain the labels of `lines`; the same lines give the same weights."""
    own = list(own_questions(vocabulary.catalogue))
    plain = {str(line): list(_examples(line, vocabulary)) for line in (*lines, *own) if _is_plain(line)}
    weigh = replace(vocabulary, cuts=_cuts(lines, own, vocabulary, plain))
    return replace(weigh, intents=_intents([*lines, *own], weigh, ROUNDS, plain))


def _is_plain(line: Line) -> bool:
    """Whether no weights are needed to read it: it opens its conversation and asks one thing."""
    return not line.get("before") and len({request["intent"] for request in line["expect"]}) == 1


def _intents(lines: Sequence[Line], vocabulary: Vocabulary, rounds: int, plain: Mapping[str, Examples]) -> IntentModel:
    known = replace(vocabulary, intents=_hinted(ideas()), cuts=Weights())
    for _ in range(rounds):
        told = (plain[str(line)] if str(line) in plain else _examples(line, known) for line in lines)
        weights = _solve([example for examples in told for example in examples], ideas())
        coded = {name: code_of(row) for name, row in weights.items()}
        known = replace(known, intents=IntentModel({name: code for name, code in coded.items() if code}))
    return known.intents


def _cuts(lines: Sequence[Line], own: Sequence[Line], vocabulary: Vocabulary, plain: Mapping[str, Examples]) -> Weights:
    """What speaks for each way to cut a message: those that lead to the labelled requests should win.

    The intents of pieces are told by weights fitted on other lines: of its own questions a model is too sure.
    """
    blocks = sorted({_block(line) for line in lines})
    found: list[list[tuple[Counter[str], bool]]] = []
    for part in range(PARTS):
        apart = set(blocks[part::PARTS])
        rest = [line for line in lines if _block(line) not in apart]
        known = replace(vocabulary, intents=_intents([*rest, *own], vocabulary, 1, plain), cuts=Weights())
        found += [ways for line in lines if _block(line) in apart if (ways := _ways(line, known))]
    return _choose(found)


def _ways(line: Line, vocabulary: Vocabulary) -> list[tuple[Counter[str], bool]]:
    """The ways to cut a message, and whether each is right; none when all are, or none is."""
    reading, thread = _read(line, vocabulary)
    cutting = Cutting(reading, vocabulary, thread)
    if len(cutting.pieces) < 2:
        return []
    ways = list(cutting.ways())
    turns = [Turn(reading, vocabulary.catalogue, thread, cutting.clauses(way)) for way in ways]
    cues = vocabulary.cues[reading.language]
    told = [[request.as_json() for request in requests_of(turn, cues)[0]] for turn in turns]
    right = [compare(line, requests, ()).right for requests in told]
    if not any(right):
        labels = _intent_lists(line)
        right = [sorted(str(request["intent"]) for request in requests) in labels for requests in told]
    if all(right) or not any(right):
        return []
    return [
        (Counter(name for told, _ in way.told for name in told), good) for way, good in zip(ways, right, strict=True)
    ]


def _intent_lists(line: Line) -> list[list[str]]:
    """The intents that a label accepts together."""
    accepted = (line["expect"], *line.get("also_expect", ()))
    return [sorted(str(request["intent"]) for request in requests) for requests in accepted]


def _choose(found: Sequence[Sequence[tuple[Counter[str], bool]]]) -> Weights:
    """Weights under which, of each message's ways, the right ones are together as likely as can be."""
    seen = Counter(name for ways in found for name in set().union(*(counts for counts, _ in ways)))
    names = sorted(name for name, times in seen.items() if times >= SEEN_AT_LEAST)
    column = {name: at for at, name in enumerate(names)}
    rows = [(counts, right) for ways in found for counts, right in ways]
    cells = [
        (row, column[n], times)
        for row, (counts, _) in enumerate(rows)
        for n, times in sorted(counts.items())
        if n in column
    ]
    at, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    table = csr_matrix((values.astype(float), (at, columns)), shape=(len(rows), len(names)))
    right = np.array([good for _, good in rows])
    starts = np.cumsum([0, *(len(ways) for ways in found)])[:-1]
    group = np.repeat(np.arange(len(found)), [len(ways) for ways in found])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        score = table @ weights
        powers = np.exp(score - np.maximum.reduceat(score, starts)[group])
        every, good = np.add.reduceat(powers, starts), np.add.reduceat(powers * right, starts) + TINY
        slope = table.T @ (powers / every[group] - powers * right / good[group]) + PENALTY * weights
        return float((np.log(every) - np.log(good)).sum() + PENALTY / 2 * (weights**2).sum()), slope

    solved = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    coded = {name: code_of([weight]) for name, weight in zip(names, solved.tolist(), strict=True)}
    return Weights({name: code for name, code in coded.items() if code})


def _block(line: Line) -> str:
    """A hundred questions of one writer: each part has some of every writer, and so knows several requests in one."""
    return str(line["id"])[:-2]


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
    for part, intent in zip(_parts(reading, vocabulary, thread, wanted), wanted, strict=False):
        yield Example(_counts(evidence(reading, part.spans, thread)), _target(intent, ()))
        thread = replace(thread, intent=intent)


def _parts(reading: Reading, vocabulary: Vocabulary, thread: Context, wanted: Sequence[str]) -> Sequence[Clause]:
    """The words that most likely ask for each of the intents wanted; none when there are too few pieces."""
    ways = [way for way in Cutting(reading, vocabulary, thread).ways() if len(way.judged) == len(wanted)]

    def fits(way: Way) -> float:
        covered = sum(last - first for part in way.judged for first, last in part.spans)
        found = covered / reading.count
        for part, intent, before in zip(way.judged, wanted, [thread.intent, *wanted], strict=False):
            likely = shares(reading, vocabulary.intents, part.spans, replace(thread, intent=before))
            found += math.log(likely[INTENTS.index(intent)] + TINY)
        return found

    return max(ways, key=fits).judged if ways else ()


def _hinted(hints: Mapping[str, Mapping[str, Any]]) -> IntentModel:
    """What ideas alone speak for, before any question was seen."""
    rows = {
        "c=" + idea: [HINTED * about.get("speaks_for", {}).get(intent, 0) for intent in INTENTS]
        for idea, about in hints.items()
    }
    return IntentModel({name: code for name, row in rows.items() if (code := code_of(row))})


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


def _estranged(example: Example, seen: Mapping[str, int]) -> Example:
    """With how many of its words are too rare to be known."""
    rare = [name for name in example.counts if name.startswith("w=") and seen[name] < SEEN_AT_LEAST]
    unknown = strangeness(sum(example.counts[name] for name in rare if len(name) - 2 > PLAIN))
    return replace(example, counts=example.counts + Counter([unknown]))


def _unworded(example: Example) -> Example:
    ideas = Counter({name: times for name, times in example.counts.items() if not name.startswith((*WORDED, "u="))})
    ideas[strangeness(STRANGE)] += 1
    return Example(ideas, tuple(UNWORDED * share for share in example.target))


def _solve(examples: Sequence[Example], hints: Mapping[str, Mapping[str, Any]]) -> dict[str, Sequence[float]]:
    seen = Counter(name for example in examples for name in example.counts)
    examples = [_estranged(example, seen) for example in examples]
    seen.update(name for example in examples for name in example.counts if name.startswith("u="))
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
