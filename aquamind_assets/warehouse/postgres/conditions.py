"""Conditions on the rows of some ids or days, as PostgreSQL wants them: with the time where a table is cut by it.

Where a table is partitioned, or a hypertable, a condition on ids alone touches and locks every part of it.

Belongs here: SQL of conditions. Does not belong here: statements.
"""

import numpy as np

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, id_range, to_date, year_days, year_of_ids
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import id_sql


def of_ids(spec: TableSpec, low: int, high: int) -> str:
    """Rows with ``low <= id < high``."""
    condition = f"{id_sql(spec)} >= {low} AND {id_sql(spec)} < {high}"
    if spec.time_column and high - low > 1:
        first, last = year_of_ids(np.array([low, high - 1])).tolist()
        condition += f" AND {of_time(spec, DayRange(year_days(first).first, year_days(last).end))}"
    return condition


def of_days(spec: TableSpec, days: DayRange) -> str:
    """Rows with ids of these days of one calendar year."""
    low, high = id_range(days, narrow=spec.narrow_id)
    condition = f"{id_sql(spec)} >= {low} AND {id_sql(spec)} < {high}"
    return f"{condition} AND {of_time(spec, days)}" if spec.time_column else condition


def of_time(spec: TableSpec, days: DayRange, alias: str = "") -> str:
    """Rows of a time series (named ``alias`` in the statement) with a time of these days."""
    time = quoted(str(spec.time_column))
    name = f"{alias}.{time}" if alias else time
    return f"{name} >= '{to_date(days.first)} 00:00+00' AND {name} < '{to_date(days.end)} 00:00+00'"
