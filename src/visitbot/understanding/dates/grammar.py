"""The words and patterns of one language that speak of time, compiled from its dates.toml into tries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visitbot.understanding.dates.moments import Meaning, Setting
from visitbot.understanding.dates.periods import MEANINGS
from visitbot.understanding.request import When
from visitbot.understanding.text import Utterance, fold, words

ENDS = ""
"""Key of a node's complete patterns."""
HARD = frozenset('?!;:.…()\n/|+=&"«»[]')
"""Marks that end an expression unless its pattern asks for them."""
_BRACKET = re.compile(r"[\[\]()|]")
_SHORTEST_REPAIRED = 5


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say a time."""

    means: Meaning
    constants: Mapping[str, Any]
    follow: bool
    alone: bool
    """Only where the sentence stops or goes on with a small word: "la dernière, c'est qui ?", no "dernière fois"."""
    inner: bool
    """Too weak to stand outside a span: "may" is a month in "until may"."""
    whole: bool
    """Only as all that a message says after a date was spoken of: "31 ?"."""
    after_rank: bool
    """Only where a rank was spoken of before: "la 4" after "la troisième visite"."""
    place: int
    """Of two readings as long the pattern that stands first in the file counts."""


_FLAGS = ("follow", "alone", "inner", "whole", "after_rank")
_FIGURES = ("number", "number_figure", "number_th", "number_two", "ordinal", "year", "year_two")
"""The classes that digits belong to; the others are filled by the language."""
Node = dict[str, Any]
"""A trie: word, "{class}", "{point}" or mark → next node; ENDS → the patterns complete here."""
Edge = tuple[str, Any, int]
"""What may be read at a token: key, value, the token after it."""
Caught = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a message."""

    first: int
    last: int
    pattern: Pattern
    caught: Caught

    @property
    def words(self) -> int:
        return self.last - self.first

    def resolve(self, at: Setting) -> When | None:
        """Its meaning in a setting. Raises Impossible."""
        said = dict(self.pattern.constants)
        for slot, value in self.caught:
            name = slot if slot not in said else f"{slot}_2"
            said[name] = value.resolve if isinstance(value, Match) else value
        return self.pattern.means(said, at)


@dataclass(frozen=True, slots=True)
class Tenses:
    """What tells that a sentence looks back or ahead: phrases, and the forms of verbs."""

    cues: Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
    """First word → phrases and where they look: -1 back, 1 ahead, 0 neither ("vu que" is not "vu")."""
    endings: tuple[str, ...]
    """Of a verb in the past: "-ait", "-ed"; where a word of `be` stands before it, it is a state ("is closed")."""
    ahead_endings: tuple[str, ...]
    """Of the conditional, which has a past ending too: "serait"."""
    participles: tuple[str, ...]
    """Endings, as typed, of what after an auxiliary is the past: "j'ai raté"."""
    lists: Mapping[str, frozenset[str]]

    @classmethod
    def compile(cls, table: Mapping[str, Any]) -> "Tenses":
        cues: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for name, side in (("past", -1), ("neither", 0), ("future", 1)):
            for text in table[name]:
                parts = _split(text)
                cues.setdefault(parts[0], []).append((parts, side))
        return cls(
            {first: tuple(entries) for first, entries in cues.items()},
            tuple(table["endings"]),
            tuple(table["ahead_endings"]),
            tuple(table["participles"]),
            {name: frozenset(map(fold, table[name])) for name in ("auxiliaries", "irregular", "be", "not_past")},
        )

    def find(self, utterance: Utterance) -> list[tuple[int, int, int]]:
        """First word, word after the last and side of all that tells."""
        spoken = utterance.words
        found: list[tuple[int, int, int]] = []
        for at, word in enumerate(spoken):
            for parts, side in self.cues.get(word, ()):
                if spoken[at : at + len(parts)] == parts:
                    found.append((at, at + len(parts), side))
            if word not in self.lists["not_past"] and self._of_the_past(utterance, spoken, at):
                found.append((at, at + 1, -1))
        return found

    def _of_the_past(self, utterance: Utterance, spoken: tuple[str, ...], at: int) -> bool:
        word, before = spoken[at], spoken[max(0, at - 3) : at]
        if len(word) > 4 and word.endswith(self.endings) and not word.endswith(self.ahead_endings):
            return self.lists["be"].isdisjoint(before[-2:])
        if self.lists["auxiliaries"].isdisjoint(before):
            return False
        return word in self.lists["irregular"] or utterance.typed(at, at + 1).lower().endswith(self.participles)


@dataclass(frozen=True, slots=True)
class DateWords:
    """The tables of one language, compiled once."""

    lexicon: Mapping[str, tuple[tuple[str, Any], ...]]
    """Word → what it may be: (its own key or a class, value)."""
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str, Any], ...]]
    """First word → phrases of several words that stand for one member of a class."""
    points: Node
    spans: Node
    lists: Mapping[str, frozenset[str]]
    """The word lists that are no class: endings of ordinals, units of the clock, things counted, words that join…"""
    tenses: Tenses
    by_letter: Mapping[str, tuple[str, ...]]
    """Words that a typo is repaired to, by first letter."""
    figures: Mapping[str, tuple[str, ...]]
    """The keys of digits, by what they may be."""
    repaired: dict[str, str | None] = field(default_factory=dict)
    """What was repaired so far; emptied when it grows large."""

    @classmethod
    def compile(cls, table: Mapping[str, Any]) -> "DateWords":
        """Make the tables from dates.toml. Raises KeyError or ValueError naming what is wrong in it."""
        lists = {name: frozenset(map(fold, texts)) for name, texts in table["list"].items()}
        repairable: set[str] = set()
        lexicon: dict[str, dict[str, Any]] = {}
        phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
        keys_of: dict[str, list[str]] = {name: [f"{{{name}}}"] for name in (*table["class"], *_FIGURES)}
        for union, names in table["union"].items():
            for name in names:
                keys_of[name].append(f"{{{union}}}")
        for name, members in table["class"].items():
            for text, forms in members.items():
                value = int(text) if text.lstrip("-").isdigit() else text
                for form in forms:
                    parts = _split(form)
                    for key in keys_of[name]:
                        if len(parts) == 1:
                            lexicon.setdefault(parts[0], {})[key] = value
                            if name in lists["repaired"] and len(parts[0]) >= _SHORTEST_REPAIRED:
                                repairable.add(parts[0])
                        else:
                            phrases.setdefault(parts[0], []).append((parts, key, value))
        points = _grow(table["point"], 0, lexicon)
        spans = _grow(table["span"], len(table["point"]), lexicon)
        by_letter: dict[str, list[str]] = {}
        for word in repairable - lists["kept"]:
            by_letter.setdefault(word[0], []).append(word)
        return cls(
            {word: tuple(keys.items()) for word, keys in lexicon.items()},
            {first: tuple(entries) for first, entries in phrases.items()},
            points,
            spans,
            lists,
            Tenses.compile(table["tense"]),
            {letter: tuple(sorted(entries)) for letter, entries in by_letter.items()},
            {name: tuple(keys_of[name]) for name in _FIGURES},
        )

    def look_up(self, word: str) -> tuple[tuple[str, Any], ...]:
        """What a word may be, a small typo repaired."""
        if (found := self.lexicon.get(word)) is not None:
            return found
        if len(word) < _SHORTEST_REPAIRED or word in self.lists["kept"]:
            return ()
        if word not in self.repaired:
            if len(self.repaired) > 20_000:
                self.repaired.clear()
            self.repaired[word] = self._repair(word)
        meant = self.repaired[word]
        return self.lexicon[meant] if meant else ()

    def _repair(self, word: str) -> str | None:
        alike = [known for known in self.by_letter.get(word[0], ()) if abs(len(known) - len(word)) < 2]
        if not alike:
            return None
        from rapidfuzz.distance import OSA  # 7 ms to import, which a well-spelt question need not pay

        near = [known for known in alike if OSA.distance(word, known, score_cutoff=1) <= 1]
        meanings = {tuple(entry for entry in self.lexicon[known] if entry[0][0] == "{") for known in near}
        return max(near, key=lambda known: len(self.lexicon[known])) if len(meanings) == 1 else None


def _split(text: str) -> tuple[str, ...]:
    """The folded words of a text of the language file; most are plain already."""
    parts = text.split()
    if text.isascii() and text.islower() and all(part.isalpha() for part in parts) and "aujourd" not in parts:
        return tuple(parts)
    return words(text)


def _grow(entries: list[Mapping[str, Any]], first_place: int, lexicon: dict[str, dict[str, Any]]) -> Node:
    """Put every way to say every pattern into one trie; the literal words join the lexicon."""
    root: Node = {}
    for place, entry in enumerate(entries, first_place):
        if entry["means"] not in MEANINGS:
            raise ValueError(f"dates.toml: unknown meaning {entry['means']!r}")
        flags = {flag: entry.get(flag, False) for flag in _FLAGS}
        constants = {key: value for key, value in entry.items() if key not in ("means", "say", *_FLAGS)}
        pattern = Pattern(MEANINGS[entry["means"]], constants, place=place, **flags)
        for template in entry["say"]:
            pieces = _BRACKET.sub(r" \g<0> ", template).split()
            ends, stopped = _branch([root], pieces, 0, lexicon)
            if stopped != len(pieces):
                raise ValueError(f"dates.toml: unbalanced brackets in {template!r}")
            for node in ends:
                if node is not root:
                    node.setdefault(ENDS, []).append(pattern)
    return _folded(root, {})


def _folded(node: Node, known: dict[tuple[Any, ...], Node]) -> Node:
    """The same trie with one node for all that go on alike: most ends do, and a language has twenty thousand nodes."""
    for key, following in node.items():
        if key != ENDS:
            node[key] = _folded(following, known)
    ends = map(id, node.get(ENDS, ()))
    return known.setdefault((*node, *ends, *[id(node[key]) for key in node if key != ENDS]), node)


def _branch(
    start: list[Node], pieces: list[str], at: int, lexicon: dict[str, dict[str, Any]]
) -> tuple[list[Node], int]:
    """Grow "[the] {number} (of|in) {month}" from some nodes: [ ] may be left out, | chooses, { } is a class.

    Returns the nodes where it ends, and the place of the bracket that closes it.
    """
    done: list[Node] = []
    nodes = start
    while at < len(pieces) and pieces[at] not in "])":
        piece = pieces[at]
        if piece == "|":
            done, nodes = done + nodes, start
        elif piece in "[(":
            inner, at = _branch(nodes, pieces, at + 1, lexicon)
            if at == len(pieces):
                raise ValueError("dates.toml: a bracket is never closed")
            nodes = inner + nodes if piece == "[" else inner
        elif piece[0] == "{":
            nodes = [node.setdefault(piece, {}) for node in nodes]
        else:
            for key in _split(piece) or (piece,):
                if key != piece or piece[0].isalnum():
                    lexicon.setdefault(key, {})[key] = None
                nodes = [node.setdefault(key, {}) for node in nodes]
        at += 1
    ends = {id(node): node for node in done + nodes}
    return list(ends.values()), at
