"""The places of a message: venues of the series, cities and regions, kinds of venue, and what is elsewhere."""

from visitbot.understanding.venues.linking import find_mentions
from visitbot.understanding.venues.mention import Mention
from visitbot.understanding.venues.names import VenueIndex
from visitbot.understanding.venues.tables import tables_for

__all__ = ["Mention", "VenueIndex", "find_mentions", "tables_for"]
