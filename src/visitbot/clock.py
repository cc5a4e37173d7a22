"""The one door to the system clock, and the time zone everything is told in."""

from datetime import datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present moment, aware, in Paris time."""
    return datetime.now(PARIS)


def parse(text: str) -> datetime:
    """Read an ISO moment; without a zone it is Paris time. Raises ValueError when it is no moment."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=PARIS) if moment.tzinfo is None else moment.astimezone(PARIS)
