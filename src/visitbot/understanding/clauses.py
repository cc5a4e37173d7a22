"""Cuts a message into the requests it makes: "Chambord rouvre quand, et c'est qui ce soir ?" makes two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from visitbot.understanding.context import Context
from visitbot.understanding.dates import DateMention
from visitbot.understanding.intents import IntentModel, likelihoods
from visitbot.understanding.pieces import pieces
from visitbot.understanding.reading import Reading, Spans, evidence
from visitbot.understanding.request import INTENTS
from visitbot.understanding.vocabulary import Vocabulary

GRADES = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95)
"""Likelihoods at which a piece of evidence changes its name."""
VISIT, SCHEDULE = INTENTS.index("visit"), INTENTS.index("schedule")

Run = tuple[int, int]
"""Pieces [first, last) of a message that make one request."""


@dataclass(frozen=True, slots=True)
class Clause:
    """The words that make one request."""

    spans: Spans
    intent: str
    likelihood: float
    wanted: str
    """The likeliest intent but "out_of_scope": what is meant if the venue turns out to be elsewhere."""
    alone: str
    """The likeliest intent of the same words without the conversation."""
    after: str | None
    """The intent that stood before these words: the conversation's, or that of the words before."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to cut a message, with what speaks for it."""

    clauses: tuple[Clause, ...]
    evidence: list[str]


def clauses(reading: Reading, vocabulary: Vocabulary, before: Context) -> tuple[Clause, ...]:
    """The requests of a message in their order; at least one."""
    cutting = Cutting(reading, vocabulary, before)
    if len(cutting.pieces) < 2:
        return (cutting.whole,)
    weigh = vocabulary.cuts.total
    return max(cutting.ways(), key=lambda way: weigh(way.evidence)).clauses


@dataclass(slots=True)
class Cutting:
    """A message's pieces, and the ways to make requests of them."""

    reading: Reading
    vocabulary: Vocabulary
    before: Context
    pieces: tuple[tuple[int, int], ...] = ()
    whole: Clause = field(init=False)
    _overall: list[float] = field(init=False)
    _judged: dict[tuple[Spans, str | None], Clause] = field(default_factory=dict)
    _told: dict[tuple[Run, Clause | None], list[str]] = field(default_factory=dict)
    _idle: list[list[str]] = field(default_factory=list)
    _single: list[Clause] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Judge the message as one request."""
        self.pieces = tuple(pieces(self.reading, self.vocabulary))
        self.whole = self._judge(self.reading.focus(), self.before.intent)

    def ways(self) -> Iterator[Way]:
        """Every way to cut; the message as one request is the first."""
        focus = self.reading.focus()
        self._overall = shares(self.reading, self.vocabulary.intents, focus, self.before)
        thread = self.before.intent
        for piece in self.pieces:
            self._single.append(self._judge((piece,), thread))
            thread = self._single[-1].wanted
        self._idle = [self._left_out(at) for at in range(len(self.pieces))]
        kept = [at for at, (first, _) in enumerate(self.pieces) if any(a <= first < b for a, b in focus)]
        runs = _runs(len(self.pieces))
        if len(kept) < len(self.pieces):
            yield self._whole(kept)
        for way in runs:
            yield self._way(way)

    def _whole(self, kept: Sequence[int]) -> Way:
        """Only the sentences that ask, as one request."""
        found = [name for at, names in enumerate(self._idle) if at not in kept for name in names]
        clause = self.whole
        found += self._evidence(kept, clause, None)
        return Way((clause,), found)

    def _way(self, runs: Sequence[Run]) -> Way:
        made: list[Clause] = []
        found: list[str] = []
        free = 0
        for run in runs:
            first, last = run
            for at in range(free, first):
                found += self._idle[at]
            spans = _merged(self.pieces[first:last])
            one = self._judge(spans, made[-1].wanted if made else self.before.intent)
            previous = made[-1] if made else None
            key = (run, previous)
            if key not in self._told:
                self._told[key] = self._evidence(range(first, last), one, previous)
            found += self._told[key]
            made.append(one)
            free = last
        for at in range(free, len(self.pieces)):
            found += self._idle[at]
        return Way(tuple(_join(made, self.reading)), [*found, f"N={len(runs)}"])

    def _judge(self, spans: Spans, thread: str | None) -> Clause:
        key = (spans, thread)
        if key not in self._judged:
            context = self.before if thread == self.before.intent else replace(self.before, intent=thread)
            self._judged[key] = _judge(self.reading, self.vocabulary.intents, spans, context)
        return self._judged[key]

    def _left_out(self, at: int) -> list[str]:
        """What speaks for a piece being no request nor part of one."""
        reading, piece = self.reading, self._single[at]
        first, last = self.pieces[at]
        asks, sure = reading.asks((first, last)), _grade(piece.likelihood)
        found = ["0", f"0i={piece.intent}", f"0p={sure}", f"0ip={piece.intent}+{sure}", f"0a={asks}", f"0ap={asks}+{sure}"]
        found += [f"0n={min((last - first) // 2, 5)}", f"0at={min(at, 2)}", f"0last={at == len(self.pieces) - 1}"]
        found += [f"0c={idea}" for idea in reading.names_in(piece.spans)] or ["0c=none"]
        found += [f"0m={m.kind}-{m.role}" for m in reading.mentions_in(piece.spans)] or ["0m=none"]
        found += [f"0d={bool(reading.dates_in(piece.spans))}", f"01={reading.utterance.tokens[first].word}"]
        same = piece.intent == self.whole.intent
        found += [f"0w={same}+{_grade(self.whole.likelihood)}", f"0of={len(self.pieces)}"]
        found += [f"0o={_grade(self._overall[INTENTS.index(piece.intent)])}"]
        return found

    def _evidence(self, run: Sequence[int], clause: Clause, previous: Clause | None) -> list[str]:
        """What speaks for pieces being one request after another one."""
        reading = self.reading
        first, last = clause.spans[0][0], clause.spans[-1][1]
        tokens, intent = reading.utterance.tokens, clause.intent
        asks, sure = reading.asks((first, last)), _grade(clause.likelihood)
        share = _grade(self._overall[INTENTS.index(intent)])
        found = ["bias", f"i={intent}", f"p={sure}", f"ip={intent}+{sure}", f"a={asks}", f"ap={asks}+{sure}"]
        found += [f"o={share}", f"po={sure}+{share}", f"n={min((last - first) // 2, 5)}", f"l={min(len(run), 4)}"]
        mentions = reading.mentions_in(clause.spans)
        marks = {f"{m.kind}-{m.role}" for m in mentions} or {"none"}
        dated = bool(reading.dates_in(clause.spans))
        found += [f"m={mark}" for mark in marks] + [f"d={dated}"]
        found += [f"im={intent}+{mark}" for mark in marks] + [f"id={intent}+{dated}"]
        ideas = reading.names_in(clause.spans)
        found += [f"c={idea}" for idea in ideas] or ["c=none"]
        if len(run) > 1:
            found += [f"in={name}" for two in pairwise(run) for name in self._boundary(*two)]
        if previous is not None:
            alike = "same" if previous.intent == intent else "other"
            found += ["next", f"<={alike}+{sure}", f"<p={alike}+{_grade(previous.likelihood)}", f"<i={previous.intent}+{intent}"]
            gap = tokens[first].gap.strip()[-1:]
            found += [f"<g={gap}", f"<1={tokens[first].word}", f"<g1={gap}{tokens[first].word}", f"<ga={gap}+{asks}"]
            found += [f"<m={alike}+{mark}" for mark in marks] + [f"<d={alike}+{dated}"]
            found += [f"<c={bool(ideas)}+{alike}"]
            if last - first > 1:
                found.append(f"<2={tokens[first].word}_{tokens[first + 1].word}")
        else:
            found.append(f"^1={tokens[first].word}")
        return found

    def _boundary(self, left: int, right: int) -> list[str]:
        """What speaks for two pieces side by side belonging to one request."""
        reading, (one, two) = self.reading, (self._single[left], self._single[right])
        at = self.pieces[right][0]
        token = reading.utterance.tokens[at]
        gap = token.gap.strip()[-1:]
        alike = "same" if one.intent == two.intent else "other"
        sure, before = _grade(two.likelihood), _grade(one.likelihood)
        asks = (reading.asks(self.pieces[left]), reading.asks(self.pieces[right]))
        dates = [bool(reading.dates_in(each.spans)) for each in (one, two)]
        named = [bool(reading.mentions_in(each.spans)) for each in (one, two)]
        ideas = [bool(reading.names_in(each.spans)) for each in (one, two)]
        found = ["b", f"g={gap}", f"1={token.word}", f"g1={gap}{token.word}", f"={alike}+{sure}+{before}"]
        found += [f"i={one.intent}+{two.intent}", f"a={asks}", f"ag={asks}+{gap}", f"d={dates}+{alike}"]
        found += [f"m={named}+{alike}", f"c={ideas}+{alike}", f"md={named}+{dates}"]
        if at + 1 < self.pieces[right][1]:
            found.append(f"2={token.word}_{reading.utterance.tokens[at + 1].word}")
        return found


@lru_cache(maxsize=16)
def _runs(count: int) -> tuple[tuple[Run, ...], ...]:
    """Every way to make requests of so many pieces, each of pieces side by side; some pieces may be in none."""
    if count == 0:
        return ((),)
    found: list[tuple[Run, ...]] = []
    for before in _runs(count - 1) if count > 1 else ((),):
        if before or count == 1:
            found.append((*before, (count - 1, count)))
            if before and before[-1][1] == count - 1:
                found.append((*before[:-1], (before[-1][0], count)))
            if before:
                found.append(before)
    if count > 1:
        found.append(((count - 1, count),))
    return tuple(found)


def _merged(spans: Sequence[Run]) -> Spans:
    """Runs of words that touch, as one."""
    merged: list[Run] = []
    for first, last in spans:
        if merged and merged[-1][1] == first:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _grade(share: float) -> int:
    """How likely, in six steps."""
    return sum(share >= step for step in GRADES)


def shares(reading: Reading, model: IntentModel, spans: Spans, thread: Context | None) -> list[float]:
    """How likely each of INTENTS is for those words, once one visit and the programme are told apart."""
    words, found = evidence(reading, spans, thread)
    return _settled(likelihoods(model.scores(words, found)), reading, spans)


def _judge(reading: Reading, model: IntentModel, spans: Spans, thread: Context) -> Clause:
    likely = shares(reading, model, spans, thread)
    best = max(range(len(INTENTS)), key=likely.__getitem__)
    inside = max((at for at in range(len(INTENTS)) if INTENTS[at] != "out_of_scope"), key=likely.__getitem__)
    alone = INTENTS[best]
    if thread.intent is not None:
        bare = shares(reading, model, spans, None)
        alone = INTENTS[max(range(len(INTENTS)), key=bare.__getitem__)]
    return Clause(spans, INTENTS[best], likely[best], INTENTS[inside], alone, thread.intent)


def _settled(shares: list[float], reading: Reading, spans: Spans) -> list[float]:
    """One visit or the programme: a venue, a day or a rank asks for one, a period or several days for the list."""
    dates = [found for found in reading.dates_in(spans) if found.series_when is not None]
    venue = any(m.kind == "venue" and m.role == "target" for m in reading.mentions_in(spans))
    if venue or (dates and not _several_days(dates)):
        to, of = VISIT, SCHEDULE
    elif dates:
        to, of = SCHEDULE, VISIT
    else:
        return shares
    shares[to], shares[of] = shares[to] + shares[of], 0.0
    return shares


def _several_days(dates: list[DateMention]) -> bool:
    """Whether they are a period, or days said in one breath ("mardi et mercredi")."""
    moments = [found.series_when for found in dates if found.series_when is not None]
    if any(moment.rank is None and moment.start != moment.end for moment in moments):
        return True
    return any(two.first - one.last <= 1 for one, two in pairwise(dates))


def _join(pieces: list[Clause], reading: Reading) -> list[Clause]:
    """Pieces that want the same are one request, unless each names its own day."""
    joined: list[Clause] = []
    for piece in pieces:
        twin = next((at for at, other in enumerate(joined) if other.intent == piece.intent), None)
        if twin is None or (reading.dates_in(piece.spans) and reading.dates_in(joined[twin].spans)):
            joined.append(piece)
        else:
            joined[twin] = replace(joined[twin], spans=joined[twin].spans + piece.spans)
    return joined
