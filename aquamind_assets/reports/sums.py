"""The written rows as the sums that figures are made of.

Belongs here: from a history's frames to :class:`~aquamind_assets.figures.sums.Sums`. Does not belong here: formulas
(``figures``), the same sums of the ledger (``realism/sums.py``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from aquamind_assets.figures.registry import defined
from aquamind_assets.figures.sums import Sums, active_batches
from aquamind_assets.realism.sums import SETTLED_YEARS
from aquamind_assets.reports.history import History
from aquamind_assets.reports.lives import whole_lives
from aquamind_assets.reports.sites import farm_months, geography_of_area, site_days
from aquamind_assets.timeline import day_number


@dataclass(frozen=True)
class _Source:
    """How a frame of sums is made, and of which frames of the history."""

    reads: tuple[str, ...]
    make: Callable[[History, float], pd.DataFrame]


def frames_for(keys: Iterable[str]) -> set[str]:
    """Frames of the history that these figures are made from."""
    return {frame for figure in defined(keys) for name in figure.reads for frame in _SOURCES[name].reads}


def sums_of(history: History, threshold: float) -> Sums:
    """All sums that can be made of the frames that were read.

    Args:
        history: the frames.
        threshold: the scenario's treatment threshold, adult female lice per fish.
    """
    frames = {name: one.make(history, threshold) for name, one in _SOURCES.items() if history.holds(one.reads)}
    return Sums(frames, threshold, settled_years(history) if history.holds(["batches"]) else ())


def settled_years(history: History) -> list[int]:
    """Whole years from the fourth of the farm on."""
    if history["batches"].empty:
        return []
    settled = history["batches"]["start"].min().year + SETTLED_YEARS
    return [year for year in history.years if year >= settled and history.coverage.years[year].is_whole]


def _month(frame: pd.DataFrame, column: str = "day") -> "pd.Series[pd.Timestamp]":
    return frame[column].dt.to_period("M").dt.to_timestamp().rename("month")


def _within(history: History, month: "pd.Series[pd.Timestamp]") -> pd.DataFrame:
    return pd.DataFrame({"month": month[month.dt.year.isin(history.years)]})


def active_by_month(history: History) -> "pd.Series[int]":
    """Batches alive on the first of each month as of which batches are written, by that day."""
    known = {year: one.batches_through for year, one in history.coverage.years.items()}
    months = [
        first
        for year, through in sorted(known.items())
        for month in range(1, 13)
        if through is not None and day_number((first := pd.Timestamp(year, month, 1)).date()) <= through
    ]
    index = pd.DatetimeIndex(months, dtype="datetime64[us]")
    start, end = history["batches"]["start"], history["batches"]["end"].dropna()
    alive = active_batches(start.to_numpy("datetime64[us]"), end.to_numpy("datetime64[us]"), index.to_numpy())
    return pd.Series(alive, index=index)


def _active(history: History, threshold: float) -> pd.DataFrame:
    active = active_by_month(history)
    return pd.DataFrame({"month": active.index, "batches": active.to_numpy()})


def _ends(history: History, threshold: float) -> pd.DataFrame:
    batches = history["batches"]
    done = batches[batches["status"] == "COMPLETED"].dropna(subset=["end"])
    return _within(history, _month(done, "end"))


def _transfers(history: History, threshold: float) -> pd.DataFrame:
    moved = history["moves"][~history["moves"]["harvest"]]
    geography = moved["source"].map(history["places"]["geography"])
    return pd.DataFrame({"month": _month(moved), "geography": geography, "lost": moved["lost"]})


def _harvests(history: History, threshold: float) -> pd.DataFrame:
    taken = history["moves"][history["moves"]["harvest"]]
    geography = taken["source"].map(history["places"]["geography"])
    return pd.DataFrame({"month": _month(taken), "geography": geography, "fish": taken["fish"], "kg": taken["kg"]})


def _lice(history: History, threshold: float) -> pd.DataFrame:
    counts, places = history["lice"], history["places"]
    rows = pd.DataFrame(
        {
            "month": _month(counts),
            "area": counts["container_id"].map(places["area_id"]),
            "females": counts["females"],
            "fish": counts["fish"],
            "counts": 1,
            "above": (counts["females"] > threshold * counts["fish"]).astype("int64"),
        }
    )
    summed = rows.groupby(["area", "month"], as_index=False)[["females", "fish", "counts", "above"]].sum()
    return summed.assign(geography=summed["area"].map(geography_of_area(places)))


def _treatments(history: History, threshold: float) -> pd.DataFrame:
    given = history["treatments"]
    geography = given["container_id"].map(history["places"]["geography"])
    return pd.DataFrame({"month": _month(given), "geography": geography, "kind": given["kind"], "treatments": 1})


def _rows(history: History, threshold: float) -> pd.DataFrame:
    rows = history["rows"]
    rows = rows[rows["year"].isin(history.years)]
    return pd.DataFrame({"month": pd.to_datetime(rows["year"].astype(str) + "-01-01"), "rows": rows["rows"]})


def _with_month(name: str) -> _Source:
    return _Source((name,), lambda history, threshold: history[name].assign(month=_month(history[name])))


def _as_read(name: str) -> _Source:
    return _Source((name,), lambda history, threshold: history[name])


_SOURCES = {
    "starts": _Source(("batches",), lambda history, _: _within(history, _month(history["batches"], "start"))),
    "ends": _Source(("batches",), _ends),
    "active": _Source(("batches",), _active),
    "transfers": _Source(("moves", "places"), _transfers),
    "harvests": _Source(("moves", "places"), _harvests),
    "deaths": _with_month("deaths"),
    "samples": _with_month("samples"),
    "lives": _Source(
        ("batches", "places", "moves", "stocked", "deaths", "feed"), lambda history, _: whole_lives(history)
    ),
    "farm_months": _Source(
        ("batches", "places", "moves", "stocked", "sea_deaths"),
        lambda history, _: farm_months(history, site_days(history)),
    ),
    "lice": _Source(("lice", "places"), _lice),
    "treatments": _Source(("treatments", "places"), _treatments),
    "journal": _with_month("journal"),
    "feed": _as_read("feed"),
    "biomass": _as_read("biomass"),
    "summaries": _as_read("summaries"),
    "rows": _Source(("rows",), _rows),
}
"""Each frame of sums; those that only the ledger knows are not among them."""
