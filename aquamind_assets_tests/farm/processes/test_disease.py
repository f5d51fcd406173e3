import numpy as np
import pytest

from aquamind_assets.farm.draws import batch_choice
from aquamind_assets.farm.processes.disease import Disease
from aquamind_assets.farm.processes.mortality import Mortality
from aquamind_assets.farm.processes.treatment import Treatment
from aquamind_assets.farm.processes.vaccination import Vaccination
from aquamind_assets.ledger.codes import Outcome, Stage
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import ByName


@pytest.fixture(scope="module")
def keys(scenario: Scenario) -> list[str]:
    return [one.key for one in scenario.health.diseases]


def risk(
    disease: Disease, stage: Stage, *, vaccine: int = -1, days: int = 1000, temperature: float = 13.0
) -> np.ndarray:
    one = np.ones(1)
    return disease.susceptibility(
        np.array([stage]),
        np.array([vaccine]),
        days * one,
        temperature * one,
        np.zeros((1, disease.factor.size), dtype=bool),
    )[0]


def test_only_the_stated_stages_fall_ill(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    assert {key for key, value in zip(keys, risk(disease, Stage.PARR), strict=True) if value} == {
        "IPN",
        "FUR",
        "COSTIA",
    }
    assert {key for key, value in zip(keys, risk(disease, Stage.ADULT), strict=True) if value} == {
        "PD",
        "HSMI",
        "AGD",
        "ISA",
        "CMS",
        "WU",
    }
    assert not risk(disease, Stage.EGG_ALEVIN).any()


def test_cold_water_age_infection_and_vaccine_lower_the_risk(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    pd, ipn = keys.index("PD"), keys.index("IPN")
    assert risk(disease, Stage.ADULT, temperature=9.9)[pd] == 0
    assert 0 < risk(disease, Stage.POST_SMOLT, days=5)[pd] < 0.2
    enhanced = [one.key for one in scenario.health.vaccines].index("enhanced")
    assert risk(disease, Stage.ADULT, vaccine=enhanced)[pd] == pytest.approx(1 - 0.78)
    assert risk(disease, Stage.PARR, vaccine=0)[ipn] == pytest.approx(1 - 0.85)
    infected = np.zeros((1, len(keys)), dtype=bool)
    infected[0, pd] = True
    assert (
        disease.susceptibility(np.array([Stage.ADULT]), np.array([-1]), np.ones(1) * 900, np.ones(1) * 13, infected)[
            0, pd
        ]
        == 0
    )


def test_a_site_at_full_risk_has_the_yearly_probability_times_season(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    scotland = np.array([1])
    risks = np.tile(risk(disease, Stage.ADULT), (4, 1))
    agd = keys.index("AGD")
    yearly = {
        month: disease.site_hazard(risks, np.zeros(4, dtype=int), scotland, month)[0, agd] * 365.25 for month in (1, 6)
    }
    # The specification's .25, times the scale of Scotland, highest from September to January.
    rate = -np.log1p(-0.25 * scenario.farm.geographies[1].disease_scale["AGD"])
    assert yearly == pytest.approx({1: 1.5 * rate, 6: 0.5 * rate})
    isa = keys.index("ISA")
    assert disease.site_hazard(risks, np.zeros(4, dtype=int), scotland, 1)[0, isa] * 365.25 == pytest.approx(
        -np.log1p(-0.02)
    )


def test_the_faroes_are_free_of_pancreas_disease(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    risks = np.tile(risk(disease, Stage.ADULT), (2, 1))
    hazard = disease.site_hazard(risks, np.array([0, 1]), np.array([0, 1]), 7)
    assert hazard[0, keys.index("PD")] == 0
    assert hazard[1, keys.index("PD")] > 0


def test_an_empty_site_has_no_outbreak(scenario: Scenario) -> None:
    disease = Disease.from_scenario(scenario)
    hazard = disease.site_hazard(
        np.tile(risk(disease, Stage.ADULT), (2, 1)), np.array([1, 1]), np.zeros(3, dtype=int), 6
    )
    assert not hazard[[0, 2]].any()
    assert hazard[1].any()


def test_an_infection_builds_up_holds_and_recovers(scenario: Scenario) -> None:
    course = Disease.from_scenario(scenario).course(np.arange(-5, 105), np.full(110, 100))
    days = np.arange(-5, 105)
    assert (course[(days < 0) | (days >= 100)] == 0).all()
    assert (course[(days >= 30) & (days < 70)] == 1).all()
    assert (np.diff(course[5:35]) > 0).all()
    assert (np.diff(course[75:105]) < 0).all()


def test_treatment_lowers_the_impact(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    agd = np.full(2, keys.index("AGD"))
    untreated, treated = disease.impact(agd, np.full(2, 30), np.full(2, 60), np.ones(2), np.array([0.0, 0.4]))
    assert treated / untreated == pytest.approx(1 - 0.4)


def test_treatments_help_by_half_the_recovery_rate_on_average_and_succeed_as_often_as_it_says(
    scenario: Scenario,
) -> None:
    disease, uniforms = Disease.from_scenario(scenario), (np.arange(4000) + 0.5) / 4000
    for row, recovery in enumerate(disease.recovery.tolist()):
        relief = [disease.relief(row, u) for u in uniforms]
        assert np.mean(relief) == pytest.approx(recovery / 2, rel=2e-3)
        assert min(relief) == 0 < max(relief) < 1
        # As stored in the ledger.
        outcomes = np.array([disease.outcome(row, float(np.float32(one))) for one in relief])
        assert np.mean(outcomes == Outcome.SUCCESSFUL) == pytest.approx(recovery, abs=1e-3)
        assert np.mean(outcomes == Outcome.UNSUCCESSFUL) == pytest.approx((1 - recovery) / 2, abs=1e-3)


def test_mortality_at_the_peak_is_the_stated_multiple(scenario: Scenario) -> None:
    disease, base = Disease.from_scenario(scenario), Mortality.from_scenario(scenario).stage_base[Stage.ADULT]
    every = np.arange(disease.factor.size)
    extra = disease.hazard(every, np.ones(every.size), np.full(every.size, base))
    assert (base + extra) / base == pytest.approx(disease.factor)


def test_severity_has_median_one_and_durations_stay_in_their_range(scenario: Scenario) -> None:
    disease = Disease.from_scenario(scenario)
    rng = np.random.default_rng(10)
    assert np.median(disease.severity(rng.normal(size=200_000))) == pytest.approx(1, abs=0.02)
    every = np.repeat(np.arange(disease.factor.size), 200)
    days = disease.duration(every, rng.random(every.size))
    assert (days >= disease.days[every, 0]).all()
    assert (days <= disease.days[every, 1]).all()


def test_outbreaks_reach_the_next_container_after_ten_to_twenty_days(scenario: Scenario) -> None:
    days = Disease.from_scenario(scenario).days_to_next(np.linspace(0, 0.9999, 1000))
    assert (days.min(), days.max()) == (10, 20)


def test_companions_come_as_often_as_stated(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    assert disease.companions_of(keys.index("AGD")) == [keys.index("COSTIA")]
    assert disease.companions[keys.index("AGD"), keys.index("COSTIA")] == 0.30
    assert disease.companions_of(keys.index("COSTIA")) == []


def test_sick_share_stays_a_share_and_graver_outbreaks_are_seen_sooner(scenario: Scenario) -> None:
    disease = Disease.from_scenario(scenario)
    sick = disease.sick(np.zeros(3, dtype=int), np.array([0.1, 1.0, 1e3]))
    assert (np.diff(sick) > 0).all()
    assert sick.max() <= 0.9
    assert (np.diff(disease.detection_hazard(sick)) > 0).all()


def test_only_isa_and_ipn_are_reported_and_only_isa_empties_cages(scenario: Scenario, keys: list[str]) -> None:
    disease = Disease.from_scenario(scenario)
    assert {key for key, flag in zip(keys, disease.reportable, strict=True) if flag} == {"ISA", "IPN"}
    assert {key for key, flag in zip(keys, disease.depopulate, strict=True) if flag} == {"ISA"}


def test_vaccines_are_chosen_by_share_and_given_once_in_parr_or_smolt(scenario: Scenario) -> None:
    vaccination = Vaccination.from_scenario(scenario)
    assert _vaccines(vaccination) == pytest.approx([0.7, 0.3, 0.0], abs=0.02)
    stage = np.array([Stage.FRY, Stage.PARR, Stage.SMOLT, Stage.SMOLT, Stage.SMOLT, Stage.POST_SMOLT])
    due = vaccination.due(
        np.zeros(6, dtype=int),
        stage,
        np.array([10, 10, 30, 31, 5, 0]),
        np.array([False, False, False, False, True, False]),
    )
    assert due.tolist() == [False, True, True, False, False, False]
    partly = Vaccination.from_scenario(
        load_scenario("tiny", ["health.vaccines.standard.share=0.2", "health.vaccines.enhanced.share=0.1"])
    )
    assert _vaccines(partly) == pytest.approx([0.2, 0.1, 0.7], abs=0.02)
    assert not partly.due(np.array([-1]), np.array([Stage.SMOLT]), np.array([0]), np.array([False])).any()


def _vaccines(vaccination: Vaccination) -> np.ndarray:
    """Shares of many batches that get each vaccine, and none."""
    got = [batch_choice(1, "vaccine", batch, vaccination.names, vaccination.shares) for batch in range(20_000)]
    return np.bincount(got, minlength=3) / len(got)


def test_lice_are_treated_above_the_threshold_and_fourteen_days_after_the_last_time(scenario: Scenario) -> None:
    treatment = Treatment.from_scenario(scenario)
    due = treatment.due(np.array([0.5, 0.51, 0.6, 0.6, np.nan]), np.array([99, 99, 13, 14, 99]))
    assert due.tolist() == [False, True, False, True, False]
    never = Treatment.from_scenario(load_scenario("tiny", ["health.lice.treatments={}"]))
    assert not never.due(np.array([9.0]), np.array([99])).any()
    assert never.choose(
        np.zeros(1, dtype=np.int64), np.array([9.0]), np.zeros(1), np.full((1, len(never.keys)), 0.5)
    ).tolist() == [-1]


@pytest.mark.parametrize(("key", "median"), [("thermal", 0.86), ("freshwater", 0.79), ("mechanical", 0.51)])
def test_efficacy_has_the_published_median_and_spread(scenario: Scenario, key: str, median: float) -> None:
    treatment = Treatment.from_scenario(scenario)
    row = [one.key for one in scenario.health.treatments].index(key)
    n = 50_000
    drawn = treatment.efficacy(np.full(n, row), np.zeros(n), np.random.default_rng(12).normal(size=n))
    assert np.median(drawn) == pytest.approx(median, abs=0.005)
    assert np.quantile(drawn, 0.9) == pytest.approx(scenario.health.treatments[row].lice_efficacy.high, abs=0.005)
    assert drawn.min() > 0
    assert drawn.max() < 1


def test_methods_suit_the_water_and_follow_the_preference(scenario: Scenario) -> None:
    treatment = Treatment.from_scenario(scenario)
    named = [one.key for one in scenario.health.treatments]
    n = 40_000
    u = np.random.default_rng(13).random((n, len(named)))
    chosen = (
        np.bincount(
            treatment.choose(np.zeros(n, dtype=np.int64), np.full(n, 9.0), np.zeros(n), u), minlength=len(named)
        )
        / n
    )
    wanted = scenario.health.lice.treatments
    assert chosen == pytest.approx([wanted.get(key, 0) / sum(wanted.values()) for key in named], abs=0.01)
    warm = set(treatment.choose(np.zeros(n, dtype=np.int64), np.full(n, 15.5), np.zeros(n), u).tolist())
    assert warm == {named.index("mechanical"), named.index("freshwater")}


def test_diseases_get_their_own_treatments_mostly_the_first(scenario: Scenario, keys: list[str]) -> None:
    treatment = Treatment.from_scenario(scenario)
    named = [one.key for one in scenario.health.treatments]
    for row, one in enumerate(scenario.health.diseases):
        chosen = np.array(
            [
                treatment.choose_for_disease(1, row, (case + 0.5) / 1000, ByName(1, "other", case))
                for case in range(1000)
            ]
        )
        assert {named[method] for method in chosen} == set(one.treatments)
        assert (chosen == named.index(one.treatments[0])).mean() >= 0.7


def test_fish_are_lost_within_the_stated_range_and_more_of_them_when_sick(scenario: Scenario) -> None:
    treatment = Treatment.from_scenario(scenario)
    thermal = np.full(101, [one.key for one in scenario.health.treatments].index("thermal"))
    u = np.linspace(0, 1, 101)
    healthy = treatment.fish_loss(thermal, np.zeros(101), u)
    assert (healthy.min(), healthy.max()) == pytest.approx((0.010, 0.025))
    assert (treatment.fish_loss(thermal, np.full(101, 0.3), u) > healthy).all()


def test_what_a_country_does_not_use_is_given_against_nothing(keys: list[str]) -> None:
    scenario = load_scenario("tiny", ["farm.geographies.Faroe Islands.unused_treatments=[antibiotic_bath, thermal]"])
    treatment, named = Treatment.from_scenario(scenario), [one.key for one in scenario.health.treatments]
    others = ByName(1, "other", 0)
    assert treatment.choose_for_disease(0, keys.index("FUR"), 0.1, others) == -1
    assert treatment.choose_for_disease(1, keys.index("FUR"), 0.1, others) == named.index("antibiotic_bath")
    u = np.random.default_rng(3).random((400, len(named)))
    for geography, expected in ((0, False), (1, True)):
        chosen = treatment.choose(np.full(400, geography), np.full(400, 9.0), np.zeros(400), u)
        assert (named.index("thermal") in chosen) == expected
