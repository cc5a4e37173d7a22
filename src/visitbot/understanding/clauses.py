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

GRADES = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95)
"""Likelihoods at which a piece of evidence changes its name."""
RIVALS = 4
"""Intents that are remembered beside the likeliest."""
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
    rivals: tuple[str, ...]
    """The likeliest intents, the likeliest first: what to offer when none is likely enough."""
    after: str | None
    """The intent that stood before these words: the conversation's, or that of the words before."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a message that may be a request of its own."""

    clause: Clause
    evidence: list[str]


def clauses(reading: Reading, vocabulary: Vocabulary, before: Context) -> tuple[Clause, ...]:
    """The requests of a message in their order; at least one."""
    whole, pieces = weighed(reading, vocabulary, before)
    told = [piece.clause for piece in pieces if vocabulary.cuts.share(piece.evidence) > 0.5]
    joined = _join(told, reading)
    return tuple(joined) if len(joined) > 1 else (whole,)


def weighed(reading: Reading, vocabulary: Vocabulary, before: Context) -> tuple[Clause, list[Piece]]:
    """The message as one request, and its pieces with what speaks for each being a request of its own."""
    model, focus = vocabulary.intents, reading.focus()
    whole = _judge(reading, model, focus, before)
    spans = list(_pieces(reading, vocabulary, focus))
    if len(spans) < 2 or len(spans) > MOST_PIECES:
        return whole, []
    overall = likelihoods(_scores(reading, model, focus, before))
    judged: list[Clause] = []
    thread = before
    for span in spans:
        judged.append(_judge(reading, model, (span,), thread))
        thread = replace(thread, intent=judged[-1].wanted)
    return whole, [Piece(one, piece_evidence(at, judged, whole, overall, reading)) for at, one in enumerate(judged)]


def piece_evidence(
    at: int, pieces: Sequence[Clause], whole: Clause, overall: Sequence[float], reading: Reading
) -> list[str]:
    """What speaks for piece `at` being a request of its own, beside what the others and the whole message say."""
    piece, ((first, last),) = pieces[at], pieces[at].spans
    tokens, intent = reading.utterance.tokens, piece.intent
    near = [pieces[other] if 0 <= other < len(pieces) else None for other in (at - 1, at + 1)]
    asks = reading.asks((first, last))
    mentions = reading.mentions_in(piece.spans)
    sure, twin = _grade(piece.likelihood), "same" if intent == whole.intent else "other"
    share = _grade(overall[INTENTS.index(intent)])
    found = ["bias", f"i={intent}", f"p={sure}", f"w={twin}", f"wp={twin}+{_grade(whole.likelihood)}", f"o={share}"]
    found += [
        f"po={sure}+{share}",
        f"ii={intent}+{whole.intent}",
        f"asks={asks}",
        f"ap={asks}+{sure}",
        f"at={min(at, 2)}",
    ]
    found += [f"of={len(pieces)}", f"last={at == len(pieces) - 1}", f"n={min((last - first) // 2, 5)}"]
    found += [f"gap={tokens[first].gap.strip()[-1:] if at else '^'}", f"1={tokens[first].word}"]
    found += [f"2={tokens[first].word}_{tokens[first + 1].word}"] if last - first > 1 else []
    found += [f"c={idea}" for idea in reading.names_in(piece.spans)]
    found += [f"m={mention.kind}-{mention.role}" for mention in mentions] or ["m=none"]
    found += [f"d={bool(reading.dates_in(piece.spans))}", f"q={sum(reading.asks(other.spans[0]) for other in pieces)}"]
    for side, other in zip("<>", near, strict=True):
        if other is None:
            continue
        alike = "same" if other.intent == intent else "other"
        found += [f"{side}={alike}+{_grade(other.likelihood)}", f"{side}i={intent}+{other.intent}"]
        found += [f"{side}a={asks}+{reading.asks(other.spans[0])}"]
    return found


def _grade(share: float) -> int:
    """How likely, in six steps."""
    return sum(share >= step for step in GRADES)


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
    return Clause(spans, INTENTS[best], likely[best], INTENTS[inside], alone, _likeliest(likely), thread.intent)


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
        accented = token.word == "e" and not reading.utterance.clean[token.start : token.end].isascii()  # Italian «è»
        if ends(token.gap) or (PAUSES & set(pause) and pause.strip() != "-") or (at in joints and not accented):
            yield at


def _goes_on(at: int, begun: set[int], reading: Reading) -> bool:
    """Whether another name follows at once: "Dijon et Lille", "Chambord, Nausicaá"."""
    return any(start in begun and not reading.names_in(((at, start),)) for start in (at, at + 1, at + 2))


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
