"""Living rows of AquaMind's app ``batch``: batches, their stays in containers, and the history of batches.

Belongs here: batches and assignments as of the latest simulated day, and AquaMind's history rows. Does not belong here:
events of one day that never change (``transfers``, ``growth_samples``, ``mortality_events``).

Populations, weights and departures come from ``YearInputs.lives``, so that the rows do not depend on the order in which
years are written.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import BatchStatus, Stage
from aquamind_assets.ledger.model import Assignments, Batches
from aquamind_assets.records.batch.growth_samples import last_weighing_days
from aquamind_assets.records.batch.notes import batch_note, stocked_note
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs, positions
from aquamind_assets.records.master_ids import species_id, stage_id
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrow_row_ids, number_within_day, year_days

STATUS_NAMES: tuple[str, ...] = tuple(status.name for status in BatchStatus)
"""``batch_batch.status`` for each BatchStatus."""

BATCH_TYPES: tuple[str, ...] = ("STANDARD", "MIXED")
"""``batch_batch.batch_type`` of a batch that starts with eggs, and of a batch mixed from others."""

_MIXED_NOTE = "Put together from fish of other batches, see its composition."

_REGISTERED = 8 * HOUR
"""A batch is registered in AquaMind on the morning of its first day; its eggs or fish arrive at noon."""

_CLOSE_OF_DAY = 23 * HOUR
"""Populations and weights are updated in the evening."""

LATE_DAYS = 30
"""A batch that lives past its expected end gets a new expected end this number of days after the latest simulated
day."""

_HISTORY_TYPES = ("+", "~")


def batches(year: YearInputs) -> Iterator[Rows]:
    """Yield every batch alive in the year, its stays, and the history rows of the year."""
    yield _batches(year)
    yield _assignments(year)
    yield _history(year)


def grams_to_cents(weight_g: np.ndarray) -> np.ndarray:
    """Return mean weights in stored units of .01 g, int64."""
    return np.rint(weight_g * 100).astype(np.int64)


def biomass_cents(count: np.ndarray, weight_g: np.ndarray) -> np.ndarray:
    """Return the biomass of ``count`` fish in units of .01 kg, int64: count x mean weight as stored / 1000, halves to
    even, as AquaMind's own ``save`` computes it."""
    mills = np.asarray(count, dtype=np.int64) * grams_to_cents(weight_g)
    whole, rest = np.divmod(mills, 1000)
    return whole + ((rest > 500) | ((rest == 500) & (whole % 2 == 1)))


def _notes(frame: Batches) -> list[str]:
    return [
        _MIXED_NOTE if mixed else batch_note(eggs, supplier, external=external, at_sea=station < 0)
        for mixed, eggs, external, supplier, station in zip(
            frame.mixed, frame.eggs, frame.external_eggs, frame.egg_supplier, frame.station, strict=True
        )
    ]


def _expected_end(year: YearInputs, frame: Batches) -> np.ndarray:
    """Return the day on which each batch is expected to end. A late batch gets a new date, because AquaMind accepts no
    laboratory sample after it."""
    late = (frame.end_day < 0) & (frame.expected_end_day <= year.lives.through)
    return np.where(late, year.lives.through + LATE_DAYS, frame.expected_end_day)


def _batches(year: YearInputs) -> Rows:
    frame = year.lives.batches
    ended = frame.end_day >= 0
    changed = np.where(ended, frame.end_day, frame.stage_day).astype(np.int64)
    registered = frame.start_day.astype(np.int64) * MICROSECONDS_PER_DAY + _REGISTERED
    return rows(
        year.tables["batch_batch"],
        len(frame),
        id=frame.batch_id,
        batch_number=frame.number,
        status=Coded(frame.status, STATUS_NAMES),
        start_date=frame.start_day,
        expected_end_date=_expected_end(year, frame),
        actual_end_date=np.ma.array(frame.end_day, mask=~ended),
        notes=_notes(frame),
        created_at=registered,
        updated_at=np.maximum(registered, changed * MICROSECONDS_PER_DAY + MOVE_INSTANT),
        lifecycle_stage_id=stage_id(year.scenario, frame.stage),
        species_id=species_id(year.scenario),
        batch_type=Coded(frame.mixed.astype(np.int64), BATCH_TYPES),
    )


def _assignments(year: YearInputs) -> Rows:
    frame: Assignments = year.lives.assignments
    active = frame.end_day < 0
    # The farm takes fish for living until it collects them dead.
    population = frame.population + frame.uncollected
    arrived = frame.start_day.astype(np.int64) * MICROSECONDS_PER_DAY + MOVE_INSTANT
    left = frame.end_day.astype(np.int64) * MICROSECONDS_PER_DAY + MOVE_INSTANT
    more = {}
    if year.has("batch_batchcontainerassignment", "last_weighing_date"):
        weighed = last_weighing_days(year)
        more["last_weighing_date"] = np.ma.array(weighed, mask=weighed < 0)
    return rows(
        year.tables["batch_batchcontainerassignment"],
        len(frame),
        id=frame.assignment_id,
        population_count=population,
        biomass_kg=Scaled(biomass_cents(population, frame.weight_g)),
        assignment_date=frame.start_day,
        is_active=active,
        notes=[
            stocked_note(count, weight)
            for count, weight in zip(frame.stocked_count, frame.stocked_weight_g, strict=True)
        ],
        created_at=arrived,
        updated_at=np.where(active, np.int64(year.lives.through) * MICROSECONDS_PER_DAY + _CLOSE_OF_DAY, left),
        batch_id=frame.batch_id,
        container_id=year.infrastructure.containers.container_id[frame.container],
        lifecycle_stage_id=stage_id(year.scenario, frame.stage),
        avg_weight_g=Scaled(grams_to_cents(frame.weight_g)),
        departure_date=np.ma.array(frame.end_day, mask=active),
        **more,
    )


def _history(year: YearInputs) -> Rows:
    """Return the rows that AquaMind writes at each save: '+' when a batch is registered, '~' when it enters another
    stage and when it ends, each with the state of that day."""
    ledger = year.ledger
    frame = ledger.batches
    inside = year_days(year.year)
    born = np.flatnonzero(frame.start_day >= inside.first)
    over = np.flatnonzero(frame.end_day >= inside.first)
    moved = ledger.stage_changes.take(ledger.stage_changes.stage > Stage.EGG_ALEVIN)
    mover = positions(frame.batch_id, moved.batch_id, "batch")
    batch = np.concatenate([born, mover, over])
    day = np.concatenate([frame.start_day[born], moved.day, frame.end_day[over]]).astype(np.int64)
    kind = np.repeat([0, 1, 2], [born.size, mover.size, over.size])
    at_first = np.where(frame.mixed[born], Stage.ADULT, Stage.EGG_ALEVIN)
    stage = np.concatenate([at_first, moved.stage, frame.stage[over]])
    order = np.lexsort([kind, frame.batch_id[batch], day])
    batch, day, kind, stage = batch[order], day[order], kind[order], stage[order]
    ended = kind == 2
    registered = frame.start_day[batch].astype(np.int64) * MICROSECONDS_PER_DAY + _REGISTERED
    moment = np.where(kind == 0, registered, day * MICROSECONDS_PER_DAY + MOVE_INSTANT)
    chosen = frame.take(batch)
    return rows(
        year.tables["batch_historicalbatch"],
        len(batch),
        id=chosen.batch_id,
        batch_number=chosen.number,
        status=Coded(np.where(ended, chosen.status, BatchStatus.ACTIVE), STATUS_NAMES),
        batch_type=Coded(chosen.mixed.astype(np.int64), BATCH_TYPES),
        start_date=chosen.start_day,
        expected_end_date=chosen.expected_end_day,
        actual_end_date=np.ma.array(chosen.end_day, mask=~ended),
        notes=_notes(chosen),
        created_at=registered,
        updated_at=moment,
        history_id=narrow_row_ids(day, number_within_day(day)),
        history_date=moment,
        history_change_reason=None,
        history_type=Coded(np.minimum(kind, 1), _HISTORY_TYPES),
        history_user_id=staff(year.scenario, year.infrastructure).managers(chosen.geography, chosen.batch_id),
        lifecycle_stage_id=stage_id(year.scenario, stage),
        species_id=species_id(year.scenario),
    )
