"""Simulated decades for the tests, and the tables that recorders write, as pandas frames."""

from functools import lru_cache

import numpy as np
import pandas as pd

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.tables.rows import Rows
from aquamind_assets_tests.records.histories import inputs_of, rows_of, simulated
from aquamind_assets_tests.release_2025_08 import RECORDERS


@lru_cache(maxsize=2)
def decade(preset: str) -> tuple[YearInputs, ...]:
    """Return the inputs of all years of a preset, each with the later state of its rows at the end of the last year."""
    return tuple(inputs_of(simulated(load_scenario(preset))))


@lru_cache(maxsize=64)
def tables(preset: str, asset: str) -> dict[str, pd.DataFrame]:
    """Return the tables of one asset after all years have been written in order: id to row, in stored units (see
    :func:`as_frame`)."""
    recorder = RECORDERS[asset]
    written: dict[str, list[pd.DataFrame]] = {table: [] for table in recorder.tables}
    for year in decade(preset):
        for block in rows_of(recorder, year):
            written[block.table].append(as_frame(block))
        gone = recorder.gone(year) if recorder.gone else {}
        for table, ids in gone.items():
            written[table] = [frame[~frame.index.isin(ids)] for frame in written[table]]
    return {
        table: _last_written(pd.concat(frames)) if recorder.kind == "living" else pd.concat(frames)
        for table, frames in written.items()
    }


def _last_written(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows.index.duplicated(keep="last")].sort_index()


def as_frame(block: Rows) -> pd.DataFrame:
    """Return rows as a frame indexed by id: numerics as integers in their last decimal, dates as day numbers, instants
    as microseconds, text as text; NULL is <NA>."""
    columns = {}
    for name, column in block.columns.items():
        values = np.broadcast_to(column.values, (block.size,))
        if column.labels is not None:
            values = np.array(column.labels, dtype=object)[values]
        null = np.zeros(block.size, dtype=bool) if column.null is None else np.broadcast_to(column.null, (block.size,))
        series = pd.Series(values, dtype="object" if column.labels is not None else "Int64")
        columns[name] = series.mask(null, pd.NA)
    return pd.DataFrame(columns).set_index(pd.Index(block.ids, name="row"))
