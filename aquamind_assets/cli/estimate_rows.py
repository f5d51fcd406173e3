"""The rows that a run would write, by asset and year.

The farm is simulated, which is quick. The rows of some years are counted; those of the years between follow the number
of container-days. Assets that look at the scenario alone are counted in every year.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from aquamind_assets.cli.contents import FIXED
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.timeline import LOWEST_PLATFORM_ID, DayRange, id_range, year_days

COUNTED_YEARS = 3
FOLLOW_FISH = ("batch", "inventory", "health")
"""Groups whose rows go with the number of container-days; the others' go with time."""

DENSE = "environmental_readings"
"""The recorder with by far the most rows, each day much like the next: twelve days of a year are counted."""


def expected_rows(platform: Platform, years: Sequence[int]) -> dict[str, dict[int, int]]:
    """Rows of each asset in each year, and under :data:`FIXED` those of no year; the ledgers are stored."""
    weights = {year: float(len(platform.ledgers.ledger(year).container_days)) for year in years}
    counted = {year: _count(platform, year, list(platform.recorders)) for year in _spread(years)}
    counted |= {year: _count(platform, year, BEFORE_THE_FARM) for year in years if year not in counted}
    expected = {}
    for asset, recorder in platform.recorders.items():
        follows = weights if recorder.group in FOLLOW_FISH else dict.fromkeys(years, 1.0)
        expected[asset] = _between({year: rows[asset] for year, rows in counted.items() if asset in rows}, follows)
        if fixed := _fixed_rows(recorder, platform, years[0]):
            expected[asset][FIXED] = fixed
    return expected


def _count(platform: Platform, year: int, assets: Sequence[str]) -> dict[str, int]:
    recorders = [platform.recorders[asset] for asset in assets]
    return {recorder.asset: _rows_of(recorder, platform.inputs_for(recorder, year)) for recorder in recorders}


def _fixed_rows(recorder: Recorder, platform: Platform, year: int) -> int:
    if recorder.asset not in BEFORE_THE_FARM or recorder.kind != "living":
        return 0
    alive = recorder.rows_alive(platform.inputs_for(recorder, year))
    return sum(int((rows.ids < LOWEST_PLATFORM_ID).sum()) for rows in alive)


def _spread(years: Sequence[int]) -> list[int]:
    """The first, the last and what lies evenly between."""
    places = np.linspace(0, len(years) - 1, min(COUNTED_YEARS, len(years))).round().astype(int)
    return [years[place] for place in np.unique(places)]


def _rows_of(recorder: Recorder, inputs: YearInputs) -> int:
    """Rows of a year: all of them counted, but for the dense recorder."""
    if recorder.kind == "living":
        low = year_days(inputs.year)
        return sum(_of_year(rows.ids, low) for rows in recorder.rows_alive(inputs))
    whole = inputs.days
    if recorder.asset != DENSE:
        return sum(rows.size for rows in recorder.rows_of_days(inputs, whole))
    days = np.unique(np.linspace(whole.first, whole.end - 1, 12).astype(int))
    sample = [
        sum(rows.size for rows in recorder.rows_of_days(inputs, DayRange(int(day), int(day) + 1))) for day in days
    ]
    return int(np.mean(sample) * len(whole))


def _of_year(ids: np.ndarray, days: DayRange) -> int:
    """How many of the ids are of rows that began in this year: living rows are written again every year, but are there
    once."""
    wide, narrow = id_range(days), id_range(days, narrow=True)
    low, high = wide if ids.size and ids.max() > narrow[1] else narrow
    return int(((ids >= low) & (ids < high)).sum())


def _between(counted: Mapping[int, int], weights: Mapping[int, float]) -> dict[int, int]:
    """Rows of all years: as counted, else by the year's weight times what lies between the counted years' rows for a
    weight of 1."""
    known = sorted(counted)
    per_day = [counted[year] / max(weights[year], 1) for year in known]
    return {
        year: counted[year] if year in counted else round(float(np.interp(year, known, per_day)) * weight)
        for year, weight in weights.items()
    }
