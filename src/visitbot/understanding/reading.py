"""One message as it was read: words, mentions, dates and hint words, and the evidence they give for an intent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations, pairwise

from visitbot.understanding.context import Context
from visitbot.understanding.cues import Cue
from visitbot.understanding.dates import DateMention
from visitbot.understanding.text import Utterance
from visitbot.understanding.venues import Mention

SHORT = 4
"""Words up to which a message may well lean on the one before."""
EARLY = 3
"""A word of a question counts as its beginning among so many first words."""
LEANING = ("pronoun", "other", "both", "same", "negation", "daily", "former", "latter", "third", "most_viewed", "among")
"""Follow-up words that speak for an intent."""
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
    """Follow-up words: "opening", "pronoun", "one", "other", "others", "both", "former", "latter", "third",
    "most_viewed", "among", "same", "negation", "daily", "everything"."""
    questions: tuple[Cue, ...]
    """Words that ask: "start", "request"."""
    everyday: frozenset[str] = frozenset()
    """Words so common in the language that they ask nothing by themselves."""
    speaks_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Idea → the intents it hints at."""

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
        """Names of the cues in those words."""
        return frozenset(cue.name for cue in self.cues_in(spans))

    def cues_in(self, spans: Spans) -> list[Cue]:
        """Cues that lie in those words, outside names and dates."""
        taken = {at for mention in self.mentions if mention.kind != "kind" for at in range(mention.first, mention.last)}
        taken |= {at for found in self.dates for at in range(found.first, found.last)}
        return [
            cue
            for cue in self.cues
            if any(first <= cue.first and cue.last <= last for first, last in spans)
            and taken.isdisjoint(range(cue.first, cue.last))
        ]

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
    """The words of `spans` outside names and dates, and everything else that speaks for an intent.

    A piece of evidence is a name before "=" (c: an idea, cc and cb: two ideas, together and one after the other, cx: an
    idea and a slot, g and gg: what ideas speak for, b: two words, x: a slot, f: a follow-up word, P: the conversation)
    and what was found.
    """
    placed = [item for first, last in spans for item in _shown(reading, first, last)]
    shown = [word for _, word in placed]
    words = [word for word in shown if not word.startswith("<")]
    slots = {word for word in shown if word.startswith("<")}
    found = reading.cues_in(spans)
    ideas = sorted({cue.name for cue in found})
    told = [f"b={one}_{two}" for one, two in pairwise(["^", *shown, "$"])]
    told += ["x=" + slot for slot in sorted(slots)]
    told += _ideas(ideas, slots, reading.speaks_for)
    told += [f"cb={one}+{two}" for these, those in pairwise(_in_order(placed, found)) for one in these for two in those]
    told += ["n=" + str(min(len(shown), 12) // 2), "bias"]
    if shown:
        told.append("first=" + shown[0])
    last = spans[-1][1]
    end = reading.utterance.tail if last >= reading.count else reading.utterance.tokens[last].gap
    if "?" in end:
        told.append("?")
    return words, told + _leaning(reading, spans, words, slots, ideas, context)


def _ideas(ideas: list[str], slots: set[str], speaks_for: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Each idea, each two, each with a slot; and the intents that they speak for."""
    intents = sorted({intent for idea in ideas for intent in speaks_for.get(idea, ())})
    yield f"nc={min(len(ideas), 6)}"
    for sign, names in (("c", ideas), ("g", intents)):
        yield from (f"{sign}={name}" for name in names)
        yield from (f"{sign}{sign}={one}+{two}" for one, two in combinations(names, 2))
    yield from (f"cx={idea}+{slot}" for idea in ideas for slot in slots)


def _in_order(placed: list[tuple[int, str]], cues: list[Cue]) -> list[list[str]]:
    """What is said, as ideas and slots in their order; of cues that begin at one word the longest count."""
    starts: dict[int, list[Cue]] = {}
    for cue in cues:
        starts.setdefault(cue.first, []).append(cue)
    order, free = [["^"]], 0
    for at, word in placed:
        if word.startswith("<"):
            order.append([word])
        elif at >= free and at in starts:
            free = max(cue.last for cue in starts[at])
            order.append(sorted({cue.name for cue in starts[at] if cue.last == free}))
    return [*order, ["$"]]


def _shown(reading: Reading, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The words and where they stand, with names, dates and numbers replaced by what they are."""
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
            yield at, starts[at]
        elif at not in hidden:
            word = reading.utterance.tokens[at].word
            yield at, "<n>" if word.isdigit() else word


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
    reading: Reading, spans: Spans, words: list[str], slots: set[str], ideas: list[str], context: Context | None
) -> list[str]:
    """Evidence from the conversation: what was wanted before, and how much this message leans on it."""
    found = [f"f={name}" for name in LEANING if reading.leans(name, spans)]
    if reading.leans("opening", ((spans[0][0], spans[0][0] + 1),)):
        found.append("f=opening")
    kinds = {mention.kind for mention in reading.mentions_in(spans) if mention.role == "target"}
    found += ["k=" + kind for kind in sorted(kinds)]
    if context is None or context.intent is None:
        return [*found, "P=none"]
    before = "P=" + context.intent
    size = "s" if len(words) + len(slots) <= SHORT else "l"
    own = min(sum(word not in reading.everyday for word in words), 2)
    found += [f"{before}+{name}" for name in found if name.startswith("f=")]
    found += [before, f"{before}+{size}", f"{before}+nc{min(len(ideas), 2)}+{size}"]
    found += [f"{before}+own{own}+nc{min(len(ideas), 2)}"]
    found += [f"{before}+{slot}" for slot in slots] + [f"{before}+{cue}" for cue in ideas]
    if not ideas:
        found += [f"{before}+nc0+{slot}" for slot in slots] + [f"{before}+own{own}+{slot}" for slot in slots]
        found.append(f"{before}+nc0")
    if context.outside:
        found.append("P=outside")
    if context.when is not None:
        found.append(before + "+when")
    if context.venues:
        found.append(before + "+venue")
    return found
