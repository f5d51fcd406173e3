"""Lice counts: rows of ``health_licecount``, with the counts of the ledger.

Belongs here: the rows. Does not belong here: the development and counting of lice (``farm``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.model import LiceCounts
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange

COUNT_HOUR = 10
"""The first cage of the day is counted at 10:00 UTC."""

_MINUTES_PER_CAGE = 25
_CAGES_A_DAY = 16

NOTES = (
    "",
    "Few lice, mostly mobile stages",
    "Many chalimus: expect more adults in the coming weeks",
    "Above the treatment threshold, fish health team informed",
)
"""Notes on counts, in the order of :func:`notes_of`."""

_CHALIMUS_MANY = 2.0


def lice_counts(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield ``health_licecount`` of these days: totals over the sampled fish."""
    counts = of_days(year.ledger.lice_counts, days, "day")
    container = year.infrastructure.containers
    yield rows(
        year.tables["health_licecount"],
        len(counts),
        id=counts.count_id,
        batch_id=counts.batch_id,
        container_id=container.container_id[counts.container],
        user_id=staff(year.scenario, year.infrastructure).operators(counts.container, counts.day),
        count_date=count_instants(year, counts),
        adult_female_count=counts.adult_female,
        adult_male_count=counts.adult_male,
        juvenile_count=counts.juvenile,
        fish_sampled=counts.fish_sampled,
        notes=Coded(notes_of(year, counts), NOTES),
    )


def count_instants(year: YearInputs, counts: LiceCounts) -> np.ndarray:
    """Return the moment of each count, microseconds since 1970."""
    return (
        counts.day.astype(np.int64) * MICROSECONDS_PER_DAY
        + COUNT_HOUR * HOUR
        + year.turn_at_site[counts.container] % _CAGES_A_DAY * _MINUTES_PER_CAGE * (HOUR // 60)
    )


def notes_of(year: YearInputs, counts: LiceCounts) -> np.ndarray:
    """Return the position in :data:`NOTES` of the note on each count."""
    females = counts.adult_female / np.maximum(counts.fish_sampled, 1)
    return np.select(
        [
            females > year.scenario.health.lice.threshold,
            counts.juvenile > _CHALIMUS_MANY * counts.fish_sampled,
            (females > 0) & (females < 0.1),
        ],
        [3, 2, 1],
        default=0,
    )
