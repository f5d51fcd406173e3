"""Later years update rows that change over their life, and no row depends on later days than the simulated ones."""

from dataclasses import replace

import pandas as pd
import pytest

from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, year_days
from aquamind_assets_tests.records.decades import as_frame, decade, tables
from aquamind_assets_tests.records.histories import inputs_of, rows_of, simulated
from aquamind_assets_tests.release_2025_08 import RECORDERS

LIVING = ["feed_purchases", "feed_stock", "treatments", "lab_samples", "journal", "reference_data"]


@pytest.mark.parametrize("asset", LIVING)
def test_writing_each_year_once_gives_the_same_rows(asset):
    """Each year is written while it is the latest, and never again."""
    recorder = RECORDERS[asset]
    found: dict[str, pd.DataFrame] = {}
    for year in decade("tiny"):
        then = replace(year, lives=lives_of([year.ledger]))
        gone = recorder.gone(then) if recorder.gone else {}
        for table in recorder.tables:
            written = [as_frame(block) for block in rows_of(recorder, then) if block.table == table]
            now = pd.concat([*([found[table]] if table in found else []), *written])
            now = now[~now.index.duplicated(keep="last")]
            found[table] = now[~now.index.isin(gone.get(table, []))].sort_index()
    for table, frame in tables("tiny", asset).items():
        pd.testing.assert_frame_equal(found[table], frame.sort_index())


@pytest.fixture(scope="module")
def half_a_year() -> YearInputs:
    """The sixth year of tiny, simulated to its middle."""
    scenario = load_scenario("tiny")
    year = scenario.first_year + 5
    return inputs_of(simulated(scenario, year, year_days(year).first + 181))[-1]


@pytest.mark.parametrize("asset", ["feed_stock", "lab_samples", "journal", "treatments"])
def test_rows_of_half_a_year_hold_no_later_days(asset, half_a_year):
    for block in rows_of(RECORDERS[asset], half_a_year):
        frame = as_frame(block)
        assert len(frame)
        for name, column in block.columns.items():
            if column.spec.kind in ("date", "timestamptz"):
                unit = 1 if column.spec.kind == "date" else MICROSECONDS_PER_DAY
                assert (frame[name].dropna() // unit <= half_a_year.lives.through).all(), (block.table, name)
