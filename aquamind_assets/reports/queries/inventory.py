"""Feed given, the biomass that was fed, and the monthly summaries of both."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from aquamind_assets.timeline import DayRange, day_number, id_range, to_date, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

LAST_FED_DAYS = 5
"""Biomass at the end of a month is that at the last meals of its last days. Fish get no feed for up to three days
before a treatment or a move and on its day, and hardly ever for longer."""


def month_ranges(year: int) -> Iterator[tuple[pd.Timestamp, DayRange]]:
    """First day and days of each month of a year."""
    starts = [day_number(date(year, month, 1)) for month in range(1, 13)] + [year_days(year).end]
    for first, end in pairwise(starts):
        yield pd.Timestamp(to_date(first)), DayRange(first, end)


def feed(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``month batch_id container_id kg eur``."""
    sql = """
        batch_id, container_id, SUM(amount_kg) AS kg, SUM(feed_cost) AS eur
        FROM inventory_feedingevent WHERE id >= ? AND id < ? GROUP BY batch_id, container_id"""
    found = _by_month(warehouse, year, sql, [id_range(days) for _, days in month_ranges(year)])
    ids = dict.fromkeys(("batch_id", "container_id"), "int64")
    return found.astype({**ids, "kg": float, "eur": float})


def biomass(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``month batch_id stage_id kg``: the largest biomass at a meal of each stay in the month's last days.

    Stays that ended with the month are left out: their fish are counted where they went, or were harvested.
    """
    sql = """
        stay.batch_id AS batch_id, stay.lifecycle_stage_id AS stage_id, SUM(fed.kg) AS kg
        FROM (SELECT batch_assignment_id, MAX(batch_biomass_kg) AS kg FROM inventory_feedingevent
              WHERE id >= ? AND id < ? GROUP BY batch_assignment_id) AS fed
        JOIN batch_batchcontainerassignment AS stay ON stay.id = fed.batch_assignment_id
        WHERE stay.departure_date IS NULL OR stay.departure_date >= ?
        GROUP BY stay.batch_id, stay.lifecycle_stage_id"""
    asked = [
        (*id_range(DayRange(days.end - LAST_FED_DAYS, days.end)), to_date(days.end).isoformat())
        for _, days in month_ranges(year)
    ]
    return _by_month(warehouse, year, sql, asked).astype({"kg": float, "stage_id": "int64", "batch_id": "int64"})


def _by_month(warehouse: Warehouse, year: int, selection: str, asked: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """What a selection gives of each month, with the first day of the ``month``; ``asked`` are the parameters of each.
    One statement for all months: twelve would cost more than what they read."""
    sql = " UNION ALL ".join(f"SELECT {place} AS month, {selection}" for place in range(12))
    found = warehouse.frame(sql, [value for one in asked for value in one])
    firsts = np.array([month for month, _ in month_ranges(year)], dtype="datetime64[us]")
    return found.assign(month=firsts[found["month"].to_numpy(dtype=np.int64)])


def summaries(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``month feed_kg growth_kg`` of all batches, from AquaMind's monthly feeding summaries."""
    sql = """
        SELECT period_start AS month, SUM(total_feed_kg) AS feed_kg, SUM(total_biomass_gain_kg) AS growth_kg
        FROM inventory_batchfeedingsummary WHERE id >= ? AND id < ? GROUP BY period_start"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["month"])
    return found.astype({"feed_kg": float, "growth_kg": float})
