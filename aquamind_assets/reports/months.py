"""The farm month by month, read from the written tables.

Belongs here: portable queries and the frames made of them. Does not belong here: drawing (``plots``), pages (``page``),
anything that the ledger knows but the database does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aquamind_assets.records.batch.transfers import HARVEST_NOTE
from aquamind_assets.timeline import DayRange, day_number, id_range, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

MONTHLY_COLUMNS = {
    "active_batches": "active batches on the first of the month",
    "biomass_t": "biomass at the end of the month, tonnes (as last fed)",
    "feed_t": "feed given, tonnes",
    "feed_cost_keur": "feed given, thousand EUR",
    "deaths": "dead fish",
    "harvested_fish": "harvested fish",
    "harvested_t": "harvested, tonnes",
    "adult_females": "adult female lice on a sampled fish, mean of the counts",
    "counts_above_limit": "share of lice counts above 0.5 adult females a fish",
    "lice_and_disease_treatments": "medicines and mechanical treatments",
    "vaccinations": "vaccinations",
    "diagnoses": "diagnoses in the veterinary journal",
}
"""Columns of :func:`months` and what they mean."""

LICE_LIMIT = 0.5
"""Adult female lice a fish above which a farm must act."""
_HARVEST = f"substr(notes, 1, {len(HARVEST_NOTE)}) = '{HARVEST_NOTE}'"


def months(warehouse: Warehouse, years: Sequence[int]) -> pd.DataFrame:
    """One row for each month of these years, indexed by its first day; columns as in :data:`MONTHLY_COLUMNS`.

    Months without rows have 0 where things are counted and NaN where they are measured.
    """
    index = pd.date_range(f"{min(years)}-01-01", f"{max(years)}-12-01", freq="MS")
    index = index[np.isin(index.year, list(years))]
    frame = pd.DataFrame(index=index)
    frame["active_batches"] = _active(warehouse, index)
    frame["biomass_t"] = [biomass_t(warehouse, month) for month in index]
    parts = [_of_year(warehouse, year) for year in years]
    events = pd.concat(parts) if parts else pd.DataFrame()
    frame = frame.join(events.reindex(index))
    counted = [name for name in MONTHLY_COLUMNS if name not in ("adult_females", "counts_above_limit", "biomass_t")]
    frame[counted] = frame[counted].fillna(0)
    return frame[list(MONTHLY_COLUMNS)]


def _active(warehouse: Warehouse, index: pd.DatetimeIndex) -> list[int]:
    batches = warehouse.frame(
        "SELECT start_date, actual_end_date FROM batch_batch", dates=["start_date", "actual_end_date"]
    )
    started, ended = batches["start_date"], batches["actual_end_date"]
    return [int(((started <= month) & (ended.isna() | (ended > month))).sum()) for month in index]


def biomass_t(warehouse: Warehouse, month: pd.Timestamp) -> float:
    """Sum over containers of the largest biomass at a meal in the month's last three days; NaN if nobody was fed."""
    end = day_number((month + pd.offsets.MonthEnd(1)).date()) + 1
    low, high = id_range(DayRange(end - 3, end))
    sql = (
        "SELECT container_id, MAX(batch_biomass_kg) AS kg FROM inventory_feedingevent WHERE id >= ? AND id < ? GROUP BY"
        " container_id"
    )
    fed = warehouse.frame(sql, (low, high))
    return float(fed["kg"].sum()) / 1000 if len(fed) else float("nan")


def _of_year(warehouse: Warehouse, year: int) -> pd.DataFrame:
    parts = [
        feed(warehouse, year),
        _deaths(warehouse, year),
        harvest(warehouse, year),
        lice(warehouse, year),
        treatments(warehouse, year),
        _diagnoses(warehouse, year),
    ]
    return pd.concat(parts, axis=1, sort=True)


def _by_month(
    warehouse: Warehouse, year: int, table: str, day: str, columns: str, where: str = "1 = 1"
) -> pd.DataFrame:
    """``columns`` summed by day in the database, then by month."""
    low, high = id_range(year_days(year))
    sql = f"SELECT {day} AS day, {columns} FROM {table} WHERE id >= ? AND id < ? AND {where} GROUP BY {day}"
    found = warehouse.frame(sql, (low, high))
    month = pd.to_datetime(found.pop("day").astype(str).str.slice(0, 10)).dt.to_period("M").dt.to_timestamp()
    return found.astype(float).groupby(month.to_numpy()).sum()


def feed(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``feed_t`` and ``feed_cost_keur`` by month."""
    fed = _by_month(
        warehouse, year, "inventory_feedingevent", "feeding_date", "SUM(amount_kg) AS kg, SUM(feed_cost) AS eur"
    )
    return pd.DataFrame({"feed_t": fed["kg"] / 1000, "feed_cost_keur": fed["eur"] / 1000})


def _deaths(warehouse: Warehouse, year: int) -> pd.DataFrame:
    return _by_month(warehouse, year, "batch_mortalityevent", "event_date", "SUM(count) AS deaths")


def harvest(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``harvested_fish`` and ``harvested_t`` by month."""
    columns = "SUM(transferred_count) AS harvested_fish, SUM(transferred_biomass_kg) / 1000.0 AS harvested_t"
    return _by_month(warehouse, year, "batch_batchtransfer", "transfer_date", columns, _HARVEST)


def lice(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``adult_females`` and ``counts_above_limit`` by month."""
    low, high = id_range(year_days(year))
    sql = (
        "SELECT count_date, adult_female_count * 1.0 / fish_sampled AS females FROM health_licecount WHERE id >= ? AND"
        " id < ? AND fish_sampled > 0"
    )
    found = warehouse.frame(sql, (low, high), dates=["count_date"])
    month = found["count_date"].dt.to_period("M").dt.to_timestamp().to_numpy()
    females = found["females"].astype(float)
    return pd.DataFrame(
        {
            "adult_females": females.groupby(month).mean(),
            "counts_above_limit": (females > LICE_LIMIT).groupby(month).mean(),
        }
    )


def treatments(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``lice_and_disease_treatments`` and ``vaccinations`` by month."""
    low, high = id_range(year_days(year))
    found = warehouse.frame(
        "SELECT treatment_date, treatment_type FROM health_treatment WHERE id >= ? AND id < ?",
        (low, high),
        dates=["treatment_date"],
    )
    month = found["treatment_date"].dt.to_period("M").dt.to_timestamp().to_numpy()
    vaccination = found["treatment_type"] == "vaccination"
    return pd.DataFrame(
        {
            "lice_and_disease_treatments": (~vaccination).groupby(month).sum(),
            "vaccinations": vaccination.groupby(month).sum(),
        }
    ).astype(float)


def _diagnoses(warehouse: Warehouse, year: int) -> pd.DataFrame:
    low, high = id_range(year_days(year))
    found = warehouse.frame(
        "SELECT entry_date FROM health_journalentry WHERE id >= ? AND id < ? AND category = 'diagnosis'",
        (low, high),
        dates=["entry_date"],
    )
    month = found["entry_date"].dt.to_period("M").dt.to_timestamp().to_numpy()
    return pd.DataFrame({"diagnoses": pd.Series(1.0, index=found.index).groupby(month).sum()})


@dataclass(frozen=True)
class Generation:
    """What became of the batches whose harvest ended in some years.

    Attributes:
        batches: how many.
        survival_pct: harvested fish, percent of all fish that were ever accounted for (eggs).
        sea_survival_pct: harvested fish, percent of the fish that entered Post-Smolt.
        harvest_weight_kg: mean weight at harvest.
        economic_fcr: feed given over harvested biomass.
        days: mean days from eggs to the end of harvest.
    """

    batches: int
    survival_pct: float
    sea_survival_pct: float
    harvest_weight_kg: float
    economic_fcr: float
    days: float


def generation(warehouse: Warehouse, years: Sequence[int]) -> Generation | None:
    """The batches that were completed in these years; None if there are none."""
    sql = (
        "SELECT id, start_date, actual_end_date FROM batch_batch WHERE status = 'COMPLETED' AND actual_end_date >= ?"
        " AND actual_end_date < ?"
    )
    done = warehouse.frame(
        sql, (f"{min(years)}-01-01", f"{max(years) + 1}-01-01"), dates=["start_date", "actual_end_date"]
    )
    if done.empty:
        return None
    ids = [int(one) for one in done["id"]]
    deaths = _sum(warehouse, "batch_mortalityevent", "batch_id", "SUM(count)", ids)
    moved = _sum(warehouse, "batch_batchtransfer", "source_batch_id", "SUM(mortality_count)", ids)
    fish = _sum(warehouse, "batch_batchtransfer", "source_batch_id", "SUM(transferred_count)", ids, _HARVEST)
    kg = _sum(warehouse, "batch_batchtransfer", "source_batch_id", "SUM(transferred_biomass_kg)", ids, _HARVEST)
    to_sea = (
        "transfer_type = 'LIFECYCLE' AND destination_assignment_id IS NOT NULL AND destination_lifecycle_stage_id <>"
        " source_lifecycle_stage_id AND destination_lifecycle_stage_id IN (SELECT id FROM batch_lifecyclestage WHERE"
        " name = 'Post-Smolt')"
    )
    smolts = _sum(warehouse, "batch_batchtransfer", "source_batch_id", "SUM(transferred_count)", ids, to_sea)
    feed = _sum(warehouse, "inventory_feedingevent", "batch_id", "SUM(amount_kg)", ids)
    return Generation(
        batches=len(ids),
        survival_pct=100 * fish / max(fish + deaths + moved, 1),
        sea_survival_pct=100 * fish / max(smolts, 1),
        harvest_weight_kg=kg / max(fish, 1),
        economic_fcr=feed / max(kg, 1),
        days=float((done["actual_end_date"] - done["start_date"]).dt.days.mean()),
    )


def _sum(warehouse: Warehouse, table: str, column: str, what: str, ids: list[int], where: str = "1 = 1") -> float:
    sql = f"SELECT {what} FROM {table} WHERE {column} IN ({', '.join('?' * len(ids))}) AND {where}"
    return float(warehouse.query(sql, ids)[0][0] or 0)
