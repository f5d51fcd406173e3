"""Lice counts of AquaMind's release 2026-03: a row for each type of lice.

Belongs here: rows of ``health_licecount`` that name a type. Does not belong here: the types (``lice_types``), the
counting itself (``farm``).

The ledger's counts hold adult females, adult males and juveniles. The juveniles are divided by the true shares of
pre-adult and attached lice of the day, with the scatter of a sample. Pre-adults are sexed, half of them on average;
attached lice are too small to be, and are counted as juveniles of unknown sex. Types without lice have a count of 0.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.model import LiceCounts
from aquamind_assets.records.health.lice_counts import NOTES, count_instants, notes_of
from aquamind_assets.records.inputs import YearInputs, of_days, positions
from aquamind_assets.records.lice_types import SALMON_LOUSE, UNKNOWN, lice_type_id
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import WIDE_DAY_ROWS, DayRange, row_ids

COUNTED: tuple[tuple[str, str, str], ...] = (
    (SALMON_LOUSE, "female", "adult"),
    (SALMON_LOUSE, "male", "adult"),
    (SALMON_LOUSE, "female", "pre-adult"),
    (SALMON_LOUSE, "male", "pre-adult"),
    (UNKNOWN, "unknown", "juvenile"),
)
"""The types of each count, in the order of its rows."""


def lice_counts_by_type(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield ``health_licecount`` of these days: totals over the sampled fish, a row for each count and type."""
    counts = of_days(year.ledger.lice_counts, days)
    kinds = len(COUNTED)
    each = np.repeat(np.arange(len(counts)), kinds)
    kind = np.tile(np.arange(kinds), len(counts))
    number = counts.count_id[each] % WIDE_DAY_ROWS * kinds + kind
    types = np.array([lice_type_id(year, *one) for one in COUNTED])
    yield rows(
        year.tables["health_licecount"],
        each.size,
        id=row_ids(counts.day[each], number),
        batch_id=counts.batch_id[each],
        container_id=year.infrastructure.containers.container_id[counts.container[each]],
        assignment_id=counts.assignment_id[each],
        user_id=staff(year.scenario, year.infrastructure).operators(counts.container, counts.day)[each],
        count_date=count_instants(year, counts)[each],
        lice_type_id=types[kind],
        count_value=_counted(year, counts).reshape(-1),
        detection_method="manual",
        fish_sampled=counts.fish_sampled[each],
        notes=Coded(np.where(kind == 0, notes_of(year, counts)[each], 0), NOTES),
    )


def _counted(year: YearInputs, counts: LiceCounts) -> np.ndarray:
    """Return the lice of each count by type, shape (counts, types), int64."""
    fish = year.ledger.container_days
    place = positions(
        fish.day.astype(np.int64) << 32 | fish.container,
        counts.day.astype(np.int64) << 32 | counts.container,
        "container-day (day x 2^32 + container)",
    )
    normal = np.empty((len(counts), 2))
    for day in np.unique(counts.day).tolist():
        today = counts.day == day
        normal[today] = year.infrastructure.container_draws.normals(
            year.scenario.seed, "lice_types", day, shape=(2,), dtype=np.float32, entities=counts.container[today]
        )
    juvenile = counts.juvenile.astype(np.int64)
    young = (fish.preadult + fish.chalimus)[place].astype(np.float64)
    share = np.divide(fish.preadult[place], young, out=np.zeros(len(counts)), where=young > 0)
    preadult = _part(juvenile, share, normal[:, 0])
    females = _part(preadult, np.full(len(counts), 0.5), normal[:, 1])
    return np.column_stack([counts.adult_female, counts.adult_male, females, preadult - females, juvenile - preadult])


def _part(whole: np.ndarray, share: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Return a part of whole numbers with mean and scatter of a binomial draw, int64, by its normal approximation."""
    drawn = np.rint(whole * share + normal * np.sqrt(whole * share * (1 - share)))
    return np.clip(drawn, 0, whole).astype(np.int64)
