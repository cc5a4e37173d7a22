"""The fixed sentences and commands of Telegram, per language, read from data/languages/<lang>/bot.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visitbot.answering.answer import Action, Answer, Span
from visitbot.catalogue.model import Venue
from visitbot.languages import Language, LanguageError
from visitbot.understanding.text import fold

FALLBACK = "fr"


@dataclass(frozen=True, slots=True)
class Command:
    """What can be typed after a slash."""

    key: str
    """"reopening": the same in all languages."""
    name: str
    """As in Telegram's menu: a-z, 0-9 and _."""
    also: tuple[str, ...]
    """Other names by which it is understood."""
    description: str
    question: str | None
    """The question that it stands for; None: it has an answer of its own."""
    about: str | None
    """The same with {subject}, when something is typed behind it."""


@dataclass(frozen=True, slots=True)
class Wording:
    """All of one language."""

    language: str
    name: str
    """The language's own name: "Français"."""
    names: frozenset[str]
    """All ways to ask for it, in lower case."""
    profile: Mapping[str, str]
    """What Telegram shows of the bot: name, description, short_description."""
    commands: Mapping[str, Command]
    sentences: Mapping[str, str]
    asking: Mapping[str, str]
    """Intent, or intent and aspect ("visit.video") → a question about a venue: {the} ("le Mucem"), {of}, {name}."""
    examples: tuple[str, ...]

    def say(self, key: str, **values: str) -> str:
        """A fixed sentence."""
        return self.sentences[key].format(**values)

    def answer(self, key: str, *, examples: bool = False, **values: str) -> Answer:
        """A fixed sentence as an answer, with the example questions as buttons if wanted."""
        paragraphs = tuple((Span(paragraph.strip()),) for paragraph in self.say(key, **values).strip().split("\n\n"))
        actions = tuple(Action("ask", example, example) for example in self.examples) if examples else ()
        return Answer(paragraphs, actions, language=self.language)

    def question(self, topic: str, venue: Venue) -> str | None:
        """A question about a venue; None when `topic` has none."""
        template = self.asking.get(topic)
        if template is None:
            return None
        name = self.name_of(venue)
        forms = venue.forms.get(self.language, {})
        return template.format(name=name, the=forms.get("the", name), of=forms.get("of", name))

    def name_of(self, venue: Venue) -> str:
        """The venue's name in this language, else its French one."""
        return venue.name.get(self.language) or venue.name[FALLBACK]


def compile_all(languages: Mapping[str, Language]) -> dict[str, Wording]:
    """The wording of every language. Raises LanguageError naming language and key."""
    return {code: _compile(code, language.tables.get("bot", {})) for code, language in languages.items()}


def _compile(code: str, table: Mapping[str, Any]) -> Wording:
    try:
        commands = {
            key: Command(
                key, entry["name"], tuple(entry.get("also", ())), entry["description"],
                entry.get("question"), entry.get("about"),
            )
            for key, entry in table["commands"].items()
        }  # fmt: skip
        own = table["language"]
        return Wording(
            language=code,
            name=own["name"],
            names=frozenset((code, *own["also"])),
            profile=table["profile"],
            commands=commands,
            sentences=table["sentences"],
            asking=table["asking"],
            examples=tuple(table["examples"]["questions"]),
        )
    except KeyError as missing:
        raise LanguageError(f"languages/{code}/bot.toml: {missing.args[0]!r} is missing") from missing


def choose(wordings: Mapping[str, Wording], *codes: str | None) -> Wording:
    """The first language of `codes` ("en", "en-GB", None) that is spoken here; French when none is."""
    for code in codes:
        if code and (found := wordings.get(code.lower().split("-")[0])):
            return found
    return wordings[FALLBACK]


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it was typed."""

    command: Command
    wording: Wording
    subject: str
    """What stands behind it."""

    @property
    def question(self) -> str | None:
        """The question that it stands for; None when the command is none."""
        if not self.subject or self.command.question is None:
            return self.command.question
        if self.command.about:
            return self.command.about.replace("{subject}", self.subject)
        # "/visite Chambord": what was typed behind a command that takes nothing must not get lost.
        return f"{self.command.name} {self.subject}"


def command(text: str, wordings: Mapping[str, Wording], speaks: Wording) -> Typed | None:
    """Read "/Réouverture chambord": capitals and accents don't matter, nor which language the name is from.

    A name that `speaks` knows is read in that language, else in the one that knows it. None: no command of ours.
    """
    if not text.startswith("/"):
        return None
    first, *rest = text[1:].split(maxsplit=1) or [""]
    for typed, subject in ((first.partition("@")[0], "".join(rest).strip()), (text[1:], "")):
        for wording in (speaks, *wordings.values()):
            for known in wording.commands.values():
                if _squeezed(typed) in (_squeezed(known.name), *map(_squeezed, known.also)):
                    return Typed(known, wording, subject)
    return None


def _squeezed(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())
