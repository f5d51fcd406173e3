"""A machine-learning task: what it asks, its columns, and the function that makes its rows.

Belongs here: the description of a task and the columns that every task has. Does not belong here: any task itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from aquamind_assets.tasks.history import History

Role = Literal["key", "feature", "target", "truth"]

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class TaskColumn:
    """A column of a task.

    Attributes:
        name: its name in the files.
        role: ``key`` finds the row in the database; ``feature`` is known on the row's day; ``target`` is asked for;
            ``truth`` is the ledger's true state, in a file of its own, for no model but the check of the task.
        unit: ``""`` for none.
        meaning: one sentence.
    """

    name: str
    role: Role
    unit: str
    meaning: str


WINDOW_KEYS = (
    TaskColumn("farm", "key", "", "number of the farm; farm n has the scenario's seed + n"),
    TaskColumn("site", "key", "", "site: sea area or hall; a site is in one split alone"),
    TaskColumn("batch_id", "key", "", "batch, -1 for none; a batch is in one split alone"),
    TaskColumn("series", "key", "", "the series that the row is a point of: a stay (assignment) or a sensor"),
    TaskColumn("day", "key", "date", "the row's day: features are known on its evening"),
    TaskColumn("first_day", "key", "date", "first day that a feature looks at"),
    TaskColumn("last_day", "key", "date", "last day that the target looks at"),
)
"""Columns of every task; the split is made from them."""


@dataclass(frozen=True)
class Task:
    """A machine-learning task.

    Attributes:
        name: its folder.
        question: what is asked, one sentence.
        kind: ``detection``: the target is true or false, and the metric is the average precision, higher is better;
            ``forecast``: the target is a quantity, and the metric is the mean absolute error of
            ``ln(target + offset)``, lower is better.
        columns: its columns after those of every task.
        target: name of the target column.
        make: makes its rows from one farm's history: all columns, sorted by (series, day).
        notes: what a user should know, sentences.
        offset: see ``kind``; in the target's unit.
        naive: of a forecast, the feature that is the target's latest known value, in the target's unit.
        known: names of features that the check of the true state may use as well: plans, horizons, what is plainly
            seen.
        recognised: of an early warning, the column with the day of recognition.
        rare: the positives of a detection are rare events in the series.
    """

    name: str
    question: str
    kind: Literal["detection", "forecast"]
    columns: tuple[TaskColumn, ...]
    target: str
    make: "Callable[[History], pd.DataFrame]"
    notes: tuple[str, ...] = ()
    offset: float = 0.0
    naive: str = ""
    known: tuple[str, ...] = ()
    recognised: str | None = None
    rare: bool = False

    def names(self, *roles: Role) -> list[str]:
        """Names of the columns with one of these roles, in order."""
        return [column.name for column in self.all_columns if column.role in roles]

    @property
    def all_columns(self) -> tuple[TaskColumn, ...]:
        """The columns of every task, then its own."""
        return WINDOW_KEYS + self.columns
