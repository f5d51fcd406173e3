"""The rows do not depend on how days are cut, nor on how far the farm had been simulated when an earlier year was written."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.ledger import Ledger
from aquamind_assets.records.inputs import YearInputs, lives_of
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.timeline import DayRange, id_range
from aquamind_assets.warehouse.tables import TABLES
from aquamind_assets_tests.records.decades import as_frame, blocks, decade, tables

EVENTS = ["feeding_events", "feeding_summaries", "lice_counts", "health_samplings", "mortality"]
LIVING = ["feed_purchases", "feed_stock", "treatments", "lab_samples", "journal", "reference_data"]


def _rows(asset: str, year: YearInputs, ranges: list[DayRange]) -> dict[str, pd.DataFrame]:
    recorder = RECORDERS[asset]
    found: dict[str, list[pd.DataFrame]] = {table: [] for table in recorder.tables}
    for days in ranges:
        for block in recorder.rows_of_days(year, days):
            found[block.table].append(as_frame(block))
    return {table: pd.concat(frames).sort_index() for table, frames in found.items()}


@pytest.mark.parametrize("asset", EVENTS)
def test_cutting_the_days_changes_no_row(asset):
    year = decade("tiny")[3]
    first, end = year.days.first, year.days.end
    whole = _rows(asset, year, [year.days])
    cuts = [first, first + 1, first + 30, first + 31, first + 59, first + 200, end - 3, end]
    parts = _rows(asset, year, [DayRange(low, high) for low, high in pairwise(cuts)])
    for table, frame in whole.items():
        assert len(frame), table
        pd.testing.assert_frame_equal(frame, parts[table])


@pytest.mark.parametrize("asset", EVENTS)
def test_ids_lie_on_the_days_they_are_written_with(asset):
    year = decade("tiny")[4]
    days = DayRange(year.days.first + 60, year.days.first + 90)
    for table, frame in _rows(asset, year, [days]).items():
        low, high = id_range(days, narrow=TABLES[table].narrow_id)
        assert frame.index.is_unique
        assert ((frame.index >= low) & (frame.index < high)).all(), table


@pytest.mark.parametrize("asset", LIVING)
def test_writing_year_by_year_as_time_goes_on_ends_in_the_same_rows(asset):
    """Each year written when it was the latest, never again: the later years bring its living rows up to date."""
    recorder = RECORDERS[asset]
    found: dict[str, pd.DataFrame] = {}
    for year in decade("tiny"):
        then = replace(year, lives=lives_of([year.ledger]))
        for table in recorder.tables:
            written = [as_frame(block) for block in blocks(recorder, then) if block.table == table]
            now = pd.concat([*([found[table]] if table in found else []), *written])
            gone = recorder.gone(then).get(table, []) if recorder.gone else []
            now = now[~now.index.duplicated(keep="last")]
            found[table] = now[~now.index.isin(gone)].sort_index()
    for table, frame in tables("tiny", asset).items():
        pd.testing.assert_frame_equal(found[table], frame.sort_index(), check_names=False)


@pytest.mark.parametrize("asset", ["lab_samples", "journal", "treatments"])
def test_nothing_of_tomorrow_is_known_in_the_middle_of_a_year(asset):
    """Written as of the middle of a year, no row names a later day."""
    year = decade("tiny")[5]
    middle = year.days.first + 181
    ledger = _until(year, middle)
    then = replace(year, ledger=ledger, lives=lives_of([ledger]))
    for block in blocks(RECORDERS[asset], then):
        frame = as_frame(block)
        for column in frame.columns:
            kind = block.columns[column].spec.kind
            if kind in ("date", "timestamptz"):
                unit = 1 if kind == "date" else 86_400_000_000
                assert (frame[column].dropna() // unit <= middle).all(), (block.table, column)


def _until(year: YearInputs, day: int) -> Ledger:
    years = decade("tiny")
    state = None
    for earlier in years[:5]:
        _, state = simulate_year(earlier.scenario, earlier.infrastructure, earlier.climate, state, earlier.year)
    return simulate_year(year.scenario, year.infrastructure, year.climate, state, year.year, through=day)[0]
