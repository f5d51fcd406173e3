"""No two batches, and no two cages of a batch, are equal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets import timeline
from aquamind_assets.farm.batches.smolt_weight import smolt_weight
from aquamind_assets.farm.moves.portions import uneven
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import history


@settings(deadline=None)
@given(
    wanted=st.lists(st.floats(1, 1e6), min_size=1, max_size=30),
    slack=st.floats(1.0, 2.0),
    sd=st.floats(0, 0.6),
    seed=st.integers(0, 2**32),
)
def test_portions_add_up_and_fit(wanted: list[float], slack: float, sd: float, seed: int) -> None:
    planned = np.array(wanted)
    room = planned * slack
    parts = uneven(planned, room, np.random.default_rng(seed).standard_normal(planned.size), sd)
    assert parts.sum() == pytest.approx(planned.sum())
    assert (parts <= room * (1 + 1e-6)).all()
    assert (parts >= 0).all()


def test_portions_vary_as_asked_where_there_is_room() -> None:
    planned = np.full(4000, 70_000.0)
    parts = uneven(planned, planned * 10, np.random.default_rng(1).standard_normal(planned.size), 0.19)
    assert np.log(parts).std() == pytest.approx(0.19, abs=0.01)


def test_portions_stay_as_they_are_where_all_containers_are_full() -> None:
    planned = np.array([100.0, 200.0])
    assert uneven(planned, planned * 0.99, np.array([1.0, -1.0]), 0.2).tolist() == [100.0, 200.0]


def test_eggs_of_a_batch_lie_within_their_range_and_not_on_its_borders() -> None:
    past = history("demo", 4)
    plan = past.scenario.farm.batches
    eggs = np.array([eggs for ledger in past.ledgers for eggs in ledger.batches.eggs if eggs])
    assert ((eggs > plan.eggs.low) & (eggs < plan.eggs.high)).all()


def test_smolts_become_heavier_over_the_years_and_differ_between_batches() -> None:
    scenario = load_scenario("demo")
    starts = np.array([timeline.year_days(year).first for year in (2013, 2018, 2023)])
    weights = np.array([smolt_weight(scenario, 0, sequence, starts) for sequence in range(200)])
    assert (np.diff(weights, axis=1) > 0).all()
    assert np.log(weights).std(axis=0) == pytest.approx(scenario.farm.batches.smolt_weight_sd, rel=0.2)
    plain = load_scenario("demo", ["farm.geographies.Faroe Islands.smolt_trend=[]", "farm.batches.smolt_weight_sd=0"])
    assert smolt_weight(plain, 0, 7, starts).tolist() == [plain.farm.batches.smolt_weight_g] * 3


def test_fish_go_to_sea_at_the_weight_of_their_batch() -> None:
    past = history("demo", 4)
    plans = past.states[-1].plans
    ids = past.states[-1].batches.batch_id
    compared = 0
    for ledger in past.ledgers:
        moves = ledger.movements
        to_sea = moves.take((moves.from_stage == Stage.SMOLT) & (moves.to_stage == Stage.POST_SMOLT))
        for batch in np.unique(to_sea.batch_id):
            mine = to_sea.take(to_sea.batch_id == batch)
            row = int(np.flatnonzero(ids == batch)[0])
            mean = float(np.average(mine.weight_g, weights=mine.count))
            assert mean > 0.85 * plans.smolt_weight_g[row]
            compared += 1
    assert compared
