"""Whole lives of batches: what became of their fish, and what they were fed.

Belongs here: summing rows up by batch. Does not belong here: figures of the sums (``figures``), fish by day
(``sites``).

Fish that go on in a mixed batch are counted there: they leave their first batch's fish to harvest, and are stocked in
the other one.
"""

import pandas as pd

from aquamind_assets.reports.history import History
from aquamind_assets.reports.sites import followed

_DAYS = ("sea_day", "harvest_day")


def whole_lives(history: History) -> pd.DataFrame:
    """One row for each completed batch that is followed to its end, by id: ``number kind begun end month
    geography``, the sums of ``figures.sums.LIFE_SUMS``, ``feed_kg`` and ``feed_eur`` (all its feed), ``first_sea_day``,
    and the day numbers ``start sea_day harvest_day``, the last two of the mean fish."""
    known = followed(history)
    batches = history["batches"].dropna(subset=["end"])
    batches = batches[(batches["status"] == "COMPLETED") & (batches["end"] <= known.reindex(batches.index))]
    sums = {**_moved(history), **_died_and_fed(history)}
    lives = batches.join(pd.DataFrame({name: values.reindex(batches.index) for name, values in sums.items()}))
    counted = [name for name in sums if name not in ("first_sea_day", "geography", *_DAYS)]
    lives[counted] = lives[counted].astype(float).fillna(0.0)
    brought = history["stocked"].groupby("batch_id")["fish"].sum().reindex(batches.index).fillna(0)
    lives["eggs"] = lives["harvested"] + lives["dead"] + lives["given"] - lives["taken"] - brought
    month = lives["end"].dt.to_period("M").dt.to_timestamp()
    return lives.rename(columns={"start": "begun"}).assign(month=month, start=_number(lives["start"]))


def _number(day: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    return (day - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)


def _moved(history: History) -> "dict[str, pd.Series[float]]":
    """Fish that came to sea, were harvested, passed on and received, by batch."""
    moves, stocked = (
        history[name].assign(fish_days=lambda moved: moved["fish"] * _number(moved["day"]))
        for name in ("moves", "stocked")
    )
    at_sea = history["places"].index[history["places"]["at_sea"]]
    into_sea = moves[moves["target"].isin(at_sea)]
    to_sea = pd.concat([into_sea[~into_sea["source"].isin(at_sea)], stocked]).groupby("batch_id")
    harvests = moves[moves["harvest"]]
    harvest = harvests.groupby("batch_id")
    mixed = moves[~moves["harvest"] & (moves["new_batch_id"].fillna(0).astype("int64") != moves["batch_id"])]
    geography = harvests.assign(geography=harvests["source"].map(history["places"]["geography"]))
    return {
        "smolts": to_sea["fish"].sum(),
        "stocked_kg": to_sea["kg"].sum(),
        "first_sea_day": to_sea["day"].min(),
        "sea_day": to_sea["fish_days"].sum() / to_sea["fish"].sum(),
        "harvested": harvest["fish"].sum(),
        "harvest_kg": harvest["kg"].sum(),
        "harvest_day": harvest["fish_days"].sum() / harvest["fish"].sum(),
        "given": mixed.groupby("batch_id")["fish"].sum(),
        "given_kg": mixed.groupby("batch_id")["kg"].sum(),
        "taken": mixed.groupby("new_batch_id")["fish"].sum(),
        "taken_kg": mixed.groupby("new_batch_id")["kg"].sum(),
        "lost": moves.groupby("batch_id")["lost"].sum(),
        "geography": geography.groupby("batch_id")["geography"].first(),
    }


def _died_and_fed(history: History) -> "dict[str, pd.Series[float]]":
    """The dead and the feed by batch; the dead at sea are those since its fish first came there."""
    deaths, moves, feed = history["deaths"], history["moves"], history["feed"]
    at_sea = history["places"].index[history["places"]["at_sea"]]
    arrived = moves[moves["target"].isin(at_sea)].rename(columns={"batch_id": "source_batch"})
    arrived = arrived.rename(columns={"new_batch_id": "batch_id"})
    sea_day = pd.concat([arrived, history["stocked"]]).groupby("batch_id")["day"].min()
    since_sea = deaths[deaths["day"] >= sea_day.reindex(deaths["batch_id"]).to_numpy()]
    fed_at_sea = feed[feed["container_id"].isin(at_sea)]
    return {
        "dead": deaths.groupby("batch_id")["dead"]
        .sum()
        .add(moves.groupby("batch_id")["lost_apart"].sum(), fill_value=0),
        "sea_dead_kg": since_sea.groupby("batch_id")["kg"].sum(),
        "sea_feed_kg": fed_at_sea.groupby("batch_id")["kg"].sum(),
        "feed_kg": feed.groupby("batch_id")["kg"].sum(),
        "feed_eur": feed.groupby("batch_id")["eur"].sum(),
    }
