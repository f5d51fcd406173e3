"""The charts of reports, each drawn the same on a page and in Dagster's event log.

Belongs here: how frames are drawn. Does not belong here: reading and choosing them (``closeups``, ``accounts``), files
and colors (``drawing``).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.dates import date2num
from matplotlib.ticker import MaxNLocator

from aquamind_assets.reports.drawing import HALF, WIDE, Chart, Palette, legend, time_axis

MOST_CAUSES = 8
"""Causes drawn one by one; the others are drawn together."""


def growth(batches: Mapping[str, "pd.Series[float]"]) -> Chart:
    """Weight of batches over time, kg."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        for number, (name, kg) in enumerate(batches.items()):
            # Weeks without a sample are a gap, and no straight line over it.
            weekly = kg.resample("7D").mean().interpolate(limit=4)
            color = palette.series[number % len(palette.series)]
            axes.plot(weekly.index, weekly.to_numpy(), color=color, linewidth=1.6, label=name)
        axes.set_ylabel("kg")
        axes.set_ylim(bottom=0)
        time_axis(axes)
        legend(axes, 5)

    return Chart("growth", "Sampled weight of batches over time", draw, (WIDE[0], 3.7), legend_rows=2)


def biomass(tonnes: pd.DataFrame) -> Chart:
    """Biomass by stage (columns, the first at the bottom) over months (index), tonnes."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        heights = [tonnes[name].to_numpy(dtype=float) for name in tonnes.columns]
        colors = palette.series[: len(heights)]
        axes.stackplot(tonnes.index, heights, colors=colors, labels=list(tonnes.columns), linewidth=0)
        _tonnes(axes)
        time_axis(axes)
        legend(axes, 6)

    return Chart("biomass", "Biomass of fed fish by stage over time", draw)


def active_batches(count: "pd.Series[int]") -> Chart:
    """Batches alive on the first of each month."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        axes.fill_between(count.index, count.to_numpy(), step="post", color=palette.series[0], alpha=0.25, linewidth=0)
        axes.step(count.index, count.to_numpy(), where="post", color=palette.series[0], linewidth=1.5)
        axes.set_ylabel("batches")
        axes.set_ylim(0, max(count.max(), 1) * 1.12)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        time_axis(axes)

    return Chart("active", "Active batches by month", draw, HALF)


def harvest(tonnes: pd.DataFrame) -> Chart:
    """Tonnes by year (index) and geography (columns)."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        below = np.zeros(len(tonnes))
        places = np.arange(len(tonnes))
        for number, name in enumerate(tonnes.columns):
            axes.bar(places, tonnes[name], bottom=below, width=0.65, color=palette.series[number], label=name)
            below += tonnes[name].to_numpy(dtype=float)
        axes.set_xticks(places, [str(year) for year in tonnes.index])
        _tonnes(axes)
        axes.set_ylim(0, max(below.max(), 1) * 1.05)
        legend(axes, 3)

    return Chart("harvest", "Harvest by year and geography", draw, HALF)


def feed_and_harvest(monthly: pd.DataFrame) -> Chart:
    """``feed_t`` and ``harvest_t`` by month (index), tonnes."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        for number, (name, label) in enumerate((("feed_t", "feed given"), ("harvest_t", "harvest"))):
            axes.plot(monthly.index, monthly[name].to_numpy(), color=palette.series[number], linewidth=1.6, label=label)
        _tonnes(axes)
        time_axis(axes)
        legend(axes, 2)

    return Chart("feed_and_harvest", "Feed given and fish harvested by month", draw)


def lice(
    females: "pd.Series[float]",
    threshold: float,
    treated: pd.DatetimeIndex | None = None,
    otherwise: pd.DatetimeIndex | None = None,
    label: str = "Adult female lice of one cage with treatments",
) -> Chart:
    """Adult female lice per fish over time, with the treatment threshold, and treatments against lice and ``otherwise``
    marked."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        # A month without a count parts two generations of fish.
        parts = (females.index.to_series().diff() > pd.Timedelta(days=45)).cumsum().to_numpy()
        for part in np.unique(parts):
            one = females[parts == part]
            name = "adult female lice per fish" if part == 0 else None
            axes.plot(
                one.index, one.to_numpy(), color=palette.series[0], linewidth=1.2, marker="o", markersize=3, label=name
            )
        top = max(float(females.max()), threshold) * 1.18
        axes.axhline(
            threshold,
            color=palette.alarm,
            linewidth=1,
            linestyle=(0, (5, 3)),
            label=f"treatment threshold {threshold:g}",
        )
        _mark(axes, treated, palette.series[1], "lice treatment", top)
        _mark(axes, otherwise, palette.series[4], "disease treatment", top)
        axes.set_ylim(0, top)
        axes.set_ylabel("lice per fish")
        time_axis(axes)
        legend(axes, 4)

    return Chart("lice", label, draw)


def deaths(weekly: pd.DataFrame, unit: str, label: str) -> Chart:
    """The dead of each week (index) by cause (columns); of more than eight causes the smaller ones are drawn
    together."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        axes = panels[0]
        shown = weekly.iloc[:, :MOST_CAUSES].copy()
        if weekly.shape[1] > MOST_CAUSES:
            shown["other"] = weekly.iloc[:, MOST_CAUSES:].sum(axis=1)
        below = np.zeros(len(shown))
        for number, name in enumerate(shown.columns):
            values = shown[name].fillna(0).to_numpy(dtype=float)
            label = str(name).capitalize() if str(name).isupper() else str(name)
            axes.add_collection(_bars(shown.index, 6, below, below + values, palette.series[number], label))
            below += values
        axes.set_ylim(0, max(below.max(initial=0), 1) * 1.05)
        axes.set_ylabel(unit)
        axes.yaxis.set_major_formatter(_grouped)
        time_axis(axes)
        legend(axes, 5)

    return Chart("mortality", label, draw, (WIDE[0], 3.5), legend_rows=2)


_UNITS = {"Temperature": "°C", "Dissolved Oxygen": "mg/L"}


def water(daily: Mapping[str, pd.DataFrame], close: Mapping[str, "pd.Series[float]"] | None = None) -> Chart:
    """Temperature and oxygen over a year (median and range of each day) and, where they are given, every reading of
    three days to their right."""

    def draw(panels: list[Axes], palette: Palette) -> None:
        columns = 1 if close is None else 2
        for row, (name, days) in enumerate(daily.items()):
            color, of_year = palette.series[row], panels[columns * row]
            of_year.fill_between(days.index, days["low"], days["high"], color=color, alpha=0.25, linewidth=0)
            of_year.plot(days.index, days["median"], color=color, linewidth=1.2)
            if close is not None:
                few = close[name]
                axes = panels[columns * row + 1]
                axes.plot(few.index, few.to_numpy(), color=color, linewidth=1.3, marker="o", markersize=3.5)
            for axes in panels[columns * row : columns * (row + 1)]:
                axes.set_ylabel(_UNITS.get(name, ""))
                axes.set_title(name.capitalize(), loc="left", fontsize=9, color=palette.text)
                time_axis(axes)

    label = "Temperature and oxygen of one cage over a year" + ("" if close is None else " and over three days")
    return Chart("water", label, draw, (WIDE[0], 4.4), rows=len(daily), columns=1 if close is None else 2)


def _bars(
    starts: pd.DatetimeIndex, days: float, low: np.ndarray, high: np.ndarray, color: str, label: str
) -> PolyCollection:
    """Bars of so many days as one thing to draw: some hundred of Matplotlib's own cost ten times as much."""
    left = date2num(starts)
    corners = [(left, low), (left, high), (left + days, high), (left + days, low)]
    return PolyCollection(
        list(np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)),
        facecolors=color,
        edgecolors="none",
        label=label,
    )


def _grouped(value: float, position: float = 0) -> str:
    """A number of an axis with grouped thousands and no more decimals than it has."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"


def _tonnes(axes: Axes) -> None:
    axes.set_ylabel("tonnes")
    axes.yaxis.set_major_formatter(_grouped)
    axes.set_ylim(bottom=0)


def _mark(axes: Axes, marks: pd.DatetimeIndex | None, color: str, name: str, top: float) -> None:
    if marks is None or not len(marks):
        return
    axes.vlines(marks, 0, top * 0.93, color=color, linewidth=0.9, alpha=0.7)
    heights = np.full(len(marks), top * 0.95)
    axes.plot(marks, heights, linestyle="none", marker="v", markersize=6, color=color, label=name)
