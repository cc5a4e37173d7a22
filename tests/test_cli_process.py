"""The command `visitbot` as a process of its own: pipes, terminals, signals, and what it loads."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from visitbot import cli

BOLD = "\x1b[1m"
LINE = json.dumps({"id": 1, "text": "bonjour", "now": "2020-05-20T10:00"}).encode() + b"\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state folder that does not exist yet, and no .env of the developer's."""
    monkeypatch.setenv("VISITBOT_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def process(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """The command as a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "visitbot", *arguments], **options)


def test_batch_answers_each_line_before_it_reads_the_next() -> None:
    with process("ask", "--batch", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for _ in range(3):
            running.stdin.write(LINE)
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == 1
        running.stdin.close()
        assert running.wait() == cli.OK


def test_a_reader_that_has_enough_gets_no_complaint() -> None:
    with process("ask", "--batch", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        _, said = running.communicate(LINE * 3)
        assert said == b""


def on_a_terminal(environment: Mapping[str, str]) -> str:
    """What a real terminal gets to see of a short conversation."""
    ours, theirs = pty.openpty()
    with process("chat", stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **environment}) as running:
        os.close(theirs)
        os.write(ours, b"quand rouvre Chambord ?\nquitter\n")
        seen = b""
        try:
            while chunk := os.read(ours, 4096):
                seen += chunk
        except OSError:  # Linux says so when the other side is closed
            pass
        assert running.wait() == cli.OK
    os.close(ours)
    return seen.decode()


def test_a_terminal_gets_styles_unless_no_color_is_set() -> None:
    assert BOLD in on_a_terminal({"TERM": "xterm", "NO_COLOR": ""})
    assert BOLD not in on_a_terminal({"TERM": "xterm", "NO_COLOR": "1"})
    assert BOLD not in on_a_terminal({"TERM": "dumb", "NO_COLOR": ""})


def test_ctrl_c_ends_quietly() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # A shell that runs the tests in the background has its children ignore Ctrl-C; this one must hear it.
    with process("chat", **pipes, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        # At the second question all rooms are imported: Python itself may lose a Ctrl-C that comes amid an import.
        running.stdin.write(b"bonjour\nbonjour\n")
        running.stdin.flush()
        for _ in range(2):
            while b"> bonjour" not in running.stdout.readline():
                pass
        running.send_signal(signal.SIGINT)
        assert running.wait() == cli.INTERRUPTED
        assert running.stderr.read() == b""


def test_asking_loads_nothing_that_only_the_bot_needs() -> None:
    program = (
        "import sys; from visitbot.cli import main; code = main(['ask', 'quand rouvre Chambord ?']); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & {"telegram", "httpx", "asyncio", "pydantic", "tornado", "filelock", "numpy", "readline"}
