"""Planned activities: due by the farm's own plan, done when the farm did it, and carried out by transfer workflows."""

import numpy as np

from aquamind_assets.ledger.model import Batches, StageChanges
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrowed
from aquamind_assets_tests.records.release_2026_03.conftest import History

ACTIVITIES, WORKFLOWS = "planning_plannedactivity", "batch_batchtransferworkflow"


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
    assert over[found["status"] == "CANCELLED"].all()
    pending, through = found["status"] == "PENDING", today.years[-1].lives.through
    assert (found["due_date"][pending] > through).any()


def test_transfers_are_due_in_the_order_of_the_stages(today: History) -> None:
    found = today.table(ACTIVITIES)
    order = np.lexsort([found["id"], found["batch_id"]])
    chosen = order[(found["activity_type"] == "TRANSFER")[order]]
    same = np.diff(found["batch_id"][chosen]) == 0
    assert (np.diff(found["due_date"][chosen])[same] > 0).all()
