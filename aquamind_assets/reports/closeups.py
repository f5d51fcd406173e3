"""Close looks at single things over a report's years: ten batches growing, one cage's lice, one site's deaths and
water.

Belongs here: choosing what is shown, and reading it. Readings are asked for by container, parameter, sensor and time,
which every index of theirs serves; nothing here reads them by year. Does not belong here: sums over the farm
(``accounts``), drawing (``charts``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.timeline import id_range, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

BATCHES_SHOWN = 10
CLOSE_DAYS = 3

_PARAMETERS = {"Temperature": "TEMPERATURE", "Dissolved Oxygen": "OXYGEN"}
"""Parameter to the type of the sensors that measure it."""
_MIDSUMMER = (8, 15)
"""Month and day near which water is looked at closely: warm, so oxygen is short and its daily cycle wide."""


@dataclass(frozen=True)
class LousyCage:
    """Lice counts of the cage that was treated against lice most often: ``females`` adult females a fish by day, and
    the days of lice treatments."""

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


def growth(warehouse: Warehouse, accounts: Accounts, years: Sequence[int]) -> dict[str, "pd.Series[float]"]:
    """Weekly mean sampled weight, kg, of at most ten batches, by batch number: evenly spread over those that lived at
    least half a year in these years."""
    batches = accounts.history.batches
    low, high = pd.Timestamp(f"{min(years)}-01-01"), pd.Timestamp(f"{max(years) + 1}-01-01")
    lived = batches["end"].fillna(high).clip(upper=high) - batches["start"].clip(lower=low)
    there = batches[lived >= pd.Timedelta(days=182)]
    if there.empty:
        return {}
    chosen = there.iloc[np.unique(np.linspace(0, len(there) - 1, min(BATCHES_SHOWN, len(there))).round().astype(int))]
    ids = [int(one) for one in chosen.index]
    # The cross join keeps SQLite from reading a batch's samples of all years.
    sql = f"""
        SELECT stay.batch_id AS batch_id, sample.sample_date AS day, AVG(sample.avg_weight_g) / 1000.0 AS kg
        FROM batch_growthsample AS sample CROSS JOIN batch_batchcontainerassignment AS stay
        WHERE sample.id >= ? AND sample.id < ? AND stay.id = sample.assignment_id AND stay.batch_id IN ({", ".join("?" * len(ids))})
        GROUP BY stay.batch_id, sample.sample_date"""
    found = pd.concat(
        [warehouse.frame(sql, (*id_range(year_days(year)), *ids), dates=["day"]) for year in years], ignore_index=True
    )
    week = found["day"].dt.to_period("W-SUN").dt.start_time
    weekly = found.astype({"kg": float}).groupby(["batch_id", week])["kg"].mean()
    return {str(chosen["number"][batch]): weekly[batch] for batch in ids if batch in weekly.index.get_level_values(0)}


def lousy_cage(accounts: Accounts, years: Sequence[int]) -> LousyCage | None:
    """The cage with the most lice treatments in these years, then the most counts; None without counts."""
    history = accounts.history
    counts, given = (frame[frame["day"].dt.year.isin(list(years))] for frame in (history.lice, history.treatments))
    if counts.empty:
        return None
    ranked = pd.DataFrame({"counts": counts["container_id"].value_counts()})
    ranked["treated"] = (
        given.loc[given["kind"] == "lice", "container_id"].value_counts().reindex(ranked.index).fillna(0)
    )
    container = int(ranked.sort_index().sort_values(["treated", "counts"], ascending=False, kind="stable").index[0])
    ours = counts[counts["container_id"] == container].sort_values("day")
    given = given[given["container_id"] == container]
    place = history.places.loc[container]
    return LousyCage(
        name=f"{place['area']}, {place['container']}",
        females=pd.Series((ours["females"] / ours["fish"]).to_numpy(dtype=float), index=pd.DatetimeIndex(ours["day"])),
        treated=pd.DatetimeIndex(given.loc[given["kind"] == "lice", "day"].sort_values()),
        treated_otherwise=pd.DatetimeIndex(given.loc[given["kind"] == "disease", "day"].sort_values()),
    )


def typical_site(accounts: Accounts, years: Sequence[int]) -> Site | None:
    """The site and year with median mortality among those that held fish in the most months of these years' sites; None
    where no fish was at sea."""
    months = accounts.farm_months
    months = months[months["month"].dt.year.isin(list(years))]
    if months.empty:
        return None
    yearly = (
        months.assign(year=months["month"].dt.year)
        .groupby(["area_id", "year"])
        .agg(held=("month", "size"), mortality=("mortality_pct", "mean"))
    )
    fullest = yearly[yearly["held"] == yearly["held"].max()].sort_values("mortality", kind="stable")
    area, year = fullest.index[(len(fullest) - 1) // 2]
    places = accounts.history.places
    return Site(int(area), str(places.loc[places["area_id"] == area, "area"].iloc[0]), int(year))


def weekly_mortality(warehouse: Warehouse, accounts: Accounts, site: Site) -> pd.DataFrame:
    """Deaths in percent of the fish there, by week (index: its Monday) and cause (columns, the largest first)."""
    low, high = id_range(year_days(site.year))
    sql = """
        SELECT record.event_date AS day, reason.name AS cause, SUM(record.count) AS dead
        FROM health_mortalityrecord AS record CROSS JOIN infrastructure_container AS container CROSS JOIN health_mortalityreason AS reason
        WHERE record.id >= ? AND record.id < ? AND container.id = record.container_id AND container.area_id = ? AND reason.id = record.reason_id
        GROUP BY record.event_date, reason.name"""
    dead = warehouse.frame(sql, (low, high, site.area_id), dates=["day"]).astype({"dead": float})
    weekly = dead.pivot_table(index=_monday(dead["day"]), columns="cause", values="dead", aggfunc="sum", fill_value=0.0)
    sites = accounts.sites
    ours = sites[(sites["area_id"] == site.area_id) & (sites["day"].dt.year == site.year)]
    fish = (ours["opening"] + ours["in"]).groupby(ours["day"]).sum()
    mean_fish = fish.groupby(_monday(fish.index.to_series())).mean()
    weekly = 100 * weekly.div(mean_fish.reindex(weekly.index), axis=0)
    return weekly[weekly.sum().sort_values(ascending=False).index]


def _monday(day: "pd.Series[pd.Timestamp]") -> "pd.Series[pd.Timestamp]":
    return day.dt.floor("D") - pd.to_timedelta(day.dt.day_of_week, unit="D")


def water(warehouse: Warehouse, site: Site) -> Water | None:
    """Temperature and oxygen of the site's cage in which fish stayed longest in the year; None if its sensors say
    nothing."""
    first, end = date(site.year, 1, 1), date(site.year + 1, 1, 1)
    stays = warehouse.frame(
        "SELECT stay.container_id AS id, container.name AS name, stay.assignment_date AS start, stay.departure_date AS"
        " stop FROM batch_batchcontainerassignment AS stay JOIN infrastructure_container AS container ON container.id ="
        " stay.container_id WHERE container.area_id = ? AND stay.assignment_date < ? AND (stay.departure_date IS NULL"
        " OR stay.departure_date > ?) ORDER BY stay.id",
        (site.area_id, end.isoformat(), first.isoformat()),
        dates=["start", "stop"],
    )
    if stays.empty:
        return None
    length = stays["stop"].fillna(pd.Timestamp(end)).clip(upper=pd.Timestamp(end)) - stays["start"].clip(
        lower=pd.Timestamp(first)
    )
    stay = stays.loc[length.idxmax()]
    readings = {
        name: _readings(warehouse, int(stay["id"]), name, kind, first, end) for name, kind in _PARAMETERS.items()
    }
    if any(one.empty for one in readings.values()):
        return None
    daily = {name: _by_day(one) for name, one in readings.items()}
    close = _close_days(readings, stay["start"], stay["stop"], site.year)
    shown = {
        name: one[(one.index >= close) & (one.index < close + pd.Timedelta(days=CLOSE_DAYS))]
        for name, one in readings.items()
    }
    return Water(f"{site.name}, {stay['name']}", site.year, daily, shown)


def _readings(
    warehouse: Warehouse, container: int, parameter: str, sensor_type: str, first: date, end: date
) -> "pd.Series[float]":
    """One sensor's readings of one container by their moment: the first that measures the parameter there."""
    sensors = warehouse.query(
        "SELECT id FROM infrastructure_sensor WHERE container_id = ? AND sensor_type = ? ORDER BY id LIMIT 1",
        (container, sensor_type),
    )
    parameters = warehouse.query("SELECT id FROM environmental_environmentalparameter WHERE name = ?", (parameter,))
    if not sensors or not parameters:
        return pd.Series(dtype=float)
    found = warehouse.frame(
        "SELECT reading_time AS moment, value FROM environmental_environmentalreading WHERE container_id = ? AND"
        " parameter_id = ? AND sensor_id = ? AND reading_time >= ? AND reading_time < ? ORDER BY reading_time",
        (container, int(parameters[0][0]), int(sensors[0][0]), f"{first} 00:00:00", f"{end} 00:00:00"),
        dates=["moment"],
    )
    return pd.Series(found["value"].to_numpy(dtype=float), index=pd.DatetimeIndex(found["moment"]))


def _by_day(readings: "pd.Series[float]") -> pd.DataFrame:
    grouped = readings.groupby(readings.index.floor("D"))
    return pd.DataFrame({"low": grouped.min(), "median": grouped.median(), "high": grouped.max()})


def _close_days(
    readings: dict[str, "pd.Series[float]"], start: pd.Timestamp, stop: pd.Timestamp, year: int
) -> pd.Timestamp:
    """First of three days with the most readings while the fish were there, the nearest to midsummer among equals."""
    days = pd.date_range(f"{year}-01-01", f"{year}-12-29", freq="D")
    counted = sum(
        (one.groupby(one.index.floor("D")).size().reindex(days).fillna(0) for one in readings.values()),
        pd.Series(0.0, index=days),
    )
    three = counted.rolling(CLOSE_DAYS).sum().shift(1 - CLOSE_DAYS).fillna(0)
    inside = (days >= start) & (
        days + pd.Timedelta(days=CLOSE_DAYS) <= (pd.Timestamp(f"{year + 1}-01-01") if pd.isna(stop) else stop)
    )
    three = three.where(inside, three - counted.max() * CLOSE_DAYS)
    best = days[(three == three.max()).to_numpy()]
    return best[np.argmin(np.abs(best - pd.Timestamp(year, *_MIDSUMMER)))]
