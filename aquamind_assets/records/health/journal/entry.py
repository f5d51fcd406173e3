"""An entry of the fish health journal before it becomes a row, and the parts shared by all kinds of entries.

Belongs here: the entry, its number within the day, its days. Does not belong here: texts (``grammar``, ``phrases``).

The number within the day encodes the subject of an entry, so that an entry has the same id in whichever year it is
written and whatever else happened on that day.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from aquamind_assets.records.health.journal.grammar import Pen
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.streams import Key
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, to_date, year_days

LOW, MEDIUM, HIGH = 0, 1, 2
SEVERITIES: tuple[str, ...] = ("low", "medium", "high")
"""``health_journalentry.severity``."""


class Kind(IntEnum):
    """Kinds of entries; the value is the million of the entry's number within its day."""

    ROUND = 0
    SPIKE = 1
    DIAGNOSIS = 2
    RECOVERY = 3
    TREATMENT = 4
    EVENT = 5
    MOVE = 6
    SAMPLING = 7


_HOURS = {
    Kind.ROUND: 15,
    Kind.SPIKE: 16,
    Kind.DIAGNOSIS: 17,
    Kind.RECOVERY: 16,
    Kind.TREATMENT: 18,
    Kind.EVENT: 19,
    Kind.MOVE: 20,
    Kind.SAMPLING: 14,
}
_KIND_NUMBERS = 1_000_000


@dataclass(frozen=True)
class Entry:
    """One entry. ``container`` is a row in Containers or -1. A resolved entry has the day and the text of its
    resolution (``""`` if no action was needed)."""

    kind: Kind
    day: int
    number: int
    batch_id: int
    container: int
    category: str
    severity: int
    text: str
    resolved_day: int | None = None
    resolution: str = ""

    @property
    def number_of_day(self) -> int:
        """Number within the day over all kinds."""
        if not 0 <= self.number < _KIND_NUMBERS:
            raise ValueError(
                f"journal entry {self.number} of kind {self.kind.name}: allowed is 0 to {_KIND_NUMBERS - 1}"
            )
        return self.kind * _KIND_NUMBERS + self.number

    @property
    def instant(self) -> int:
        """When it was written, microseconds since 1970."""
        # By what it says, not by its number, which counts what else there is.
        minute = hashlib.blake2b(self.text.encode(), digest_size=1).digest()[0] % 60
        return self.day * MICROSECONDS_PER_DAY + _HOURS[self.kind] * HOUR + minute * (HOUR // 60)


def entry_ids(kind: Kind, ids: np.ndarray) -> np.ndarray:
    """Return the ids of the entries of a kind, one about each row with these ids."""
    return ids + kind * _KIND_NUMBERS


def pen(year: YearInputs, kind: Kind, *keys: Key) -> Pen:
    """The pen for an entry about ``keys``: the names of container and disease, the batch, the day; not a row or its id,
    which counts what else there is."""
    return Pen(year.scenario.seed, f"journal_{kind.name.lower()}", *keys)


def named(year: YearInputs, container: int) -> tuple[Key, ...]:
    """Keys of a container in Containers, or of none (-1)."""
    return year.infrastructure.container_draws.key(container) if container >= 0 else ("", -1)


def spoken(day: int) -> str:
    """Return a date as text, such as ``4 May``."""
    date = to_date(day)
    return f"{date.day} {date:%B}"


def within_year(year: YearInputs, day: int) -> int:
    """Return ``day``, or the last day of the year if that comes first."""
    return min(day, year_days(year.year).end - 1)


def by_now(year: YearInputs, day: int) -> int | None:
    """Return ``day`` if it has been simulated, else None."""
    return day if day <= year.lives.through else None
