"""One column of rows in its stored units, checked against the description of the table.

Whatever a recorder hands over (floats, dates, flags, coded text) becomes 64-bit integers here: numerics in units of
their last decimal, dates as day numbers, instants and times as microseconds, flags as 0 and 1, UUIDs as the ids in
them, text as positions in a list of labels. Encoders and digests work on nothing else.

Belongs here: values of one column. Does not belong here: whole rows (``rows``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

from aquamind_assets.tables.json_text import canonical
from aquamind_assets.tables.schema import INTEGER_LIMITS, ColumnSpec
from aquamind_assets.tables.uuids import LARGEST
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

TEXT_KINDS = frozenset({"varchar", "text", "jsonb"})

DECIMAL_KINDS = frozenset({"numeric", "double"})
"""Kinds that are stored as integers in units of their last decimal."""


class RowsError(ValueError):
    """A value does not fit its column; the message names ``table.column``, the value and the allowed values."""


@dataclass(frozen=True)
class Coded:
    """Repeated text: ``labels[codes[i]]`` is the text of row i; a negative or masked code is NULL.

    Attributes:
        codes: integers, shape (size,).
        labels: the texts.
    """

    codes: np.ndarray
    labels: Sequence[str]


@dataclass(frozen=True)
class Scaled:
    """Values of a numeric column that are already integers in units of its last decimal, such as cents.

    Attributes:
        units: int64, shape (size,) or a single integer; may be masked.
    """

    units: Any


@dataclass(frozen=True, eq=False)
class Stored:
    """A column in stored units.

    Attributes:
        spec: the column it is for.
        values: integers, shape (size,), or () if all rows have the same value; of text, positions in ``labels``.
        null: where the value is NULL, bool of the same shape; None if it is NULL nowhere. ``values`` are then 0.
        labels: the texts of a text column, else None.
    """

    spec: ColumnSpec
    values: np.ndarray
    null: np.ndarray | None
    labels: tuple[str, ...] | None

    @property
    def constant(self) -> bool:
        """Whether all rows have the same value."""
        return self.values.ndim == 0

    @property
    def all_null(self) -> bool:
        """Whether the value is NULL in every row, stored once for all of them."""
        return self.constant and self.null is not None

    def take(self, rows: slice | np.ndarray) -> "Stored":
        """Return the column of some rows: a slice (no copy), a boolean mask or positions."""
        if self.constant:
            return self
        null = None if self.null is None else self.null[rows]
        return Stored(self.spec, self.values[rows], null if null is not None and null.any() else None, self.labels)


def stored(table: str, spec: ColumnSpec, value: Any, size: int) -> Stored:
    """Return ``value`` (see ``rows.rows`` for what is accepted) as a stored column of ``size`` rows.

    Raises:
        RowsError: the value has another length or type, is NULL in a NOT NULL column, or is outside the allowed values.
    """
    column = _Check(f"{table}.{spec.name}", spec)
    if value is None:
        column.refuse_null()
        return Stored(
            spec, np.int64(0) + np.zeros((), np.int64), np.ones((), bool), ("",) if spec.kind in TEXT_KINDS else None
        )
    if spec.kind in TEXT_KINDS:
        codes, null, labels = _text(column, value)
    else:
        codes, null, labels = *_numbers(column, value), None
    if codes.ndim not in (0, 1) or (codes.ndim == 1 and codes.size != size):
        raise RowsError(f"{column.place} has shape {codes.shape}; expected ({size},) or a single value")
    if null is not None:
        column.refuse_null()
        codes = np.where(null, 0, codes)
        if codes.ndim and null.all():
            codes, null = codes[0], null[0]
        labels = labels or (("",) if labels is not None else None)
    if labels is not None:
        column.check_labels(codes, null, labels)
    elif codes.size:
        column.check_range(codes)
    return Stored(spec, np.asarray(codes), None if null is None else np.asarray(null), labels)


def _split_mask(value: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Return data and mask of an array that may be masked; the mask is None if nothing is masked."""
    if isinstance(value, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(value)
        return value.data, mask if mask.any() else None
    return np.asarray(value), None


def _text(column: "_Check", value: Any) -> tuple[np.ndarray, np.ndarray | None, tuple[str, ...]]:
    """Return codes, mask and labels of a text column."""
    if isinstance(value, Coded):
        codes, masked = _split_mask(value.codes)
        if codes.dtype.kind not in "iu":
            raise RowsError(f"{column.place}: codes are {codes.dtype}; expected integers")
        labels = tuple(value.labels)
        null = codes < 0 if masked is None else masked | (codes < 0)
        if codes.size and codes.max() >= len(labels):
            raise RowsError(f"{column.place}: code {codes.max()} has no label; there are {len(labels)}")
        codes = codes.astype(np.int64, copy=False)
    else:
        data, masked = _split_mask(value)
        if data.ndim == 0:
            codes, labels = np.zeros((), np.int64), (data.item(),)
            null = np.zeros((), bool) if masked is None else masked
        else:
            objects = data.astype(object)
            if masked is not None:
                objects[masked] = None
            codes, found = pd.factorize(objects)
            labels, null = tuple(found), codes < 0
    if column.spec.kind == "jsonb":
        labels = tuple(column.json(label) for label in labels)
    return codes, null if null.any() else None, labels


def _numbers(column: "_Check", value: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Return stored units and mask of a column that is not text."""
    kind, scale = column.spec.kind, column.spec.scale
    if isinstance(value, Scaled):
        if kind not in DECIMAL_KINDS:
            raise RowsError(f"{column.place} is {kind}; Scaled is for numeric columns")
        return _integers(column, *_split_mask(value.units))
    if isinstance(value, date):
        value = np.datetime64(
            value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value
        )
    data, masked = _split_mask(value)
    if data.dtype.kind == "M":
        units = {"date": "datetime64[D]", "timestamptz": "datetime64[us]"}
        if kind not in units:
            raise RowsError(f"{column.place} is {kind}; a date was given")
        return _integers(column, data.astype(units[kind]).astype(np.int64), masked)
    if kind in DECIMAL_KINDS:
        assert scale is not None
        if data.dtype.kind in "iu":
            return data.astype(np.int64) * 10**scale, masked
        if data.dtype.kind != "f":
            raise RowsError(f"{column.place} is {data.dtype}; expected numbers")
        return column.round(data if masked is None else np.where(masked, 0.0, data), scale), masked
    return _integers(column, data, masked)


def _integers(column: "_Check", data: np.ndarray, masked: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    if data.dtype.kind not in ("biu" if column.spec.kind == "boolean" else "iu"):
        raise RowsError(
            f"{column.place} is {data.dtype}; expected integers{' or flags' if column.spec.kind == 'boolean' else ''}"
        )
    return data.astype(np.int64, copy=False), masked


@dataclass(frozen=True)
class _Check:
    """Checks against a column; every error message names the place."""

    place: str
    spec: ColumnSpec

    def refuse_null(self) -> None:
        if not self.spec.nullable:
            raise RowsError(f"{self.place} is NULL; the column is NOT NULL")

    def round(self, data: np.ndarray, scale: int) -> np.ndarray:
        """Return floats in units of the last decimal, halves to even."""
        units = np.rint(data * 10.0**scale)
        largest = 10.0**self.spec.precision if self.spec.precision else np.inf
        outside = ~(np.abs(units) < largest)
        if outside.any():
            bound = 10 ** ((self.spec.precision or 0) - scale)
            raise RowsError(
                f"{self.place} = {data[outside].flat[0]}; allowed: numbers below {bound} with {scale} decimals"
            )
        return units.astype(np.int64)

    def check_range(self, values: np.ndarray) -> None:
        low, high = _limits(self.spec)
        smallest, largest = int(values.min()), int(values.max())
        if smallest < low or largest > high:
            worst = smallest if smallest < low else largest
            unit = 10**self.spec.scale if self.spec.scale else 1
            raise RowsError(
                f"{self.place} = {worst / unit if unit > 1 else worst}; allowed: {low / unit:.15g} to"
                f" {high / unit:.15g}"
            )

    def check_labels(self, codes: np.ndarray, null: np.ndarray | None, labels: tuple[str, ...]) -> None:
        for label in labels:
            fault = self._fault(label)
            if fault is None:
                continue
            used = codes == labels.index(label)
            if (used if null is None else used & ~null).any():
                raise RowsError(f"{self.place} = {_shown(label)}: {fault}")

    def _fault(self, label: object) -> str | None:
        spec = self.spec
        if not isinstance(label, str):
            return f"is {type(label).__name__}, expected text"
        if "\0" in label:
            return "holds a NUL character, which PostgreSQL does not store"
        if spec.choices and label not in spec.choices:
            return f"allowed: {', '.join(spec.choices)}"
        if spec.max_length is not None and len(label) > spec.max_length:
            return f"{len(label)} characters; allowed: {spec.max_length}"
        if not label and spec.non_empty:
            return "must not be empty"
        return None

    def json(self, text: str) -> str:
        try:
            return canonical(text)
        except (TypeError, ValueError) as error:
            raise RowsError(f"{self.place} = {_shown(text)}: {error}") from error


def _limits(spec: ColumnSpec) -> tuple[int, int]:
    """Return smallest and largest stored value that a column allows."""
    match spec.kind:
        case "numeric" | "double":
            assert spec.precision is not None
            unit = 10 ** (spec.scale or 0)
            low, high = 1 - 10**spec.precision, 10**spec.precision - 1
        case "boolean":
            unit, low, high = 1, 0, 1
        case "time":
            unit, low, high = 1, 0, MICROSECONDS_PER_DAY - 1
        case "uuid":
            unit, low, high = 1, 0, LARGEST
        case "date":
            unit, low, high = 1, *_DATES
        case "timestamptz":
            unit, low, high = 1, _DATES[0] * MICROSECONDS_PER_DAY, (_DATES[1] + 1) * MICROSECONDS_PER_DAY - 1
        case _:
            unit, high = 1, INTEGER_LIMITS[spec.kind]
            low = -high - 1
    if spec.minimum is not None:
        low = max(low, round(spec.minimum * unit))
    if spec.maximum is not None:
        high = min(high, round(spec.maximum * unit))
    return low, high


def _shown(value: object) -> str:
    """Return a value as shown in messages."""
    text = repr(value)
    return text if len(text) <= 80 else text[:60] + "..." + text[-10:]


_DATES = (-719162, 2932896)
"""0001-01-01 to 9999-12-31: the range that Python, Django and SQLite's date functions can all read."""
