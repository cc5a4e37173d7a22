"""Weights fitted on labelled questions, kept as text: evidence, a tab, one character for each outcome."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

STEP = 0.08
"""One unit of a stored weight."""
ZERO = 79
"""The character that stands for weight 0; 32 below and above it are the printable range that is used."""
FEWEST, MOST = 33 - ZERO, 126 - ZERO


@dataclass(slots=True)
class Weights:
    """How much each piece of evidence speaks for one thing being so. Empty, it finds everything as likely as not."""

    codes: Mapping[str, str] = field(default_factory=dict)

    def total(self, evidence: Iterable[str]) -> float:
        """The sum of their weights (natural logarithm of odds)."""
        codes = self.codes
        steps = [ord(codes[name]) - ZERO for name in evidence if name in codes]
        return STEP * sum(steps)


def steps_of(code: str) -> list[int]:
    """The weights that characters stand for, in units of STEP: whole numbers add up alike in any order."""
    return [ord(mark) - ZERO for mark in code]


def weights_of(code: str) -> list[float]:
    """The weights that characters stand for."""
    return [STEP * step for step in steps_of(code)]


def code_of(weights: Sequence[float]) -> str:
    """Weights of one piece of evidence as characters; empty when it says nothing."""
    steps = [max(FEWEST, min(MOST, round(weight / STEP))) for weight in weights]
    return "".join(chr(step + ZERO) for step in steps) if any(steps) else ""


def read_weights(file: Path, outcomes: Sequence[str]) -> dict[str, str]:
    """Evidence → its characters. Raises ValueError when the file was fitted for other outcomes, and OSError."""
    codes: dict[str, str] = {}
    with file.open(encoding="utf-8") as lines:
        header = next(lines, "").rstrip("\n").split("\t")
        if header[1:] != list(outcomes):
            raise ValueError(f"{file}: fitted for other outcomes than this version knows; run `make train`")
        for line in lines:
            evidence, _, code = line.rstrip("\n").partition("\t")
            codes[evidence] = code
    return codes


def write_weights(file: Path, outcomes: Sequence[str], codes: Mapping[str, str]) -> None:
    """Write them in the form that read_weights reads."""
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join(["evidence", *outcomes]) + "\n")
        out.writelines(f"{evidence}\t{codes[evidence]}\n" for evidence in sorted(codes))
