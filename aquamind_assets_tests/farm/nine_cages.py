"""A farm with nine full cages in each of two areas, for tests of decisions about an area."""

import datetime

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.health.wiring import NO_COUNT
from aquamind_assets.farm.sites import climate
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage
from aquamind_assets_tests.farm.simulated import history

MONDAY = datetime.date(2016, 10, 3)
FAROES = "farm.geographies.Faroe Islands"


def stocked(*changes: str) -> tuple[Farm, list[np.ndarray]]:
    """The tiny farm with nine large cages in each Faroese area, on a Monday in October.

    Adult fish of 1.5 kg stand in all cages of two areas, and nothing is planned for them. Returns the cages too.
    """
    past = history("tiny", 1, (f"{FAROES}.area_cages.cage_large=9", *changes))
    water = climate.site_days(past.scenario, past.infrastructure, 2016)
    farm = Farm(past.scenario, past.infrastructure, water, past.states[-1], 2016)
    farm.begin(timeline.day_number(MONDAY))
    c, batch = farm.containers, int(farm.active[0])
    c.count[farm.layout.at_sea], c.batch[farm.layout.at_sea] = 0, -1
    areas = [farm.layout.cages_of[area][:9] for area in (0, 1)]
    for cages in areas:
        c.count[cages], c.batch[cages], c.weight[cages], c.stage[cages] = 50_000, batch, 1500.0, Stage.ADULT
    farm.plans["target_weight_g"][batch], farm.plans["harvesting"][batch] = 5000.0, False
    farm.plans["adult_day"][batch] = farm.today.day - 450
    farm.health.containers.last_count[:], farm.health.containers.count_before[:] = NO_COUNT, NO_COUNT
    farm.health.containers.treatment_day[:] = -1
    farm.plant_room[:], farm.open_areas[:] = 0.0, False
    farm.moves.keep(np.zeros(len(farm.moves), dtype=bool))
    return farm, areas
