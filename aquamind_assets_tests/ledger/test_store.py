from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from aquamind_assets.durable_files import FileUnusable
from aquamind_assets.ledger.store import LedgerDamaged, LedgerStore

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


@pytest.mark.parametrize("content", ["{", "[]", '{"colour": "red"}', "\x80"])
def test_a_damaged_pointer_is_named(store: LedgerStore, content: str) -> None:
    store.write(2015, "farm", 16800, FRAMES, STATE)
    (store.root / "2015" / "farm.json").write_text(content, "latin-1")
    with pytest.raises(LedgerDamaged, match=r"farm\.json is damaged .* simulates 2015 again"):
        store.about(2015, "farm")


def test_a_place_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnusable, match=r"the place of the ledgers .*file cannot be used"):
        LedgerStore(str(tmp_path / "file"), "fingerprint")
