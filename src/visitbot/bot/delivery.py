"""What becomes of a call that Telegram does not accept at once.

| what came back                | has it arrived? | what is done                                                    |
|-------------------------------|-----------------|-----------------------------------------------------------------|
| 429 with retry_after          | no              | wait as told, then again; the chat's other messages wait too    |
| no connection                 | no              | again, with growing pauses                                      |
| 5xx, connection dropped       | mostly not      | again, once, silently: better a quiet duplicate than silence    |
| no answer in time             | mostly yes      | not again; but a call that does no harm twice is made again     |
| the group became a supergroup | no              | again, to its new id                                            |

The Bot API has no key that would make a repeated message one message, so exactly once can't be had.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TimedOut
from telegram.ext import BaseRateLimiter

Result = bool | dict[str, Any] | list[dict[str, Any]]

log = logging.getLogger(__name__)

ATTEMPTS = 4
"""Calls in all, the first included."""
PATIENCE = 60.0
"""Seconds that a person waits for an answer; when Telegram asks for more, the answer is given up."""
PAUSES = (0.5, 1.0, 2.0)
"""Seconds before the second, third and fourth attempt."""
SURELY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SPOKEN = frozenset({"sendMessage", "sendVenue"})
"""Calls that a person would see twice when repeated; all others can be repeated without harm."""


class Delivery(BaseRateLimiter[int]):
    """python-telegram-bot's place between a call and the wire."""

    __slots__ = ("_free_from", "_moved", "_on_moved", "_rest")

    def __init__(self, on_moved: Callable[[int, int], None], rest: Callable[[float], Awaitable[None]]) -> None:
        """`on_moved` is told the old and the new id of a group; `rest` sleeps so many seconds, in nobody's way."""
        self._on_moved = on_moved
        self._rest = rest
        self._free_from: dict[object, float] = {}
        self._moved: dict[object, int] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to give back."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """Make the call, as often as the table above says. Raises what the last attempt raised."""
        uncertain = 0
        for attempt in range(ATTEMPTS):
            chat = data.get("chat_id")
            if chat in self._moved:
                data["chat_id"] = self._moved[chat]
            await self._wait_for(data.get("chat_id"))
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as refusal:
                self._hold(data.get("chat_id"), _seconds(refusal))
                if attempt == ATTEMPTS - 1 or _seconds(refusal) > PATIENCE:
                    raise
                log.warning("%s: Telegram asks to wait %.0f s", endpoint, _seconds(refusal))
            except ChatMigrated as moved:
                self._follow(data.get("chat_id"), moved.new_chat_id)
            except NetworkError as failure:
                surely_not = isinstance(failure.__cause__, SURELY_NOT_SENT)
                uncertain += not surely_not
                if attempt == ATTEMPTS - 1 or not _may_repeat(failure, endpoint, uncertain):
                    raise
                if not surely_not and endpoint in SPOKEN:
                    data["disable_notification"] = True
                log.warning("%s failed (%s), trying again", endpoint, reason(failure))
                await self._rest(PAUSES[attempt])
        raise AssertionError("the last attempt returns or raises")

    def _follow(self, old: object, new: int) -> None:
        self._moved[old] = new
        if isinstance(old, int):
            self._on_moved(old, new)

    def _hold(self, chat: object, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._free_from = {key: until for key, until in self._free_from.items() if until > now}
        self._free_from[chat] = now + seconds

    async def _wait_for(self, chat: object) -> None:
        pause = self._free_from.get(chat, 0.0) - asyncio.get_running_loop().time()
        if pause > PATIENCE:
            raise RetryAfter(timedelta(seconds=pause))
        if pause > 0:
            await self._rest(pause)


def reason(failure: Exception) -> str:
    """What happened, in a word for the log: "ConnectError", "Bad Gateway"."""
    return type(failure.__cause__).__name__ if isinstance(failure.__cause__, httpx.HTTPError) else str(failure)


def _may_repeat(failure: NetworkError, endpoint: str, uncertain: int) -> bool:
    if isinstance(failure, BadRequest):  # a NetworkError by inheritance: our own mistake, the same the next time
        return False
    if isinstance(failure.__cause__, SURELY_NOT_SENT) or endpoint not in SPOKEN:
        return True
    return uncertain == 1 and not isinstance(failure, TimedOut)


def _seconds(refusal: RetryAfter) -> float:
    wait = refusal.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
