"""The scales of a chart's panel: labels and marks along the bottom, labels and grid lines up the side, the unit.

They stand where Matplotlib puts them, at the places and with the labels that the axes' own locators and formatters
give. Matplotlib makes five artists of each tick and measures all labels to place the unit beside them, which is half of
what a chart takes; margins are fixed here, so nothing has to be measured.

Belongs here: drawing scales. Does not belong here: which places and labels (``charts``), colors (``drawing``).
"""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.transforms import ScaledTranslation, Transform

_MARK, _GAP, _SIDE_GAP = 3.0, 6.5, 3.5
"""Points: length of a mark, from the bottom to the labels below it, and from the side to the labels beside it."""
_UNIT_PLACE = 38.0
"""Points from the side to the middle of the unit's name, within the left margin."""
_BELOW_EVERYTHING = 0.5
"""Where Matplotlib draws grids: over patches of the background, below lines."""


def draw_scales(figure: Figure, axes: Axes, color: str, grid: str) -> None:
    """Draw the scales of a panel in place of Matplotlib's.

    Args:
        figure: that of the panel.
        axes: the panel, with everything that decides its limits drawn.
        color: of marks and labels.
        grid: of grid lines.
    """
    along, up = _ticks(axes.xaxis, axes.get_xlim()), _ticks(axes.yaxis, axes.get_ylim())
    unit = axes.get_ylabel()
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    shown: dict[str, Any] = {"color": color, "clip_on": False}
    bottom, side = axes.get_xaxis_transform(), axes.get_yaxis_transform()
    lines = [[(0, place), (1, place)] for place in up]
    axes.add_artist(LineCollection(lines, transform=side, colors=grid, linewidths=0.7, zorder=_BELOW_EVERYTHING))
    marks: dict[str, Any] = {"linestyle": "none", "marker": TICKDOWN, "markersize": _MARK, "markeredgewidth": 0.8}
    axes.add_artist(Line2D(list(along), [0] * len(along), transform=bottom, **marks, **shown))
    below, beside = _moved(figure, bottom, down=_GAP), _moved(figure, side, left=_SIDE_GAP)
    for place, label in along.items():
        axes.text(place, 0, label, transform=below, ha="center", va="top", **shown)
    for place, label in up.items():
        axes.text(0, place, label, transform=beside, ha="right", va="center_baseline", **shown)
    if unit:
        middle = _moved(figure, axes.transAxes, left=_UNIT_PLACE)
        axes.text(0, 0.5, unit, transform=middle, ha="center", va="center", rotation="vertical", **shown)


def _ticks(axis: Axis, limits: tuple[float, float]) -> dict[float, str]:
    """Labels by their places within the limits."""
    places = axis.get_majorticklocs()
    labels = axis.get_major_formatter().format_ticks(list(places))
    return {place: label for place, label in zip(places, labels, strict=True) if limits[0] <= place <= limits[1]}


def _moved(figure: Figure, place: Transform, left: float = 0.0, down: float = 0.0) -> Transform:
    """A place moved by so many points."""
    return place + ScaledTranslation(-left / 72, -down / 72, figure.dpi_scale_trans)
