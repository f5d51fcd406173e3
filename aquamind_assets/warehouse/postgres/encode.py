"""Rows as the bytes that PostgreSQL's binary COPY takes, made by numpy.

A tuple of COPY is its number of fields and then, for each, four bytes of length and the value, all big-endian. If every
row of a block has the same lengths, a tuple is a record of fixed layout: one structured array, whose lengths and
constants are laid down once and whose columns are then filled. Blocks with NULLs or texts of several lengths are split
into a few such groups, or, if there would be many, laid out with the longest of every field, and then the bytes that
are not meant are cut out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.uuids import BEGINNING
from aquamind_assets.tables.values import TEXT_KINDS, Stored
from aquamind_assets.timeline import EPOCH, MICROSECONDS_PER_DAY, day_number

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
"""What a binary COPY begins with: signature, no flags, no extension."""

TRAILER = b"\xff\xff"
"""What it ends with: a tuple of -1 fields."""

PIECE_BYTES = 1 << 20
"""Aim for the size of the pieces of :func:`encode`: fits the processor's cache, and is large beside the cost of
starting one."""

_SMALL_GROUP = 300
"""Rows that a group should have on average, to be worth a layout of its own."""

_LARGEST_SHAPE = 1 << 16
_POSTGRES_EPOCH = day_number(EPOCH.replace(year=2000))
_INTEGERS = {
    "bigint": ">i8",
    "integer": ">i4",
    "smallint": ">i2",
    "boolean": "u1",
    "date": ">i4",
    "timestamptz": ">i8",
    "time": ">i8",
}
_SHIFTS = {"date": _POSTGRES_EPOCH, "timestamptz": _POSTGRES_EPOCH * MICROSECONDS_PER_DAY}


def encode(rows: Rows) -> Iterator[memoryview]:
    """The rows as tuples of a binary COPY, all columns in the table's order, without header and trailer; pieces of
    about a megabyte."""
    for group in _groups(rows):
        layout = _Layout.of(group)
        for part in group.slices(max(64, PIECE_BYTES // layout.dtype.itemsize)):
            yield layout.fill(part)


def _groups(rows: Rows) -> Iterator[Rows]:
    """The rows in groups of one shape (the same fields NULL, the same lengths of text), or all in one if that made many
    small ones.

    Rows come sorted by what they are about, so shapes come in runs, which are cut out without copying. Otherwise the
    rows of each shape are collected.
    """
    shape: np.ndarray | None = None
    for column in rows.columns.values():
        for part in _shape_parts(column):
            shape = part if shape is None else shape * (int(part.max()) + 1) + part
            if int(shape.max()) > _LARGEST_SHAPE:
                yield rows
                return
    if shape is None:
        yield rows
        return
    borders = np.flatnonzero(shape[1:] != shape[:-1]) + 1
    if rows.size >= _SMALL_GROUP * (borders.size + 1):
        for start, end in zip([0, *borders.tolist()], [*borders.tolist(), rows.size], strict=True):
            yield _uniform(rows.take(slice(start, end)))
        return
    counts = np.bincount(shape)
    if rows.size < _SMALL_GROUP * np.count_nonzero(counts):
        yield rows
        return
    for one in np.flatnonzero(counts):
        yield _uniform(rows.take(np.flatnonzero(shape == one)))


def _shape_parts(column: Stored) -> Iterator[np.ndarray]:
    """Small non-negative integers on which the layout of the column's field depends, shape (size,); nothing if it is
    the same in all rows."""
    if column.constant:
        return
    if column.null is not None:
        yield column.null.astype(np.int32)
    if column.labels is not None:
        lengths = _byte_lengths(column.labels)
        used = lengths if lengths.size <= 64 else lengths[np.unique(column.values)]
        if used.size and used.min() != used.max():
            yield lengths[column.values].astype(np.int32)


def _byte_lengths(labels: tuple[str, ...]) -> np.ndarray:
    return np.array([len(label.encode()) for label in labels], dtype=np.int64)


def _uniform(rows: Rows) -> Rows:
    """The same rows with columns that are NULL everywhere stored once."""
    columns = {
        name: (
            Stored(column.spec, np.zeros((), np.int64), np.ones((), bool), column.labels)
            if column.null is not None and column.null.all()
            else column
        )
        for name, column in rows.columns.items()
    }
    return Rows(rows.spec, rows.size, columns)


@dataclass(frozen=True)
class _Field:
    """One field of the layout: where its value lies, and how to write it into the records."""

    name: str
    offset: int
    width: int
    write: Callable[[np.ndarray, Stored], None]
    lengths: np.ndarray | None
    """Lengths of the labels if they differ, else None."""


class _Layout:
    """The record layout of a block, with a record in which everything that is the same in all rows is filled in."""

    def __init__(self, dtype: np.dtype, record: np.ndarray, varying: list[_Field]) -> None:
        self.dtype, self._record, self._varying = dtype, record, varying

    @classmethod
    def of(cls, rows: Rows) -> "_Layout":
        """The layout for these rows, or for any part of them."""
        parts: list[tuple[str, object]] = [("fields", ">i2")]
        writers: dict[str, Callable[[np.ndarray, Stored], None]] = {}
        lengths: dict[str, np.ndarray] = {}
        for name, column in rows.columns.items():
            parts.append((f"{name} length", ">i4"))
            if column.all_null:
                continue
            dtype, writers[name], varying = _value(name, column)
            if varying is not None:
                lengths[name] = varying
            parts.append((name, dtype))
        dtype = np.dtype(parts)
        assert dtype.fields is not None
        record = np.zeros(1, dtype=dtype)
        record["fields"] = len(rows.columns)
        fields = []
        for name, column in rows.columns.items():
            if column.all_null:
                record[f"{name} length"] = -1
                continue
            kind, offset = dtype.fields[name][:2]
            record[f"{name} length"] = kind.itemsize
            if column.spec.kind == "numeric":
                _numeric_head(record[name], column)
            if column.constant:
                writers[name](record, column)
            else:
                fields.append(_Field(name, offset, kind.itemsize, writers[name], lengths.get(name)))
        return cls(dtype, record, fields)

    def fill(self, rows: Rows) -> memoryview:
        """The rows as bytes."""
        out = np.empty(rows.size, dtype=self.dtype)
        whole = f"V{self.dtype.itemsize}"
        out.view(whole)[:] = self._record.view(whole)  # four times as fast as assigning field by field
        keep: np.ndarray | None = None
        for field in self._varying:
            column = rows.columns[field.name]
            field.write(out, column)
            if field.lengths is not None:
                lengths = field.lengths[column.values]
                out[f"{field.name} length"] = lengths
                keep = np.ones((rows.size, self.dtype.itemsize), dtype=bool) if keep is None else keep
                keep[:, field.offset : field.offset + field.width] = np.arange(field.width) < lengths[:, None]
            if column.null is not None:
                out[f"{field.name} length"][column.null] = -1
                keep = np.ones((rows.size, self.dtype.itemsize), dtype=bool) if keep is None else keep
                keep[column.null, field.offset : field.offset + field.width] = False
        raw: np.ndarray = out.view(np.uint8)
        return (raw if keep is None else raw.reshape(rows.size, -1)[keep]).data


def _value(name: str, column: Stored) -> tuple[object, Callable[[np.ndarray, Stored], None], np.ndarray | None]:
    """The dtype of a column's value, what writes it into records, and the labels' lengths if they differ."""
    kind = column.spec.kind
    if kind in TEXT_KINDS:
        return _text(name, column)
    if kind == "numeric":
        return _numeric(name, column)
    if kind == "double":
        return _double(name, column)
    if kind == "uuid":
        return _uuid(name)
    shift = _SHIFTS.get(kind, 0)

    def write(out: np.ndarray, values: Stored) -> None:
        out[name] = values.values - shift if shift else values.values

    return _INTEGERS[kind], write, None


def _double(name: str, column: Stored) -> tuple[object, Callable[[np.ndarray, Stored], None], np.ndarray | None]:
    unit = 10.0 ** (column.spec.scale or 0)

    def write(out: np.ndarray, values: Stored) -> None:
        out[name] = values.values / unit

    return ">f8", write, None


def _uuid(name: str) -> tuple[object, Callable[[np.ndarray, Stored], None], np.ndarray | None]:
    """Two digits a byte: the fixed beginning, then the decimal digits of the id."""
    beginning = bytes.fromhex(f"{BEGINNING}0")
    size = 16 - len(beginning)

    def write(out: np.ndarray, values: Stored) -> None:
        field = out[name]
        field["beginning"] = np.void(beginning[:-1])
        rest = values.values
        for i in reversed(range(size + 1)):
            quotient = rest // 100
            two = rest - quotient * 100
            field["digits"][..., i] = two // 10 * 16 + two % 10
            rest = quotient
        field["digits"][..., 0] |= beginning[-1]

    return np.dtype([("beginning", f"V{len(beginning) - 1}"), ("digits", "u1", (size + 1,))]), write, None


def _text(name: str, column: Stored) -> tuple[object, Callable[[np.ndarray, Stored], None], np.ndarray | None]:
    assert column.labels is not None
    version = b"\x01" if column.spec.kind == "jsonb" else b""
    labels = [version + label.encode() for label in column.labels]
    width = max(map(len, labels))
    table = np.frombuffer(b"".join(label.ljust(width, b"\0") for label in labels), dtype=f"V{width}") if width else None
    lengths = np.array([len(label) for label in labels], dtype=np.int64)

    def write(out: np.ndarray, values: Stored) -> None:
        if table is not None:
            out[name] = table[values.values]

    return f"V{width}", write, lengths if lengths.min() != lengths.max() else None


def _numeric(name: str, column: Stored) -> tuple[object, Callable[[np.ndarray, Stored], None], np.ndarray | None]:
    """PostgreSQL's digits are base 10000 on both sides of the point; leading and trailing zero digits are allowed on
    the way in."""
    digits, _ = _digits(column)
    _, factor = _decimals(column)
    dtype = np.dtype(
        [
            ("digits", ">i2"),
            ("weight", ">i2"),
            ("sign", ">u2"),
            ("scale", ">u2"),
            *((f"d{i}", ">i2") for i in range(digits)),
        ]
    )

    def write(out: np.ndarray, values: Stored) -> None:
        field = out[name]
        rest = values.values * factor
        if rest.min() < 0:
            field["sign"] = np.where(rest < 0, 0x4000, 0)
            rest = np.abs(rest)
        for i in reversed(range(1, digits)):
            quotient = rest // 10_000
            field[f"d{i}"] = rest - quotient * 10_000
            rest = quotient
        field["d0"] = rest

    return dtype, write, None


def _numeric_head(field: np.ndarray, column: Stored) -> None:
    """What stands before the digits, and is the same in all rows but for the sign."""
    digits, decimals = _digits(column)
    field["digits"], field["weight"], field["scale"] = digits, digits - decimals - 1, column.spec.scale or 0


def _decimals(column: Stored) -> tuple[int, int]:
    """Base-10000 digits after the point, and what stored units are multiplied with to be units of the last of them."""
    scale = column.spec.scale or 0
    decimals = -(-scale // 4)
    return decimals, 10 ** (decimals * 4 - scale)


def _digits(column: Stored) -> tuple[int, int]:
    """Base-10000 digits that the largest value needs, at least one of them before the point, and those after the
    point."""
    decimals, factor = _decimals(column)
    largest = int(np.abs(column.values).max()) * factor if column.values.size else 0
    digits = decimals + 1
    while 10_000**digits <= largest:
        digits += 1
    return digits, decimals
