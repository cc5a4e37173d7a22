"""What is remembered of a chat, for minutes and in memory only: its context, its language, what it was answered."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from visitbot.understanding.context import Context

MOST = 20_000
"""Conversations kept at once; beyond it the longest silent one is forgotten early."""
ANSWERS = 20
"""Answers kept for each conversation, so that an edited question can be answered in the same place."""

Key = tuple[int, int]
"""Chat and person: in a group "et Nausicaá ?" goes on with the same person's question, never with another's."""


@dataclass(slots=True)
class Answered:
    """A question that was answered."""

    before: Context | None
    """The context in which it was asked."""
    messages: tuple[int, ...]
    """Ids of the messages that answered it."""


@dataclass(slots=True)
class Conversation:
    """One person in one chat."""

    context: Context | None = None
    language: str | None = None
    """Chosen by the person; None: Telegram's."""
    answered: "OrderedDict[int, Answered]" = field(default_factory=OrderedDict)
    """Id of the question → its answer."""
    last_heard: datetime | None = None

    def remember(self, question: int, answered: Answered, context: Context | None) -> None:
        """Keep what `question` was answered, and go on from `context` if it is the newest."""
        if not self.answered or question >= next(reversed(self.answered)):
            self.context = context
        self.answered[question] = answered
        while len(self.answered) > ANSWERS:
            self.answered.popitem(last=False)


class Conversations:
    """All of them; one that was silent for `minutes` is as if it had never been."""

    def __init__(self, minutes: int) -> None:
        """Empty at start."""
        self._silence = timedelta(minutes=minutes)
        self._known: OrderedDict[Key, Conversation] = OrderedDict()

    def of(self, key: Key, now: datetime) -> Conversation:
        """The conversation of `key`, fresh when there is none or it was silent too long."""
        self._forget(now)
        conversation = self._known.setdefault(key, Conversation())
        conversation.last_heard = now
        self._known.move_to_end(key)
        return conversation

    def leave(self, chat: int) -> None:
        """Forget a chat: the bot was blocked there or sent away."""
        for key in [key for key in self._known if key[0] == chat]:
            del self._known[key]

    def move(self, old: int, new: int) -> None:
        """A group became a supergroup: same people, new id."""
        for key in [key for key in self._known if key[0] == old]:
            self._known[new, key[1]] = self._known.pop(key)

    def __len__(self) -> int:
        return len(self._known)

    def _forget(self, now: datetime) -> None:
        while self._known:
            oldest = next(iter(self._known.values()))
            if len(self._known) <= MOST and oldest.last_heard is not None and now - oldest.last_heard < self._silence:
                return
            self._known.popitem(last=False)
