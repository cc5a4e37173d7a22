"""What Telegram shows of the bot before a word is said: commands, name, descriptions, per language."""

import logging
from collections.abc import Mapping

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from visitbot.bot.wording import Wording

log = logging.getLogger(__name__)


async def publish(bot: Bot, wordings: Mapping[str, Wording], usual: Wording) -> None:
    """Set what differs, in each language and, in the `usual` one, for everybody else. Never raises TelegramError:
    the bot answers as well without."""
    try:
        await _publish(bot, usual, None)
        for wording in wordings.values():
            await _publish(bot, wording, wording.language)
    except TelegramError as problem:
        log.warning("the bot's name, descriptions and commands could not all be set: %s", problem)


async def _publish(bot: Bot, wording: Wording, code: str | None) -> None:
    # Asked first, set only if changed: Telegram allows few changes of name a day and shows each to everybody.
    commands = [BotCommand(command.name, command.description) for command in wording.commands.values()]
    if list(await bot.get_my_commands(language_code=code)) != commands:
        await bot.set_my_commands(commands, language_code=code)
    profile = wording.profile
    if (await bot.get_my_name(language_code=code)).name != profile["name"]:
        await bot.set_my_name(profile["name"], language_code=code)
    if (await bot.get_my_description(language_code=code)).description != profile["description"]:
        await bot.set_my_description(profile["description"], language_code=code)
    if (await bot.get_my_short_description(language_code=code)).short_description != profile["short_description"]:
        await bot.set_my_short_description(profile["short_description"], language_code=code)
