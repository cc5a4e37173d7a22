"""How museums are told apart by name: 1,222 of them as catalogue, half of them, and none beside the twelve venues.

Usage: python benchmarks/large_catalogue.py [--every N] [--seeds N] [--worst N]
"""

import argparse
import csv
import gc
import os
import random
import re
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from rapidfuzz.distance import OSA
from train import read_lines

from visitbot import clock
from visitbot.assembly import knowledge, spoken
from visitbot.catalogue.model import Catalogue, Venue
from visitbot.understanding.text import fold, words
from visitbot.understanding.understand import Understanding, understand
from visitbot.understanding.venues import VenueIndex, tables_for
from visitbot.understanding.vocabulary import Vocabulary

ROOT = Path(__file__).parents[1]
NOW = clock.parse("2020-05-20T10:00")
IN_SERIES = frozenset({"M0629", "M5002", "M1033", "M7013", "M0137", "M1024", "M0131", "M7017"})
"""Rows of museums.csv that are venues of the series."""
FORMS = {
    "Quand rouvre … ?": ("fr", "Quand rouvre {name} ?", "Quand rouvre {name} à {city} ?"),
    "… à <city>, c'est ouvert ?": ("fr", "{name} à {city}, c'est ouvert ?", "{name} à {city}, c'est ouvert ?"),
    "Is … open?": ("en", "Is {name} open?", "Is {name} in {city} open?"),
}
"""Title → language, the question, and the question where the name alone says too little."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KINDS = (("château", "castle"), ("muséum", "science"), ("arch", "archaeology"), ("art", "art"))
Row = Mapping[str, str]
Typing = Callable[[str], str]
Judge = Callable[[Understanding, Row], str]


def museums() -> list[Row]:
    """The museums of France that are known, those of the series among them."""
    with (ROOT / "data" / "elsewhere" / "museums.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def large(catalogue: Catalogue, rows: Sequence[Row]) -> Vocabulary:
    """The vocabulary of a catalogue whose venues are these museums, its places left as they are."""
    return knowledge(replace(catalogue, venues={row["museofile_id"]: _venue(row) for row in rows}))


def half(catalogue: Catalogue, rows: Sequence[Row]) -> Vocabulary:
    """The same, but of museums that are not in the catalogue nothing is known."""
    many = large(catalogue, rows)
    tables = {code: language.tables["venues"] for code, language in spoken().items()}
    index = VenueIndex.compile(many.catalogue, tables_for("fr", tables))
    return replace(many, venues=dict.fromkeys(many.venues, index))


def _venue(row: Row) -> Venue:
    return Venue(
        id=row["museofile_id"],
        kind=next((kind for part, kind in KINDS if part in row["name"].lower()), "history"),
        name={"fr": row["name"]},
        forms={},
        description={},
        city=row["city"],
        department=row["department"],
        region=row["region"],
        latitude=float(row["lat"]) if row["lat"] else None,
        longitude=float(row["lon"]) if row["lon"] else None,
        site=None,
        aliases={},
    )


# ---------------------------------------------------------------- how it is typed


def plainly(text: str) -> str:
    """As written."""
    return text


def dictated(text: str) -> str:
    """Without capitals, accents and punctuation, as a telephone writes down speech."""
    return " ".join(words(text))


def slipped(seed: int) -> Typing:
    """With one slip in a letter of a word of four letters or more, the same for the same seed and text."""

    def typed(text: str) -> str:
        choice = random.Random(f"{seed} {text}")
        spans = [found.span() for found in re.finditer(r"[^\W\d_]{4,}", text)]
        if not spans:
            return text
        start, end = choice.choice(spans)
        at = choice.randrange(start, end)
        kind = choice.choice(("substitution", "deletion", "insertion", "transposition"))
        letter = choice.choice(LETTERS.replace(fold(text[at])[:1], ""))
        if kind == "transposition":
            at = min(at, end - 2)
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        kept = {"substitution": letter, "deletion": "", "insertion": letter + text[at]}[kind]
        return text[:at] + kept + text[at + 1 :]

    return typed


def questions(rows: Sequence[Row], form: str, typed: Typing) -> Iterator[tuple[Row, str, str]]:
    """Each museum asked for, with the city where its name alone is another's too; and the language."""
    language, short, long = FORMS[form]
    bearers = Counter(fold(row["name"]) for row in museums())
    for row in rows:
        unique = bearers[fold(row["name"])] == 1
        pattern = short if unique else long
        named = pattern.split("{name}")
        parts = named[1].split("{city}")
        name = typed(row["name"] + parts[0] + row["city"]) if len(parts) > 1 else typed(row["name"])
        yield row, f"{named[0]}{name}{parts[-1]}", language


# ---------------------------------------------------------------- how it went


def as_venue(found: Understanding, row: Row) -> str:
    """ "right", "asks back" (it is among those offered), "asks other", "nothing", "elsewhere" or "wrong"."""
    claimed = {venue for request in found.requests for venue in request.venues}
    if claimed:
        return "right" if claimed == {row["museofile_id"]} else "wrong"
    if found.choices:
        return "asks back" if row["museofile_id"] in found.choices else "asks other"
    return "elsewhere" if any(request.unknown_venue for request in found.requests) else "nothing"


def as_elsewhere(found: Understanding, row: Row) -> str:
    """ "said back", "said other", "refused" (without a name), "asks back", "answered" (in general) or "wrong"."""
    said = [request.unknown_venue for request in found.requests if request.unknown_venue]
    if any(request.venues for request in found.requests):
        return "wrong"
    if said:
        return "said back" if any(_says(name, row) for name in said) else "said other"
    if found.choices:
        return "asks back"
    return "refused" if all(request.intent == "out_of_scope" for request in found.requests) else "answered"


def _says(name: str, row: Row) -> bool:
    """Whether at least half of the longer words of a museum's name are there, a slip in each allowed."""
    heard = words(name)
    own = [word for word in words(row["name"]) if len(word) > 3] or list(words(row["name"]))
    return 2 * sum(any(OSA.distance(word, other) < 2 for other in heard) for word in own) >= len(own)


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one vocabulary and counts what comes back."""

    known: Vocabulary
    judge: Judge
    worst: int

    def row(self, title: str, rows: Sequence[Row], form: str, typings: Sequence[Typing]) -> tuple[str, list[float]]:
        """One line of a table, and the seconds of each question."""
        told: Counter[str] = Counter()
        seconds: list[float] = []
        shown: Counter[str] = Counter()
        for typed in typings:
            for row, text, language in questions(rows, form, typed):
                began = time.perf_counter()
                found = understand(text, self.known, NOW, language=language)
                seconds.append(time.perf_counter() - began)
                outcome = self.judge(found, row)
                told[outcome] += 1
                shown[outcome] += 1
                if outcome not in {"right", "said back"} and shown[outcome] <= self.worst:
                    print(
                        f"    {outcome}: {text!r} ({row['name']}, {row['city']}) {found.requests} {found.choices[:6]}"
                    )
        total = sum(told.values())
        shares = "  ".join(f"{name} {100 * count / total:.2f}% ({count})" for name, count in told.most_common())
        return f"  {title:44}{total:6}  {shares}", seconds


def times(title: str, seconds: Sequence[float], bar: str) -> str:
    """Median and 99th percentile in milliseconds."""
    middle, slow = median(seconds) * 1e3, quantiles(seconds, n=100)[98] * 1e3
    return f"  {title:44} p50 {middle:5.2f} ms  p99 {slow:5.2f} ms   bar: {bar}"


def corpus_times(known: Vocabulary, every: int) -> list[float]:
    """Seconds for each of the labelled questions, each asked once before, as in a running bot."""
    lines = read_lines(sorted((ROOT / "tests" / "corpus" / "questions").glob("*.jsonl")), ["fr", "en"])[::every]
    for line in lines:
        understand(line["text"], known, NOW, language=line["lang"])
    seconds = []
    for line in lines:
        began = time.perf_counter()
        understand(line["text"], known, NOW, language=line["lang"])
        seconds.append(time.perf_counter() - began)
    return seconds


def memory() -> float:
    """Megabytes that understanding holds after a few questions; to be asked in a process of its own."""
    gc.collect()
    tracemalloc.start()
    known = knowledge()
    for row in islice(museums(), 0, None, 20):
        understand(f"Quand rouvre {row['name']} ?", known, NOW)
        understand(f"Is {slipped(1)(row['name'])} open?", known, NOW)
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


def _own_process() -> float:
    told = subprocess.run([sys.executable, __file__, "--memory"], check=True, capture_output=True, text=True)
    return float(told.stdout)


def _ask_seconds(times_: int = 11) -> float:
    """Median seconds of `visitbot ask` as a whole process."""
    command = [sys.executable, "-m", "visitbot", "ask", "Quand rouvre le musée de Brou ?"]
    seconds = []
    with TemporaryDirectory() as home:
        for _ in range(times_):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=os.environ | {"VISITBOT_HOME": home})
            seconds.append(time.perf_counter() - began)
    return median(seconds)


def main() -> int:
    """Print every figure beside its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every Nth museum and question")
    parser.add_argument("--seeds", type=int, default=3, help="so many different slips for each name")
    parser.add_argument("--worst", type=int, default=0, help="print so many of each kind of failure")
    parser.add_argument("--memory", action="store_true", help="print only the megabytes that understanding holds")
    asked = parser.parse_args()
    if asked.memory:
        print(memory())
        return 0
    rows = museums()[:: asked.every]
    slips = [slipped(seed) for seed in range(1, asked.seeds + 1)]
    known = knowledge()
    began = time.perf_counter()
    many = large(known.catalogue, museums())
    print(
        f"{len(many.catalogue.venues)} museums as catalogue, compiled in {(time.perf_counter() - began) * 1e3:.0f} ms"
    )
    spent = _table(Asker(many, as_venue, asked.worst), rows, (
        ("as written", [plainly], "right ≥ 99 %, wrong ~0"),
        ("with one slip", slips, "right ≥ 95 %, the rest asks back, wrong ~0"),
    ))  # fmt: skip
    print(times("time for a question about one of them", spent, "p50 < 3 ms"))
    print(times("time for a labelled question", corpus_times(many, asked.every), "p50 < 3 ms"))
    print("every second museum as catalogue, the others asked for")
    for title, less in (("known elsewhere", large), ("unknown", half)):
        asker = Asker(less(known.catalogue, museums()[::2]), as_elsewhere, asked.worst)
        _table(asker, museums()[1 :: 2 * asked.every], ((title, [plainly], "wrong ~0"),))
    print(f"{len(known.catalogue.venues)} venues as catalogue, the museums as what is elsewhere")
    others = [row for row in rows if row["museofile_id"] not in IN_SERIES]
    spent = _table(Asker(known, as_elsewhere, asked.worst), others, (
        ("as written", [plainly], "wrong 0, said back where known"),
        ("dictated", [dictated], "wrong 0"),
        ("with one slip", slips, "wrong 0"),
    ))  # fmt: skip
    print(times("time for a question about one of them", spent, "p50 < 1 ms, p99 < 5 ms"))
    print(times("time for a labelled question", corpus_times(known, asked.every), "p50 < 1 ms, p99 < 5 ms"))
    print(f"  memory that understanding takes: {_own_process():.1f} MB   bar: 40 MB")
    print(f"  `visitbot ask` as a whole process: {_ask_seconds():.2f} s   bar: 0.4 s")
    return 0


def _table(asker: Asker, rows: Sequence[Row], ways: Sequence[tuple[str, Sequence[Typing], str]]) -> list[float]:
    spent: list[float] = []
    for way, typings, bar in ways:
        print(f" {way}   bar: {bar}")
        for form in FORMS:
            line, seconds = asker.row(form, rows, form, typings)
            print(line)
            spent += seconds
    return spent


if __name__ == "__main__":
    sys.exit(main())
