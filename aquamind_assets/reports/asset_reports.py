"""What one asset's finished year shows: a few figures, the same every year so that they plot, and on some a picture.

Belongs here: which figures and which pictures an asset shows. Each is read from the asset's own tables and those it
depends on, for another asset of the same year may not be written yet. Does not belong here: definitions (``figures``),
Dagster (``assets``), figures over several years (``report``).
"""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import pandas as pd

from aquamind_assets.figures.figure import Figure
from aquamind_assets.figures.health import females_per_fish
from aquamind_assets.figures.registry import FIGURES, defined, values_of
from aquamind_assets.figures.sums import Sums
from aquamind_assets.pipeline.lineage import YEAR_REPORT
from aquamind_assets.records.master_ids import CAUSE_NAMES
from aquamind_assets.reports import charts, closeups
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.drawing import Chart, png
from aquamind_assets.reports.history import History, read_history, years_of_lives
from aquamind_assets.reports.report import biomass_by_stage
from aquamind_assets.reports.sums import frames_for, sums_of
from aquamind_assets.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class AssetReport:
    """Figures by key (bare numbers), and pictures by title (PNG)."""

    figures: dict[str, int | float] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class _Year:
    """What an asset's pictures are drawn from."""

    warehouse: Warehouse
    year: int
    history: History
    sums: Sums

    def picture(self, chart: Chart, title: str = "") -> bytes:
        """The chart with its title (its label if none is given) and the year above it."""
        return png(chart, f"{title or chart.label}, {self.year}")


@dataclass(frozen=True)
class _Shown:
    """What an asset shows: figures by key, and pictures drawn from further ``frames`` of the history."""

    keys: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    draw: Callable[[_Year], dict[str, bytes]] = lambda year: {}
    whole_lives: bool = False


def figures_of(asset: str) -> list[Figure]:
    """The definitions of the figures that an asset shows."""
    return defined(_SHOWN[asset].keys) if asset in _SHOWN else []


def asset_report(
    asset: str, warehouse: Warehouse, year: int, threshold: float, accounts: Accounts | None = None
) -> AssetReport:
    """The report of an asset's year; empty for assets that show nothing of the farm.

    Args:
        asset: name of the asset, or :data:`YEAR_REPORT`.
        warehouse: where its year is written.
        year: the calendar year.
        threshold: the scenario's treatment threshold, adult female lice per fish.
        accounts: those of the year, where they are read already.
    """
    shown = _SHOWN.get(asset)
    if shown is None:
        return AssetReport()
    if accounts is None:
        before = years_of_lives(warehouse, year) if shown.whole_lives else ()
        frames: Collection[str] = frames_for(shown.keys) | set(shown.frames)
        history = read_history(warehouse, [year], frames, before=before)
        sums = sums_of(history, threshold).between(year, year)
    else:
        history, sums = accounts.history, accounts.within([year])
    values = values_of(sums, shown.keys)
    figures = {key: FIGURES[key].rounded(value) for key, value in values.items() if math.isfinite(value)}
    return AssetReport(figures, shown.draw(_Year(warehouse, year, history, sums)))


def _batches(made: _Year) -> dict[str, bytes]:
    active = made.sums["active"].set_index("month")["batches"]
    return {"Active batches": made.picture(charts.active_batches(active))} if len(active) > 1 else {}


def _growth(made: _Year) -> dict[str, bytes]:
    batches = closeups.growth(made.history, [made.year])
    return {"Growth": made.picture(charts.growth(batches))} if batches else {}


def _mortality(made: _Year) -> dict[str, bytes]:
    dead = made.history["deaths"]
    if dead.empty:
        return {}
    weekly = closeups.weekly_deaths(dead)
    return {"Deaths": made.picture(charts.deaths(weekly, "fish", "Deaths by week and cause"))}


def _feeding(made: _Year) -> dict[str, bytes]:
    tonnes = biomass_by_stage(made.history["biomass"])
    return {"Biomass of fed fish": made.picture(charts.biomass(tonnes))} if len(tonnes) > 1 else {}


def _lice(made: _Year) -> dict[str, bytes]:
    counted = made.sums["lice"]
    females = females_per_fish(counted).groupby(counted["month"]).mean()
    if females.empty:
        return {}
    chart = charts.lice(females, made.sums.threshold, label="Adult female lice per fish, mean of the sea sites")
    return {"Lice": made.picture(chart)}


def _readings(made: _Year) -> dict[str, bytes]:
    water = closeups.water(made.warehouse, made.history, made.year)
    if water is None:
        return {}
    return {"Water of one cage": made.picture(charts.water(water.daily), f"Water of {water.name}")}


def _year(made: _Year) -> dict[str, bytes]:
    months = [pd.Timestamp(month) for month in made.sums["active"]["month"]]
    rows = {month: values_of(one, ("feed_t", "harvest_t")) for month, one in made.sums.by_month(months).items()}
    pictures = {}
    if rows:
        monthly = pd.DataFrame.from_dict(rows, orient="index")
        pictures["Feed given and fish harvested"] = made.picture(charts.feed_and_harvest(monthly))
    cage = closeups.lousy_cage(made.history, [made.year])
    if cage is not None:
        chart = charts.lice(cage.females, made.sums.threshold, cage.treated, cage.treated_otherwise)
        pictures["Lice and treatments of one cage"] = made.picture(chart, f"Adult female lice per fish in {cage.name}")
    return pictures


_SHOWN: dict[str, _Shown] = {
    "batches": _Shown(("active_batches", "batches_started", "batches_completed"), (), _batches),
    "transfers": _Shown(("transfers", "transfer_losses", "harvest_t", "harvested_fish", "harvest_weight_kg")),
    "growth_samples": _Shown(("batches_sampled",), ("batches",), _growth),
    "mortality": _Shown(("deaths", *(f"deaths_{cause.lower()}" for cause in CAUSE_NAMES)), (), _mortality),
    "feeding_events": _Shown(("feed_t", "feed_cost_keur", "feed_price_eur_kg", "biomass_t"), (), _feeding),
    "feeding_summaries": _Shown(("monthly_fcr",)),
    "lice_counts": _Shown(("lice_counts", "adult_females", "counts_above_threshold_pct"), (), _lice),
    "treatments": _Shown(("lice_treatments", "disease_treatments", "vaccinations")),
    "journal": _Shown(tuple(key for key in FIGURES if key.startswith("entries_"))),
    "environmental_readings": _Shown((), ("places",), _readings),
    YEAR_REPORT: _Shown(
        (
            *("active_batches", "batches_completed", "whole_lives", "biomass_t", "harvest_t", "harvest_weight_kg"),
            *("survival_smolt_pct", "survival_harvest_pct", "economic_fcr", "biological_fcr", "sea_mortality_pct"),
            *("deaths", "transfer_losses", "feed_t", "feed_cost_keur", "adult_females", "counts_above_threshold_pct"),
            *("lice_treatments", "disease_treatments", "vaccinations", "entries_diagnosis"),
        ),
        ("lice", "treatments"),
        _year,
        whole_lives=True,
    ),
}
