"""The pictures of the README: the graph of the assets, and the lice of one cage.

Belongs here: drawing what the registry and a written farm hold. Does not belong here: Dagster's own picture of the
graph, which needs a browser; charts (``reports.charts``).
"""

import io
from collections.abc import Collection, Mapping

import matplotlib
from matplotlib.figure import Figure

from aquamind_assets.pipeline.lineage import graph, group_of
from aquamind_assets.reports import charts, closeups
from aquamind_assets.reports.drawing import PICTURE, png
from aquamind_assets.reports.history import read_history
from aquamind_assets.tables.releases import DEFAULT_RELEASE
from aquamind_assets.warehouse.warehouse import Warehouse

_GROUP_COLORS = (*PICTURE.series, "#2f4b3c", "#b58900", "#6b2737", "#3b3f8f")
"""A color for each group of assets."""


def graph_picture() -> bytes:
    """A PNG of the graph: an asset stands to the right of all that it is made from, in the color of its group."""
    above = graph(DEFAULT_RELEASE)
    levels = _levels(above)
    groups = list(dict.fromkeys(map(group_of, above)))
    colors = dict(zip(groups, _GROUP_COLORS, strict=False))
    places = {}
    for level in range(max(levels.values()) + 1):
        names = [name for name in above if levels[name] == level]
        column = sorted(names, key=lambda name: groups.index(group_of(name)))
        for number, name in enumerate(column):
            places[name] = (level * 1.9, (len(column) - 1) / 2 - number)
    with matplotlib.rc_context({"font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(15.0, 8.0), dpi=100)
        axes = figure.subplots()
        for name, parents in above.items():
            for parent in sorted(parents):
                (x0, y0), (x1, y1) = places[parent], places[name]
                axes.plot([x0, x1], [y0, y1], color=PICTURE.grid, linewidth=1.2, zorder=1)
        for name, (x, y) in places.items():
            edge = colors[group_of(name)]
            box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": edge, "linewidth": 1.6}
            axes.text(x, y, name, ha="center", va="center", fontsize=8, color=PICTURE.text, bbox=box, zorder=2)
        for group, color in colors.items():
            axes.plot([], [], color=color, linewidth=4, label=group)
        axes.legend(
            fontsize=8, frameon=False, ncols=(len(colors) + 1) // 2, loc="upper center", bbox_to_anchor=(0.5, 0.0)
        )
        axes.margins(x=0.09, y=0.06)
        axes.set_axis_off()
        figure.subplots_adjust(left=0.02, right=0.98, top=0.99, bottom=0.08)
        return _as_png(figure)


def lice_picture(warehouse: Warehouse, years: range, threshold: float) -> bytes | None:
    """A PNG of the lice of the cage that was treated most often in these years; None where no lice were counted.

    Args:
        warehouse: where the years are written.
        years: the years.
        threshold: the scenario's treatment threshold, adult female lice per fish.
    """
    cage = closeups.lousy_cage(read_history(warehouse, years, ["lice", "treatments", "places"]), list(years))
    if cage is None:
        return None
    chart = charts.lice(cage.females, threshold, cage.treated, cage.treated_otherwise)
    return png(chart, f"Adult female lice per fish in {cage.name}")


def _levels(above: Mapping[str, Collection[str]]) -> dict[str, int]:
    """How many assets an asset stands behind, on the longest way."""
    found: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in found:
            found[name] = 1 + max((level(parent) for parent in above[name]), default=-1)
        return found[name]

    for name in above:
        level(name)
    return found


def _as_png(figure: Figure) -> bytes:
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None}, pil_kwargs={"optimize": True})
    return target.getvalue()
