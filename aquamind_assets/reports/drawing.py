"""Charts as pictures: SVG for pages, PNG for Dagster's event log, by one hand.

Belongs here: what a chart is, the two palettes, panels, time axes, legends, and the files made of them. Does not belong
here: any chart (``charts``).

A page's SVG takes its colors from the page, so that it reads on light and dark and prints. Matplotlib knows no CSS: the
chart is drawn in marker colors, which are then replaced by the page's variables.
"""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from aquamind_assets.reports.scales import draw_scales


@dataclass(frozen=True)
class Palette:
    """Colors of a chart: of series, text, axis labels, grid lines, and of what is a limit."""

    series: tuple[str, ...]
    text: str
    muted: str
    grid: str
    alarm: str


PICTURE = Palette(
    ("#14627a", "#d97b16", "#5b9bb0", "#8a5aa8", "#3d8f5f", "#c2577f", "#8c7a2e", "#4668c5", "#a0522d", "#7d8a91"),
    text="#333333",
    muted="#555555",
    grid="#dde4e7",
    alarm="#c0392b",
)
"""Colors of pictures that stand alone, on white."""

PAGE = Palette(tuple(f"#0a{number:02x}0b" for number in range(10)), "#0c0001", "#0c0002", "#0c0003", "#0c0004")
"""Markers that stand for the page's variables."""

_ON_THE_PAGE = {color: f"var(--s{number})" for number, color in enumerate(PAGE.series)} | {
    PAGE.text: "var(--text)",
    PAGE.muted: "var(--muted)",
    PAGE.grid: "var(--grid)",
    PAGE.alarm: "var(--alarm)",
}

WIDE, HALF = (10.4, 3.3), (5.2, 3.0)
"""Inches of a chart over the page's width, and of one beside another."""
PICTURE_WIDTH, PICTURE_DPI = 8.8, 80
"""Inches and dots per inch of a picture: 704 pixels wide, so that it reads in the event log."""
COLORS = 64
"""Colors of a picture: lines and their soft edges need no more, and it takes a third of the bytes."""


@dataclass(frozen=True)
class Chart:
    """A chart that can be drawn in any palette.

    Attributes:
        name: differs between the charts of a page.
        label: what it shows, for those who cannot see it, and above a picture that stands alone.
        draw: draws on the panels, row by row.
        size: width and height on a page, inches.
        rows, columns: panels.
        legend_rows: rows of legend above each panel.
    """

    name: str
    label: str
    draw: Callable[[list[Axes], Palette], None]
    size: tuple[float, float] = WIDE
    rows: int = 1
    columns: int = 1
    legend_rows: int = 1


def svg(chart: Chart) -> str:
    """The chart as an ``<svg>`` element in the colors of the page that holds it."""
    # Names of clip paths are made from the salt: two charts of a page must not share them.
    with matplotlib.rc_context({**_style(PAGE), "svg.fonttype": "none", "svg.hashsalt": chart.name}):
        figure = Figure(figsize=chart.size)
        _draw(figure, chart, PAGE)
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawn = target.getvalue()
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn[drawn.index("<svg") :], flags=re.DOTALL)
    drawn = _NAMES_OF_PARTS.sub("", drawn)
    drawn = re.sub(r' xmlns(:xlink)?="[^"]*"', "", drawn)
    drawn = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", drawn)
    drawn = re.sub(r'<svg width="[^"]*" height="[^"]*"|<svg height="[^"]*"', "<svg", drawn).replace(
        "<svg", f'<svg role="img" aria-label="{chart.label}"', 1
    )
    drawn = re.sub(r' (?:width|height)="[\d.]+pt"', "", drawn)
    return re.sub("|".join(_ON_THE_PAGE), lambda found: _ON_THE_PAGE[found.group()], drawn)


def png(chart: Chart, title: str = "") -> bytes:
    """The chart as a picture that stands alone, below its title (the label if none is given)."""
    with matplotlib.rc_context(_style(PICTURE)):
        height = chart.size[1] + 0.1
        figure = Figure(figsize=(PICTURE_WIDTH, height), dpi=PICTURE_DPI)
        _draw(figure, chart, PICTURE, above=0.3)
        figure.text(0.1 / PICTURE_WIDTH, 1 - 0.2 / height, title or chart.label, fontsize=10, color=PICTURE.text)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    target = io.BytesIO()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    drawn.quantize(COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(target, "png")
    return target.getvalue()


def data_uri(picture: bytes) -> str:
    """A PNG picture as a URI that holds all of it."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def time_axis(axes: Axes) -> None:
    """Dates along the bottom."""
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))
    axes.margins(x=0.01)


def legend(axes: Axes, columns: int) -> None:
    """The legend above the panel."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2, columnspacing=1.2)


_NAMES_OF_PARTS = re.compile(
    r' id="(?:figure|axes|patch|text|line2d|xtick|ytick|legend|matplotlib\.axis|\w*[cC]ollection)_\d+"'
)


def _style(palette: Palette) -> dict[Any, Any]:
    background = "none" if palette is PAGE else "white"
    return {
        "text.color": palette.text,
        "axes.edgecolor": palette.grid,
        "font.size": 9,
        # Given, so that Matplotlib does not look for a height above everything.
        "axes.titley": 1.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "legend.handlelength": 1.4,
        "figure.facecolor": background,
        "axes.facecolor": background,
        "savefig.facecolor": background,
    }


def _draw(figure: Figure, chart: Chart, palette: Palette, above: float = 0.0) -> None:
    """The chart on the figure, with so many inches left above it."""
    panels = _panels(figure, chart, above)
    chart.draw(panels, palette)
    for axes in panels:
        draw_scales(figure, axes, palette.muted, palette.grid)


def _panels(figure: Figure, chart: Chart, above: float) -> list[Axes]:
    # Margins in inches, given rather than searched: a layout engine would draw everything twice.
    left, right, bottom, top = 0.6, 0.25, 0.3, 0.14 + 0.2 * chart.legend_rows
    width, height = figure.get_size_inches()
    cell_width, cell_height = width / chart.columns, (height - above) / chart.rows
    size = (cell_width - left - right) / width, (cell_height - bottom - top) / height
    places = [
        ((column * cell_width + left) / width, ((chart.rows - 1 - row) * cell_height + bottom) / height)
        for row in range(chart.rows)
        for column in range(chart.columns)
    ]
    return [figure.add_axes((*place, *size)) for place in places]
