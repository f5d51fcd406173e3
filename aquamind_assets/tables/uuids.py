"""Row ids as UUIDs, for tables of AquaMind whose keys are UUIDs.

The platform knows ids of eight bytes. As a UUID such an id is its decimal digits behind a fixed beginning:
``20150320000017`` is ``5a1d0f15-7c3b-8a9e-8020-150320000017``. So the two are one to one, ids of a day are next to each
other, and SQL of every database can read the id from the UUID's text. It is a UUID of version 8 (RFC 9562: defined by
whoever makes it); a user's are of version 4, made at random.

Belongs here: the layout. Does not belong here: SQL (``warehouse.id_sql``), bytes (``warehouse.postgres.encode``).
"""

from collections.abc import Iterable

import numpy as np

BEGINNING = "5a1d0f157c3b8a9e8"
"""The first hexadecimal digits of every UUID that the platform makes: 48 bits drawn once, version 8, 12 bits drawn
once, and the variant of RFC 9562."""

DIGITS = 32 - len(BEGINNING)
"""Decimal digits of the id; ids have 14."""

LARGEST = 10**DIGITS - 1
"""The largest id that has a UUID; the smallest is 0."""

FOREIGN = 0
"""The id that stands for every UUID that the platform did not make. It gives no row the id 0."""


def texts_of(ids: np.ndarray) -> list[str]:
    """Return the 32 hexadecimal digits of the UUID of each id (int64, shape (size,), 0 to :data:`LARGEST`), as Django
    stores them where a database has no type for UUIDs."""
    return [f"{BEGINNING}{number:0{DIGITS}d}" for number in np.asarray(ids).tolist()]


def ids_of(texts: Iterable[str]) -> np.ndarray:
    """Return the id of each UUID, int64; :data:`FOREIGN` for UUIDs that the platform did not make.

    Raises:
        ValueError: a text is not 32 hexadecimal digits.
    """
    return np.array([_id_of(text) for text in texts], dtype=np.int64)


def _id_of(text: str) -> int:
    if len(text) != 32 or int(text, 16) < 0:
        raise ValueError(f"{text!r} is not the 32 hexadecimal digits of a UUID")
    digits = text[len(BEGINNING) :]
    return int(digits) if text.startswith(BEGINNING) and digits.isdecimal() else FOREIGN
