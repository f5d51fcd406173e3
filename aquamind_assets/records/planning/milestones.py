"""The milestones of a batch's plan: its vaccination, its transfers into the next stages, and its harvest.

Belongs here: for which day they are planned, when they were done, and which of them a transfer carries out. Does not
belong here: their rows (``activities``).

The vaccination is due in the middle of the usual time as parr, a transfer on the usual day of the stage, the harvest on
the planned end of the batch. A milestone is done when the batch was vaccinated, when its first fish entered the stage,
or when its last fish had left. What a batch did not come to before it ended is cancelled.
"""

import numpy as np

from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.ledger.model import Batches, Movements, StageChanges
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.planning.models import stage_figures
from aquamind_assets.records.planning.planned import HARVEST, TRANSFER, VACCINATION, Planned
from aquamind_assets.records.planning.plans import PLANNED, planned_batches
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, row_ids

STAGES = np.array([Stage.FRY, Stage.PARR, Stage.SMOLT, Stage.POST_SMOLT])
"""Stages into which fish are moved; they become adult in the cage where they are."""

MILESTONES = TRANSFER + STAGES.size
"""Milestones of a batch: vaccination, harvest, and the transfer into each of :data:`STAGES`."""

MOST_SAMPLINGS = 84
"""Samplings of a batch at most: numbers within a day are set aside for so many months, and for 500 batches."""


def planned_milestones(year: YearInputs) -> Planned:
    """Return the milestones of every batch alive in the year that has a plan, but for transfers of the years before."""
    batches = planned_batches(year)
    done_day = _done_days(year, batches)
    batch, number = np.nonzero(_alive(batches, done_day))
    of = batches.take(batch)
    start, done = of.start_day.astype(np.int64), done_day[batch, number]
    return Planned(
        ids=activity_ids(of.batch_id, start, number),
        of=of,
        kind=np.minimum(number, TRANSFER),
        due_day=_due_days(year, batches)[batch, number],
        made=start * MICROSECONDS_PER_DAY + PLANNED,
        done_day=done,
        closed_day=np.where(done >= 0, done, of.end_day),
        note=number,
        notes=_notes(year),
        container=np.full(number.size, -1),
    )


def activities_carried_out(year: YearInputs, moved: Movements) -> np.ma.MaskedArray:
    """Return the activity that each workflow carries out, masked where it carries out none. ``moved`` has the first
    movement of each, and all workflows of a day.

    The first workflow of the day on which a batch entered a stage carries out the transfer into it.
    """
    batches = planned_batches(year)
    entered = _entry_days(batches, year.ledger.stage_changes)
    row = np.searchsorted(batches.batch_id, moved.batch_id)
    row = np.minimum(row, max(len(batches) - 1, 0))
    stage = np.searchsorted(STAGES, moved.to_stage)
    into = (moved.kind == Movement.STAGE_TRANSFER) & np.isin(moved.to_stage, STAGES)
    found = np.zeros(len(moved), dtype=bool)
    if len(batches):
        stage = np.minimum(stage, STAGES.size - 1)
        found = into & (batches.batch_id[row] == moved.batch_id) & (entered[row, stage] == moved.day)
    first = np.zeros(len(moved), dtype=bool)
    keys = np.column_stack([moved.batch_id[found], stage[found]])
    first[np.flatnonzero(found)[np.unique(keys, axis=0, return_index=True)[1]]] = True
    start = batches.start_day[row] if len(batches) else np.zeros(len(moved), dtype=np.int64)
    ids = np.zeros(len(moved), dtype=np.int64)
    ids[first] = activity_ids(moved.batch_id[first], start[first], TRANSFER + stage[first])
    return np.ma.MaskedArray(ids, mask=~first)


def activity_ids(batch_id: np.ndarray, start_day: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the ids of activities of batches that started on these days: of its milestones, then of its samplings."""
    return row_ids(start_day, batch_id % WIDE_DAY_ROWS * (MILESTONES + MOST_SAMPLINGS) + number)


def usual_vaccination_day(year: YearInputs) -> int:
    """Return the day of a batch's life on which it is usually vaccinated: in the middle of its time as parr."""
    days = stage_figures(year.scenario).days
    return round(float(days[: Stage.PARR].sum() + days[Stage.PARR] / 2))


def _due_days(year: YearInputs, batches: Batches) -> np.ndarray:
    """Return the day for which each milestone of each batch is planned, shape (batches, MILESTONES)."""
    start = batches.start_day.astype(np.int64)
    before = np.cumsum(stage_figures(year.scenario).days)[STAGES - 1]
    due = np.empty((len(batches), MILESTONES), dtype=np.int64)
    due[:, VACCINATION] = start + usual_vaccination_day(year)
    due[:, HARVEST] = np.maximum(batches.expected_end_day, start)
    due[:, TRANSFER:] = start[:, None] + np.rint(before).astype(np.int64)
    return due


def _done_days(year: YearInputs, batches: Batches) -> np.ndarray:
    """Return the day on which each milestone of each batch was done, -1 if it was not, or before the year; shape
    (batches, MILESTONES)."""
    done = np.empty((len(batches), MILESTONES), dtype=np.int64)
    done[:, VACCINATION], done[:, HARVEST] = batches.vaccinated_day, batches.end_day
    done[:, TRANSFER:] = _entry_days(batches, year.lives.stage_changes)
    return done


def _entry_days(batches: Batches, changes: StageChanges) -> np.ndarray:
    """Return the day of the change into each of :data:`STAGES`, -1 where there is none; shape (batches, stages)."""
    days = np.full((len(batches), STAGES.size), -1, dtype=np.int64)
    chosen = changes.take(np.isin(changes.batch_id, batches.batch_id) & np.isin(changes.stage, STAGES))
    row, stage = np.searchsorted(batches.batch_id, chosen.batch_id), np.searchsorted(STAGES, chosen.stage)
    days[row, stage] = chosen.day
    return days


def _alive(batches: Batches, done: np.ndarray) -> np.ndarray:
    """Return the milestones that were not done before the year: all but transfers into stages that a batch was in
    already, bool of shape (batches, MILESTONES)."""
    alive = np.ones(done.shape, dtype=bool)
    alive[:, TRANSFER:] = (done[:, TRANSFER:] >= 0) | (batches.stage[:, None] < STAGES)
    return alive


def _notes(year: YearInputs) -> list[str]:
    stages = [stage.name for stage in year.scenario.farm.stages]
    into = [f"{stages[one - 1]} to {stages[one]}." for one in STAGES]
    return ["Vaccination before the transfer to the sea.", "Last fish of the batch.", *into]
