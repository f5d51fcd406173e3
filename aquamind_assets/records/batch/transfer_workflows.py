"""AquaMind's transfer workflows of release 2026-03, and their actions.

Belongs here: ``batch_batchtransferworkflow``, ``batch_transferaction`` and the water of stage transfers. Does not
belong here: harvests and stocking with eggs, which have tables of their own there.

A workflow is all that is moved of a batch on a day for one purpose: into one stage, into more containers, or into a
mixed batch. Its actions are the ledger's movements. The farm carries a workflow out on the day for which it was
planned. No workflow is a dynamic one, since the ledger has no vessels.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.ledger.model import Movements
from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.batch.sold_workflows import sold_among, transaction_ids
from aquamind_assets.records.batch.transfers import ENTERED, WaterOnDay, conditions, new_batch, notes_of
from aquamind_assets.records.batch.workflow_groups import Workflows, subsidiaries, workflows_of
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.records.master_ids import stage_id
from aquamind_assets.records.planning.milestones import activities_carried_out
from aquamind_assets.records.users.people import staff
from aquamind_assets.streams import stream
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange

TYPES = ("LIFECYCLE_TRANSITION", "CONTAINER_REDISTRIBUTION")
"""``batch_batchtransferworkflow.workflow_type`` of fish that enter another stage, and of all other moves."""

METHODS = ("GRAVITY", "NET", "PUMP")
"""``batch_transferaction.transfer_method``."""

METHOD_OF_STAGE = np.array([0, 1, 2, 2, 2, 2])
"""Method by the Stage before the move: alevins are let out with the water, fry are netted, larger fish are pumped
(general knowledge)."""

WEIGHED = 30
"""Fish that are weighed and measured when a batch enters another stage (general knowledge)."""

SUBSIDIARIES = ("FRESHWATER", "FARMING")
"""Company of containers in halls, and of those at sea."""

_PLANNED = 8 * HOUR
"""A workflow is entered in the morning of its day."""


def transfer_workflows(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the workflows of these days, their actions, and the water of stage transfers."""
    moves = workflows_of(year).of_days(days)
    yield _workflows(year, moves)
    yield _actions(year, moves)
    into = moves.moved.kind == Movement.STAGE_TRANSFER
    yield conditions(year, moves.moved.take(into), {"batch_transfer_workflow_id": moves.ids[moves.workflow[into]]})


def _workflows(year: YearInputs, moves: Workflows) -> Rows:
    moved, one = moves.moved, moves.moved.take(moves.first)
    day = one.day.astype(np.int64)
    people = staff(year.scenario, year.infrastructure)
    geography = year.lives.batches.geography[year.batch_rows(one.batch_id)]
    source, target = subsidiaries(year, one)
    actions = moves.sums(np.ones(len(moved)))
    return rows(
        year.tables["batch_batchtransferworkflow"],
        len(one),
        id=moves.ids,
        workflow_number=[f"TRF-{year.year}-{number:03d}" for number in moves.number.tolist()],
        workflow_type=Coded((one.kind != Movement.STAGE_TRANSFER).astype(np.int64), TYPES),
        status="COMPLETED",
        planned_start_date=day,
        planned_completion_date=day,
        actual_start_date=day,
        actual_completion_date=day,
        total_source_count=moves.sums(moved.source_count),
        total_transferred_count=moves.sums(moved.count),
        total_mortality_count=moves.sums(moved.loss),
        total_biomass_kg=Scaled(moves.sums(biomass_cents(moved.count, moved.weight_g))),
        total_actions_planned=actions,
        actions_completed=actions,
        completion_percentage=100,
        is_intercompany=source != target,
        source_subsidiary=_where_different(source, target, source),
        dest_subsidiary=_where_different(source, target, target),
        notes=_purposes(year, one, actions),
        created_at=day * MICROSECONDS_PER_DAY + _PLANNED,
        updated_at=day * MICROSECONDS_PER_DAY + ENTERED,
        batch_id=one.batch_id,
        completed_by_id=people.operators(one.to_container, day),
        initiated_by_id=people.managers(geography, one.batch_id),
        finance_transaction_id=_transactions(year, moves),
        source_lifecycle_stage_id=stage_id(year.scenario, one.from_stage),
        dest_lifecycle_stage_id=stage_id(year.scenario, one.to_stage),
        planned_activity_id=activities_carried_out(year, one),
    )


def _transactions(year: YearInputs, moves: Workflows) -> np.ma.MaskedArray:
    """Return the transaction of each workflow that is a sale."""
    sold = sold_among(year, moves)
    return np.ma.MaskedArray(transaction_ids(moves.ids), mask=~sold)


def _where_different(source: np.ndarray, target: np.ndarray, chosen: np.ndarray) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(np.array(SUBSIDIARIES, dtype=object)[chosen], mask=source == target)


def _purposes(year: YearInputs, one: Movements, actions: np.ndarray) -> list[str]:
    stages = [stage.name for stage in year.scenario.farm.stages]
    number = year.lives.batches.number[year.batch_rows(new_batch(year, one))]
    texts = []
    for kind, batch, before, after, count in zip(
        one.kind, number, one.from_stage, one.to_stage, actions.tolist(), strict=True
    ):
        moves = f"{count} move{'s' if count > 1 else ''}"
        if kind == Movement.STAGE_TRANSFER:
            texts.append(f"{stages[before]} to {stages[after]}, {moves}.")
        elif kind == Movement.MIXING:
            texts.append(f"Into mixed batch {batch}, {moves}.")
        else:
            texts.append(f"{stages[before]} into more containers, {moves}.")
    return texts


def _actions(year: YearInputs, moves: Workflows) -> Rows:
    moved = moves.moved
    day = moved.day.astype(np.int64)
    water = WaterOnDay(year, moved)
    weight, deviation, length, weighed = _weighed(year, moved, water)
    unweighed = weighed == 0
    done = day * MICROSECONDS_PER_DAY + MOVE_INSTANT
    return rows(
        year.tables["batch_transferaction"],
        len(moved),
        id=moved.movement_id,
        workflow_id=moves.ids[moves.workflow],
        action_number=moves.action,
        source_population_before=moved.source_count,
        transferred_count=moved.count,
        mortality_during_transfer=moved.loss,
        transferred_biomass_kg=Scaled(biomass_cents(moved.count, moved.weight_g)),
        status="COMPLETED",
        planned_date=day,
        actual_execution_date=day,
        executed_at=done,
        transfer_method=Coded(METHOD_OF_STAGE[moved.from_stage], METHODS),
        water_temp_c=water.temperature,
        oxygen_level=water.oxygen,
        notes=notes_of(year, moved),
        created_at=day * MICROSECONDS_PER_DAY + _PLANNED,
        updated_at=day * MICROSECONDS_PER_DAY + ENTERED,
        executed_by_id=staff(year.scenario, year.infrastructure).operators(moved.to_container, day),
        source_assignment_id=moved.from_assignment,
        dest_assignment_id=moved.to_assignment,
        dest_container_id=year.infrastructure.containers.container_id[moved.to_container],
        measured_avg_weight_g=np.ma.MaskedArray(weight, mask=unweighed),
        measured_std_dev_weight_g=np.ma.MaskedArray(deviation, mask=unweighed),
        measured_avg_length_cm=np.ma.MaskedArray(length, mask=unweighed),
        measured_sample_size=np.ma.MaskedArray(weighed, mask=unweighed),
        allow_mixed=moved.kind == Movement.MIXING,
    )


def _weighed(
    year: YearInputs, moved: Movements, water: WaterOnDay
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the weights, g, mean length, cm, and number of the fish weighed at each
    move into another stage; the number is 0 where none were.

    A fish's weight is log-normal about the mean of the moved fish with the coefficient of variation of the container
    that they come into; its length follows from the container's mean condition factor.
    """
    fish, draws = year.ledger.container_days, year.infrastructure.container_draws
    size = np.minimum(
        np.where((moved.kind == Movement.STAGE_TRANSFER) & (moved.from_stage >= Stage.FRY), WEIGHED, 0), moved.count
    )
    weight, deviation, length = (np.zeros(len(moved)) for _ in range(3))
    for row in np.flatnonzero(size).tolist():
        place = water.target[row]
        sigma = np.sqrt(np.log1p(float(fish.weight_cv[place]) ** 2))
        key = (*draws.key(moved.from_container[row]), *draws.key(moved.to_container[row]), int(moved.day[row]))
        normal = stream(year.scenario.seed, "transfer_weights", *key).standard_normal(WEIGHED)[: size[row]]
        grams = moved.weight_g[row] * np.exp(sigma * normal - sigma**2 / 2)
        weight[row] = max(grams.mean(), 0.01)
        deviation[row] = grams.std(ddof=1) if size[row] > 1 else 0.0
        length[row] = np.cbrt(100 * grams / float(fish.condition[place])).mean()
    return weight, deviation, length, size
