"""Planned activities: due by the farm's own plan, done when the farm did it, and carried out by transfer workflows,
samplings and treatments."""

from dataclasses import replace

import numpy as np

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Batches, StageChanges
from aquamind_assets.records.health.fish_samples import sampling_day_of_month
from aquamind_assets.records.planning.activities import planned_activities
from aquamind_assets.records.planning.planned_treatments import FIRST_NUMBER
from aquamind_assets.tables.digest import row_hashes
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrowed, to_date
from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.records.release_2026_03.conftest import RECORDERS, History
from aquamind_assets_tests.simulated_once import simulated_once

ACTIVITIES, WORKFLOWS = "planning_plannedactivity", "batch_batchtransferworkflow"
TREATMENTS, SAMPLINGS, STAYS = "health_treatment", "health_healthsamplingevent", "batch_batchcontainerassignment"


def entry_days(today: History) -> dict[tuple[int, str], int]:
    """The day on which each batch, by its id in the tables, entered each stage, by its name."""
    changes = StageChanges.concat([year.ledger.stage_changes for year in today.years])
    stages = [stage.name for stage in today.years[0].scenario.farm.stages]
    return {
        (batch, stages[stage]): day
        for batch, stage, day in zip(
            narrowed(changes.batch_id).tolist(), changes.stage.tolist(), changes.day.tolist(), strict=True
        )
    }


def end_days(today: History) -> dict[int, int]:
    """The day on which the last fish of each batch left, -1 if it has fish, by the batch's id in the tables."""
    batches = Batches.concat([year.lives.batches for year in today.years])
    return dict(zip(narrowed(batches.batch_id).tolist(), batches.end_day.tolist(), strict=True))


def test_a_transfer_is_done_on_the_day_on_which_the_batch_enters_the_stage(today: History) -> None:
    found, entered = today.table(ACTIVITIES), entry_days(today)
    done = np.where(found["completed_at"] < 0, -1, found["completed_at"] // MICROSECONDS_PER_DAY)
    transfers = np.flatnonzero(found["activity_type"] == "TRANSFER")
    assert transfers.size
    for row in transfers:
        stage = found["notes"][row].rstrip(".").split(" to ")[1]
        assert done[row] == entered.get((int(found["batch_id"][row]), stage), -1)


def test_each_transfer_that_was_done_is_carried_out_by_one_workflow(today: History) -> None:
    activities, workflows = today.table(ACTIVITIES), today.table(WORKFLOWS)
    done = (activities["activity_type"] == "TRANSFER") & (activities["status"] == "COMPLETED")
    carried = workflows["planned_activity_id"]
    assert done.any()
    assert sorted(carried[carried >= 0].tolist()) == sorted(activities["id"][done].tolist())


def test_activities_are_pending_while_the_batch_lives_and_cancelled_where_it_ended(today: History) -> None:
    found, ended = today.table(ACTIVITIES), end_days(today)
    over = np.array([ended[batch] >= 0 for batch in found["batch_id"].tolist()])
    assert set(found["status"]) >= {"PENDING", "COMPLETED"}
    assert not over[found["status"] == "PENDING"].any()
    of_batch = np.isin(found["activity_type"], ["VACCINATION", "TRANSFER", "HARVEST"])
    assert over[of_batch & (found["status"] == "CANCELLED")].all()
    pending, through = found["status"] == "PENDING", today.years[-1].lives.through
    assert (found["due_date"][pending] > through).any()


def test_transfers_are_due_in_the_order_of_the_stages(today: History) -> None:
    found = today.table(ACTIVITIES)
    order = np.lexsort([found["id"], found["batch_id"]])
    chosen = order[(found["activity_type"] == "TRANSFER")[order]]
    same = np.diff(found["batch_id"][chosen]) == 0
    assert (np.diff(found["due_date"][chosen])[same] > 0).all()


def done_days(found: Table) -> np.ndarray:
    """The day on which each activity was completed, -1 if it was not."""
    return np.where(found["completed_at"] < 0, -1, found["completed_at"] // MICROSECONDS_PER_DAY)


def with_plan(today: History, batch_id: np.ndarray) -> np.ndarray:
    """Whether batches have a scenario."""
    return np.isin(batch_id, today.table("scenario")["batch_id"])


def test_a_sampling_is_done_when_the_batch_is_sampled_and_only_then(today: History) -> None:
    found, events, stays = today.table(ACTIVITIES), today.table(SAMPLINGS), today.table(STAYS)
    samplings = found["activity_type"] == "SAMPLING"
    planned, done, due = found["batch_id"][samplings], done_days(found)[samplings], found["due_date"][samplings]
    batch_of = dict(zip(stays["id"].tolist(), stays["batch_id"].tolist(), strict=True))
    batch = np.array([batch_of[stay] for stay in events["assignment_id"].tolist()])
    first_due = {one: int(due[planned == one].min()) for one in np.unique(planned).tolist()}
    sampled = {
        (one, day)
        for one, day in zip(batch.tolist(), events["sampling_date"].tolist(), strict=True)
        if one in first_due and day >= first_due[one]
    }
    completed = done >= 0
    assert sampled == set(zip(planned[completed].tolist(), done[completed].tolist(), strict=True))
    assert len(sampled) == completed.sum() > 20


def test_samplings_are_due_monthly_on_the_days_of_the_batch(today: History) -> None:
    found = today.table(ACTIVITIES)
    samplings = np.flatnonzero(found["activity_type"] == "SAMPLING")
    wide = {int(narrowed(one)): one for year in today.years for one in year.lives.batches.batch_id}
    for batch in np.unique(found["batch_id"][samplings]).tolist():
        mine = samplings[found["batch_id"][samplings] == batch]
        due = [to_date(day) for day in sorted(found["due_date"][mine].tolist())]
        day = int(sampling_day_of_month(np.array([wide[batch]]))[0])
        months = [one.year * 12 + one.month for one in due]
        assert {one.day for one in due} == {day}
        assert months == list(range(months[0], months[0] + len(due)))


def test_a_sampling_without_fish_does_not_stay_open(today: History) -> None:
    found, through = today.table(ACTIVITIES), today.years[-1].lives.through
    late = (found["activity_type"] == "SAMPLING") & (found["status"] == "PENDING") & (found["due_date"] < through)
    assert (through - found["due_date"][late] <= 14).all()


def test_each_treatment_of_a_container_carries_out_a_planned_one(today: History) -> None:
    found, given = today.table(ACTIVITIES), today.table(TREATMENTS)
    planned = found["activity_type"] == "TREATMENT"
    done = planned & (found["status"] == "COMPLETED")
    of_container = (given["container_id"] >= 0) & with_plan(today, given["batch_id"])
    assert done.any()
    assert sorted(zip(found["container_id"][done].tolist(), done_days(found)[done].tolist(), strict=True)) == sorted(
        zip(
            given["container_id"][of_container].tolist(),
            (given["treatment_date"][of_container] // MICROSECONDS_PER_DAY).tolist(),
            strict=True,
        )
    )
    assert (done_days(found)[done] == found["due_date"][done]).all()
    assert (found["due_date"][planned] > found["created_at"][planned] // MICROSECONDS_PER_DAY).all()


def test_treatments_wait_on_days_between_decision_and_boat(today: History) -> None:
    """As of a day in between, a treatment is open; afterwards it is done."""
    year = next(one for one in today.years if (one.ledger.treatment_plans.treatment_id >= 0).any())
    plans = year.ledger.treatment_plans
    row = int(np.flatnonzero((plans.treatment_id >= 0) & (plans.due_day - plans.day > 1))[0])
    before = simulated_once(year.scenario, year.infrastructure, range(year.scenario.first_year, year.year))
    opening = before[-1].closing if before else None
    ledger, _ = simulate_year(year.scenario, year.infrastructure, year.climate, opening, year.year, int(plans.day[row]))
    then = replace(year, ledger=ledger, lives=lives_of([ledger]))
    open_now = [
        block.ids[np.broadcast_to(block.columns["status"].values, (block.size,)) == 0]
        for block in planned_activities(then)
    ]
    assert row_of(plans.plan_id[row]) in np.concatenate(open_now).tolist()


def test_writing_each_year_once_gives_the_same_rows(today: History) -> None:
    """Each year is written while it is the latest, and never again; or all of them as of the last day."""
    once, again = (
        {
            (block.table, one): hashed
            for blocks in written
            for block in blocks
            for one, hashed in zip(block.ids.tolist(), row_hashes(block).tolist(), strict=True)
        }
        for written in (
            [rows_of(RECORDERS["plans"], replace(year, lives=lives_of([year.ledger]))) for year in today.years],
            [today.blocks("plans", year) for year in today.years],
        )
    )
    assert once == again


def row_of(plan_id: int) -> int:
    """The id of the activity of a plan."""
    return int(narrowed(np.array([plan_id + FIRST_NUMBER]))[0])
