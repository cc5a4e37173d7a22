"""Starts the bot, keeps it running, stops it cleanly."""

import asyncio
import logging
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from visitbot import clock, config, languages
from visitbot.bot import hearing, logs, profile
from visitbot.bot.delivery import Delivery, reason
from visitbot.bot.lanes import WORKERS, Lanes
from visitbot.bot.polling import QUIET_FOR, Ear
from visitbot.bot.public import Public
from visitbot.bot.settings import Settings
from visitbot.bot.wording import Wording, choose, compile_all
from visitbot.dialogue import Assistant

Bot = Application[Any, Any, Any, Any, Any, Any]

log = logging.getLogger(__name__)

STOPPED, PROBLEM, WRONG_TOKEN = 0, 1, 3
"""Exit codes; 3 as for every setting that is wrong: starting again doesn't help."""
UPDATES = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY, Update.MY_CHAT_MEMBER)
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between attempts to reach Telegram at start; the last for ever."""
CONFLICTS, WITHIN = 3, 60.0
"""So many 409 in so many seconds are a second bot; one alone is the end of the bot that ran before."""


def register(application: Bot, public: Public) -> None:
    """Who does what. UpdateType names each kind, as a handler of messages also gets edited and channel ones."""
    add = application.add_handler
    add(MessageHandler(filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE, public.on_migration))
    add(MessageHandler(filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL, public.on_message))
    add(MessageHandler(filters.UpdateType.EDITED_MESSAGE, public.on_edited))
    add(CallbackQueryHandler(public.on_button))
    add(InlineQueryHandler(public.on_inline))
    add(ChatMemberHandler(public.on_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(public.on_error)


def build(
    settings: Settings, assistant: Assistant, now: Callable[[], datetime], wordings: Mapping[str, Wording]
) -> Bot:
    """The bot, ready to be started. Raises SettingsError when there is no token."""
    public = Public(assistant, now, wordings, choose(wordings, settings.language).language, settings.context_minutes)
    lanes = Lanes(lambda update: hearing.needs_answer(update, public.is_command), public.on_flood)
    application: Bot = (
        ApplicationBuilder()
        .token(settings.require_token())
        .base_url(str(settings.base_url))
        .base_file_url(str(settings.base_file_url))
        .connection_pool_size(2 * WORKERS)
        .pool_timeout(10)
        .read_timeout(10)
        .rate_limiter(Delivery(public.conversations.move, lanes.rest))
        .get_updates_request(Ear())
        .concurrent_updates(lanes)
        .build()
    )
    register(application, public)
    return application


def run(settings: Settings, assistant: Assistant) -> int:
    """Run until SIGTERM or Ctrl-C; the exit code. Raises SettingsError without a token, LanguageError."""
    token = settings.require_token()
    logs.configure(settings.log_level, token, settings.secret)
    wordings = compile_all(languages.load(config.data_folder() / "languages"))
    try:
        return asyncio.run(_run(build(settings, assistant, clock.now, wordings), settings, wordings))
    except Exception as problem:
        log.critical("the bot has to stop\n%s", logs.cause(problem))
        return PROBLEM


async def _run(application: Bot, settings: Settings, wordings: Mapping[str, Wording]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(wanted, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(wanted, lambda *_: loop.call_soon_threadsafe(stop.set))
    return await serve(application, settings, wordings, stop)


async def serve(application: Bot, settings: Settings, wordings: Mapping[str, Wording], stop: asyncio.Event) -> int:
    """Start, wait for `stop` or the end of what can be done, finish what was begun; the exit code."""
    ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    try:
        if not await _patiently(application.initialize, stop):
            return STOPPED
        await application.start()
        if not await _patiently(lambda: _listen(application, settings, ending), stop):
            return STOPPED
        log.info("@%s is listening (%s)", application.bot.username, "webhook" if settings.webhook_url else "polling")
        usual = choose(wordings, settings.language)
        application.create_task(profile.publish(application.bot, wordings, usual), name="profile")
        waiting: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
        await asyncio.wait((waiting, ending), return_when=asyncio.FIRST_COMPLETED)
        code = ending.result() if ending.done() else STOPPED
        waiting.cancel()
        return code
    except InvalidToken:
        return _wrong_token()
    except BadRequest as refusal:
        log.critical("Telegram refuses the settings: %s", refusal.message)
        return WRONG_TOKEN
    except OSError as problem:
        log.critical("%s:%d can't be listened on: %s", settings.webhook_listen, settings.webhook_port, problem.strerror)
        return PROBLEM
    finally:
        await _stop(application)


async def _patiently(action: Callable[[], Awaitable[Any]], stop: asyncio.Event) -> bool:
    """Do `action` as often as it takes until Telegram can be reached; False when `stop` came first."""
    stopped = asyncio.ensure_future(stop.wait())
    try:
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            attempt = asyncio.ensure_future(action())
            await asyncio.wait((attempt, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not attempt.done():  # a connection that hangs must not hold up a stop
                attempt.cancel()
                await asyncio.wait((attempt,))
                return False
            try:
                await attempt
                return True
            except BadRequest:  # a NetworkError by inheritance
                raise
            except (NetworkError, RetryAfter) as failure:
                log.warning("Telegram can't be reached (%s); trying again in %.0f s", reason(failure), pause)
            await asyncio.wait((stopped,), timeout=pause)
            if stopped.done():
                return False
        raise AssertionError("the pauses never end")
    finally:
        stopped.cancel()


async def _listen(application: Bot, settings: Settings, ending: "asyncio.Future[int]") -> None:
    updater = application.updater
    if updater is None:
        raise TypeError("an application without an updater can't listen")
    if settings.webhook_url is not None:
        await updater.start_webhook(
            listen=str(settings.webhook_listen), port=settings.webhook_port, url_path=settings.webhook_url.path or "",
            webhook_url=str(settings.webhook_url), secret_token=settings.secret, allowed_updates=UPDATES,
        )  # fmt: skip
        return
    await updater.start_polling(allowed_updates=UPDATES, error_callback=_Watch(ending).on_error)
    # python-telegram-bot ends its polling task when the token is withdrawn, and tells nobody.
    for task in asyncio.all_tasks():
        if task.get_name() == "Updater:start_polling:polling_task":
            task.add_done_callback(lambda done: _on_polling_ended(done, ending))


def _on_polling_ended(task: "asyncio.Task[Any]", ending: "asyncio.Future[int]") -> None:
    if not task.cancelled() and isinstance(task.exception(), InvalidToken) and not ending.done():
        ending.set_result(_wrong_token())


class _Watch:
    """Looks at what goes wrong while polling."""

    def __init__(self, ending: "asyncio.Future[int]") -> None:
        self._ending = ending
        self._conflicts: deque[float] = deque(maxlen=CONFLICTS)
        self._told = float("-inf")

    def on_error(self, error: TelegramError) -> None:
        """A failed poll; python-telegram-bot goes on trying."""
        now = asyncio.get_running_loop().time()
        if isinstance(error, Conflict):
            self._conflicts.append(now)
            log.warning("another bot polls with the same token (409)")
            if len(self._conflicts) == CONFLICTS and now - self._conflicts[0] < WITHIN and not self._ending.done():
                log.critical("two bots run with the same token; this one stops. Stop the other, or give each its own.")
                self._ending.set_result(PROBLEM)
        elif now - self._told >= QUIET_FOR and (isinstance(error, BadRequest) or not isinstance(error, NetworkError)):
            self._told = now  # an outage is told where it is noticed, by the Ear
            log.warning("Telegram gives no news (%s); trying again", reason(error))


def _wrong_token() -> int:
    log.critical("Telegram does not know this token. Compare VISITBOT_TOKEN with what @BotFather says (/mybots).")
    return WRONG_TOKEN


async def _stop(application: Bot) -> None:
    """Take no more, answer what was taken, close."""
    if application.updater is not None and application.updater.running:
        with suppress(InvalidToken):  # of the poll that has ended for it, told already
            await application.updater.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    await application.bot.shutdown()  # a start that failed leaves its connections open otherwise
    log.info("stopped")
