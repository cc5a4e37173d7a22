"""All the words that understanding needs, compiled once from the language files and the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from visitbot.catalogue.model import Catalogue
from visitbot.languages import Language, Later
from visitbot.understanding.cues import Cues
from visitbot.understanding.dates import DateWords
from visitbot.understanding.intents import IntentModel
from visitbot.understanding.venues import VenueIndex


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a message is read with; made anew when the catalogue changes."""

    cues: Mapping[str, Cues]
    dates: Mapping[str, DateWords]
    venues: VenueIndex
    intents: IntentModel
    catalogue: Catalogue
    series: tuple[date, date]
    """First and last day of the newest series: what a date without a year belongs to."""

    @classmethod
    def compile(
        cls,
        catalogue: Catalogue,
        languages: Mapping[str, Language],
        elsewhere: Sequence[Mapping[str, str]],
        intents: IntentModel,
    ) -> "Vocabulary":
        """Make it; `elsewhere` are museums and landmarks known not to be in the series."""
        newest = max(catalogue.series, key=lambda series: series.start)
        return cls(
            cues={code: Cues.compile(language.tables["intents"]) for code, language in languages.items()},
            dates=Later(languages, lambda code: DateWords.compile(languages[code].tables["dates"])),
            venues=VenueIndex.compile(
                catalogue, {code: language.tables["venues"] for code, language in languages.items()}, elsewhere
            ),
            intents=intents,
            catalogue=catalogue,
            series=(newest.start, newest.end),
        )
