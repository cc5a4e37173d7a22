"""The committed weights are what `make train` makes of the committed questions."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from visitbot.understanding.request import INTENTS
from visitbot.understanding.weights import STEP, read_weights, weights_of

ROOT = Path(__file__).parents[1]
OUTCOMES = {"intents.tsv": list(INTENTS), "cuts.tsv": ["request"]}
NEAR = 2 * STEP
"""Another machine's arithmetic may round a weight to the step beside; what that moves in later fits, to the next."""


ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Several threads add up in an order of their own; `make train` fits with one, too."""


def train(to: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "train.py"), "--to", str(to)]
    subprocess.run(command, check=True, cwd=to, env=os.environ | ONE_THREAD)


def weights(folder: Path, file: str) -> Mapping[str, list[float]]:
    return {name: weights_of(code) for name, code in read_weights(folder / file, OUTCOMES[file]).items()}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rebuilt")
    train(folder)
    return folder


@pytest.mark.parametrize("file", OUTCOMES)
def test_training_makes_the_committed_weights(file: str, rebuilt: Path) -> None:
    committed, made = weights(ROOT / "data", file), weights(rebuilt, file)
    nothing = [0.0] * len(OUTCOMES[file])
    other = [
        name
        for name in committed.keys() | made.keys()
        if any(
            abs(one - two) > NEAR
            for one, two in zip(committed.get(name, nothing), made.get(name, nothing), strict=True)
        )
    ]
    assert other == [], f"{len(other)} of {len(made)} weights differ: run `make train` and commit data/{file}"
