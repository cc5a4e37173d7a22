"""The command `visitbot`: ask, chat, check, restore, run."""

import argparse
import gc
import json
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from visitbot import __version__, clock, config

if TYPE_CHECKING:
    from visitbot.batch import Question
    from visitbot.catalogue.store import SeedUpdate
    from visitbot.dialogue import Assistant
    from visitbot.terminal import Screen  # rooms are imported by the command that needs them: `ask` stays quick

OK, PROBLEM, USAGE, SETTINGS, STATE, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""Exit codes, explained to the operator in EPILOG; deploy/visitbot.service relies on them."""

EPILOG = """\
examples:
  visitbot chat                                  a conversation, here in the terminal
  visitbot ask "quand rouvre Chambord ?"         one question, one answer
  visitbot ask "et demain ?" --now 2020-05-20T10:00
  visitbot ask "when does the Mucem reopen?" --json
  visitbot ask "et Nausicaá ?" --before "quand rouvre Chambord ?" --explain
  visitbot ask --batch < questions.jsonl         many questions, one JSON object a line
  visitbot check                                 is the catalogue in order? what is missing?
  visitbot run                                   the Telegram bot (settings: deploy/env.example)

exit codes:
  0  done                    3  settings are missing or wrong
  1  a problem was found     4  the state is damaged, foreign or in use
  2  wrong command line    130  interrupted

state:
  VISITBOT_HOME names the folder of the live catalogue (environment or .env). Until there is one, the catalogue
  that comes with the program answers.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command; the result is its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a lone surrogate or a narrow terminal must not end the program
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.command(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader (`| head`) has enough; without this Python complains once more while closing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as problem:
        if options.debug:
            raise
        return _explained(problem)


def _explained(problem: Exception) -> int:
    """Say what is wrong in a line; what is not foreseen is named as a fault of the program."""
    from visitbot.catalogue.seed import SeedError
    from visitbot.catalogue.store import StoreError
    from visitbot.languages import LanguageError

    if isinstance(problem, StoreError | SeedError | LanguageError):
        print(f"visitbot: {problem}", file=sys.stderr)
        return STATE if isinstance(problem, StoreError) else PROBLEM
    if isinstance(problem, OSError):
        print(f"visitbot: {problem.filename or 'system'}: {problem.strerror or problem}", file=sys.stderr)
        return PROBLEM
    print(f"visitbot: internal error, {type(problem).__name__}: {problem}", file=sys.stderr)
    print("Please report it, with what `visitbot --debug …` says.", file=sys.stderr)
    return PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="visitbot",
        description="Answers what the public asks about the series “1 jour, 1 visite privée”, above all:\n"
        "which visit is on, and when does each museum reopen?",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"visitbot {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the whole traceback when something fails")
    commands = parser.add_subparsers(metavar="command", required=True)

    ask = commands.add_parser("ask", help="answer one question, or a batch of them", description=_ask.__doc__)
    ask.add_argument("question", nargs="*", help='what a person types; quote it: "quand rouvre Chambord ?"')
    ask.add_argument("--json", action="store_true", help="answer as one JSON object (see README.md)")
    ask.add_argument("--explain", action="store_true", help="show why it is understood as it is, instead of the answer")
    ask.add_argument("--before", action="append", default=[], metavar="TEXT", help="an earlier message; repeatable")
    ask.add_argument("--batch", action="store_true", help="read JSON lines {id, text, now, before?, lang?}")
    ask.set_defaults(command=_ask, fail=ask.error)

    chat = commands.add_parser("chat", help="hold a conversation in the terminal", description=_chat.__doc__)
    chat.set_defaults(command=_chat, fail=chat.error)

    for command in (ask, chat):
        command.add_argument("--now", type=_moment, metavar="MOMENT", help="as if it were 2020-05-20T10:00 in Paris")
        command.add_argument("--lang", metavar="CODE", help="the person's usual language (default: fr)")

    check = commands.add_parser("check", help="say what is wrong, missing or contradictory", description=_check.__doc__)
    check.add_argument("--lang", default="en", metavar="CODE", help="language of the report (default: en)")
    check.set_defaults(command=_check, fail=check.error)

    restore = commands.add_parser("restore", help="put the newest good copy back", description=_restore.__doc__)
    restore.set_defaults(command=_restore)

    run = commands.add_parser("run", help="start the Telegram bot", description=_run.__doc__)
    run.add_argument("--or-chat", action="store_true", help="without a token, `visitbot chat` instead")
    run.set_defaults(command=_run, now=None, lang=None, fail=run.error)
    return parser


def _moment(text: str) -> datetime:
    try:
        return clock.parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment; write 2020-05-20 or 2020-05-20T10:00") from problem


def _utf8(stream: TextIO) -> TextIO:
    """JSON is UTF-8 whatever the terminal's own encoding is."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _ask(options: argparse.Namespace) -> int:
    """Answer one question, or with --batch one JSON line after the other."""
    question = " ".join(options.question).strip()
    if options.batch == bool(question):
        options.fail('write one question ("quand rouvre Chambord ?"), or --batch and the questions on standard input')
    if options.batch and (options.explain or options.before):
        options.fail("--explain and --before are for one question; in a batch each line brings its own before")
    gc.disable()  # nearly all that is made while starting stays; looking for garbage in it costs a tenth of the time
    try:
        return _answered(options, question)
    finally:
        gc.enable()


def _answered(options: argparse.Namespace, question: str) -> int:
    """Print what is answered; imports, tables and all stay until the process ends."""
    from visitbot import batch
    from visitbot.assembly import assistant

    helper, now = assistant(config.home()), options.now or clock.now()
    if options.batch:
        gc.enable()
        good = batch.answer(sys.stdin.buffer, helper, now, _utf8(sys.stdout), sys.stderr)
        return OK if good else PROBLEM
    asked = batch.Question(None, question, now, tuple(options.before), options.lang)
    if options.explain:
        return _explain(helper, asked, options.json)
    reply = batch.ask(helper, asked)
    if options.json:
        print(json.dumps(batch.as_json(reply), ensure_ascii=False), file=_utf8(sys.stdout))
    else:
        print(_screen().answer(reply.answer))
    return OK


def _explain(helper: "Assistant", asked: "Question", plain: bool) -> int:
    """Show why a question is understood as it is, in the language that it is in; `plain` as JSON."""
    from visitbot import batch
    from visitbot.answering.phrases import Phrases
    from visitbot.assembly import spoken
    from visitbot.explanation import Wording, as_json, render
    from visitbot.understanding.explaining import explain

    before = batch.thread(helper, asked)
    understood = helper.reply(asked.text, asked.now, before, asked.language).understanding
    catalogue = helper.catalogue()
    findings = explain(understood, helper.vocabulary(catalogue), before)
    if plain:
        print(json.dumps(as_json(findings), ensure_ascii=False), file=_utf8(sys.stdout))
        return OK
    tongues = spoken()
    code = findings.language if "explain" in tongues[findings.language].tables else "fr"
    words = Phrases.compile(code, tongues[code].tables["explain"])
    print(render(Wording(words, helper.phrases[code], catalogue, findings), _screen()))
    return OK


def _chat(options: argparse.Namespace) -> int:
    """Hold a conversation: questions, numbers of the choices offered, "quit" or Ctrl-D to leave."""
    from visitbot.assembly import assistant, spoken
    from visitbot.terminal import Conversation

    words = {code: tongue.tables["terminal"] for code, tongue in spoken().items()}
    language = options.lang or "fr"
    if language not in words:
        options.fail(f"no language {language!r}; there are: {', '.join(words)}")
    now = (lambda: options.now) if options.now else clock.now
    Conversation(assistant(config.home()), words, now, language, _screen()).hold()
    return OK


def _screen() -> "Screen":
    from visitbot.terminal import Screen

    colours = sys.stdout.isatty() and config.styled()
    return Screen(min(shutil.get_terminal_size().columns - 1, 88), colours)


def _check(options: argparse.Namespace) -> int:
    """Say what is wrong, missing or contradictory in the catalogue and the language files; exit code 1 when wrong."""
    import textwrap

    from visitbot.assembly import catalogue, spoken
    from visitbot.catalogue.check import check, render

    tongues = spoken()
    if options.lang not in tongues:
        options.fail(f"no language {options.lang!r}; there are: {', '.join(tongues)}")
    findings = check(catalogue(config.home()), tongues)
    width = _screen().width
    for line in render(findings, tongues[options.lang]).splitlines():
        margin = line[: len(line) - len(line.lstrip())]
        print(textwrap.fill(line, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False))
    return PROBLEM if any(finding.severity == "error" for finding in findings) else OK


def _restore(options: argparse.Namespace) -> int:
    """Put the newest good copy of the catalogue back; the file that it replaces is kept beside it."""
    from visitbot.catalogue.store import restore

    print(restore(config.home()))
    return OK


def _run(options: argparse.Namespace) -> int:
    """Start the Telegram bot. Its token comes from @BotFather; deploy/env.example explains every setting."""
    from visitbot.bot import settings

    try:
        wanted = settings.load()
        if wanted.token is None and options.or_chat:
            return _chat(options)
        wanted.require_token()
    except settings.SettingsError as problem:
        print(f"visitbot: {problem}", file=sys.stderr)
        return SETTINGS
    from visitbot.assembly import assistant, store
    from visitbot.bot import app
    from visitbot.catalogue.store import instance_lock

    with instance_lock(config.home()):
        live = store(config.home())
        _tell(live.seed_update)
        helper = assistant(config.home(), live.catalogue)
        for language in helper.phrases:  # read all now: a wrong file must stop the start, and nobody wait for it later
            helper.reply("?", clock.now(), None, language)
        return app.run(wanted, helper)


def _tell(update: "SeedUpdate") -> None:
    """What a newer version did to the catalogue; what it left as staff has edited it is worth a look: by name."""
    done = {"added": update.added, "updated": update.updated, "removed": update.removed}
    if counts := ", ".join(f"{len(records)} {name}" for name, records in done.items() if records):
        print(f"visitbot: the catalogue was brought up to this version; records: {counts}", file=sys.stderr)
    if update.kept:
        print(f"visitbot: kept as edited, although new here: {', '.join(update.kept)}", file=sys.stderr)
