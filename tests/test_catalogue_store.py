"""The live catalogue keeps what was written, refuses what is spoiled, and never touches what it can't read."""

import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from visitbot import config
from visitbot.catalogue import storage
from visitbot.catalogue.seed import read_seed
from visitbot.catalogue.storage import StateFile
from visitbot.catalogue.store import Store, StoreBusy, StoreError, instance_lock, open_store, read_catalogue, restore

SEED = config.data_folder() / "catalogue"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the cards, to make newer ones of."""
    return Path(shutil.copytree(SEED, tmp_path / "seed"))


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(home, SEED)


def document(store: Store, table: str, record_id: str) -> dict[str, Any]:
    with store.transaction() as change:
        found = change.record(table, record_id)
    assert found is not None
    return found


def edited(store: Store, **fields: Any) -> dict[str, Any]:
    """The Mucem's document with other values."""
    return document(store, "venues", "mucem") | fields


def rewrite(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def snapshot(home: Path) -> dict[str, bytes]:
    """Every file of the state, but for the locks."""
    files = (path for path in home.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


# ---------------------------------------------------------------- reading and writing


def test_first_start_makes_the_state_from_the_seed(home: Path) -> None:
    store = open_store(home, SEED)
    assert store.catalogue() == read_seed(SEED) == read_catalogue(home, SEED)
    assert "venues/chambord" in store.seed_update.added
    assert not open_store(home, SEED).seed_update


def test_the_state_is_a_file_that_people_can_read(home: Path, store: Store) -> None:
    text = (home / "catalogue.json").read_text(encoding="utf-8")
    assert '"site": "https://www.mucem.org"' in text
    assert '"fr": "Villa Kérylos"' in text
    assert max(map(len, text.splitlines())) < 500


def test_reading_without_a_state_writes_nothing(home: Path) -> None:
    assert read_catalogue(home, SEED).venues["mucem"].city == "Marseille"
    assert not home.exists()


def test_reading_needs_neither_tinydb_nor_filelock(home: Path, store: Store) -> None:
    code = (
        "import sys, pathlib; from visitbot.catalogue.store import read_catalogue;"
        "read_catalogue(*map(pathlib.Path, sys.argv[1:]));"
        "print([m for m in ('tinydb', 'filelock') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code, home, SEED], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_change_is_there_for_everyone_at_once(home: Path, store: Store) -> None:
    other = open_store(home, SEED)
    store.put("venues", "mucem", edited(store, site="https://example.org"))
    for seen in (store.catalogue(), other.catalogue(), read_catalogue(home, SEED), open_store(home, SEED).catalogue()):
        assert seen.venues["mucem"].site == "https://example.org"


def test_the_catalogue_is_the_same_object_until_the_file_changes(store: Store) -> None:
    first = store.catalogue()
    assert store.catalogue() is first
    store.remove("visits", "tour-2020-mucem")
    assert store.catalogue() is not first


def test_a_transaction_is_all_or_nothing(home: Path, store: Store) -> None:
    before = snapshot(home)
    mucem = edited(store, city="Aix")

    def fail_half_way() -> None:
        with store.transaction() as change:
            change.put("venues", "mucem", mucem)
            change.remove("visits", "tour-2020-mucem")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert snapshot(home) == before
    assert store.catalogue().venues["mucem"].city == "Marseille"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"latitude": "43,29"}, "venues › mucem › latitude: expected a number"),
        ({"sites": "x"}, 'venues › mucem › sites: is not a known field (did you mean "site"?)'),
        ({"sources": {"city": "gossip"}}, 'venues › mucem › sources: names "gossip"'),
        ({"id": "mucm"}, "venues › mucem › id"),
    ],
)
def test_a_record_that_is_wrong_is_refused(home: Path, store: Store, fields: dict[str, Any], said: str) -> None:
    wrong = edited(store, **fields)
    before = snapshot(home)
    with pytest.raises(StoreError) as problem:
        store.put("venues", "mucem", wrong)
    assert said in str(problem.value)
    assert snapshot(home) == before


def test_a_venue_that_others_name_can_not_be_removed_alone(home: Path, store: Store) -> None:
    with pytest.raises(StoreError, match='names "mucem"'):
        store.remove("venues", "mucem")
    assert "mucem" in store.catalogue().venues


def test_days_may_be_given_as_days(home: Path, store: Store) -> None:
    mucem = document(store, "reopenings", "mucem") | {"day": date(2020, 7, 1), "plural": False}
    store.put("reopenings", "mucem", mucem)
    assert store.catalogue().reopenings_of("mucem")[0].day == date(2020, 7, 1)


def test_unknown_tables_and_records_are_said(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no such table"):
        store.put("museums", "x", {})
    with pytest.raises(StoreError, match="there is no 'x' to remove"):
        store.remove("venues", "x")


# ---------------------------------------------------------------- a newer seed


def test_a_newer_seed_updates_what_staff_has_not_touched(home: Path, seed: Path) -> None:
    store = open_store(home, seed)
    store.put("venues", "mucem", edited(store, city="Marseille (2e)"))
    for card in ("mucem", "nausicaa"):
        rewrite(seed / f"venues/{card}.toml", "https://www.", "https://new.")
    newer = open_store(home, seed)
    assert newer.seed_update.updated == ("venues/nausicaa",)
    assert newer.seed_update.kept == ("venues/mucem",)
    assert newer.catalogue().venues["nausicaa"].site == "https://new.nausicaa.fr"
    assert newer.catalogue().venues["mucem"].site == "https://www.mucem.org"
    assert newer.catalogue().venues["mucem"].city == "Marseille (2e)"
    assert "kept: venues/mucem" in str(newer.seed_update)
    assert not open_store(home, seed).seed_update


def test_an_edit_by_hand_counts_as_touched(home: Path, seed: Path) -> None:
    open_store(home, seed)
    rewrite(home / "catalogue.json", '"https://www.nausicaa.fr"', '"https://hand.nausicaa.fr"')
    rewrite(seed / "venues/nausicaa.toml", "https://www.nausicaa.fr", "https://new.nausicaa.fr")
    newer = open_store(home, seed)
    assert newer.seed_update.kept == ("venues/nausicaa",)
    assert newer.catalogue().venues["nausicaa"].site == "https://hand.nausicaa.fr"


def test_what_left_the_seed_goes_unless_touched(home: Path, seed: Path) -> None:
    store = open_store(home, seed)
    store.put("visits", "tour-2020-maclyon", document(store, "visits", "tour-2020-maclyon") | {"cancelled": True})
    for venue in ("maclyon", "nausicaa"):
        rewrite(seed / "series/tour-2020.toml", f'[[visits]]\nvenue  = "{venue}"\nday    = ', "# day = ")
    newer = open_store(home, seed)
    assert newer.seed_update.removed == ("visits/tour-2020-nausicaa",)
    assert newer.seed_update.kept == ("visits/tour-2020-maclyon",)
    assert {visit.venue for visit in newer.catalogue().visits} >= {"maclyon", "mucem"}
    assert not newer.catalogue().visits_of("nausicaa")


def test_what_a_staying_record_names_stays_too(home: Path, seed: Path) -> None:
    store = open_store(home, seed)
    venue = edited(store, id="louvre", sources={"city": "k6fm-alesia"}, also={})
    store.put("venues", "louvre", venue)
    rewrite(seed / "sources.toml", "[k6fm-alesia]", "[k6]")
    rewrite(seed / "venues/museoparc-alesia.toml", '"k6fm-alesia"', '"k6"')
    newer = open_store(home, seed)
    assert "sources/k6fm-alesia" in newer.seed_update.kept
    assert newer.catalogue().sources["k6fm-alesia"].title == "K6 FM"
    assert newer.catalogue().venues["louvre"].city == "Marseille"


def test_what_staff_removed_stays_removed(home: Path, seed: Path) -> None:
    open_store(home, seed).remove("visits", "tour-2020-nausicaa")
    rewrite(seed / "series/tour-2020.toml", "18:00:00", "17:00:00")
    newer = open_store(home, seed)
    assert newer.seed_update.updated == ("series/tour-2020",)
    assert not newer.catalogue().visits_of("nausicaa")


# ---------------------------------------------------------------- spoiled files


def cut(text: str) -> str:
    return text[: len(text) // 2]


SPOILED = {
    "truncated": (cut, "line "),
    "empty": (lambda text: "", "line 1, column 1"),
    "half-edited": (
        lambda text: text.replace('"day": "2020-06-29"', '"day": "29 juin"', 1),
        "reopenings › mucem › day: expected a day",
    ),
    "comma lost": (lambda text: text.replace('"city": "Lyon",', '"city": "Lyon"', 1), "line "),
    "key misspelt": (lambda text: text.replace('"city": "Lyon"', '"citi": "Lyon"', 1), "venues › maclyon › citi"),
    "id changed": (lambda text: text.replace('"id": "maclyon"', '"id": "mac"', 1), "venues › maclyon › id"),
    "reference broken": (lambda text: text.replace('"venue": "maclyon"', '"venue": "mac"', 1), 'names "mac"'),
    "entry opened": (
        lambda text: text.replace('"touched": false', '"touch": false', 1),
        "expected record, seed and touched",
    ),
    "another program's": (lambda text: '{"_default": {"1": {"name": "x"}}}', "another program"),
    "a list": (lambda text: "[1, 2]", "another program"),
    "newer": (lambda text: text.replace('"schema": 1', '"schema": 2', 1), "a newer one wrote it"),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_a_spoiled_file_is_explained_and_not_touched(home: Path, store: Store, kind: str) -> None:
    spoil, said = SPOILED[kind]
    file = home / "catalogue.json"
    text = file.read_text(encoding="utf-8")
    assert spoil(text) != text
    file.write_text(spoil(text), encoding="utf-8")
    before = snapshot(home)
    newest = StateFile(home).copies()[0]
    with pytest.raises(StoreError) as problem:
        open_store(home, SEED)
    assert str(file) in str(problem.value)
    assert said in str(problem.value)
    assert str(newest) in str(problem.value)
    assert "visitbot restore" in str(problem.value)
    for refuses in (lambda: read_catalogue(home, SEED), lambda: store.remove("visits", "tour-2020-mucem")):
        with pytest.raises(StoreError):
            refuses()
    assert snapshot(home) == before


def test_bytes_that_are_no_text(home: Path, store: Store) -> None:
    (home / "catalogue.json").write_bytes(b'{"meta": "\xff\xfe"}')
    with pytest.raises(StoreError, match="byte 10: not a text file"):
        open_store(home, SEED)


def test_restore_puts_the_last_state_back_and_keeps_the_bad_file(home: Path, store: Store) -> None:
    store.put("venues", "mucem", edited(store, city="Aix"))
    (home / "catalogue.json").write_text('{"meta"', encoding="utf-8")
    (home / "copies" / "catalogue-29990101T000000-000000000.json").write_text("{", encoding="utf-8")
    restored = restore(home)
    assert open_store(home, SEED).catalogue().venues["mucem"].city == "Aix"
    assert restored.kept == home / "catalogue.bad-1.json"
    assert restored.kept.read_text(encoding="utf-8") == '{"meta"'
    assert str(restored.copy) in str(restored)


def test_restore_after_the_file_was_lost(home: Path, store: Store) -> None:
    (home / "catalogue.json").unlink()
    with pytest.raises(StoreError, match="is missing, though it has been there"):
        open_store(home, SEED)
    assert restore(home).kept is None
    assert open_store(home, SEED).catalogue() == read_seed(SEED)


def test_restore_does_nothing_when_there_is_no_need(home: Path, store: Store) -> None:
    before = snapshot(home)
    assert "nothing to restore" in str(restore(home))
    assert snapshot(home) == before


def test_an_editor_that_writes_in_place_spoils_no_copy(home: Path, store: Store) -> None:
    store.put("venues", "mucem", edited(store, city="Aix"))
    with (home / "catalogue.json").open("r+", encoding="utf-8") as file:
        file.truncate(100)
    restore(home)
    assert open_store(home, SEED).catalogue().venues["mucem"].city == "Aix"


def test_a_file_spoiled_while_the_bot_runs_leaves_the_last_good_state(
    home: Path, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    good = store.catalogue()
    file = home / "catalogue.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[:1000], encoding="utf-8")
    assert store.catalogue() is good
    assert store.catalogue() is good
    assert len(caplog.records) == 1
    assert "line " in caplog.text
    rewritten = text.replace("https://www.mucem.org", "https://mucem.org")
    file.write_text(rewritten, encoding="utf-8")
    assert store.catalogue().venues["mucem"].site == "https://mucem.org"


def test_without_any_good_copy_it_says_how_to_start_afresh(home: Path, store: Store) -> None:
    shutil.rmtree(home / "copies")
    (home / "catalogue.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="There is no good copy"):
        open_store(home, SEED)
    with pytest.raises(StoreError, match="holds no good copy"):
        restore(home)


# ---------------------------------------------------------------- the traps of TinyDB and of files (one test each)


def test_trap_1_two_processes_lose_nothing(home: Path, store: Store) -> None:
    """Locking only the read and the write would lose changes: the lock spans reading, changing and writing."""
    code = (
        "import sys, pathlib; from visitbot.catalogue.store import open_store;"
        "home, seed, name = sys.argv[1:]; store = open_store(pathlib.Path(home), pathlib.Path(seed));"
        "[store.put('sources', f'{name}-{n}', {'id': f'{name}-{n}', 'title': name}) for n in range(25)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, home, SEED, name]) for name in ("left", "right")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    written = [source for source in store.catalogue().sources if source.startswith(("left-", "right-"))]
    assert len(written) == 50


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """A disk that is full after `size` bytes, the real way."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_trap_2_a_refused_write_is_not_served_from_memory(home: Path, store: Store) -> None:
    mucem = edited(store, city="Aix")
    before = snapshot(home)
    with files_no_longer_than(20_000), pytest.raises(StoreError, match=r"can't be written: .*Nothing was changed"):
        store.put("venues", "mucem", mucem)
    assert store.catalogue().venues["mucem"].city == "Marseille"
    assert document(store, "venues", "mucem")["city"] == "Marseille"
    assert snapshot(home) == before


def test_trap_3_documents_are_copies(store: Store) -> None:
    with store.transaction() as change:
        found = change.record("venues", "mucem")
        assert found is not None
        found["aliases"]["fr"].append("spoiled")
        assert change.record("venues", "mucem") != found
        change.put("sources", "x", {"id": "x", "title": "x"})
    assert "spoiled" not in store.catalogue().venues["mucem"].aliases["fr"]


def test_trap_4_a_file_that_does_not_parse_is_never_overwritten(home: Path, store: Store) -> None:
    mucem = edited(store, city="Aix")
    (home / "catalogue.json").write_text('{"half": ', encoding="utf-8")
    with pytest.raises(StoreError):
        store.put("venues", "mucem", mucem)
    assert (home / "catalogue.json").read_text(encoding="utf-8") == '{"half": '


def test_trap_5_what_killed_writers_left_is_swept(home: Path, store: Store) -> None:
    for folder in (home, home / "copies"):
        (folder / ".catalogue.json.4711.tmp").write_text("{", encoding="utf-8")
    store.remove("visits", "tour-2020-mucem")
    assert list(home.rglob("*.tmp")) == []


def test_trap_6_a_reader_never_sees_an_open_transaction_and_none_opens_inside_another(home: Path, store: Store) -> None:
    mucem = edited(store, city="Aix")
    with store.transaction() as change:
        change.put("venues", "mucem", mucem)
        assert store.catalogue().venues["mucem"].city == "Marseille"
        with pytest.raises(RuntimeError, match="already open in this thread"):
            store.remove("visits", "tour-2020-mucem")
    assert store.catalogue().venues["mucem"].city == "Aix"
    store.remove("visits", "tour-2020-mucem")


def test_threads_wait_for_each_other(store: Store) -> None:
    def write(name: str) -> None:
        for number in range(5):
            store.put("sources", f"{name}-{number}", {"id": f"{name}-{number}", "title": name})

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(source.title in "abc" for source in store.catalogue().sources.values()) == 15


# ---------------------------------------------------------------- copies and locks


def test_copies_are_few_but_each_day_keeps_its_last(home: Path, store: Store) -> None:
    copies = home / "copies"
    newest = StateFile(home).copies()[0]
    for day in range(1, 29):
        for hour in (8, 20):
            shutil.copy(newest, copies / f"catalogue-202001{day:02}T{hour:02}0000-000000000.json")
    for number in range(storage.KEPT_COPIES):
        store.put("sources", "x", {"id": "x", "title": str(number)})
    names = [copy.name for copy in StateFile(home).copies()]
    january = [name for name in names if name.startswith("catalogue-202001")]
    assert len(names) - len(january) == storage.KEPT_COPIES
    assert january == [f"catalogue-202001{day:02}T200000-000000000.json" for day in range(28, 28 - 13, -1)]


def test_a_second_run_on_the_same_state_is_told_who_runs(home: Path) -> None:
    code = (
        "import sys, pathlib; from visitbot.catalogue.store import instance_lock\n"
        "with instance_lock(pathlib.Path(sys.argv[1])): print('here', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "here\n"
        with (
            pytest.raises(StoreBusy, match=rf"already runs on this state \(process {first.pid}\)"),
            instance_lock(home),
        ):
            pass
        first.kill()
    with instance_lock(home):  # the lock died with its owner
        assert (home / "running.pid").read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_a_writer_that_never_ends_makes_others_give_up(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "LOCK_SECONDS", 0.0)
    with store.transaction(), pytest.raises(StoreBusy, match="another process has been writing"):
        Store(StateFile(home)).remove("visits", "tour-2020-mucem")


def test_the_file_says_which_program_and_schema(home: Path, store: Store) -> None:
    found = json.loads((home / "catalogue.json").read_text(encoding="utf-8"))
    assert found["meta"] == {"catalogue": {"program": "visitbot", "schema": 1}}
