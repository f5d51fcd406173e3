"""The corrections of some rows, and the rows as they were entered.

Belongs here: the contract between those who find corrections and those who make versions. Does not belong here: finding
them (``counts``, ``weights``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from aquamind_assets.records.corrections.mistakes import REASONS
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.rows import Coded, Rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

UPDATED = "updated_at"


@dataclass(frozen=True)
class Corrections:
    """Which rows of a block were entered with a wrong number; arrays of shape (n,).

    Attributes:
        row: positions in the block, ascending.
        moment: when each was corrected, microseconds.
        user_id: who corrected it.
        mistake: the Mistake.
        column: the column with the number.
        first: stored units that the rows were entered with: of the column, and of what AquaMind computes from it.
    """

    row: np.ndarray
    moment: np.ndarray
    user_id: np.ndarray
    mistake: np.ndarray
    column: str
    first: Mapping[str, np.ndarray]

    @property
    def day(self) -> np.ndarray:
        """The day of each correction."""
        return self.moment // MICROSECONDS_PER_DAY

    @property
    def reasons(self) -> Coded:
        """The reason given for each."""
        return Coded(self.mistake, REASONS)

    def take(self, chosen: np.ndarray) -> Self:
        """Return the chosen ones."""
        first = {name: values[chosen] for name, values in self.first.items()}
        return replace(
            self,
            row=self.row[chosen],
            moment=self.moment[chosen],
            user_id=self.user_id[chosen],
            mistake=self.mistake[chosen],
            first=first,
        )

    def as_entered(self, block: Rows) -> Rows:
        """Return the block with the wrong numbers."""
        return _changed(block, self.row, self.first)

    def as_corrected(self, block: Rows) -> Rows:
        """Return the block with the moments of the corrections, where the table knows when a row was changed."""
        return _changed(block, self.row, {UPDATED: self.moment} if UPDATED in block.columns else {})


Corrector = Callable[[YearInputs, Rows], Corrections]
"""Returns the corrections of a block of whole days. They do not depend on how the year's days are cut into blocks."""


def _changed(block: Rows, row: np.ndarray, changes: Mapping[str, np.ndarray]) -> Rows:
    """Return a block with other stored units in some rows of some columns, none of which are NULL."""
    if not row.size:
        return block
    columns = dict(block.columns)
    for name, units in changes.items():
        values = np.broadcast_to(columns[name].values, (block.size,)).copy()
        values[row] = units
        columns[name] = replace(columns[name], values=values)
    return replace(block, columns=columns)
