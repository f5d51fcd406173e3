"""No two batches, and no two cages of a batch, are equal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets import timeline
from aquamind_assets.farm.batches.smolt_weight import smolt_weight
from aquamind_assets.farm.moves import splitting
from aquamind_assets.farm.moves.portions import uneven
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm import nine_cages
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


def test_only_crowded_cages_give_fish_and_only_the_emptiest_get_them() -> None:
    farm, areas = nine_cages.stocked()
    cages, c = np.concatenate(areas), farm.containers
    batch, chance = int(c.batch[cages[0]]), np.random.default_rng(1)
    c.weight[cages] = 1800.0
    c.emptied[c.batch < 0] = farm.today.day
    for _ in range(30):
        crowded = chance.choice(18, chance.integers(1, 5), replace=False)
        c.count[cages] = chance.integers(60_000, 125_000, 18)
        c.count[cages[crowded]] = 150_000 + 100 * np.arange(crowded.size)
        needing = np.isin(np.arange(18), crowded)
        goal, part = splitting._taking_part(
            farm, batch, cages, needing, np.ones(18, dtype=bool), cages[:0], float(c.weight[cages[0]])
        )
        assert goal == 2000.0, "until the legal density rises"
        assert c.count[cages[part & ~needing]].max() <= c.count[cages[~part]].min(initial=10**9)
        farm.moves.keep(np.zeros(len(farm.moves), dtype=bool))
        splitting.plan_splitting(farm, batch)
        moves = farm.moves
        assert set(moves["source"]) == set(cages[crowded]), "only they give"
        assert set(moves["destination"]) <= set(cages[part & ~needing])
        after = c.count.astype(float)
        for source, destination, share in zip(moves["source"], moves["destination"], moves["share"], strict=True):
            fish = share * after[source]
            after[source], after[destination] = after[source] - fish, after[destination] + fish
        assert (after[cages] <= splitting._most(farm, cages, 1800.0, 1999.0) + len(moves)).all(), "nobody is too dense"
        assert np.unique(after[cages[crowded]].round()).size == crowded.size, "no two are levelled"
        assert (after[cages[~part]] == c.count[cages[~part]]).all()


def test_a_batch_that_is_crowded_as_a_whole_is_levelled() -> None:
    farm, areas = nine_cages.stocked()
    cages, c = np.concatenate(areas), farm.containers
    c.count[cages], c.weight[cages] = 140_000 + 500 * np.arange(18), 1900.0
    c.emptied[c.batch < 0] = farm.today.day
    _, part = splitting._taking_part(
        farm, int(c.batch[cages[0]]), cages, np.arange(18) == 17, np.ones(18, dtype=bool), cages[:0], 1900.0
    )
    assert part.all()


def test_a_cage_of_heavy_fish_has_no_more_room_than_the_light_fish_it_gets_are_allowed() -> None:
    farm, areas = nine_cages.stocked()
    heavy = splitting._most(farm, areas[0], 3200.0, 4500.0)
    mixed = splitting._most(farm, areas[0], 2600.0, 4500.0)
    assert (mixed * 3.0 <= 20.0 * farm.layout.volume[areas[0]]).all()
    assert (mixed <= splitting._most(farm, areas[0], 2600.0, 3000.0)).all()
    assert (mixed <= heavy).all()
