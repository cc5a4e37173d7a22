"""Finds the dates and ranks in a message: a small grammar whose words and patterns are a language's data.

Not dateparser: on the labelled questions it got 51-75 % of the dates and invents some.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise

from visitbot.understanding.almanac import DAY, WEEK, Impossible
from visitbot.understanding.grammar import ENDS, HARD, Caught, DateWords, Edge, Match, Node
from visitbot.understanding.moments import Setting
from visitbot.understanding.request import When
from visitbot.understanding.text import Token, Utterance

__all__ = ["DateMention", "DateWords", "find_dates"]

_LARGEST_NUMBER = 39
"""Above 31 so that "35 mai" is seen and called impossible."""
_CLAUSE = frozenset("?!;.…\n")
"""Marks between clauses."""


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


@dataclass(slots=True)
class _Reading:
    """One message under the grammar."""

    utterance: Utterance
    language: DateWords
    skip: Collection[int]
    after_rank: bool
    edges: list[list[Edge]] = field(default_factory=list)
    hard: list[bool] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    points: dict[int, list[Match]] = field(default_factory=dict)
    longest: dict[int, Match | None] = field(default_factory=dict)
    tenses: dict[int, int] = field(default_factory=dict)

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
            (key, value, after)
            for name, value, after in self._figures(at, token.word, next_word if next_gap in ("", " ") else "")
            for key in self.language.figures[name]
        ]

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
            if (self.after_rank or not pattern.after_rank) and (not pattern.alone or self._stops(at)):
                found.append(Match(first, at, pattern, caught))
        if at > first and not marked:
            if (mark := self.marks[at]) and mark in node:
                self._walk(node[mark], first, at, caught, True, with_points, found)
            if at == len(self.edges) or self.hard[at]:
                return
        elif at == len(self.edges):
            return
        for key, value, after in self.edges[at]:
            if (following := node.get(key)) is not None and not any(self.hard[at + 1 : after]):
                got = (*caught, (key[1:-1].split("_")[0], value)) if key[0] == "{" else caught
                self._walk(following, first, after, got, False, with_points, found)
        if with_points and (following := node.get("{point}")) is not None:
            for match in self.points_at(at):
                self._walk(following, first, match.last, (*caught, ("point", match)), False, with_points, found)

    def _stops(self, at: int) -> bool:
        """Whether the sentence stops before a token or goes on with a small word."""
        if at == len(self.utterance.tokens):
            return True
        token = self.utterance.tokens[at]
        return token.gap.strip(" -'") != "" or token.word in self.language.lists["followers"]

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

    def tense(self, at: int) -> int:
        """Whether the clause around a token looks back (-1) or ahead (1)."""
        if at in self.tenses:
            return self.tenses[at]
        tokens = self.utterance.tokens
        start, end = at, at + 1
        while start > 0 and _CLAUSE.isdisjoint(tokens[start].gap):
            start -= 1
        while end < len(tokens) and _CLAUSE.isdisjoint(tokens[end].gap):
            end += 1
        text = f" {' '.join(token.word for token in tokens[start:end])} "
        ahead, back = (any(cue in text for cue in self.language.tense[side]) for side in ("future", "past"))
        self.tenses.update(dict.fromkeys(range(start, end), 1 if ahead else -1 if back else 0))
        return self.tenses[at]


def find_dates(
    utterance: Utterance,
    words: DateWords,
    now: datetime,
    series: tuple[date, date],
    anchor: When | None = None,
    skip: Collection[int] = (),
) -> tuple[DateMention, ...]:
    """The dates and ranks of a message, from left to right.

    `series` is the first and last day of the current series, `anchor` the date of the request before in the same chat,
    `skip` the tokens that belong to a name.
    """
    reading = _Reading(utterance, words, skip, anchor is not None and anchor.rank is not None)
    if not reading.prepare():
        return ()
    found: list[DateMention] = []
    for match in reading.best():
        tense = reading.tense(match.first)
        before = anchor
        if match.pattern.follow and before is None:
            before = next((m.when for m in reversed(found) if m.when and m.when.start), None)
        at = Setting(now.date(), series, False, tense, before)
        if mention := _mention(reading, match, at):
            found.append(mention)
    return tuple(_without_idle_ranks(reading, _joined(reading, found)))


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


def _joined(reading: _Reading, mentions: list[DateMention]) -> list[DateMention]:
    """Neighbours that are one date said twice ("demain lundi") or days in a row ("jeudi et vendredi") become one."""
    joined: list[DateMention] = []
    for mention in mentions:
        if joined and _touch(reading, joined[-1], mention):
            before = joined[-1]
            when = _together(before.when, mention.when)
            series_when = _together(before.series_when, mention.series_when)
            if when or series_when:
                typed = reading.utterance.typed(before.first, mention.last)
                joined[-1] = DateMention(before.first, mention.last, typed, when, series_when, follow=before.follow)
                continue
        joined.append(mention)
    return joined


def _touch(reading: _Reading, one: DateMention, other: DateMention) -> bool:
    tokens = reading.utterance.tokens
    if any(not _CLAUSE.isdisjoint(token.gap) for token in tokens[one.last : other.last]):
        return False
    return all(token.word in reading.language.lists["joiners"] for token in tokens[one.last : other.first])


def _together(one: When | None, other: When | None) -> When | None:
    if one is None or other is None or one.start is None or other.start is None or one.end is None:
        return None
    if one == other:
        return one
    if other.start == one.end + DAY and other.end and other.end - one.start < WEEK:
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
