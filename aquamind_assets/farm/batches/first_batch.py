"""Whether a first batch finds room at all: a question to a scenario, before anything is simulated.

Belongs here: the farm without fish, with everything built. Does not belong here: room among other batches (``space``).
"""

from aquamind_assets import timeline
from aquamind_assets.farm.batches.smolt_weight import trend
from aquamind_assets.farm.batches.starting import find_way
from aquamind_assets.farm.opening import first_state
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario


def geographies_without_room(scenario: Scenario, infrastructure: Infrastructure) -> list[str]:
    """Names of the geographies in which batches are to start, but a batch with the mean number of eggs has no room
    from its first tray to its last cage."""
    year = timeline.to_date(int(infrastructure.sites.commissioned_day.max())).year
    day = timeline.year_days(year).end - 1
    climate = site_days(scenario, infrastructure, year)
    farm = Farm(scenario, infrastructure, climate, first_state(scenario, infrastructure, day), year)
    farm.begin(day)
    eggs = round(scenario.farm.batches.eggs_mean)
    return [
        spec.name
        for row, spec in enumerate(scenario.farm.geographies)
        if spec.batch_share and find_way(farm, row, eggs, _heavy(scenario, row, day)) is None
    ]


def _heavy(scenario: Scenario, geography: int, day: int) -> float:
    return scenario.farm.batches.smolt_weight_g * float(trend(scenario, geography, day))
