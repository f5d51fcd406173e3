"""How batches begin: the eggs of the ledger, those that were dead on arrival, and where they came from."""

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import Batches, Movements
from aquamind_assets_tests.records.histories import Table
from aquamind_assets_tests.records.release_2026_03.conftest import History


def stocked(today: History) -> Movements:
    """Every stocking with eggs."""
    everything = Movements.concat([year.ledger.movements for year in today.years])
    return everything.take((everything.kind == Movement.STOCKING) & (everything.to_stage == 0))


def batches_with_eggs(today: History) -> Batches:
    """The batches that begin with eggs, once each."""
    everything = Batches.concat([year.ledger.batches for year in today.years])
    _, first = np.unique(everything.batch_id, return_index=True)
    once = everything.take(first)
    return once.take((once.station >= 0) & ~once.mixed)


def by_key(table: Table, key: str, value: str) -> dict[int, int]:
    """Sum of a column by another."""
    total: dict[int, int] = {}
    for one, amount in zip(table[key].tolist(), table[value].tolist(), strict=True):
        total[one] = total.get(one, 0) + amount
    return total


def test_every_stocking_with_eggs_is_a_delivery(today: History) -> None:
    actions, moved = today.table("batch_creationaction"), stocked(today)
    assert len(moved) > 5
    assert actions["id"].tolist() == moved.movement_id.tolist()
    assert actions["egg_count_actual"].tolist() == moved.count.tolist()
    assert actions["dest_assignment_id"].tolist() == moved.to_assignment.tolist()
    assert (actions["egg_count_planned"] - actions["mortality_on_arrival"]).tolist() == moved.count.tolist()
    dead = actions["mortality_on_arrival"]
    assert (dead > 0).any()
    assert dead.sum() < 0.01 * moved.count.sum()


def test_a_batch_has_the_eggs_that_arrived_alive(today: History) -> None:
    workflows, batches = today.table("batch_creationworkflow"), batches_with_eggs(today)
    received = dict(zip(workflows["batch_id"].tolist(), workflows["total_eggs_received"].tolist(), strict=True))
    known = dict(
        zip(today.table("batch_batch")["id"].tolist(), today.table("batch_batch")["batch_number"], strict=True)
    )
    assert {known[one]: eggs for one, eggs in received.items()} == dict(
        zip(batches.number.tolist(), batches.eggs.tolist(), strict=True)
    )


def test_eggs_that_were_ordered_are_those_of_the_productions(today: History) -> None:
    workflows, productions = today.table("batch_creationworkflow"), today.table("broodstock_eggproduction")
    parentage = today.table("broodstock_batchparentage")
    eggs = dict(zip(productions["id"].tolist(), productions["egg_count"].tolist(), strict=True))
    ordered: dict[int, int] = {}
    for batch, production in zip(parentage["batch_id"].tolist(), parentage["egg_production_id"].tolist(), strict=True):
        ordered[batch] = ordered.get(batch, 0) + eggs[production]
    assert ordered == by_key(workflows, "batch_id", "total_eggs_planned")
    assert sorted(parentage["egg_production_id"].tolist()) == sorted(eggs)


def test_own_eggs_have_parents_and_others_a_supplier(today: History) -> None:
    productions, pairs = today.table("broodstock_eggproduction"), today.table("broodstock_breedingpair")
    fish = today.table("broodstock_broodstockfish")
    own = productions["pair_id"] >= 0
    assert 0 < own.sum() < own.size
    assert sorted(productions["pair_id"][own].tolist()) == sorted(pairs["id"].tolist())
    assert pairs["progeny_count"].sum() == productions["egg_count"][own].sum()
    assert 4_000 < pairs["progeny_count"].mean() < 25_000
    assert len(today.table("broodstock_externaleggbatch")) == (~own).sum()
    parents = set(pairs["female_fish_id"].tolist()) | set(pairs["male_fish_id"].tolist())
    assert parents == set(fish["id"].tolist())
    assert not set(pairs["female_fish_id"].tolist()) & set(pairs["male_fish_id"].tolist())


def test_a_workflow_has_a_version_as_planned_and_one_as_done(today: History) -> None:
    workflows, history = today.table("batch_creationworkflow"), today.table("batch_historicalbatchcreationworkflow")
    assert len(history) == 2 * len(workflows)
    planned = np.array([kind == "+" for kind in history["history_type"]])
    assert set(np.array(history["status"])[planned]) == {"PLANNED"}
    assert set(np.array(history["status"])[~planned]) == {"COMPLETED"}
    assert not history["total_eggs_received"][planned].any()
    assert history["total_eggs_received"][~planned].tolist() == workflows["total_eggs_received"].tolist()
    assert (history["history_date"][~planned] > history["history_date"][planned]).all()
