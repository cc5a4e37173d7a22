"""What the public does in Telegram, and what it gets."""

import asyncio
from collections.abc import Mapping, Sequence

import people
from bot_api import ME, visible
from conftest import NOW, Running, Scripted

from visitbot import assembly
from visitbot.answering.answer import Action, Answer, Pin, Span
from visitbot.bot import buttons, rendering
from visitbot.bot.wording import Wording
from visitbot.understanding.request import Request

CHAMBORD = "5 juin"


def told(assistant: Scripted, text: str, language: str) -> str:
    """What is answered to a text that is in no language, for a person of this one."""
    answer = assistant.reply(text, NOW, None, language).answer
    assert answer.language == language
    return rendering.messages(answer)[0]


async def test_a_question_is_answered(bot: Running) -> None:
    said = await bot.says("quand rouvre Chambord ?")
    assert CHAMBORD in visible(said.params["text"])
    assert said.params["parse_mode"] == "HTML"
    assert "reply_parameters" not in said.params


async def test_the_language_is_the_questions_else_telegrams(bot: Running, assistant: Scripted) -> None:
    assert "5 June" in visible((await bot.says("when does Chambord reopen?")).params["text"])
    english, german, other = people.person(8, "en-GB"), people.person(9, "de"), people.person(10, "pt")
    assert (await bot.says("Chambord", who=english)).params["text"] == told(assistant, "Chambord", "en")
    assert (await bot.says("Chambord", who=german)).params["text"] == told(assistant, "Chambord", "de")
    assert (await bot.says("Chambord", who=other)).params["text"] == told(assistant, "Chambord", "fr")


async def test_the_chat_s_context_is_kept_for_the_next_message_and_for_this_person_only(bot: Running) -> None:
    await bot.says("quand rouvre Chambord ?")
    assert "4 juin" in visible((await bot.says("et Nausicaá ?")).params["text"])
    stranger = await bot.says("et là ?", who=people.person(8))
    assert not visible(stranger.params["text"]).startswith("Nausicaá")


async def test_commands_in_both_languages_with_accents_and_capitals(bot: Running) -> None:
    assert CHAMBORD in visible((await bot.says("/Réouverture chambord")).params["text"])
    assert CHAMBORD in visible((await bot.says("/reouverture\nChambord")).params["text"])
    assert "5 June" in visible((await bot.says("/reopening Chambord", who=people.person(8))).params["text"])
    assert "Chambord" in visible((await bot.says("/chambord", who=people.person(9))).params["text"])


async def test_what_is_typed_behind_a_command_is_not_lost(bot: Running) -> None:
    assert "Mucem" in visible((await bot.says("/visite Mucem")).params["text"])


async def test_start_welcomes_with_examples_and_deep_links_answer(bot: Running) -> None:
    welcome = await bot.says("/start")
    assert "1 jour, 1 visite privée" in visible(welcome.params["text"])
    assert len(welcome.buttons) == 3
    assert CHAMBORD in visible((await bot.says("/start chambord")).params["text"])
    assert (await bot.says("/start nothing_of_ours")).params["text"] == welcome.params["text"]


async def test_an_example_button_asks_its_question(bot: Running) -> None:
    welcome = await bot.says("/start")
    said = await bot.answers("callback_query", people.presses(welcome.buttons[0]["callback_data"]))
    assert said.params["text"].startswith("<b>Quand rouvre Chambord\u202f?</b>\n\n")
    assert CHAMBORD in visible(said.params["text"])
    assert len(bot.api.called("answerCallbackQuery")) == 1


async def test_a_question_too_long_for_a_button_is_written_by_its_meaning(bot: Running, assistant: Scripted) -> None:
    question = "Bonjour, pourriez-vous me dire à quelle date rouvre le MAMC+ ?"
    assistant.script["choix"] = Answer(((Span("Lequel ?"),),), (Action("ask", "Saint-Étienne", question),))
    button = (await bot.says("choix")).buttons[0]
    assert button["callback_data"] == "v1:about:fr:reopening:mamc-saint-etienne"
    said = await bot.answers("callback_query", people.presses(button["callback_data"]))
    assert "1er juillet" in visible(said.params["text"])


async def test_a_button_that_cannot_be_written_is_left_out(bot: Running, assistant: Scripted) -> None:
    actions = (
        Action("ask", "Long", "mot " * 40),
        Action("open", "Site", "javascript:alert(1)"),
        Action("ask", "Non", "a"),
    )
    assistant.script["choix"] = Answer(((Span("Lequel ?"),),), actions)
    assert [button["text"] for button in (await bot.says("choix")).buttons] == ["Non"]


def test_every_button_that_answers_offer_can_be_written(assistant: Scripted, wordings: Mapping[str, Wording]) -> None:
    def understand(question: str, language: str) -> Sequence[Request]:
        return assistant.reply(question, NOW, None, language).understanding.requests

    for code, wording in wordings.items():
        about = [
            wording.question(topic, venue)
            for topic in wording.asking
            for venue in assistant.catalogue().venues.values()
        ]
        commands = [known.question for known in wording.commands.values()]
        for question in filter(None, (*about, *commands, *wording.examples)):
            said = assistant.reply(question, NOW, None, code).answer
            keyboard = buttons.keyboard(said, wordings[said.language], understand)
            written = sum(len(row) for row in keyboard.inline_keyboard) if keyboard else 0
            assert written == len(said.actions), f"{question}: {said.actions}"


async def test_a_venue_is_shown_on_the_map(bot: Running, assistant: Scripted) -> None:
    pin = await bot.answers("callback_query", people.presses("v1:place:chambord"), "sendVenue")
    assert pin.params["latitude"] == 47.6161
    assert "Chambord" in pin.params["title"]
    assistant.script["où"] = Answer(((Span("Ici."),),), pin=Pin("Mucem", "Marseille", 43.3, 5.36))
    shown = await bot.answers("message", people.writes("où"), "sendVenue")
    assert shown.params["title"] == "Mucem"


async def test_buttons_of_other_versions_are_acknowledged_kindly(bot: Running) -> None:
    for data in ("v9:ask:x", "rubbish", "v1:ask:", "v1:about:fr:reopening"):
        toast = await bot.answers("callback_query", people.presses(data), "answerCallbackQuery")
        assert "bouton" in toast.params["text"]
    gone = await bot.answers("callback_query", people.presses("v1:follow:a_closed_place"))
    assert "bouton" in visible(gone.params["text"])


async def test_the_language_is_changed_by_button_and_kept(bot: Running, assistant: Scripted) -> None:
    asked = await bot.says("/langue")
    offered = {button["text"]: button["callback_data"] for button in asked.buttons}
    assert sorted(offered) == ["Deutsch", "English", "Español", "Français", "Italiano", "Nederlands"]
    changed = await bot.answers("callback_query", people.presses(offered["English"]))
    assert "English" in visible(changed.params["text"])
    assert (await bot.says("Chambord")).params["text"] == told(assistant, "Chambord", "en")
    assert "français" in visible((await bot.says("/langue français")).params["text"])


async def test_privacy_says_what_is_kept(bot: Running) -> None:
    assert "sur disque" in visible((await bot.says("/confidentialité")).params["text"])
    assert "on disk" in visible((await bot.says("/privacy")).params["text"])


async def test_what_is_not_text_is_answered_kindly_and_a_caption_is_text(bot: Running) -> None:
    assert "texte" in visible((await bot.answers("message", people.writes(None))).params["text"])
    captioned = people.writes(None, caption="quand rouvre Chambord ?")
    assert CHAMBORD in visible((await bot.answers("message", captioned)).params["text"])


async def test_an_edited_question_changes_its_answer_in_place(bot: Running) -> None:
    message = people.writes("quand rouvre Chambor")
    await bot.answers("message", message)
    edit = message | {"text": "quand rouvre Nausicaá ?", "edit_date": 1590000001}
    changed = await bot.answers("edited_message", edit, "editMessageText")
    assert "4 juin" in visible(changed.params["text"])
    assert "5 juin" in visible((await bot.says("et Chambord ?")).params["text"])
    assert len(bot.api.called("sendMessage")) == 2


async def test_an_edit_with_the_same_answer_and_one_of_an_unknown_message_do_nothing(bot: Running) -> None:
    message = people.writes("quand rouvre Chambord ?")
    await bot.answers("message", message)
    await bot.answers("edited_message", message | {"edit_date": 1590000001}, "editMessageText")
    await bot.happens("edited_message", people.writes("quand rouvre le Mucem ?"))
    assert len(await bot.settled()) == 1
    assert len(bot.api.called("editMessageText")) == 1


async def test_a_long_answer_is_cut_and_an_edit_makes_it_short(bot: Running, assistant: Scripted) -> None:
    assistant.script["tout"] = Answer(
        tuple((Span("Une phrase de plus. " * 100),) for _ in range(4)), (Action("ask", "a", "b"),)
    )
    message = people.writes("tout")
    await bot.happens("message", message)
    first, second = await bot.api.wait_for("sendMessage", 2)
    assert not first.buttons
    assert second.buttons
    await bot.answers("edited_message", message | {"text": "quand rouvre Chambord ?"}, "deleteMessage")
    assert len(bot.api.called("editMessageText")) == 1


async def test_a_preview_is_shown_only_when_chosen(bot: Running, assistant: Scripted) -> None:
    assistant.script["lien"] = Answer(
        ((Span("vidéo", url="https://example.org/v?a=1&b=2"),),), preview="https://example.org/v"
    )
    said = await bot.says("lien")
    assert said.params["text"] == '<a href="https://example.org/v?a=1&amp;b=2">vidéo</a>'
    assert said.params["link_preview_options"] == {"url": "https://example.org/v"}
    assert (await bot.says("/start")).params["link_preview_options"] == {"is_disabled": True}


async def test_in_a_group_it_answers_only_when_spoken_to(bot: Running) -> None:
    group, ours = people.GROUP, people.writes("…", ME, people.GROUP)
    silent = [
        "quand rouvre Chambord ?",
        "/reouverture@other_bot Chambord",
        "/ban",
        "@visite_bot2 quand ?",
        "salut visite_bot",
    ]
    await bot.happens("message", *(people.writes(text, chat=group) for text in silent))
    await bot.happens("message", people.writes(None, chat=group, reply_to_message=ours))
    assert await bot.settled() == []
    for text, more in (
        (f"{people.MENTION} quand rouvre Chambord ?", {}),
        ("quand rouvre Chambord ?", {"reply_to_message": ours}),
        ("/reouverture Chambord", {}),
        (f"/reouverture{people.MENTION} Chambord", {}),
    ):
        message = people.writes(text, chat=group, **more)
        said = await bot.answers("message", message)
        assert CHAMBORD in visible(said.params["text"])
        assert said.params["chat_id"] == group["id"]
        assert said.params["reply_parameters"]["message_id"] == message["message_id"]


async def test_in_a_forum_it_answers_in_the_topic(bot: Running) -> None:
    topic = {"message_thread_id": 44, "is_topic_message": True}
    said = await bot.says("/reouverture Chambord", chat=people.GROUP | {"is_forum": True}, **topic)
    assert said.params["message_thread_id"] == 44


async def test_its_own_inline_answers_are_not_questions(bot: Running) -> None:
    await bot.happens("message", people.writes("quand rouvre Chambord ?", via_bot=ME))
    assert await bot.settled() == []


async def test_let_into_a_group_it_says_hello_once(bot: Running) -> None:
    hello = await bot.answers("my_chat_member", people.adds("member", "left"))
    assert people.MENTION in visible(hello.params["text"])
    await bot.happens("my_chat_member", people.adds("member", "member"))
    await bot.happens("my_chat_member", people.adds("kicked", "member"))
    assert len(await bot.settled()) == 1


async def test_a_group_that_became_a_supergroup_goes_on(bot: Running) -> None:
    old = {"id": -55, "type": "group", "title": "Amis"}
    await bot.says("/reouverture Chambord", chat=old)
    moved = people.writes(None, chat=old, migrate_to_chat_id=people.GROUP["id"])
    await bot.happens("message", moved)
    said = await bot.says(f"{people.MENTION} et Nausicaá ?", chat=people.GROUP)
    assert "4 juin" in visible(said.params["text"])


async def test_inline_offers_answers_to_choose_from(bot: Running) -> None:
    found = await bot.answers("inline_query", people.types("chambord"), "answerInlineQuery")
    texts = [visible(result["input_message_content"]["message_text"]) for result in found.params["results"]]
    assert any(CHAMBORD in text for text in texts)
    assert len(texts) == len(set(texts)) >= 2
    assert found.params["cache_time"] == 60
    examples = await bot.answers("inline_query", people.types(""), "answerInlineQuery")
    assert len(examples.params["results"]) == 3


async def test_inline_is_silent_about_what_is_not_in_the_series(bot: Running) -> None:
    found = await bot.answers("inline_query", people.types("château de Chenonceau"), "answerInlineQuery")
    assert found.params["results"] == []
    assert found.params["button"]["start_parameter"] == "inline"


async def test_of_many_inline_queries_only_the_newest_waits_for_an_answer(bot: Running) -> None:
    gate = bot.api.hold("answerInlineQuery")
    await bot.happens("inline_query", people.types("c"))
    await bot.api.wait_for("answerInlineQuery")
    await bot.happens("inline_query", *(people.types("chambord"[:length]) for length in range(2, 9)))
    await bot.settled()
    gate.set()
    last = (await bot.api.wait_for("answerInlineQuery", 2))[-1]
    assert "Chambord" in visible(last.params["results"][0]["input_message_content"]["message_text"])
    await bot.settled()
    assert len(bot.api.called("answerInlineQuery")) == 2


async def test_the_profile_is_published_once_per_language(bot: Running) -> None:
    await bot.api.wait_for("setMyShortDescription", 7)
    assert {code for method, code in bot.api.profile if method == "MyCommands"} == {"", *assembly.spoken()}
    assert [command["command"] for command in bot.api.profile["MyCommands", "fr"]["commands"]][:2] == [
        "aujourdhui",
        "demain",
    ]


async def test_sixty_messages_at_once_from_many_people_are_all_answered(bot: Running) -> None:
    await bot.happens(
        "message", *(people.writes("quand rouvre Chambord ?", people.person(number)) for number in range(100, 160))
    )
    said = await bot.api.wait_for("sendMessage", 60)
    assert {call.params["chat_id"] for call in said} == set(range(100, 160))


async def test_a_flood_from_one_chat_is_bounded_and_the_others_are_answered(bot: Running) -> None:
    flooder, gate = people.person(66), bot.api.hold("sendMessage")
    await bot.happens("message", *(people.writes(f"Chambord {number}", flooder) for number in range(200)))
    await bot.api.wait_for("sendMessage", 1)
    await asyncio.gather(*(bot.says("quand rouvre Chambord ?", who=people.person(number)) for number in (70, 71)))
    gate.set()
    await bot.api.wait_for("sendMessage", 8 + 1 + 2)
    await bot.settled()
    to_flooder = [call.params["text"] for call in bot.api.called("sendMessage") if call.params["chat_id"] == 66]
    assert len(to_flooder) == 9
    assert sum("plus vite" in text for text in to_flooder) == 1
