"""What a lake promises beside the contract: its files and their types."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from aquamind_assets.timeline import chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import (
    DatabaseDamaged,
    DatabaseRefused,
    WarehouseError,
)
from aquamind_assets.warehouse.lake import log, tidying
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, batches, ids, parents, readings
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """URL of a new lake."""
    return f"parquet:///{tmp_path / 'lake'}"


def files(url: str) -> list[str]:
    """Every Parquet file in the folder, in order."""
    folder = Path(url.removeprefix("parquet:///"))
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*.parquet"))


def aquamind(*words: str) -> Result:
    """What a command gives."""
    from aquamind_assets.cli.app import app

    return CliRunner().invoke(app, list(words))


def write_all_chunks(warehouse: Warehouse, per_day: int = 96) -> None:
    for chunk in chunks_of(2015):
        warehouse.write_chunk(
            ChunkKey("readings", 2015, chunk.index),
            chunk.days,
            "f",
            "run",
            [READINGS],
            readings(chunk.days, per_day),
        )


def test_a_small_table_has_one_file_a_year(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_all_chunks(warehouse)
    folders = [name.rpartition("/")[0] for name in files(database_url)]
    assert folders == sorted(f"{table}/year=2015" for table in (*PARENT_TABLES, READINGS))
    assert warehouse.manifest() == warehouse.recount()


def test_a_question_within_a_transaction_is_answered_after_another_writer_replaced_the_rows(
    warehouse: Warehouse, database_url: str
) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    count = f"SELECT count(*), max(value) FROM {READINGS}"
    with open_warehouse(database_url, "2025-08") as other:
        other.prepare()
        with warehouse.database.transaction():
            before = warehouse.database.query(count)
            write_readings(other, 0, "other", salt=3)
            assert warehouse.database.query(count) == other.query(count) != before


def test_a_heavy_table_has_one_file_a_chunk(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "SMALL_BYTES", 1000)
    write_parents(warehouse)
    write_all_chunks(warehouse)
    for day in range(3):
        days = chunks_of(2016, year_days(2016).first + day)[0].days
        write = warehouse.append_days if day else warehouse.write_chunk
        new = type(days)(days.end - 1, days.end)
        write(ChunkKey("readings", 2016, 0), new, "f", "run", [READINGS], readings(new))
    of_readings = [name for name in files(database_url) if name.startswith(READINGS)]
    starts = [name.split("/")[2].rpartition("-")[0] for name in of_readings]
    first_days = [str(np.datetime64(chunk.days.first, "D")) for chunk in chunks_of(2015)]
    assert starts == [*first_days, "2016-01-01", "2016-01-02", "2016-01-03"]
    assert warehouse.manifest() == warehouse.recount()


def test_types_and_meanings_are_in_every_file(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    folder = Path(database_url.removeprefix("parquet:///"))
    for name in files(database_url):
        schema = pq.read_schema(folder / name)
        table = TABLES[name.split("/")[0]]
        assert schema.names == list(table.column_names)
        assert schema.metadata[b"description"].decode() == table.description
        for column in table.columns:
            about = {key.decode(): text.decode() for key, text in schema.field(column.name).metadata.items()}
            assert about["description"] == column.description
            assert about.get("unit", "") == column.unit
            assert about.get("source", "") == column.how
            assert about["type"] == column.type
    reading = pq.read_schema(folder / next(name for name in files(database_url) if name.startswith(READINGS)))
    assert reading.field("reading_time").type == pa.timestamp("us", "UTC")
    assert (reading.field("value").type, reading.field("value").metadata[b"scale"]) == (pa.float64(), b"4")
    batch = pq.read_schema(folder / next(name for name in files(database_url) if name.startswith("batch_batch/")))
    assert batch.field("start_date").type == pa.date32()
    assert pa.types.is_dictionary(batch.field("status").type)
    assert json.loads(batch.field("status").metadata[b"choices"]) == list(
        TABLES["batch_batch"].by_name["status"].choices
    )


def test_ids_and_instants_are_packed_differences(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    folder = Path(database_url.removeprefix("parquet:///"))
    (name,) = [name for name in files(database_url) if name.startswith(READINGS)]
    group = pq.read_metadata(folder / name).row_group(0)
    encodings = {group.column(i).path_in_schema: group.column(i).encodings for i in range(group.num_columns)}
    for column, found in encodings.items():
        packed = column in ("id", "reading_time", "created_at")
        assert ("DELTA_BINARY_PACKED" in found) == packed, column


def test_other_engines_see_the_same_rows(warehouse: Warehouse, database_url: str) -> None:
    import pandas as pd
    import polars as pl

    write_parents(warehouse)
    write_readings(warehouse, 0)
    folder = Path(database_url.removeprefix("parquet:///")) / READINGS
    counted, mean = warehouse.query(f"SELECT count(*), avg(value) FROM {READINGS}")[0]
    by_pandas = pd.read_parquet(folder, columns=["value", "year"])
    assert (len(by_pandas), by_pandas["value"].mean()) == (counted, pytest.approx(mean))
    assert set(by_pandas["year"].astype(int)) == {2015}
    by_polars = pl.scan_parquet(folder / "**/*.parquet", hive_partitioning=True)
    assert by_polars.select(pl.len(), pl.mean("value")).collect().row(0) == (counted, pytest.approx(mean))


def test_a_catalogue_has_a_view_of_every_table_with_meanings(warehouse: Warehouse, database_url: str) -> None:
    import duckdb

    write_parents(warehouse)
    write_readings(warehouse, 0)
    assert aquamind("lake", "catalogue", "--database", database_url).exit_code == 0
    write_readings(warehouse, 1)
    place = Path(database_url.removeprefix("parquet:///")) / "aquamind.duckdb"
    with duckdb.connect(str(place), read_only=True) as catalogue:
        assert catalogue.sql(f"SELECT count(*) FROM {READINGS}").fetchall() == [(60 * 96,)]
        assert catalogue.sql("SELECT count(*) FROM inventory_feedingevent").fetchall() == [(0,)]
        views = dict(catalogue.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
        assert views == {table.name: table.description for table in TABLES.values()}
        meaning = dict(
            catalogue.sql(
                f"SELECT column_name, comment FROM duckdb_columns() WHERE table_name = '{READINGS}'"
            ).fetchall()
        )
        assert meaning.keys() == TABLES[READINGS].by_name.keys()
        assert all(TABLES[READINGS].by_name[name].description in text for name, text in meaning.items())


@pytest.mark.slow
def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    """DuckDB takes paths for patterns: a name that is one finds other folders' files, or none."""
    import duckdb

    places = [tmp_path / name for name in ("a [x]", "a[y]*", "a '{b}'", "axb")]
    for number, place in enumerate(places):
        with open_warehouse(f"parquet:///{place}", "2025-08") as warehouse:
            warehouse.prepare()
            write_parents(warehouse)
            for chunk in range(number + 1):
                write_readings(warehouse, chunk)
    for number, place in enumerate(places):
        with open_warehouse(f"parquet:///{place}", "2025-08") as warehouse:
            warehouse.begin_reading()
            assert warehouse.query(f"SELECT count(DISTINCT id), count(*) FROM {READINGS}") == [
                ((number + 1) * 30 * 96,) * 2
            ]
        assert aquamind("lake", "catalogue", "--database", f"parquet:///{place}").exit_code == 0
        with duckdb.connect(str(place / "aquamind.duckdb"), read_only=True) as catalogue:
            assert catalogue.sql(f"SELECT count(*) FROM {READINGS}").fetchall() == [((number + 1) * 30 * 96,)]


def test_delta_tables_are_the_files_that_are_there(warehouse: Warehouse, database_url: str) -> None:
    import polars as pl
    from deltalake import DeltaTable

    write_parents(warehouse)
    write_readings(warehouse, 0)
    before = files(database_url)
    for version, count in enumerate((30, 60)):
        done = aquamind("lake", "delta", "--database", database_url, "--json")
        assert json.loads(done.stdout)[READINGS] == version
        assert files(database_url) == before
        folder = database_url.removeprefix("parquet:///") + "/" + READINGS
        table = DeltaTable(folder)
        assert table.to_pyarrow_table(columns=["id"]).num_rows == count * 96
        scanned = pl.scan_delta(folder).select(pl.len(), pl.mean("value"), pl.max("reading_time")).collect().row(0)
        found = warehouse.query(f"SELECT count(*), avg(value) FROM {READINGS}")[0]
        assert scanned[:2] == (found[0], pytest.approx(found[1]))
        assert {field.name for field in table.schema().fields} == {*TABLES[READINGS].by_name, "year"}
        assert aquamind("lake", "delta", "--database", database_url).exit_code == 0
        assert DeltaTable(folder).version() == version
        write_readings(warehouse, 1)
        before = files(database_url)


def test_only_a_lake_has_these_commands(tmp_path: Path) -> None:
    done = aquamind("lake", "delta", "--database", f"sqlite:///{tmp_path}/a.db")
    assert done.exit_code == 2
    assert "a lake is needed" in done.output


def test_snapshots_replace_old_commits(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "SNAPSHOT_EVERY", 5)
    late = open_warehouse(database_url, "2025-08")
    assert late.query("SELECT count(*) FROM lake_file") == [(0,)]
    write_parents(warehouse)
    write_all_chunks(warehouse)
    folder = Path(database_url.removeprefix("parquet:///")) / "_aquamind" / "log"
    assert len(list(folder.iterdir())) <= 13
    with open_warehouse(database_url, "2025-08") as reader, late:
        assert reader.manifest() == warehouse.manifest() == late.manifest() == reader.recount()


def test_a_damaged_file_is_named(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    assert warehouse.damage() == []
    folder = Path(database_url.removeprefix("parquet:///"))
    (name,) = [name for name in files(database_url) if name.startswith(READINGS)]
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 4] ^= 0xFF
    (folder / name).write_bytes(content)
    (fault,) = warehouse.damage() or []
    assert fault.startswith(name)
    with pytest.raises(DatabaseDamaged, match="damaged"):
        warehouse.recount()
    (folder / name).unlink()
    (fault,) = warehouse.damage() or []
    assert fault.startswith(name)


@pytest.mark.parametrize("content", [None, b"", b"not what was written"])
def test_a_file_that_is_missing_or_damaged_is_named_by_a_question(
    warehouse: Warehouse, database_url: str, content: bytes | None
) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    (name,) = [name for name in files(database_url) if name.startswith(READINGS)]
    path = Path(database_url.removeprefix("parquet:///"), name)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match=path.name):
        warehouse.query(f"SELECT count(*), max(value) FROM {READINGS}")


def test_a_folder_of_something_else_is_refused(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "notes.txt").write_text("mine")
    with (
        open_warehouse(database_url, "2025-08") as warehouse,
        pytest.raises(DatabaseRefused, match=r"such as notes\.txt"),
    ):
        warehouse.prepare()
    assert [file.name for file in tmp_path.rglob("*")] == ["lake", "notes.txt"]


def test_rows_of_a_lake_are_not_changed_by_statements(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    with pytest.raises(WarehouseError, match="written by the platform alone"):
        warehouse.database.execute("DELETE FROM batch_batch")


def test_what_a_dead_writer_left_is_removed(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    folder = Path(database_url.removeprefix("parquet:///"))
    left = folder / READINGS / "year=2015" / "2015-01-01-0123456789ab00.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"unfinished")
    unfinished = folder / "_aquamind" / "unfinished" / "0123456789ab" / "0.parquet"
    unfinished.parent.mkdir(parents=True)
    unfinished.write_bytes(b"unfinished")
    with open_warehouse(database_url, "2025-08") as reader:
        reader.begin_reading()
        assert reader.query(f"SELECT count(*) FROM {READINGS}") == [(0,)]
    warehouse.prepare()
    assert not left.exists()
    assert not unfinished.exists()


def test_living_rows_lie_in_the_years_of_their_ids(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    new = ids(year_days(2016).first, 2)
    rows = [batches(ids(FIRST, 2), "COMPLETED"), batches(new, "ACTIVE")]
    warehouse.write_living(ChunkKey("farm", 2016, 0), year_days(2016), "f", "run", ["batch_batch"], rows)
    found = [name.rpartition("/")[0] for name in files(database_url) if name.startswith("batch_batch/")]
    assert found == ["batch_batch/year=2015", "batch_batch/year=2016"]
    assert warehouse.manifest() == warehouse.recount()
    assert sum(1 for _ in parents()) == len(PARENT_TABLES)
