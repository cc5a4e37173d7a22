"""All the words that understanding needs, compiled once from the language files and the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from visitbot.catalogue.model import Catalogue
from visitbot.languages import Language, Later
from visitbot.understanding.cues import Cues
from visitbot.understanding.dates import DateWords
from visitbot.understanding.intents import IntentModel
from visitbot.understanding.venues import VenueIndex, tables_for
from visitbot.understanding.weights import Weights


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a message is read with; made anew when the catalogue changes."""

    identity: Mapping[str, frozenset[str]]
    """Language → everyday words by which it is told."""
    cues: Mapping[str, Cues]
    speaks_for: Mapping[str, tuple[str, ...]]
    """Idea → the intents it hints at, whatever the language."""
    dates: Mapping[str, DateWords]
    venues: Mapping[str, VenueIndex]
    """Language → the names to look for in its messages, and the words around them."""
    intents: IntentModel
    cuts: Weights
    """What speaks for each way to cut a message into requests."""
    catalogue: Catalogue
    series: tuple[date, date]
    """First and last day of the newest series: what a date without a year belongs to."""

    @classmethod
    def compile(
        cls,
        catalogue: Catalogue,
        languages: Mapping[str, Language],
        elsewhere: Sequence[Mapping[str, str]],
        ideas: Mapping[str, Mapping[str, Any]],
        intents: IntentModel,
        cuts: Weights,
    ) -> "Vocabulary":
        """Make it; `elsewhere` are places known not to be in the series, `ideas` the parsed cues.toml."""
        newest = max(catalogue.series, key=lambda series: series.start)
        return cls(
            identity={code: frozenset(known.tables["identity"]["words"]) for code, known in languages.items()},
            cues=Later(
                languages, lambda code: Cues.compile(languages[code].tables["cues"], languages[code].tables["intents"])
            ),
            speaks_for={idea: tuple(about.get("speaks_for", ())) for idea, about in ideas.items()},
            dates=Later(languages, lambda code: DateWords.compile(languages[code].tables["dates"])),
            venues=_indexes(catalogue, languages, elsewhere),
            intents=intents,
            cuts=cuts,
            catalogue=catalogue,
            series=(newest.start, newest.end),
        )


def _indexes(
    catalogue: Catalogue, languages: Mapping[str, Language], elsewhere: Sequence[Mapping[str, str]]
) -> Mapping[str, VenueIndex]:
    """An index per language, made when first asked for; languages that mix share one."""
    tables = Later(languages, lambda code: languages[code].tables["venues"])
    shared: dict[frozenset[str], VenueIndex] = {}
    pool: dict[Any, Any] = {}

    def index(code: str) -> VenueIndex:
        together = frozenset({code, *tables[code]["mixed"]})
        if together not in shared:
            shared[together] = VenueIndex.compile(catalogue, tables_for(code, tables), elsewhere, pool)
        return shared[together]

    return Later(languages, index)
