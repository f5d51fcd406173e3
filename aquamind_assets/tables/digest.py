"""Digests: 64 bits that show whether two tables hold the same rows.

A row's hash mixes its stored values, each multiplied by an odd number of its column. A digest is the sum of the rows'
hashes modulo 2**64. So digests of chunks add up to the digest of a year, in any order, and a lost, duplicated or
changed row is detected. NULL has a number of its own. Text is represented by the first eight bytes of its MD5, because
both PostgreSQL and Python compute it and digests need not withstand an attacker.

Belongs here: digests of rows in memory. Does not belong here: digests computed by a database (``warehouse``).
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.values import Stored
from aquamind_assets.timeline import year_of_ids

NULL_VALUE = -0x6A09E667F3BCC909
"""The number that represents NULL; no column stores it."""

_MODULUS: int = 1 << 64
_BLOCK = 8192
"""Rows hashed at a time, so that the sums stay in the processor's cache."""


def text_value(text: str) -> int:
    """Return the number that represents a text: the first eight bytes of its MD5 as a signed big-endian integer."""
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "big", signed=True)


@cache
def _multiplier(table: str, column: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{table}.{column}".encode(), digest_size=8).digest(), "little") | 1


def add(digests: Iterator[int] | list[int]) -> int:
    """Return the digest of all rows of these digests."""
    return sum(digests) % _MODULUS


def digest(rows: Rows) -> int:
    """Return the digest of the rows, 0 <= digest < 2**64; 0 for no rows."""
    return int(row_hashes(rows).sum(dtype=np.uint64)) if rows.size else 0


def digest_by_year(rows: Rows) -> dict[int, tuple[int, int]]:
    """Return the number of rows and their digest by calendar year of the row ids (0 for ids of user-entered rows)."""
    if not rows.size:
        return {}
    hashes, ids = row_hashes(rows), rows.ids
    narrow = rows.spec.narrow_id
    first, last = (int(year) for year in year_of_ids(np.array([ids.min(), ids.max()]), narrow=narrow))
    if first == last:
        return {first: (rows.size, int(hashes.sum(dtype=np.uint64)))}
    years = year_of_ids(ids, narrow=narrow)
    return {
        int(year): (int((years == year).sum()), int(hashes[years == year].sum(dtype=np.uint64)))
        for year in np.unique(years)
    }


def row_hashes(rows: Rows) -> np.ndarray:
    """Return the 64-bit hash of each row, uint64, shape (size,)."""
    values = {name: _digest_values(column) for name, column in rows.columns.items()}
    return hash_values(rows.spec, rows.size, values)


def hash_values(table: TableSpec, size: int, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the hashes of rows whose digest values (int64, shape (size,) or ()) are given for every column of the
    table."""
    constant: int = 0
    varying: list[tuple[np.ndarray, np.uint64]] = []
    for name in table.column_names:
        value, multiplier = values[name], _multiplier(table.name, name)
        if value.ndim == 0:
            constant += int(value) * multiplier
        else:
            varying.append((value.view(np.uint64), np.uint64(multiplier)))
    hashes = np.full(size, constant % _MODULUS, dtype=np.uint64)
    product = np.empty(min(size, _BLOCK), dtype=np.uint64)
    for start in range(0, size, _BLOCK):
        part = hashes[start : start + _BLOCK]
        scratch = product[: part.size]
        for value, odd in varying:
            np.multiply(value[start : start + _BLOCK], odd, out=scratch)
            part += scratch
        _finish(part, scratch)
    return hashes


def _finish(hashes: np.ndarray, scratch: np.ndarray) -> None:
    """Mix every bit into every other, in place: the finalizer of MurmurHash3 (constants by Austin Appleby)."""
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        np.right_shift(hashes, np.uint64(33), out=scratch)
        hashes ^= scratch
        hashes *= np.uint64(multiplier)
    np.right_shift(hashes, np.uint64(33), out=scratch)
    hashes ^= scratch


def _digest_values(column: Stored) -> np.ndarray:
    values = column.values
    if column.labels is not None:
        used = np.unique(values) if len(column.labels) > values.size else np.arange(len(column.labels))
        of_label = np.zeros(len(column.labels), dtype=np.int64)
        of_label[used] = [text_value(column.labels[code]) for code in used]
        values = of_label[values]
    if column.null is not None:
        values = np.where(column.null, np.int64(NULL_VALUE), values)
    return np.asarray(values, dtype=np.int64)
