"""Shows in a terminal, or as JSON, why a message was understood as it was (`visitbot ask --explain`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from visitbot.answering.answer import Paragraph
from visitbot.answering.calendar import period
from visitbot.answering.phrases import Phrases, Value, merged
from visitbot.catalogue.model import Catalogue
from visitbot.terminal import BOLD, Screen
from visitbot.understanding.context import Context
from visitbot.understanding.dates import DateMention
from visitbot.understanding.explaining import Day, Findings, Piece, Verdict
from visitbot.understanding.request import Request, When
from visitbot.understanding.venues import Mention

BAR = 20
"""Characters of a bar that stands for certainty."""
MARGIN = 2
"""Spaces between the headings and what they head."""
SLOTS = ("venues", "places", "kinds", "when", "without", "unknown_venue", "impossible_date", "aspect")
"""Fields of a request, in the order in which they are shown."""
LEADING = {"g", "gg"}
"""Evidence of what ideas speak for: its parts are intents."""

Block = tuple[str, list[Paragraph]]
"""The key of a heading, and its lines."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Findings in the words of one language."""

    words: Phrases
    """explain.toml."""
    phrases: Phrases
    """phrases.toml: days and kinds of venue have their words there."""
    catalogue: Catalogue
    findings: Findings

    def blocks(self) -> Iterator[Block]:
        """Everything, in the order in which it was found."""
        found, say = self.findings, self.words.say
        yield "words", [say("evidence.unnamed", of=" ".join(found.words))] if found.words else []
        yield "language", list(self._language())
        yield "before", list(self._before(found.before))
        yield "mentions", [self._mention(mention) for mention in found.mentions] or [say("mention.none")]
        hints = [say("hint.line", typed=hint.typed, names=self._cues(hint.names)) for hint in found.hints]
        yield "hints", [self._row(hints)] if hints else [say("hint.none")]
        yield "days", [self._day(day) for day in found.days] or [say("day.none")]
        if found.picked:
            yield "clause", [say("clause.picked")]
        else:
            for verdict in found.verdicts:
                yield "clause", list(self._verdict(verdict))
        carried = zip(found.requests, found.carried, strict=True)
        yield "requests", [self._request(request, slots) for request, slots in carried]
        if found.choices:
            yield "choices", [say("request.asks_back", venues=self._names("venues", found.choices, "or"))]

    def _row(self, items: Sequence[Paragraph]) -> Paragraph:
        return self.phrases.join(items, "comma")

    def _sequence(self, items: Sequence[Paragraph]) -> Paragraph:
        then = self.words.say("evidence.then")
        return merged([span for at, item in enumerate(items) for span in ((*then, *item) if at else item)])

    def _cues(self, names: Iterable[str]) -> Paragraph:
        return self._row([self._word("cue", name) for name in names])

    def _word(self, table: str, name: str) -> Paragraph:
        """The word that a table has for a name; without one the name itself, so that nothing new is hidden."""
        key = f"{table}.{name}"
        return self.words.say(key) if key in self.words else self.words.say("evidence.unnamed", of=name)

    def _language(self) -> Iterator[Paragraph]:
        telling, spoken = self.findings.telling, self.findings.language
        name = self._word("language", spoken)
        if own := telling.get(spoken):
            yield self.words.say("language.told", language=name, words=", ".join(own))
        else:
            yield self.words.say("language.usual", language=name)
        for code in telling:
            if code != spoken:
                other = self._word("language", code)
                yield self.words.say("language.also", language=other, words=", ".join(telling[code]))

    def _before(self, thread: Context) -> Iterator[Paragraph]:
        say = self.words.say
        if thread.intent is not None:
            slots = {name: getattr(thread, name) for name in ("venues", "places", "kinds", "when")}
            values = [self._value(name, value) for name, value in slots.items() if value]
            yield say("before.topic", topic=self._row([self._word("intent", thread.intent), *values]))
        if thread.outside:
            yield say("before.outside")
        if earlier := tuple(venue for venue in thread.recent if venue not in thread.venues):
            yield say("before.spoken", venues=self._names("venues", earlier))
        if thread.choices:
            yield say("before.offered", venues=self._names("venues", thread.choices))
        if thread.intent is None and not thread.outside and not thread.choices:
            yield say("before.nothing")

    def _mention(self, mention: Mention) -> Paragraph:
        say, typed = self.words.say, mention.typed
        field = {"venue": "venues", "place": "places", "kind": "kinds"}.get(mention.kind)
        linked: Value = self._names(field, mention.ids, "or") if field else mention.name or ""
        kind = self._word("mention", mention.kind)
        if not linked:
            line = say("mention.nowhere", typed=typed)
        elif field is None:
            line = say("mention.away", typed=typed, kind=kind, linked=linked)
        elif mention.kind == "venue" and len(mention.ids) > 1:
            line = say("mention.several", typed=typed, linked=linked)
        else:
            line = say("mention.line", typed=typed, kind=kind, linked=linked)
        notes = [self._word("role", mention.role)] if mention.role != "target" else []
        if mention.score < 1:
            notes.append(say("mention.unsure", share=self._percent(mention.score)))
        return self._row([line, *notes])

    def _day(self, day: Day) -> Paragraph:
        say, found = self.words.say, day.found
        when, series_when = found.when or found.series_when, found.series_when or found.when
        if found.impossible:
            line = say("day.impossible", typed=found.typed)
        elif when is None or series_when is None:
            line = say("day.nothing", typed=found.typed)
        elif when == series_when:
            line = say("day.line", typed=found.typed, when=self._when(when))
        else:
            line = say("day.two", typed=found.typed, when=self._when(when), series_when=self._when(series_when))
        return line if day.counts else self._row([line, say("day.past")])

    def _verdict(self, verdict: Verdict) -> Iterator[Paragraph]:
        say = self.words.say
        for typed in verdict.typed:
            yield say("clause.words", typed=typed)
        names = ["".join(span.text for span in self._word("intent", intent)) for intent, _ in verdict.shares]
        longest = max(map(len, names))
        for at, (name, (_, share)) in enumerate(zip(names, verdict.shares, strict=True)):
            figure = f"{self._percent(share):>6}  {'━' * round(BAR * share)}".rstrip()
            yield say("clause.likely" if at else "clause.best", intent=f"{name:<{longest}}", share=figure)
        yield ()
        yield say("clause.tipped", winner=names[0], other=names[1])
        yield from map(self._piece, verdict.speaking_for)
        if verdict.speaking_against:
            yield say("clause.against")
            yield from map(self._piece, verdict.speaking_against)
        rest = verdict.total - sum(piece.weight for piece in (*verdict.speaking_for, *verdict.speaking_against))
        yield say("clause.total", weight=f"{self._figure(verdict.total):<5}", rest=self._figure(rest))
        if verdict.ruled:
            yield say("clause.ruled")
        if verdict.alone != verdict.shares[0][0]:
            yield say("clause.alone", intent=self._word("intent", verdict.alone))

    def _piece(self, piece: Piece) -> Paragraph:
        before, _, rest = piece.of.partition("+")
        more = [self._part(part) for part in rest.split("+")] if rest else []
        key = f"evidence.{piece.kind}" if f"evidence.{piece.kind}" in self.words else "evidence.unnamed"
        hints = list(self._parts(piece))
        name = self.words.say(
            key,
            typed=self._sequence([self._typed(word) for word in piece.of.split("_")]),
            of=self._row(hints),
            before=self._row([self._word("intent" if f"intent.{before}" in self.words else "part", before), *more]),
        )
        return self.words.say("clause.piece", weight=f"{self._figure(piece.weight):<5}", name=name)

    def _parts(self, piece: Piece) -> Iterator[Paragraph]:
        """What a piece of evidence is made of; an intent may have an idea's name ("visit"), so its kind tells."""
        if not piece.of:
            yield self._word("part", piece.kind)
        for part in filter(None, piece.of.split("+")):
            yield self._word("intent", part) if piece.kind in LEADING else self._part(part)

    def _figure(self, weight: float) -> str:
        return f"{weight:+.1f}".replace("-", "−").replace(".", self.phrases.plain("number.decimal"))

    def _typed(self, word: str) -> Paragraph:
        """A word of the message in quotes, or what stands there instead of a name, a date or the edge."""
        if word.isalnum():
            return self.words.say("evidence.quoted", word=word)
        return self._slot(word) or self.words.say("evidence.unnamed", of=word)

    def _part(self, part: str) -> Paragraph:
        """One part of a piece of evidence: the words that gave the hint, the sort of thing named, or its name."""
        name = part.rpartition("=")[2]
        typed = [hint.typed for hint in self.findings.hints if name in hint.names]
        if typed:  # first, for an idea may have the name of a sort ("until")
            return self._row([self.words.say("evidence.quoted", word=word) for word in dict.fromkeys(typed)])
        return self._slot(part) or self._word("cue" if f"cue.{name}" in self.words else "intent", name)

    def _slot(self, part: str) -> Paragraph:
        """What `part` says instead of a name or date ("<day-past>" is a day); nothing when it stands for none."""
        name = part.strip("<>")
        sort = name if f"part.{name}" in self.words else name.partition("-")[0]
        return self.words.say(f"part.{sort}") if f"part.{sort}" in self.words else ()

    def _request(self, request: Request, carried: tuple[str, ...]) -> Paragraph:
        told = [self.words.say("request.line", intent=self._word("intent", request.intent))]
        without = (*self._each("venues", request.without), *self._each("places", request.without_places))
        for slot in SLOTS:
            value = ", ".join(without) if slot == "without" else getattr(request, slot)
            if value:
                shown = self.words.say(f"request.{slot}", value=self._value(slot, value))
                told.append(self.words.say("request.carried", field=shown) if slot in carried else shown)
        return self._row(told)

    def _value(self, slot: str, value: object) -> Paragraph:
        if isinstance(value, When):
            return self._when(value)
        if slot in {"venues", "places", "kinds"} and isinstance(value, tuple):
            return self._names(slot, value)
        return self._word("aspect" if slot == "aspect" else slot, str(value))

    def _names(self, field: str, ids: Sequence[str], last: str = "and") -> Paragraph:
        return self.phrases.join(list(self._each(field, ids)), last)

    def _each(self, field: str, ids: Iterable[str]) -> Iterator[str]:
        code = self.phrases.code
        for one in ids:
            if field == "kinds":
                yield self.phrases.plain(f"kind.{one}")
            else:
                named = self.catalogue.venues[one] if field == "venues" else self.catalogue.places[one]
                yield named.name.get(code) or named.name["fr"]

    def _when(self, when: When) -> Paragraph:
        if when.rank is None:
            return self.words.say("evidence.unnamed", of=period(when, self.phrases, self.findings.now.date()))
        if isinstance(when.rank, int):
            return self.words.say("rank.number", number=when.rank)
        return self._word("rank", when.rank)

    def _percent(self, share: float) -> str:
        whole = round(100 * share)
        edge = "little" if whole < 1 else "much" if whole > 99 and share < 1 else None
        return self.words.plain("clause.percent", share=self.words.plain(f"clause.{edge}") if edge else whole)


def render(wording: Wording, screen: Screen) -> str:
    """Headings on the left, what was found beside them."""
    headings = {key: wording.words.plain(f"heading.{key}") for key in wording.words.under("heading")}
    indent = max(map(len, headings.values())) + MARGIN
    beside = Screen(max(screen.width - indent, BAR), screen.colours)
    rows: list[str] = []
    for key, lines in wording.blocks():
        if key in {"clause", "requests"}:
            rows.append("")
        told = [row for line in lines for row in beside.wrapped(beside.line(line))] or [""]
        heading = screen.styled(headings[key], BOLD) + " " * (indent - len(headings[key]))
        rows += [f"{' ' * indent if at else heading}{row}".rstrip() for at, row in enumerate(told)]
    return "\n".join(rows)


def as_json(findings: Findings) -> dict[str, object]:
    """The findings as plain values; requests and moments in the form that `ask --json` has."""
    told = {name: _plain(value) for name, value in asdict(findings).items()}
    told["verdicts"] = [{**_record(verdict), "shares": _plain(dict(verdict.shares))} for verdict in findings.verdicts]
    told["days"] = [{**_record(day.found), "counts": day.counts} for day in findings.days]
    told["before"] = _record(findings.before)
    told["requests"] = [request.as_json() for request in findings.requests]
    return told


def _record(found: Verdict | DateMention | Context) -> dict[str, object]:
    """A record as plain values, its moments in the contract's form ({"from", "to"} or {"rank"})."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    moments = {name: value.as_json() for name, value in values.items() if isinstance(value, When)}
    return {name: _plain(value) for name, value in asdict(found).items()} | moments


def _plain(value: object) -> object:
    """What JSON has no form for: moments as ISO text; figures are cut where they say no more."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return round(value, 4)
    return value.isoformat() if isinstance(value, date) else value
