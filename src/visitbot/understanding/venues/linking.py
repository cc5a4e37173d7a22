"""Finds the places that a message speaks of: venues of the series, cities, kinds of venue, and what is elsewhere."""

import re
from collections.abc import Sequence
from dataclasses import replace

from visitbot.understanding.text import Utterance
from visitbot.understanding.venues.mention import Mention
from visitbot.understanding.venues.names import VenueIndex
from visitbot.understanding.venues.phrases import TAKEN, Linker
from visitbot.understanding.venues.pieces import Reader
from visitbot.understanding.venues.register import Named
from visitbot.understanding.venues.roles import assign, part

_ENDS = re.compile(r"[,.!?;&\n]")


def find_mentions(utterance: Utterance, index: VenueIndex, language: str | None = None) -> tuple[Mention, ...]:
    """Every place spoken of, in order, with the part it plays. `language` tells apart words such as French "muséum"."""
    if not utterance.tokens:
        return ()
    message = _Message(Reader(utterance, index, language))
    found = message.settled(
        [mention for group in message.reader.groups() for mention in message.linker.mentions(group)]
    )
    found = message.recorded(found)
    if not any(mention.kind == "outside" or (mention.kind == "venue" and len(mention.ids) == 1) for mention in found):
        found = message.described(found)
    return message.situated(assign(message.off_topic(found), utterance, index.cues, index.within))


class _Message:
    """What a message as a whole makes of the places in it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.index = reader.index
        self.linker = Linker(reader)

    def settled(self, found: list[Mention]) -> list[Mention]:
        """Of several venues, the one in a place named elsewhere in the message.

        A kind of place after a name only says what that is: "the CHRD, the resistance museum in Lyon".
        """
        clear = {mention.ids[0] for mention in found if mention.kind == "venue" and len(mention.ids) == 1}
        settled: list[Mention] = []
        for mention in found:
            if mention.kind == "venue" and mention.first in self.linker.others:
                mention = replace(
                    mention, ids=tuple(venue for venue in mention.ids if venue not in clear) or mention.ids
                )
            elif (
                mention.kind == "venue"
                and mention.first in self.linker.general
                and self._said_before(mention, settled, clear)
            ):
                continue
            if mention.kind == "venue" and len(mention.ids) > 1:
                fits = self._nearest(mention, found)
                mention = replace(mention, ids=fits or mention.ids, score=0.8 if fits else 0.5)
            settled.append(mention)
        return settled

    def _said_before(self, mention: Mention, earlier: Sequence[Mention], clear: set[str]) -> bool:
        if len(mention.ids) > 1:
            return bool(clear & set(mention.ids)) or any(other.kind == "outside" and other.name for other in earlier)
        return any(other.kind == "outside" and other.name and mention.first - other.last < 4 for other in earlier)

    def _nearest(self, mention: Mention, found: Sequence[Mention]) -> tuple[str, ...]:
        """The venue, of several, that lies in the nearest place of the message where just one of them does."""

        def away(place: Mention) -> tuple[int, bool]:
            return (
                (place.first - mention.last, False)
                if place.first >= mention.last
                else (mention.first - place.last, True)
            )

        places = [
            other
            for other in found
            if other.kind == "place"
            and part(other, self.reader.utterance, self.index.cues) not in {"negated", "excluded", "compared"}
        ]
        for place in sorted(places, key=away):
            here = [venue for venue in mention.ids if any(venue in self.index.within[name] for name in place.ids)]
            if len(here) == 1:
                return tuple(here)
        return ()

    def recorded(self, found: list[Mention]) -> list[Mention]:
        """With museums by their whole names, of which other readings took only parts: "musée de la mine d'Auchel"."""
        index, words = self.index, self.reader.utterance.words
        heard = [index.abbreviations.get(word, word) for word in words]
        for named in index.register.named(self.reader.utterance, heard, index.common | index.cues.unbound):
            if not self._several(named, heard) and (mention := self._recorded(named, found)):
                self.linker.alone.discard(mention.first)
                self.linker.loose = [one for one in self.linker.loose if not mention.first <= one[0] < mention.last]
                found = [one for one in found if not _overlap(one, mention)]
                found = sorted([*found, mention], key=lambda one: one.first)
        return found

    def _recorded(self, named: Named, found: Sequence[Mention]) -> Mention | None:
        """The museum that a whole name is of, None where what was found already says more or nothing says which."""
        touched = [one for one in found if _overlap(one, named)]
        venues = [one for one in touched if one.kind == "venue"]
        ids = tuple(dict.fromkeys(bearer.id for bearer in named.bearers if bearer.id))
        if not self._says_which(named):
            return None
        if not ids:
            return self._outside(named, touched) if self._theirs(named, touched, found) else None
        same = bool(venues) and all(set(one.ids) <= set(ids) for one in venues)
        if not all(_holds(named, one) or (same and one in venues) for one in touched):
            return None
        if end := self._goes_on(named, ids):
            typed = self.reader.utterance.typed(named.first, end)
            return Mention(named.first, end, typed, "outside", score=named.sure, name=typed)
        if same or len(ids) < len({bearer.id for bearer in named.bearers}):
            return None
        typed = self.reader.utterance.typed(named.first, named.last)
        return Mention(named.first, named.last, typed, "venue", ids, score=named.sure if len(ids) < 2 else 0.5)

    def _outside(self, named: Named, touched: Sequence[Mention]) -> Mention:
        outside = [one for one in touched if one.kind == "outside"]
        first = min([named.first, *(one.first for one in outside)])
        last = max([named.last, *(one.last for one in outside)])
        typed = self.reader.utterance.typed(first, last)
        return Mention(first, last, typed, "outside", score=named.sure, name=named.bearers[0].name)

    def _several(self, named: Named, heard: Sequence[str]) -> bool:
        """Whether any museum of a kind or place is meant, not the one called so: "un musée en Bretagne"."""
        index, before = self.index, self.reader.utterance.words[max(0, named.first - 1) : named.first]
        plural = bool(index.plurals.intersection(heard[named.first : named.last]) - named.words)
        any_ = not index.cues.indefinite.isdisjoint(before)
        return (plural and any_) or (named.words <= index.general and (plural or any_))

    def _says_which(self, named: Named) -> bool:
        """Whether a name tells its museum from others: "MusVerre", but not "écomusée" without its town."""
        return len(named.words) > 1 or named.located or (named.sure == 1 and not named.words <= self.index.typed)

    def _theirs(self, named: Named, touched: Sequence[Mention], found: Sequence[Mention]) -> bool:
        """Whether a museum elsewhere is meant: nothing longer was found, nor one of ours by a mere kind of place."""
        if any(one.kind == "outside" and self._explained(one, named) >= named.explained for one in touched):
            return False
        if not all(_holds(named, one) for one in touched if one.kind == "venue"):
            return False
        kind = named.words <= self.index.typed and not named.located
        parts = [one for one in touched if one.last - one.first < named.last - named.first]
        return not kind or not any(one.kind == "venue" and one not in parts for one in found)

    def _explained(self, outside: Mention, named: Named) -> float:
        """How many of its words are those of its name; all of them where it was named as typed, and from its start."""
        index = self.index
        if outside.name == outside.typed:
            return named.explained if _holds(outside, named) else 0
        heard = self.reader.heard[outside.first : outside.last]
        told = {index.abbreviations.get(word, word) for word in index.content(outside.name or "")}
        return len(told.intersection(heard))

    def _goes_on(self, named: Named, ids: Sequence[str]) -> int:
        """Up to where a name goes on to one that the venue does not bear: "musée des beaux-arts de Gand"; else 0."""
        tokens, index, at = self.reader.utterance.tokens, self.index, named.last
        if named.located or index.typed.isdisjoint(named.words):
            return 0
        while at < len(tokens) and not _ENDS.search(tokens[at].gap) and tokens[at].word in index.connectors:
            at += 1
        if at >= len(tokens) or _ENDS.search(tokens[at].gap):
            return 0
        if (piece := self.reader.piece(at)) is None:  # a town that begins with a plain word: "à Bourg-Saint-Maurice"
            return at + 1 if at > named.last and self._adds(named, at) else 0
        if piece.kind == "place":
            return 0 if self._there(piece.ids, ids) else piece.last
        if piece.kind in {"city", "landmark"}:
            return piece.last
        return piece.last if piece.kind in {"museum", "name"} and self._adds(named, at) else 0

    def _adds(self, named: Named, at: int) -> bool:
        """Whether a word that nothing or little is known of goes on with a name, as it is written or tied to it."""
        reader, index = self.reader, self.index
        tokens = reader.utterance.tokens
        between = [reader.utterance.clean[token.start : token.end].lower() for token in tokens[named.last : at]]
        if not index.cues.situating.union(index.holders).issuperset(between):
            return False
        if tokens[at].word in index.cues.unbound or self._unmistakable(named):
            return False
        if reader.capital(at):
            return True
        return not any(bearer.proper for bearer in named.bearers) and not index.spelling.plain(tokens[at].word)

    def _unmistakable(self, named: Named) -> bool:
        """Whether a name holds one that no other museum bears: "Villa Kérylos", whatever a German writes after it."""
        borne = self.index.register.borne
        return any(bearer.proper for bearer in named.bearers) and any(borne[word] == 1 for word in named.words)

    def _there(self, places: Sequence[str], ids: Sequence[str]) -> bool:
        """Whether one of these venues lies in such a place, or in the department of such a town."""
        return any(
            venue in self.index.within[place] or self.index.departments[venue] in self.index.places[place].departments
            for place in places
            for venue in ids
        )

    def described(self, found: list[Mention]) -> list[Mention]:
        """With venues told by what they are known for, in words that need not touch: "the castle, double staircase"."""
        heard = self.reader.heard
        told: list[Mention] = []
        for at, word in enumerate(heard):
            for content, venue in self.index.descriptions.get(word, ()):
                end = at + 1
                for telling in content[1:]:
                    end = next((i + 1 for i in range(end, min(end + 5, len(heard))) if heard[i] == telling), 0)
                    if not end:
                        break
                if end and venue not in {mention.ids[0] for mention in told}:
                    told.append(
                        Mention(at, end, self.reader.utterance.typed(at, end), "venue", (venue,), "target", 0.7)
                    )
                    break
        if not told:
            return found
        kept = [
            mention
            for mention in found
            if mention.kind != "venue"
            and not any(one.first < mention.last and mention.first < one.last for one in told)
        ]
        return sorted([*kept, *told], key=lambda mention: mention.first)

    def off_topic(self, found: list[Mention]) -> list[Mention]:
        """With what a sentence about something else names taken for that: "il fait beau à Boulogne"."""
        words, topics = self.reader.utterance.words, self.index.cues.topics
        starts = {phrase[0] for phrase in topics}
        for at, word in enumerate(words):
            if word in starts and any(words[at : at + length] in topics for length in range(1, 5)):
                found = self._apart_within(found, *self._sentence(at), ("venue", "place"))
        for at, kind in self.linker.loose:
            first, last = self._sentence(at)
            found = self._apart_within(found, max(at, first), min(at + 7, last), TAKEN[kind])
        return found

    def situated(self, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
        """With a kind of place elsewhere where its clause or message names a town that has none of ours.

        "à Paris, l'aquarium est ouvert ?", "is the aquarium open in Ghent?"
        """
        towns = [
            mention
            for mention in found
            if mention.kind == "place"
            and mention.role in {"target", "other"}
            and self._after(mention, self.index.cues.situated)
            and any(self.index.places[place].kind == "city" for place in mention.ids)
        ]

        def away(mention: Mention) -> bool:
            if mention.kind != "venue" or mention.first not in self.linker.alone or mention.role != "target":
                return False
            here = {venue for town in towns for place in town.ids for venue in self.index.within[place]}
            return self._unknown_town(mention) or bool(towns and not here & set(mention.ids))

        return tuple(
            replace(mention, kind="outside", ids=(), name=mention.typed) if away(mention) else mention
            for mention in found
        )

    def _after(self, mention: Mention, words: frozenset[str]) -> bool:
        return mention.first > 0 and self.reader.utterance.tokens[mention.first - 1].word in words

    def _unknown_town(self, mention: Mention) -> bool:
        """Whether its clause goes on to a town that nothing is known of."""
        tokens, (_, last) = self.reader.utterance.tokens, self._sentence(mention.first)
        for at in range(mention.last + 1, last):
            before = self.reader.utterance.clean[tokens[at - 1].start : tokens[at - 1].end].lower()
            unknown = self.reader.heard[at] not in self.index.known and self.reader.capital(at)
            if unknown and before in self.index.cues.situating:
                return True
        return False

    def _apart_within(self, found: list[Mention], first: int, last: int, kinds: Sequence[str]) -> list[Mention]:
        return [
            replace(mention, kind="outside", ids=(), name=None)
            if first <= mention.first < last and mention.kind in kinds
            else mention
            for mention in found
        ]

    def _sentence(self, at: int) -> tuple[int, int]:
        """From where to where the clause goes that token `at` stands in."""
        tokens = self.reader.utterance.tokens
        first, last = at, at + 1
        while (
            first > 0 and not _ENDS.search(tokens[first].gap) and tokens[first].word not in self.index.cues.coordinators
        ):
            first -= 1
        while (
            last < len(tokens)
            and not _ENDS.search(tokens[last].gap)
            and tokens[last].word not in self.index.cues.coordinators
        ):
            last += 1
        return first, last


def _holds(one: Mention | Named, other: Mention | Named) -> bool:
    return one.first <= other.first and other.last <= one.last


def _overlap(one: Mention, other: Mention | Named) -> bool:
    return one.first < other.last and other.first < one.last
