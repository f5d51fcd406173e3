"""Workflows of AquaMind's release 2026-03: what is moved of a batch on a day for one purpose.

Belongs here: putting the ledger's movements together to workflows. Does not belong here: their rows
(``transfer_workflows``), their sale (``sold_workflows``).
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import Movements
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.timeline import DayRange

_MOVED = (Movement.STAGE_TRANSFER, Movement.SPLITTING, Movement.MIXING)


@dataclass(frozen=True)
class Workflows:
    """Movements with their workflows.

    Attributes:
        moved: the movements, sorted by id.
        first: position in ``moved`` of the first movement of each workflow, in the order of the workflows.
        workflow: the workflow of each movement, an index of ``first``.
        action: number of each movement within its workflow, from 1.
        number: number of each workflow within its year, from 1.
    """

    moved: Movements
    first: np.ndarray
    workflow: np.ndarray
    action: np.ndarray
    number: np.ndarray

    @property
    def ids(self) -> np.ndarray:
        """The id of each workflow: that of its first movement."""
        return self.moved.movement_id[self.first]

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of whole numbers by workflow, int64."""
        total = np.zeros(self.first.size, dtype=np.int64)
        np.add.at(total, self.workflow, values.astype(np.int64))
        return total

    def of_days(self, days: DayRange) -> "Workflows":
        """Return the movements and workflows of these days; no workflow spans two."""
        chosen = (self.moved.day >= days.first) & (self.moved.day < days.end)
        kept = chosen[self.first]
        position, place = np.cumsum(chosen) - 1, np.cumsum(kept) - 1
        return Workflows(
            self.moved.take(chosen),
            position[self.first[kept]],
            place[self.workflow[chosen]],
            self.action[chosen],
            self.number[kept],
        )


def workflows_of(year: YearInputs) -> Workflows:
    """Return all movements of the year that are part of a workflow."""
    everything = year.ledger.movements
    moved = everything.take(np.isin(everything.kind, _MOVED))
    keys = np.column_stack(
        [getattr(moved, name).astype(np.int64) for name in ("day", "batch_id", "kind", "from_stage", "to_stage")]
    )
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    workflow = np.argsort(order)[group.reshape(-1)]
    by_workflow = np.argsort(workflow, kind="stable")
    starts = np.searchsorted(workflow[by_workflow], np.arange(first.size))
    action = np.empty(len(moved), dtype=np.int64)
    action[by_workflow] = np.arange(len(moved)) - starts[workflow[by_workflow]] + 1
    return Workflows(moved, first[order], workflow, action, np.arange(1, first.size + 1))


def subsidiaries(year: YearInputs, moved: Movements) -> tuple[np.ndarray, np.ndarray]:
    """Return the company that fish leave and the one that they enter, 0 of stations and 1 of the sea."""
    at_sea = (year.infrastructure.containers.hall < 0).astype(np.int64)
    return at_sea[moved.from_container], at_sea[moved.to_container]
