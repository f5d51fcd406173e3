"""What differs between countries: how densely cages are stocked, how long an area lies fallow, how fast fish grow."""

import numpy as np
import pytest

from aquamind_assets.farm.health.wiring import Health
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.opening import first_state
from aquamind_assets.farm.processes.growth import Growth
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import History, history

YEARS = 6


def past() -> History:
    return history("demo", YEARS)


def test_scottish_cages_are_stocked_once_for_their_harvest_and_faroese_ones_are_split() -> None:
    split, densest = [0, 0], [0.0, 0.0]
    containers = past().infrastructure.containers
    for ledger in past().ledgers:
        moves, days = ledger.movements, ledger.container_days
        at_sea = (moves.kind == Movement.SPLITTING) & (moves.from_stage >= Stage.POST_SMOLT)
        days = days.take(containers.area[days.container] >= 0)
        density = days.closing * days.weight_g / 1e3 / containers.volume_m3[days.container]
        for row in (0, 1):
            split[row] += int((containers.geography[moves.from_container[at_sea]] == row).sum())
            densest[row] = max(densest[row], float(density[containers.geography[days.container] == row].max(initial=0)))
    assert split[0] > 0
    assert split[1] == 0
    planned = past().scenario.farm.geographies[1].stocking_density
    assert planned is not None
    assert 0.3 * planned < densest[1] < 2 * planned


def test_areas_lie_fallow_as_long_as_their_country_wants(farm: Farm) -> None:
    c, day = farm.containers, farm.today.day
    for geography, days in ((0, 60), (1, 30)):
        area = int(np.flatnonzero(farm.infrastructure.areas.geography == geography)[0])
        cages = farm.layout.cages_of[area]
        c.count[cages], c.batch[cages], c.reserved[cages] = 0, -1, -1
        for empty, ready in ((days, False), (days + 1, True)):
            c.emptied[cages] = day - empty
            assert (area in space.ready_areas(farm, geography, day)) == ready


@pytest.mark.parametrize("exponent", [0.0, 0.08, 0.19])
def test_the_span_between_two_weights_is_what_daily_growth_adds_up_to(exponent: float) -> None:
    growth = Growth.from_scenario(load_scenario("tiny", [f"biology.growth.size_exponent={exponent}"]))
    adult, weight, span = np.array([Stage.ADULT]), 500.0, 0.0
    while weight < 5000:
        step = 0.01
        span += step
        weight = (np.cbrt(weight) + step * float(growth.size_factor(np.array([weight]), adult)[0])) ** 3
    assert growth.span(Stage.ADULT, 500.0, 5000.0) == pytest.approx(span, rel=0.01)
    harvest = (4500 + 5500) / 2
    assert growth.span(Stage.ADULT, 500.0, harvest) == pytest.approx(np.cbrt(harvest) - np.cbrt(500.0), rel=1e-6)
    assert growth.span(Stage.PARR, 5.0, 50.0) == pytest.approx(np.cbrt(50.0) - np.cbrt(5.0))


def test_some_sites_are_quiet_for_good() -> None:
    scenario = load_scenario("bakkafrost", ["health.lice.site_sd=3"])
    places = build(scenario)
    reach = [Health(scenario, places, first_state(scenario, places, day)).outside_reach for day in (0, 400)]
    assert reach[0].size == len(places.areas)
    assert np.array_equal(*reach)
    assert reach[0].min() < 0.1
    assert reach[0].max() > 1.5
    alike = load_scenario("bakkafrost", ["health.lice.site_sd=0"])
    assert (Health(alike, places, first_state(alike, places, 0)).outside_reach == 1).all()
