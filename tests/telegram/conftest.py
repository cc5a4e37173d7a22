"""The real application against the local Bot API server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import people
import pytest
from bot_api import DEADLOCK, TOKEN, BotApi, Call
from pydantic import SecretStr

from visitbot import assembly, clock
from visitbot.answering.answer import Answer
from visitbot.bot import app
from visitbot.bot.settings import Settings
from visitbot.bot.wording import Wording, compile_all
from visitbot.dialogue import Assistant, Reply

NOW = clock.parse("2020-05-20T10:00")


def pytest_configure(config: pytest.Config) -> None:
    """python-telegram-bot warns when it makes its own RetryAfter; there is nothing to do about it on this side."""
    config.addinivalue_line("filterwarnings", "ignore:Deprecated since version v22.2:DeprecationWarning")


@dataclass(frozen=True)
class Scripted(Assistant):
    """The real assistant, but for the texts that a test has an answer of its own for."""

    script: dict[str, Answer | Exception] = field(default_factory=dict)

    def reply(self, text: str, now: datetime, context: Any = None, language: str | None = None) -> Reply:
        reply = super().reply(text, now, context, language)
        scripted = self.script.get(text)
        if isinstance(scripted, Exception):
            raise scripted
        return reply if scripted is None else replace(reply, answer=scripted)


@pytest.fixture(scope="session")
def real_assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """What answers in production, from the seed."""
    return assembly.assistant(tmp_path_factory.mktemp("home"))


@pytest.fixture
def assistant(real_assistant: Assistant) -> Scripted:
    return Scripted(real_assistant.catalogue, real_assistant.vocabulary, real_assistant.phrases)


@pytest.fixture(scope="session")
def wordings() -> Mapping[str, Wording]:
    return compile_all(assembly.spoken())


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    api = BotApi()
    await api.start()
    yield api
    await api.stop()
    assert api.violations == []


@dataclass
class Running:
    """A bot that runs, and what people do to it."""

    api: BotApi
    application: app.Bot
    stop: asyncio.Event
    ended: "asyncio.Task[int]"

    async def happens(self, kind: str, *contents: dict[str, Any]) -> None:
        """Something happens in Telegram."""
        await self.api.happens(*(self.api.update(kind, content) for content in contents))

    async def answers(self, kind: str, content: dict[str, Any], method: str = "sendMessage") -> Call:
        """What the bot does, by `method`, about something that happens."""
        chat = (content.get("chat") or content.get("message", {}).get("chat") or {}).get("id")

        def there(call: Call) -> bool:
            return call.params.get("chat_id", chat) == chat

        before = len([call for call in self.api.called(method) if there(call)])
        await self.happens(kind, content)
        return (await self.api.wait_for(method, before + 1, there))[before]

    async def says(self, text: str, **how: Any) -> Call:
        """The bot's answer to a message."""
        return await self.answers("message", people.writes(text, **how))

    async def settled(self) -> list[str]:
        """All that the bot has said to others, once nothing is left to be answered for certain: a later question
        of another person is answered only after the ones before it were handed out."""
        other = people.person(999_999)
        await self.says("Bonjour", who=other)
        return [call.params["text"] for call in self.api.called("sendMessage") if call.params["chat_id"] != other["id"]]


@pytest.fixture
def settings(api: BotApi) -> Settings:
    return Settings(_env_file=None, token=SecretStr(TOKEN), base_url=api.base_url)  # type: ignore[call-arg, arg-type]


@pytest.fixture
async def bot(
    api: BotApi, settings: Settings, assistant: Scripted, wordings: Mapping[str, Wording]
) -> AsyncIterator[Running]:
    """The bot, polling."""
    stop = asyncio.Event()
    application = app.build(settings, assistant, lambda: NOW, wordings)
    running = Running(api, application, stop, asyncio.create_task(app.serve(application, settings, wordings, stop)))
    yield running
    stop.set()
    async with asyncio.timeout(DEADLOCK):
        await running.ended


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A port on which nobody listens."""
    import socket

    def port() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return port


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without .env, and an environment without VISITBOT_ settings."""
    import os

    for name in [name for name in os.environ if name.startswith("VISITBOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
