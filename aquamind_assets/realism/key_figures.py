"""What a manager asks of the simulated farm: survival, tonnes, days at sea, treatments, by geography.

Belongs here: which figures, by place. Does not belong here: their definitions (``figures``), published figures
(``targets``).
"""

from dataclasses import dataclass

from aquamind_assets.figures.figure import Figure
from aquamind_assets.figures.registry import defined
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.realism.observations import Observations
from aquamind_assets.realism.sums import sums_of
from aquamind_assets.scenario.model import Scenario

KEYS = (
    "whole_lives",
    "survival_smolt_pct",
    "survival_harvest_pct",
    "smolt_weight_g",
    "harvest_weight_kg",
    "days_at_sea",
    "days_of_life",
    "economic_fcr",
    "biological_fcr",
    "lice_treatments_per_cage_year",
    "outbreaks_per_year",
    "adult_females",
    "months_above_threshold_pct",
    "sea_mortality_p10_pct",
    "sea_mortality_median_pct",
    "sea_mortality_p90_pct",
    "sea_mortality_p99_pct",
    "gutted_harvest_t",
    *(f"sea_deaths_{cause.name.lower()}_pct" for cause in Cause),
)
"""The figures shown, in their order."""


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the farm; ``values`` are by column of :func:`columns`, nan where there is nothing to measure."""

    figure: Figure
    values: tuple[float, ...]


def columns(scenario: Scenario) -> list[str]:
    """The geographies, then the whole farm."""
    return [geography.name for geography in scenario.farm.geographies] + ["Whole farm"]


def key_figures(scenario: Scenario, observed: Observations) -> list[KeyFigure]:
    """The key figures of the observed years."""
    whole = sums_of(scenario, observed)
    places = [*(whole.of(geography.name) for geography in scenario.farm.geographies), whole]
    return [KeyFigure(figure, tuple(figure.value(place) for place in places)) for figure in defined(KEYS)]
