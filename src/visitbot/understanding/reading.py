"""One message as it was read: words, mentions, dates and hint words, and the evidence they give for an intent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from visitbot.understanding.context import Context
from visitbot.understanding.cues import Cue
from visitbot.understanding.dates import DateMention
from visitbot.understanding.text import Utterance
from visitbot.understanding.venues import Mention

SHORT = 4
"""Words up to which a message may well lean on the one before."""
EARLY = 3
"""A word of a question counts as its beginning among so many first words."""
ENDS = frozenset(".?!;\n…")
"""Marks that end a sentence."""
PICTURES = "\u2600"
"""From here on characters are pictures."""
BESIDE = 1
"""Words that may stand between a place and the day it was seen on."""

Spans = tuple[tuple[int, int], ...]
"""Runs of words, each [first, last)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message with all that was found in it."""

    utterance: Utterance
    language: str
    now: datetime
    series: tuple[date, date]
    mentions: tuple[Mention, ...]
    dates: tuple[DateMention, ...]
    cues: tuple[Cue, ...]
    leanings: tuple[Cue, ...]
    """Follow-up words: "opening", "pronoun", "one", "other", "others", "both", "former", "latter", "same", "negation",
    "daily", "everything"."""
    questions: tuple[Cue, ...]
    """Words that ask: "start", "request"."""

    @property
    def count(self) -> int:
        """Number of words."""
        return len(self.utterance.tokens)

    def leans(self, name: str, spans: Spans) -> bool:
        """Whether a follow-up word of that sort begins in those words."""
        return any(cue.name == name and _inside(cue.first, spans) for cue in self.leanings)

    def mentions_in(self, spans: Spans) -> list[Mention]:
        """Mentions that begin in those words."""
        return [mention for mention in self.mentions if _inside(mention.first, spans)]

    def dates_in(self, spans: Spans) -> list[DateMention]:
        """Dates that begin in those words, but those of what was seen ("après Kérylos hier, …")."""
        return [found for found in self.dates if _inside(found.first, spans) and not self._of_the_past(found)]

    def _of_the_past(self, found: DateMention) -> bool:
        return any(mention.role == "seen" and 0 <= found.first - mention.last <= BESIDE for mention in self.mentions)

    def names_in(self, spans: Spans) -> frozenset[str]:
        """Names of the cues that lie in those words and not inside a name."""
        covered = {
            at for mention in self.mentions if mention.kind != "kind" for at in range(mention.first, mention.last)
        }
        return frozenset(
            cue.name
            for cue in self.cues
            if any(first <= cue.first and cue.last <= last for first, last in spans)
            and not covered.issuperset(range(cue.first, cue.last))
        )

    def sentences(self) -> list[tuple[int, int]]:
        """The message cut at full stops, question marks and line ends."""
        tokens = self.utterance.tokens
        named = {at for mention in self.mentions for at in range(mention.first + 1, mention.last)}
        named |= {at for found in self.dates for at in range(found.first + 1, found.last)}
        starts = [at for at in range(1, len(tokens)) if ends(tokens[at].gap) and at not in named]
        return list(zip([0, *starts], [*starts, len(tokens)], strict=True))

    def focus(self) -> Spans:
        """The sentences that ask, when some do and others only tell: "J'ai adoré Kérylos. C'est qui ce soir ?"."""
        sentences = self.sentences()
        asking = [span for span in sentences if self.asks(span)]
        if not asking or len(asking) == len(sentences):
            return ((0, self.count),)
        return tuple(asking)

    def asks(self, span: tuple[int, int]) -> bool:
        """Whether a sentence asks or requests something."""
        first, last = span
        end = self.utterance.tail if last >= self.count else self.utterance.tokens[last].gap
        if "?" in end:
            return True
        return any(
            first <= cue.first < (last if cue.name == "request" else min(last, first + EARLY)) for cue in self.questions
        )


def ends(gap: str) -> bool:
    """Whether what stands between two words ends a sentence: a full stop, a line end, a smiley."""
    return any(mark in ENDS or mark >= PICTURES for mark in gap)


def _inside(at: int, spans: Spans) -> bool:
    return any(first <= at < last for first, last in spans)


def evidence(reading: Reading, spans: Spans, context: Context | None) -> tuple[list[str], list[str]]:
    """The words of `spans` outside names and dates, and everything else that speaks for an intent."""
    shown = [word for first, last in spans for word in _shown(reading, first, last)]
    words = [word for word in shown if not word.startswith("<")]
    slots = {word for word in shown if word.startswith("<")}
    cues = sorted(reading.names_in(spans))
    found = [f"b={one}_{two}" for one, two in pairwise(["^", *shown, "$"])]
    found += ["x=" + slot for slot in slots]
    found += ["c=" + cue for cue in cues]
    found += [f"cc={one}+{two}" for at, one in enumerate(cues) for two in cues[at + 1 :]]
    found += [f"cx={cue}+{slot}" for cue in cues for slot in slots]
    found += ["n=" + str(min(len(shown), 12) // 2), f"nc={min(len(cues), 3)}", "bias"]
    if shown:
        found.append("first=" + shown[0])
    last = spans[-1][1]
    end = reading.utterance.tail if last >= reading.count else reading.utterance.tokens[last].gap
    if "?" in end:
        found.append("?")
    return words, found + _leaning(reading, spans, slots, cues, len(shown), context)


def _shown(reading: Reading, first: int, last: int) -> Iterator[str]:
    """The words, with names, dates and numbers replaced by what they are."""
    starts: dict[int, str] = {}
    hidden: set[int] = set()
    for found in reading.dates_in(((first, last),)):
        starts[found.first] = _date_slot(found, reading)
        hidden.update(range(found.first, found.last))
    for mention in reading.mentions_in(((first, last),)):
        if mention.kind == "kind":
            continue
        role = "" if mention.role == "target" else "-" + mention.role
        starts[mention.first] = f"<{mention.kind}{role}>"
        hidden.update(range(mention.first, mention.last))
    for at in range(first, min(last, reading.count)):
        if at in starts:
            yield starts[at]
        elif at not in hidden:
            word = reading.utterance.tokens[at].word
            yield "<n>" if word.isdigit() else word


def _date_slot(found: DateMention, reading: Reading) -> str:
    when = found.series_when
    if when is None:
        return "<no-day>"
    if when.rank is not None:
        return "<rank>"
    start, today = when.start, reading.now.date()
    if start is None:
        return "<until>"
    length = "day" if when.end == start else "days"
    last = when.end or start
    side = "today" if start <= today <= last else "past" if last < today else "future"
    inside = "" if reading.series[0] <= start <= reading.series[1] else "-out"
    return f"<{length}-{side}{inside}>"


def _leaning(
    reading: Reading, spans: Spans, slots: set[str], cues: list[str], length: int, context: Context | None
) -> list[str]:
    """Evidence from the conversation: what was wanted before, and how much this message leans on it."""
    found = [
        f"f={name}" for name in ("pronoun", "other", "both", "same", "negation", "daily") if reading.leans(name, spans)
    ]
    if reading.leans("opening", ((spans[0][0], spans[0][0] + 1),)):
        found.append("f=opening")
    kinds = {mention.kind for mention in reading.mentions_in(spans) if mention.role == "target"}
    found += ["k=" + kind for kind in sorted(kinds)]
    if context is None or context.intent is None:
        return [*found, "P=none"]
    before = "P=" + context.intent
    size = "s" if length <= SHORT else "l"
    found += [f"{before}+{name}" for name in found if name.startswith("f=")]
    found += [before, f"{before}+{size}", f"{before}+nc{min(len(cues), 2)}+{size}"]
    found += [f"{before}+{slot}" for slot in slots] + [f"{before}+{cue}" for cue in cues]
    if not cues:
        found += [f"{before}+nc0+{slot}" for slot in slots]
        found.append(f"{before}+nc0")
    if context.outside:
        found.append("P=outside")
    if context.when is not None:
        found.append(before + "+when")
    if context.venues:
        found.append(before + "+venue")
    return found
