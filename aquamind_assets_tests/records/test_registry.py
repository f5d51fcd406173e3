"""All recorders on a simulated history: valid rows, one asset for each table, unique ids, references to existing
rows."""

import numpy as np
import pytest

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import CHUNK_DAYS, chunks_of, id_range, year_days
from aquamind_assets_tests.records.histories import between, digests, inputs_of, rows_of, simulated
from aquamind_assets_tests.release_2025_08 import RECORDERS, TABLES

CHUNKED = [name for name, recorder in RECORDERS.items() if recorder.kind == "chunked"]
LIVING = [name for name, recorder in RECORDERS.items() if recorder.kind == "living"]
ODD_CUTS = [0, 1, 17, 30, 31, 200, 289]


@pytest.fixture(scope="module")
def written(history: list[YearInputs]) -> dict[str, dict[int, list[Rows]]]:
    """All rows of all years except the readings, by asset and year."""
    return {
        name: {year.year: rows_of(recorder, year) for year in history}
        for name, recorder in RECORDERS.items()
        if name != "environmental_readings"
    }


@pytest.fixture(scope="module")
def running(history: list[YearInputs]) -> YearInputs:
    """The fourth year, of which a little more than three chunks are simulated."""
    year = history[3]
    return inputs_of(simulated(year.scenario, year.year, year_days(year.year).first + 3 * CHUNK_DAYS + 11))[-1]


def test_every_table_has_one_asset_and_the_schema_names_it() -> None:
    makers = [(table, recorder.asset) for recorder in RECORDERS.values() for table in recorder.tables]
    assert len(makers) == len(dict(makers))
    assert {table: spec.made_by for table, spec in TABLES.items() if table in dict(makers)} == dict(makers)


def test_upstream_assets_come_first() -> None:
    names = list(RECORDERS)
    for recorder in RECORDERS.values():
        assert all(upstream in names for upstream in recorder.upstream), recorder.asset


def test_recorders_write_exactly_their_tables(written: dict[str, dict[int, list[Rows]]]) -> None:
    for name, years in written.items():
        tables = {block.table for blocks in years.values() for block in blocks if len(block)}
        assert tables == set(RECORDERS[name].tables), name


@pytest.mark.parametrize("name", [name for name in CHUNKED if name != "environmental_readings"])
def test_ids_of_events_are_unique_and_of_their_chunk(
    name: str, history: list[YearInputs], written: dict[str, dict[int, list[Rows]]]
) -> None:
    for table in RECORDERS[name].tables:
        ids = np.concatenate(
            [block.ids for blocks in written[name].values() for block in blocks if block.table == table]
        )
        assert np.unique(ids).size == ids.size
    year = history[3]
    for chunk in chunks_of(year.year, year.ledger.through):
        for block in RECORDERS[name].rows_of_days(year, chunk.days):
            low, high = id_range(chunk.days, narrow=block.spec.narrow_id)
            assert not len(block) or low <= block.ids.min() <= block.ids.max() < high, block.table


@pytest.mark.parametrize("name", CHUNKED)
def test_events_do_not_depend_on_how_days_are_cut(name: str, history: list[YearInputs]) -> None:
    year = history[4]
    days = year_days(year.year)
    whole = digests(between(RECORDERS[name], year, [days.first, days.end]))
    assert digests(between(RECORDERS[name], year, [*(days.first + cut for cut in ODD_CUTS), days.end])) == whole


@pytest.mark.parametrize("name", CHUNKED)
def test_past_days_do_not_change(name: str, history: list[YearInputs], running: YearInputs) -> None:
    """The rows of an unfinished year are those of the whole year for the same days."""
    year = history[3]
    borders = [running.days.first, running.days.end]
    assert digests(between(RECORDERS[name], running, borders)) == digests(between(RECORDERS[name], year, borders))


@pytest.mark.parametrize("name", LIVING)
def test_living_rows_do_not_depend_on_the_year_that_writes_them(
    name: str, history: list[YearInputs], written: dict[str, dict[int, list[Rows]]]
) -> None:
    rows: dict[tuple[str, int], int] = {}
    for year in history[2:6]:
        for block in written[name][year.year]:
            for position, one in enumerate(block.ids.tolist()):
                content = digests([block.take(slice(position, position + 1))])[block.table][1]
                assert rows.setdefault((block.table, one), content) == content, (block.table, one)


def test_every_reference_points_to_a_row(history: list[YearInputs], written: dict[str, dict[int, list[Rows]]]) -> None:
    blocks = [block for years in written.values() for made in years.values() for block in made]
    blocks += list(RECORDERS["environmental_readings"].rows_of_days(history[2], chunks_of(2017)[3].days))
    ids: dict[str, np.ndarray] = {}
    for block in blocks:
        ids[block.table] = np.union1d(ids.get(block.table, np.zeros(0, dtype=np.int64)), block.ids)
    for block in blocks:
        for column in block.spec.foreign_keys:
            stored = block.columns[column.name]
            values = np.atleast_1d(stored.values)
            known = np.atleast_1d(stored.null) if stored.null is not None else np.zeros(values.shape, dtype=bool)
            assert column.references is not None
            assert np.isin(values[~known], ids[column.references]).all(), f"{block.table}.{column.name}"


def test_history_is_the_same_when_simulated_again() -> None:
    scenario = load_scenario("tiny")
    first = inputs_of(simulated(scenario, 2016))[-1]
    infrastructure = build(scenario)
    *_, year = simulate_years(scenario, infrastructure, [2015, 2016])
    again = year.inputs(scenario, infrastructure)
    for name in ("batches", "growth_samples", "mortality", "transfers"):
        assert digests(rows_of(RECORDERS[name], first)) == digests(rows_of(RECORDERS[name], again))
