"""The farm before anything has happened.

Belongs here: the state the first year opens with. Does not belong here: states later on.
"""

from typing import Any

import numpy as np

from aquamind_assets.farm.health.wiring import LONG_AGO, NO_COUNT
from aquamind_assets.farm.processes.lice import Lice
from aquamind_assets.farm.processes.outside_lice import OutsideLice
from aquamind_assets.ledger import state
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import (
    Assignments,
    Batches,
    Deliveries,
    FeedLots,
    Outbreaks,
    TreatmentPlans,
    Treatments,
)
from aquamind_assets.ledger.state import ContainerHealth, Epidemics, FarmState, InfectionPlans
from aquamind_assets.scenario.model import Scenario


def first_state(scenario: Scenario, infrastructure: Infrastructure, day: int) -> FarmState:
    """The farm at the end of ``day``, before anything has happened."""
    size = len(infrastructure.containers)
    nothing = np.full(size, -1)
    containers = state.ContainerStates(
        batch=nothing,
        reserved=nothing.copy(),
        assignment_id=nothing.copy(),
        stage=np.full(size, Stage.EGG_ALEVIN),
        emptied=np.full(size, LONG_AGO),
        fast_until=np.full(size, LONG_AGO),
        withheld_until=np.full(size, LONG_AGO),
        arrived=np.full(size, LONG_AGO),
        harvest_day=nothing.copy(),
        harvest_reason=nothing.copy(),
        **{
            name: np.zeros(size)
            for name in (
                "count",
                "weight",
                "degree_days",
                "harvest_share",
                "growth_normal",
                "condition_normal",
                "mortality_normal",
            )
        },
    )
    silos = len(infrastructure.feed_containers)
    return FarmState(
        day=day,
        containers=containers,
        batches=Batches.empty(),
        plans=state.BatchPlans.empty(),
        assignments=Assignments.empty(),
        tank_bookings=state.TankBookings.empty(),
        area_bookings=state.AreaBookings.empty(),
        moves=state.PlannedMoves.empty(),
        outbreaks=Outbreaks.empty(),
        treatments=Treatments.empty(),
        feed=state.FeedStates(stock_g=np.zeros(silos), demand_g=np.zeros(silos), cost_carry=np.zeros(silos)),
        orders=Deliveries.empty(),
        lots=FeedLots.empty(),
        open_areas=np.zeros(len(infrastructure.areas), dtype=bool),
        plant_room=np.zeros(len(infrastructure.geographies)),
        counters=state.Counters(sequence=np.zeros(1), pressure=np.ones(1), life_days=np.zeros(1)),
        **_first_health(scenario, infrastructure),
    )


def _first_health(scenario: Scenario, infrastructure: Infrastructure) -> dict[str, Any]:
    """The health part of the farm's first state."""
    size = len(infrastructure.containers)
    cages = int((infrastructure.containers.area >= 0).sum())
    outside = OutsideLice.from_scenario(scenario)
    nothing = np.full(size, -1)
    return {
        "treatment_plans": TreatmentPlans.empty(),
        "health": ContainerHealth(
            last_count=np.full(size, NO_COUNT),
            count_before=np.full(size, NO_COUNT),
            last_delousing=np.full(size, LONG_AGO),
            treatment_day=nothing,
            treatment_method=nothing,
            treatment_reason=nothing,
            treatment_outbreak=nothing,
            treatment_trigger=np.zeros(size),
            handled_day=np.full(size, LONG_AGO),
            handling_loss=np.zeros(size),
            handled_by=nothing.copy(),
        ),
        "infections": InfectionPlans.empty(),
        "epidemics": Epidemics.empty(),
        "lice": Lice.from_scenario(scenario).clean(cages),
        "outside_lice": outside.sd * infrastructure.area_draws.normals(scenario.seed, "lice.outside"),
        "farm_effect": infrastructure.site_draws.normals(scenario.seed, "mortality.farm"),
        "farm_appetite": infrastructure.site_draws.normals(scenario.seed, "appetite.farm"),
    }
