import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from aquamind_assets.durable_files import FileUnusable
from aquamind_assets.ledger.store import LedgerMissing, LedgerStore

FRAMES = {
    "days": {
        "day": np.arange(5, dtype=np.int32),
        "weight": np.linspace(0.1, 2.0, 5),
        "sick": np.array([True, False, True, False, False]),
    },
    "batches": {"id": np.array([7, 9], dtype=np.int64), "number": np.array(["BAK201501001", "ørred"], dtype=object)},
    "empty": {"id": np.zeros(0, dtype=np.int64), "name": np.zeros(0, dtype=object)},
}
STATE = {"health.lice": np.arange(12, dtype=np.float32).reshape(3, 4), "batches.number": np.array(["a", "bc"])}


@pytest.fixture
def store(tmp_path: Path) -> LedgerStore:
    return LedgerStore(str(tmp_path), "feed0123")


def same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].dtype == values.dtype, name
        np.testing.assert_array_equal(found[name], values)


def test_frames_and_state_are_read_back_unchanged(store: LedgerStore) -> None:
    stored = store.write(2015, "farm", 16800, FRAMES, STATE)
    for name, columns in FRAMES.items():
        same(store.frame(stored, name), columns)
    same(store.state(stored), STATE)
    assert store.about(2015, "farm") == stored
    assert stored.rows == {"days": 5, "batches": 2, "empty": 0}
    assert store.about(2016, "farm") is None
    assert store.years("farm") == [2015]
    assert store.years("climate") == []


def test_only_changed_content_is_written_again(store: LedgerStore) -> None:
    first = store.write(2015, "farm", 16800, FRAMES, STATE)
    assert store.write(2015, "farm", 16800, FRAMES, STATE) == first
    changed = FRAMES | {"batches": {"id": np.array([7, 9]), "number": np.array(["a", "b"], dtype=object)}}
    second = store.write(2015, "farm", 16800, changed, STATE)
    assert second.digest != first.digest
    assert list(store.frame(second, "batches")["number"]) == ["a", "b"]
    assert len(store.frame(first, "days")["day"]) == 5, "readers that opened the year before this write may finish"
    third = store.write(2015, "farm", 16801, FRAMES, STATE)
    assert {folder.name for folder in (store.root / "2015").iterdir() if folder.is_dir()} == {
        second.folder,
        third.folder,
    }


def test_an_interrupted_write_leaves_the_year_unchanged(store: LedgerStore) -> None:
    first = store.write(2015, "farm", 16800, FRAMES, STATE)
    broken = FRAMES | {"zz": {"no_parquet_type": np.array([1j])}}
    with pytest.raises(pa.ArrowException):
        store.write(2015, "farm", 16800, broken, STATE)
    assert store.about(2015, "farm") == first
    same(store.frame(first, "batches"), FRAMES["batches"])


def test_other_scenarios_in_the_same_place_are_listed_but_not_mixed(store: LedgerStore, tmp_path: Path) -> None:
    store.write(2015, "farm", 16800, FRAMES, STATE)
    other = LedgerStore(str(tmp_path), "0ther")
    assert other.years("farm") == []
    assert other.other_fingerprints() == ["feed0123"]


def test_clearing_removes_the_year_and_nothing_else(store: LedgerStore) -> None:
    store.write(2015, "farm", 16800, FRAMES, STATE)
    store.write(2016, "farm", 17000, FRAMES, STATE)
    store.write(2016, "climate", 17000, {"days": FRAMES["days"]})
    store.clear([2016, 2017])
    assert store.years("farm") == [2015]
    assert store.years("climate") == []


def test_object_stores_work_like_disks() -> None:
    store = LedgerStore("memory://ledgers", "feed0123")
    stored = store.write(2015, "farm", 16800, FRAMES, STATE)
    same(store.frame(stored, "batches"), FRAMES["batches"])
    same(store.state(stored), STATE)
    store.clear([2015])
    assert store.years("farm") == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"colour": "red"}', "\x80", "\0" * 300])
def test_a_damaged_pointer_counts_as_not_stored(
    store: LedgerStore, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    stored = store.write(2015, "farm", 16800, FRAMES, STATE)
    (store.root / "2015" / "farm.json").write_text(content, "latin-1")
    assert store.about(2015, "farm") is None
    assert store.years("farm") == []
    assert caplog.text.count("farm.json is damaged") == 1
    assert store.write(2015, "farm", 16800, FRAMES, STATE).digest == stored.digest
    assert store.years("farm") == [2015]


def test_a_place_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnusable, match=r"the place of the ledgers .*file cannot be used"):
        LedgerStore(str(tmp_path / "file"), "fingerprint")


def test_a_new_folder_is_flushed_in_the_folder_that_holds_it(
    store: LedgerStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    stored = store.write(2015, "farm", 16800, FRAMES, STATE)
    year = tmp_path / "feed0123" / "2015"
    assert {tmp_path, tmp_path / "feed0123", year, year / stored.folder} <= set(flushed)
    pointer = max(number for number, path in enumerate(flushed) if path.name.startswith(".farm.json"))
    files = [number for number, path in enumerate(flushed) if path.parent.name == stored.folder]
    assert len(files) == len(FRAMES) + 1
    assert max(files) < pointer < max(number for number, path in enumerate(flushed) if path == year)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def with_a_changed_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [cut_short, emptied, with_a_changed_byte, Path.unlink])
@pytest.mark.parametrize("name", ["days.parquet", "batches.parquet", "state.npz"])
def test_a_damaged_file_counts_as_not_stored_and_is_stored_again(
    store: LedgerStore, spoil: Callable[[Path], object], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    stored = store.write(2015, "farm", 16800, FRAMES, STATE)
    spoil(Path(str(store.root)) / "2015" / stored.folder / name)
    read = store.state if name == "state.npz" else partial(store.frame, name=name.removesuffix(".parquet"))
    with pytest.raises(LedgerMissing, match=rf"{name} is damaged or missing .* materialize farm_year 2015 again"):
        read(stored)
    again = store.write(2015, "farm", 16800, FRAMES, STATE)
    assert name in caplog.text
    assert again.folder != stored.folder
    for frame, columns in FRAMES.items():
        same(store.frame(again, frame), columns)
    same(store.state(again), STATE)
