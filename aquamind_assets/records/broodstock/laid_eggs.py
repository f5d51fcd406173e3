"""Eggs that were laid into the containers of a station, and how many were ordered for it.

Belongs here: the stockings of a year with eggs, by batch, and the eggs that were dead on arrival. Does not belong here:
rows (``origins``, ``parents``, ``batch.creation_workflows``), fish that come to the farm at sea.

The ledger counts the eggs that arrived alive. Some die on the way: few of a supplier's, fewer of the farm's own, which
are not transported far.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import Batches, Movements
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.streams import stream
from aquamind_assets.timeline import DayRange

DEAD_OF_EXTERNAL, DEAD_OF_OWN = 0.004, 0.001
"""Median share of eggs that are dead on arrival (general knowledge: below one percent of eyed eggs)."""

SCATTER = 0.5
"""Standard deviation of the logarithm of that share between deliveries."""


@dataclass(frozen=True)
class LaidEggs:
    """Deliveries of eggs and the batches that they are for.

    Attributes:
        moved: the deliveries, one for each container, sorted by id.
        dead: eggs of each delivery that were dead on arrival, int64.
        batches: the batches, sorted by id.
        number: number of each batch among those of its year that begin with eggs, from 1.
        batch: the batch of each delivery, a position in ``batches``.
        first: position in ``moved`` of the first delivery of each batch.
    """

    moved: Movements
    dead: np.ndarray
    batches: Batches
    number: np.ndarray
    batch: np.ndarray
    first: np.ndarray

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum over the deliveries of each batch, int64."""
        total = np.zeros(len(self.batches), dtype=np.int64)
        np.add.at(total, self.batch, values.astype(np.int64))
        return total

    @property
    def ordered(self) -> np.ndarray:
        """Eggs that were ordered for each batch, int64: those that arrived, dead or alive."""
        return self.sums(self.moved.count + self.dead)

    def key(self, year: YearInputs, batch: int) -> tuple[int | str, ...]:
        """What keys the draws about a batch: the container of its first delivery, and the day."""
        first = self.first[batch]
        return (*year.infrastructure.container_draws.key(self.moved.to_container[first]), int(self.moved.day[first]))


def laid_eggs(year: YearInputs, days: DayRange) -> LaidEggs:
    """Return the deliveries of these days. A batch begins with all of its eggs on one day."""
    moved = year.ledger.movements.take(year.ledger.movements.kind == Movement.STOCKING)
    begun = year.lives.batches.take(year.batch_rows(moved.batch_id))
    moved = moved.take((begun.station >= 0) & ~begun.mixed)
    of_year = np.unique(moved.batch_id)
    moved = moved.take((moved.day >= days.first) & (moved.day < days.end))
    ids, first, batch = np.unique(moved.batch_id, return_index=True, return_inverse=True)
    batches = year.lives.batches.take(year.batch_rows(ids))
    return LaidEggs(
        moved,
        _dead(year, moved, batches.external_eggs[batch.reshape(-1)]),
        batches,
        np.searchsorted(of_year, ids) + 1,
        batch.reshape(-1),
        first,
    )


def _dead(year: YearInputs, moved: Movements, external: np.ndarray) -> np.ndarray:
    draws = year.infrastructure.container_draws
    normal = np.array(
        [
            stream(year.scenario.seed, "eggs_dead_on_arrival", *draws.key(container), int(day)).standard_normal()
            for container, day in zip(moved.to_container, moved.day, strict=True)
        ]
    ).reshape(len(moved))
    share = np.where(external, DEAD_OF_EXTERNAL, DEAD_OF_OWN) * np.exp(SCATTER * normal)
    return np.rint(share * moved.count).astype(np.int64)
