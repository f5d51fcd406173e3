"""AquaMind's history tables: a version of each row for each time that the application saved it.

Belongs here: making versions from rows. Does not belong here: how rows change over their life (``changes``); the
histories that functions of their own make: of batches (``batch.batches``), of containers, which release 2025-08 has too
(``infrastructure.places``), of sensors.

A row has a first version, of the kind ``+``, with the values that it was entered with. A row that changed later has one
of the kind ``~`` too, with the values that it has since. A version belongs to the day of its change, and to the year
that has the day. A row that was entered with a wrong number has it in its first version, and a version of its
correction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aquamind_assets.records.changes import UPDATED, Change, entered_at
from aquamind_assets.records.corrections.correction import Corrections
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.values import Stored, stored
from aquamind_assets.timeline import (
    MICROSECONDS_PER_DAY,
    DayRange,
    days_of_ids,
    narrow_row_ids,
    narrowed,
    number_within_day,
)

_ENTERED_BY = ("recorded_by_id", "user_id", "created_by_id", "initiated_by_id", "executed_by_id", "completed_by_id")
"""Columns with the user who entered a row, the surest first; a row without one has no user in its history either."""

_CHANGED_BY = ("completed_by_id", "executed_by_id", "approved_by_id", *_ENTERED_BY)
"""Columns with the user who changed a row."""

_OF_A_USER = "users_userprofile"
"""The table whose ``user_id`` is whom the row is about; AquaMind itself makes its rows."""

_ALWAYS = "reference_data"
"""The asset whose rows every year writes whole, so that a year can be materialized on its own; their versions too."""


@dataclass
class Versions:
    """The versions of the rows that an asset writes at one time.

    Attributes:
        year: the year that is written.
        changes: how rows change, by table.
        days: the days whose versions are made; None for rows of events, whose versions are of the days of their ids.
        given: versions so far, by history table and day.
    """

    year: YearInputs
    changes: Mapping[str, Change]
    days: DayRange | None = None
    given: dict[tuple[str, int], int] = field(default_factory=dict)

    def of(self, history: TableSpec, block: Rows, corrections: Corrections | None = None) -> Iterator[Rows]:
        """Yield the versions of a block's rows.

        Args:
            history: the history table.
            block: rows of the table whose versions it holds: all that were entered or have changed on these days.
            corrections: those of the block's rows; :meth:`of_corrected` has their versions.
        """
        if not block.size:
            return
        change = self.changes.get(block.table)
        entered = entered_at(block)
        day = days_of_ids(block.ids, narrow=block.spec.narrow_id) if self.days is None else _day(entered)
        first = {} if change is None else {**change.first(self.year, block), UPDATED: entered}
        as_entered = block
        if corrections is not None:
            first, as_entered = {UPDATED: entered}, corrections.as_entered(block)
        yield self._versions(history, as_entered, "+", day, entered, first)
        if change is not None:
            changed = change.moment(self.year, block)
            later = changed > entered
            if later.any():
                of_change = np.where(later, day if self.days is None else _day(changed), -1)
                yield self._versions(history, block, "~", of_change, changed, {})

    def of_corrected(self, history: TableSpec, block: Rows, corrections: Corrections) -> Rows:
        """Return the versions of corrections, of a block that holds the corrected rows alone. They are numbered after
        the first versions of their days, so these come before."""
        values = {"history_change_reason": corrections.reasons, "history_user_id": corrections.user_id}
        return self._versions(history, block, "~", corrections.day, corrections.moment, values)

    def _versions(
        self, history: TableSpec, block: Rows, kind: str, day: np.ndarray, moment: np.ndarray, values: dict[str, Any]
    ) -> Rows:
        """The versions of one kind, of the rows whose ``day`` is one of these days."""
        chosen = day >= 0
        if self.days is not None and block.spec.made_by != _ALWAYS:
            chosen &= (day >= self.days.first) & (day < self.days.end)
        rows = np.flatnonzero(chosen)
        rows = rows[np.lexsort([block.ids[rows], day[rows]])]
        columns = {name: replace(column, spec=history.by_name[name]) for name, column in block.columns.items()}
        added = {"history_change_reason": None, "history_type": kind, "history_date": moment}
        signers = () if block.table == _OF_A_USER else _ENTERED_BY if kind == "+" else _CHANGED_BY
        signed = next((columns[name] for name in signers if name in columns), None)
        columns |= {
            name: _stored(history, name, value, block.size)
            for name, value in {**added, **values}.items()
            if name in history.by_name
        }
        by = history.by_name["history_user_id"]
        if by.name not in columns:
            columns[by.name] = (
                stored(history.name, by, None, block.size) if signed is None else replace(signed, spec=by)
            )
        taken = {name: column.take(rows) for name, column in columns.items()}
        taken["history_id"] = _stored(history, "history_id", self._numbers(history, day[rows]), rows.size)
        return Rows(history, rows.size, {name: taken[name] for name in history.column_names})

    def _numbers(self, history: TableSpec, day: np.ndarray) -> np.ndarray:
        """Return the ids of versions, sorted by ``day``: numbered within each day after those before."""
        days, count = np.unique(day, return_counts=True)
        before = np.array([self.given.get((history.name, one), 0) for one in days.tolist()], dtype=np.int64)
        for one, more in zip(days.tolist(), count.tolist(), strict=True):
            self.given[history.name, one] = self.given.get((history.name, one), 0) + more
        return narrow_row_ids(day, number_within_day(day) + np.repeat(before, count))


def _day(moment: np.ndarray) -> np.ndarray:
    return moment // MICROSECONDS_PER_DAY


def _stored(history: TableSpec, name: str, value: Any, size: int) -> Stored:
    column = history.by_name[name]
    return stored(
        history.name, column, narrowed(value) if column.holds_narrow_ids and value is not None else value, size
    )
