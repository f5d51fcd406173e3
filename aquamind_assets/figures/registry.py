"""All figures by key.

Belongs here: the list. Does not belong here: definitions (``batch``, ``inventory``, ``health``).
"""

from collections.abc import Iterable

from aquamind_assets.figures.batch import BATCH_FIGURES
from aquamind_assets.figures.figure import Figure, Period
from aquamind_assets.figures.health import HEALTH_FIGURES
from aquamind_assets.figures.inventory import INVENTORY_FIGURES
from aquamind_assets.figures.sums import Sums

ROWS = Figure(
    "rows",
    "Rows",
    "rows",
    "Rows in all tables, by the year in their ids.",
    Period.EVENTS,
    ("rows",),
    lambda sums: sums["rows"]["rows"].sum(),
)

FIGURES: dict[str, Figure] = {
    figure.key: figure for figure in (*BATCH_FIGURES, *INVENTORY_FIGURES, *HEALTH_FIGURES, ROWS)
}
"""Every figure by its key, in the order in which they are listed."""


def values_of(sums: Sums, keys: Iterable[str] = FIGURES) -> dict[str, float]:
    """Values by key of those of these figures whose sums are known; nan where the sums are empty."""
    return {key: FIGURES[key].value(sums) for key in keys if sums.holds(FIGURES[key].reads)}


def defined(keys: Iterable[str]) -> list[Figure]:
    """The definitions of these figures.

    Raises:
        KeyError: there is no such figure.
    """
    return [FIGURES[key] for key in keys]
