"""A scenario's whole history: simulated in this process, and compared with the published figures.

Belongs here: from a scenario to its observations and comparisons. Does not belong here: the sums of a year
(``observations``), statistics (``statistics``), pages.
"""

from collections.abc import Callable

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.realism.observations import Observations, observe
from aquamind_assets.realism.readings import observe_readings
from aquamind_assets.realism.statistics import is_full_scale, measure
from aquamind_assets.realism.targets import Comparison, compare, load_targets
from aquamind_assets.scenario.model import Scenario


def observe_history(scenario: Scenario, places: Infrastructure, report: Callable[[str], None]) -> Observations:
    """Simulate the scenario's history, and return its sums. Nothing is stored, and the ledger of one year is held at a
    time.

    Args:
        scenario: the scenario.
        places: ``infrastructure.build(scenario)``.
        report: called after each year with what is done.
    """
    observed: list[Observations] = []
    for year in simulate_years(scenario, places, scenario.years):
        readings = observe_readings(year.inputs(scenario, places))
        observed.append(observe(scenario, places, year.climate, year.ledger, readings))
        report(f"{year.ledger.year} simulated, {len(observed)} of {len(scenario.years)} years")
    return Observations.added(observed)


def compare_history(scenario: Scenario, places: Infrastructure, observed: Observations) -> list[Comparison]:
    """Return the comparisons of all targets of a whole history with what was observed in it."""
    measured = measure(scenario, places, observed)
    return compare(load_targets(), measured, "decade", full_scale=is_full_scale(places))
