"""Random rows for any table: every kind of column, also at its limits, and NULL in nullable columns."""

import json

import numpy as np

from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrow_row_ids, row_ids, year_days
from aquamind_assets_tests.release_2025_08 import TABLES

WORDS = ("", "a", "Gill disease", "blíð ferð", "tab\tand\nline", 'it\'s \\ "quoted"', "鮭", "x" * 90)
DAY = year_days(2015).first


def random_rows(table: str, size: int, seed: int) -> Rows:
    """Return ``size`` rows, the same for the same seed; their references are dangling."""
    generator = np.random.default_rng(seed)
    spec = TABLES[table]
    columns = {}
    for column in spec.columns:
        if column.identity:
            columns[column.name] = (narrow_row_ids if spec.narrow_id else row_ids)(
                np.full(size, DAY), generator.permutation(size)
            )
            continue
        if column.name == spec.time_column:
            columns[column.name] = DAY * MICROSECONDS_PER_DAY + generator.integers(0, MICROSECONDS_PER_DAY, size)
            continue
        if column.nullable and generator.random() < 0.2:
            columns[column.name] = None
            continue
        values = _values(column, 1 if generator.random() < 0.2 else size, generator)
        several = isinstance(values, Coded) or np.ndim(getattr(values, "units", values)) == 1
        if column.nullable and several and generator.random() < 0.7:
            mask = generator.random(size) < generator.choice([0.02, 0.5, 1.0])
            if isinstance(values, Coded):
                values = Coded(np.where(mask, -1, values.codes), values.labels)
            elif isinstance(values, Scaled):
                values = Scaled(np.ma.masked_array(values.units, mask))
            else:
                values = np.ma.masked_array(values, mask)
        columns[column.name] = values
    return rows(TABLES[table], size, **columns)


def _values(column: ColumnSpec, size: int, generator: np.random.Generator) -> object:
    low = 0 if column.minimum is None else column.minimum
    match column.kind:
        case "numeric":
            assert column.precision is not None
            unit = 10 ** (column.scale or 0)
            high = 10**column.precision - 1 if column.maximum is None else int(column.maximum * unit)
            smallest = -high if column.minimum is None and column.maximum is None else round(low * unit)
            some = generator.integers(smallest, high, size, endpoint=True)
            some = np.where(
                generator.random(size) < 0.2,
                generator.choice([smallest, high, max(0, smallest), max(1, smallest)], size),
                some,
            )
            return Scaled(_once(some))
        case "boolean":
            return _once(generator.random(size) < 0.5)
        case "date":
            return _once(generator.integers(0, 40_000, size))
        case "time":
            return _once(generator.integers(0, MICROSECONDS_PER_DAY, size))
        case "timestamptz":
            whole = generator.integers(-(10**9), 4 * 10**9, size)
            return _once(whole * 1_000_000 + generator.choice([0, 1, 500_000, 999_999], size))
        case "jsonb":
            labels = [
                json.dumps({"b": number, "aa": [1.5, None, True], word: word}) for number, word in enumerate(WORDS)
            ]
            return Coded(generator.integers(0, len(labels), size), labels) if size > 1 else labels[0]
        case "varchar" | "text":
            longest = column.max_length or 200
            labels = list(column.choices) or [word[:longest] for word in WORDS if word or not column.non_empty]
            return Coded(generator.integers(0, len(labels), size), labels) if size > 1 else labels[0]
        case _:
            largest = {"smallint": 2**15, "integer": 2**31, "bigint": 2**60}[column.kind] - 1
            high = largest if column.maximum is None else int(column.maximum)
            return _once(generator.integers(int(low), high, size, endpoint=True))


def _once(values: np.ndarray) -> np.ndarray:
    return values[0] if values.size == 1 else values
