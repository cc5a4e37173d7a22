"""Order and fairness: one chat is answered message by message, and a flood from one never slows the others.

Each chat is a lane. Within a lane updates go one after the other; over all lanes at most WORKERS are at work, and as
a lane waits with one update only, the lanes take turns. A chat that has more than WAITING updates unanswered gets one
kind notice and the rest of its flood is let go. Of inline queries, which come with each key that is pressed, only the
newest is worth an answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

WORKERS = 8
"""At once. With Telegram's 30 messages a second and 0.1 to 0.2 s an answer, 8 are enough; 32 were measured slower."""
WAITING = 8
"""Updates of one chat that may wait for an answer."""
BACKLOG = 4096
"""Updates held at all: those of floods leave at once, so only very many different chats get here."""


_at_work: ContextVar[bool] = ContextVar("at_work", default=False)
"""Whether this task keeps a worker busy."""


@dataclass(slots=True)
class _Lane:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    newest: int = 0
    told: bool = False


class Lanes(BaseUpdateProcessor):
    """python-telegram-bot's place for the order in which updates are handled."""

    __slots__ = ("_lanes", "_needs_answer", "_on_flood", "_workers")

    def __init__(self, needs_answer: Callable[[Update], bool], on_flood: Callable[[Update], Awaitable[None]]) -> None:
        """What `needs_answer` refuses (the talk of a group) goes past the lanes; `on_flood` gives notice."""
        super().__init__(BACKLOG)
        self._workers = asyncio.Semaphore(WORKERS)
        self._lanes: dict[Hashable, _Lane] = {}
        self._needs_answer = needs_answer
        self._on_flood = on_flood

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to give back."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle `update` when it is its chat's turn and a worker is free."""
        if not isinstance(update, Update) or not self._needs_answer(update):
            await coroutine
            return
        key = _key(update)
        lane = self._lanes.setdefault(key, _Lane())
        lane.newest = update.update_id
        if lane.waiting >= WAITING and update.inline_query is None:
            _let_go(coroutine)
            if not lane.told or update.callback_query is not None:  # a button turns until it is told something
                lane.told = True
                await self._on_flood(update)
            return
        lane.waiting += 1
        try:
            async with lane.turn, self._workers:
                if update.inline_query is not None and lane.newest != update.update_id:
                    _let_go(coroutine)
                else:
                    _at_work.set(True)
                    await coroutine
        finally:
            _at_work.set(False)
            lane.waiting -= 1
            if lane.waiting == 0:
                self._lanes.pop(key, None)

    async def rest(self, seconds: float) -> None:
        """Wait in the middle of an update. Its chat waits with it, its worker does not: others may need one."""
        if not _at_work.get():  # what the bot does of itself, such as publishing its profile, has no worker
            await asyncio.sleep(seconds)
            return
        self._workers.release()
        try:
            await asyncio.sleep(seconds)
        finally:
            await self._workers.acquire()


def _key(update: Update) -> Hashable:
    if update.inline_query is not None:
        return "inline", update.inline_query.from_user.id
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else None


def _let_go(coroutine: Awaitable[Any]) -> None:
    """Close a coroutine that is not wanted, so that Python doesn't warn that it was never awaited."""
    if asyncio.iscoroutine(coroutine):
        coroutine.close()
