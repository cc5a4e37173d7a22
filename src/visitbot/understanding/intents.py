"""Weighs the evidence of a message into a probability for each intent, with weights fitted on labelled questions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add

from visitbot.understanding.phonetics import key as sound
from visitbot.understanding.request import INTENTS
from visitbot.understanding.weights import STEP, steps_of, weights_of

REMEMBERED = 20_000
"""Words whose evidence is kept at hand; the language is larger, a flood of noise must not fill the memory."""

PLAIN = 3
"""Words up to this length are never strange: abbreviations have no end."""

Scores = list[float]
Steps = list[int]
"""Weights in units of STEP."""


@dataclass(slots=True)
class IntentModel:
    """A linear model: evidence → a weight for each intent. Empty, it finds all intents equally likely."""

    codes: Mapping[str, str] = field(default_factory=dict)
    """Evidence → one character for each of INTENTS: its weight in steps around ZERO."""
    _words: dict[str, Steps | None] = field(default_factory=dict)
    _others: dict[str, Steps | None] = field(default_factory=dict)

    def scores(self, words: Iterable[str], evidence: Iterable[str]) -> Scores:
        """Sum of weights for each intent; `words` count with how they sound, `evidence` as it is."""
        total = [0] * len(INTENTS)
        strange = 0
        for word in words:
            strange += len(word) > PLAIN and "w=" + word not in self.codes
            if (steps := self._word(word)) is not None:
                total = list(map(add, total, steps))
        for name in (*evidence, strangeness(strange)):
            if (steps := self._other(name)) is not None:
                total = list(map(add, total, steps))
        return [STEP * count for count in total]

    def weight(self, evidence: str) -> Scores | None:
        """The weights of one piece of evidence, in the order of INTENTS; None when it was never seen."""
        code = self.codes.get(evidence)
        return None if code is None else weights_of(code)

    def _other(self, name: str) -> Steps | None:
        if name not in self._others:
            if len(self._others) > REMEMBERED:
                self._others.clear()
            code = self.codes.get(name)
            self._others[name] = None if code is None else steps_of(code)
        return self._others[name]

    def _word(self, word: str) -> Steps | None:
        if word not in self._words:
            if len(self._words) > REMEMBERED:
                self._words.clear()
            rows = [steps_of(self.codes[name]) for name in word_evidence(word) if name in self.codes]
            self._words[word] = [sum(column) for column in zip(*rows, strict=True)] if rows else None
        return self._words[word]


def strangeness(count: int) -> str:
    """Evidence from how many words no labelled question has: other topics have other words."""
    return f"u={min(count, 5)}"


def word_evidence(word: str) -> list[str]:
    """The word, and how it sounds."""
    return ["w=" + word, "s=" + sound(word)]


def likelihoods(scores: Sequence[float]) -> Scores:
    """Scores as probabilities (softmax), in the order of INTENTS."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
