"""Asks Telegram for news and stays able to: an outage is told when it begins and ends, an odd update is left out."""

import asyncio
import logging
from typing import Any

from telegram import Update
from telegram.error import NetworkError
from telegram.request import HTTPXRequest

from visitbot.bot.delivery import reason

log = logging.getLogger(__name__)

QUIET_FOR = 60.0
"""Seconds between two outages that are told: a connection that comes and goes must not fill the log."""


class Ear(HTTPXRequest):
    """The connection that polls."""

    def __init__(self) -> None:
        """Of its own, as a poll keeps it busy for seconds."""
        super().__init__(connection_pool_size=1)
        self._lost_at: float | None = None
        self._told_at = float("-inf")

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Telegram's answer; of an update that python-telegram-bot can't read only its number.

        Otherwise that one update, which Telegram sends again until it is confirmed, would leave the bot deaf for ever.
        """
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(updates := answer.get("result"), list):
            answer["result"] = [
                update if _readable(update) else {"update_id": update["update_id"]} for update in updates
            ]
        return answer

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """One poll."""
        try:
            status, payload = await super().do_request(*args, **kwargs)
        except NetworkError as failure:
            self._lost(reason(failure))
            raise
        if status >= 500:
            self._lost(f"HTTP {status}")
        else:
            self._found()
        return status, payload

    def _lost(self, why: str) -> None:
        now = asyncio.get_running_loop().time()
        if self._lost_at is None and now - self._told_at >= QUIET_FOR:
            self._lost_at = self._told_at = now
            log.warning("Telegram can't be reached (%s); trying again", why)

    def _found(self) -> None:
        if self._lost_at is not None:
            away = asyncio.get_running_loop().time() - self._lost_at
            log.warning("Telegram is reached again, after %.0f s", away)
            self._lost_at = None


def _readable(update: dict[str, Any]) -> bool:
    try:
        Update.de_json(update, None)
    except Exception as problem:  # TypeError, KeyError, ValueError: it depends on what is odd
        kinds = ", ".join(key for key in update if key != "update_id")
        log.error("an update (%s) can't be read (%s) and is left out", kinds, type(problem).__name__)
        return False
    return True
