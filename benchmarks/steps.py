"""Where the time of a question goes, step by step, and how long `visitbot ask` takes as a whole process.

Usage: python benchmarks/steps.py
"""

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

from answers import QUESTIONS
from train import read_lines

from visitbot import clock
from visitbot.answering.answers import answer
from visitbot.assembly import assistant, knowledge
from visitbot.understanding.clauses import clauses
from visitbot.understanding.context import Context
from visitbot.understanding.cues import tell_language
from visitbot.understanding.dates import find_dates
from visitbot.understanding.text import read
from visitbot.understanding.understand import take_in, understand
from visitbot.understanding.venues import find_mentions

T = TypeVar("T")
PROCESSES = 15


def main() -> int:
    """Print the medians."""
    spent: dict[str, list[float]] = defaultdict(list)

    def timed(step: str, work: Callable[..., T], *given: object) -> T:
        start = time.perf_counter()
        result = work(*given)
        spent[step].append(time.perf_counter() - start)
        return result

    known = knowledge()
    with TemporaryDirectory() as home:
        spoken = assistant(Path(home)).phrases
    for line in read_lines(sorted(QUESTIONS.glob("*.jsonl")), ["fr", "en"]):
        now, text = clock.parse(line["now"]), line["text"]
        understand(text, known, now)  # words are met once before they are timed, as in a running bot
        utterance = timed("fold and cut into words", read, text)
        language = timed("tell the language", tell_language, utterance.words, known.identity, "fr")
        timed("venues and places", find_mentions, utterance, known.venues, language)
        timed("dates", find_dates, utterance, known.dates[language], now, known.series)
        timed("hint words", known.cues[language].ideas.find, utterance.words)
        reading = take_in(text, known, now, Context(), "fr")
        timed("intents and clauses", clauses, reading, known, Context())
        found = timed("all of understanding", understand, text, known, now)
        timed("the answer", answer, found.requests, found.choices, known.catalogue, spoken[language], now)
    for step, seconds in spent.items():
        print(f"{step:28}{median(seconds) * 1e6:8.0f} µs")
    print(f"{'visitbot ask, whole process':28}{_process() * 1e3:8.0f} ms  (python -c pass: {_nothing() * 1e3:.0f} ms)")
    return 0


def _process() -> float:
    command = [sys.executable, "-m", "visitbot", "ask", "quand rouvre chambord ?"]
    with TemporaryDirectory() as home:
        return _median(command, {"VISITBOT_HOME": home})


def _nothing() -> float:
    return _median([sys.executable, "-c", "pass"], {})


def _median(command: list[str], extra: dict[str, str]) -> float:
    seconds = []
    for _ in range(PROCESSES):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=os.environ | extra)
        seconds.append(time.perf_counter() - start)
    return median(seconds)


if __name__ == "__main__":
    sys.exit(main())
