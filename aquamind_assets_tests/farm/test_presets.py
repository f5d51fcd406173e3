"""What each preset promises."""

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import Cause, HarvestReason, Movement, Stage, TreatmentReason
from aquamind_assets.ledger.model import ContainerDays, Movements
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.laws import all_laws
from aquamind_assets_tests.farm.simulated import History, active_batches, deaths, history
from aquamind_assets_tests.slow_cases import slow_after


def _after_ramp(past: History) -> np.ndarray:
    return active_batches(
        past, timeline.year_days(past.scenario.first_year).first + past.scenario.farm.batches.ramp_days
    )


def _within_bounds(past: History) -> None:
    active, plan = _after_ramp(past), past.scenario.farm.batches
    assert plan.active_min <= active.min()
    assert active.max() <= plan.active_max


@pytest.mark.parametrize("preset", slow_after(1, ["tiny", "demo"]))
def test_active_batches_stay_within_bounds_for_ten_years(preset: str) -> None:
    _within_bounds(history(preset, 10))


def test_tiny_shows_everything_in_four_years() -> None:
    past = history("tiny", 4)
    days = past.container_days
    assert set(days.stage.tolist()) == {int(stage) for stage in Stage}
    moves = Movements.concat([ledger.movements for ledger in past.ledgers])
    assert set(moves.kind.tolist()) == {int(kind) for kind in Movement}
    assert np.any((moves.kind == Movement.SPLITTING) & (moves.from_stage >= Stage.POST_SMOLT))
    reasons = np.concatenate([ledger.treatments.reason for ledger in past.ledgers])
    assert set(reasons.tolist()) == {int(reason) for reason in TreatmentReason}
    assert sum(len(ledger.outbreaks) for ledger in past.ledgers) > 0
    assert sum(len(ledger.events) for ledger in past.ledgers) > 0
    assert np.any(past.ledgers[-1].batches.end_day >= 0)


def test_demo_makes_about_five_million_readings() -> None:
    scenario = load_scenario("demo")
    infrastructure = build(scenario)
    end = timeline.year_days(scenario.last_year).end
    readings = (end - infrastructure.sensors.commissioned_day.astype(np.int64)).sum() * scenario.water.readings_per_day
    assert 4_000_000 < readings < 6_000_000
    assert 40 <= len(infrastructure.containers) <= 50


@pytest.mark.slow
def test_demo_has_every_cause_of_death_but_escapes() -> None:
    days = history("demo", 10).container_days
    for cause in Cause:
        assert cause == Cause.ESCAPE or getattr(days, f"deaths_{cause.name.lower()}").sum() > 0


@pytest.mark.slow
def test_bakkafrost_keeps_its_promises_for_ten_years() -> None:
    past = history("bakkafrost", 10)
    _within_bounds(past)
    all_laws(past)
    reasons = np.concatenate([ledger.movements.reason for ledger in past.ledgers])
    assert 5 < (reasons == HarvestReason.SICK).sum() < 0.1 * (reasons == HarvestReason.DUE).sum()
    for ledger in past.ledgers[3:]:
        harvest = ledger.movements.take(ledger.movements.kind == Movement.HARVEST)
        tonnes = (harvest.count * harvest.weight_g).sum() / 1e6
        assert 70_000 < tonnes < 140_000
        assert 4_500 < (harvest.count * harvest.weight_g).sum() / harvest.count.sum() < 5_600


@pytest.mark.slow
def test_eggs_and_alevins_die_as_in_real_hatcheries() -> None:
    """Losses before first feeding: 10-25 % are usual, the specification's middle is 22 %; no batch of a whole farm
    loses half."""
    past = history("demo", 10)
    fed: dict[int, int] = {}
    for ledger in past.ledgers:
        moves = ledger.movements
        first = (moves.from_stage == Stage.EGG_ALEVIN) & (moves.to_stage == Stage.FRY)
        for batch, fish in zip(moves.batch_id[first].tolist(), moves.count[first].tolist(), strict=True):
            fed[batch] = fed.get(batch, 0) + fish
    eggs = {
        batch: laid
        for ledger in past.ledgers
        for batch, laid in zip(ledger.batches.batch_id.tolist(), ledger.batches.eggs.tolist(), strict=True)
    }
    loss = np.array([1 - fish / eggs[batch] for batch, fish in fed.items()])
    assert loss.size > 10
    assert 0.17 < np.median(loss) < 0.27
    assert loss.min() > 0.08
    assert loss.max() < 0.45


@pytest.mark.slow
def test_outcome_of_the_sea_phase_is_that_of_a_real_farm() -> None:
    past = history("demo", 10)
    days = past.container_days
    sea = days.take(days.stage >= Stage.POST_SMOLT)
    monthly = deaths(sea).sum() / (sea.opening.sum() / 30)
    assert 0.005 < monthly < 0.02
    gain = _gain(sea)
    assert 1.1 < sea.feed_g.sum() / gain < 1.25
    harvest = Movements.concat([ledger.movements for ledger in past.ledgers])
    harvest = harvest.take(harvest.kind == Movement.HARVEST)
    assert 4_500 < (harvest.count * harvest.weight_g).sum() / harvest.count.sum() < 5_600


def _gain(days: ContainerDays) -> float:
    """Biomass grown, g: the fish of each day times what they put on."""
    order = np.lexsort((days.day, days.assignment_id))
    same = days.assignment_id[order][1:] == days.assignment_id[order][:-1]
    return float((np.diff(days.weight_g[order]) * days.opening[order][1:])[same].sum())
