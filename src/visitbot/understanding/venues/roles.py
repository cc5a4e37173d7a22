"""Tells what part each mention plays: a mention is not a target ("pas Chambord", "comme à Lyon", "j'habite Dijon")."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visitbot.understanding.text import Utterance, fold, words
from visitbot.understanding.venues.mention import Mention

Phrases = frozenset[tuple[str, ...]]

_BREAK = re.compile(r"[,.!?;:\n(«»\"]")
_STOP = re.compile(r"[.!?;\n\U0001f300-\U0001faff]")
_ASKED = re.compile(r"\s*\?")
_QUOTES = re.compile(r"«([^»]*)»|\"([^\"]*)\"|“([^”]*)”")
ASIDE = 3
"""Words before or after a quotation that make it a part of something else that is said."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Words around a mention that say what part it plays, and the small words that pick a thing out."""

    before: Mapping[str, Phrases]
    """Role → phrases that stand before."""
    after: Mapping[str, Phrases]
    """Role → phrases that stand after."""
    compared_to: frozenset[str]
    comparing: frozenset[str]
    """Words without which `compared_to` ("que", "as") compares nothing."""
    seen_not: frozenset[str]
    """With one of these before it, "vu" tells of nothing seen."""
    untold: frozenset[str]
    """With one of these before it, "pas" denies something else: "ouvert ou pas Chambord"."""
    persons: Phrases
    bearers: Phrases
    """What, after a name, bears it: "Chambord Street"."""
    definite: frozenset[str]
    indefinite: frozenset[str]
    both: frozenset[str]
    others: frozenset[str]
    """"autre": not the one just named."""
    pronouns: frozenset[str]
    articles: frozenset[str]
    ties: frozenset[str]
    """Small words that tie to a museum what it is about: "musée du tissu"."""
    situating: frozenset[str]
    """Small words that say in which town a kind of place is, as they are typed (French "a" is a verb too)."""
    situated: frozenset[str]
    """The same, folded."""
    unbound: frozenset[str]
    """Words that, tied to a museum, don't say which: "le musée du jour"."""
    idioms: frozenset[str]
    """Departments that are plain words: "dans le lot"."""
    subjects: frozenset[str]
    """Plain words that say what a museum is about: "car museum"."""
    leading: frozenset[str]
    """The languages in which such words stand before "museum": those that list some."""
    reported: Phrases
    """What others say: "il paraît que Lille rouvre, et le Mucem ?" asks about the Mucem."""
    asked: frozenset[str]
    locatives: frozenset[str]
    coordinators: frozenset[str]
    passed: frozenset[str]
    """Articles and the like, passed over between a cue and its mention."""
    plain: frozenset[str]
    """Words that are no names."""
    topics: Phrases
    """Said first, they make their clause about something else: "il fait beau à Boulogne"."""

    @classmethod
    def compile(cls, tables: Mapping[str, Mapping[str, Any]]) -> "Cues":
        """Merge the tables of languages that people mix."""

        def phrases(*path: str) -> Phrases:
            return frozenset(words(phrase) for phrase in _gather(tables, path))

        def single(*path: str) -> frozenset[str]:
            return frozenset(word for phrase in _gather(tables, path) for word in words(phrase))

        roles = ("negated", "excluded", "compared", "seen", "origin")
        definite, connectors = single("definite"), single("connectors")
        return cls(
            before={role: phrases("roles", f"{role}_before") for role in roles},
            after={role: phrases("roles", f"{role}_after") for role in ("negated", "excluded", "seen", "reported")},
            compared_to=single("roles", "compared_to"),
            comparing=single("roles", "comparing"),
            seen_not=single("roles", "seen_not"),
            untold=single("roles", "untold"),
            persons=phrases("persons"),
            bearers=phrases("bearers"),
            definite=definite,
            indefinite=single("indefinite"),
            both=single("both"),
            others=single("others"),
            pronouns=single("pronouns"),
            articles=single("articles"),
            ties=single("ties"),
            situating=frozenset(_gather(tables, ("situating",))),
            situated=single("situating"),
            unbound=single("unbound"),
            idioms=single("idioms"),
            subjects=single("subjects"),
            leading=frozenset(code for code, table in tables.items() if table.get("subjects")),
            reported=phrases("roles", "reported"),
            asked=single("asked"),
            locatives=single("locatives"),
            coordinators=single("coordinators"),
            passed=(definite | connectors | single("about")) - single("coordinators"),
            plain=frozenset(fold(word) for word in _gather(tables, ("common",))) | connectors | single("locatives"),
            topics=phrases("clause_topics"),
        )


def _gather(tables: Mapping[str, Mapping[str, Any]], path: tuple[str, ...]) -> Iterator[str]:
    for table in tables.values():
        found: Any = table
        for name in path:
            found = found.get(name, {})
        yield from found


def assign(
    mentions: Sequence[Mention], utterance: Utterance, cues: Cues, within: Mapping[str, tuple[str, ...]]
) -> tuple[Mention, ...]:
    """Give each mention its role; `within` tells which venues lie in a place."""
    given: list[Mention] = []
    for mention in mentions:
        role = mention.role if mention.role != "target" else part(mention, utterance, cues)
        if (
            given
            and role == "target"
            and given[-1].role in {"excluded", "seen", "reported"}
            and _joined(given[-1], mention, utterance, cues)
        ):
            role = given[-1].role
        given.append(mention if role == mention.role else replace(mention, role=role))
    settled = tuple(_settle(given, utterance, cues, within))
    return tuple(_with_city(mention, [one for one in given if one not in settled], utterance) for mention in settled)


def _with_city(venue: Mention, dropped: Sequence[Mention], utterance: Utterance) -> Mention:
    """A venue together with its city that follows: "le MAMC+ de Saint-Étienne" is one name."""
    for city in dropped:
        if venue.kind == "venue" and city.kind == "place" and 0 <= city.first - venue.last <= 1:
            return replace(venue, last=city.last, typed=utterance.typed(venue.first, city.last))
    return venue


def part(mention: Mention, utterance: Utterance, cues: Cues) -> str:
    """The role that the words around a mention give it, the rest of the message apart."""
    before, after = _before(mention.first, utterance), _after(mention.last, utterance)
    touching = mention.last < len(utterance.tokens) and utterance.tokens[mention.last].gap == " "
    if mention.kind != "kind" and (
        _ends(before, cues.persons, frozenset()) is not None
        or _surname(mention, utterance, cues)
        or (touching and mention.kind != "outside" and _starts(after, cues.bearers))
        or _cited(mention, utterance)
    ):
        return "other"
    if _ends(before, cues.before["excluded"], cues.passed) is not None or after in cues.after["excluded"]:
        return "excluded"
    if (cue := _ends(before, cues.before["negated"], cues.passed)) is not None:
        if not set(before[max(0, cue - 1) : cue]) & cues.untold:
            return "negated"
    elif _starts(after, cues.after["negated"]) and not _asks(mention.last, utterance):
        return "negated"
    if mention.kind == "place" and _ends(before, cues.before["origin"], cues.passed) is not None:
        return "origin"
    if _ends(before, cues.before["compared"], cues.passed) is not None or _compares(before, cues):
        return "compared"
    if (cue := _ends(before, cues.before["seen"], cues.passed)) is not None:
        if not set(before[:cue]) & cues.seen_not and not (set(before) & cues.asked):
            return "seen"
    elif _starts(after, cues.after["seen"]) and not _asks(mention.last, utterance):
        return "seen"
    return "reported" if _holds(before, cues.reported) or _starts(after, cues.after["reported"]) else "target"


def _holds(heard: tuple[str, ...], phrases: Phrases) -> bool:
    return any(heard[at : at + length] in phrases for at in range(len(heard)) for length in range(1, 5))


def _surname(mention: Mention, utterance: Utterance, cues: Cues) -> bool:
    """ "Jack Lyon", "mon fils Dorian Lille": a city after a first name."""
    token = utterance.tokens[mention.first]
    if mention.kind != "place" or mention.first == 0 or token.gap != " " or utterance.clean.isupper():
        return False
    first = utterance.tokens[mention.first - 1]
    capitals = utterance.clean[first.start].isupper() and utterance.clean[token.start].isupper()
    return capitals and first.end - first.start > 2 and first.word not in cues.plain


def _cited(mention: Mention, utterance: Utterance) -> bool:
    """Whether it stands in words that are only told, and ask nothing: "Écris-moi : « Lille reste fermé à jamais »"."""
    tokens = utterance.tokens
    start, end = tokens[mention.first].start, tokens[mention.last - 1].end
    for quote in _QUOTES.finditer(utterance.clean):
        if quote.start() < start and end < quote.end() and "?" not in quote.group():
            said = sum(quote.start() < token.start < quote.end() for token in tokens)
            return said > mention.last - mention.first and len(tokens) - said >= ASIDE
    return False


def _compares(before: tuple[str, ...], cues: Cues) -> bool:
    """ "plus grand que Chambord", but not "il paraît que Chambord"."""
    at = len(before) - 1
    while at >= 0 and before[at] in cues.passed and before[at] not in cues.compared_to:
        at -= 1
    return at >= 0 and before[at] in cues.compared_to and bool(set(before[max(0, at - 3) : at]) & cues.comparing)


def _settle(
    mentions: list[Mention], utterance: Utterance, cues: Cues, within: Mapping[str, tuple[str, ...]]
) -> Iterator[Mention]:
    """What is true of the message as a whole.

    A thing seen or compared is the target after all when nothing else is asked about; a place beside a venue says where
    it is or where the person is.
    """
    targets = [mention for mention in mentions if mention.role == "target"]
    for at, mention in enumerate(mentions):
        if mention.role == "reported":
            later = any(target.first > mention.last and mention.kind != "kind" for target in targets)
            mentions[at] = replace(mention, role="seen" if later else "target")
    targets = [mention for mention in mentions if mention.role == "target"]
    venues = [mention for mention in targets if mention.kind in {"venue", "outside"}]
    named = {venue for mention in venues for venue in mention.ids}
    for mention in mentions:
        others = [target for target in targets if target is not mention]
        if mention.role in {"compared", "seen"} and not others and not _more(mention, utterance):
            yield replace(mention, role="target")
        elif (
            mention.role == "target"
            and mention.kind == "outside"
            and mention.name is None
            and _same_sentence(mention, named, targets, utterance)
        ):
            yield replace(mention, role="other")
        elif mention.role == "target" and mention.kind == "place" and venues:
            if any(venue in named for place in mention.ids for venue in within.get(place, ())):
                continue
            before = _before(mention.first, utterance)
            located = bool(before) and before[-1] in cues.locatives
            pointed = len(before) > 1 and before[-2] in cues.definite
            yield replace(mention, role="other") if located and not pointed else mention
        else:
            yield mention


def _same_sentence(mention: Mention, named: set[str], targets: Sequence[Mention], utterance: Utterance) -> bool:
    """Whether a venue is asked about in the sentence that a train or a hotel stands in."""
    for target in targets:
        if target.kind == "venue" and set(target.ids) & named:
            first, last = sorted((mention.first, target.first))
            if not any(_STOP.search(token.gap) for token in utterance.tokens[first + 1 : last + 1]):
                return True
    return False


def _before(first: int, utterance: Utterance) -> tuple[str, ...]:
    """Up to eight words before token `first`, from the last punctuation on."""
    tokens = utterance.tokens
    start = first
    while start > 0 and first - start < 8 and not (start < len(tokens) and _BREAK.search(tokens[start].gap)):
        start -= 1
    return tuple(token.word for token in tokens[start:first])


def _after(last: int, utterance: Utterance) -> tuple[str, ...]:
    """Up to four words from token `last` on; one comma may stand between ("Chambord, non")."""
    tokens = utterance.tokens[last : last + 4]
    found: list[str] = []
    for token in tokens:
        if _BREAK.search(token.gap) and (found or token.gap.strip() != ","):
            break
        found.append(token.word)
    return tuple(found)


def _ends(heard: tuple[str, ...], phrases: Phrases, passed: frozenset[str]) -> int | None:
    """Where a phrase starts that ends `heard`, articles at its end passed over; None when there is none."""
    end = len(heard)
    while end > 0:
        for length in range(min(5, end), 0, -1):
            if heard[end - length : end] in phrases:
                return end - length
        if heard[end - 1] not in passed:
            return None
        end -= 1
    return None


def _starts(heard: tuple[str, ...], phrases: Phrases) -> bool:
    return any(heard[:length] in phrases for length in range(1, len(heard) + 1))


def _asks(last: int, utterance: Utterance) -> bool:
    """Whether "non" after the mention only asks for agreement: "c'est Kérylos, non ?"."""
    tokens = utterance.tokens
    following = tokens[last + 1].gap if last + 1 < len(tokens) else utterance.tail
    return bool(_ASKED.match(following))


def _joined(one: Mention, other: Mention, utterance: Utterance, cues: Cues) -> bool:
    between = utterance.tokens[one.last : other.first]
    return 0 < len(between) < 4 and all(
        token.word in cues.coordinators or token.word in cues.passed for token in between
    )


def _more(mention: Mention, utterance: Utterance) -> bool:
    """Whether more is said after it, in a clause of its own."""
    rest = utterance.tokens[mention.last :]
    return any(
        _STOP.search(token.gap) or (_BREAK.search(token.gap) and len(rest) - at > 2) for at, token in enumerate(rest)
    )
