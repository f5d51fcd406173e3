"""Laws on the ledger: every change of a ledger is found. ``farm/test_laws.py`` tests that simulated farms have no
violations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.laws.feed_in_ledger import judge_silo_feed_balance
from aquamind_assets.laws.fish_in_ledger import judge_daily_fish_balance
from aquamind_assets.laws.medicine import judge_treatment_rules_in_ledger
from aquamind_assets.laws.result import LawResult
from aquamind_assets.laws.space import judge_space_limits
from aquamind_assets.ledger.codes import Movement, TreatmentReason
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import History, history
from aquamind_assets_tests.laws.of_ledgers import results_of

YEARS = 4


@pytest.fixture(scope="module")
def past() -> History:
    return history("tiny", YEARS)


def changed(ledger: Ledger, frame: str, **columns: np.ndarray) -> Ledger:
    return replace(ledger, **{frame: replace(getattr(ledger, frame), **columns)})


def nudged(values: np.ndarray, row: int, by: Any) -> np.ndarray:
    values = values.copy()
    values[row] = values[row] + by
    return values


FISH = ("batches", "stage_changes", "assignments", "container_days", "movements", "treatments", "lice_counts")
COUNTS = [
    "opening",
    "moved_in",
    "moved_out",
    "transfer_loss",
    "deaths_disease",
    "deaths_escape",
    "harvested",
    "closing",
]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(column=st.sampled_from(COUNTS), place=st.floats(0, 1, exclude_max=True), by=st.sampled_from([-1, 1, 1000]))
def test_a_single_fish_too_many_or_too_few_is_found(column: str, place: float, by: int) -> None:
    past = history("tiny", YEARS)
    ledger = past.ledgers[2]
    row = int(place * len(ledger.container_days))
    wrong = changed(ledger, "container_days", **{column: nudged(getattr(ledger.container_days, column), row, by)})
    assert judge_daily_fish_balance(wrong, past.ledgers[1]).violations


@settings(max_examples=15, deadline=None, derandomize=True)
@given(place=st.floats(0, 1, exclude_max=True))
def test_a_missing_or_duplicate_day_is_found(place: float) -> None:
    past = history("tiny", YEARS)
    ledger = past.ledgers[2]
    rows = np.arange(len(ledger.container_days))
    row = int(place * rows.size)
    missing = replace(ledger, container_days=ledger.container_days.take(np.delete(rows, row)))
    assert judge_daily_fish_balance(missing, past.ledgers[1]).violations
    twice = replace(ledger, container_days=ledger.container_days.take(np.insert(rows, row, row)))
    assert judge_daily_fish_balance(twice, past.ledgers[1]).violations
    assert judge_space_limits(twice, past.scenario, past.infrastructure).violations == 1


@settings(max_examples=15, deadline=None, derandomize=True)
@given(place=st.floats(0, 1, exclude_max=True), by=st.sampled_from([-10, 10, 7, 10**9]))
def test_ten_grams_of_feed_are_found(place: float, by: int) -> None:
    past = history("tiny", YEARS)
    ledger = past.ledgers[2]
    fed = np.flatnonzero(ledger.container_days.feed_g > 0)
    wrong = changed(
        ledger, "container_days", feed_g=nudged(ledger.container_days.feed_g, fed[int(place * fed.size)], by)
    )
    assert judge_silo_feed_balance(wrong, past.ledgers[1]).violations
    stocks = changed(
        ledger, "feed_stores", closing_g=nudged(ledger.feed_stores.closing_g, int(place * len(ledger.feed_stores)), by)
    )
    assert judge_silo_feed_balance(stocks, past.ledgers[1]).violations == 1


def a_batch_with_more_eggs(ledger: Ledger) -> Ledger:
    return changed(ledger, "batches", eggs=nudged(ledger.batches.eggs, int(np.argmax(ledger.batches.start_day)), 1))


def a_stay_with_more_fish(ledger: Ledger) -> Ledger:
    return changed(
        ledger,
        "assignments",
        population=nudged(ledger.assignments.population, int(np.flatnonzero(ledger.assignments.end_day < 0)[0]), 1),
    )


def a_transfer_of_more_fish(ledger: Ledger) -> Ledger:
    return changed(
        ledger,
        "movements",
        count=nudged(
            ledger.movements.count, int(np.flatnonzero(ledger.movements.kind == Movement.STAGE_TRANSFER)[0]), 1
        ),
    )


def a_harvest_without_movement(ledger: Ledger) -> Ledger:
    keep = np.ones(len(ledger.movements), dtype=bool)
    keep[np.flatnonzero(ledger.movements.kind == Movement.HARVEST)[0]] = False
    return replace(ledger, movements=ledger.movements.take(keep))


def a_year_with_another_opening(ledger: Ledger) -> Ledger:
    days = ledger.container_days
    old = days.assignment_id[(days.day == days.day[0])][0]
    mine = days.assignment_id == old
    return changed(
        ledger, "container_days", opening=days.opening + mine, closing=days.closing + (mine & (days.closing > 0))
    )


def a_missing_delivery(ledger: Ledger) -> Ledger:
    return replace(ledger, deliveries=ledger.deliveries.take(np.arange(1, len(ledger.deliveries))))


def feed_from_no_store(ledger: Ledger) -> Ledger:
    days = ledger.container_days
    store = days.feed_container.copy()
    store[np.flatnonzero(days.feed_g > 0)[0]] = -1
    return changed(ledger, "container_days", feed_container=store)


def a_store_with_another_opening(ledger: Ledger) -> Ledger:
    row = int(np.argmax(ledger.feed_stores.opening_g))
    return changed(
        ledger,
        "feed_stores",
        opening_g=nudged(ledger.feed_stores.opening_g, row, 10),
        closing_g=nudged(ledger.feed_stores.closing_g, row, 10),
    )


def heavier_fish(ledger: Ledger) -> Ledger:
    return changed(ledger, "container_days", weight_g=ledger.container_days.weight_g * 3)


def fish_too_large_for_their_cage(ledger: Ledger) -> Ledger:
    """A few heavy fish: only the size limit is exceeded."""
    days, kinds = ledger.container_days, load_scenario("tiny").farm.container_types
    containers = history("tiny", YEARS).infrastructure.containers
    most = np.array([kind.max_weight_g or np.inf for kind in kinds])[containers.container_type]
    rows = np.flatnonzero(np.isfinite(most[days.container]) & (days.closing > 0))[:3]
    weight, closing = days.weight_g.copy(), days.closing.copy()
    weight[rows], closing[rows] = most[days.container[rows]] * 1.01, 1
    return changed(ledger, "container_days", weight_g=weight, closing=closing)


def a_stay_without_grace_days(ledger: Ledger) -> Ledger:
    stays = ledger.assignments
    over = int(np.flatnonzero(stays.end_day >= 0)[0])
    late = stays.take(np.array([over]))
    day = stays.end_day[over] + 2
    late = replace(late, start_day=np.array([day]), assignment_id=stays.assignment_id[-1:] + 1, end_day=np.array([-1]))
    return replace(ledger, assignments=type(stays).concat([stays, late]))


def fish_of_a_stage_not_allowed_there(ledger: Ledger) -> Ledger:
    return changed(
        ledger,
        "container_days",
        stage=nudged(ledger.container_days.stage, 0, 5 - 2 * int(ledger.container_days.stage[0])),
    )


def a_treatment_below_the_threshold(ledger: Ledger) -> Ledger:
    return changed(ledger, "lice_counts", adult_female=np.minimum(ledger.lice_counts.adult_female, 1))


def a_treatment_without_a_count(ledger: Ledger) -> Ledger:
    return replace(ledger, lice_counts=ledger.lice_counts.take(slice(0, 0)))


def a_second_treatment_too_soon(ledger: Ledger) -> Ledger:
    given = ledger.treatments
    again = given.take(np.array([int(np.flatnonzero(given.reason == TreatmentReason.LICE)[-1])]))
    again = replace(again, day=again.day + 13, treatment_id=given.treatment_id[-1:] + 1)
    return replace(ledger, treatments=type(given).concat([given, again]))


def a_second_vaccination(ledger: Ledger) -> Ledger:
    given = ledger.treatments
    again = given.take(np.array([int(np.flatnonzero(given.reason == TreatmentReason.VACCINATION)[-1])]))
    again = replace(again, day=again.day + 40, treatment_id=given.treatment_id[-1:] + 1)
    return replace(ledger, treatments=type(given).concat([given, again]))


def a_harvest_of_withheld_fish(ledger: Ledger) -> Ledger:
    given, moved = ledger.treatments, ledger.movements
    harvest = moved.take(np.array([int(np.flatnonzero(moved.kind == Movement.HARVEST)[0])]))
    treated = given.take(np.array([int(np.flatnonzero(given.reason == TreatmentReason.LICE)[0])]))
    treated = replace(
        treated,
        treatment_id=given.treatment_id[-1:] + 1,
        day=harvest.day - 40,
        reason=np.array([TreatmentReason.DISEASE]),
        assignment_id=harvest.from_assignment,
        duration_days=np.array([10]),
        withholding_days=np.array([30]),
    )
    return replace(ledger, treatments=type(given).concat([given, treated]))


@pytest.mark.parametrize(
    ("law", "change"),
    [
        ("fish", a_batch_with_more_eggs),
        ("fish", a_stay_with_more_fish),
        ("fish", a_transfer_of_more_fish),
        ("fish", a_harvest_without_movement),
        ("fish", a_year_with_another_opening),
        ("feed", a_missing_delivery),
        ("feed", feed_from_no_store),
        ("feed", a_store_with_another_opening),
        ("space", heavier_fish),
        ("space", fish_too_large_for_their_cage),
        ("space", a_stay_without_grace_days),
        ("space", fish_of_a_stage_not_allowed_there),
        ("medicine", a_treatment_below_the_threshold),
        ("medicine", a_treatment_without_a_count),
        ("medicine", a_second_treatment_too_soon),
        ("medicine", a_second_vaccination),
        ("medicine", a_harvest_of_withheld_fish),
    ],
)
def test_a_violation_is_found_by_its_law(past: History, law: str, change: Callable[[Ledger], Ledger]) -> None:
    # The third year has transfers, harvests, vaccination and lice.
    ledger, before = past.ledgers[2], past.ledgers[1]
    assert all(result.passed for result in results_of(past, ledger, before).values())
    result = results_of(past, change(ledger), before)[law]
    assert result.violations
    assert not result.passed
    assert result.examples
    assert "violation" in str(result)


def test_withheld_fish_that_are_moved_stay_withheld(past: History) -> None:
    """Fish are treated in one cage, moved to another, and harvested there inside the withholding period."""
    ledger = past.ledgers[2]
    moved = ledger.movements.take(ledger.movements.kind == Movement.STAGE_TRANSFER).take(slice(0, 1))
    harvest = replace(
        moved,
        kind=np.array([Movement.HARVEST]),
        movement_id=moved.movement_id + 1,
        day=moved.day + 5,
        from_assignment=moved.to_assignment,
    )
    treated = replace(
        ledger.treatments.take(slice(0, 1)),
        day=moved.day - 1,
        reason=np.array([TreatmentReason.DISEASE]),
        assignment_id=moved.from_assignment,
        duration_days=np.array([1]),
        withholding_days=np.array([20]),
    )
    together = replace(ledger, movements=type(moved).concat([moved, harvest]), treatments=treated)
    assert judge_treatment_rules_in_ledger(together, past.scenario).violations == 1
    apart = replace(together, movements=type(moved).concat([moved, replace(harvest, day=moved.day + 30)]))
    assert judge_treatment_rules_in_ledger(apart, past.scenario).violations == 0


def test_a_year_without_fish_has_nothing_to_check(past: History) -> None:
    empty = replace(past.ledgers[0], **{name: getattr(past.ledgers[0], name).take(slice(0, 0)) for name in FISH})
    for law, result in results_of(past, empty, None).items():
        if law != "feed":
            assert result.passed, law
            assert result.total_checked == 0
            assert str(result).startswith("Nothing to check: the ledger of ")
    assert not LawResult({}).passed
    assert str(LawResult({})) == "Not checked."
