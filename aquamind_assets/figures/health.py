"""Figures of health: mortality of sea sites, lice, treatments, outbreaks, the journal.

Belongs here: what is in AquaMind's app ``health``. Does not belong here: deaths of batches (``batch``).
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from aquamind_assets.figures.figure import Figure, Period, ratio
from aquamind_assets.figures.sums import WHOLE_MONTH_DAYS, Sums
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.tables.releases import DEFAULT_RELEASE, tables_of

MORTALITY_DAYS = 30
"""The mortality of a farm-month is brought to so many days."""
_FARM_MONTH = f"a month of a sea site with fish on at least {WHOLE_MONTH_DAYS} days"


def mortality_pct(farm_months: pd.DataFrame) -> "pd.Series[float]":
    """Dead fish of each farm-month in percent of its mean number of fish, in 30 days: fish-days are the number of fish
    summed over days."""
    return 100 * farm_months["dead"] / farm_months["fish_days"] * MORTALITY_DAYS


def females_per_fish(lice: pd.DataFrame) -> "pd.Series[float]":
    """Adult female lice per fish looked at, of each site and month."""
    return lice["females"] / lice["fish"]


def _mortality_at(level: float) -> Callable[[Sums], float]:
    return lambda sums: mortality_pct(sums["farm_months"]).quantile(level)


def _mortality(key: str, name: str, level: float, published: str = "") -> Figure:
    return Figure(
        key=f"sea_mortality_{key}_pct",
        title=f"Sea mortality, {name}",
        unit=f"% in {MORTALITY_DAYS} days",
        meaning=f"The {name} of the mortality of farm-months.",
        period=Period.FARM_MONTHS,
        reads=("farm_months",),
        formula=_mortality_at(level),
        digits=2,
        published=published,
    )


def _treatments(key: str, title: str, kind: Literal["lice", "disease", "vaccination"], meaning: str) -> Figure:
    def formula(sums: Sums) -> float:
        return _given(sums, kind)

    unit = "vaccinations" if kind == "vaccination" else "treatments"
    return Figure(key, title, unit, meaning, Period.EVENTS, ("treatments",), formula)


def _given(sums: Sums, kind: str) -> float:
    """Treatments of a kind; asked for every month, of few rows."""
    given = sums["treatments"]
    number: float = given["treatments"].to_numpy()[given["kind"].to_numpy() == kind].sum()
    return number


def _per_cage_year(sums: Sums) -> float:
    return 365.25 * ratio(_given(sums, "lice"), sums["cages"]["cage_days"].sum())


def _per_year(sums: Sums) -> float:
    outbreaks = sums["outbreaks"]
    return ratio(outbreaks["outbreaks"].sum(), outbreaks["month"].dt.year.nunique())


def _above(sums: Sums) -> float:
    return 100 * ratio(sums["lice"]["above"].sum(), sums["lice"]["counts"].sum())


def _months_above(sums: Sums) -> float:
    females = females_per_fish(sums["lice"])
    return 100 * ratio(np.sum(females > sums.threshold), len(females))


def _entries(category: str) -> Figure:
    def formula(sums: Sums) -> float:
        journal = sums["journal"]
        return journal.loc[journal["category"] == category, "entries"].sum()

    return Figure(
        key=f"entries_{category}",
        title=f"Journal entries, {category}",
        unit="entries",
        meaning=f"Entries of the fish health journal in the category {category}.",
        period=Period.EVENTS,
        reads=("journal",),
        formula=formula,
    )


def _share_of_cause(cause: Cause) -> Figure:
    name = cause.name.lower()

    def formula(sums: Sums) -> float:
        deaths = sums["sea_deaths"]
        return 100 * ratio(deaths.loc[deaths["cause"] == name, "dead"].sum(), deaths["dead"].sum())

    return Figure(
        key=f"sea_deaths_{name}_pct",
        title=f"Deaths at sea by {name}",
        unit="%",
        meaning=f"Share of the deaths at sea whose true cause is {name}.",
        period=Period.EVENTS,
        reads=("sea_deaths",),
        formula=formula,
        digits=1,
    )


HEALTH_FIGURES = (
    Figure(
        "farm_months",
        "Farm-months",
        "farm-months",
        f"Farm-months: {_FARM_MONTH}.",
        Period.FARM_MONTHS,
        ("farm_months",),
        lambda sums: len(sums["farm_months"]),
    ),
    Figure(
        "sea_mortality_pct",
        "Sea mortality",
        f"% in {MORTALITY_DAYS} days",
        f"Dead fish in percent of the fish there in {MORTALITY_DAYS} days, mean over farm-months ({_FARM_MONTH}).",
        Period.FARM_MONTHS,
        ("farm_months",),
        lambda sums: mortality_pct(sums["farm_months"]).mean(),
        digits=2,
        published="mortality_month_mean",
    ),
    _mortality("p10", "10th percentile", 0.1),
    _mortality("median", "median", 0.5, "mortality_month_median"),
    _mortality("p90", "90th percentile", 0.9, "mortality_month_p90"),
    _mortality("p95", "95th percentile", 0.95, "mortality_month_p95"),
    _mortality("p99", "99th percentile", 0.99),
    Figure(
        "adult_females",
        "Adult female lice",
        "per fish",
        "Adult female lice per fish counted, of each sea site and month, mean over them.",
        Period.FARM_MONTHS,
        ("lice",),
        lambda sums: females_per_fish(sums["lice"]).mean(),
        digits=2,
        published="adult_females_mean",
    ),
    Figure(
        "adult_females_median",
        "Adult female lice, median",
        "per fish",
        "Adult female lice per fish counted, of each sea site and month, median over them.",
        Period.FARM_MONTHS,
        ("lice",),
        lambda sums: females_per_fish(sums["lice"]).median(),
        digits=2,
        published="adult_females_median",
    ),
    Figure(
        "lice_counts",
        "Lice counts",
        "counts",
        "Lice counts, each of a sample of fish from a cage.",
        Period.EVENTS,
        ("lice",),
        lambda sums: sums["lice"]["counts"].sum(),
    ),
    Figure(
        "counts_above_threshold_pct",
        "Lice counts above threshold",
        "%",
        "Lice counts with more adult female lice per fish than the scenario's treatment threshold.",
        Period.EVENTS,
        ("lice",),
        _above,
        digits=1,
    ),
    Figure(
        "months_above_threshold_pct",
        "Months of sites above threshold",
        "%",
        "Months of sea sites whose counts together show more adult female lice per fish than the treatment threshold.",
        Period.FARM_MONTHS,
        ("lice",),
        _months_above,
        digits=1,
    ),
    _treatments("lice_treatments", "Lice treatments", "lice", "Treatments of a cage against salmon lice."),
    _treatments("disease_treatments", "Disease treatments", "disease", "Treatments of a container for a disease."),
    _treatments("vaccinations", "Vaccinations", "vaccination", "Vaccinations of a batch."),
    Figure(
        "lice_treatments_per_cage_year",
        "Lice treatments of a cage",
        "per year",
        "Lice treatments over the years that cages held fish.",
        Period.EVENTS,
        ("treatments", "cages"),
        _per_cage_year,
        digits=2,
    ),
    Figure(
        "outbreaks_per_year",
        "Site outbreaks",
        "per year",
        "Outbreaks of a disease at a site that began in a year.",
        Period.YEARS,
        ("outbreaks",),
        _per_year,
        digits=1,
    ),
    *(_entries(category) for category in tables_of(DEFAULT_RELEASE)["health_journalentry"].by_name["category"].choices),
    *(_share_of_cause(cause) for cause in Cause),
)
