"""Conditions that choose rows by their ids and, where a table is cut by time, by their time too.

Belongs here: SQL conditions. Does not belong here: the statements around them.
"""

import numpy as np

from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import DayRange, id_range, to_date, year_of_ids
from aquamind_assets.warehouse.ddl import quoted


def between(table: str, low: int, high: int) -> str:
    """Condition for the rows with ``low <= id < high``. Their time is given too where the table is cut by time: it is
    in the key or chooses the partition."""
    spec = TABLES[table]
    condition = f"{spec.id_column} >= {low} AND {spec.id_column} < {high}"
    if spec.time_column and high - low > 1:
        first, last = year_of_ids(np.array([low, high - 1])).tolist()
        condition += (
            f" AND {quoted(spec.time_column)} >= '{first}-01-01 00:00+00' AND {quoted(spec.time_column)} <"
            f" '{last + 1}-01-01 00:00+00'"
        )
    return condition


def of_days(table: str, days: DayRange) -> str:
    """Condition for the rows with ids of these days of one calendar year."""
    spec = TABLES[table]
    low, high = id_range(days, narrow=spec.narrow_id)
    condition = f"{spec.id_column} >= {low} AND {spec.id_column} < {high}"
    if spec.time_column:
        name = quoted(spec.time_column)
        condition += f" AND {name} >= '{to_date(days.first)} 00:00+00' AND {name} < '{to_date(days.end)} 00:00+00'"
    return condition
