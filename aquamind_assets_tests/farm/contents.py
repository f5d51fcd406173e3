"""What a history says, without the numbers that rows have: to compare histories of farms that differ in what there is.

A row's id counts the rows before it, so it is not part of what the row says; a reference to a row stands for what that
row says.
"""

from collections.abc import Collection, Iterable, Iterator
from graphlib import TopologicalSorter

import numpy as np
import pandas as pd

from aquamind_assets.ledger.ledgers import FRAMES
from aquamind_assets.records.environmental.sensor_faults import reading_faults
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.streams import Groups
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange
from aquamind_assets_tests.records.histories import Simulated, Table, inputs_of, rows_of
from aquamind_assets_tests.release_2025_08 import RECORDERS, TABLES

READINGS = DayRange(210, 216)
"""Days of the last year whose readings are compared: of two chunks."""

Contents = dict[str, pd.DataFrame]
"""Table or frame to what its rows say."""


def contents(farm: Simulated, leave_out: Collection[str] = ()) -> Contents:
    """What the climate, ledger, sensor faults and AquaMind's rows of all years of a farm say; nothing of what
    ``leave_out`` names, columns such as ``feed.supplier``."""
    found: dict[str, list[pd.DataFrame]] = {}
    years = inputs_of(farm)
    for year in years:
        for name, frame in _frames(year, last=year is years[-1]):
            found.setdefault(name, []).append(frame[[one for one in frame if f"{name}.{one}" not in leave_out]])
    _record(years, found, leave_out)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def lacking(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``ours`` that ``theirs`` does not have, each as often as it does not."""
    one, other = (pd.util.hash_pandas_object(frame[list(ours)], index=False).to_numpy() for frame in (ours, theirs))
    order = np.argsort(one, kind="stable")
    _, first, inverse = np.unique(one[order], return_index=True, return_inverse=True)
    rank = np.arange(one.size) - first[inverse]
    kinds, counts = np.unique(other, return_counts=True)
    place = np.minimum(np.searchsorted(kinds, one[order]), max(kinds.size - 1, 0))
    there = np.where(kinds[place] == one[order], counts[place], 0) if kinds.size else np.zeros(one.size)
    return ours.iloc[np.sort(order[rank >= there])]


def _frames(year: YearInputs, *, last: bool) -> Iterator[tuple[str, pd.DataFrame]]:
    """The ledger, the climate, and in the last year the truth about its readings, with names for rows of places and of
    the scenario's lists."""
    built, scenario = year.infrastructure, year.scenario
    names: dict[str, np.ndarray] = {
        "container": _keys(built.container_draws),
        "from_container": _keys(built.container_draws),
        "to_container": _keys(built.container_draws),
        "site": _keys(built.site_draws),
        "station": _keys(built.station_draws),
        "geography": _keys(built.geography_draws),
        "feed_container": _keys(built.feed_container_draws),
        "sensor": _keys(built.sensor_draws),
        "disease": _or_none(one.key for one in scenario.health.diseases),
        "method": _or_none(one.key for one in scenario.health.treatments),
        "vaccine": _or_none(one.key for one in scenario.health.vaccines),
        "supplier": _or_none(scenario.feed.suppliers),
    }
    numbers = dict(zip(year.lives.batches.batch_id.tolist(), year.lives.batches.number.tolist(), strict=True))
    frames = {name: getattr(year.ledger, name) for name in FRAMES} | {"site_days": year.climate}
    if last:
        first = year.days.first
        frames["sensor_faults"] = reading_faults(year, DayRange(first + READINGS.first, first + READINGS.end))
    for name, frame in frames.items():
        columns = {}
        for column, values in frame.columns().items():
            if column in names and values.dtype != object:
                columns[column] = names[column][values.astype(np.int64)]
            elif column in ("batch_id", "source_batch", "mixed_batch"):
                columns[column] = np.array([numbers[batch] for batch in values.tolist()], dtype=object)
            elif not column.endswith(("_id", "_assignment")) and column != "handled_by":
                columns[column] = values
        yield f"ledger.{name}", pd.DataFrame(columns)


def _keys(draws: Groups) -> np.ndarray:
    return _or_none(f"{draws.names[group]}#{place}" for group, place in zip(draws.group, draws.place, strict=True))


def _or_none(names: Iterable[str]) -> np.ndarray:
    """Names by row; the last one, reached by -1, is of no row."""
    return np.array([*names, "-"], dtype=object)


def _record(years: list[YearInputs], found: dict[str, list[pd.DataFrame]], leave_out: Collection[str]) -> None:
    said: dict[str, dict[int, int]] = {}
    for recorder in _in_order():
        for year in years:
            if recorder.asset == "environmental_readings":
                first = year.days.first
                days = DayRange(first + READINGS.first, first + READINGS.end)
                blocks = list(recorder.rows_of_days(year, days)) if year is years[-1] else []
            else:
                blocks = rows_of(recorder, year)
            for table in recorder.tables:
                ids, frame = _said(table, blocks, said, leave_out)
                if len(frame):
                    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
                    said.setdefault(table, {}).update(zip(ids.tolist(), hashes.tolist(), strict=True))
                    found.setdefault(table, []).append(frame)


def _said(
    table: str, blocks: list[Rows], said: dict[str, dict[int, int]], leave_out: Collection[str]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Ids of a table's rows, and what the rows say."""
    rows, spec = Table(table, blocks), TABLES[table]
    columns = {}
    for column in spec.columns:
        if column.name in ("id", "history_id") or f"{table}.{column.name}" in leave_out:
            continue
        values = rows[column.name]
        if column.references is not None:
            known = said.get(column.references, {})
            unique, inverse = np.unique(values.astype(np.int64), return_inverse=True)
            values = np.array([known[one] if one != -1 else 0 for one in unique.tolist()], dtype=np.uint64)[inverse]
        columns[column.name] = values
    return rows["id"].astype(np.int64), pd.DataFrame(columns)


def _in_order() -> list[Recorder]:
    """The recorders, each after those whose rows its rows refer to."""
    upstream = {recorder.asset: recorder.upstream for recorder in RECORDERS.values()}
    return [RECORDERS[asset] for asset in TopologicalSorter(upstream).static_order()]
