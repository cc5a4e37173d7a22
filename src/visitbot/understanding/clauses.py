"""Cuts a message into the requests it makes: "Chambord rouvre quand, et c'est qui ce soir ?" makes two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from visitbot.understanding.context import Context
from visitbot.understanding.dates import DateMention
from visitbot.understanding.intents import IntentModel, likelihoods
from visitbot.understanding.reading import Reading, Spans, ends, evidence
from visitbot.understanding.request import INTENTS
from visitbot.understanding.vocabulary import Vocabulary

SURE = 0.7
"""How likely a piece's intent must be, read alone, for the piece to count as a request of its own."""
POSSIBLE = 0.08
"""How likely it must be in the whole message…"""
CERTAIN = 0.8
"""…unless the piece asks in its own right and is as likely as this."""
MOST_PIECES = 6
"""Beyond this a message is a story, not a list of requests."""
COURTESY = frozenset({"greeting", "thanks"})
VISIT, SCHEDULE = INTENTS.index("visit"), INTENTS.index("schedule")
PAUSES = frozenset(",:+&/()–-")


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


def clauses(reading: Reading, vocabulary: Vocabulary, before: Context) -> tuple[Clause, ...]:
    """The requests of a message in their order; at least one."""
    model = vocabulary.intents
    focus = reading.focus()
    whole = _judge(reading, model, focus, before)
    pieces = list(_pieces(reading, vocabulary, focus))
    if len(pieces) < 2 or len(pieces) > MOST_PIECES:
        return (whole,)
    overall = likelihoods(_scores(reading, model, focus, before))
    told: list[Clause] = []
    thread = before
    for span in pieces:
        piece = _judge(reading, model, (span,), thread)
        if _stands_alone(piece, reading, overall):
            told.append(piece)
            thread = replace(thread, intent=piece.wanted)
    joined = _join(told, reading)
    return tuple(joined) if len(joined) > 1 else (whole,)


def _scores(reading: Reading, model: IntentModel, spans: Spans, thread: Context | None) -> list[float]:
    words, found = evidence(reading, spans, thread)
    return model.scores(words, found)


def shares(reading: Reading, model: IntentModel, spans: Spans, thread: Context | None) -> list[float]:
    """How likely each of INTENTS is for those words, once one visit and the programme are told apart."""
    return _settled(likelihoods(_scores(reading, model, spans, thread)), reading, spans)


def _judge(reading: Reading, model: IntentModel, spans: Spans, thread: Context) -> Clause:
    likely = shares(reading, model, spans, thread)
    best = max(range(len(INTENTS)), key=likely.__getitem__)
    inside = max((at for at in range(len(INTENTS)) if INTENTS[at] != "out_of_scope"), key=likely.__getitem__)
    alone = INTENTS[best]
    if thread.intent is not None:
        bare = shares(reading, model, spans, None)
        alone = INTENTS[max(range(len(INTENTS)), key=bare.__getitem__)]
    return Clause(spans, INTENTS[best], likely[best], INTENTS[inside], alone)


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


def _pieces(reading: Reading, vocabulary: Vocabulary, focus: Spans) -> Iterator[tuple[int, int]]:
    """The parts that may be requests of their own; what is only waved away ("pas Chambord, …") is none."""
    starts = list(_starts(reading, vocabulary))
    for first, last in focus:
        inner = [at for at in starts if first < at < last]
        begun = first
        for start, end in zip([first, *inner], [*inner, last], strict=True):
            if reading.leans("negation", ((start, start + 1),)):
                begun = end
            elif end == last or not _only_names(reading, ((begun, end),), ((end, last),)):
                yield begun, end
                begun = end


def _only_names(reading: Reading, piece: Spans, rest: Spans) -> bool:
    """Whether a piece only says what the rest is about: "Le muséum de Nantes, c'est ouvert ?"."""
    if reading.names_in(piece) or reading.dates_in(piece) or reading.mentions_in(rest):
        return False
    return bool(reading.mentions_in(piece))


def _starts(reading: Reading, vocabulary: Vocabulary) -> Iterator[int]:
    """Words at which another request may begin: after a full stop or a pause, or at "et", "and", "sinon"…"""
    inside = {at for mention in reading.mentions for at in range(mention.first + 1, mention.last)}
    inside |= {at for found in reading.dates for at in range(found.first + 1, found.last)}
    joints = {cue.first for cue in vocabulary.cues[reading.language].joints.find(reading.utterance.words)}
    finished = {mention.last for mention in reading.mentions}
    begun = {mention.first for mention in reading.mentions}
    for at, token in enumerate(reading.utterance.tokens):
        if at == 0 or at in inside or (at in finished and _goes_on(at, begun, reading)):
            continue
        pause = token.gap if token.gap.startswith(" ") else token.gap.replace("+", "")  # "MAMC+ in Saint-Étienne"
        if ends(token.gap) or (PAUSES & set(pause) and pause.strip() != "-") or at in joints:
            yield at


def _goes_on(at: int, begun: set[int], reading: Reading) -> bool:
    """Whether another name follows at once: "Dijon et Lille", "Chambord, Nausicaá"."""
    return any(start in begun and not reading.names_in(((at, start),)) for start in (at, at + 1, at + 2))


def _stands_alone(piece: Clause, reading: Reading, shares: Sequence[float]) -> bool:
    if piece.intent in COURTESY or piece.likelihood < SURE:
        return False
    names = reading.names_in(piece.spans)
    mentions = [m for m in reading.mentions_in(piece.spans) if m.role == "target"]
    if piece.intent == "out_of_scope":
        return any(mention.kind == "outside" for mention in mentions) or "elsewhere" in names
    told = bool(names) and any(mention.kind == "venue" for mention in mentions)
    asks = piece.likelihood > CERTAIN and (told or reading.asks((piece.spans[0][0], piece.spans[-1][1])))
    if shares[INTENTS.index(piece.intent)] < POSSIBLE and not asks:
        return False
    return bool(names or mentions or reading.dates_in(piece.spans))


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
