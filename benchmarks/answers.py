"""How well and how fast questions are understood, writer by writer, beside the two plain alternatives.

Each writer's questions are answered with weights fitted on the other writers' alone.
Usage: python benchmarks/answers.py [--writers d1 d7 …] [--fitted] [--worst N] [--no-alternatives]
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Any

import plain
from scoring import Outcome, compare
from train import fit, read_lines

from visitbot import clock
from visitbot.assembly import knowledge, spoken
from visitbot.understanding.context import Context
from visitbot.understanding.understand import Understanding, understand
from visitbot.understanding.vocabulary import Vocabulary

QUESTIONS = Path(__file__).parents[1] / "tests" / "corpus" / "questions"
Line = Mapping[str, Any]


@dataclass(slots=True)
class Tally:
    """Outcomes of one way of answering."""

    outcomes: list[tuple[Line, Outcome]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    doubts: list[tuple[bool, bool]] = field(default_factory=list)
    """For each question that the bot was too unsure to answer: was its best guess right, was the right one offered."""
    graded: list[tuple[float, bool]] = field(default_factory=list)
    """How likely the intent seemed, and whether the whole was right."""

    def add(self, more: "Tally") -> None:
        """Take in what another part measured."""
        self.outcomes += more.outcomes
        self.seconds += more.seconds
        self.doubts += more.doubts
        self.graded += more.graded

    def calibration(self) -> str:
        """How often asking back was right to do, and how often answers of each likelihood were right."""
        count, spared = len(self.doubts), sum(not guess for guess, _ in self.doubts)
        offered = sum(offer for _, offer in self.doubts)
        told = (
            f"asked what is meant: {count} of {len(self.outcomes)} questions; the best guess would have been wrong in "
        )
        told += f"{spared}, the right reading was among those offered in {offered}\nlikelihood → right:"
        for tenth in range(2, 10):
            group = [right for share, right in self.graded if min(int(share * 10), 9) == tenth]
            if group:
                told += f"  .{tenth}: {100 * sum(group) / len(group):.0f} % of {len(group)}"
        return told

    def row(self, name: str) -> str:
        """One line of the table; shares are of the group's questions, "answered" of its out-of-scope ones."""
        told = [outcome for _, outcome in self.outcomes]
        outside = sum(outcome.out_of_scope for outcome in told)
        answered = sum(outcome.answered for outcome in told)
        asked = sum(outcome.asked_back for outcome in told)
        well = sum(outcome.asked_well for outcome in told)
        return (
            f"{name:28}{len(told):6}{_share(o.right for o in told):8}{_share(o.intent for o in told):8}"
            f"{_share(o.wrong_venue for o in told):8}{f'{answered}/{outside}':>9}"
            f"{_share(o.missed for o in told):8}{f'{asked} ({well})':>9}{median(self.seconds) * 1000:9.2f}"
            f"{sorted(self.seconds)[int(len(self.seconds) * 0.99)] * 1000:9.2f}"
        )


Table = dict[str, Tally]

COLUMNS = ("right", "intent", "wrong", "oos ans.", "missed", "asked", "p50 ms", "p99 ms")
HEAD = f"{'':28}{'n':>6}" + "".join(f"{name:>{9 if name in COLUMNS[3:4] + COLUMNS[5:] else 8}}" for name in COLUMNS)


def _share(values: Iterable[bool]) -> str:
    told = list(values)
    return f"{100 * sum(told) / len(told):7.1f}%" if told else "      –"


def understood(line: Line, vocabulary: Vocabulary) -> tuple[Understanding, float]:
    """The reading of one labelled question, its earlier messages replayed, and the seconds for the last one."""
    now = clock.parse(line["now"])
    thread = Context()
    for earlier in line.get("before", ()):
        thread = understand(earlier, vocabulary, now, thread, line["lang"]).context
    start = time.perf_counter()
    found = understand(line["text"], vocabulary, now, thread, line["lang"])
    return found, time.perf_counter() - start


def writer(line: Line) -> str:
    """Whose question it is."""
    return str(line["id"]).split("-")[0]


def groups(line: Line) -> Iterator[str]:
    """Every table row that a question counts in."""
    yield "all"
    yield "writer " + writer(line)
    yield "language " + line["lang"]
    yield "intent " + line["expect"][0]["intent"]
    yield "follow-up" if line.get("before") else "single message"
    if len(line["expect"]) > 1:
        yield "several requests"


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", nargs="*", help="only these writers (default: all)")
    parser.add_argument("--languages", nargs="+", default=sorted(spoken()))
    parser.add_argument("--fitted", action="store_true", help="use the committed weights (they know these questions)")
    parser.add_argument("--unread", nargs="*", default=[], help="writers never fitted on, not even for the others")
    parser.add_argument("--worst", type=int, default=0, help="print so many misunderstood questions of each writer")
    parser.add_argument("--parts", type=int, help="leave writers out in so many groups: faster, and fitted on fewer")
    parser.add_argument("--no-alternatives", action="store_true")
    asked = parser.parse_args()
    lines = read_lines(sorted(QUESTIONS.glob("*.jsonl")), asked.languages)
    writers = asked.writers or sorted({writer(line) for line in lines})
    parts = [writers[at :: asked.parts] for at in range(asked.parts)] if asked.parts else [[name] for name in writers]
    ours: dict[str, Tally] = defaultdict(Tally)
    others: dict[str, Tally] = defaultdict(Tally)
    with ProcessPoolExecutor() as pool:
        for found, plainly in pool.map(_part, parts, repeat(lines), repeat(asked)):
            for table, told in ((ours, found), (others, plainly)):
                for name, tally in told.items():
                    table[name].add(tally)
    for title, table in (("visitbot", ours), ("the plain alternatives", others)):
        if table:
            print(f"\n{title}\n{HEAD}")
            for name in sorted(table, key=lambda key: (key != "all", key)):
                print(table[name].row(name))
    print("\n" + ours["all"].calibration())
    return 0


def _part(names: Sequence[str], lines: Sequence[Line], asked: argparse.Namespace) -> tuple[Table, Table]:
    """Some writers' questions, answered with weights fitted on the others'."""
    vocabulary = knowledge()
    rest = [line for line in lines if writer(line) not in {*names, *asked.unread}]
    known = vocabulary if asked.fitted else fit(rest, vocabulary)
    own = [line for line in lines if writer(line) in names]
    ours: Table = defaultdict(Tally)
    others: Table = defaultdict(Tally)
    _measure(own, known, ours, asked.worst)
    if not asked.no_alternatives:
        _measure_plain(own, rest, known, others)
    return ours, others


def _measure(own: Sequence[Line], known: Vocabulary, table: Table, worst: int) -> None:
    for line in own:
        understood(line, known)  # words are met once before they are timed, as in a running bot
    for line in own:
        found, seconds = understood(line, known)
        requests = [request.as_json() for request in found.requests]
        outcome = compare(line, requests, found.choices)
        if found.readings:
            readings = [compare(line, [reading.as_json()], ()).right for reading in found.readings]
            table["all"].doubts.append((readings[0], any(readings)))
        elif len(found.clauses) == 1:
            table["all"].graded.append((found.clauses[0].likelihood, outcome.right))
        for group in groups(line):
            table[group].outcomes.append((line, outcome))
            table[group].seconds.append(seconds)
        if not outcome.right and worst > 0:
            worst -= 1
            print(line["id"], line["now"], repr(line["text"]), line.get("before", ""))
            print("    want", line["expect"])
            print("    got ", requests, found.choices or "")


def _measure_plain(own: Sequence[Line], rest: Sequence[Line], known: Vocabulary, table: Table) -> None:
    ways = {
        "nearest phrase by WRatio": plain.nearest_phrase(rest),
        "aliases+keywords+dateparser": plain.keywords(known.catalogue),
    }
    for name, answer in ways.items():
        for line in own:
            start = time.perf_counter()
            requests = answer(line)
            table[name].seconds.append(time.perf_counter() - start)
            table[name].outcomes.append((line, compare(line, requests, ())))


if __name__ == "__main__":
    sys.exit(main())
