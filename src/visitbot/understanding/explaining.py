"""Why a message was understood as it was: findings that can be shown, without a word to a person in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from visitbot.understanding.carrying import Turn, picked
from visitbot.understanding.clauses import Clause, shares
from visitbot.understanding.context import Context
from visitbot.understanding.dates import DateMention
from visitbot.understanding.intents import IntentModel, word_evidence
from visitbot.understanding.reading import Reading, evidence
from visitbot.understanding.request import INTENTS, Request
from visitbot.understanding.understand import Understanding
from visitbot.understanding.venues import Mention
from visitbot.understanding.vocabulary import Vocabulary

BEST = 3
"""How many intents are worth showing for a clause."""
TELLING = 5
"""How many pieces of evidence are shown for the winner; half as many against it."""
FAINT = 0.1
"""A piece that tells two intents apart by less than this weight (natural logarithm of odds) is not worth a line."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Words of the message that hint at something: an intent, a follow-up, a question."""

    typed: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """An expression of time, and whether it counts."""

    found: DateMention
    counts: bool
    """False for the day of something seen ("après Kérylos hier, …")."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence that told the likeliest intent from the next."""

    kind: str
    """What comes before "=" in the model's name of it, or all of that; "word" for a word with its letters and sound."""
    of: str
    """What comes after "="."""
    weight: float
    """How much it speaks for the winner against the runner-up (natural logarithm of odds); negative: against it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The words of one request and how the intents stood."""

    typed: tuple[str, ...]
    """The runs of words, as typed."""
    shares: tuple[tuple[str, float], ...]
    """The likeliest intents, the winner first, each with how likely it is, from 0 to 1."""
    alone: str
    """What the same words would mean with nothing before them."""
    speaking_for: tuple[Piece, ...]
    speaking_against: tuple[Piece, ...]
    total: float
    """What all evidence weighs between the winner and the runner-up: these pieces and those too small to show."""
    ruled: bool
    """True when the rule of one visit and the whole programme chose, not the evidence."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All that led to an understanding, in the order in which it was found."""

    text: str
    """The message without what machines put into it."""
    words: tuple[str, ...]
    """Folded."""
    language: str
    telling: Mapping[str, tuple[str, ...]]
    """Language code → everyday words of that language in the message; languages without one are left out."""
    mentions: tuple[Mention, ...]
    hints: tuple[Hint, ...]
    days: tuple[Day, ...]
    verdicts: tuple[Verdict, ...]
    before: Context
    """The conversation up to this message."""
    picked: bool
    """True when the message chose among venues that were offered; the verdicts then played no part."""
    requests: tuple[Request, ...]
    carried: tuple[tuple[str, ...], ...]
    """For each request, its fields that this message does not name: they stand from the conversation."""
    choices: tuple[str, ...]
    """Venue ids offered instead of guessing."""
    now: datetime


def explain(understood: Understanding, vocabulary: Vocabulary, before: Context | None = None) -> Findings:
    """Tell what led to an understanding; `vocabulary` and `before` must be those that it was made with."""
    reading, thread = understood.reading, before or Context()
    words = reading.utterance.words
    telling = {
        code: tuple(dict.fromkeys(word for word in words if word in known))
        for code, known in vocabulary.identity.items()
    }
    everything = reading.dates_in(((0, reading.count),))
    return Findings(
        text=reading.utterance.clean,
        words=words,
        language=understood.language,
        telling={code: found for code, found in telling.items() if found},
        mentions=reading.mentions,
        hints=tuple(_hints(reading)),
        days=tuple(Day(found, found in everything) for found in reading.dates),
        verdicts=tuple(_verdicts(understood, vocabulary.intents, thread)),
        before=thread,
        picked=bool(picked(Turn(reading, vocabulary.catalogue, thread, understood.clauses))),
        requests=understood.requests,
        carried=tuple(_carried(request, reading, vocabulary) for request in understood.requests),
        choices=understood.choices,
        now=reading.now,
    )


def _hints(reading: Reading) -> Iterator[Hint]:
    """Hint words in the order of the message; those inside a name hint at nothing."""
    counting = reading.names_in(((0, reading.count),))
    found: dict[tuple[int, int], list[str]] = {}
    named = {at for mention in reading.mentions if mention.kind != "kind" for at in range(mention.first, mention.last)}
    for cue in (*reading.cues, *reading.leanings, *reading.questions):
        inside = named.issuperset(range(cue.first, cue.last)) or (cue in reading.cues and cue.name not in counting)
        if not inside and cue.name not in found.setdefault((cue.first, cue.last), []):
            found[cue.first, cue.last].append(cue.name)
    for first, last in sorted(span for span, names in found.items() if names):
        yield Hint(reading.utterance.typed(first, last), tuple(found[first, last]))


def _verdicts(understood: Understanding, model: IntentModel, before: Context) -> Iterator[Verdict]:
    """The clauses judged once more, each in the thread that the words before it leave."""
    for clause in understood.clauses:
        yield _verdict(clause, understood.reading, model, replace(before, intent=clause.after))


def _verdict(clause: Clause, reading: Reading, model: IntentModel, thread: Context) -> Verdict:
    likely = shares(reading, model, clause.judged, thread)
    order = sorted(range(len(INTENTS)), key=likely.__getitem__, reverse=True)
    winner, other = order[:2]
    words, found = evidence(reading, clause.judged, thread)
    scores = model.scores(words, found)
    pieces = sorted(_pieces(words, found, model, winner, other), key=lambda piece: -abs(piece.weight))
    told = [piece for piece in pieces if abs(piece.weight) >= FAINT]
    ahead = tuple(piece for piece in told if piece.weight > 0)[:TELLING]
    behind = tuple(piece for piece in told if piece.weight < 0)[: TELLING // 2]
    return Verdict(
        typed=tuple(reading.utterance.typed(first, last) for first, last in clause.spans if first < last),
        shares=tuple((INTENTS[at], likely[at]) for at in order[:BEST]),
        alone=clause.alone,
        speaking_for=ahead,
        speaking_against=behind,
        total=scores[winner] - scores[other],
        ruled=max(range(len(INTENTS)), key=scores.__getitem__) != winner,
    )


def _pieces(words: list[str], found: list[str], model: IntentModel, winner: int, other: int) -> Iterator[Piece]:
    """Every piece of evidence with what it weighs between two intents; a word's letters count with the word."""

    def between(names: list[str]) -> float:
        rows = [row for name in names if (row := model.weight(name)) is not None]
        return sum(row[winner] - row[other] for row in rows)

    for word in dict.fromkeys(words):
        yield Piece("word", word, words.count(word) * between(word_evidence(word)))
    for name in found:
        kind, _, of = name.partition("=")
        yield Piece(kind, of, between([name]))


def _carried(request: Request, reading: Reading, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The fields of a request that nothing in its message names."""
    named = {one for mention in reading.mentions for one in mention.ids}
    named |= {
        venue.id
        for mention in reading.mentions
        if mention.kind == "place"
        for place in mention.ids
        for venue in vocabulary.catalogue.venues_in(place)
    }
    fields = [slot for slot in ("venues", "places", "kinds") if set(getattr(request, slot)) - named]
    dated = any(found.when or found.series_when for found in reading.dates)
    return (*fields, "when") if request.when is not None and not dated else tuple(fields)
