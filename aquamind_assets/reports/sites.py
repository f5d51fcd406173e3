"""Fish at sea: how many there are at each site on each day, and the farm-months made of the days.

Belongs here: following the fish of each batch through the sites. Does not belong here: whole lives (``lives``),
figures (``figures``).

Fish are counted only where nothing of their life is missing in the database: a batch is *followed* up to a day if fish
and feed are written on every day from its eggs to that day.
"""

import numpy as np
import pandas as pd

from aquamind_assets.figures.sums import WHOLE_MONTH_DAYS
from aquamind_assets.reports.history import History
from aquamind_assets.timeline import day_number

_COLUMNS = ("day", "area_id", "batch_id", "opening", "in", "out", "dead")
_NO_DAYS = np.empty((0, len(_COLUMNS)), dtype="int64")


def followed(history: History) -> "pd.Series[pd.Timestamp]":
    """By batch id: the last day up to which it is followed, NaT if it is not followed at all."""
    end = {}
    written = history.coverage.written
    for number, batch in history["batches"].iterrows():
        reached, first = pd.NaT, day_number(batch["start"].date())
        for year in [year for year in written if year >= batch["start"].year]:
            through = history.coverage.years[year].through
            if through is None or not history.coverage.follows(first, through):
                break
            reached = pd.Timestamp("1970-01-01") + pd.Timedelta(days=through)
        end[number] = reached
    return pd.Series(end, dtype="datetime64[us]")


def site_days(history: History, area_id: int | None = None) -> pd.DataFrame:
    """``day area_id batch_id opening in out dead`` of every followed day on which a batch has fish at a sea site, of
    all sites or of one."""
    flows = _flows(history)
    flows = flows if area_id is None else flows[flows["area_id"] == area_id]
    flows = _until_their_end(flows, history).sort_values(["area_id", "batch_id"], kind="stable")
    day, last = _day_numbers(flows["day"]), _day_numbers(flows["last"])
    fish = flows[["in", "out", "dead"]].fillna(0).to_numpy(dtype="int64")
    places = flows[["area_id", "batch_id"]].to_numpy()
    starts = np.flatnonzero(np.any(places[1:] != places[:-1], axis=1)) + 1
    parts = [
        _days_at_site(places[rows[0]], last[rows[0]], day[rows], fish[rows])
        for rows in np.split(np.arange(len(places)), starts)
        if rows.size
    ]
    found = pd.DataFrame(np.concatenate([_NO_DAYS, *parts]), columns=list(_COLUMNS))
    return found.assign(day=found["day"].to_numpy().astype("datetime64[D]").astype("datetime64[us]"))


def _until_their_end(flows: pd.DataFrame, history: History) -> pd.DataFrame:
    """The flows of followed days, with the ``last`` of them: the batch's last day where it has ended."""
    known = followed(history)
    last = np.minimum(known, history["batches"]["end"].reindex(known.index).fillna(known))
    flows = flows.assign(last=last.reindex(flows["batch_id"]).to_numpy())
    return flows[flows["day"] <= flows["last"]]


def _days_at_site(place: np.ndarray, last: int, day: np.ndarray, fish: np.ndarray) -> np.ndarray:
    """The rows of :data:`_COLUMNS` of a batch at a site up to its ``last`` day, of what came, went and died (columns of
    ``fish``) on each ``day``; days are day numbers."""
    first = day.min()
    daily = np.zeros((last + 1 - first, 3), dtype="int64")
    np.add.at(daily, day - first, fish)
    came, went, died = daily.T
    opening = np.cumsum(came - went - died) - (came - went - died)
    # A site that this batch has left, or not reached yet, is not one of its days.
    there = np.flatnonzero(opening + came > 0)
    return np.column_stack([first + there, np.broadcast_to(place, (len(there), 2)), opening[there], daily[there]])


def _day_numbers(days: "pd.Series[pd.Timestamp]") -> np.ndarray:
    return days.to_numpy("datetime64[D]").astype("int64")


def _flows(history: History) -> pd.DataFrame:
    """``area_id batch_id day`` with the fish that came ``in``, went ``out`` or were found ``dead``."""
    area = history["places"]["area_id"]
    moves = history["moves"].assign(
        source_area=history["moves"]["source"].map(area), target_area=history["moves"]["target"].map(area)
    )
    arrived = (
        moves.dropna(subset=["target_area"])
        .drop(columns="batch_id")
        .rename(columns={"target_area": "area_id", "new_batch_id": "batch_id", "fish": "in"})
    )
    left = moves.dropna(subset=["source_area"]).rename(columns={"source_area": "area_id"})
    left = left.assign(out=left["fish"] + left["lost_apart"])
    flows = [
        arrived[["area_id", "batch_id", "day", "in"]],
        history["stocked"].rename(columns={"fish": "in"})[["area_id", "batch_id", "day", "in"]],
        left[["area_id", "batch_id", "day", "out"]],
        history["sea_deaths"],
    ]
    return pd.concat(flows, ignore_index=True).astype({"area_id": "int64", "batch_id": "int64"})


def farm_months(history: History, days: pd.DataFrame) -> pd.DataFrame:
    """``month area geography days fish_days dead`` of sites with fish on at least 25 days of the month, from the site
    days: the fish of a day are those in the morning, or those in the evening if more came than left."""
    evening = days["opening"] + days["in"] - days["out"] - days["dead"]
    fish = days.assign(fish=days["opening"].clip(lower=evening))
    daily = fish.groupby(["area_id", "day"], as_index=False)[["fish", "dead"]].sum()
    daily["month"] = daily["day"].dt.to_period("M").dt.to_timestamp()
    monthly = daily.groupby(["area_id", "month"], as_index=False).agg(
        days=("day", "size"), fish_days=("fish", "sum"), dead=("dead", "sum")
    )
    monthly = monthly[monthly["days"] >= WHOLE_MONTH_DAYS].reset_index(drop=True).rename(columns={"area_id": "area"})
    return monthly.assign(geography=monthly["area"].map(geography_of_area(history["places"])))


def geography_of_area(places: pd.DataFrame) -> "pd.Series[str]":
    """Name of the geography by sea area id."""
    return places.dropna(subset=["area_id"]).groupby("area_id")["geography"].first()
