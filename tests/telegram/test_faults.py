"""What Telegram, the network and our own mistakes do to the bot, and what people notice of it."""

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Mapping

import httpx
import people
import pytest
from bot_api import DEADLOCK, TOKEN, BotApi, visible
from conftest import NOW, Running, Scripted
from pydantic import HttpUrl, SecretStr
from telegram.error import TimedOut

from visitbot.answering.answer import Answer, Span
from visitbot.bot import app, delivery
from visitbot.bot.settings import Settings
from visitbot.bot.wording import Wording

REFUSED = "ignore:unclosed <socket:ResourceWarning"
"""asyncio and tornado leave a socket that could not connect or bind to the garbage collector."""
Serve = Callable[[Settings], "asyncio.Task[int]"]


@pytest.fixture
def serve(assistant: Scripted, wordings: Mapping[str, Wording]) -> Serve:
    """Start a bot that ends by itself."""

    def started(settings: Settings) -> "asyncio.Task[int]":
        application = app.build(settings, assistant, lambda: NOW, wordings)
        return asyncio.create_task(app.serve(application, settings, wordings, asyncio.Event()))

    return started


@pytest.fixture
def sockets_of_others() -> Iterator[None]:
    """Have the sockets of REFUSED collected while the test that made them still forgives them."""
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Growing pauses stay growing, but a test doesn't wait for seconds."""
    monkeypatch.setattr(delivery, "PAUSES", (0.01, 0.02, 0.04))
    monkeypatch.setattr(app, "PAUSES", (0.02, 0.04))


async def test_429_is_obeyed_and_the_answer_arrives(bot: Running) -> None:
    loop = asyncio.get_running_loop()
    bot.api.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    begun = loop.time()
    await bot.happens("message", people.writes("quand rouvre Chambord ?"))
    _, again = await bot.api.wait_for("sendMessage", 2)
    assert "5 juin" in visible(again.params["text"])
    assert loop.time() - begun >= 1


async def test_429_of_one_chat_does_not_hold_up_another(bot: Running) -> None:
    bot.api.fail("sendMessage", 429, retry_after=2)
    await bot.happens("message", people.writes("quand rouvre Chambord ?", people.person(1)))
    await bot.api.wait_for("sendMessage")
    await bot.says("quand rouvre Chambord ?", who=people.person(2))
    assert [call.params["chat_id"] for call in bot.api.called("sendMessage")] == [1, 2]


async def test_429_for_longer_than_anybody_waits_is_given_up_without_asking_again(bot: Running) -> None:
    bot.api.fail("sendMessage", 429, retry_after=3600)
    await bot.happens("message", people.writes("Chambord"), people.writes("Mucem"))
    await bot.api.wait_for("sendMessage")
    await bot.settled()
    assert len([call for call in bot.api.called("sendMessage") if call.params["chat_id"] == 7]) == 1


@pytest.mark.parametrize("status", [500, 502])
async def test_5xx_is_tried_once_more_silently(bot: Running, status: int) -> None:
    bot.api.fail("sendMessage", status, "Bad Gateway")
    await bot.happens("message", people.writes("quand rouvre Chambord ?"))
    first, again = await bot.api.wait_for("sendMessage", 2)
    assert again.params == first.params | {"disable_notification": True}


async def test_two_5xx_are_the_end_of_a_message_but_not_of_a_harmless_call(bot: Running) -> None:
    for _ in range(2):
        bot.api.fail("sendMessage", 502)
        bot.api.fail("answerCallbackQuery", 502)
    await bot.happens("message", people.writes("quand rouvre Chambord ?"))
    await bot.api.wait_for("sendMessage", 2)
    await bot.answers("callback_query", people.presses("v1:ask:quand rouvre le Mucem ?"))
    assert len(bot.api.called("sendMessage")) == 3
    assert len(bot.api.called("answerCallbackQuery")) == 3


async def test_a_dropped_connection_is_tried_once_more(bot: Running) -> None:
    bot.api.drop("sendMessage")
    await bot.happens("message", people.writes("quand rouvre Chambord ?"))
    _, again = await bot.api.wait_for("sendMessage", 2)
    assert again.params["disable_notification"] is True


async def test_an_answer_that_mostly_arrived_is_not_sent_twice(
    settings: Settings, api: BotApi, assistant: Scripted, wordings: Mapping[str, Wording]
) -> None:
    application = app.build(settings, assistant, lambda: NOW, wordings)
    await application.initialize()
    gate = api.hold("sendMessage")
    with pytest.raises(TimedOut):
        await application.bot.send_message(7, "text", read_timeout=0.05)
    gate.set()
    await application.shutdown()
    assert len(api.called("sendMessage")) == 1


async def test_polling_survives_faults(bot: Running) -> None:
    await bot.says("Chambord")
    bot.api.drop("getUpdates")
    bot.api.fail("getUpdates", 429, retry_after=1)
    await bot.says("Mucem")
    assert "5 juin" in visible((await bot.says("quand rouvre Chambord ?")).params["text"])


async def test_an_error_gives_the_person_a_kind_word_and_the_operator_the_cause(
    bot: Running, assistant: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "je cherche Chambordinette"
    wrong = KeyError("phrases.visit.unknown")
    wrong.__cause__ = ValueError("can't read 'chambordinette'")
    assistant.script[secret] = wrong
    assert "Pardon" in visible((await bot.says(secret)).params["text"])
    assert "Sorry" in visible((await bot.says(secret, who=people.person(8, "en"))).params["text"])
    assert "KeyError: 'phrases.visit.unknown'" in caplog.text
    assert "conftest.py" in caplog.text
    assert "ValueError: (left out" in caplog.text
    assert "hambordinette" not in caplog.text
    assert "5 juin" in visible((await bot.says("quand rouvre Chambord ?")).params["text"])


async def test_an_error_at_a_button_and_inline_is_told_as_well(bot: Running, assistant: Scripted) -> None:
    assistant.script["oh"] = RuntimeError("broken")
    assert "Pardon" in visible((await bot.answers("callback_query", people.presses("v1:ask:oh"))).params["text"])
    found = await bot.answers("inline_query", people.types("oh"), "answerInlineQuery")
    assert found.params["results"] == []


async def test_markup_that_telegram_refuses_is_our_mistake_and_told(
    bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    bot.api.fail("sendMessage", 400, "Bad Request: can't parse entities")
    await bot.happens("message", people.writes("quand rouvre Chambord ?"))
    _, sorry = await bot.api.wait_for("sendMessage", 2)
    assert "Pardon" in visible(sorry.params["text"])
    assert "Can't parse entities" in caplog.text


async def test_being_blocked_is_no_error(bot: Running, caplog: pytest.LogCaptureFixture) -> None:
    bot.api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    with caplog.at_level(logging.INFO):
        await bot.happens("message", people.writes("quand rouvre Chambord ?"))
        await bot.api.wait_for("sendMessage")
        await bot.settled()
    assert [record.levelname for record in caplog.records if "blocked" in record.getMessage()] == ["INFO"]


async def test_a_group_that_has_moved_is_answered_in_its_new_place(bot: Running) -> None:
    bot.api.fail("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=people.GROUP["id"])
    old = {"id": -55, "type": "group", "title": "Amis"}
    await bot.happens("message", people.writes("/reouverture Chambord", chat=old))
    first, again = await bot.api.wait_for("sendMessage", 2)
    assert (first.params["chat_id"], again.params["chat_id"]) == (-55, people.GROUP["id"])
    follow_up = await bot.says(f"{people.MENTION} et Nausicaá ?", chat=people.GROUP)
    assert "4 juin" in visible(follow_up.params["text"])


async def test_a_wrong_token_is_said_without_showing_it(
    settings: Settings, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    settings.token = SecretStr("123:wrong-and-secret")
    assert await serve(settings) == app.WRONG_TOKEN
    assert "BotFather" in caplog.text
    assert "wrong-and-secret" not in caplog.text


async def test_a_token_that_is_withdrawn_ends_the_bot(bot: Running, caplog: pytest.LogCaptureFixture) -> None:
    await bot.says("Chambord")
    bot.api.fail("getUpdates", 401, "Unauthorized")
    await bot.says("Mucem")
    async with asyncio.timeout(DEADLOCK):
        assert await bot.ended == app.WRONG_TOKEN
    assert "does not know this token" in caplog.text


async def test_two_pollers_end_with_a_clear_message(
    api: BotApi, settings: Settings, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(app.CONFLICTS):
        api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    assert await serve(settings) == app.PROBLEM
    assert "two bots run with the same token" in caplog.text


@pytest.mark.filterwarnings(REFUSED)
@pytest.mark.usefixtures("sockets_of_others")
async def test_without_network_it_waits_and_says_so(
    free_port: Callable[[], int], assistant: Scripted, wordings: Mapping[str, Wording], caplog: pytest.LogCaptureFixture
) -> None:
    port, late, stop = free_port(), BotApi(), asyncio.Event()
    settings = Settings(_env_file=None, token=SecretStr(TOKEN), base_url=HttpUrl(f"http://127.0.0.1:{port}/bot"))  # type: ignore[call-arg]
    tried = asyncio.Event()
    watch = logging.Handler()
    watch.emit = lambda record: tried.set() if "can't be reached" in record.getMessage() else None  # type: ignore[method-assign]
    logging.getLogger("visitbot").addHandler(watch)
    application = app.build(settings, assistant, lambda: NOW, wordings)
    ended = asyncio.create_task(app.serve(application, settings, wordings, stop))
    try:
        async with asyncio.timeout(DEADLOCK):
            await tried.wait()
        await late.start(port)
        running = Running(late, application, stop, ended)
        assert "5 juin" in visible((await running.says("quand rouvre Chambord ?")).params["text"])
    finally:
        stop.set()
        await ended
        logging.getLogger("visitbot").removeHandler(watch)
        await late.stop()
    assert "trying again in" in caplog.text


@pytest.mark.filterwarnings(REFUSED)
@pytest.mark.usefixtures("sockets_of_others")
async def test_a_stop_while_there_is_no_network_is_a_clean_stop(
    free_port: Callable[[], int], assistant: Scripted, wordings: Mapping[str, Wording], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "PAUSES", (3600.0,))
    stop = asyncio.Event()
    url = HttpUrl(f"http://127.0.0.1:{free_port()}/bot")
    settings = Settings(_env_file=None, token=SecretStr(TOKEN), base_url=url)  # type: ignore[call-arg]
    asyncio.get_running_loop().call_later(0.1, stop.set)
    application = app.build(settings, assistant, lambda: NOW, wordings)
    async with asyncio.timeout(DEADLOCK):
        assert await app.serve(application, settings, wordings, stop) == app.STOPPED


async def test_a_stop_finishes_the_answer_that_was_begun(bot: Running) -> None:
    gate = bot.api.hold("sendMessage")
    await bot.happens("message", people.writes("quand rouvre Chambord ?"))
    await bot.api.wait_for("sendMessage")
    bot.stop.set()
    gate.set()
    assert await bot.ended == app.STOPPED
    offsets = [call.params.get("offset", 0) for call in bot.api.called("getUpdates")]
    assert offsets[-1] > 1000  # Telegram knows that the update is done with: a restart doesn't answer it again


async def test_the_profile_is_no_reason_not_to_answer(bot: Running, caplog: pytest.LogCaptureFixture) -> None:
    bot.api.fail("setMyCommands", 400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
    await bot.api.wait_for("setMyCommands")
    assert "5 juin" in visible((await bot.says("quand rouvre Chambord ?")).params["text"])


async def test_by_webhook(
    api: BotApi, settings: Settings, assistant: Scripted, wordings: Mapping[str, Wording], free_port: Callable[[], int]
) -> None:
    settings.webhook_url, settings.webhook_port = HttpUrl("https://bot.example.org/telegram"), free_port()
    stop = asyncio.Event()
    application = app.build(settings, assistant, lambda: NOW, wordings)
    ended = asyncio.create_task(app.serve(application, settings, wordings, stop))
    await api.wait_for("getMyCommands")  # the profile comes after listening
    assert api.webhook["url"] == "https://bot.example.org/telegram"
    assert "chat_member" not in api.webhook["allowed_updates"]
    address = f"http://127.0.0.1:{settings.webhook_port}/telegram"
    update = api.update("message", people.writes("quand rouvre Chambord ?"))
    async with httpx.AsyncClient(trust_env=False) as telegram:
        for secret in (None, "wrong"):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
            assert (await telegram.post(address, json=update, headers=headers)).status_code == 403
        headers = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
        assert (await telegram.post(address, json=update, headers=headers)).status_code == 200
    (said,) = await api.wait_for("sendMessage")
    assert "5 juin" in visible(said.params["text"])
    stop.set()
    assert await ended == app.STOPPED
    assert api.called("getUpdates") == []


@pytest.mark.filterwarnings(REFUSED)
@pytest.mark.usefixtures("sockets_of_others")
async def test_a_webhook_port_that_is_taken_is_said(
    api: BotApi, settings: Settings, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    settings.webhook_url, settings.webhook_port = HttpUrl("https://bot.example.org/telegram"), api.port
    assert await serve(settings) == app.PROBLEM
    assert f":{api.port} can't be listened on" in caplog.text


async def test_answers_with_markup_in_them_arrive_as_written(bot: Running, assistant: Scripted) -> None:
    rubbish = "<b>&amp; </a> \ud800 \x00 « 1 < 2 »"
    assistant.script["x"] = Answer(((Span(rubbish, url='https://example.org/"><script>'),),))
    assert visible((await bot.says("x")).params["text"]) == "<b>&amp; </a>   « 1 < 2 »"
