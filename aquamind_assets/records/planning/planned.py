"""What is known of planned activities, whatever their kind.

Belongs here: the columns that all of them have. Does not belong here: what the farm plans (``milestones``,
``planned_samplings``, ``planned_treatments``), rows (``activities``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.model import Batches

TYPES = ("VACCINATION", "HARVEST", "TRANSFER", "SAMPLING", "TREATMENT")
"""``activity_type``."""

VACCINATION, HARVEST, TRANSFER, SAMPLING, TREATMENT = range(len(TYPES))
"""Positions in :data:`TYPES`."""


@dataclass(frozen=True)
class Planned:
    """Planned activities, n of them; days are day numbers, -1 for none.

    Attributes:
        ids: ids of the rows, int64 (n,).
        of: their batches, (n,).
        kind: positions in :data:`TYPES`, (n,).
        due_day: days for which they are planned, (n,).
        made: when they were entered, microseconds, (n,).
        done_day: days on which they were done, (n,).
        closed_day: days on which they were done or cancelled, (n,).
        note: positions in ``notes``, (n,).
        notes: texts.
        container: rows in Containers, -1 for a whole batch, (n,).
    """

    ids: np.ndarray
    of: Batches
    kind: np.ndarray
    due_day: np.ndarray
    made: np.ndarray
    done_day: np.ndarray
    closed_day: np.ndarray
    note: np.ndarray
    notes: Sequence[str]
    container: np.ndarray
