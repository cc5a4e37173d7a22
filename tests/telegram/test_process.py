"""The bot as the operator runs it: a process, its signals, its exit codes, and what it writes."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import people
import pytest
from bot_api import DEADLOCK, TOKEN, BotApi, visible

SECRET = TOKEN.partition(":")[2]
SAID = "quand rouvre Chambordissime ?"


@asynccontextmanager
async def started(folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`visitbot run` with these settings and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VISITBOT_")}
    environment = inherited | {"VISITBOT_HOME": str(folder / "home"), "VISITBOT_LOG_LEVEL": "DEBUG"} | settings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "dev", "-m", "visitbot", "run", cwd=folder, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def output(process: asyncio.subprocess.Process) -> str:
    """All that it wrote until it ended."""
    async with asyncio.timeout(DEADLOCK):
        written, _ = await process.communicate()
    return written.decode()


async def test_it_answers_through_faults_stops_at_sigterm_and_never_shows_the_token(
    tmp_path: Path, api: BotApi
) -> None:
    api.fail("getMe", 502)
    async with started(tmp_path, VISITBOT_TOKEN=TOKEN, VISITBOT_BASE_URL=api.base_url) as process:
        await api.happens(api.update("message", people.writes("quand rouvre Chambord ?")))
        (said,) = await api.wait_for("sendMessage")
        assert "Chambord" in visible(said.params["text"])
        api.drop("getUpdates")
        api.drop("sendMessage")
        api.fail("sendMessage", 400, "Bad Request: broken")
        await api.happens(api.update("message", people.writes(SAID)))
        await api.wait_for("sendMessage", 3)
        process.send_signal(signal.SIGTERM)
        written = await output(process)
    assert process.returncode == 0
    assert "is listening (polling)" in written
    assert "could not be answered" in written
    assert written.rstrip().endswith("visitbot.bot.app: stopped")
    assert SECRET not in written
    assert "hambordissime" not in written


async def test_a_wrong_token_ends_it_with_3(tmp_path: Path, api: BotApi) -> None:
    wrong = "42:a-wrong-token-that-nobody-may-see"
    async with started(tmp_path, VISITBOT_TOKEN=wrong, VISITBOT_BASE_URL=api.base_url) as process:
        written = await output(process)
    assert process.returncode == 3
    assert "BotFather" in written
    assert "Traceback" not in written
    assert "a-wrong-token" not in written


async def test_two_pollers_end_it_without_a_traceback(tmp_path: Path, api: BotApi) -> None:
    for _ in range(4):
        api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    async with started(tmp_path, VISITBOT_TOKEN=TOKEN, VISITBOT_BASE_URL=api.base_url) as process:
        written = await output(process)
    assert process.returncode == 1
    assert "two bots run with the same token" in written
    assert "Traceback" not in written
    assert SECRET not in written


async def test_without_network_it_says_so_and_stops_when_told(tmp_path: Path, free_port: Callable[[], int]) -> None:
    url = f"http://127.0.0.1:{free_port()}/bot"
    async with started(tmp_path, VISITBOT_TOKEN=TOKEN, VISITBOT_BASE_URL=url) as process:
        assert process.stdout is not None
        async with asyncio.timeout(DEADLOCK):
            while "can't be reached" not in (await process.stdout.readline()).decode():
                assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        written = await output(process)
    assert process.returncode == 0
    assert "Traceback" not in written
    assert SECRET not in written


@pytest.mark.parametrize(
    "settings", [{}, {"VISITBOT_TOKEN": "123"}, {"VISITBOT_TOKEN": TOKEN, "VISITBOT_BASE_URL": "x"}]
)
async def test_wrong_settings_end_it_with_3_and_a_plain_line(tmp_path: Path, settings: dict[str, str]) -> None:
    async with started(tmp_path, **settings) as process:
        written = await output(process)
    assert process.returncode == 3
    assert "VISITBOT_" in written
    assert "Traceback" not in written
    assert SECRET not in written
