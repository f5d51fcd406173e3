"""What the farm plans for each batch: its vaccination and its harvest.

Belongs here: rows of ``planning_plannedactivity`` as of the latest simulated day: done, open or overdue. Does not
belong here: what was done (``health_treatment``, ``harvest_harvestevent``).

The vaccination is due in the middle of the usual time as parr, the harvest on the planned end of the batch. An activity
is done when the batch was vaccinated, or when its last fish had left.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.planning.models import stage_figures
from aquamind_assets.records.planning.plans import PLANNED, planned_batches
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, row_ids

TYPES = ("VACCINATION", "HARVEST")
"""``activity_type``."""

STATUSES = ("PENDING", "COMPLETED")
"""``status``; AquaMind calls a pending activity overdue when its due date is past."""

NOTES = ("Vaccination before the transfer to the sea.", "Last fish of the batch.")

_DONE = 15 * HOUR


def planned_activities(year: YearInputs) -> Iterator[Rows]:
    """Yield the activities of every batch alive in the year that has a plan."""
    batches = planned_batches(year)
    batch = np.repeat(np.arange(len(batches)), len(TYPES))
    kind = np.tile(np.arange(len(TYPES)), len(batches))
    start = batches.start_day.astype(np.int64)[batch]
    due = np.where(kind == 0, start + usual_vaccination_day(year), np.maximum(batches.expected_end_day[batch], start))
    done = np.where(kind == 0, batches.vaccinated_day[batch], batches.end_day[batch]).astype(np.int64)
    planned = start * MICROSECONDS_PER_DAY + PLANNED
    finished = np.maximum(done, 0) * MICROSECONDS_PER_DAY + _DONE
    people = staff(year.scenario, year.infrastructure)
    managers = people.managers(batches.geography[batch], batches.batch_id[batch])
    number = batches.batch_id[batch] % WIDE_DAY_ROWS * len(TYPES) + kind
    yield rows(
        year.tables["planning_plannedactivity"],
        batch.size,
        id=row_ids(start, number),
        activity_type=Coded(kind, TYPES),
        due_date=due,
        status=Coded((done >= 0).astype(np.int64), STATUSES),
        notes=Coded(kind, NOTES),
        created_at=planned,
        updated_at=np.where(done >= 0, np.maximum(finished, planned), planned),
        completed_at=np.ma.MaskedArray(finished, mask=done < 0),
        batch_id=batches.batch_id[batch],
        completed_by_id=np.ma.MaskedArray(managers, mask=done < 0),
        created_by_id=managers,
        scenario_id=batches.batch_id[batch],
    )


def usual_vaccination_day(year: YearInputs) -> int:
    """Return the day of a batch's life on which it is usually vaccinated: in the middle of its time as parr."""
    days = stage_figures(year.scenario).days
    return round(float(days[: Stage.PARR].sum() + days[Stage.PARR] / 2))
