"""Drawings of a report as SVG that takes its colours from the page, so that it reads on light and dark and prints.

Belongs here: one hand for all drawings of a page. Does not belong here: reading (``history``, ``closeups``); the small
pictures in Dagster's event log (``plots``).

Matplotlib knows no CSS. So every drawing is made in marker colours, which are then replaced by the page's variables.
"""

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

SERIES = tuple(f"#0a{number:02x}0b" for number in range(10))
TEXT, MUTED, GRID, ALARM = "#0c0001", "#0c0002", "#0c0003", "#0c0004"
_ON_THE_PAGE = {colour: f"var(--s{number})" for number, colour in enumerate(SERIES)} | {
    TEXT: "var(--text)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    ALARM: "var(--alarm)",
}

WIDE, HALF = (10.4, 3.3), (5.2, 3.0)
"""Inches of a drawing over the page's width, and of one beside another."""
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 9,
    "text.color": TEXT,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 1.4,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
_NAMES_OF_PARTS = re.compile(
    r' id="(?:figure|axes|patch|text|line2d|xtick|ytick|legend|matplotlib\.axis|\w*[cC]ollection)_\d+"'
)


def _svg(
    name: str,
    size: tuple[float, float],
    rows: int,
    columns: int,
    draw: Callable[[list[Axes]], None],
    label: str,
    legend_rows: int = 1,
) -> str:
    """An ``<svg>`` element; ``name`` must differ between the drawings of a page, for its clip paths are named after
    it."""
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=size)
        draw(_panels(figure, rows, columns, legend_rows))
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = target.getvalue()
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn[drawn.index("<svg") :], flags=re.DOTALL)
    drawn = _NAMES_OF_PARTS.sub("", drawn)
    drawn = re.sub(r' xmlns(:xlink)?="[^"]*"', "", drawn)
    drawn = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", drawn)
    drawn = re.sub(r'<svg width="[^"]*" height="[^"]*"|<svg height="[^"]*"', "<svg", drawn).replace(
        "<svg", f'<svg role="img" aria-label="{label}"', 1
    )
    drawn = re.sub(r' (?:width|height)="[\d.]+pt"', "", drawn)
    return re.sub("|".join(_ON_THE_PAGE), lambda found: _ON_THE_PAGE[found.group()], drawn)


def _panels(figure: Figure, rows: int, columns: int, legend_rows: int) -> list[Axes]:
    # Margins in inches, given rather than searched: a layout engine would draw everything twice.
    left, right, bottom, top = 0.6, 0.25, 0.3, 0.14 + 0.2 * legend_rows
    width, height = figure.get_size_inches()
    cell_width, cell_height = width / columns, height / rows
    size = (cell_width - left - right) / width, (cell_height - bottom - top) / height
    places = [
        ((column * cell_width + left) / width, ((rows - 1 - row) * cell_height + bottom) / height)
        for row in range(rows)
        for column in range(columns)
    ]
    return [figure.add_axes((*place, *size)) for place in places]


def _time(axes: Axes) -> None:
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))
    axes.margins(x=0.01)


def _legend(axes: Axes, columns: int) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2, columnspacing=1.2)


def growth(batches: Mapping[str, "pd.Series[float]"]) -> str:
    """Weight of batches over time."""

    def draw(panels: list[Axes]) -> None:
        axes = panels[0]
        for number, (name, kg) in enumerate(batches.items()):
            # Weeks without a sample are a gap, and no straight line over it.
            weekly = kg.resample("7D").mean().interpolate(limit=4)
            axes.plot(weekly.index, weekly.to_numpy(), color=SERIES[number % len(SERIES)], linewidth=1.6, label=name)
        axes.set_ylabel("kg")
        axes.set_ylim(bottom=0)
        _time(axes)
        _legend(axes, 5)

    return _svg("growth", (WIDE[0], 3.7), 1, 1, draw, "Sampled weight of batches over time", legend_rows=2)


def biomass(tonnes: pd.DataFrame) -> str:
    """Biomass by stage (columns, the first at the bottom) over months (index)."""

    def draw(panels: list[Axes]) -> None:
        axes = panels[0]
        heights = [tonnes[name].to_numpy(dtype=float) for name in tonnes.columns]
        axes.stackplot(tonnes.index, heights, colors=SERIES[: len(heights)], labels=list(tonnes.columns), linewidth=0)
        axes.set_ylabel("tonnes")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_ylim(bottom=0)
        _time(axes)
        _legend(axes, 6)

    return _svg("biomass", WIDE, 1, 1, draw, "Biomass by stage over time")


def active_batches(count: "pd.Series[int]") -> str:
    """Batches alive on the first of each month."""

    def draw(panels: list[Axes]) -> None:
        axes = panels[0]
        axes.fill_between(count.index, count.to_numpy(), step="post", color=SERIES[0], alpha=0.25, linewidth=0)
        axes.step(count.index, count.to_numpy(), where="post", color=SERIES[0], linewidth=1.5)
        axes.set_ylabel("batches")
        axes.set_ylim(0, max(count.max(), 1) * 1.12)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        _time(axes)

    return _svg("active", HALF, 1, 1, draw, "Active batches by month")


def harvest(tonnes: pd.DataFrame) -> str:
    """Tonnes by year (index) and geography (columns)."""

    def draw(panels: list[Axes]) -> None:
        axes = panels[0]
        below = np.zeros(len(tonnes))
        places = np.arange(len(tonnes))
        for number, name in enumerate(tonnes.columns):
            axes.bar(places, tonnes[name], bottom=below, width=0.65, color=SERIES[number], label=name)
            below += tonnes[name].to_numpy(dtype=float)
        axes.set_xticks(places, [str(year) for year in tonnes.index])
        axes.set_ylabel("tonnes")
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_ylim(0, max(below.max(), 1) * 1.05)
        _legend(axes, 3)

    return _svg("harvest", HALF, 1, 1, draw, "Harvest by year and geography")


def lice(females: "pd.Series[float]", treated: pd.DatetimeIndex, otherwise: pd.DatetimeIndex, limit: float) -> str:
    """Adult females a fish at each count, with treatments marked."""

    def draw(panels: list[Axes]) -> None:
        axes = panels[0]
        # A month without a count parts two generations of fish.
        parts = (females.index.to_series().diff() > pd.Timedelta(days=45)).cumsum().to_numpy()
        for part in np.unique(parts):
            one = females[parts == part]
            axes.plot(
                one.index,
                one.to_numpy(),
                color=SERIES[0],
                linewidth=1.2,
                marker="o",
                markersize=3,
                label="adult females a fish" if part == 0 else None,
            )
        top = max(float(females.max()), limit) * 1.18
        axes.axhline(limit, color=ALARM, linewidth=1, linestyle=(0, (5, 3)), label=f"limit {limit}")
        for marks, colour, name in (
            (treated, SERIES[1], "lice treatment"),
            (otherwise, SERIES[4], "disease treatment"),
        ):
            if len(marks):
                axes.vlines(marks, 0, top * 0.93, color=colour, linewidth=0.9, alpha=0.7)
                axes.plot(
                    marks,
                    np.full(len(marks), top * 0.95),
                    linestyle="none",
                    marker="v",
                    markersize=6,
                    color=colour,
                    label=name,
                )
        axes.set_ylim(0, top)
        axes.set_ylabel("lice/fish")
        _time(axes)
        _legend(axes, 4)

    return _svg("lice", WIDE, 1, 1, draw, "Adult female lice of one cage with treatments")


def mortality(weekly: pd.DataFrame) -> str:
    """Percent of the fish dead in each week (index) by cause (columns); more than eight causes are drawn as eight and
    the rest."""

    def draw(panels: list[Axes]) -> None:
        axes = panels[0]
        shown = weekly.iloc[:, :8].copy()
        if weekly.shape[1] > 8:
            shown["other"] = weekly.iloc[:, 8:].sum(axis=1)
        below = np.zeros(len(shown))
        for number, name in enumerate(shown.columns):
            values = shown[name].fillna(0).to_numpy(dtype=float)
            label = str(name).capitalize() if str(name).isupper() else str(name)
            axes.bar(shown.index, values, width=6, bottom=below, align="edge", color=SERIES[number], label=label)
            below += values
        axes.set_ylabel("% a week")
        _time(axes)
        _legend(axes, 5)

    return _svg("mortality", (WIDE[0], 3.5), 1, 1, draw, "Weekly mortality of one site by cause", legend_rows=2)


def water(daily: Mapping[str, pd.DataFrame], close: Mapping[str, "pd.Series[float]"]) -> str:
    """Temperature and oxygen over a year (left: median and range of each day) and over three days (right: every
    reading)."""
    units = {"Temperature": "°C", "Dissolved Oxygen": "mg/L"}

    def draw(panels: list[Axes]) -> None:
        for row, name in enumerate(daily):
            colour, left, right = SERIES[row], panels[2 * row], panels[2 * row + 1]
            days = daily[name]
            left.fill_between(days.index, days["low"], days["high"], color=colour, alpha=0.25, linewidth=0)
            left.plot(days.index, days["median"], color=colour, linewidth=1.2)
            right.plot(
                close[name].index, close[name].to_numpy(), color=colour, linewidth=1.3, marker="o", markersize=3.5
            )
            for axes in (left, right):
                axes.set_ylabel(units.get(name, ""))
                axes.set_title(name.capitalize(), loc="left", fontsize=9, color=TEXT)
                _time(axes)

    return _svg(
        "water", (WIDE[0], 4.4), 2, 2, draw, "Temperature and oxygen of one cage over a year and over three days"
    )
