"""What the operator reads: one line an event, never a secret, never a person's words."""

import logging
import sys
import traceback
from collections.abc import Iterable

from visitbot.understanding.text import fold, words

HIDDEN = "[hidden]"
SHORTEST = 3
"""Letters from which a word of a person is telling; shorter ones are in any message ("la", "de")."""


class Redaction(logging.Filter):
    """Takes secrets out of a record: its text, its traceback, its stack."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """`secrets` are replaced wherever they stand."""
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the record stays, without its secrets."""
        # The webhook server logs a whole update that it can't read: it holds the person's words.
        spoken = isinstance(record.msg, str) and "Received data was:" in record.msg
        record.msg = self.hide(str(record.msg).partition(" Received data was:")[0] if spoken else record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = self._formatter.formatException(record.exc_info)
        record.exc_text = self.hide(record.exc_text) if record.exc_text else record.exc_text
        record.stack_info = self.hide(record.stack_info) if record.stack_info else record.stack_info
        return True

    def hide(self, text: str) -> str:
        """`text` without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def configure(level: str, token: str, *more: str) -> None:
    """Log to standard error at `level`; no handler lets the token, in any form, or `more` secrets through."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    root = logging.getLogger()
    root.setLevel(level)
    # The part behind the colon is the secret; alone it covers every way to write the whole.
    redaction = Redaction((token, token.partition(":")[2], *more))
    for handler in root.handlers:
        handler.addFilter(redaction)
    logging.captureWarnings(capture=True)
    # httpx tells every address, which holds the token; telegram at DEBUG tells every update, which holds words.
    for name in ("httpx", "httpcore", "tornado.access", "asyncio", "filelock"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLevelName(level)))
    # Outages come from here as tracebacks; app.py tells each in one line. A filter, unlike a level, spares children.
    for name in ("telegram.ext", "telegram.ext.Updater"):
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.CRITICAL)


def cause(error: BaseException, spoken: str = "") -> str:
    """Type, place and reason of `error` and of what led to it, without the words of `spoken`.

    The reason of an exception may quote what was being worked on; one that shares a word with the person is left out.
    """
    telling = [word for word in words(spoken) if len(word) >= SHORTEST]
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        reason = str(link)
        folded = fold(reason)
        if any(word in folded for word in telling):
            reason = "(left out: it holds the person's words)"
        # Frames by place alone: the source line of a frame is code, never data.
        lines += [f"{type(link).__name__}: {reason}", *traceback.format_tb(link.__traceback__)]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(line.rstrip("\n") for line in lines)
