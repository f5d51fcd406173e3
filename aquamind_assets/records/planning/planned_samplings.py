"""Planned samplings: each batch is sampled once a month, on a day of the month of its own.

Belongs here: for which day a sampling is planned, and what came of it. Does not belong here: which containers and fish
are sampled (``health.fish_samples``), rows (``activities``).

The samplings from the usual first feeding to the planned end are planned on the first day of the batch. A batch that
lives longer has the next one planned on the day of the one before. A sampling is done on the first working day on or
after its day. It is cancelled if no fish can be sampled then: they are not fed yet, or all of them are moved.
"""

import numpy as np

from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import Batches
from aquamind_assets.records.health.fish_samples import sampling_day_of_month
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.planning.milestones import MILESTONES, MOST_SAMPLINGS, activity_ids
from aquamind_assets.records.planning.models import stage_figures
from aquamind_assets.records.planning.planned import SAMPLING, Planned
from aquamind_assets.records.planning.plans import PLANNED, planned_batches
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, year_of

_NOTES = ("Monthly sampling.",)

_LATE_DAYS = 62
"""A sampling is done within so many days, whatever the holidays: in its month or in the next one."""


def planned_samplings(year: YearInputs) -> Planned:
    """Return the samplings of every batch alive in the year that has a plan, but for those of the years before."""
    batches, through = planned_batches(year), year.lives.through
    due = _due_days(year, batches)
    made = _made_days(batches, due, through)
    batch, number = np.nonzero((made >= 0) & (due >= year.days.first - _LATE_DAYS))
    day = _working_days(year, batches.geography[batch], due[batch, number])
    recent = (day < 0) | (day >= year.days.first)
    batch, number, day = batch[recent], number[recent], day[recent]
    of = batches.take(batch)
    over = of.end_day.astype(np.int64)
    done = _sampled(year, of.batch_id, day)
    passed = (day >= 0) & ((over < 0) | (over > day))
    return Planned(
        ids=activity_ids(of.batch_id, of.start_day.astype(np.int64), MILESTONES + number),
        of=of,
        kind=np.full(number.size, SAMPLING),
        due_day=due[batch, number],
        made=made[batch, number] * MICROSECONDS_PER_DAY + PLANNED,
        done_day=np.where(done, day, -1),
        closed_day=np.where(passed, day, over),
        note=np.zeros(number.size, dtype=np.int64),
        notes=_NOTES,
        container=np.full(number.size, -1),
    )


def _due_days(year: YearInputs, batches: Batches) -> np.ndarray:
    """Return the day of each sampling of each batch, shape (batches, MOST_SAMPLINGS)."""
    fed = batches.start_day + round(float(stage_figures(year.scenario).days[: Stage.FRY].sum()))
    month = fed.astype("datetime64[D]").astype("datetime64[M]")[:, None] + np.arange(MOST_SAMPLINGS + 1)
    days = month.astype("datetime64[D]").astype(np.int64) + sampling_day_of_month(batches.batch_id)[:, None] - 1
    return np.where(days[:, :1] < fed[:, None], days[:, 1:], days[:, :-1])


def _made_days(batches: Batches, due: np.ndarray, through: int) -> np.ndarray:
    """Return the day on which each sampling is entered, -1 if it never is; shape of ``due``."""
    start = np.broadcast_to(batches.start_day.astype(np.int64)[:, None], due.shape)
    last = np.where(batches.end_day < 0, through, batches.end_day - 1).astype(np.int64)[:, None]
    before = np.c_[start[:, :1], due[:, :-1]]
    planned = due <= batches.expected_end_day[:, None]
    return np.where(planned, start, np.where(before <= last, before, -1))


def _working_days(year: YearInputs, geography: np.ndarray, due: np.ndarray) -> np.ndarray:
    """Return the first working day on or after each day, -1 if it is not simulated."""
    found = np.full(due.shape, -1, dtype=np.int64)
    years = year_of(due)
    for one in np.unique(years[due <= year.lives.through]).tolist():
        calendar = year.calendar if one == year.year else Calendar(year.scenario, one)
        here = years == one
        found[here] = calendar.working_days(geography[here], due[here])
    return np.where(found <= year.lives.through, found, -1)


def _sampled(year: YearInputs, batch_id: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return whether a stay of each batch has fish on the whole of a day that are fed, bool (n,)."""
    stays = year.lives.stays.take(year.lives.stays.stage >= Stage.FRY)
    sampled = np.zeros(day.size, dtype=bool)
    for batch in np.unique(batch_id):
        mine, theirs = np.flatnonzero(batch_id == batch), stays.take(stays.batch_id == batch)
        there = theirs.start_day < day[mine][:, None]
        there &= (theirs.end_day < 0) | (theirs.end_day > day[mine][:, None])
        sampled[mine] = there.any(axis=1)
    return sampled & (day >= 0)
