"""The laws of the farm, as functions that assert them of a history."""

import numpy as np

from aquamind_assets.farm.sites.layout import Layout
from aquamind_assets.ledger.codes import Movement, TreatmentReason
from aquamind_assets.ledger.model import Compositions, Movements, Treatments
from aquamind_assets_tests.farm.simulated import History, deaths


def fish_close(past: History) -> None:
    """Law 1: per container-day, from day to day, and over each batch's life, to the fish."""
    days = past.container_days
    dead = deaths(days)
    np.testing.assert_array_equal(
        days.opening + days.moved_in - days.moved_out - days.transfer_loss - dead - days.harvested, days.closing
    )
    assert np.all(days.closing >= 0)
    order = np.lexsort((days.day, days.assignment_id))
    same = days.assignment_id[order][1:] == days.assignment_id[order][:-1]
    np.testing.assert_array_equal(days.day[order][1:][same], days.day[order][:-1][same] + 1)
    np.testing.assert_array_equal(days.opening[order][1:][same], days.closing[order][:-1][same])
    assert np.all(days.opening[order][1:][~same] == 0)
    last = past.ledgers[-1].through
    batches = {
        identity: int(eggs)
        for ledger in past.ledgers
        for identity, eggs in zip(ledger.batches.batch_id, ledger.batches.eggs, strict=True)
    }
    parts = Compositions.concat([ledger.compositions for ledger in past.ledgers])
    for identity, eggs in batches.items():
        mine = days.batch_id == identity
        living = days.closing[mine & (days.day == last)].sum()
        came = eggs + parts.count[parts.mixed_batch == identity].sum()
        went = days.harvested[mine].sum() + parts.count[parts.source_batch == identity].sum()
        assert came == living + dead[mine].sum() + days.transfer_loss[mine].sum() + went


def movements_tell_the_same(past: History) -> None:
    """Law 1: movements add up to the container-days' columns, and assignments to the closings."""
    days = past.container_days
    moves = Movements.concat([ledger.movements for ledger in past.ledgers])
    moved = moves.kind != Movement.STOCKING
    harvested = moves.kind == Movement.HARVEST
    assert moves.count[harvested].sum() == days.harvested.sum()
    assert moves.loss.sum() == days.transfer_loss.sum()
    assert moves.count[moved & ~harvested].sum() == days.moved_out.sum()
    assert moves.count[~harvested].sum() == days.moved_in.sum()
    assert np.all(moves.count[moved] + moves.loss[moved] <= moves.source_count[moved])
    mixed = moves.take(moves.kind == Movement.MIXING)
    parts = Compositions.concat([ledger.compositions for ledger in past.ledgers])
    for name, column in (("day", "day"), ("batch_id", "source_batch"), ("count", "count"), ("weight_g", "weight_g")):
        np.testing.assert_array_equal(getattr(mixed, name), getattr(parts, column))
    final = past.ledgers[-1]
    closing = days.take(days.day == final.through)
    assignments = final.assignments
    at = np.searchsorted(assignments.assignment_id, closing.assignment_id)
    np.testing.assert_array_equal(assignments.population[at], closing.closing)
    assert np.all(assignments.population[assignments.end_day >= 0] == 0)


def feed_closes(past: History) -> None:
    """Law 2: deliveries - feed = stock >= 0 on every day, lots add up to the stock."""
    silos = len(past.infrastructure.feed_containers)
    for ledger, state in zip(past.ledgers, past.states, strict=True):
        days, bought = ledger.container_days, ledger.deliveries
        first = int(np.datetime64(f"{ledger.year}-01-01", "D").astype(int))
        length = ledger.through - first + 1
        change = np.zeros((silos, length), dtype=np.int64)
        came = (bought.delivery_day >= first) & (bought.delivery_day <= ledger.through)
        np.add.at(change, (bought.feed_container[came], bought.delivery_day[came] - first), bought.quantity_g[came])
        fed = days.feed_container >= 0
        assert np.all(days.feed_g[~fed] == 0)
        np.subtract.at(change, (days.feed_container[fed], days.day[fed] - first), days.feed_g[fed])
        stock = ledger.feed_stores.opening_g[:, None] + np.cumsum(change, axis=1)
        assert stock.min() >= 0
        np.testing.assert_array_equal(stock[:, -1], ledger.feed_stores.closing_g)
        lots = np.zeros(silos, dtype=np.int64)
        np.add.at(lots, state.lots.feed_container, state.lots.remaining_g)
        np.testing.assert_array_equal(lots, ledger.feed_stores.closing_g)
        assert np.all(days.feed_g % 10 == 0)
        assert np.all(bought.quantity_g % 1000 == 0)


def space_holds(past: History) -> None:
    """Law 3: one batch at a time, grace days empty between two, capacity, density and size of fish on every day."""
    layout = Layout.of(past.scenario, past.infrastructure)
    days = past.container_days
    assert np.unique(days.day.astype(np.int64) * 10**6 + days.container).size == len(days)
    order = np.lexsort((days.day, days.container))
    container, day, batch = days.container[order], days.day[order], days.batch_id[order]
    changed = (container[1:] == container[:-1]) & (days.assignment_id[order][1:] != days.assignment_id[order][:-1])
    empty = day[1:][changed] - day[:-1][changed] - 1
    assert np.all(empty >= layout.grace[container[1:][changed]])
    assert not np.any((container[1:] == container[:-1]) & (batch[1:] != batch[:-1]) & ~changed)
    assert np.all(days.closing <= layout.capacity[days.container])
    density = days.closing * days.weight_g / 1000.0 / layout.volume[days.container]
    assert np.all(density <= layout.density_limit(days.container, days.weight_g) * (1 + 1e-9))
    assert np.all(
        density * layout.volume[days.container] <= past.infrastructure.containers.max_biomass_kg[days.container]
    )
    assert np.all((days.weight_g <= layout.max_weight[days.container] * (1 + 1e-9)) | (days.closing == 0))
    assert np.all(layout.lives[days.container, days.stage])
    assert np.all(days.day >= layout.commissioned[days.container])


def medicine_is_ruled(past: History) -> None:
    """Law 6: lice treatment above the threshold of the last count and 14 days after the last; no harvest inside
    withholding; one vaccination."""
    rules = past.scenario.health.lice
    treatments = Treatments.concat(
        [ledger.treatments.take(_begun(ledger.treatments.day, ledger.year)) for ledger in past.ledgers]
    )
    counts = {
        (container, day): females / fish
        for ledger in past.ledgers
        for container, day, females, fish in zip(
            ledger.lice_counts.container,
            ledger.lice_counts.day,
            ledger.lice_counts.adult_female,
            ledger.lice_counts.fish_sampled,
            strict=True,
        )
    }
    lice = treatments.take(treatments.reason == TreatmentReason.LICE)
    for container, day in zip(lice.container, lice.day, strict=True):
        last = max(when for where, when in counts if where == container and when < day)
        assert counts[(container, last)] > rules.threshold
        others = lice.day[(lice.container == container) & (lice.day < day)]
        assert np.all(day - others >= rules.min_days_between_treatments)
    harvests = Movements.concat([ledger.movements for ledger in past.ledgers])
    harvests = harvests.take(harvests.kind == Movement.HARVEST)
    for assignment, day, withheld in zip(
        treatments.assignment_id, treatments.day, treatments.withholding_days, strict=True
    ):
        inside = (harvests.from_assignment == assignment) & (harvests.day >= day) & (harvests.day <= day + withheld)
        assert withheld == 0 or not inside.any()
    vaccinated = treatments.batch_id[treatments.reason == TreatmentReason.VACCINATION]
    assert np.unique(vaccinated).size == vaccinated.size


def _begun(day: np.ndarray, year: int) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970 == year


def all_laws(past: History) -> None:
    """Everything above."""
    fish_close(past)
    movements_tell_the_same(past)
    feed_closes(past)
    space_holds(past)
    medicine_is_ruled(past)
