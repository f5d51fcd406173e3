"""How rows change after they were entered.

Belongs here: of each table whose rows change and that has a history, the values that a row was entered with, and when
it changed. Does not belong here: making versions (``versions``).

What is not known before a row changes is empty in its first version: the totals of a workflow, the outcome of a
treatment, the result of a laboratory sample.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aquamind_assets.farm.health.medicine import OUTCOME_DAYS
from aquamind_assets.ledger.codes import Outcome, Stage
from aquamind_assets.records.batch.batches import biomass_cents, grams_to_cents
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import stage_id
from aquamind_assets.tables.rows import Coded, Rows, Scaled
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

UPDATED = "updated_at"

PENDING = Outcome.PENDING.name.lower()
"""``health_treatment.outcome`` of a treatment whose outcome is open."""

_JUDGED = 22 * HOUR

_ENTERED = ("created_at", "linked_at", "date_joined", "treatment_date", "event_date", "count_date")
"""Columns with the moment at which a row was entered, the surest first."""


def _moments(block: Rows, column: str) -> np.ndarray:
    """Return the moments in a column, int64, -1 where there is none."""
    stored = block.columns[column]
    known = stored.values if stored.null is None else np.where(stored.null, -1, stored.values)
    return np.broadcast_to(known, (block.size,))


def entered_at(block: Rows) -> np.ndarray:
    """Return the moment at which each row was entered, microseconds, int64."""
    return _moments(block, next(name for name in _ENTERED if name in block.columns))


def updated_at(_: YearInputs, block: Rows) -> np.ndarray:
    """Return the moment at which each row was last changed, microseconds, int64."""
    return _moments(block, UPDATED)


@dataclass(frozen=True)
class Change:
    """How the rows of a table change, once each.

    Attributes:
        first: returns values by column, as ``rows`` takes them, with which the rows of a block were entered.
        moment: returns when each row changed, microseconds, int64; not after it was entered if it has not changed yet.
    """

    first: Callable[[YearInputs, Rows], Mapping[str, Any]]
    moment: Callable[[YearInputs, Rows], np.ndarray] = updated_at


def stay_at_first(year: YearInputs, _: Rows) -> Mapping[str, Any]:
    """Stays as they were on the day of arrival. Fish stay in their cage when they become adult, which they do by their
    weight."""
    stays = year.lives.assignments
    young = stays.stocked_weight_g < year.scenario.farm.stages[Stage.ADULT].entry_weight_g
    return {
        "population_count": stays.stocked_count,
        "avg_weight_g": Scaled(grams_to_cents(stays.stocked_weight_g)),
        "biomass_kg": Scaled(biomass_cents(stays.stocked_count, stays.stocked_weight_g)),
        "lifecycle_stage_id": stage_id(
            year.scenario, np.where((stays.stage == Stage.ADULT) & young, Stage.POST_SMOLT, stays.stage)
        ),
        "is_active": True,
        "departure_date": None,
        "last_weighing_date": None,
    }


def stay_left(year: YearInputs, block: Rows) -> np.ndarray:
    """Return when the last fish left each stay, -1 for those that have fish."""
    return np.where(year.lives.assignments.end_day >= 0, _moments(block, UPDATED), -1)


def treatment_judged(year: YearInputs, block: Rows) -> np.ndarray:
    """Return when the outcome of each treatment was judged, -1 where it is open: a week after its end, or when the
    fish left before."""
    stays, stay = year.lives.assignments, block.columns["batch_assignment_id"]
    known = ~np.broadcast_to(False if stay.null is None else stay.null, (block.size,))
    ids = np.broadcast_to(stay.values, (block.size,))[known]
    left = np.full(block.size, -1, dtype=np.int64)
    left[known] = stays.end_day[year.assignment_rows(ids)]
    treated = _moments(block, "treatment_date") // MICROSECONDS_PER_DAY
    due = treated + _moments(block, "duration_days") + OUTCOME_DAYS
    day = np.where(left >= 0, np.minimum(due, left), due)
    outcome = block.columns["outcome"]
    pending = np.broadcast_to(outcome.values, (block.size,)) == (outcome.labels or ()).index(PENDING)
    return np.where(pending, -1, day * MICROSECONDS_PER_DAY + _JUDGED)


def entry_as_written(_: YearInputs, block: Rows) -> Mapping[str, Any]:
    """Journal entries as they were written: open, unless they were closed at once."""
    at_once = _moments(block, UPDATED) == _moments(block, "created_at")
    notes, labels = block.columns["resolution_notes"], block.columns["resolution_notes"].labels or ()
    return {
        "resolution_status": at_once & (_moments(block, "resolution_status") > 0),
        "resolution_notes": Coded(np.where(at_once, notes.values, len(labels)), (*labels, "")),
    }


def treatment_as_given(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Treatments as they were given: their outcome is open."""
    return {
        "outcome": PENDING,
    }


def sample_unanswered(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Laboratory samples as they were taken: not sent, without a result."""
    return {
        "date_sent_to_lab": None,
        "date_results_received": None,
        "findings_summary": None,
        "quantitative_results": None,
    }


def sale_pending(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Sales as they were entered: not approved."""
    return {
        "state": "pending",
        "approved_by_id": None,
        "approval_date": None,
    }


def purchase_ordered(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Purchases as they were ordered: nothing of a row but its last change is known later."""
    return {}


def activity_planned(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Activities as they were planned."""
    return {
        "status": "PENDING",
        "completed_at": None,
        "completed_by_id": None,
    }


def transfer_planned(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Transfer workflows as they were planned: nothing is moved."""
    return {
        "status": "PLANNED",
        "actual_start_date": None,
        "actual_completion_date": None,
        "total_source_count": 0,
        "total_transferred_count": 0,
        "total_mortality_count": 0,
        "total_biomass_kg": 0,
        "actions_completed": 0,
        "completion_percentage": 0,
        "completed_by_id": None,
        "finance_transaction_id": None,
    }


def move_planned(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Moves as they were planned."""
    return {
        "status": "PENDING",
        "actual_execution_date": None,
        "executed_at": None,
        "executed_by_id": None,
        "mortality_during_transfer": 0,
        "water_temp_c": None,
        "oxygen_level": None,
        "measured_avg_weight_g": None,
        "measured_std_dev_weight_g": None,
        "measured_avg_length_cm": None,
        "measured_sample_size": None,
    }


def creation_planned(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Creation workflows as they were planned: no eggs have come."""
    return {
        "status": "PLANNED",
        "total_eggs_received": 0,
        "total_mortality_on_arrival": 0,
        "actual_start_date": None,
        "actual_completion_date": None,
        "actions_completed": 0,
        "progress_percentage": 0,
    }


def delivery_planned(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Deliveries of eggs as they were planned."""
    return {
        "status": "PENDING",
        "egg_count_actual": None,
        "mortality_on_arrival": 0,
        "actual_delivery_date": None,
        "water_temp_on_arrival": None,
        "egg_quality_score": None,
        "execution_duration_minutes": None,
        "executed_by_id": None,
    }


def parent_alive(_: YearInputs, __: Rows) -> Mapping[str, Any]:
    """Parent fish before they are stripped and killed."""
    return {
        "health_status": "healthy",
    }


CHANGES: Mapping[str, Change] = {
    "batch_batchcontainerassignment": Change(stay_at_first, stay_left),
    "health_treatment": Change(treatment_as_given, treatment_judged),
    "health_healthlabsample": Change(sample_unanswered),
    "health_journalentry": Change(entry_as_written),
    "finance_intercompanytransaction": Change(sale_pending),
    "inventory_feedpurchase": Change(purchase_ordered),
    "planning_plannedactivity": Change(activity_planned),
    "batch_batchtransferworkflow": Change(transfer_planned),
    "batch_transferaction": Change(move_planned),
    "batch_creationworkflow": Change(creation_planned),
    "batch_creationaction": Change(delivery_planned),
    "broodstock_broodstockfish": Change(parent_alive),
}
"""The changes, by table."""
