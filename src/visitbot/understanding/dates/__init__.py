"""The dates of a message: a grammar whose words and patterns are a language's data."""

from visitbot.understanding.dates.finding import DateMention, find_dates
from visitbot.understanding.dates.grammar import DateWords

__all__ = ["DateMention", "DateWords", "find_dates"]
