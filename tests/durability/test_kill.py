"""A writer killed at any moment: each write it acknowledged is there, and no file is unreadable."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from visitbot.catalogue.storage import StateFile, load
from visitbot.catalogue.store import open_store, read_catalogue

KILLS = 100
WRITER = Path(__file__).with_name("writer.py")


def test_a_writer_killed_a_hundred_times_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(2020)
    home, seed = tmp_path / "home", tmp_path / "seed"
    seed.mkdir()
    (seed / "sources.toml").write_text('[one]\ntitle = "One"\n', encoding="utf-8")  # small: most writes, least waiting
    open_store(home, seed)
    known, killed_inside = 0, 0
    for _ in range(KILLS):
        acknowledged = kill_at_random(home, seed, chance)
        # What is left must be readable as it lies there, before anyone tidies up.
        written = counter(home, seed)
        assert known <= acknowledged <= written <= acknowledged + 1
        for copy in StateFile(home).copies():
            load(copy)
        killed_inside += written > acknowledged or any(home.rglob("*.tmp"))
        known = written
    assert known > KILLS
    assert killed_inside > 0  # else the kills never hit a write, and this test shows nothing
    open_store(home, seed).put("sources", "after", {"id": "after", "title": "all"})
    assert list(home.rglob("*.tmp")) == []


def kill_at_random(home: Path, seed: Path, chance: random.Random) -> int:
    """Let a writer write a few times, kill it somewhere inside the next write; the last number it acknowledged."""
    command = [sys.executable, str(WRITER), str(home), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = b""
        for _ in range(chance.randint(1, 3)):
            said = writer.stdout.readline()
        until = time.perf_counter() + chance.uniform(0, 0.004)  # about the length of one write
        while time.perf_counter() < until:
            pass
        os.kill(writer.pid, signal.SIGKILL)
        return int((said + writer.stdout.read()).split()[-1])


def counter(home: Path, seed: Path) -> int:
    return int(read_catalogue(home, seed).sources["counter"].title.split()[0])
