"""One JSON file that survives kills, full disks, second writers and careless editors."""

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from visitbot.catalogue.model import Catalogue
from visitbot.catalogue.records import TABLES, RecordError, StoreError, assemble

PROGRAM = "visitbot"
SCHEMA = 1
"""Version of the file's shape; a file with a higher one was written by a newer visitbot."""

KEPT_COPIES = 10
KEPT_DAYS = 14
"""So many last states stay, and the last one of so many days: a burst of edits can't push last week out."""

LOCK_SECONDS = 10.0

Tables = dict[str, dict[str, Any]]
Stamp = tuple[int, int, int, int, int]


class StoreBusy(StoreError):
    """Another process holds the state."""


class StateFile:
    """home/catalogue.json with its lock and its copies.

    A write goes to a file beside, is synced, then takes the name in one step: readers and crashes see the old state or
    the new one, never a mixture. Nothing is kept in memory: whoever changes the tables reads them anew under the lock,
    so a change that failed can't be seen by anyone and nobody shares a list with anybody.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "catalogue.json"
        self.copies_folder = home / "copies"
        self._lock: Any = None

    def stamp(self) -> Stamp | None:
        """What tells one state of the file from another without reading it; None: there is no file."""
        try:
            seen = self.path.stat()
        except FileNotFoundError:
            return None
        return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns

    def read(self) -> tuple[Tables, Catalogue] | None:
        """The live state; None before the first start. Raises StoreError, which names the way out, if it is bad."""
        try:
            if self.stamp() is None:
                if not self.copies():
                    return None
                raise StoreError(
                    f"{self.path}: is missing, though it has been there: {self.copies_folder} holds copies"
                )
            return load(self.path)
        except StoreError as wrong:
            raise self._unusable(str(wrong)) from None

    def _unusable(self, problem: str) -> StoreError:
        copy = self.newest_good_copy()
        if copy is None:
            way_out = (
                f"There is no good copy in {self.copies_folder}. Correct the file, or move it away: "
                "a new one is then made from the seed."
            )
        else:
            way_out = f"The newest good copy is {copy}. To put it back (this file is kept beside it): visitbot restore"
        return StoreError(f"{problem}\nNothing was changed. {way_out}")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer among all processes and threads. The system frees the lock when its owner dies."""
        from filelock import FileLock, Timeout  # 35 ms to import, which those who only read need not pay

        self.home.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            self._lock = FileLock(self.home / "catalogue.lock", timeout=LOCK_SECONDS)
        if self._lock.is_locked:
            # filelock lets the same thread in again; the inner change would then be overwritten by the outer one.
            raise RuntimeError("a change of the catalogue is already open in this thread")
        try:
            self._lock.acquire()
        except Timeout:
            busy = f"another process has been writing for {LOCK_SECONDS:.0f} s; try again"
            raise StoreBusy(f"{self.path}: {busy}") from None
        try:
            yield
        finally:
            self._lock.release()

    def replace(self, tables: Tables) -> None:
        """Make `tables` the live state; call it inside `locked`. Raises StoreError, having changed nothing."""
        content = json.dumps(tables, ensure_ascii=False, indent=1).encode() + b"\n"
        try:
            self._sweep()
            _place(content, self.path, durable=True)
        except OSError as problem:
            raise StoreError(f"{self.path}: can't be written: {problem.strerror}. Nothing was changed.") from problem
        self._copy(content)

    def copies(self) -> list[Path]:
        """Earlier states, newest first. The newest is the live state as it was last written by us."""
        return sorted(self.copies_folder.glob("catalogue-*.json"), reverse=True)

    def newest_good_copy(self) -> Path | None:
        """The newest copy that is whole and ours."""
        for copy in self.copies():
            with contextlib.suppress(StoreError):
                load(copy)
                return copy
        return None

    def _copy(self, content: bytes) -> None:
        # A file of its own, not a hard link: many editors write in place, and would spoil the linked copy as well.
        written = self.path.stat().st_mtime_ns
        moment = datetime.fromtimestamp(written // 10**9, UTC)
        name = f"catalogue-{moment:%Y%m%dT%H%M%S}-{written % 10**9:09}.json"
        try:
            self.copies_folder.mkdir(exist_ok=True)
            _place(content, self.copies_folder / name, durable=False)
            self._rotate()
        except OSError as problem:  # the change itself is safely written: it would be wrong to call it failed
            import logging  # those who only ask need not pay for it

            logging.getLogger(__name__).warning("%s: no copy could be kept: %s", self.copies_folder, problem)

    def _rotate(self) -> None:
        copies = self.copies()
        last_of_day: dict[str, Path] = {}
        for copy in copies:
            last_of_day.setdefault(copy.name[:18], copy)
        kept = {*copies[:KEPT_COPIES], *list(last_of_day.values())[:KEPT_DAYS]}
        for copy in copies:
            if copy not in kept:
                copy.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove what killed writers left; under the lock, so no living writer owns one."""
        for left in (*self.home.glob(".catalogue*.tmp"), *self.copies_folder.glob(".catalogue*.tmp")):
            left.unlink(missing_ok=True)


def load(path: Path) -> tuple[Tables, Catalogue]:
    """A state file's tables and the catalogue they make. Raises StoreError with file, place and kind of damage."""
    tables = _parse(path)
    try:
        return tables, known(tables)
    except RecordError as wrong:
        raise StoreError(f"{path}: {wrong}") from None


def known(tables: Tables) -> Catalogue:
    """The catalogue that tables make. Raises RecordError."""
    return assemble(
        {
            name: {key: entry["record"] for key, entry in tables.get(name, {}).items() if entry["record"] is not None}
            for name in TABLES
        }
    )


def _parse(path: Path) -> Tables:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as broken:
        place = f"line {broken.lineno}, column {broken.colno}"
        raise StoreError(f"{path}: {place}: not whole JSON ({broken.msg}): cut off or half-edited") from None
    except RecursionError:
        raise StoreError(f"{path}: is nested without end: this file belongs to another program") from None
    except UnicodeDecodeError as broken:
        raise StoreError(f"{path}: byte {broken.start}: not a text file in UTF-8") from None
    except OSError as problem:
        raise StoreError(f"{path}: can't be read: {problem.strerror}") from problem
    _ours(path, found)
    for table in TABLES:
        for record_id, entry in found.get(table, {}).items():
            if not isinstance(entry, dict) or entry.keys() != {"record", "seed", "touched"}:
                raise StoreError(f"{path}: {table} › {record_id}: expected record, seed and touched")
    return found  # type: ignore[no-any-return]


def _ours(path: Path, found: Any) -> None:
    mark = found.get("meta") if isinstance(found, dict) else None
    mark = mark.get("catalogue") if isinstance(mark, dict) else None
    if not isinstance(mark, dict) or mark.get("program") != PROGRAM:
        raise StoreError(
            f"{path}: meta › catalogue › program: is not {PROGRAM!r}: this file belongs to another program"
        )
    schema = mark.get("schema")
    if type(schema) is not int:
        raise StoreError(f"{path}: meta › catalogue › schema: expected a whole number, found {schema!r}")
    if schema > SCHEMA:
        newer = f"is {schema}, but this visitbot reads up to {SCHEMA}: a newer one wrote it; install that one"
        raise StoreError(f"{path}: meta › catalogue › schema: {newer}")
    for table, documents in found.items():
        if not isinstance(documents, dict):
            raise StoreError(f"{path}: {table}: expected a table of records")


def _place(content: bytes, path: Path, *, durable: bool) -> None:
    """Write a file in one step: beside, synced when `durable`, then renamed."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if durable and os.name == "posix":  # elsewhere a folder can't be opened, and a rename needs no sync
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
