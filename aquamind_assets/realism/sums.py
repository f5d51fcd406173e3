"""The observed ledger as the sums that figures are made of.

Belongs here: from :class:`Observations` to :class:`~aquamind_assets.figures.sums.Sums`, with the columns that the
tables' sums have too. Does not belong here: formulas (``figures``), grouping ledger rows (``sea``, ``batches``).
"""

import numpy as np
import pandas as pd

from aquamind_assets.figures.sums import WHOLE_MONTH_DAYS, Sums
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.realism.frames import BatchFlows
from aquamind_assets.realism.observations import Observations
from aquamind_assets.scenario.model import Scenario

SETTLED_YEARS = 3
"""Years until the sea is stocked as planned: harvest of earlier years says nothing about the yearly tonnes."""


def sums_of(scenario: Scenario, observed: Observations) -> Sums:
    """The sums of all observed years."""
    names = np.array([geography.name for geography in scenario.farm.geographies], dtype=object)
    years = observed.geography_years
    yearly = pd.DataFrame(
        {
            "month": pd.to_datetime([f"{year}-01-01" for year in years.year]),
            "geography": names[years.geography],
            "fish": years.harvested,
            "kg": years.harvested_kg,
            "kind": "lice",
            "treatments": years.lice_treatments,
            "cage_days": years.cage_days,
            "outbreaks": years.outbreaks,
        }
    )
    active = observed.active
    first = _days(active.day).is_month_start
    frames = {
        "active": pd.DataFrame({"month": _days(active.day[first]), "batches": active.batches[first]}),
        "harvests": yearly,
        "treatments": yearly,
        "cages": yearly,
        "outbreaks": yearly,
        "lives": _lives(observed.batches, int(active.day.min()), names),
        "farm_months": _farm_months(observed, names),
        "lice": _lice(observed, names),
        "sea_deaths": _sea_deaths(observed),
    }
    settled = [int(year) for year in np.unique(years.year) if year >= scenario.first_year + SETTLED_YEARS]
    return Sums(frames, scenario.health.lice.threshold, settled)


def _days(day: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(day).astype("datetime64[D]"))


def _months(month: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex((month.astype(np.int64) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]"))


def _lives(batches: BatchFlows, first_day: int, names: np.ndarray) -> pd.DataFrame:
    """Batches that were observed from their first day to their last."""
    lived = batches.take((batches.ended > 0) & (batches.start_day >= first_day))
    with np.errstate(divide="ignore", invalid="ignore"):
        sea_day, harvest_day = lived.to_sea_day_sum / lived.to_sea, lived.harvest_day_sum / lived.harvested
    return pd.DataFrame(
        {
            "month": _days(lived.end_day.astype(np.int64)).to_period("M").to_timestamp(),
            "geography": names[lived.geography],
            "start": lived.start_day,
            "sea_day": sea_day,
            "harvest_day": harvest_day,
            "eggs": lived.eggs,
            "smolts": lived.to_sea,
            "stocked_kg": lived.to_sea_kg,
            "harvested": lived.harvested,
            "harvest_kg": lived.harvested_kg,
            "given": lived.given,
            "given_kg": lived.given_kg,
            "taken": lived.taken,
            "taken_kg": lived.taken_kg,
            "sea_feed_kg": lived.sea_feed_kg,
            "sea_dead_kg": lived.sea_dead_kg,
        }
    )


def _farm_months(observed: Observations, names: np.ndarray) -> pd.DataFrame:
    months = observed.farm_months
    months = months.take((months.days >= WHOLE_MONTH_DAYS) & (months.fish_days > 0))
    return pd.DataFrame(
        {
            "month": _months(months.month),
            "geography": names[months.geography],
            "area": months.area,
            "days": months.days,
            "fish_days": months.fish_days,
            "dead": months.deaths,
        }
    )


def _lice(observed: Observations, names: np.ndarray) -> pd.DataFrame:
    months = observed.farm_months
    months = months.take(months.counts > 0)
    return pd.DataFrame(
        {
            "month": _months(months.month),
            "geography": names[months.geography],
            "area": months.area,
            "females": months.counted_females,
            "fish": months.counted_fish,
            "counts": months.counts,
            "above": months.counts_above,
        }
    )


def _sea_deaths(observed: Observations) -> pd.DataFrame:
    shares, causes = observed.shares, [cause.name.lower() for cause in Cause]
    return pd.DataFrame(
        {
            "month": _days(observed.active.day[:1])[0],
            "cause": causes,
            "dead": [shares.total[shares.key == f"deaths by {cause}"].sum() for cause in causes],
        }
    )
