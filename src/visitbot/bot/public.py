"""What the public does in Telegram, and what is done about it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, InlineKeyboardMarkup, Message, Update, User
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ContextTypes

from visitbot.answering.answer import Action, Answer, Pin, Span
from visitbot.bot import buttons, hearing, inline, logs
from visitbot.bot.conversations import Answered, Conversation, Conversations
from visitbot.bot.delivery import reason
from visitbot.bot.speaking import Place, say, say_anew, show
from visitbot.bot.wording import Typed, Wording, choose, command
from visitbot.dialogue import Assistant, Reply
from visitbot.understanding.context import Context
from visitbot.understanding.request import Request

log = logging.getLogger(__name__)

MUTED = ("not enough rights", "have no rights", "write_forbidden", "topic_closed")
"""How Telegram says, as a bad request, that an admin has taken the word from the bot or from everybody."""
AWAY = frozenset({ChatMember.LEFT, ChatMember.BANNED})


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and the context to go on from (None: unchanged)."""

    answer: Answer
    context: Context | None = None


class Public:
    """Answers the public; its only state are the conversations, for minutes."""

    def __init__(
        self,
        assistant: Assistant,
        clock: Callable[[], datetime],
        wordings: Mapping[str, Wording],
        usual: str,
        minutes: int,
    ) -> None:
        """`usual` is the language of those whose own is not spoken here; `minutes` is how long a chat is remembered."""
        self._assistant = assistant
        self._clock = clock
        self._wordings = wordings
        self._usual = usual
        self.conversations = Conversations(minutes)

    async def on_message(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A message: answer it if it is for the bot."""
        message = update.message
        if message is None or (text := hearing.heard(message, self.is_command)) is None:
            return
        conversation, wording = self._meet(message.chat, _sender(message), message.from_user)
        before = conversation.context
        said = self._reply(text, conversation, wording, before)
        messages = await self._say(Place.of(message), said.answer, message)
        conversation.remember(message.message_id, Answered(before, messages), said.context or before)

    async def on_edited(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """An edited message: its answer changes in place; a message that was not answered, or long ago, is let be."""
        message = update.edited_message
        if message is None or not (text := hearing.heard(message, self.is_command)):
            return
        conversation, wording = self._meet(message.chat, _sender(message), message.from_user)
        if (answered := conversation.answered.get(message.message_id)) is None:
            return
        said = self._reply(text, conversation, wording, answered.before)
        keyboard = self._keyboard(said.answer)
        place = Place.of(message)
        messages = await say_anew(message.get_bot(), place, said.answer, keyboard, answered.messages)
        conversation.remember(message.message_id, Answered(answered.before, messages), said.context or answered.before)

    async def on_button(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A pressed button: done with at once, so that it stops turning, then answered below."""
        query = update.callback_query
        if query is None:
            return
        message = query.message
        press = buttons.read(query.data)
        wording = choose(self._wordings, query.from_user.language_code, self._usual)
        if press is None or message is None:
            await _acknowledge(query, wording.say("old_button"))
            return
        await _acknowledge(query)
        # Of a message that is too old Telegram tells only where it is.
        place = Place.of(message, reply=False) if isinstance(message, Message) else Place(message.chat.id)
        conversation, wording = self._meet(message.chat, query.from_user.id, query.from_user)
        if press.kind == "place":
            await self._show_venue(query, place, press.value, wording)
            return
        said = self._reply_to_press(press, conversation, wording)
        await say(query.get_bot(), place, said.answer, self._keyboard(said.answer))
        conversation.context = said.context or conversation.context

    async def on_inline(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Somebody types "@bot chambord" anywhere: answers to choose from."""
        query = update.inline_query
        if query is None:
            return
        wording = choose(self._wordings, query.from_user.language_code, self._usual)
        found = inline.results(query.query, self._assistant, self._clock(), wording)
        await query.answer(
            found, cache_time=inline.CACHED, is_personal=True,
            button=None if found else inline.ask_in_private(wording),
        )  # fmt: skip

    async def on_membership(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The bot was let in or sent away: a short hello in a group, and what was known of a left chat is forgotten."""
        change = update.my_chat_member
        if change is None:
            return
        if change.new_chat_member.status in AWAY:
            self.conversations.leave(change.chat.id)
        elif change.chat.type in hearing.GROUPS and _was_away(change):
            wording = choose(self._wordings, change.from_user.language_code, self._usual)
            hello = wording.answer("group_hello", bot=f"@{context.bot.username}")
            await say(context.bot, Place(change.chat.id), hello, None)

    async def on_migration(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """A group became a supergroup, told once in the old and once in the new."""
        message = update.message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            self.conversations.move(message.chat.id, message.migrate_to_chat_id)
        if message.migrate_from_chat_id is not None:
            self.conversations.move(message.migrate_from_chat_id, message.chat.id)

    async def on_flood(self, update: Update) -> None:
        """A chat asks faster than it can be answered: said once, and to each button."""
        user = update.effective_user
        wording = choose(self._wordings, user.language_code if user else None, self._usual)
        try:
            if update.callback_query is not None:
                await _acknowledge(update.callback_query, wording.say("flood"))
            elif (message := update.effective_message) is not None:
                await say(message.get_bot(), Place.of(message), wording.answer("flood"), None)
        except TelegramError as problem:
            log.warning("a chat could not be told that it asks too fast: %s", reason(problem))

    async def on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A handler failed: the person gets a kind word, the operator the cause without the person's words."""
        error = context.error
        if error is None:
            return
        if isinstance(error, BadRequest) and any(sign in error.message.casefold() for sign in MUTED):
            log.info("a group does not let the bot write: %s", error)
            return
        if isinstance(error, Forbidden):  # somebody has blocked the bot or sent it away: nothing is wrong
            log.info("a chat was left: %s", error)
            if isinstance(update, Update) and update.effective_chat:
                self.conversations.leave(update.effective_chat.id)
            return
        if isinstance(error, TelegramError) and not isinstance(error, BadRequest):
            log.warning("an answer was not delivered: %s", reason(error))
            return
        log.error("an update could not be answered\n%s", logs.cause(error, hearing.words_of(update)))
        if isinstance(update, Update):
            await self._apologize(update)

    def is_command(self, text: str) -> bool:
        """Whether a text begins with a command, in any language."""
        return command(text, self._wordings, self._wordings[self._usual]) is not None

    def _meet(self, chat: Chat, sender: int, user: User | None) -> tuple[Conversation, Wording]:
        conversation = self.conversations.of((chat.id, sender), self._clock())
        telegrams = user.language_code if user is not None else None
        return conversation, choose(self._wordings, conversation.language, telegrams, self._usual)

    def _reply(self, text: str, conversation: Conversation, wording: Wording, before: Context | None) -> Said:
        """Answer a text, as a command or as a question."""
        typed = command(text, self._wordings, wording)
        if typed is not None and (own := self._own_answer(typed, conversation, wording)):
            return own
        question = text.removeprefix("/") if typed is None else typed.question
        if not question or not question.strip():
            return Said(wording.answer("only_text", examples=True))
        speaks = wording if typed is None else typed.wording
        if speaks is not wording and before is not None:
            before = replace(before, language=speaks.language)
        reply = self._ask(question, before, speaks)
        self._note_language(reply, conversation)
        return Said(reply.answer, reply.context)

    def _own_answer(self, typed: Typed, conversation: Conversation, wording: Wording) -> Said | None:
        """The commands that are no question."""
        if typed.command.key == "start":
            venue = self._assistant.catalogue().venues.get(typed.subject.lower())
            if venue is None:
                return Said(wording.answer("start", examples=True))
            question = wording.question("reopening", venue) or wording.name_of(venue)
            reply = self._ask(question, conversation.context, wording)
            return Said(reply.answer, reply.context)
        if typed.command.key == "privacy":
            return Said(typed.wording.answer("privacy"))
        if typed.command.key == "language":
            for code, other in self._wordings.items():
                if typed.subject.casefold() in other.names:
                    return self._speak(code, conversation)
            offered = tuple(Action("language", other.name, code) for code, other in self._wordings.items())
            return Said(replace(typed.wording.answer("language_question"), actions=offered))
        return None

    def _speak(self, code: str, conversation: Conversation) -> Said:
        """From now on, this language."""
        conversation.language = code
        context = replace(conversation.context or Context(), language=code)
        return Said(self._wordings[code].answer("language_set"), context)

    def _note_language(self, reply: Reply, conversation: Conversation) -> None:
        """ "In English please": the next ones too."""
        for request in reply.understanding.requests:
            if request.intent == "language" and request.aspect in self._wordings:
                conversation.language = request.aspect

    def _reply_to_press(self, press: buttons.Press, conversation: Conversation, wording: Wording) -> Said:
        if press.kind == "language" and press.value in self._wordings:
            return self._speak(press.value, conversation)
        speaks = choose(self._wordings, press.language, wording.language)
        question = buttons.question(press, self._assistant.catalogue().venues, speaks)
        if question is None:
            return Said(wording.answer("old_button"))
        reply = self._ask(question, conversation.context, speaks)
        # The question stands above its answer, as in a conversation that was typed.
        return Said(
            replace(reply.answer, paragraphs=((Span(question, strong=True),), *reply.answer.paragraphs)), reply.context
        )

    async def _show_venue(self, query: CallbackQuery, place: Place, venue_id: str, wording: Wording) -> None:
        venue = self._assistant.catalogue().venues.get(venue_id)
        if venue is None or venue.latitude is None or venue.longitude is None:
            await say(query.get_bot(), place, wording.answer("no_place"), None)
            return
        address = ", ".join(dict.fromkeys((venue.city, venue.department)))
        await show(query.get_bot(), place, Pin(wording.name_of(venue), address, venue.latitude, venue.longitude))

    async def _say(self, place: Place, answer: Answer, message: Message) -> tuple[int, ...]:
        return await say(message.get_bot(), place, answer, self._keyboard(answer))

    def _keyboard(self, answer: Answer) -> InlineKeyboardMarkup | None:
        wording = self._wordings.get(answer.language) or self._wordings[self._usual]
        return buttons.keyboard(answer, wording, self._requests)

    def _requests(self, question: str, language: str) -> Sequence[Request]:
        return self._assistant.reply(question, self._clock(), None, language).understanding.requests

    def _ask(self, question: str, context: Context | None, wording: Wording) -> Reply:
        return self._assistant.reply(question, self._clock(), context, wording.language)

    async def _apologize(self, update: Update) -> None:
        user = update.effective_user
        wording = choose(self._wordings, user.language_code if user else None, self._usual)
        message = update.effective_message
        try:
            if update.inline_query is not None:
                await update.inline_query.answer([], cache_time=0, is_personal=True)
            elif message is not None:
                place = Place.of(message) if isinstance(message, Message) else Place(message.chat.id)
                await say(update.get_bot(), place, wording.answer("error"), None)
        except TelegramError as problem:
            log.warning("a person could not be told of the error: %s", reason(problem))


def _sender(message: Message) -> int:
    """Who speaks; an anonymous admin or a channel speaks as a chat."""
    sender = message.sender_chat or message.from_user or message.chat
    return sender.id


def _was_away(change: ChatMemberUpdated) -> bool:
    return change.old_chat_member.status in AWAY


async def _acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Stop the button from turning; too late to do so is no harm."""
    try:
        await query.answer(text, show_alert=bool(text))
    except BadRequest as late:
        log.info("a button was acknowledged too late: %s", late.message)
