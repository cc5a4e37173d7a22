"""Finds the dates and ranks in a message: a small grammar whose words and patterns are a language's data.

Not dateparser: on the labelled questions it got 51-75 % of the dates and invents some.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from visitbot.understanding.dates.almanac import DAY, WEEK, Impossible
from visitbot.understanding.dates.grammar import ENDS, HARD, Caught, DateWords, Edge, Match, Node
from visitbot.understanding.dates.moments import Setting, nothing, relative_day
from visitbot.understanding.request import When
from visitbot.understanding.text import Token, Utterance

_LARGEST_NUMBER = 39
"""Above 31 so that "35 mai" is seen and called impossible."""
_ROMAN = frozenset(("Ier", "Ire"))
"""As in "François Ier"; "ier" is yesterday in a hurry."""
_CLAUSE = frozenset("?!;.…\n")
"""Marks between clauses."""
_FARTHEST = 14
"""Words between a verb and a date that it still tells about."""
NEAR = 3
"""Words after "le lendemain", "la visite d'après" among which the name begins that it is counted from."""
_NEXT_PART = 4
"""Words that a comma or "and" counts for between a verb and a date."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """An expression of time in a message."""

    first: int
    last: int
    """Its tokens: [first, last)."""
    typed: str
    when: When | None
    """Without a year: in the year of now (reopening)."""
    series_when: When | None
    """Without a year: in the year of the series (visit, schedule)."""
    impossible: bool = False
    """A date that does not exist ("31 juin"); both meanings are None."""
    follow: bool = False
    """Makes sense only beside an earlier date ("le lendemain")."""
    beside: int | None = None
    """The token of the name whose day it is counted from ("le lendemain de Lille")."""


@dataclass(slots=True)
class _Reading:
    """One message under the grammar."""

    utterance: Utterance
    language: DateWords
    skip: Collection[int]
    after_rank: bool
    after_date: bool
    edges: list[list[Edge]] = field(default_factory=list)
    hard: list[bool] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    points: dict[int, list[Match]] = field(default_factory=dict)
    longest: dict[int, Match | None] = field(default_factory=dict)
    tells: list[tuple[int, int, int]] | None = None
    """Where the verbs are that look back or ahead; found when first needed."""

    def prepare(self) -> bool:
        """Note what each token may be; False when there is nothing to look for."""
        tokens, language, any_class = self.utterance.tokens, self.language, False
        for at, token in enumerate(tokens):
            gap = token.gap.strip()
            soft_dot = gap == "." and at and len(tokens[at - 1].word) <= 4 and tokens[at - 1].word.isalpha()
            self.hard.append(not HARD.isdisjoint(token.gap) and not soft_dot)
            self.marks.append("" if gap == "." != token.gap[0] else gap)
            edges: list[Edge] = []
            if at not in self.skip:
                if token.word[0].isdigit():
                    edges = self._number(at, token)
                elif self.utterance.typed(at, at + 1) in _ROMAN:
                    edges = []
                else:
                    edges = [(key, value, at + 1) for key, value in language.look_up(token.word)]
                for parts, key, value in language.phrases.get(token.word, ()):
                    if self.utterance.words[at : at + len(parts)] == parts:
                        edges.append((key, value, at + len(parts)))
            any_class = any_class or bool(edges)
            self.edges.append(edges)
        self.marks.append(self.utterance.tail[:1])
        return any_class

    def _number(self, at: int, token: Token) -> list[Edge]:
        """What digits may be; a clock time, a count, an amount or a telephone number is nothing."""
        tokens, lists = self.utterance.tokens, self.language.lists
        edges: list[Edge] = [(key, value, at + 1) for key, value in self.language.lexicon.get(token.word, ())]
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        next_word, next_gap = (after.word, after.gap) if after else ("", self.utterance.tail)
        clock = next_gap in ("", " ") and (next_word in lists["clock_units"] or next_word in lists["counted"])
        if clock or next_gap.strip()[:1] in ("%", "€", "$", "£") or (before and before.word in lists["clock_before"]):
            return edges
        if before and before.word in lists["clock_units"] and token.gap == "" and before.gap == "":
            return edges  # the minutes of 18h30
        if (next_gap == ":" and next_word.isdigit()) or (before and token.gap == ":" and before.word.isdigit()):
            return edges
        if next_word.isdigit() and len(next_word) == 3 and next_gap in (" ", ".", ",", "\u202f"):
            return edges
        run = tokens[max(0, at - 4) : at + 5]
        if sum(t.word.isdigit() for t in run) >= 4 and sum(t.gap in (" ", ".") for t in run) >= 7:
            return edges  # 06 12 34 56 78
        return edges + [
            (key, value, end)
            for name, value, end in self._figures(at, token.word, next_word if self._ends_a_number(after) else "")
            for key in self.language.figures[name]
        ]

    def _ends_a_number(self, after: Token | None) -> bool:
        """Whether the next word may end an ordinal: Spanish "1º" is folded to "1o", but "20 o 21" is two days."""
        if after is None or after.gap not in ("", " "):
            return False
        return after.gap == "" or (len(after.word) > 1 and after.word not in self.language.lists["joiners"])

    def _figures(self, at: int, typed: str, next_word: str) -> Iterator[Edge]:
        """The classes that digits belong to."""
        value = int(typed) if len(typed) <= 4 else 0
        if len(typed) == 4 and 1900 <= value <= 2100:
            yield "year", value, at + 1
        if len(typed) > 2 or not 1 <= value <= _LARGEST_NUMBER:
            return
        if next_word in self.language.lists["ordinal_endings"] and at + 1 not in self.skip:
            for name in ("number", "number_th", "ordinal"):
                yield name, value, at + 2
            return
        yield "number", value, at + 1
        yield "number_figure", value, at + 1
        if len(typed) == 2:
            yield "number_two", value, at + 1
            yield "year_two", value, at + 1

    def matches(self, root: Node, first: int, with_points: bool) -> list[Match]:
        """All patterns that start at a token."""
        found: list[Match] = []
        self._walk(root, first, first, (), False, with_points, found)
        return found

    def _walk(
        self, node: Node, first: int, at: int, caught: Caught, marked: bool, with_points: bool, found: list[Match]
    ) -> None:
        for pattern in node.get(ENDS, ()):
            fits = (self.after_rank or not pattern.after_rank) and (not pattern.alone or self._stops(at))
            if fits and (not pattern.whole or self._says_all(first, at)):
                found.append(Match(first, at, pattern, caught))
        if at > first and not marked:
            if (mark := self.marks[at]) and mark in node:
                self._walk(node[mark], first, at, caught, True, with_points, found)
            if at == len(self.edges) or self.hard[at]:
                return
            if mark == "," and self.utterance.tokens[at].word in self.language.lists["turns"]:
                return  # "hier, et lundi"
        elif at == len(self.edges):
            return
        for key, value, after in self.edges[at]:
            if (following := node.get(key)) is not None and not any(self.hard[at + 1 : after]):
                got = (*caught, (key[1:-1].split("_")[0], value)) if key[0] == "{" else caught
                self._walk(following, first, after, got, False, with_points, found)
        if with_points and (following := node.get("{point}")) is not None:
            for match in self.points_at(at):
                if match.pattern.means is nothing:
                    continue  # "next week, day by day"
                self._walk(following, first, match.last, (*caught, ("point", match)), False, with_points, found)

    def _stops(self, at: int) -> bool:
        """Whether the sentence stops before a token or goes on with a small word."""
        if at == len(self.utterance.tokens):
            return True
        token = self.utterance.tokens[at]
        return at in self.skip or token.gap.strip(" -'") != "" or token.word in self.language.lists["followers"]

    def _says_all(self, first: int, at: int) -> bool:
        """Whether a follow-up says nothing else."""
        words = self.utterance.words
        return self.after_date and at == len(words) and all(w in self.language.lists["joiners"] for w in words[:first])

    def points_at(self, first: int) -> list[Match]:
        """The simple expressions that start at a token."""
        if first not in self.points:
            self.points[first] = self.matches(self.language.points, first, False) if self.edges[first] else []
        return self.points[first]

    def longest_at(self, first: int) -> Match | None:
        """The longest expression that starts at a token; the one listed first where two are as long."""
        if first not in self.longest:
            points = [match for match in self.points_at(first) if not match.pattern.inner]
            found = points + self.matches(self.language.spans, first, True) if self.edges[first] else []
            self.longest[first] = max(found, key=lambda match: (match.last, -match.pattern.place), default=None)
        return self.longest[first]

    def best(self) -> Iterator[Match]:
        """From left to right the longest expressions; one begun later wins when it is as long and reaches further."""
        at = 0
        while at < len(self.edges):
            found = self.longest_at(at)
            if found is None:
                at += 1
                continue
            later = (self.longest_at(start) for start in range(at + 1, found.last))
            rivals = [match for match in later if match and match.last > found.last and match.words >= found.words]
            if rivals:
                at = max(rivals, key=lambda match: match.words).first
                continue
            yield found
            at = found.last

    def tense(self, match: Match) -> int:
        """Whether what stands nearest to an expression, in its clause, looks back (-1) or ahead (1)."""
        if self.tells is None:
            self.tells = self.language.tenses.find(self.utterance)
        ways = [(self._way(match, first, last), first - last, -side) for first, last, side in self.tells]
        nearest = min(((far, *rest) for far, *rest in ways if far is not None), default=(0, 0, 0))
        return -nearest[2]  # of two as near the longer: "est passé" is not "passe", "vu que" not "vu"

    def _way(self, match: Match, first: int, last: int) -> int | None:
        """How far a verb is from an expression: words between, a comma or an "and" as some more; None: other clause."""
        tokens = self.utterance.tokens
        start, end = (last, match.first) if last <= match.first else (match.last, first)
        if start > end:
            return 0
        far = end - start
        for token in tokens[start : end + 1]:
            if not _CLAUSE.isdisjoint(token.gap):
                return None
            far += _NEXT_PART * ("," in token.gap)
        turns = self.language.lists["turns"]
        far += _NEXT_PART * sum(token.word in turns for token in tokens[start:end])
        return far if far <= _FARTHEST else None


def find_dates(
    utterance: Utterance,
    words: DateWords,
    now: datetime,
    series: tuple[date, date],
    anchor: When | None = None,
    skip: Collection[int] = (),
    shown: When | None = None,
    day_of: Callable[[int], date | None] = lambda at: None,
) -> tuple[DateMention, ...]:
    """The dates and ranks of a message, from left to right.

    `series` is the first and last day of the current series, `anchor` the date of the request before in the same chat,
    `skip` the tokens that belong to a name, `shown` the day of the visit that the request before was about, from which
    "celle d'après" counts though no day was said, `day_of` tells the day of the visit of the name that begins at a
    token, None where it is not known.
    """
    after_rank, after_date = anchor is not None and anchor.rank is not None, anchor is not None and bool(anchor.start)
    reading = _Reading(utterance, words, skip, after_rank, after_date)
    if not reading.prepare():
        return ()
    found: list[DateMention] = []
    for match in reading.best():
        said = next((m.when for m in reversed(found) if m.when and m.when.start), None)
        at = Setting(now.date(), series, False, reading.tense(match), anchor, said=said)
        if match.pattern.follow and anchor is None:
            at = replace(at, anchor=said or shown)
        if match.pattern.follow and (counted := _beside(reading, match, at, day_of)):
            found.append(counted)
        elif mention := _mention(reading, match, at):
            found.append(mention)
    return tuple(_without_idle_ranks(reading, _joined(reading, _corrected(reading, found))))


def _corrected(reading: _Reading, mentions: list[DateMention]) -> list[DateMention]:
    """In "pas mardi, mercredi" only Wednesday is meant; "pas lundi et mardi" are both."""
    tokens, lists = reading.utterance.tokens, reading.language.lists

    def denied(mention: DateMention) -> bool:
        at = mention.first - 1
        if "," in tokens[mention.first].gap:  # "non, lundi"
            return False
        while at >= 0 and tokens[at].word in lists["joiners"] and tokens[at].word not in lists["and"]:
            at -= 1
        return at >= 0 and tokens[at].word in lists["not"] and (at == 0 or tokens[at - 1].word not in lists["why"])

    kept: list[DateMention] = []
    for n, mention in enumerate(mentions):
        following = mentions[n + 1] if n + 1 < len(mentions) else None
        goes_on = following is not None and any(
            token.word in lists["and"] for token in tokens[mention.last : following.first][:1]
        )
        if goes_on or not denied(mention):
            kept.append(mention)
    return kept or mentions


def _mention(reading: _Reading, match: Match, at: Setting) -> DateMention | None:
    last = match.last
    tokens, dayparts = reading.utterance.tokens, reading.language.lists["dayparts"]
    while last < len(tokens) and tokens[last].word in dayparts and not reading.hard[last]:
        last += 1
    typed = reading.utterance.typed(match.first, last)
    try:
        when, series_when = match.resolve(at), match.resolve(replace(at, for_series=True))
    except Impossible:
        return DateMention(match.first, last, typed, None, None, impossible=True)
    except (OverflowError, ValueError):  # beyond the calendar: "in 39 hundred years"
        return None
    if when is None and series_when is None:
        return None
    return DateMention(match.first, last, typed, when, series_when, follow=match.pattern.follow)


def _beside(reading: _Reading, match: Match, at: Setting, day_of: Callable[[int], date | None]) -> DateMention | None:
    """ "Le lendemain de Lille": counted from the day of that visit; none where that is not known."""
    tokens, joiners = reading.utterance.tokens, reading.language.lists["joiners"]
    for at_name in range(match.last, min(match.last + NEAR, len(tokens))):
        if tokens[at_name].gap.strip(" -'’"):
            return None
        if at_name in reading.skip:
            day = day_of(at_name)
            when = match.resolve(replace(at, anchor=When(day, day), for_series=True)) if day else None
            typed = reading.utterance.typed(match.first, match.last)
            return DateMention(match.first, match.last, typed, when, when, follow=True, beside=at_name if day else None)
        if tokens[at_name].word not in joiners:
            return None
    return None


def _joined(reading: _Reading, mentions: list[DateMention]) -> list[DateMention]:
    """Neighbours that are one date said twice ("demain lundi") or days in a row ("jeudi et vendredi") become one."""
    joined: list[DateMention] = []
    for mention in mentions:
        if joined and _touch(reading, joined[-1], mention):
            before = joined[-1]
            row = _in_a_row(reading, before, mention)
            when = _together(before.when, mention.when, row)
            series_when = _together(before.series_when, mention.series_when, row)
            if when or series_when:
                when, series_when = when or series_when, series_when or when
                typed = reading.utterance.typed(before.first, mention.last)
                joined[-1] = DateMention(before.first, mention.last, typed, when, series_when, follow=before.follow)
                continue
            if before.follow and not row:  # "la suivante, c'est mardi"
                joined.pop()
        joined.append(mention)
    return joined


def _in_a_row(reading: _Reading, one: DateMention, other: DateMention) -> bool:
    """Whether two days are listed: "jeudi et vendredi", "jeudi, vendredi"; not "c'était hier, aujourd'hui c'est où"."""
    tokens = reading.utterance.tokens
    if one.last == other.first:
        return "," not in tokens[other.first].gap or not _counted_from_now(reading, other)
    return any(token.word in reading.language.lists["and"] for token in tokens[one.last : other.first])


def _counted_from_now(reading: _Reading, mention: DateMention) -> bool:
    match = reading.longest_at(mention.first)
    return match is not None and match.pattern.means is relative_day


def _touch(reading: _Reading, one: DateMention, other: DateMention) -> bool:
    tokens = reading.utterance.tokens
    if any(not _CLAUSE.isdisjoint(token.gap) for token in tokens[one.last : other.last]):
        return False
    return all(token.word in reading.language.lists["joiners"] for token in tokens[one.last : other.first])


def _together(one: When | None, other: When | None, row: bool) -> When | None:
    if one is None or other is None or one.start is None or other.start is None or one.end is None:
        return None
    if one == other:
        return one
    if row and other.start == one.end + DAY and other.end and other.end - one.start < WEEK:
        return When(one.start, other.end)
    return None


def _without_idle_ranks(reading: _Reading, mentions: list[DateMention]) -> list[DateMention]:
    """In "la dernière, c'est bien demain ?" the day says it all; "la première et celle de demain" are two."""
    tokens, both = reading.utterance.tokens, reading.language.lists["both"]
    idle: set[int] = set()
    for one, other in pairwise(range(len(mentions))):
        left, right = mentions[one], mentions[other]
        if left.series_when is None or right.series_when is None:
            continue
        if (left.series_when.rank is None) == (right.series_when.rank is None):
            continue
        between = tokens[left.last : right.first + 1]
        if all(_CLAUSE.isdisjoint(t.gap) for t in between) and not any(t.word in both for t in between[:-1]):
            idle.add(one if left.series_when.rank is not None else other)
    return [mention for n, mention in enumerate(mentions) if n not in idle]
