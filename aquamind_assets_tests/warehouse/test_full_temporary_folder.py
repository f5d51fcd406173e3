"""Questions to a lake that need temporary files, where there is no room for them: one message about room."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aquamind_assets.errors import DiskFull
from aquamind_assets.verification.outcomes import Findings
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseDamaged, DatabaseFull, DatabaseRefused
from aquamind_assets.warehouse.lake import asked
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.small_disk import SmallDisk, needs_root, small_disk

BIG = (
    "SELECT count(*) FROM (SELECT code, count(*) FROM (SELECT md5(CAST(id AS VARCHAR)) AS code FROM range(1500000) AS"
    " t(id)) GROUP BY code)"
)
"""Needs tens of megabytes."""


@pytest.fixture(autouse=True)
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "MEMORY", "40MB")


@contextmanager
def lake(folder: Path) -> Iterator[Warehouse]:
    with open_warehouse(f"parquet:///{folder / 'lake'}", "2025-08") as warehouse:
        warehouse.prepare()
        yield warehouse


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    """A small disk that is the folder of temporary files."""
    with small_disk(tmp_path / "disk", 2_000) as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk.path))
        yield disk


def assert_it_is_about_room(folder: Path, temporary: Path) -> None:
    findings = Findings()
    with lake(folder) as warehouse, pytest.raises(DatabaseFull) as full, findings.of_damage("a table"):
        warehouse.query(BIG)
    assert isinstance(full.value, DiskFull)
    assert not isinstance(full.value, DatabaseDamaged)
    assert not findings
    text = str(full.value)
    assert text.startswith(f"the folder of temporary files {temporary} is full")
    assert "free some space, or let TMPDIR name a folder with more room" in text
    assert "\n" not in text


@needs_root
def test_a_folder_with_too_little_room_from_the_start(tmp_path: Path, disk: SmallDisk) -> None:
    """DuckDB's own limit is then what there is."""
    assert_it_is_about_room(tmp_path, disk.path)


@needs_root
def test_a_folder_that_becomes_full(tmp_path: Path, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB then meets the system's error."""
    monkeypatch.setattr(asked, "SETTINGS", (*asked.SETTINGS, "max_temp_directory_size = '10GB'"))
    assert_it_is_about_room(tmp_path, disk.path)


def test_a_limit_of_duckdbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(asked, "SETTINGS", (*asked.SETTINGS, "max_temp_directory_size = '500KB'"))
    assert_it_is_about_room(tmp_path, tmp_path)


def test_with_room_it_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with lake(tmp_path) as warehouse:
        assert warehouse.query(BIG) == [(1_500_000,)]


def test_a_folder_that_cannot_be_used_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    message = "the folder of temporary files .*/file cannot be used"
    with lake(tmp_path) as warehouse, pytest.raises(DatabaseRefused, match=message) as refused:
        warehouse.query(BIG)
    assert not isinstance(refused.value, DatabaseDamaged | DiskFull)
