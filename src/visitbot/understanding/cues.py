"""Finds the words that hint at what a person wants, and tells the language they are in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from visitbot.understanding.text import words as words_of

SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class Cue:
    """A hint found in a message: words [first, last) speak of `name`."""

    name: str
    first: int
    last: int


Rest = tuple[tuple[str, ...], str]
"""The words of a phrase after the first, and what the phrase stands for."""


@dataclass(slots=True)
class Lexicon:
    """Phrases, each standing for a name; "*" at the end of a phrase's word makes it a stem."""

    whole: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Phrase without a stem → name, or names; as written, so that thousands take no more room than their file."""
    loose: dict[str, list[Rest]] = field(default_factory=dict)
    """Phrases with a stem after their first word, by that word."""
    stems: dict[str, list[Rest]] = field(default_factory=dict)
    """Phrases whose first word is a stem."""
    reach: int = 0
    """Words of the longest of `whole`."""

    @classmethod
    def compile(cls, table: Mapping[str, Iterable[str]]) -> "Lexicon":
        """Make it from name → phrases, as written in a language file."""
        lexicon = cls()
        whole = lexicon.whole
        for name, phrases in table.items():
            for phrase in phrases:
                # Most are plain words with a space between them, and this is done at each start.
                if not (phrase.isascii() and phrase.islower() and all(map(str.isalpha, phrase.split(" ")))):
                    parts = _parts(phrase)
                    if any(part[-1] == "*" for part in parts):
                        first, rest = parts[0], (parts[1:], name)
                        shelf, word = (lexicon.stems, first[:-1]) if first[-1] == "*" else (lexicon.loose, first)
                        shelf.setdefault(word, []).append(rest)
                        continue
                    phrase = " ".join(parts)
                there = whole.setdefault(phrase, name)
                if there is not name:
                    whole[phrase] = (*((there,) if isinstance(there, str) else there), name)
        whole.pop("", None)
        lexicon.reach = max((phrase.count(" ") for phrase in whole), default=-1) + 1
        return lexicon

    def find(self, words: Sequence[str]) -> list[Cue]:
        """Every phrase that occurs, overlapping ones too."""
        found: list[Cue] = []
        count, nothing = len(words), ()
        for at, word in enumerate(words):
            phrase = ""
            for last in range(at + 1, min(at + self.reach, count) + 1):
                phrase = f"{phrase} {words[last - 1]}" if phrase else word
                if names := self.whole.get(phrase):
                    found += [Cue(name, at, last) for name in ((names,) if isinstance(names, str) else names)]
            for rest, name in self.loose.get(word, nothing):
                if _follows(words, at + 1, count, rest):
                    found.append(Cue(name, at, at + 1 + len(rest)))
            for length in range(SHORTEST_STEM, len(word) + 1):
                for rest, name in self.stems.get(word[:length], nothing):
                    if not rest or _follows(words, at + 1, count, rest):
                        found.append(Cue(name, at, at + 1 + len(rest)))
        return found


def longest(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues that do not lie inside a longer one: "les deux autres" is neither "les deux" nor "autres"."""
    return tuple(
        cue
        for cue in cues
        if not any(
            other.first <= cue.first and cue.last <= other.last and other.last - other.first > cue.last - cue.first
            for other in cues
        )
    )


def _parts(phrase: str) -> tuple[str, ...]:
    """Fold a phrase into words, keeping the star of a stem."""
    parts: list[str] = []
    for piece in phrase.split():
        if piece.isascii() and piece.isalpha() and piece.islower():  # most are, and this is done at each start
            parts.append(piece)
            continue
        folded = words_of(piece.rstrip("*"))
        if folded:
            parts.extend(folded[:-1])
            parts.append(folded[-1] + ("*" if piece.endswith("*") else ""))
    return tuple(parts)


def _follows(words: Sequence[str], at: int, count: int, rest: tuple[str, ...]) -> bool:
    if at + len(rest) > count:
        return False
    for offset, wanted in enumerate(rest):
        word = words[at + offset]
        if wanted.endswith("*"):
            if not word.startswith(wanted[:-1]):
                return False
        elif word != wanted:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Cues:
    """All hint words of one language, from its cues.toml and intents.toml."""

    ideas: Lexicon
    follow_up: Lexicon
    aspects: Lexicon
    joints: Lexicon
    questions: Lexicon
    """"start" words of a question, and "request" words that ask without a question mark."""

    @classmethod
    def compile(cls, ideas: Mapping[str, Any], table: Mapping[str, Any]) -> "Cues":
        """Make it from the parsed cues.toml and intents.toml."""
        return cls(
            ideas=Lexicon.compile(ideas),
            follow_up=Lexicon.compile(table["follow_up"]),
            aspects=Lexicon.compile(table["aspects"]),
            joints=Lexicon.compile({"joint": table["clauses"]["joints"]}),
            questions=Lexicon.compile(table["questions"]),
        )


def tell_language(words: Sequence[str], identity: Mapping[str, frozenset[str]], usual: str) -> str:
    """The language most of whose everyday words occur, shared ones counting less; `usual` when none stands out."""
    counts = {code: float(code == usual) for code in (usual, *identity)}
    for word in words:
        speaking = [code for code, known in identity.items() if word in known]
        for code in speaking:
            counts[code] += 2 / len(speaking)
    return max(counts, key=lambda code: counts[code])
