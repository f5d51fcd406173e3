"""AquaMind's creation workflows of release 2026-03, and their actions: how batches began with eggs.

Belongs here: rows of ``batch_creationworkflow`` and ``batch_creationaction``. Does not belong here: where the eggs came
from (``broodstock``), fish that come to the farm at sea and mixed batches, which do not begin with eggs.

A workflow is a batch; its actions are the ledger's stockings, one for each container. Eggs that were dead on arrival
were ordered and paid, and never were in the batch.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.batch.transfers import ENTERED
from aquamind_assets.records.broodstock.laid_eggs import DEAD_OF_EXTERNAL, LaidEggs, laid_eggs
from aquamind_assets.records.broodstock.origins import production_ids, supplier_number
from aquamind_assets.records.broodstock.suppliers import supplier_id
from aquamind_assets.records.inputs import HOUR, YearInputs, positions
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day

SOURCES = ("INTERNAL", "EXTERNAL")
"""``batch_creationworkflow.egg_source_type`` of own eggs and of a supplier's."""

METHODS = ("INTERNAL_TRANSFER", "TRANSPORT")
"""``batch_creationaction.delivery_method`` of own eggs and of a supplier's."""

PRICE_PER_THOUSAND = 140.0
"""Price of a thousand eyed eggs, EUR (general knowledge: around one to one and a half Norwegian kroner an egg)."""

BEST_QUALITY = 5
"""Highest score of the quality of eggs; one less for each doubling of the usual share of dead eggs."""

MINUTES, EGGS_PER_MINUTE = 20, 4_000
"""Time to lay in eggs: to prepare a container, and eggs for each further minute (general knowledge)."""

_PLANNED = 9 * HOUR
"""A workflow is entered in the morning of its day, after the batch is registered."""


def creation_workflows(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the workflows of the batches that begin with eggs on these days, and their actions."""
    laid = laid_eggs(year, days)
    yield _workflows(year, laid)
    yield _actions(year, laid)


def _workflows(year: YearInputs, laid: LaidEggs) -> Rows:
    batches = laid.batches
    external = batches.external_eggs
    day = batches.start_day.astype(np.int64)
    actions = laid.sums(np.ones(len(laid.moved)))
    supplier = supplier_id(year, batches.egg_supplier)
    return rows(
        year.tables["batch_creationworkflow"],
        len(batches),
        id=batches.batch_id,
        workflow_number=[f"CRT-{year.year}-{number:03d}" for number in laid.number.tolist()],
        status="COMPLETED",
        egg_source_type=Coded(external.astype(np.int64), SOURCES),
        external_supplier_batch_number=[
            supplier_number(name, number) if bought else ""
            for bought, name, number in zip(
                external.tolist(), batches.egg_supplier.tolist(), batches.number.tolist(), strict=True
            )
        ],
        external_cost_per_thousand=np.ma.MaskedArray(np.full(len(batches), PRICE_PER_THOUSAND), mask=~external),
        total_eggs_planned=laid.ordered,
        total_eggs_received=laid.sums(laid.moved.count),
        total_mortality_on_arrival=laid.sums(laid.dead),
        planned_start_date=day,
        planned_completion_date=day,
        actual_start_date=day,
        actual_completion_date=day,
        total_actions=actions,
        actions_completed=actions,
        progress_percentage=100,
        notes=[f"Eggs of {name}." for name in batches.egg_supplier.tolist()],
        created_at=day * MICROSECONDS_PER_DAY + _PLANNED,
        updated_at=day * MICROSECONDS_PER_DAY + ENTERED,
        batch_id=batches.batch_id,
        created_by_id=staff(year.scenario, year.infrastructure).managers(batches.geography, batches.batch_id),
        egg_production_id=np.ma.MaskedArray(production_ids(batches), mask=external),
        external_supplier_id=np.ma.MaskedArray(np.ma.getdata(supplier), mask=~external),
    )


def _actions(year: YearInputs, laid: LaidEggs) -> Rows:
    moved = laid.moved
    external = laid.batches.external_eggs[laid.batch]
    day = moved.day.astype(np.int64)
    fish = year.ledger.container_days
    place = positions(
        fish.day.astype(np.int64) << 32 | fish.container,
        day << 32 | moved.to_container,
        "container-day (day x 2^32 + container)",
    )
    order = np.argsort(laid.batch, kind="stable")
    number = np.empty(len(moved), dtype=np.int64)
    number[order] = number_within_day(laid.batch[order], start=1)
    return rows(
        year.tables["batch_creationaction"],
        len(moved),
        id=moved.movement_id,
        action_number=number,
        status="COMPLETED",
        egg_count_planned=moved.count + laid.dead,
        egg_count_actual=moved.count,
        mortality_on_arrival=laid.dead,
        expected_delivery_date=day,
        actual_delivery_date=day,
        delivery_method=Coded(external.astype(np.int64), METHODS),
        water_temp_on_arrival=fish.temperature[place].astype(float),
        egg_quality_score=_quality(laid),
        execution_duration_minutes=MINUTES + moved.count // EGGS_PER_MINUTE,
        created_at=day * MICROSECONDS_PER_DAY + _PLANNED,
        updated_at=day * MICROSECONDS_PER_DAY + ENTERED,
        dest_assignment_id=moved.to_assignment,
        executed_by_id=staff(year.scenario, year.infrastructure).operators(moved.to_container, day),
        workflow_id=moved.batch_id,
    )


def _quality(laid: LaidEggs) -> np.ndarray:
    """Return the score of each delivery, 1 to 5, int64: the fewer eggs are dead, the better."""
    share = laid.dead / np.maximum(laid.moved.count + laid.dead, 1)
    worse = np.ceil(np.log2(np.maximum(share, 1e-9) / DEAD_OF_EXTERNAL))
    return np.clip(BEST_QUALITY - np.maximum(worse, 0), 1, BEST_QUALITY).astype(np.int64)
