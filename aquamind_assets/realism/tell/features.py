"""What the classifier looks at: features of the rows of a table of weeks.

Belongs here: features, and which column and group each is of. Does not belong here: the classifier (``classifier``).

| features | of each column |
|---|---|
| value | the value; missing ones are features too |
| step | the change since the week before, of the same cage or site |
| beside | the difference from the mean of the site's cages in that week |
| missing | whether the value is missing, if some are |

Month of the year comes from the week. Steps and differences of quantities that span orders of magnitude are those of
their logarithm. Names of sites and cages, and the week itself, are no features: they tell any two tables apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aquamind_assets.realism.tell.columns import CAGE, COLUMNS, NAMES, SITE, WEEK, WeekColumn

MONTH = "month"
MISSING = "missing values"
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class Features:
    """Features of rows.

    Attributes:
        values: float64 (rows, features), nan for missing values.
        names: of each feature.
        column: the column each is made of, or :data:`MONTH`.
        groups: the groups each belongs to: that of its column, and what kind of feature it is.
    """

    values: np.ndarray
    names: tuple[str, ...]
    column: tuple[str, ...]
    groups: tuple[frozenset[str], ...]

    def of_column(self, name: str) -> np.ndarray:
        """Positions of the features made of a column."""
        return np.array([place for place, one in enumerate(self.column) if one == name], dtype=np.int64)

    def of_group(self, name: str) -> np.ndarray:
        """Positions of the features of a group."""
        return np.array([place for place, groups in enumerate(self.groups) if name in groups], dtype=np.int64)

    @property
    def all_groups(self) -> list[str]:
        """The groups, in the order of their first features."""
        return list(dict.fromkeys(group for groups in self.groups for group in sorted(groups)))


def common_columns(tables: Sequence[pd.DataFrame]) -> list[WeekColumn]:
    """Return the measured columns of which every table has at least one value."""
    return [
        column
        for column in COLUMNS
        if all(column.name in table and bool(table[column.name].notna().any()) for table in tables)
    ]


def make_features(tables: Sequence[pd.DataFrame], columns: Sequence[WeekColumn]) -> Features:
    """Return the features of the rows of all tables, one table after the other.

    Args:
        tables: of cages, all of them, or of sites.
        columns: measured columns that all of them have.
    """
    found: list[tuple[str, str, set[str], np.ndarray]] = []

    def add(name: str, column: str, groups: set[str], of_table: list[np.ndarray]) -> None:
        found.append((name, column, groups, np.concatenate(of_table)))

    for column in columns:
        values = [_scaled(table, column) for table in tables]
        add(column.name, column.name, {column.group}, [table[column.name].to_numpy(np.float64) for table in tables])
        steps = [_steps(table, one) for table, one in zip(tables, values, strict=True)]
        add(f"{column.name}, step", column.name, {column.group, "steps from week to week"}, steps)
        if CAGE in tables[0]:
            beside = [_beside(table, one) for table, one in zip(tables, values, strict=True)]
            add(f"{column.name}, beside", column.name, {column.group, "differences between cages"}, beside)
        absent = [table[column.name].isna().to_numpy(np.float64) for table in tables]
        if any(one.any() for one in absent):
            add(f"{column.name}, missing", column.name, {column.group, MISSING}, absent)
    add(MONTH, MONTH, {MONTH}, [table[WEEK].dt.month.to_numpy(np.float64) for table in tables])
    return Features(
        values=np.stack([values for *_, values in found], axis=1),
        names=tuple(name for name, *_ in found),
        column=tuple(column for _, column, *_ in found),
        groups=tuple(frozenset(groups) for _, _, groups, _ in found),
    )


def column_order(name: str) -> int:
    """Return the place of a feature's column: those of the table in their order, then the month."""
    return NAMES.index(name) if name in NAMES else len(NAMES)


def _scaled(table: pd.DataFrame, column: WeekColumn) -> pd.Series:
    values = table[column.name].astype(np.float64)
    return values if column.offset is None else np.log(values + column.offset)


def _steps(table: pd.DataFrame, values: pd.Series) -> np.ndarray:
    """Change since the row of the week before, nan where there is none; rows are sorted by their keys."""
    series = [table[name] for name in (SITE, CAGE) if name in table]
    before = table[WEEK].groupby(series).diff() == _WEEK
    return values.groupby(series).diff().where(before).to_numpy()


def _beside(table: pd.DataFrame, values: pd.Series) -> np.ndarray:
    """Difference from the mean of the site's cages in the week, nan for a cage alone."""
    cages = values.groupby([table[SITE], table[WEEK]])
    return (values - cages.transform("mean")).where(cages.transform("count") > 1).to_numpy()
