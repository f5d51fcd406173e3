"""How the sea moves past a farm's sites, and how fresh the land makes it.

Belongs here: the ranges of a geography, and the values of a site that is known. Does not belong here: the water that
follows from them (``farm.sites.sea``).
"""

from typing import Annotated, Any

from aquamind_assets.scenario.quantities import Range, Section, quantity, within

STEEPEST = 1.0
LARGEST_TIDE_M = 10.0
MOST_FRONTS = 200.0
LARGEST_FRONT_M = 20.0
MOST_RUNOFF = 20.0

_STRATIFICATION = ("decrease of temperature for each m of depth in midsummer", "degC/m", "general knowledge")
_TIDE = (
    "how far the tide lifts and lowers the layers of the water, amplitude of its M2",
    "m",
    "calibrated: M2 share of Dempsey et al.",
)
_FRONTS = (
    "how often a front passes or deep water wells up",
    "1/year",
    "calibrated: kurtosis of the changes of Dempsey et al.",
)
_FRONT = ("how far such an event lifts or lowers the layers, mean", "m", "calibrated, as above")
_RUNOFF = (
    "how much fresher the land's water makes the site when as much runs off as on average",
    "ppt",
    "calibrated: 28-34.7 ppt at Scottish farms",
)


def _from(declared: tuple[str, str, str], low: float, high: float) -> Any:
    meaning, unit, source = declared
    return quantity(f"{meaning}; a site draws its own from this range", unit, source, default=Range(low=low, high=high))


class SeaSpec(Section):
    """The sites of a geography: each draws its values by its name from these ranges."""

    stratification: Annotated[Range, within(0, STEEPEST)] = _from(_STRATIFICATION, 0.14, 0.3)
    tide_m: Annotated[Range, within(0, LARGEST_TIDE_M)] = _from(_TIDE, 0.4, 1.0)
    fronts_per_year: Annotated[Range, within(0, MOST_FRONTS)] = _from(_FRONTS, 20, 40)
    front_m: Annotated[Range, within(0, LARGEST_FRONT_M)] = _from(_FRONT, 10, 16)
    runoff: Annotated[Range, within(0, MOST_RUNOFF)] = _from(_RUNOFF, 0.0, 0.5)


class SiteSea(Section):
    """A site that is known: its values in place of drawn ones."""

    stratification: float | None = quantity(*_STRATIFICATION, default=None, ge=0, le=STEEPEST)
    tide_m: float | None = quantity(*_TIDE, default=None, ge=0, le=LARGEST_TIDE_M)
    fronts_per_year: float | None = quantity(*_FRONTS, default=None, ge=0, le=MOST_FRONTS)
    front_m: float | None = quantity(*_FRONT, default=None, ge=0, le=LARGEST_FRONT_M)
    runoff: float | None = quantity(*_RUNOFF, default=None, ge=0, le=MOST_RUNOFF)
