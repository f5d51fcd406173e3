"""Close looks at single things over a report's years: ten batches growing, one cage's lice, one site's deaths and
water.

Belongs here: choosing what is shown. Does not belong here: statements (``queries``), sums over the farm
(``accounts``), drawing (``charts``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from aquamind_assets.figures.health import mortality_pct
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.history import LIFE_YEARS, History
from aquamind_assets.reports.queries.batch import sea_stays
from aquamind_assets.reports.queries.environmental import readings
from aquamind_assets.reports.queries.health import site_deaths
from aquamind_assets.reports.sites import site_days
from aquamind_assets.warehouse.warehouse import Warehouse

BATCHES_SHOWN = 10
CLOSE_DAYS = 3

_PARAMETERS = {"Temperature": "TEMPERATURE", "Dissolved Oxygen": "OXYGEN"}
"""Parameter to the type of the sensors that measure it."""
_MIDSUMMER = (8, 15)
"""Month and day near which water is looked at closely: warm, so oxygen is short and its daily cycle wide."""


@dataclass(frozen=True)
class LousyCage:
    """Lice counts of the cage that was treated against lice most often: ``females`` adult female lice per fish by day,
    and the days of treatments against lice and of others."""

    name: str
    females: "pd.Series[float]"
    treated: pd.DatetimeIndex
    treated_otherwise: pd.DatetimeIndex


@dataclass(frozen=True)
class Site:
    """A sea site in a year."""

    area_id: int
    name: str
    year: int


@dataclass(frozen=True)
class Water:
    """Readings of one cage: by parameter, ``low median high`` of each day of a year, and every reading of three
    days."""

    name: str
    year: int
    daily: dict[str, pd.DataFrame]
    close: dict[str, "pd.Series[float]"]


def growth(history: History, years: Sequence[int]) -> dict[str, "pd.Series[float]"]:
    """Weekly mean sampled weight, kg, of at most ten batches, by batch number: evenly spread over those that lived at
    least half a year in these years."""
    batches, samples = history["batches"], history["samples"]
    low, high = pd.Timestamp(f"{min(years)}-01-01"), pd.Timestamp(f"{max(years) + 1}-01-01")
    lived = batches["end"].fillna(high).clip(upper=high) - batches["start"].clip(lower=low)
    there = batches[lived >= pd.Timedelta(days=182)]
    if there.empty:
        return {}
    chosen = there.iloc[np.unique(np.linspace(0, len(there) - 1, min(BATCHES_SHOWN, len(there))).round().astype(int))]
    found = samples[samples["batch_id"].isin(chosen.index) & (samples["day"] >= low) & (samples["day"] < high)]
    weekly = found.groupby(["batch_id", _monday(found["day"]).rename("week")])["kg"].mean()
    known = weekly.index.get_level_values(0)
    return {str(chosen["number"][batch]): weekly[batch] for batch in chosen.index if batch in known}


def lousy_cage(history: History, years: Sequence[int]) -> LousyCage | None:
    """The cage with the most lice treatments in these years, then the most counts; None without counts."""
    counts, given = (
        frame[frame["day"].dt.year.isin(list(years))] for frame in (history["lice"], history["treatments"])
    )
    counts = counts[counts["container_id"].isin(history["places"].index)]
    if counts.empty:
        return None
    ranked = pd.DataFrame({"counts": counts["container_id"].value_counts()})
    against_lice = given.loc[given["kind"] == "lice", "container_id"].value_counts()
    ranked["treated"] = against_lice.reindex(ranked.index).fillna(0)
    container = int(ranked.sort_index().sort_values(["treated", "counts"], ascending=False, kind="stable").index[0])
    ours = counts[counts["container_id"] == container].sort_values("day")
    given = given[given["container_id"] == container]
    return LousyCage(
        name=_name(history, container),
        females=pd.Series((ours["females"] / ours["fish"]).to_numpy(dtype=float), index=pd.DatetimeIndex(ours["day"])),
        treated=pd.DatetimeIndex(given.loc[given["kind"] == "lice", "day"].sort_values()),
        treated_otherwise=pd.DatetimeIndex(given.loc[given["kind"] == "disease", "day"].sort_values()),
    )


def typical_site(accounts: Accounts, years: Sequence[int]) -> Site | None:
    """The site and year with median mortality among those that held fish in the most months of these years' sites; None
    where no fish was at sea."""
    months = accounts.within(years)["farm_months"]
    if months.empty:
        return None
    yearly = (
        months.assign(year=months["month"].dt.year, mortality=mortality_pct(months))
        .groupby(["area", "year"])
        .agg(held=("month", "size"), mortality=("mortality", "mean"))
    )
    fullest = yearly[yearly["held"] == yearly["held"].max()].sort_values("mortality", kind="stable")
    area, year = fullest.index[(len(fullest) - 1) // 2]
    places = accounts.history["places"]
    return Site(int(area), str(places.loc[places["area_id"] == area, "area"].iloc[0]), int(year))


def weekly_mortality(warehouse: Warehouse, history: History, site: Site) -> pd.DataFrame:
    """Deaths in percent of the fish there, by week (index: its Monday) and cause (columns, the largest first)."""
    dead = site_deaths(warehouse, site.year, site.area_id)
    days = site_days(history, site.area_id)
    ours = days[days["day"].dt.year == site.year]
    fish = (ours["opening"] + ours["in"]).groupby(ours["day"]).sum()
    mean_fish = fish.groupby(_monday(fish.index.to_series())).mean()
    weekly = weekly_deaths(dead)
    return 100 * weekly.div(mean_fish.reindex(weekly.index), axis=0)


def weekly_deaths(dead: pd.DataFrame) -> pd.DataFrame:
    """``day cause dead`` by week (index: its Monday) and cause (columns, the largest first)."""
    weekly = dead.pivot_table(index=_monday(dead["day"]), columns="cause", values="dead", aggfunc="sum", fill_value=0)
    weekly = weekly.astype(float)
    return weekly[weekly.sum().sort_values(ascending=False).index]


def _monday(day: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    return day.dt.floor("D") - pd.to_timedelta(day.dt.day_of_week, unit="D")


def water(warehouse: Warehouse, history: History, year: int, area_id: int | None = None) -> Water | None:
    """Temperature and oxygen of the cage in which fish stayed longest in the year, at one site or at all; None if its
    sensors have no readings."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    stays = sea_stays(warehouse, year, year - LIFE_YEARS)
    stays = stays[stays["container_id"].isin(history["places"].index)]
    if area_id is not None:
        stays = stays[stays["area_id"] == area_id]
    if stays.empty:
        return None
    stop = stays["stop"].fillna(pd.Timestamp(end)).clip(upper=pd.Timestamp(end))
    stay = stays.loc[(stop - stays["start"].clip(lower=pd.Timestamp(first))).idxmax()]
    container = int(stay["container_id"])
    found = {name: readings(warehouse, container, name, kind, first, end) for name, kind in _PARAMETERS.items()}
    if any(one.empty for one in found.values()):
        return None
    close = _close_days(found, stay["start"], stay["stop"], year)
    shown = {
        name: one[(one.index >= close) & (one.index < close + pd.Timedelta(days=CLOSE_DAYS))]
        for name, one in found.items()
    }
    return Water(_name(history, container), year, {name: _by_day(one) for name, one in found.items()}, shown)


def _name(history: History, container: int) -> str:
    place = history["places"].loc[container]
    return f"{place['area']}, {place['container']}"


def _by_day(values: "pd.Series[float]") -> pd.DataFrame:
    grouped = values.groupby(values.index.floor("D"))
    return pd.DataFrame({"low": grouped.min(), "median": grouped.median(), "high": grouped.max()})


def _close_days(
    found: dict[str, "pd.Series[float]"], start: pd.Timestamp, stop: pd.Timestamp, year: int
) -> pd.Timestamp:
    """First of three days with the most readings while the fish were there, the nearest to midsummer among equals."""
    days = pd.date_range(f"{year}-01-01", f"{year}-12-29", freq="D")
    counted = sum(
        (one.groupby(one.index.floor("D")).size().reindex(days).fillna(0) for one in found.values()),
        pd.Series(0.0, index=days),
    )
    three = counted.rolling(CLOSE_DAYS).sum().shift(1 - CLOSE_DAYS).fillna(0)
    inside = (days >= start) & (
        days + pd.Timedelta(days=CLOSE_DAYS) <= (pd.Timestamp(f"{year + 1}-01-01") if pd.isna(stop) else stop)
    )
    three = three.where(inside, three - counted.max() * CLOSE_DAYS)
    best = days[(three == three.max()).to_numpy()]
    return best[np.argmin(np.abs(best - pd.Timestamp(year, *_MIDSUMMER)))]
