"""One message in, one answer out, with the chat's context: what the terminal and Telegram share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from visitbot.answering.answer import Answer
from visitbot.answering.answers import answer, ask_meaning
from visitbot.answering.phrases import Phrases
from visitbot.catalogue.model import Catalogue
from visitbot.understanding.context import Context
from visitbot.understanding.understand import Understanding, understand
from visitbot.understanding.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Reply:
    """What was understood, what is said, and what to remember for the next message of this chat."""

    understanding: Understanding
    answer: Answer
    context: Context


@dataclass(frozen=True, slots=True)
class Assistant:
    """All that is needed to answer; `catalogue` is asked anew for each message, so that an edit is seen at once."""

    catalogue: Callable[[], Catalogue]
    vocabulary: Callable[[Catalogue], Vocabulary]
    phrases: Mapping[str, Phrases]
    """Language code → its phrases."""

    def reply(self, text: str, now: datetime, context: Context | None = None, language: str | None = None) -> Reply:
        """Answer one message. `language` is the person's usual one, used when the text shows none."""
        catalogue = self.catalogue()
        understood = understand(text, self.vocabulary(catalogue), now, context, language)
        spoken = self.phrases.get(understood.language) or self.phrases["fr"]
        if understood.readings:
            said = ask_meaning(understood.readings, catalogue, spoken, now)
        else:
            said = answer(understood.requests, understood.choices, catalogue, spoken, now)
        return Reply(understood, said, understood.context)
