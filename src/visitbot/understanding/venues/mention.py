"""A place spoken of in a message: which, and what part it plays there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """One place spoken of."""

    first: int
    last: int
    """Tokens `first` up to, not including, `last`."""
    typed: str
    """As it was typed."""
    kind: str
    """"venue", "place", "kind" (of venue) or "outside" (not in the series)."""
    ids: tuple[str, ...] = ()
    """Venue ids (several: it may be any of them), place ids or kinds; empty for "outside"."""
    role: str = "target"
    """"target", "negated", "excluded", "compared", "seen", "origin" or "other" (a street, a person, a pet…)."""
    score: float = 1.0
    """How sure, from 0 to 1."""
    name: str | None = None
    """For "outside": the name to say back, None when it is no place at all."""
