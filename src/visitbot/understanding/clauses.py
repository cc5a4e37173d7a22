"""Cuts a message into the requests it makes: "Chambord rouvre quand, et c'est qui ce soir ?" makes two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
RIVALS = 4
"""Intents that are remembered beside the likeliest."""
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
    rivals: tuple[str, ...]
    """The likeliest intents, the likeliest first: what to offer when none is likely enough."""
    after: str | None
    """The intent that stood before these words: the conversation's, or that of the words before."""
    judged: Spans
    """Those of the words that told the intent; the others joined them, as they want the same."""


Told = tuple[list[str], float]
"""Evidence, and what it weighs."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to cut a message: its requests, and what speaks for it."""

    judged: tuple[Clause, ...]
    told: tuple[Told, ...]

    @property
    def weight(self) -> float:
        """How much speaks for it."""
        return sum(weight for _, weight in self.told)


def clauses(reading: Reading, vocabulary: Vocabulary, before: Context) -> tuple[Clause, ...]:
    """The requests of a message in their order; at least one."""
    cutting = Cutting(reading, vocabulary, before)
    return cutting.clauses(max(cutting.ways(), key=lambda way: way.weight))


class Cutting:
    """A message's pieces, and the ways to make requests of them."""

    def __init__(self, reading: Reading, vocabulary: Vocabulary, before: Context) -> None:
        """Judge the message as one request, and each of its pieces."""
        self.reading, self.vocabulary, self.before = reading, vocabulary, before
        self.pieces = pieces(reading, vocabulary)
        self._judged: dict[tuple[Spans, str | None], Clause] = {}
        self._told: dict[tuple[Run, Clause | None], Told] = {}
        self._overall = shares(reading, vocabulary.intents, reading.focus(), before)
        self._whole = self._clause(self._overall, reading.focus(), before.intent)
        self._judged[reading.focus(), before.intent] = self._whole
        self._single: list[Clause] = []
        if len(self.pieces) < 2:
            return
        thread = before.intent
        for piece in self.pieces:
            self._single.append(self._judge((piece,), thread))
            thread = self._single[-1].wanted

    def ways(self) -> Iterator[Way]:
        """Every way to cut; at least one."""
        if len(self.pieces) < 2:
            yield Way((self._whole,), ())
            return
        idle = [self._weighed(self._left_out(at)) for at in range(len(self.pieces))]
        focus = self.reading.focus()
        kept = [at for at, (first, _) in enumerate(self.pieces) if any(a <= first < b for a, b in focus)]
        if len(kept) < len(self.pieces):  # only the sentences that ask, as one request
            rest = [told for at, told in enumerate(idle) if at not in kept]
            yield Way((self._whole,), (self._weighed(self._evidence(kept, self._whole, None)), *rest))
        for runs in _runs(len(self.pieces)):
            yield self._way(runs, idle)

    def clauses(self, way: Way) -> tuple[Clause, ...]:
        """The requests of a way, those that want the same joined."""
        return tuple(self._alone(clause) for clause in _join(way.judged, self.reading))

    def _way(self, runs: Sequence[Run], idle: Sequence[Told]) -> Way:
        made: list[Clause] = []
        taken = {at for run in runs for at in range(*run)}
        told = [weighed for at, weighed in enumerate(idle) if at not in taken]
        for run in runs:
            previous = made[-1] if made else None
            thread = previous.wanted if previous else self.before.intent
            made.append(self._judge(_merged(self.pieces[slice(*run)]), thread))
            if (run, previous) not in self._told:
                self._told[run, previous] = self._weighed(self._evidence(range(*run), made[-1], previous))
            told.append(self._told[run, previous])
        return Way(tuple(made), tuple(told))

    def _weighed(self, evidence: list[str]) -> Told:
        return evidence, self.vocabulary.cuts.total(evidence)

    def _judge(self, spans: Spans, thread: str | None) -> Clause:
        key = (spans, thread)
        if key not in self._judged:
            context = self.before if thread == self.before.intent else replace(self.before, intent=thread)
            likely = shares(self.reading, self.vocabulary.intents, spans, context)
            self._judged[key] = self._clause(likely, spans, thread)
        return self._judged[key]

    def _clause(self, likely: Sequence[float], spans: Spans, thread: str | None) -> Clause:
        best = max(range(len(INTENTS)), key=likely.__getitem__)
        inside = max((at for at in range(len(INTENTS)) if INTENTS[at] != "out_of_scope"), key=likely.__getitem__)
        return Clause(
            spans, INTENTS[best], likely[best], INTENTS[inside], INTENTS[best], _likeliest(likely), thread, spans
        )

    def _alone(self, clause: Clause) -> Clause:
        """The clause with what it would mean without the conversation."""
        if clause.after is None:
            return clause
        bare = shares(self.reading, self.vocabulary.intents, clause.spans, None)
        return replace(clause, alone=INTENTS[max(range(len(INTENTS)), key=bare.__getitem__)])

    def _left_out(self, at: int) -> list[str]:
        """What speaks for a piece being no request nor part of one."""
        reading, piece = self.reading, self._single[at]
        first, last = self.pieces[at]
        asks, sure = reading.asks((first, last)), _grade(piece.likelihood)
        found = [
            "0",
            f"0i={piece.intent}",
            f"0p={sure}",
            f"0ip={piece.intent}+{sure}",
            f"0a={asks}",
            f"0ap={asks}+{sure}",
        ]
        found += [f"0n={min((last - first) // 2, 5)}", f"0at={min(at, 2)}", f"0last={at == len(self.pieces) - 1}"]
        found += [f"0c={idea}" for idea in reading.names_in(piece.spans)] or ["0c=none"]
        dated = bool(reading.dates_in(piece.spans))
        marks = {f"{m.kind}-{m.role}" for m in reading.mentions_in(piece.spans)} or {"none"}
        found += [f"0m={mark}" for mark in marks] + [f"0md={mark}+{dated}" for mark in marks]
        found += [f"0d={dated}", f"01={reading.utterance.tokens[first].word}"]
        same = piece.intent == self._whole.intent
        found += [f"0w={same}+{_grade(self._whole.likelihood)}", f"0of={len(self.pieces)}"]
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
            found += [
                "next",
                f"<={alike}+{sure}",
                f"<p={alike}+{_grade(previous.likelihood)}",
                f"<i={previous.intent}+{intent}",
            ]
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


def _likeliest(likely: Sequence[float]) -> tuple[str, ...]:
    order = sorted(range(len(INTENTS)), key=likely.__getitem__, reverse=True)
    return tuple(INTENTS[at] for at in order[:RIVALS])


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


def _join(parts: Sequence[Clause], reading: Reading) -> list[Clause]:
    """A request that wants the same as one before and names no day or place of its own is the same."""
    joined: list[Clause] = []
    for part in parts:
        twin = next((at for at, other in enumerate(joined) if other.intent == part.intent), None)
        if twin is None or _names(part, reading):
            joined.append(part)
        else:
            joined[twin] = replace(joined[twin], spans=joined[twin].spans + part.spans)
    return joined


def _names(clause: Clause, reading: Reading) -> bool:
    """Whether it says which day or place."""
    named = any(mention.role == "target" for mention in reading.mentions_in(clause.spans))
    return named or bool(reading.dates_in(clause.spans))
