"""All recorders: valid rows, one asset for each table, unique ids, references to existing rows, no order."""

import numpy as np
import pytest

from aquamind_assets.tables.releases import tables_of
from aquamind_assets.timeline import chunks_of, id_range, year_days
from aquamind_assets_tests.records.histories import between, digests
from aquamind_assets_tests.records.release_2026_03.conftest import RECORDERS, RELEASE, History

READINGS = "environmental_readings"
CHUNKED = [name for name, recorder in RECORDERS.items() if recorder.kind == "chunked"]
LIVING = [name for name, recorder in RECORDERS.items() if recorder.kind == "living"]
ODD_CUTS = [0, 1, 17, 30, 31, 200, 289]


def test_every_table_has_one_asset_and_the_schema_names_it() -> None:
    makers = [(table, recorder.asset) for recorder in RECORDERS.values() for table in recorder.tables]
    assert len(makers) == len(dict(makers))
    described = tables_of(RELEASE)
    assert {table: described[table].made_by for table in dict(makers)} == dict(makers)


def test_upstream_assets_come_first() -> None:
    names: list[str] = []
    for name, recorder in RECORDERS.items():
        assert set(recorder.upstream) <= set(names), name
        names.append(name)


@pytest.mark.parametrize("name", [name for name in RECORDERS if name != READINGS])
def test_recorders_write_exactly_their_tables(name: str, today: History) -> None:
    tables = {block.table for year in today.years for block in today.blocks(name, year) if len(block)}
    assert tables == set(RECORDERS[name].tables)


@pytest.mark.parametrize("name", [name for name in CHUNKED if name != READINGS])
def test_ids_of_events_are_unique_and_of_their_chunk(name: str, today: History) -> None:
    for table in RECORDERS[name].tables:
        ids = [block.ids for year in today.years for block in today.blocks(name, year) if block.table == table]
        assert np.unique(np.concatenate(ids)).size == sum(map(len, ids)), table
    year = today.years[3]
    for chunk in chunks_of(year.year, year.ledger.through):
        for block in RECORDERS[name].rows_of_days(year, chunk.days):
            low, high = id_range(chunk.days, narrow=block.spec.narrow_id)
            assert not len(block) or low <= block.ids.min() <= block.ids.max() < high, block.table


@pytest.mark.slow
@pytest.mark.parametrize("name", CHUNKED)
def test_events_do_not_depend_on_how_days_are_cut(name: str, today: History) -> None:
    year = today.years[4]
    days = year_days(year.year)
    whole = digests(between(RECORDERS[name], year, [days.first, days.end]))
    assert digests(between(RECORDERS[name], year, [*(days.first + cut for cut in ODD_CUTS), days.end])) == whole


@pytest.mark.slow
@pytest.mark.parametrize("name", LIVING)
def test_living_rows_do_not_depend_on_the_year_that_writes_them(name: str, today: History) -> None:
    rows: dict[tuple[str, int], int] = {}
    for year in today.years[2:6]:
        for block in today.blocks(name, year):
            for position, one in enumerate(block.ids.tolist()):
                content = digests([block.take(slice(position, position + 1))])[block.table][1]
                assert rows.setdefault((block.table, one), content) == content, (block.table, one)


def test_every_reference_points_to_a_row(today: History) -> None:
    blocks = [
        block for name in RECORDERS if name != READINGS for year in today.years for block in today.blocks(name, year)
    ]
    if READINGS in RECORDERS:
        blocks += list(RECORDERS[READINGS].rows_of_days(today.years[2], chunks_of(2017)[3].days))
    ids: dict[str, np.ndarray] = {}
    for block in blocks:
        ids[block.table] = np.union1d(ids.get(block.table, np.zeros(0, dtype=np.int64)), block.ids)
    for block in blocks:
        for column in block.spec.columns:
            if column.references is None or column.name == block.spec.id_column:
                continue
            stored = block.columns[column.name]
            values = np.atleast_1d(stored.values)
            known = np.atleast_1d(stored.null) if stored.null is not None else np.zeros(values.shape, dtype=bool)
            missing = values[~known]
            assert np.isin(missing, ids.get(column.references, [])).all(), f"{block.table}.{column.name}"
