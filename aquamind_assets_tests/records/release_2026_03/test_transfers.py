"""Transfer workflows and deaths: their sums are those of the ledger and of each other, exact to the fish."""

import numpy as np
import pytest

from aquamind_assets.ledger.codes import Cause, Movement
from aquamind_assets.ledger.model import Movements
from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.batch.collection import deaths_by_cause
from aquamind_assets.timeline import narrowed
from aquamind_assets_tests.records.histories import Table
from aquamind_assets_tests.records.release_2026_03.conftest import History


@pytest.fixture(scope="module")
def moved(today: History) -> Movements:
    """Every movement that is part of a workflow."""
    everything = Movements.concat([year.ledger.movements for year in today.years])
    return everything.take((everything.kind != Movement.STOCKING) & (everything.kind != Movement.HARVEST))


@pytest.fixture(scope="module")
def workflows(today: History) -> Table:
    return today.table("batch_batchtransferworkflow")


@pytest.fixture(scope="module")
def actions(today: History) -> Table:
    return today.table("batch_transferaction")


def total_by(key: np.ndarray, amount: np.ndarray) -> dict[int, int]:
    """Sum of amounts by key."""
    keys, places = np.unique(key, return_inverse=True)
    total = np.zeros(keys.size, dtype=np.int64)
    np.add.at(total, places, amount)
    return dict(zip(keys.tolist(), total.tolist(), strict=True))


def test_every_movement_is_an_action(moved: Movements, actions: Table) -> None:
    assert len(moved) > 50
    assert actions["id"].tolist() == moved.movement_id.tolist()
    for column, values in {
        "source_population_before": moved.source_count,
        "transferred_count": moved.count,
        "mortality_during_transfer": moved.loss,
        "transferred_biomass_kg": biomass_cents(moved.count, moved.weight_g),
        "source_assignment_id": moved.from_assignment,
        "dest_assignment_id": moved.to_assignment,
        "actual_execution_date": moved.day,
    }.items():
        assert actions[column].tolist() == values.tolist(), column


def test_totals_of_workflows_are_sums_of_their_actions(workflows: Table, actions: Table) -> None:
    for total, part in {
        "total_source_count": "source_population_before",
        "total_transferred_count": "transferred_count",
        "total_mortality_count": "mortality_during_transfer",
        "total_biomass_kg": "transferred_biomass_kg",
    }.items():
        known = dict(zip(workflows["id"].tolist(), workflows[total].tolist(), strict=True))
        assert total_by(actions["workflow_id"], actions[part]) == known, total
    ones = total_by(actions["workflow_id"], np.ones(len(actions), dtype=np.int64))
    for count in ("total_actions_planned", "actions_completed"):
        assert dict(zip(workflows["id"].tolist(), workflows[count].tolist(), strict=True)) == ones


def test_a_workflow_is_of_one_batch_day_and_purpose(moved: Movements, actions: Table) -> None:
    purpose: dict[int, set[tuple[int, ...]]] = {}
    for workflow, *one in zip(
        actions["workflow_id"].tolist(),
        *(getattr(moved, name).tolist() for name in ("day", "batch_id", "kind", "from_stage", "to_stage")),
        strict=True,
    ):
        purpose.setdefault(workflow, set()).add(tuple(one))
    assert all(len(found) == 1 for found in purpose.values())
    assert len({next(iter(found)) for found in purpose.values()}) == len(purpose)


def test_workflows_and_actions_are_numbered_from_one(workflows: Table, actions: Table) -> None:
    numbers: dict[str, list[int]] = {}
    for text in workflows["workflow_number"]:
        kind, year, number = text.split("-")
        assert kind == "TRF"
        numbers.setdefault(year, []).append(int(number))
    assert len(numbers) == 10
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    of_workflow: dict[int, list[int]] = {}
    for workflow, number in zip(actions["workflow_id"].tolist(), actions["action_number"].tolist(), strict=True):
        of_workflow.setdefault(workflow, []).append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in of_workflow.values())
    assert max(map(len, of_workflow.values())) > 1


def test_only_fish_that_go_to_sea_change_companies(today: History, workflows: Table, actions: Table) -> None:
    hall = today.years[0].infrastructure.containers.hall
    moved = {one: hall_of for year in today.years for one, hall_of in _halls(year.ledger.movements, hall)}
    between = dict(zip(workflows["id"].tolist(), workflows["is_intercompany"].tolist(), strict=True))
    seen = set()
    for workflow, action in zip(actions["workflow_id"].tolist(), actions["id"].tolist(), strict=True):
        assert bool(between[workflow]) == moved[action]
        seen.add(moved[action])
    assert seen == {True, False}
    given = workflows["is_intercompany"].astype(bool)
    assert set(workflows["source_subsidiary"][given]) == {"FRESHWATER"}
    assert set(workflows["dest_subsidiary"][given]) == {"FARMING"}
    assert set(workflows["source_subsidiary"][~given]) == set(workflows["dest_subsidiary"][~given]) == {None}


def _halls(moved: Movements, hall: np.ndarray) -> list[tuple[int, bool]]:
    to_sea = (hall[moved.from_container] >= 0) & (hall[moved.to_container] < 0)
    return list(zip(moved.movement_id.tolist(), to_sea.tolist(), strict=True))


def test_weighed_fish_are_a_sample_of_those_that_are_moved(moved: Movements, actions: Table) -> None:
    size, mean = actions["measured_sample_size"], actions["measured_avg_weight_g"] / 100
    weighed = size > 0
    assert weighed.sum() > 30
    assert not weighed[moved.kind != Movement.STAGE_TRANSFER].any()
    assert (size[weighed] <= moved.count[weighed]).all()
    error = mean[weighed] / moved.weight_g[weighed] - 1
    deviation = actions["measured_std_dev_weight_g"][weighed] / 100
    expected = deviation / moved.weight_g[weighed] / np.sqrt(size[weighed])
    assert (np.abs(error) < 6 * expected).all()
    assert (error != 0).any()


def test_stage_transfers_have_their_water(moved: Movements, actions: Table, today: History) -> None:
    water = today.table("environmental_stagetransitionenvironmental")
    into = moved.kind == Movement.STAGE_TRANSFER
    assert water["id"].tolist() == moved.movement_id[into].tolist()
    assert water["batch_transfer_workflow_id"].tolist() == actions["workflow_id"][into].tolist()


def test_deaths_of_both_tables_are_all_fish_lost_by_each_stay(today: History) -> None:
    expected: dict[int, int] = {}
    for year in today.years:
        fish = year.ledger.container_days
        lost = deaths_by_cause(fish).sum(axis=1) + fish.transfer_loss
        for stay, count in total_by(fish.assignment_id, lost).items():
            expected[stay] = expected.get(stay, 0) + count
    waiting = today.years[-1].ledger.assignments
    for stay, count in total_by(waiting.assignment_id, waiting.uncollected).items():
        expected[stay] = expected.get(stay, 0) - count
    expected = {stay: count for stay, count in expected.items() if count}
    for table in ("batch_mortalityevent", "health_mortalityrecord"):
        rows = today.table(table)
        assert total_by(rows["assignment_id"], rows["count"]) == expected


def test_deaths_in_transfers_are_deaths_by_handling(today: History, actions: Table) -> None:
    deaths = today.table("batch_mortalityevent")
    handled = deaths["cause"] == Cause.HANDLING.name
    by_stay_and_day = {
        (stay, day): count
        for stay, day, count in zip(
            *(deaths[name][handled].tolist() for name in ("assignment_id", "event_date", "count")), strict=True
        )
    }
    lost = actions["mortality_during_transfer"]
    for stay, day, count in zip(
        *(actions[name][lost > 0].tolist() for name in ("source_assignment_id", "actual_execution_date")),
        lost[lost > 0].tolist(),
        strict=True,
    ):
        assert by_stay_and_day[stay, day] >= count
    assert (lost > 0).sum() > 10


def test_a_batch_is_its_living_dead_moved_and_harvested_fish(today: History) -> None:
    """Eggs, or fish put into a mixed batch, are those that live, all deaths of the tables, those that were mixed into
    another batch, and the harvest of the ledger."""
    stays, deaths = today.table("batch_batchcontainerassignment"), today.table("batch_mortalityevent")
    parts = today.table("batch_batchcomposition")
    living = total_by(stays["batch_id"], stays["population_count"])
    dead = total_by(deaths["batch_id"], deaths["count"])
    came, given = (total_by(parts[name], parts["population_count"]) for name in ("mixed_batch_id", "source_batch_id"))
    everything = Movements.concat([year.ledger.movements for year in today.years])
    harvest = everything.take(everything.kind == Movement.HARVEST)
    taken = total_by(narrowed(harvest.batch_id), harvest.count)
    frames = [year.ledger.batches for year in today.years]
    began = {
        int(narrowed(one)): came[int(narrowed(one))] if mixed else eggs
        for frame in frames
        for one, eggs, mixed in zip(frame.batch_id.tolist(), frame.eggs.tolist(), frame.mixed.tolist(), strict=True)
    }
    assert len(began) >= 8
    assert set(began) == set(today.table("batch_batch")["id"].tolist())
    for batch, fish in began.items():
        assert fish == sum(part.get(batch, 0) for part in (living, dead, given, taken)), batch
