"""Weighs the evidence of a message into a probability for each intent, with weights fitted on labelled questions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from visitbot.understanding.phonetics import key as sound
from visitbot.understanding.request import INTENTS

STEP = 0.08
"""One unit of a stored weight."""
ZERO = 79
"""The character that stands for weight 0; 32 below and above it are the printable range that is used."""
FEWEST, MOST = 33 - ZERO, 126 - ZERO
REMEMBERED = 20_000
"""Words whose evidence is kept at hand; the language is larger, a flood of noise must not fill the memory."""

PLAIN = 3
"""Words up to this length are never strange: abbreviations have no end."""

Scores = list[float]


@dataclass(slots=True)
class IntentModel:
    """A linear model: evidence → a weight for each intent. Empty, it finds all intents equally likely."""

    codes: Mapping[str, str] = field(default_factory=dict)
    """Evidence → one character for each of INTENTS: its weight in steps around ZERO."""
    _words: dict[str, Scores | None] = field(default_factory=dict)
    _others: dict[str, Scores | None] = field(default_factory=dict)

    def scores(self, words: Iterable[str], evidence: Iterable[str]) -> Scores:
        """Sum of weights for each intent; `words` count with their letters, `evidence` as it is."""
        total = [0.0] * len(INTENTS)
        strange = 0
        for word in words:
            strange += len(word) > PLAIN and "w=" + word not in self.codes
            if (weights := self._word(word)) is not None:
                total = [a + b for a, b in zip(total, weights, strict=True)]
        for name in (*evidence, strangeness(strange)):
            if (weights := self._other(name)) is not None:
                total = [a + b for a, b in zip(total, weights, strict=True)]
        return total

    def weight(self, evidence: str) -> Scores | None:
        """The weights of one piece of evidence, in the order of INTENTS; None when it was never seen."""
        code = self.codes.get(evidence)
        return None if code is None else [(ord(mark) - ZERO) * STEP for mark in code]

    def _other(self, name: str) -> Scores | None:
        if name not in self._others:
            if len(self._others) > REMEMBERED:
                self._others.clear()
            self._others[name] = self.weight(name)
        return self._others[name]

    def _word(self, word: str) -> Scores | None:
        if word not in self._words:
            if len(self._words) > REMEMBERED:
                self._words.clear()
            rows = [row for name in word_evidence(word) if (row := self.weight(name)) is not None]
            self._words[word] = [sum(column) for column in zip(*rows, strict=True)] if rows else None
        return self._words[word]


def strangeness(count: int) -> str:
    """Evidence from how many words no labelled question has: other topics have other words."""
    return f"u={min(count, 5)}"


def word_evidence(word: str) -> list[str]:
    """The word, how it sounds, and its runs of three and four letters: typos keep most of them."""
    found = ["w=" + word, "s=" + sound(word)]
    edged = f"<{word}>"
    if 3 < len(word) < 16:
        found += ["3=" + edged[at : at + 3] for at in range(len(edged) - 2)]
        found += ["4=" + edged[at : at + 4] for at in range(len(edged) - 3)]
    return found


def likelihoods(scores: Sequence[float]) -> Scores:
    """Scores as probabilities (softmax), in the order of INTENTS."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def read_model(file: Path) -> IntentModel:
    """Read fitted weights: a line each, the evidence, a tab, one character for each intent."""
    codes: dict[str, str] = {}
    with file.open(encoding="utf-8") as lines:
        header = next(lines, "").rstrip("\n").split("\t")
        if header[1:] != list(INTENTS):
            raise ValueError(f"{file}: fitted for other intents than this version knows; run `make train`")
        for line in lines:
            evidence, _, code = line.rstrip("\n").partition("\t")
            codes[evidence] = code
    return IntentModel(codes)


def code_of(weights: Sequence[float]) -> str:
    """Weights of one piece of evidence as characters; empty when it says nothing."""
    steps = [max(FEWEST, min(MOST, round(weight / STEP))) for weight in weights]
    return "".join(chr(step + ZERO) for step in steps) if any(steps) else ""


def write_model(file: Path, codes: Mapping[str, str]) -> None:
    """Write fitted weights in the form that read_model reads."""
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join(["evidence", *INTENTS]) + "\n")
        out.writelines(f"{evidence}\t{codes[evidence]}\n" for evidence in sorted(codes))
