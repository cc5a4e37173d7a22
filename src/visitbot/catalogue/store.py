"""The live catalogue: TinyDB tables in one durable file, made from the seed and then changed by staff."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visitbot.catalogue.model import Catalogue
from visitbot.catalogue.records import (
    TABLES,
    Document,
    RecordError,
    StoreError,
    build,
    dead_references,
    decode,
    encode,
    tables_of,
)
from visitbot.catalogue.seed import read_seed
from visitbot.catalogue.storage import PROGRAM, SCHEMA, Stamp, StateFile, StoreBusy, Tables, known, load

if TYPE_CHECKING:
    from tinydb.table import Table

__all__ = ["SeedUpdate", "Store", "StoreBusy", "StoreError", "instance_lock", "open_store", "read_catalogue", "restore"]


@dataclass(frozen=True, slots=True)
class SeedUpdate:
    """What a newer seed did to the live state; each record as "table/id"."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Changed or gone in the seed, but left as they are: staff has edited them, or a record that stays names them."""

    def __bool__(self) -> bool:
        return bool(self.added or self.updated or self.removed or self.kept)

    def __str__(self) -> str:
        parts = {"added": self.added, "updated": self.updated, "removed": self.removed, "kept": self.kept}
        return (
            "; ".join(f"{name}: {', '.join(records)}" for name, records in parts.items() if records)
            or "nothing changed"
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """What `restore` did."""

    copy: Path | None
    """The copy that is live again; None: the live file is good, and nothing was done."""
    kept: Path | None
    """Where the bad file is now; None when there was none."""

    def __str__(self) -> str:
        if self.copy is None:
            return "The catalogue is good; there is nothing to restore."
        kept = f"; the file it replaces is kept as {self.kept}" if self.kept else ""
        return f"{self.copy} is the catalogue again{kept}"


class Transaction:
    """A change in the making: TinyDB tables over a private copy of the state, written as one when all went well."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.changed = False

    # What TinyDB asks of a storage: it reads and writes all tables at once.
    def read(self) -> Tables:
        """All tables."""
        return self.tables

    def write(self, tables: Tables) -> None:
        """Take the tables as TinyDB left them; they reach the disk when the transaction ends."""
        self.tables = tables
        self.changed = True

    def table(self, name: str) -> "Table":
        """One TinyDB table, its records under their own ids."""
        from tinydb.table import Table  # only those who change the state load TinyDB

        table = Table(self, name)  # type: ignore[arg-type]  # duck-typed storage: read and write are all it calls
        table.document_id_class = str  # type: ignore[assignment]  # "chambord", not 7: people read this file
        return table

    def record(self, table: str, record_id: str) -> Document | None:
        """A copy of one record's document; None when there is none or staff removed it."""
        held = self.tables.get(_known_table(table), {}).get(record_id)
        return None if held is None else json.loads(json.dumps(held["record"]))

    def put(self, table: str, record_id: str, document: Document, touched: bool = True) -> None:
        """Write one record. `touched`: a person decided it, so no newer seed may change it. Raises StoreError."""
        held = self.tables.get(_known_table(table), {}).get(record_id)
        try:
            record = encode(decode(table, document))
        except RecordError as wrong:
            raise StoreError(f"{' › '.join((table, record_id, str(wrong)))}. Nothing was changed.") from None
        seed = (held["seed"] if held else None) if touched else _digest(record)
        self._upsert(table, record_id, record, seed, touched)

    def remove(self, table: str, record_id: str) -> None:
        """Remove one record; of one that came with the seed a mark stays, so that no newer seed brings it back."""
        held = self.tables.get(_known_table(table), {}).get(record_id)
        if held is None or held["record"] is None:
            raise StoreError(f"{table}: there is no {record_id!r} to remove")
        if held["seed"] is None:
            self.table(table).remove(doc_ids=[record_id])  # type: ignore[list-item]
        else:
            self._upsert(table, record_id, None, held["seed"], True)

    def apply_seed(self, seed: Catalogue) -> SeedUpdate:
        """Bring what nobody has touched up to the seed; leave the rest."""
        added: list[str] = []
        updated: list[str] = []
        kept: list[str] = []
        wanted = tables_of(seed)
        for table, documents in wanted.items():
            for record_id, document in documents.items():
                held = self.tables.get(table, {}).get(record_id)
                digest = _digest(document)
                if held is not None and held["seed"] == digest:
                    continue
                touched = held is not None and _touched(held)
                (added if held is None else kept if touched else updated).append(f"{table}/{record_id}")
                self._upsert(table, record_id, held["record"] if held and touched else document, digest, touched)
        removed, named = self._remove_gone(wanted)
        return SeedUpdate(tuple(added), tuple(updated), tuple(removed), tuple(kept + named))

    def _remove_gone(self, wanted: dict[str, dict[str, Document]]) -> tuple[list[str], list[str]]:
        """Remove untouched records that have left the seed, save those that a record which stays still names."""
        gone: dict[tuple[str, str], Document] = {}
        kept = []
        for table in TABLES:
            for record_id, held in list(self.tables.get(table, {}).items()):
                if held["seed"] is None or record_id in wanted[table]:
                    continue
                if _touched(held):
                    kept.append(f"{table}/{record_id}")
                    self._upsert(table, record_id, held["record"], None, True)  # from now on staff's own
                else:
                    gone[table, record_id] = held
        for table, record_id in gone:
            self.table(table).remove(doc_ids=[record_id])  # type: ignore[list-item]
        while back := [key for key in gone if key in _missing(self.tables)]:
            for table, record_id in back:
                self._upsert(table, record_id, gone.pop((table, record_id))["record"], None, True)
                kept.append(f"{table}/{record_id}")
        return [f"{table}/{record_id}" for table, record_id in gone], kept

    def _upsert(self, table: str, record_id: str, record: Document | None, seed: str | None, touched: bool) -> None:
        from tinydb.table import Document as Entry

        entry = {"record": record, "seed": seed, "touched": touched}
        self.table(table).upsert(Entry(entry, doc_id=record_id))  # type: ignore[arg-type]


class Store:
    """The door to the live catalogue."""

    def __init__(self, file: StateFile) -> None:
        self._file = file
        self._known: tuple[Stamp | None, Catalogue] | None = None
        self._refused: object = object()  # the stamp of a file that wasn't good; at first equal to none
        self.seed_update = SeedUpdate()
        """What the seed did when this was opened."""

    def catalogue(self) -> Catalogue:
        """What is known now: the same object until the file changes, so asking costs one `stat`.

        A file that someone spoils while this runs is logged once, and the last good state stays. Raises StoreError when
        there has been none yet.
        """
        stamp = self._file.stamp()
        if self._known is not None and stamp in (self._known[0], self._refused):
            return self._known[1]
        try:
            self._known = (stamp, _live(self._file)[1])
        except StoreError as wrong:
            if self._known is None:
                raise
            self._refused = stamp
            import logging  # like hashlib below: those who only ask need not pay for it

            logging.getLogger(__name__).error("%s\nUntil then the last good state is used.", wrong)
        return self._known[1]

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Several changes as one: all are on the disk when the block ends, or none when it raises.

        Takes some 20 ms and may wait for another process: not for an event loop's thread. Raises StoreError when the
        live file or the result isn't good, and RuntimeError when one is already open in this thread.
        """
        with self._file.locked():
            change = Transaction(_live(self._file)[0])
            yield change
            _write(self._file, change)

    def put(self, table: str, record_id: str, document: Document, touched: bool = True) -> None:
        """Write one record; see Transaction.put."""
        with self.transaction() as change:
            change.put(table, record_id, document, touched)

    def remove(self, table: str, record_id: str) -> None:
        """Remove one record; see Transaction.remove."""
        with self.transaction() as change:
            change.remove(table, record_id)


def open_store(home: Path, seed: Path) -> Store:
    """The live state in `home`, made from the cards in `seed` at first start and brought up to them at every other.

    Raises StoreError when the state can't be used, and then touches nothing; SeedError when the seed can't.
    """
    file = StateFile(home)
    store = Store(file)
    cards = read_seed(seed)
    with file.locked():
        found = file.read()
        change = Transaction(found[0] if found else {"meta": {"catalogue": {"program": PROGRAM, "schema": SCHEMA}}})
        store.seed_update = change.apply_seed(cards)
        _write(file, change)
    store.catalogue()
    return store


def read_catalogue(home: Path, seed: Path) -> Catalogue:
    """What is known now, for those who only ask: the live state if there is one, else the seed.

    Writes and locks nothing. Raises StoreError.
    """
    found = StateFile(home).read()
    return found[1] if found else read_seed(seed)


def restore(home: Path) -> Restored:
    """Put the newest good copy back; a bad file stays beside it under a new name.

    A good live file is left alone. Raises StoreError when no copy is good.
    """
    file = StateFile(home)
    with file.locked():
        if file.stamp() is not None and _good(file.path):
            return Restored(None, None)
        copy = file.newest_good_copy()
        if copy is None:
            raise StoreError(f"{file.copies_folder}: holds no good copy. Nothing was changed.")
        tables, _ = load(copy)
        kept = None if file.stamp() is None else _set_aside(file.path)
        file.replace(tables)
        return Restored(copy, kept)


@contextlib.contextmanager
def instance_lock(home: Path) -> Iterator[None]:
    """Be the only process that runs on `home`. Raises StoreBusy, with the other's process id when it is known."""
    from filelock import FileLock, Timeout

    home.mkdir(parents=True, exist_ok=True)
    owner = home / "running.pid"  # not in the lock file: trying to lock empties that
    lock = FileLock(home / "running.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        pid = owner.read_text(encoding="ascii").strip() if owner.is_file() else ""
        which = f" (process {pid})" if pid else ""
        raise StoreBusy(f"{home}: visitbot already runs on this state{which}; stop it first") from None
    try:
        owner.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _live(file: StateFile) -> tuple[Tables, Catalogue]:
    found = file.read()
    if found is None:
        raise StoreError(f"{file.path}: is not there yet; open_store makes it")
    return found


def _write(file: StateFile, change: Transaction) -> None:
    if not change.changed:
        return
    try:
        known(change.tables)
    except RecordError as wrong:
        raise StoreError(f"{wrong}. Nothing was changed.") from None
    file.replace(change.tables)


def _good(path: Path) -> bool:
    try:
        load(path)
    except StoreError:
        return False
    return True


def _set_aside(path: Path) -> Path:
    """Give a bad file a second name that is free; it keeps the first until a good one takes it."""
    number = 1
    while (aside := path.with_name(f"{path.stem}.bad-{number}{path.suffix}")).exists():
        number += 1
    aside.hardlink_to(path)
    return aside


def _known_table(name: str) -> str:
    if name not in TABLES:
        raise StoreError(f"{name}: there is no such table; there are: {', '.join(TABLES)}")
    return name


def _digest(document: Document | None) -> str:
    """A short mark of a document's content, whatever the order of its keys."""
    import hashlib

    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def _touched(entry: Document) -> bool:
    """Whether a person has decided this record: from the chat (the mark), or by editing the file (the content)."""
    return entry["touched"] or entry["seed"] is None or _digest(entry["record"]) != entry["seed"]


def _missing(tables: Tables) -> set[tuple[str, str]]:
    """Records that are named but not there."""
    records = {
        table: {key: decode(table, entry["record"]) for key, entry in tables.get(table, {}).items() if entry["record"]}
        for table in TABLES
    }
    return {(table, wanted) for _, wanted, table in dead_references(build(records))}
