"""A small Bot API server on loopback: real HTTP, Telegram's shapes and refusals, and faults when told to."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.netutil
import tornado.web

TOKEN = "123456789:AAE-a_token-for_tests_only-0123456789"
USERNAME = "visite_bot"
ME = {"id": 123456789, "is_bot": True, "first_name": "Visites", "username": USERNAME, "supports_inline_queries": True}
SPECIFICATION = json.loads(Path(__file__).with_name("bot_api.json").read_text(encoding="utf-8"))
DEADLOCK = 20.0
"""Seconds after which a test that waits for something that never comes fails; nothing is timed by it."""


@dataclass(frozen=True)
class Call:
    """One call of the bot."""

    method: str
    params: dict[str, Any]

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons under the message, row after row."""
        return [button for row in self.params.get("reply_markup", {}).get("inline_keyboard", []) for button in row]


@dataclass
class Fault:
    """What to do to the next call of a method instead of answering it."""

    status: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    drop: bool = False
    hold: asyncio.Event | None = None
    """Answer only when this is set."""


class BotApi:
    """The server, what it was asked, and what it is to answer."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.profile: dict[tuple[str, str], dict[str, Any]] = {}
        self.webhook: dict[str, Any] = {}
        self._updates: deque[dict[str, Any]] = deque()
        self._news = asyncio.Condition()
        self._last_update = self._last_message = 1000
        self._texts: dict[tuple[int, int], str] = {}
        self._server: tornado.httpserver.HTTPServer | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on a free port of loopback, or on `port`."""
        app = tornado.web.Application(
            [(r"/bot(?P<token>[^/]+)/(?P<method>\w+)", _Handler, {"api": self})], log_function=lambda _: None
        )
        sockets = tornado.netutil.bind_sockets(port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self._server = tornado.httpserver.HTTPServer(app)
        self._server.add_sockets(sockets)

    async def stop(self) -> None:
        """Close everything, also polls that wait."""
        if self._server is not None:
            self._server.stop()
            await self._server.close_all_connections()

    @property
    def base_url(self) -> str:
        """For VISITBOT_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/bot"

    def update(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """An update with the next id, not yet delivered."""
        self._last_update += 1
        return {"update_id": self._last_update, kind: content}

    async def happens(self, *updates: dict[str, Any]) -> None:
        """These updates are there for the bot to poll."""
        async with self._news:
            self._updates.extend(updates)
            self._news.notify_all()

    def called(self, *methods: str) -> list[Call]:
        """The calls of these methods until now."""
        return [call for call in self.calls if call.method in methods]

    async def wait_for(self, method: str, count: int = 1, where: Callable[[Call], bool] | None = None) -> list[Call]:
        """Wait until `method` was called `count` times (with what `where` accepts)."""

        def found() -> list[Call]:
            return [call for call in self.called(method) if where is None or where(call)]

        async with asyncio.timeout(DEADLOCK), self._news:
            await self._news.wait_for(lambda: len(found()) >= count)
        return found()

    def fail(self, method: str, status: int, description: str = "", **parameters: Any) -> None:
        """Refuse the next call of `method`."""
        self.faults[method].append(Fault(status, description or f"fault {status}", parameters))

    def drop(self, method: str) -> None:
        """Close the connection instead of answering the next call of `method`."""
        self.faults[method].append(Fault(drop=True))

    def hold(self, method: str) -> asyncio.Event:
        """Answer the next call of `method` only when the event is set."""
        event = asyncio.Event()
        self.faults[method].append(Fault(hold=event))
        return event

    async def answer(self, method: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Telegram's answer to a call: status and body."""
        violations = violations_of(method, params)
        self.violations += violations
        if violations:
            return 400, _refusal(400, "Bad Request: " + "; ".join(violations))
        chat, message = params.get("chat_id", 0), params.get("message_id", 0)
        if method == "editMessageText" and self._texts.get((chat, message)) == params["text"]:
            return 400, _refusal(400, "Bad Request: message is not modified: specified new message content is the same")
        if method in ("sendMessage", "sendVenue"):
            self._last_message += 1
            message = self._last_message
        if "text" in params and message:
            self._texts[chat, message] = params["text"]
        return 200, {"ok": True, "result": await self._result(method, params, chat, message)}

    async def _result(self, method: str, params: dict[str, Any], chat: int, message: int) -> Any:
        code = params.get("language_code", "")
        if method == "getMe":
            return ME
        if method == "getUpdates":
            return await self._poll(params)
        if method in ("sendMessage", "editMessageText", "sendVenue"):
            where = {"id": chat, "type": "private" if chat > 0 else "supergroup"}
            return {
                "message_id": message,
                "date": 1590000000,
                "chat": where,
                "from": ME,
                "text": params.get("text", ""),
            }
        if method == "setWebhook":
            self.webhook = params
        if method.startswith("set"):
            self.profile[method.removeprefix("set"), code] = params
        if method == "getMyCommands":
            return self.profile.get(("MyCommands", code), {}).get("commands", [])
        if method.startswith("getMy"):
            key = {"MyName": "name", "MyDescription": "description", "MyShortDescription": "short_description"}[
                method[3:]
            ]
            return {key: self.profile.get((method[3:], code), {}).get(key, "")}
        return True

    async def _poll(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        while self._updates and self._updates[0]["update_id"] < params.get("offset", 0):
            self._updates.popleft()
        with suppress(TimeoutError):
            async with asyncio.timeout(params.get("timeout", 0) or 0.001), self._news:
                await self._news.wait_for(lambda: bool(self._updates))
        return list(self._updates)

    async def record(self, call: Call) -> None:
        """Remember a call and wake who waits for it."""
        async with self._news:
            self.calls.append(call)
            self._news.notify_all()


class _Handler(tornado.web.RequestHandler):
    def initialize(self, api: BotApi) -> None:
        self.api = api
        self.polling: asyncio.Task[Any] | None = None

    async def post(self, token: str, method: str) -> None:
        if token.replace("%3A", ":") != TOKEN:
            self._send(401, _refusal(401, "Unauthorized"))
            return
        params = {
            name: _read(method, name, values[-1].decode()) for name, values in self.request.body_arguments.items()
        }
        fault = self.api.faults[method].popleft() if self.api.faults[method] else None
        await self.api.record(Call(method, params))
        if fault is not None and fault.drop:
            self.detach().close()
            return
        if fault is not None and fault.hold is not None:
            await fault.hold.wait()
        if fault is not None and fault.status:
            self._send(fault.status, _refusal(fault.status, fault.description, **fault.parameters))
            return
        self.polling = asyncio.ensure_future(self.api.answer(method, params))
        with suppress(asyncio.CancelledError):
            self._send(*await self.polling)

    def on_connection_close(self) -> None:
        if self.polling is not None:
            self.polling.cancel()

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(body))


def _refusal(status: int, description: str, **parameters: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return body | ({"parameters": parameters} if parameters else {})


def _read(method: str, name: str, value: str) -> Any:
    types = SPECIFICATION["methods"].get(method, {}).get(name, {}).get("types", ["String"])
    return value if types == ["String"] else json.loads(value)


def violations_of(method: str, params: dict[str, Any]) -> list[str]:
    """What in a call does not fit Telegram's specification and limits."""
    known = SPECIFICATION["methods"].get(method)
    if known is None:
        return [f"{method}: no such method"]
    found = [f"{method}: {name} is unknown" for name in params if name not in known]
    found += [f"{method}: {name} is missing" for name, what in known.items() if what["required"] and name not in params]
    found += [problem for name in params if name in known for problem in _fits(params[name], known[name]["types"])]
    found += _text_problems(params.get("text"), params.get("parse_mode"))
    for button in Call(method, params).buttons:
        if len(button.get("callback_data", "").encode()) > 64:
            found.append("BUTTON_DATA_INVALID")
        if "url" in button and not button["url"].startswith(("http://", "https://")):
            found.append("BUTTON_URL_INVALID")
    for result in params.get("results", []):
        found += _fits(result, ["InlineQueryResultArticle"])
        found += _text_problems(result["input_message_content"]["message_text"], "HTML")
        if not 1 <= len(result["id"].encode()) <= 64:
            found.append("RESULT_ID_INVALID")
    return found


def _fits(value: Any, types: list[str]) -> list[str]:
    """Whether a value has the fields of its type, as far down as the types kept in bot_api.json go."""
    for name in types:
        inner = name.removeprefix("Array of ")
        if inner != name and isinstance(value, list):
            return [problem for entry in value for problem in _fits(entry, [inner])]
        if isinstance(value, dict) and (fields := SPECIFICATION["types"].get(name)) is not None:
            unknown = [f"{name}: {key} is unknown" for key in value if key not in fields and key != "type"]
            missing = [
                f"{name}: {key} is missing" for key, what in fields.items() if what["required"] and key not in value
            ]
            return (
                unknown
                + missing
                + [p for key in value if key in fields for p in _fits(value[key], fields[key]["types"])]
            )
    return []


def _text_problems(text: str | None, mode: str | None) -> list[str]:
    if text is None:
        return []
    seen = visible(text) if mode == "HTML" else text
    if not seen.strip():
        return ["message text is empty"]
    if len(seen.encode("utf-16-le")) // 2 > 4096:
        return ["message is too long"]
    return []


class _Entities(HTMLParser):
    """Telegram's HTML: few tags, each closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "a", "i"), f"tag <{tag}> is not supported"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes nothing"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.seen += data


def visible(text: str) -> str:
    """What a person sees of a message in Telegram's HTML. Raises AssertionError when Telegram would refuse it."""
    parser = _Entities()
    parser.feed(text)
    parser.close()
    assert not parser.open, f"<{parser.open[-1]}> is never closed"
    return parser.seen
