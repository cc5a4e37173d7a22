"""What goes wrong between the bot and Telegram for longer than one call, and that nobody is forgotten over it."""

import people
import pytest
from bot_api import visible
from conftest import Running

from visitbot.bot import polling
from visitbot.bot.lanes import WORKERS


async def test_chats_that_wait_keep_no_worker_from_the_others(bot: Running) -> None:
    for _ in range(WORKERS):
        bot.api.fail("sendMessage", 429, retry_after=3)
    crowd = [people.writes("Chambord", people.person(number)) for number in range(1, WORKERS + 1)]
    await bot.happens("message", *crowd)
    await bot.api.wait_for("sendMessage", WORKERS)
    await bot.says("quand rouvre Chambord ?", who=people.person(99))
    assert len(bot.api.called("sendMessage")) == WORKERS + 1  # nobody of those who wait was answered before


async def test_an_outage_is_told_when_it_begins_and_when_it_ends(
    bot: Running, caplog: pytest.LogCaptureFixture
) -> None:
    bot.api.drop("getUpdates")
    bot.api.fail("getUpdates", 502)
    for text in ("Chambord", "Mucem", "Chambord"):
        await bot.says(text)
    told = [record.getMessage() for record in caplog.records if record.name == polling.__name__]
    assert len(told) == 2
    assert "can't be reached (" in told[0]
    assert "is reached again, after" in told[1]


async def test_an_update_that_cannot_be_read_is_left_out(bot: Running, caplog: pytest.LogCaptureFixture) -> None:
    of_another_time = people.writes(None, poll={"id": "1", "question": "Un secret ?"})
    await bot.happens("message", people.writes("Mucem", people.person(1)), of_another_time)
    assert "5 juin" in visible((await bot.says("quand rouvre Chambord ?")).params["text"])
    assert {call.params["chat_id"] for call in bot.api.called("sendMessage")} == {1, 7}
    assert "an update (message) can't be read (TypeError) and is left out" in caplog.text
    assert "secret" not in caplog.text


async def test_a_group_where_it_may_not_write_is_no_error(bot: Running, caplog: pytest.LogCaptureFixture) -> None:
    bot.api.fail("sendMessage", 400, "Bad Request: not enough rights to send text messages to the chat")
    await bot.happens("message", people.writes("/programme", chat=people.GROUP))
    await bot.api.wait_for("sendMessage")
    await bot.settled()
    assert len([call for call in bot.api.called("sendMessage") if call.params["chat_id"] < 0]) == 1
    assert "could not be answered" not in caplog.text


async def test_an_answer_that_was_deleted_is_not_written_again(bot: Running, caplog: pytest.LogCaptureFixture) -> None:
    question = people.writes("quand rouvre Chambord ?")
    await bot.answers("message", question)
    bot.api.fail("editMessageText", 400, "Bad Request: message to edit not found")
    await bot.answers("edited_message", question | {"text": "quand rouvre le Mucem ?"}, "editMessageText")
    assert len(await bot.settled()) == 1
    assert "could not be answered" not in caplog.text
