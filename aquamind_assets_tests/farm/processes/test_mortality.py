from dataclasses import replace

import numpy as np
import pytest

from aquamind_assets.farm.processes.events import NO_EVENT, Events
from aquamind_assets.farm.processes.mortality import PULSE_DAYS, Mortality, by_cause, deaths
from aquamind_assets.ledger.codes import Cause, EventKind, Stage
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario


def median_hazard(mortality: Mortality, stage: Stage, days_at_sea: int) -> float:
    """Background where farm and container effects are at their mean-corrected zero."""
    one = np.ones(1)
    base = mortality.background(np.array([stage]), days_at_sea * one, 0 * one, 0 * one)
    return float(base[0] / mortality.effects(np.array([stage]), 0 * one, 0 * one)[0])


def test_background_at_sea_rises_through_the_stated_band(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    monthly = [-np.expm1(-30 * median_hazard(mortality, Stage.ADULT, days)) for days in (150, 250, 350, 450, 600)]
    stated = scenario.health.mortality.sea_background
    assert monthly == sorted(monthly)
    assert min(monthly) > stated.low
    assert monthly[-1] == pytest.approx(stated.high)
    assert median_hazard(mortality, Stage.ADULT, 800) == median_hazard(mortality, Stage.ADULT, 600)


def test_the_second_winter_at_sea_takes_several_times_what_the_first_summer_does(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    young, old = (
        np.mean([median_hazard(mortality, Stage.ADULT, month * 30) for month in months])
        for months in ((2, 3, 4), (13, 14, 15))
    )
    assert 2 < old / young < 4


def test_freshwater_stages_lose_their_share_over_their_nominal_days(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    for stage, share in ((Stage.FRY, 0.05), (Stage.PARR, 0.03), (Stage.SMOLT, 0.02)):
        assert -np.expm1(-90 * median_hazard(mortality, stage, 0)) == pytest.approx(share)
    assert median_hazard(mortality, Stage.EGG_ALEVIN, 0) == 0


def test_transfer_peak_decays_within_two_months(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    peak, decay = scenario.health.mortality.transfer_peak, scenario.health.mortality.transfer_decay_days
    steady = replace(mortality, transfer_peak=0.0)
    ratio = [
        median_hazard(mortality, Stage.POST_SMOLT, day) / median_hazard(steady, Stage.POST_SMOLT, day)
        for day in (0, decay, 60)
    ]
    assert ratio == pytest.approx([1 + peak, 1 + peak / np.e, 1 + peak * np.exp(-60 / decay)])
    assert ratio[-1] < 1.2


def test_farm_and_container_effects_keep_the_mean(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    rng = np.random.default_rng(3)
    n = 400_000
    for stage in (Stage.ADULT, Stage.PARR):
        assert mortality.effects(np.full(n, stage), rng.normal(size=n), rng.normal(size=n)).mean() == pytest.approx(
            1, abs=0.05
        )
    effects = np.log(mortality.effects(np.full(n, Stage.ADULT), rng.normal(size=n), np.zeros(n)))
    assert effects.std() == pytest.approx(scenario.health.mortality.farm_week_sd, rel=0.01)


def test_stays_of_a_batch_have_their_stated_share_in_common(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    rng = np.random.default_rng(14)
    stays = np.array(
        [[mortality.of_stay(batch, own) for own in rng.normal(size=2)] for batch in rng.normal(size=20_000)]
    )
    assert np.corrcoef(stays.T)[0, 1] == pytest.approx(mortality.batch_share, abs=0.02)
    assert stays.std() == pytest.approx(1, abs=0.02)


def test_farm_weeks_are_correlated_as_stated(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    rng = np.random.default_rng(3)
    first = rng.normal(size=50_000)
    second = mortality.next_farm_effect(first, rng.normal(size=50_000))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(mortality.farm_rho, abs=0.01)
    assert second.std() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("loss", [0.002, 0.0175, 0.3])
def test_handling_takes_its_share_within_seven_days(scenario: Scenario, loss: float) -> None:
    mortality = Mortality.from_scenario(scenario)
    days = np.arange(-3, 12)
    calm = np.full(days.size, mortality.handling_farm_share * mortality.farm_sd / 2)
    hazard = mortality.handling(np.full(days.size, loss), days, np.full(days.size, Stage.ADULT), calm)
    assert -np.expm1(-hazard.sum()) == pytest.approx(loss)
    assert (hazard[(days < 0) | (days >= PULSE_DAYS)] == 0).all()
    assert (np.diff(hazard[3:10]) < 0).all()


def test_a_bad_week_makes_handling_worse_and_the_mean_stays(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    effect = np.random.default_rng(13).normal(size=200_000)
    same = np.ones(effect.size)
    hazard = mortality.handling(0.01 * same, 0 * same, np.full(effect.size, Stage.ADULT), effect)
    steady = mortality.handling(
        np.array([0.01]),
        np.zeros(1),
        np.array([Stage.ADULT]),
        np.array([mortality.handling_farm_share * mortality.farm_sd / 2]),
    )
    assert hazard.mean() == pytest.approx(steady[0], rel=0.02)
    assert np.corrcoef(hazard, effect)[0, 1] > 0.5


def test_deaths_by_cause_add_up_and_follow_the_hazards(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    n = 5000
    u = (np.arange(n) + 0.5) / n
    stage = np.full(n, Stage.ADULT)
    hazards = mortality.hazards(stage, np.full(n, 1.5e-4), np.full(n, 5e-5), np.zeros(n))
    total = deaths(
        np.full(n, 70_000), hazards.sum(axis=1), np.random.default_rng(5).random(n), mortality.overdispersion
    )
    causes = by_cause(total, hazards, u)
    assert (causes.sum(axis=1) == total).all()
    assert causes.sum(axis=0) / total.sum() == pytest.approx(hazards[0] / hazards[0].sum(), abs=0.01)
    assert hazards[0, Cause.DISEASE] == pytest.approx(1.5e-4 * 0.35 + 5e-5)


def test_freshwater_and_sea_have_their_own_causes(scenario: Scenario) -> None:
    mortality = Mortality.from_scenario(scenario)
    shares = mortality.hazards(np.array([Stage.PARR, Stage.ADULT]), np.ones(2), np.zeros(2), np.zeros(2))
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[0, [Cause.HANDLING, Cause.ESCAPE]].tolist() == [0.30, 0]
    assert shares[1, [Cause.PREDATION, Cause.ESCAPE]].tolist() == [0.20, 0.05]


def test_where_the_hazard_is_the_same_the_deaths_are_the_same() -> None:
    rng = np.random.default_rng(6)
    u, count = rng.random(2000), np.full(2000, 65_000)
    hazard = rng.gamma(1, 2e-4, 2000)
    other = np.where(np.arange(2000) % 3 == 0, hazard * 1.5, hazard)
    first, second = deaths(count, hazard, u, 2e-5), deaths(count, other, u, 2e-5)
    assert (first == second)[np.arange(2000) % 3 != 0].all()
    assert (second >= first).all()
    assert second.sum() > first.sum()


def test_no_fish_dies_twice() -> None:
    count = np.array([0, 1, 7, 100])
    assert deaths(count, np.full(4, 50.0), np.full(4, 0.5), 2e-5).tolist() == count.tolist()
    assert deaths(count, np.zeros(4), np.full(4, 0.999), 2e-5).tolist() == [0, 0, 0, 0]


def strike(
    events: Events, cages: int, tanks: int, areas: int, days: int, waves: float
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    at_sea = np.arange(cages + tanks) < cages
    area = np.where(at_sea, np.arange(cages + tanks) % areas, -1)
    kinds = np.zeros((days, cages + tanks), dtype=np.int8)
    lost = np.zeros((days, cages + tanks))
    for day in range(days):
        struck = events.strike(
            at_sea,
            area,
            rng.random((areas, events.kind.size)),
            rng.random((at_sea.size, events.kind.size)),
            rng.normal(size=at_sea.size),
            np.full(areas, waves),
            day % 365 + 1,
        )
        kinds[day], lost[day] = struck.kind, -np.expm1(-struck.hazards.sum(axis=1))
    return kinds, lost


def test_events_come_as_often_as_stated_and_strike_where_they_can(scenario: Scenario) -> None:
    events = Events.from_scenario(scenario)
    kinds, lost = strike(events, 400, 400, 40, 365, waves=9.0)
    cages, tanks = kinds[:, :400], kinds[:, 400:]
    stated = next(one.per_year for one in scenario.health.mortality.events if one.key == "predator_attack")
    assert (cages == EventKind.PREDATOR_ATTACK).sum() / 400 == pytest.approx(stated, abs=0.12)
    assert (tanks == EventKind.EQUIPMENT_FAILURE).sum() / 400 == pytest.approx(0.02, abs=0.02)
    assert not np.isin(cages, [EventKind.EQUIPMENT_FAILURE]).any()
    assert np.isin(tanks, [NO_EVENT, EventKind.EQUIPMENT_FAILURE]).all()
    assert (lost[kinds == NO_EVENT] == 0).all()
    attacks = lost[kinds == EventKind.PREDATOR_ATTACK]
    assert np.median(attacks) == pytest.approx(0.002, rel=0.25)
    assert np.quantile(attacks, 0.9) == pytest.approx(0.008, rel=0.3)


def test_a_storm_strikes_all_cages_of_its_area_and_needs_waves(scenario: Scenario) -> None:
    events = Events.from_scenario(scenario)
    kinds, _ = strike(events, 200, 0, 10, 365, waves=9.0)
    day, cage = np.argwhere(kinds == EventKind.STORM)[0]
    same_area = np.arange(200) % 10 == cage % 10
    assert np.isin(
        kinds[day, same_area],
        [EventKind.STORM, EventKind.ALGAL_BLOOM, EventKind.OXYGEN_DROP, EventKind.PREDATOR_ATTACK, EventKind.ESCAPE],
    ).all()
    calm, _ = strike(events, 200, 0, 10, 365, waves=1.0)
    assert not (calm == EventKind.STORM).any()


def test_a_farm_without_events_is_possible() -> None:
    events = Events.from_scenario(load_scenario("tiny", ["health.mortality.events=[]"]))
    kinds, lost = strike(events, 10, 10, 2, 30, waves=9.0)
    assert (kinds == NO_EVENT).all()
    assert not lost.any()
