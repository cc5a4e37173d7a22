"""What people do in Telegram, as the updates that Telegram makes of it."""

from itertools import count
from typing import Any

from bot_api import ME, USERNAME

_ids = count(1)
GROUP = {"id": -100200, "type": "supergroup", "title": "Amis des musées"}


def person(number: int = 7, language: str = "fr") -> dict[str, Any]:
    """Somebody."""
    return {"id": number, "is_bot": False, "first_name": "Camille", "language_code": language}


def private(who: dict[str, Any]) -> dict[str, Any]:
    """Their chat with the bot."""
    return {"id": who["id"], "type": "private", "first_name": who["first_name"]}


def writes(
    text: str | None, who: dict[str, Any] | None = None, chat: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A message."""
    who = who or person()
    message = {"message_id": next(_ids), "date": 1590000000, "from": who, "chat": chat or private(who)}
    if text is not None:
        message["text"] = text
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return message | more


def presses(
    data: str, who: dict[str, Any] | None = None, chat: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A button under a message of the bot."""
    who = who or person()
    message = writes("…", ME, chat or private(who))
    return {"id": str(next(_ids)), "from": who, "chat_instance": "1", "data": data, "message": message} | more


def types(query: str, who: dict[str, Any] | None = None) -> dict[str, Any]:
    """An inline query."""
    return {"id": str(next(_ids)), "from": who or person(), "query": query, "offset": ""}


def adds(
    status: str, was: str, who: dict[str, Any] | None = None, chat: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The bot is let in ("member") or sent away ("left")."""

    def member(state: str) -> dict[str, Any]:
        return {"user": ME, "status": state} | ({"until_date": 0} if state == "kicked" else {})

    return {
        "chat": chat or GROUP, "from": who or person(), "date": 1590000000,
        "old_chat_member": member(was), "new_chat_member": member(status),
    }  # fmt: skip


MENTION = f"@{USERNAME}"
