"""Planned treatments: decided on after a count of lice or a diagnosis, given when fish have fasted and boats come.

Belongs here: for which day a treatment is planned, and what came of it. Does not belong here: the treatment itself
(``health.treatments``), rows (``activities``).

A treatment is cancelled if its fish leave the container before.
"""

import numpy as np

from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets.records.health.treatments import AGAINST_LICE
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.planning.planned import TREATMENT, Planned
from aquamind_assets.records.planning.plans import planned_batches
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, row_ids

FIRST_NUMBER = 45_000
"""Numbers within a day from here on are those of treatments; the others are those of batches that start on it."""

_DECIDED = 18 * HOUR
"""Treatments are decided on in the evening of a count."""


def planned_treatments(year: YearInputs) -> Planned:
    """Return the planned treatments in the year's ledger of batches that have a plan.

    As of the treatments themselves, those of an earlier year in a stay that ended before the year are left out.
    """
    batches, plans = planned_batches(year), year.lives.treatment_plans
    plans = plans.take(
        np.isin(plans.batch_id, batches.batch_id) & np.isin(plans.assignment_id, year.lives.assignments.assignment_id)
    )
    health = year.scenario.health
    methods, against = [one.name for one in health.treatments], [f"because of {one.name}" for one in health.diseases]
    texts = [f"{name} {reason}." for name in methods for reason in (AGAINST_LICE, *against)]
    lice = plans.reason == TreatmentReason.LICE
    day, end = plans.day.astype(np.int64), plans.end_day.astype(np.int64)
    return Planned(
        ids=row_ids(day, FIRST_NUMBER + plans.plan_id % WIDE_DAY_ROWS),
        of=batches.take(np.searchsorted(batches.batch_id, plans.batch_id)),
        kind=np.full(len(plans), TREATMENT),
        due_day=plans.due_day.astype(np.int64),
        made=day * MICROSECONDS_PER_DAY + _DECIDED,
        done_day=np.where(plans.treatment_id >= 0, end, -1),
        closed_day=end,
        note=plans.method.astype(np.int64) * (1 + len(against)) + np.where(lice, 0, 1 + plans.disease),
        notes=texts,
        container=plans.container.astype(np.int64),
    )
