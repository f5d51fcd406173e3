"""Staged farms: the plan of starts, and whether the fish are where they were wanted."""

from datetime import date

import numpy as np
import pytest

from aquamind_assets.farm.batches.staging import StagedStart, staged_starts, waiting
from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.ledger.model import Ledger, Movements, StageChanges
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES
from aquamind_assets.timeline import day_number, to_date, year_of
from aquamind_assets_tests.farm.laws import all_laws
from aquamind_assets_tests.farm.simulated import History

STAGED_DAY = date(2026, 11, 21)
CONTINUED_DAYS = 60


def uat(*changes: str) -> Scenario:
    return load_scenario("uat", changes, lambda key: STAGED_DAY)


def staged_tiny(positions: str, day: str = "2018-05-20", warming: float = 0.0) -> Scenario:
    staging = f"farm.batches.staging={{date: {day}, positions: {positions}}}"
    return load_scenario(
        "tiny",
        [
            staging,
            "seed=20150124",
            "farm.batches.active_max=6",
            f"farm.geographies.Faroe Islands.climate.warming={warming}",
            # Smolts of a hundred grams stay in the tanks for as long as the next batch can wait.
            "farm.geographies.Faroe Islands.smolt_trend=[]",
        ],
    )


def lived(scenario: Scenario, last_day: int) -> History:
    """The farm from its first year through ``last_day``."""
    infrastructure = build(scenario)
    ledgers: list[Ledger] = []
    states: list[FarmState] = []
    last_year = int(year_of(np.array([last_day]))[0])
    for year in range(scenario.first_year, last_year + 1):
        through = last_day if year == last_year else None
        ledger, state = simulate_year(
            scenario,
            infrastructure,
            site_days(scenario, infrastructure, year),
            states[-1] if states else None,
            year,
            through,
        )
        ledgers.append(ledger)
        states.append(state)
    return History(scenario, infrastructure, ledgers, states)


class Lives:
    """What became of the staged batches of a farm."""

    def __init__(self, past: History) -> None:
        self.starts = staged_starts(past.scenario, past.infrastructure)
        staging = past.scenario.farm.batches.staging
        assert staging is not None
        self.day = day_number(staging.date)
        final = past.states[-1]
        self.batches, self.sequences = final.batches, final.plans.sequence
        self._changes = StageChanges.concat([ledger.stage_changes for ledger in past.ledgers])
        moves = Movements.concat([ledger.movements for ledger in past.ledgers])
        self._harvests = moves.take(moves.kind == Movement.HARVEST)

    def batch(self, start: StagedStart) -> int:
        """Row of a staged batch."""
        return int(np.flatnonzero(self.sequences == start.sequence)[0])

    def entered(self, start: StagedStart, stage: int) -> int | None:
        """Day on which it entered a stage."""
        mine = (self._changes.batch_id == self.batches.batch_id[self.batch(start)]) & (self._changes.stage == stage)
        return int(self._changes.day[mine][0]) if mine.any() else None

    def harvested(self, start: StagedStart) -> np.ndarray:
        """Days of its harvests."""
        return self._harvests.day[self._harvests.batch_id == self.batches.batch_id[self.batch(start)]]

    def stage_on_the_day(self, start: StagedStart) -> int:
        """Stage it was in on the staging date."""
        return max(
            stage for stage in Stage if (entered := self.entered(start, stage)) is not None and entered <= self.day
        )

    def leaves_in(self, start: StagedStart) -> int:
        """Days from the staging date until it really left the stage it was meant for, or its harvest really began."""
        if start.stage == Stage.ADULT:
            return int(self.harvested(start).min()) - self.day
        entered = self.entered(start, start.stage + 1)
        assert entered is not None, (
            f"{STAGE_NAMES[start.stage]} {start.left} is still there {CONTINUED_DAYS} days later"
        )
        return entered - self.day


def test_a_farm_without_staging_has_no_staged_starts() -> None:
    scenario = load_scenario("tiny")
    assert staged_starts(scenario, build(scenario)) == ()


def test_every_place_is_reached_in_the_plan() -> None:
    scenario = uat()
    staging = scenario.farm.batches.staging
    assert staging is not None
    starts, day = staged_starts(scenario, build(scenario)), day_number(staging.date)
    wanted = sorted((stage, str(place)) for stage, places in staging.positions.items() for place in places)
    assert sorted((STAGE_NAMES[one.stage], "middle" if one.left is None else str(one.left)) for one in starts) == wanted
    for one in starts:
        begins, ends = one.stage_days[one.stage], one.stage_days[one.stage + 1]
        assert one.start_day == one.stage_days[0]
        assert list(one.stage_days) == sorted(one.stage_days)
        assert abs((begins + ends) // 2 - day if one.left is None else ends - day - one.left) <= 1
    assert {one.geography for one in starts} == {0, 1}
    assert [one.sequence for one in starts] == list(range(len(starts)))


def test_the_later_a_batch_is_to_leave_the_later_it_begins() -> None:
    days = {
        left: staged_starts(scenario := staged_tiny(f"{{Parr: [{left}]}}"), build(scenario))[0].start_day
        for left in (2, 9, 16, 30)
    }
    assert list(days.values()) == sorted(days.values())
    assert 20 <= days[30] - days[2] <= 36


def test_in_warmer_water_batches_for_the_harvest_begin_later() -> None:
    (cold,), (warm,) = (
        staged_starts(scenario, build(scenario))
        for scenario in (staged_tiny("{Adult: [10]}"), staged_tiny("{Adult: [10]}", warming=1.0))
    )
    assert warm.start_day > cold.start_day
    assert (
        warm.stage_days[-1] - warm.stage_days[Stage.POST_SMOLT]
        < cold.stage_days[-1] - cold.stage_days[Stage.POST_SMOLT]
    )


@pytest.mark.parametrize(
    ("positions", "day", "named"),
    [
        ("{Fry: [5], Adult: [-100]}", "2016-05-01", r"positions\.Adult -100: .* begins from 2015-01-01 on"),
        ("{Fry: [5, 200]}", "2016-05-01", r"positions\.Fry 200: .* lasts about \d\d days"),
        ("{Egg&Alevin: [250]}", "2016-05-01", r"positions\.Egg&Alevin 250: .* lasts about 9\d days"),
    ],
)
def test_a_place_that_no_life_leads_to_is_refused(positions: str, day: str, named: str) -> None:
    scenario = staged_tiny(positions, day)
    with pytest.raises(ScenarioError, match=named):
        staged_starts(scenario, build(scenario))


def test_where_there_is_no_room_a_staged_batch_waits() -> None:
    scenario = staged_tiny("{Parr: [middle, 20], Fry: [middle, 10]}", day="2016-03-01")
    staging = scenario.farm.batches.staging
    assert staging is not None
    past = lived(scenario, day_number(staging.date))
    starts, begun = staged_starts(past.scenario, past.infrastructure), past.states[-1]
    days = dict(zip(begun.plans.sequence.tolist(), begun.batches.start_day.tolist(), strict=True))
    assert all(days[one.sequence] >= one.start_day for one in starts if one.sequence in days)
    late = [one for one in starts if days.get(one.sequence, day_number(staging.date) + 1) > one.start_day]
    assert late, "one tray and two tanks do not hold four batches at once"
    assert {one.sequence for one in waiting(starts, begun.plans.sequence, begun.day)} == {
        one.sequence for one in starts
    } - days.keys()
    all_laws(past)


def test_a_small_farm_stands_as_it_was_staged_and_goes_on() -> None:
    scenario = staged_tiny("{Fry: [12], Smolt: [20], Adult: [4]}")
    staging = scenario.farm.batches.staging
    assert staging is not None
    past = lived(scenario, day_number(staging.date) + CONTINUED_DAYS)
    lives = Lives(past)
    adult, _, fry = lives.starts
    assert [lives.stage_on_the_day(one) for one in lives.starts] == [Stage.ADULT, Stage.SMOLT, Stage.FRY]
    assert 0 < lives.leaves_in(fry) <= 25
    assert abs(lives.leaves_in(adult) - 4) <= 30
    early = (lives.batches.start_day <= lives.day) & ~lives.batches.mixed
    assert sorted(lives.batches.start_day[early]) == sorted(one.start_day for one in lives.starts), (
        "all begin on their days, and nothing else before the day"
    )
    assert np.any(~early), "after the day batches begin as on every farm"
    all_laws(past)


@pytest.mark.slow
def test_testers_find_every_state_of_the_uat_farm() -> None:
    scenario = uat()
    past = lived(scenario, day_number(STAGED_DAY) + CONTINUED_DAYS)
    lives = Lives(past)
    assert [int(lives.batches.start_day[lives.batch(one)]) for one in lives.starts] == [
        one.start_day for one in lives.starts
    ]
    living = past.container_days.take(past.container_days.day == lives.day)
    assert set(living.stage.tolist()) == {int(stage) for stage in Stage}
    for one in lives.starts:
        assert one.left is not None or lives.stage_on_the_day(one) == one.stage, f"{STAGE_NAMES[one.stage]} middle"
    for stage in list(Stage)[: Stage.ADULT]:
        assert any(
            0 < lives.leaves_in(one) <= 30 for one in lives.starts if one.stage == stage and one.left is not None
        ), STAGE_NAMES[stage]
    harvests = [
        lives.harvested(one) - lives.day for one in lives.starts if one.stage == Stage.ADULT and one.left is not None
    ]
    assert any((np.abs(days) <= 30).any() for days in harvests)
    assert any((days < -30).all() for days in harvests), "a whole life, to the last fish, is in the history"
    assert to_date(past.ledgers[0].container_days.day.min()).year == scenario.first_year
    all_laws(past)
