"""What one asset's finished year says of the farm: a few numbers, the same every year, and on some assets a plot.

Belongs here: which figures and which plot an asset shows. Each is read from the asset's own tables and those it depends
on, for another asset of the same year may not be written yet. Does not belong here: Dagster, figures over several years
(``report``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from aquamind_assets.reports import details, months, plots
from aquamind_assets.timeline import id_range, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

Figures = dict[str, int | float]


@dataclass(frozen=True)
class PartitionReport:
    """Figures by name (bare numbers, so that they plot over the years), and plots by title (PNG)."""

    figures: Figures = field(default_factory=dict)
    plots: dict[str, bytes] = field(default_factory=dict)


def partition_report(asset: str, warehouse: Warehouse, year: int) -> PartitionReport:
    """The report of an asset's year; empty for assets that have nothing to tell of the farm."""
    reporter = _REPORTERS.get(asset)
    return reporter(warehouse, year) if reporter else PartitionReport()


def year_report(warehouse: Warehouse, year: int) -> PartitionReport:
    """The report over all tables of a year."""
    by_month = months.months(warehouse, [year])
    figures: Figures = {
        "active_batches": int(by_month["active_batches"].iloc[-1]),
        "biomass_t": _rounded(by_month["biomass_t"].dropna().iloc[-1] if by_month["biomass_t"].notna().any() else 0.0),
        "harvested_t": _rounded(by_month["harvested_t"].sum()),
        "feed_t": _rounded(by_month["feed_t"].sum()),
        "deaths": int(by_month["deaths"].sum()),
        "treatments": int(by_month["lice_and_disease_treatments"].sum()),
        "vaccinations": int(by_month["vaccinations"].sum()),
        "diagnoses": int(by_month["diagnoses"].sum()),
    }
    done = months.generation(warehouse, [year])
    if done is not None:
        figures |= {
            "batches_completed": done.batches,
            "survival_pct": _rounded(done.survival_pct),
            "sea_survival_pct": _rounded(done.sea_survival_pct),
            "harvest_weight_kg": _rounded(done.harvest_weight_kg),
            "economic_fcr": _rounded(done.economic_fcr, 3),
        }
    flows = {"feed given": by_month["feed_t"], "harvested": by_month["harvested_t"]}
    drawn = {
        "Feed given and fish harvested": plots.lines(flows, f"Feed given and fish harvested by month, {year}", "tonnes")
    }
    cage = details.lousiest_cage(warehouse, year)
    if cage is not None:
        name, females, treated = cage
        title = f"Adult female lice a fish in {name}, {year}"
        drawn["Lice and treatments of one cage"] = plots.dots_and_marks(
            females, treated, title, "lice/fish", "treatment", limit=0.5
        )
    return PartitionReport(figures, drawn)


def _batches(warehouse: Warehouse, year: int) -> PartitionReport:
    found = warehouse.frame(
        "SELECT start_date, actual_end_date FROM batch_batch", dates=["start_date", "actual_end_date"]
    )
    started, ended = found["start_date"], found["actual_end_date"]
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    begun = np.searchsorted(np.sort(started.to_numpy()), days.to_numpy(), side="right")
    gone = np.searchsorted(np.sort(ended.dropna().to_numpy()), days.to_numpy(), side="right")
    active = pd.Series(begun - gone, index=days)
    figures: Figures = {
        "active_batches": int(active.iloc[-1]),
        "batches_started": int((started.dt.year == year).sum()),
        "batches_completed": int((ended.dt.year == year).sum()),
    }
    return PartitionReport(
        figures, {"Active batches": plots.lines({"": active.astype(float)}, f"Active batches, {year}", "batches")}
    )


def _transfers(warehouse: Warehouse, year: int) -> PartitionReport:
    harvest = months.harvest(warehouse, year)
    low, high = id_range(year_days(year))
    moved = warehouse.query(
        "SELECT COUNT(*), SUM(mortality_count) FROM batch_batchtransfer WHERE id >= ? AND id < ?", (low, high)
    )[0]
    fish, tonnes = float(harvest["harvested_fish"].sum()), float(harvest["harvested_t"].sum())
    return PartitionReport(
        {
            "transfers": int(moved[0]),
            "transfer_losses": int(moved[1] or 0),
            "harvested_t": _rounded(tonnes),
            "harvest_weight_kg": _rounded(1000 * tonnes / fish if fish else 0.0),
        }
    )


def _growth(warehouse: Warehouse, year: int) -> PartitionReport:
    batches = details.growth_of_batches(warehouse, year)
    if not batches:
        return PartitionReport()
    return PartitionReport(
        {"batches_sampled": len(batches)},
        {"Growth": plots.lines(batches, f"Sampled mean weight by batch, {year}", "kg")},
    )


def _mortality(warehouse: Warehouse, year: int) -> PartitionReport:
    low, high = id_range(year_days(year))
    sql = (
        "SELECT event_date, cause, SUM(count) AS deaths FROM batch_mortalityevent WHERE id >= ? AND id < ? GROUP BY"
        " event_date, cause"
    )
    found = warehouse.frame(sql, (low, high), dates=["event_date"])
    if found.empty:
        return PartitionReport({"deaths": 0})
    found["deaths"] = found["deaths"].astype(float)
    week = found["event_date"].dt.to_period("W-SUN").dt.start_time
    weekly = found.pivot_table(index=week, columns="cause", values="deaths", aggfunc="sum", fill_value=0)
    total = found.groupby("cause")["deaths"].sum()
    figures: Figures = {
        "deaths": int(total.sum()),
        **{f"deaths_{str(cause).lower()}": int(count) for cause, count in total.items()},
    }
    return PartitionReport(figures, {"Deaths": plots.bars(weekly, f"Deaths by week and cause, {year}", "fish")})


def _feeding(warehouse: Warehouse, year: int) -> PartitionReport:
    fed = months.feed(warehouse, year)
    figures: Figures = {
        "feed_t": _rounded(fed["feed_t"].sum()),
        "feed_cost_keur": _rounded(fed["feed_cost_keur"].sum()),
    }
    biomass = pd.Series(
        {
            month: months.biomass_t(warehouse, month)
            for month in pd.date_range(f"{year}-01-01", f"{year}-12-01", freq="MS")
        }
    ).dropna()
    if len(biomass):
        figures["biomass_t"] = _rounded(biomass.iloc[-1])
    return PartitionReport(
        figures, {"Biomass": plots.lines({"": biomass}, f"Biomass fed, {year}", "tonnes")} if len(biomass) > 1 else {}
    )


def _summaries(warehouse: Warehouse, year: int) -> PartitionReport:
    low, high = id_range(year_days(year))
    sql = "SELECT SUM(total_feed_kg), SUM(growth_kg) FROM inventory_batchfeedingsummary WHERE id >= ? AND id < ?"
    feed, grown = (float(value or 0) for value in warehouse.query(sql, (low, high))[0])
    return PartitionReport({"fcr": _rounded(feed / grown, 3)} if grown > 0 else {})


def _lice(warehouse: Warehouse, year: int) -> PartitionReport:
    by_month = months.lice(warehouse, year)
    if by_month.empty:
        return PartitionReport()
    figures: Figures = {
        "adult_females": _rounded(by_month["adult_females"].mean(), 3),
        "counts_above_limit_pct": _rounded(100 * by_month["counts_above_limit"].mean()),
    }
    drawn = plots.lines(
        {"": by_month["adult_females"]},
        f"Adult female lice a fish, mean of the counts, {year}",
        "lice/fish",
        limit=months.LICE_LIMIT,
    )
    return PartitionReport(figures, {"Lice": drawn})


def _treatments(warehouse: Warehouse, year: int) -> PartitionReport:
    by_month = months.treatments(warehouse, year)
    return PartitionReport(
        {
            "treatments": int(by_month["lice_and_disease_treatments"].sum()),
            "vaccinations": int(by_month["vaccinations"].sum()),
        }
    )


def _journal(warehouse: Warehouse, year: int) -> PartitionReport:
    low, high = id_range(year_days(year))
    found = warehouse.query(
        "SELECT category, COUNT(*) FROM health_journalentry WHERE id >= ? AND id < ? GROUP BY category ORDER BY"
        " category",
        (low, high),
    )
    return PartitionReport({f"entries_{category}": int(count) for category, count in found})


def _readings(warehouse: Warehouse, year: int) -> PartitionReport:
    water = details.water_of_a_cage(warehouse, year_days(year))
    if water is None:
        return PartitionReport()
    name, daily = water
    chosen = {
        column: daily[column].dropna()
        for column in daily.columns
        if column.lower() in ("temperature", "dissolved oxygen", "oxygen")
    }
    return PartitionReport(
        {},
        (
            {"Water of one cage": plots.lines(chosen, f"Water of {name}, daily means, {year}", "degC, mg/l")}
            if chosen
            else {}
        ),
    )


_REPORTERS: dict[str, Callable[[Warehouse, int], PartitionReport]] = {
    "batches": _batches,
    "transfers": _transfers,
    "growth_samples": _growth,
    "mortality": _mortality,
    "feeding_events": _feeding,
    "feeding_summaries": _summaries,
    "lice_counts": _lice,
    "treatments": _treatments,
    "journal": _journal,
    "environmental_readings": _readings,
}


def _rounded(value: float, digits: int = 2) -> float:
    return round(float(value), digits)
