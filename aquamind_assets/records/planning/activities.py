"""What the farm plans: for each batch its vaccination, transfers, samplings and harvest, for each cage its treatments.

Belongs here: rows of ``planning_plannedactivity`` as of the latest simulated day: done, open, overdue or cancelled.
Does not belong here: what is planned, and for which day (``milestones``, ``planned_samplings``,
``planned_treatments``), what was done (``health_treatment``, ``batch_batchtransferworkflow``,
``harvest_harvestevent``, ``health_healthsamplingevent``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.planning.milestones import planned_milestones
from aquamind_assets.records.planning.planned import SAMPLING, TREATMENT, TYPES, Planned
from aquamind_assets.records.planning.planned_samplings import planned_samplings
from aquamind_assets.records.planning.planned_treatments import planned_treatments
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

STATUSES = ("PENDING", "COMPLETED", "CANCELLED")
"""``status``; AquaMind calls a pending activity overdue when its due date is past."""

_DONE = 15 * HOUR


def planned_activities(year: YearInputs) -> Iterator[Rows]:
    """Yield the activities of batches that have a plan, but for those that were closed before the year."""
    for source in (planned_milestones, planned_samplings, planned_treatments):
        yield _rows(year, source(year))


def _rows(year: YearInputs, planned: Planned) -> Rows:
    done, closed = planned.done_day >= 0, planned.closed_day >= 0
    finished = np.maximum(planned.closed_day, 0) * MICROSECONDS_PER_DAY + _DONE
    geography, batch_id = planned.of.geography, planned.of.batch_id
    people = staff(year.scenario, year.infrastructure)
    managers, vets = people.managers(geography, batch_id), people.vets(geography, batch_id)
    container = np.maximum(planned.container, 0)
    return rows(
        year.tables["planning_plannedactivity"],
        planned.ids.size,
        id=planned.ids,
        activity_type=Coded(planned.kind, TYPES),
        due_date=planned.due_day,
        status=Coded(np.where(done, 1, np.where(closed, 2, 0)), STATUSES),
        notes=Coded(planned.note, planned.notes),
        created_at=planned.made,
        updated_at=np.where(closed, np.maximum(finished, planned.made), planned.made),
        completed_at=np.ma.MaskedArray(finished, mask=~done),
        batch_id=batch_id,
        completed_by_id=np.ma.MaskedArray(
            np.where(np.isin(planned.kind, (SAMPLING, TREATMENT)), vets, managers), mask=~done
        ),
        container_id=np.ma.MaskedArray(
            year.infrastructure.containers.container_id[container], mask=planned.container < 0
        ),
        created_by_id=np.where(planned.kind == TREATMENT, vets, managers),
        scenario_id=batch_id,
    )
