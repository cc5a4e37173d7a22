"""Cuts a message into pieces: the smallest runs of words that may be a request of their own."""

from collections.abc import Iterator, Sequence

from visitbot.understanding.reading import Reading, Spans, ends
from visitbot.understanding.vocabulary import Vocabulary

MOST_PIECES = 4
"""Beyond this a message is a story, not a list of requests."""
PAUSES = frozenset(",:+&/()–-")


def pieces(reading: Reading, vocabulary: Vocabulary) -> tuple[tuple[int, int], ...]:
    """The pieces of a message in their order; of a long one only its sentences, or those that ask, or none."""
    starts = list(_starts(reading, vocabulary))
    everything = ((0, reading.count),)
    sentences = [at for at in starts if ends(reading.utterance.tokens[at].gap)]
    for within, cuts in ((everything, starts), (reading.focus(), starts), (everything, sentences)):
        found = tuple(_cut(reading, within, cuts))
        if len(found) <= MOST_PIECES:
            return found
    return ()


def _cut(reading: Reading, within: Spans, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Words cut at `starts`; what is only waved away ("pas Chambord, …") is no piece."""
    for first, last in within:
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
