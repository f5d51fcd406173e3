"""AquaMind's mix events of release 2026-03: what each container of a mixed batch was filled with.

Belongs here: rows of ``batch_batchmixevent`` and ``batch_batchmixeventcomponent``. Does not belong here: the
composition of the whole batch (``compositions``), the moves themselves (``transfer_workflows``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.batch.compositions import percentages
from aquamind_assets.records.batch.transfers import ENTERED, new_batch
from aquamind_assets.records.inputs import MOVE_INSTANT, YearInputs, of_days
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange


def mix_events(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the mixings of these days: an event for each stay of a mixed batch that fish came into, and a component for
    each move into it."""
    moved = of_days(year.ledger.movements, days)
    moved = moved.take(moved.kind == Movement.MIXING)
    moved = moved.take(np.lexsort([moved.movement_id, moved.to_assignment]))
    _, first, event = np.unique(moved.to_assignment, return_index=True, return_inverse=True)
    one = moved.take(first)
    entered = one.day.astype(np.int64) * MICROSECONDS_PER_DAY + ENTERED
    yield rows(
        year.tables["batch_batchmixevent"],
        len(one),
        id=one.movement_id,
        mixed_at=one.day.astype(np.int64) * MICROSECONDS_PER_DAY + MOVE_INSTANT,
        notes="Put together for room.",
        created_at=entered,
        updated_at=entered,
        container_id=year.infrastructure.containers.container_id[one.to_container],
        mixed_batch_id=new_batch(year, one),
        workflow_action_id=one.movement_id,
    )
    yield rows(
        year.tables["batch_batchmixeventcomponent"],
        len(moved),
        id=moved.movement_id,
        population_count=moved.count,
        biomass_kg=Scaled(biomass_cents(moved.count, moved.weight_g)),
        percentage=Scaled(percentages(moved.to_assignment, moved.count)),
        is_transferred_in=moved.from_container != moved.to_container,
        created_at=entered[event.reshape(-1)],
        mix_event_id=one.movement_id[event.reshape(-1)],
        source_assignment_id=moved.from_assignment,
        source_batch_id=moved.batch_id,
    )
