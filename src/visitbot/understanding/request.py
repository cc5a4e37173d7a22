"""What a message asks for: requests with intent, venues, places, kinds and time."""

from dataclasses import dataclass
from datetime import date

INTENTS = (
    "reopening", "visit", "schedule", "broadcast", "venues", "venue_info", "practical", "results", "about", "press",
    "next_season", "subscribe", "unsubscribe", "language", "help", "greeting", "thanks", "out_of_scope",
)  # fmt: skip

DATED = frozenset({"reopening", "visit", "schedule"})
"""Intents whose answer changes with a date."""


@dataclass(frozen=True, slots=True)
class When:
    """A day, a period (end None: open), or a rank in the series ("first", "next", "last", 3)."""

    start: date | None = None
    end: date | None = None
    rank: str | int | None = None

    def as_json(self) -> dict[str, str | int]:
        """The contract's form: {"from", "to"} or {"rank"}."""
        if self.rank is not None:
            return {"rank": self.rank}
        found: dict[str, str | int] = {}
        if self.start is not None:
            found["from"] = self.start.isoformat()
        if self.end is not None:
            found["to"] = self.end.isoformat()
        return found


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a person wants."""

    intent: str
    """One of INTENTS."""
    venues: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    when: When | None = None
    without: tuple[str, ...] = ()
    """Venue ids that the person excludes ("à part Chambord")."""
    without_places: tuple[str, ...] = ()
    unknown_venue: str | None = None
    """Name, as typed, of a place that is not in the series."""
    impossible_date: str | None = None
    """A date as typed that does not exist ("31 juin")."""
    aspect: str | None = None
    """The side of the intent that was asked for ("video", "address", "price"…), when it was clear."""

    def as_json(self) -> dict[str, object]:
        """The form of the labelled questions; empty slots left out."""
        found: dict[str, object] = {"intent": self.intent}
        for name in ("venues", "places", "kinds"):
            if values := getattr(self, name):
                found[name] = list(values)
        if self.when is not None:
            found["when"] = self.when.as_json()
        if self.without:
            found["without"] = list(self.without)
        if self.unknown_venue:
            found["unknown_venue"] = self.unknown_venue
        return found
