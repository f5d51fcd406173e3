"""Fish at sea: how many there are at each site on each day, and the farm-months made of the days.

Belongs here: following the fish of each batch through the sites. Does not belong here: whole lives (``lives``),
figures (``figures``).

Fish are counted only where nothing of their life is missing in the database: a batch is *followed* up to a day if fish
and feed are written on every day from its eggs to that day.
"""

import pandas as pd

from aquamind_assets.figures.sums import WHOLE_MONTH_DAYS
from aquamind_assets.reports.history import History
from aquamind_assets.timeline import day_number

_COLUMNS = ("day", "area_id", "batch_id", "opening", "in", "out", "dead")


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
    known = followed(history)
    flows = flows[flows["day"] <= known.reindex(flows["batch_id"]).to_numpy()]
    parts = []
    for (site, batch), part in flows.groupby(["area_id", "batch_id"], sort=True):
        last, ended = known[batch], history["batches"]["end"].get(batch)
        days = pd.date_range(part["day"].min(), last if pd.isna(ended) else min(last, ended), freq="D")
        daily = part.groupby("day")[["in", "out", "dead"]].sum().reindex(days, fill_value=0).astype("int64")
        daily.insert(0, "opening", (daily["in"] - daily["out"] - daily["dead"]).cumsum().shift(fill_value=0))
        daily.insert(0, "batch_id", batch)
        daily.insert(0, "area_id", site)
        # A site that this batch has left, or not reached yet, is not one of its days.
        parts.append(daily[(daily["opening"] + daily["in"]) > 0].rename_axis("day").reset_index())
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="int64") for name in _COLUMNS}).astype({"day": "datetime64[us]"})
    return pd.concat(parts, ignore_index=True)


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
