"""Plots of the written data, as PNG bytes.

Belongs here: drawing frames, in one hand. Does not belong here: reading them (``months``, ``details``).
"""

import base64
import io
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, RED, GREEN, GREY, ORANGE, VIOLET = "#1f6f8b", "#c0392b", "#3a7d44", "#8a8f94", "#d98324", "#6c4f9c"
COLOURS = (BLUE, ORANGE, GREEN, RED, VIOLET, GREY)

SMALL = (6.0, 2.2)
"""Inches of a plot that lies in Dagster's event log; at 80 dots an inch it stays below 30 kB."""


def drawn(
    draw: Callable[[Axes], None], title: str, unit: str, size: tuple[float, float] = SMALL, dpi: int = 80
) -> bytes:
    """One pair of axes with a title and a unit, drawn on by ``draw``."""
    figure = Figure(figsize=size, dpi=dpi)
    width, height = size
    # Margins in inches, given rather than searched: a layout engine would draw everything twice.
    axes = figure.add_axes((0.55 / width, 0.3 / height, 1 - 0.65 / width, 1 - 0.55 / height))
    draw(axes)
    axes.set_title(title, fontsize=9, loc="left", color="#333333")
    axes.set_ylabel(unit, fontsize=8, color="#555555")
    axes.tick_params(labelsize=7, colors="#555555")
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color("#cccccc")
    if axes.get_legend_handles_labels()[0]:
        bottom, top = axes.get_ylim()
        axes.set_ylim(bottom, top + 0.22 * (top - bottom))
        axes.legend(fontsize=7, frameon=False, ncols=4, loc="upper left")
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None}, pil_kwargs={"optimize": True})
    return target.getvalue()


def data_uri(png: bytes) -> str:
    """The picture as a URI that holds all of it."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def lines(
    series: Mapping[str, "pd.Series[float]"],
    title: str,
    unit: str,
    *,
    limit: float | None = None,
    size: tuple[float, float] = SMALL,
    dpi: int = 80,
) -> bytes:
    """Lines over time, one for each name; ``limit`` is a dashed line."""

    def draw(axes: Axes) -> None:
        for (name, values), colour in zip(series.items(), _cycle(len(series)), strict=True):
            axes.plot(
                values.index, values.to_numpy(), color=colour, linewidth=1.2, label=name if len(series) > 1 else None
            )
        if limit is not None:
            axes.axhline(limit, color=RED, linewidth=0.8, linestyle="--", label=f"limit {limit:g}")
        axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
        _time(axes)

    return drawn(draw, title, unit, size, dpi)


def bars(frame: pd.DataFrame, title: str, unit: str, size: tuple[float, float] = SMALL, dpi: int = 80) -> bytes:
    """Stacked bars over time, one colour for each column."""

    def draw(axes: Axes) -> None:
        width = np.diff(mdates.date2num(frame.index)).min() * 0.85 if len(frame) > 1 else 20
        below = np.zeros(len(frame))
        for name, colour in zip(frame.columns, _cycle(len(frame.columns)), strict=True):
            values = frame[name].fillna(0).to_numpy(dtype=float)
            axes.bar(
                frame.index,
                values,
                width=width,
                bottom=below,
                color=colour,
                label=str(name) if len(frame.columns) > 1 else None,
                align="edge",
            )
            below += values
        _time(axes)

    return drawn(draw, title, unit, size, dpi)


def dots_and_marks(
    values: "pd.Series[float]",
    marks: pd.DatetimeIndex,
    title: str,
    unit: str,
    mark_name: str,
    *,
    limit: float | None = None,
    size: tuple[float, float] = SMALL,
    dpi: int = 80,
) -> bytes:
    """Measurements as dots on a line, and moments marked below them."""

    def draw(axes: Axes) -> None:
        axes.plot(values.index, values.to_numpy(), color=BLUE, linewidth=0.9, marker=".", markersize=3)
        if limit is not None:
            axes.axhline(limit, color=RED, linewidth=0.8, linestyle="--", label=f"limit {limit:g}")
        for number, mark in enumerate(marks):
            axes.axvline(mark, color=ORANGE, linewidth=0.9, alpha=0.8, label=mark_name if number == 0 else None)
        axes.set_ylim(bottom=0)
        _time(axes)

    return drawn(draw, title, unit, size, dpi)


def _time(axes: Axes) -> None:
    locator = mdates.AutoDateLocator(maxticks=11)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))


def _cycle(count: int) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(count)]
