import numpy as np
import pytest

from aquamind_assets.farm.processes import lice as module
from aquamind_assets.farm.processes.lice import ADULT_FEMALE, ADULT_MALE, LARVAE, RESISTANT, Lice
from aquamind_assets.farm.processes.treatment import Treatment
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario

NO_DEATHS = ["health.lice.chalimus_mortality=0", "health.lice.preadult_mortality=0", "health.lice.adult_mortality=0"]


def infect_once(lice: Lice, temperature: float, days: int, boxes_late: int = 0) -> np.ndarray:
    """States of a cage whose fish catch ten lice on one day, day by day."""
    state = lice.clean(1)
    state[0, module.FEMALE_CLOCK] = state[0, module.MALE_CLOCK] = boxes_late / 10
    states = []
    for day in range(days):
        settled = np.array([10.0 if day == 0 else 0.0])
        state = lice.advance(state, np.array([temperature]), settled, np.zeros(1))
        states.append(state[0])
    return np.array(states)


@pytest.mark.parametrize(("temperature", "days"), [(6.0, 68), (10.0, 36), (14.0, 23)])
def test_an_infection_is_adult_female_after_the_published_days(temperature: float, days: int) -> None:
    lice = Lice.from_scenario(load_scenario("bakkafrost", NO_DEATHS))
    first = [int(np.argmax(infect_once(lice, temperature, 120, late)[:, ADULT_FEMALE] > 0)) for late in range(10)]
    assert np.mean(first) == pytest.approx(days, abs=1.5)


def test_males_are_adult_before_females() -> None:
    lice = Lice.from_scenario(load_scenario("bakkafrost", NO_DEATHS))
    states = infect_once(lice, 10.0, 60)
    assert np.argmax(states[:, ADULT_MALE] > 0) < np.argmax(states[:, ADULT_FEMALE] > 0) - 5
    assert states[-1, ADULT_FEMALE] == pytest.approx(5)
    assert states[-1, ADULT_MALE] == pytest.approx(5)


def test_lice_neither_appear_nor_vanish_while_they_age() -> None:
    lice = Lice.from_scenario(load_scenario("bakkafrost", NO_DEATHS))
    states = infect_once(lice, 9.3, 80)
    total = Lice.attached(states) + Lice.preadult(states) + states[:, ADULT_FEMALE] + states[:, ADULT_MALE]
    assert total == pytest.approx(np.full(80, 10.0))


def test_survival_to_adult_is_that_of_the_stages(scenario: Scenario) -> None:
    states = infect_once(Lice.from_scenario(scenario), 10.0, 60)
    attached, preadult = 3 / module.female_rate(np.array(10.0)), 2 / module.female_rate(np.array(10.0))
    expected = 5 * (1 - 0.0125) ** attached * (1 - scenario.health.lice.preadult_mortality) ** preadult
    assert states[:, ADULT_FEMALE].max() == pytest.approx(expected, rel=0.1)


def test_eggs_develop_as_published() -> None:
    assert module.egg_days(np.array([10.0, 6.0])) == pytest.approx([(41.98 / 14.19) ** 2, (41.98 / 10.19) ** 2])


def test_infectivity_is_one_at_its_reference_and_hardly_depends_on_the_number_of_fish() -> None:
    fish = np.array([70_000.0, 20_000.0, 70_000.0])
    relative = module.infectivity(fish, np.array([1000.0, 1000.0, 4000.0]), np.full(3, 9.0))
    assert relative[0] == pytest.approx(1)
    assert relative[1] == pytest.approx(1, abs=0.01)
    assert 1.05 < relative[2] < 1.15


def test_cages_of_an_area_share_their_larvae_and_others_do_not(scenario: Scenario) -> None:
    lice = Lice.from_scenario(scenario)
    state = lice.clean(3)
    state[0, LARVAE] = 100.0
    settled, _ = lice.settling(
        state, np.full(3, 70_000), np.full(3, 2000.0), np.full(3, 9.0), np.array([0, 0, 1]), np.full(2, 1e-3)
    )
    assert settled[0] == settled[1]
    assert settled[1] > settled[2] > 0


def test_a_treatment_takes_mobile_lice_and_spares_attached_ones_more(scenario: Scenario) -> None:
    lice = Lice.from_scenario(scenario)
    state = np.ones((1, module.WIDTH))
    after = lice.treated(state, np.array([0.8]), np.array([0.25]), np.array([False]))
    assert after[0, ADULT_FEMALE] == pytest.approx(0.2)
    assert Lice.preadult(after)[0] == pytest.approx(0.2 * Lice.preadult(state)[0])
    assert Lice.attached(after)[0] == pytest.approx(0.8 * Lice.attached(state)[0])
    assert (state == 1).all()


def test_chemical_treatments_breed_resistance(scenario: Scenario) -> None:
    lice, treatment = Lice.from_scenario(scenario), Treatment.from_scenario(scenario)
    state = lice.clean(2)
    before = state[0, RESISTANT]
    for _ in range(10):
        state = lice.treated(state, np.full(2, 0.8), np.zeros(2), np.array([True, False]))
    assert state[0, RESISTANT] > before == state[1, RESISTANT]
    peroxide = np.full(2, [one.key for one in scenario.health.treatments].index("hydrogen_peroxide"))
    weaker, full = treatment.efficacy(peroxide, np.array([state[0, RESISTANT], 0.0]), np.zeros(2))
    assert weaker < full


def test_newly_settled_lice_dilute_resistance(scenario: Scenario) -> None:
    lice = Lice.from_scenario(scenario)
    state = lice.clean(1)
    state[:, ADULT_FEMALE], state[:, RESISTANT] = 1.0, 0.9
    after = lice.advance(state, np.array([9.0]), np.array([0.5]), np.array([0.1]))
    assert 0.1 < after[0, RESISTANT] < 0.9


def test_fish_of_two_cages_carry_their_common_lice(scenario: Scenario) -> None:
    lice = Lice.from_scenario(scenario)
    first, second = lice.clean(1), lice.clean(1)
    first[:, ADULT_FEMALE] = 4.0
    assert Lice.mixed(first, np.array([10]), second, np.array([30]))[0, ADULT_FEMALE] == pytest.approx(1.0)
