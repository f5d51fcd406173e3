"""Whatever changes a database after it was written is found, with its place, and never ends in a stack."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.verification.verify import verify_database
from aquamind_assets.warehouse.claims import pack, unpack
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.slow_cases import slow_after

Copied = Callable[[], Platform]


def path_of(platform: Platform) -> Path:
    path = platform.settings.database_url.path
    assert path is not None
    return path


def change(platform: Platform, *statements: str) -> None:
    with sqlite3.connect(path_of(platform)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement
    connection.close()


def test_what_was_written_is_sound(whole: Platform) -> None:
    found = verify_database(whole)
    assert found.sound, found.as_json()
    assert found.left_out == []
    assert found.compared > 60
    assert verify_database(whole, [2016], quick=True).sound


CHUNK = "asset = 'mortality' AND year = 2015 AND chunk = 4"
LIVING = "asset = 'batches' AND year ="


@pytest.mark.parametrize(
    ("statement", "place"),
    slow_after(
        4,
        [
            (f"UPDATE aquamind_assets_chunk SET digest = '0123456789abcdef' WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (f"UPDATE aquamind_assets_chunk SET row_count = row_count + 1 WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (f"UPDATE aquamind_assets_chunk SET last_day = last_day - 1 WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (f"UPDATE aquamind_assets_chunk SET last_day = last_day + 1 WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (
                f"UPDATE aquamind_assets_chunk SET first_day = first_day + 1 WHERE {CHUNK}",
                "2015, outside of all chunks",
            ),
            (f"UPDATE aquamind_assets_chunk SET fingerprint = 'another' WHERE {CHUNK}", "checkpoints of mortality"),
            (f"UPDATE aquamind_assets_chunk SET as_of = last_day WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (f"UPDATE aquamind_assets_chunk SET known_from = first_day WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (
                f"UPDATE aquamind_assets_chunk_table SET row_count = row_count + 1 WHERE {CHUNK}",
                "mortality 2015 chunk 4",
            ),
            (
                f"UPDATE aquamind_assets_chunk SET row_count = 'many' WHERE {CHUNK}",
                "mortality 2015 4: row_count = 'many'",
            ),
            (f"UPDATE aquamind_assets_chunk SET digest = 'no digest' WHERE {CHUNK}", "mortality 2015 4: digest ="),
            (f"UPDATE aquamind_assets_chunk SET last_day = 10000000000 WHERE {CHUNK}", "mortality 2015 4: last_day ="),
            (f"DELETE FROM aquamind_assets_chunk WHERE {CHUNK}", "mortality 2015 chunk 4"),
            (f"DELETE FROM aquamind_assets_chunk_table WHERE {CHUNK}", "batch_mortalityevent 2015"),
            ("DELETE FROM aquamind_assets_chunk WHERE year = 2016", "mortality 2016 chunk 0"),
            (f"UPDATE aquamind_assets_chunk SET digest = '0123456789abcdef' WHERE {LIVING} 2015", "batches 2015"),
            (f"UPDATE aquamind_assets_chunk SET row_count = 1 WHERE {LIVING} 2016", "batches 2016"),
            (f"UPDATE aquamind_assets_chunk SET as_of = as_of - 1 WHERE {LIVING} 2016", "batches 2016"),
            (f"UPDATE aquamind_assets_chunk SET as_of = as_of - 1 WHERE {LIVING} 2015", "batches 2015"),
            (f"UPDATE aquamind_assets_chunk SET as_of = NULL WHERE {LIVING} 2015", "batches 2015"),
            (f"UPDATE aquamind_assets_chunk SET last_day = last_day - 3 WHERE {LIVING} 2015", "batches 2015"),
            (f"UPDATE aquamind_assets_chunk SET fingerprint = '' WHERE {LIVING} 2015", "checkpoints of batches"),
            (f"DELETE FROM aquamind_assets_living WHERE {LIVING} 2016", "claims of batches"),
            (f"DELETE FROM aquamind_assets_living WHERE {LIVING} 2015", "claims of batches"),
            (
                f"UPDATE aquamind_assets_living SET ids = substr(ids, 1, 9) WHERE {LIVING} 2015",
                "aquamind_assets_living.ids",
            ),
        ],
    ),
)
def test_a_changed_checkpoint_or_claim_is_found(copied: Copied, statement: str, place: str) -> None:
    platform = copied()
    change(platform, statement)
    found = verify_database(platform, quick=True)
    assert not found.sound
    assert any(place in line for line in [*found.findings, *found.differences]), found.as_json()


def test_a_claim_on_a_row_that_is_not_there_is_found(copied: Copied) -> None:
    platform = copied()
    with sqlite3.connect(path_of(platform)) as connection:
        where = "asset = 'batches' AND year = 2016 AND table_name = 'batch_batch'"
        (packed,) = connection.execute(f"SELECT ids FROM aquamind_assets_living WHERE {where}").fetchone()
        ids = np.append(unpack(packed), unpack(packed)[-1] + 1)
        connection.execute(f"UPDATE aquamind_assets_living SET ids = ? WHERE {where}", (pack(ids),))
    connection.close()
    found = verify_database(platform, quick=True)
    assert any("claims of batches on batch_batch: 1 claims on rows that are not there" in one for one in found.findings)


@pytest.mark.parametrize("years", [None, [2016]])
def test_a_row_without_a_year_is_compared_whatever_years_are_chosen(copied: Copied, years: list[int] | None) -> None:
    platform = copied()
    with platform.open() as warehouse:
        fixed = [one.table for one in warehouse.manifest() if one.year == 0]
    assert fixed
    column = next(one.name for one in TABLES[fixed[0]].columns if one.kind == "varchar")
    change(platform, f"UPDATE {fixed[0]} SET {column} = {column} || 'x' WHERE id IN (SELECT min(id) FROM {fixed[0]})")
    found = verify_database(platform, years, quick=True)
    assert [line.partition(":")[0] for line in found.differences] == [f"{fixed[0]} without a year"]


@pytest.mark.parametrize("table", ["batch_mortalityevent", "inventory_feedingevent", "health_journalentry"])
def test_a_copy_under_a_users_id_is_found(copied: Copied, table: str) -> None:
    platform = copied()
    columns = ", ".join(f'"{one.name}"' for one in TABLES[table].columns if one.name != "id")
    copy = f"SELECT 77, {columns} FROM {table} WHERE id = (SELECT max(id) FROM {table})"
    change(platform, f"INSERT INTO {table} (id, {columns}) {copy}")
    found = verify_database(platform, quick=True)
    assert not found.differences
    assert [line.partition(" (")[0] for line in found.findings] == [
        f"{table}: 1 user-entered rows are copies of the platform's"
    ]


@pytest.mark.parametrize(
    "wrong",
    slow_after(1, ["count = 'several'", "count = 1.5", "cause = x'31'", "biomass_kg = '1,5'", "event_date = 'May'"]),
)
def test_a_value_of_another_type_is_found(copied: Copied, wrong: str) -> None:
    platform = copied()
    change(platform, f"UPDATE batch_mortalityevent SET {wrong} WHERE id = (SELECT max(id) FROM batch_mortalityevent)")
    found = verify_database(platform)
    assert not found.sound
    assert any(line.startswith("batch_mortalityevent 2016: ") for line in found.findings), found.findings


def test_a_damaged_page_of_a_table_and_of_an_index_is_found(copied: Copied) -> None:
    for kind, name in (("table", "batch_mortalityevent"), ("index", None)):
        platform = copied()
        path = path_of(platform)
        with sqlite3.connect(path) as connection:
            condition = f"name = '{name}'" if name else "tbl_name = 'batch_mortalityevent' AND sql IS NOT NULL"
            (root,) = connection.execute(
                f"SELECT rootpage FROM sqlite_master WHERE type = '{kind}' AND {condition}"
            ).fetchone()
            size = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with path.open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\xff" * size)
        found = verify_database(platform)
        assert not found.sound
        assert any("damaged page or index: batch_mortalityevent or" in line for line in found.findings), found.findings


def test_an_index_without_a_rows_entry_is_found(copied: Copied) -> None:
    platform = copied()
    with sqlite3.connect(path_of(platform)) as connection:
        entry = connection.execute(
            "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE type = 'index' AND tbl_name ="
            " 'batch_mortalityevent' AND sql LIKE '%batch_id%'"
        ).fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = ?", (entry[1],))
    connection.close()
    with sqlite3.connect(path_of(platform)) as connection:
        # An index that is not in the schema does not follow a change of the rows.
        where = "id = (SELECT max(id) FROM batch_mortalityevent)"
        connection.execute(f"UPDATE batch_mortalityevent SET batch_id = batch_id + 1 WHERE {where}")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", entry)
    connection.close()
    found = verify_database(platform, quick=True)
    assert any(entry[1] in line for line in found.findings), found.findings


def test_a_file_whose_schema_is_damaged_is_a_finding(copied: Copied) -> None:
    platform = copied()
    with path_of(platform).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 400)
    found = verify_database(platform)
    assert not found.sound
    assert "damaged" in found.findings[0]
