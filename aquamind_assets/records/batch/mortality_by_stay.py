"""Deaths by stay, day and cause, as AquaMind's release 2026-03 has them in two tables.

Belongs here: rows of ``batch_mortalityevent`` and ``health_mortalityrecord`` that name the stay. Does not belong here:
the rows of release 2025-08, whose events are by batch (``mortality_events``).

Fish that die in a transfer are deaths by handling in the stay that they leave, as AquaMind writes them when a transfer
action is carried out. So the deaths of both tables are all fish that a batch has lost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.batches import grams_to_cents
from aquamind_assets.records.batch.collection import collected_deaths
from aquamind_assets.records.health.mortality_records import (
    COLLECTED,
    COLLECTED_BEFORE_LEAVING,
    NOTES,
    notes_of,
    reasons_of,
)
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.master_ids import CAUSE_NAMES
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids

IN_TRANSFER = "Died in the transfer"
_TEXTS = (*NOTES, IN_TRANSFER)


@dataclass(frozen=True)
class _Deaths:
    """Dead fish by stay, day of collection and cause, sorted by day and container.

    Attributes:
        fish: the container-days.
        row: the container-day of each count.
        cause: its Cause.
        count: fish that died, in transfers too.
        instant: when they were collected.
        note: position in :data:`_TEXTS` of the note on them.
    """

    fish: ContainerDays
    row: np.ndarray
    cause: np.ndarray
    count: np.ndarray
    instant: np.ndarray
    note: np.ndarray

    @property
    def day(self) -> np.ndarray:
        """The day of each count, int64."""
        return self.fish.day[self.row].astype(np.int64)

    @property
    def ids(self) -> np.ndarray:
        """Row id of each count, the same in both tables."""
        return row_ids(self.day, number_within_day(self.day))


def _deaths(year: YearInputs, days: DayRange) -> _Deaths:
    fish, by_cause = collected_deaths(year.ledger.container_days, days)
    by_cause[:, Cause.HANDLING] += fish.transfer_loss
    row, cause = np.nonzero(by_cause)
    day = fish.day[row].astype(np.int64)
    stay = year.lives.assignments.take(year.assignment_rows(fish.assignment_id[row]))
    hour = np.where(stay.end_day == day, COLLECTED_BEFORE_LEAVING, COLLECTED)
    in_transfer = (cause == Cause.HANDLING) & (fish.transfer_loss[row] > 0)
    note = np.where(in_transfer, len(NOTES), notes_of(year, fish, row, cause))
    return _Deaths(fish, row, cause, by_cause[row, cause], day * MICROSECONDS_PER_DAY + hour, note)


def mortality_by_stay(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield both tables for these days: a row for each stay, day and cause with dead fish collected."""
    deaths = _deaths(year, days)
    fish, row = deaths.fish, deaths.row
    yield rows(
        year.tables["batch_mortalityevent"],
        row.size,
        id=deaths.ids,
        event_date=deaths.day,
        count=deaths.count,
        # Rounded down, so that the biomass of the dead fish never exceeds that of the population.
        biomass_kg=Scaled(deaths.count * grams_to_cents(fish.weight_g[row]) // 1000),
        cause=Coded(deaths.cause, CAUSE_NAMES),
        description=Coded(deaths.note, _TEXTS),
        created_at=deaths.instant,
        updated_at=deaths.instant,
        batch_id=fish.batch_id[row],
        assignment_id=fish.assignment_id[row],
    )
    yield rows(
        year.tables["health_mortalityrecord"],
        row.size,
        id=deaths.ids,
        batch_id=fish.batch_id[row],
        container_id=year.infrastructure.containers.container_id[fish.container[row]],
        assignment_id=fish.assignment_id[row],
        event_date=deaths.instant,
        count=deaths.count,
        reason_id=reasons_of(year, fish, row, deaths.cause),
        notes=Coded(deaths.note, _TEXTS),
    )
