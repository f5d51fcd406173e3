"""Batches, transfers, deaths and growth samples agree, exact to the fish."""

import numpy as np
import pytest

from aquamind_assets.farm.collection import MOST_DAYS
from aquamind_assets.ledger.codes import EventKind, Movement
from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.batch.compositions import percentages
from aquamind_assets.records.batch.growth_samples import condition_factor_units
from aquamind_assets.records.batch.transfers import HARVEST_NOTE
from aquamind_assets.records.environmental.readings import environmental_readings
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.master_ids import stage_id
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, year_days
from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.release_2025_08 import RECORDERS


def total_by(key: np.ndarray, amount: np.ndarray) -> dict[int, int]:
    """Sum of amounts by key."""
    found: dict[int, int] = {}
    for one, value in zip(key.tolist(), amount.tolist(), strict=True):
        found[one] = found.get(one, 0) + value
    return found


class Written:
    """The rows of the whole history: living tables as the last year wrote them."""

    def __init__(self, history: list[YearInputs]) -> None:
        events = [
            block
            for year in history
            for name in ("transfers", "mortality", "growth_samples")
            for block in rows_of(RECORDERS[name], year)
        ]
        self.transfers, self.deaths, self.records = (
            Table(name, events) for name in ("batch_batchtransfer", "batch_mortalityevent", "health_mortalityrecord")
        )
        self.samples = Table("batch_growthsample", events)
        self.water = Table("environmental_stagetransitionenvironmental", events)
        living = [block for year in history for block in rows_of(RECORDERS["batches"], year)]
        self.batches = latest("batch_batch", living)
        self.compositions = latest("batch_batchcomposition", living)
        self.stays = latest("batch_batchcontainerassignment", living)
        self.changes = Table("batch_historicalbatch", living)


def latest(name: str, blocks: list) -> Table:
    """One row for each id."""
    seen: set[int] = set()
    kept = []
    for block in reversed([block for block in blocks if block.table == name]):
        new = np.array([one not in seen for one in block.ids.tolist()], dtype=bool)
        seen.update(block.ids.tolist())
        kept.append(block.take(new))
    return Table(name, kept)


@pytest.fixture(scope="module")
def written(history: list[YearInputs]) -> Written:
    return Written(history)


def test_fish_balance_of_every_batch(history: list[YearInputs], written: Written) -> None:
    eggs = {
        one: count
        for year in history
        for one, count in zip(year.lives.batches.batch_id.tolist(), year.lives.batches.eggs.tolist(), strict=True)
    }
    stays, transfers = written.stays, written.transfers
    living = total_by(stays["batch_id"], stays["population_count"])
    dead = total_by(written.deaths["batch_id"], written.deaths["count"])
    lost = total_by(transfers["source_batch_id"], transfers["mortality_count"])
    harvested = np.array([note.startswith(HARVEST_NOTE) for note in transfers["notes"]])
    taken = total_by(transfers["source_batch_id"][harvested], transfers["transferred_count"][harvested])
    assert sum(taken.values()) > 0
    parts = written.compositions
    came, given = (total_by(parts[name], parts["population_count"]) for name in ("mixed_batch_id", "source_batch_id"))
    assert sum(given.values()) > 0
    for batch, count in eggs.items():
        left = dead.get(batch, 0) + lost.get(batch, 0) + taken.get(batch, 0) + given.get(batch, 0)
        assert count + came.get(batch, 0) == living.get(batch, 0) + left, batch


def test_compositions_are_the_movements_into_mixed_batches(written: Written) -> None:
    parts, batches, transfers, stays = written.compositions, written.batches, written.transfers, written.stays
    mixing = transfers["transfer_type"] == "MIXED_TRANSFER"
    moved = set(
        zip(
            *(
                transfers[name][mixing].tolist()
                for name in ("destination_batch_id", "source_batch_id", "transferred_count", "transferred_biomass_kg")
            ),
            strict=True,
        )
    )
    names = ("mixed_batch_id", "source_batch_id", "population_count", "biomass_kg")
    assert moved == set(zip(*(parts[name].tolist() for name in names), strict=True))
    assert set(total_by(parts["mixed_batch_id"], parts["percentage"]).values()) == {10_000}
    assert (parts["biomass_kg"] > 0).all()
    assert set(parts["mixed_batch_id"].tolist()) == set(batches["id"][batches["batch_type"] == "MIXED"].tolist())
    batch_of = dict(zip(stays["id"].tolist(), stays["batch_id"].tolist(), strict=True))
    for stay, batch in zip(
        transfers["destination_assignment_id"].tolist(), transfers["destination_batch_id"].tolist(), strict=True
    ):
        assert batch == batch_of.get(stay, -1)


def test_percentages_of_a_mixed_batch_add_up_to_a_hundred() -> None:
    assert percentages(np.array([1, 1, 1, 2, 2]), np.array([1, 1, 1, 5, 3])).tolist() == [3333, 3334, 3333, 6250, 3750]


def test_both_records_of_mortality_count_the_same_deaths(written: Written) -> None:
    events, records = written.deaths, written.records
    by_event = total_by(events["batch_id"] * 100_000 + events["event_date"], events["count"])
    by_record = total_by(
        records["batch_id"] * 100_000 + records["event_date"] // MICROSECONDS_PER_DAY, records["count"]
    )
    assert by_event == by_record


def test_one_death_row_for_each_batch_day_and_cause(written: Written) -> None:
    keys = set(
        zip(
            written.deaths["batch_id"].tolist(),
            written.deaths["event_date"].tolist(),
            written.deaths["cause"].tolist(),
            strict=True,
        )
    )
    assert len(keys) == len(written.deaths)
    assert (written.deaths["count"] > 0).all()


def test_stays_are_open_or_empty(written: Written) -> None:
    stays = written.stays
    active = stays["is_active"] == 1
    assert (active == (stays["departure_date"] == -1)).all()
    assert (stays["population_count"][~active] == 0).all()
    assert (stays["population_count"][active] > 0).all()
    assert (stays["departure_date"][~active] >= stays["assignment_date"][~active]).all()
    pairs = list(zip(stays["batch_id"][active].tolist(), stays["container_id"][active].tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)


def test_a_container_holds_one_batch_at_a_time(written: Written) -> None:
    stays = written.stays
    order = np.lexsort([stays["assignment_date"], stays["container_id"]])
    container, start, end = (stays[name][order] for name in ("container_id", "assignment_date", "departure_date"))
    same = container[1:] == container[:-1]
    assert (end[:-1][same] >= 0).all()
    assert (start[1:][same] > end[:-1][same]).all()


def test_biomass_is_population_times_stored_weight(written: Written) -> None:
    stays = written.stays
    for population, weight, biomass in zip(
        stays["population_count"].tolist(), stays["avg_weight_g"].tolist(), stays["biomass_kg"].tolist(), strict=True
    ):
        exact = population * weight / 1000
        assert abs(biomass - exact) <= 0.5 + 1e-6 * exact
        assert biomass == round(exact) or abs(exact % 1 - 0.5) < 1e-6


def test_biomass_rounds_halves_to_even() -> None:
    assert biomass_cents(np.array([5, 15, 25, 0]), np.array([1.0, 1.0, 1.0, 7.0])).tolist() == [0, 2, 2, 0]


def test_transfers_have_the_columns_of_their_type(written: Written) -> None:
    transfers = written.transfers
    kind, target, stage = (
        transfers["transfer_type"],
        transfers["destination_assignment_id"],
        transfers["destination_lifecycle_stage_id"],
    )
    assert set(kind) == {"LIFECYCLE", "CONTAINER", "MIXED_TRANSFER"}
    assert (stage[kind == "LIFECYCLE"] > 0).all()
    assert (target[kind == "CONTAINER"] > 0).all()
    assert (transfers["destination_batch_id"] == transfers["source_batch_id"])[
        (kind != "MIXED_TRANSFER") & (target > 0)
    ].all()
    assert (transfers["transferred_count"] + transfers["mortality_count"] <= transfers["source_count"]).all()
    assert (transfers["transferred_biomass_kg"] <= transfers["source_biomass_kg"]).all()
    harvest = np.array([note.startswith(HARVEST_NOTE) for note in transfers["notes"]])
    assert (harvest == (target == -1)).all()


def test_transfers_lie_inside_the_stays_they_join(written: Written) -> None:
    stays = written.stays
    dates = {
        one: (first, last)
        for one, first, last in zip(
            stays["id"].tolist(), stays["assignment_date"].tolist(), stays["departure_date"].tolist(), strict=True
        )
    }
    for day, source, target in zip(
        written.transfers["transfer_date"].tolist(),
        written.transfers["source_assignment_id"].tolist(),
        written.transfers["destination_assignment_id"].tolist(),
        strict=True,
    ):
        first, last = dates[source]
        assert first <= day
        assert last == -1 or day <= last
        assert target == -1 or dates[target][0] <= day


def test_stage_transfers_have_their_water(history: list[YearInputs], written: Written) -> None:
    moved = sum(int((year.ledger.movements.kind == Movement.STAGE_TRANSFER).sum()) for year in history)
    assert len(written.water) == moved > 0
    assert set(written.water["batch_transfer_id"].tolist()) <= set(written.transfers["id"].tolist())
    assert 300 < written.water["oxygen"].min() <= written.water["oxygen"].max() < 1700
    assert -100 < written.water["temperature"].min() <= written.water["temperature"].max() < 2000


def test_a_batch_has_a_history_of_every_stage_it_lived_through(history: list[YearInputs], written: Written) -> None:
    changes, batches = written.changes, written.batches
    order = np.lexsort([changes["history_id"], changes["history_date"], changes["id"]])
    column = {
        name: changes[name][order] for name in ("id", "history_type", "lifecycle_stage_id", "status", "actual_end_date")
    }
    stage = dict(zip(batches["id"].tolist(), batches["lifecycle_stage_id"].tolist(), strict=True))
    status = dict(zip(batches["id"].tolist(), batches["status"].tolist(), strict=True))
    first_stage, grown = stage_id(history[0].scenario, np.array([0, 5]))
    mixed = set(batches["id"][batches["batch_type"] == "MIXED"].tolist())
    for batch in stage:
        mine = np.flatnonzero(column["id"] == batch)
        assert column["history_type"][mine].tolist() == ["+"] + ["~"] * (mine.size - 1)
        assert column["lifecycle_stage_id"][mine[0]] == (grown if batch in mixed else first_stage)
        assert (np.diff(column["lifecycle_stage_id"][mine]) >= 0).all()
        assert column["lifecycle_stage_id"][mine[-1]] == stage[batch]
        assert column["status"][mine[-1]] == status[batch]
        assert (status[batch] == "ACTIVE") == (column["actual_end_date"][mine[-1]] == -1)


def test_samples_are_of_present_fish(history: list[YearInputs], written: Written) -> None:
    samples, year = written.samples, history[4]
    fish = year.ledger.container_days
    there = {
        (one, day): count
        for one, day, count in zip(fish.assignment_id.tolist(), fish.day.tolist(), fish.closing.tolist(), strict=True)
    }
    mine = [row for row, day in enumerate(samples["sample_date"].tolist()) if day in year_days(year.year)]
    size, stay, day = (samples[name] for name in ("sample_size", "assignment_id", "sample_date"))
    assert mine
    for row in mine:
        assert 1 <= size[row] <= there[int(stay[row]), int(day[row])]
    plan = year.scenario.health.sampling.growth_sample_size
    assert size.min() >= min(plan.low, min(there.values()))
    assert size.max() <= plan.high


def test_every_fed_container_is_sampled_once_a_week(history: list[YearInputs], written: Written) -> None:
    year = history[4]
    fish = year.ledger.container_days
    fed = fish.take((fish.stage >= 1) & (fish.opening > 0) & (fish.closing > 0))
    days_there = total_by(fed.assignment_id, np.ones(len(fed), dtype=np.int64))
    in_year = (written.samples["sample_date"] >= year_days(year.year).first) & (
        written.samples["sample_date"] < year_days(year.year).end
    )
    taken = total_by(written.samples["assignment_id"][in_year], np.ones(int(in_year.sum()), dtype=np.int64))
    for stay, days in days_there.items():
        # A holiday may move a turn to the day of a departure.
        assert days // 7 - 1 <= taken.get(stay, 0) <= days // 7 + 1
    weekdays = written.samples["sample_date"][in_year] % 7
    assert np.unique(weekdays).size > 2
    assert ((written.samples["sample_date"] + 3) % 7 < 5).all()


def test_sample_statistics_are_consistent(written: Written) -> None:
    samples = written.samples
    assert (samples["min_weight_g"] <= samples["avg_weight_g"]).all()
    assert (samples["avg_weight_g"] <= samples["max_weight_g"]).all()
    assert (samples["avg_weight_g"] > 0).all()
    assert (
        samples["condition_factor"] == condition_factor_units(samples["avg_weight_g"], samples["avg_length_cm"])
    ).all()


def test_condition_factor_rounds_halves_up() -> None:
    # 100 x 10.25 g / (10 cm)^3 = 1.025
    assert condition_factor_units(np.array([1025, 1024, 1026]), np.array([1000, 1000, 1000])).tolist() == [
        103,
        102,
        103,
    ]


def test_sample_means_have_the_error_of_a_sample(history: list[YearInputs], written: Written) -> None:
    """The error of the mean, in its own standard errors, has mean 0 and sd 1; the sample's sd is the container's."""
    errors, spread = [], []
    truth = {}
    for year in history[2:]:
        fish = year.ledger.container_days
        for row in range(len(fish)):
            truth[int(fish.assignment_id[row]), int(fish.day[row])] = (fish.weight_g[row], float(fish.weight_cv[row]))
    samples = {
        name: written.samples[name]
        for name in ("assignment_id", "sample_date", "avg_weight_g", "std_deviation_weight", "sample_size")
    }
    for stay, day, mean, sd, size in zip(*(column.tolist() for column in samples.values()), strict=True):
        if (stay, day) in truth and truth[stay, day][0] > 20:
            weight, cv = truth[stay, day]
            errors.append((mean / 100 - weight) / (cv * weight / np.sqrt(size)))
            spread.append(sd / 100 / (cv * weight))
    assert len(errors) > 500
    assert abs(np.mean(errors)) < 0.12
    assert 0.9 < np.std(errors) < 1.1
    assert 0.95 < np.mean(spread) < 1.03


def test_readings_carry_a_batch_only_on_days_of_its_stay(history: list[YearInputs], written: Written) -> None:
    year = history[2]
    days = year_days(year.year)
    stays = written.stays
    covered: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for batch, container, first, last in zip(
        *(stays[name].tolist() for name in ("batch_id", "container_id", "assignment_date", "departure_date")),
        strict=True,
    ):
        covered.setdefault((batch, container), []).append((first, last if last >= 0 else days.end))
    seen: set[tuple[int, int, int]] = set()
    for block in environmental_readings(year, DayRange(days.first + 60, days.first + 150)):
        table = Table("environmental_environmentalreading", [block])
        batch, container, day = table["batch_id"], table["container_id"], table["reading_time"] // MICROSECONDS_PER_DAY
        seen |= set(zip(batch[batch > 0].tolist(), container[batch > 0].tolist(), day[batch > 0].tolist(), strict=True))
    assert seen
    for batch, container, day in seen:
        assert any(first <= day <= last for first, last in covered[batch, container])


def test_mortality_events_name_known_reasons(history: list[YearInputs], written: Written) -> None:
    texts = np.array(written.deaths["description"], dtype=str)
    cause = written.deaths["cause"]
    year_texts = {
        text for text, one in zip(texts.tolist(), cause.tolist(), strict=True) if one == "DISEASE" and ": " in text
    }
    names = {disease.name for disease in history[0].scenario.health.diseases}
    assert year_texts
    assert all(any(name in text for name in names) for text in year_texts)
    predation = [
        text for text, one in zip(texts.tolist(), cause.tolist(), strict=True) if one == "PREDATION" and ": " in text
    ]
    assert all(text.endswith(": attack by predators.") for text in predation)
    # The dead of a storm are recorded when they are collected.
    storms = {
        (day + waited, batch)
        for waited in range(MOST_DAYS + 1)
        for year in history
        for day, batch, kind in zip(
            *(getattr(year.ledger.events, name).tolist() for name in ("day", "batch_id", "kind")), strict=True
        )
        if kind == EventKind.STORM
    }
    named = {
        (day, batch)
        for day, batch, text in zip(
            written.deaths["event_date"].tolist(), written.deaths["batch_id"].tolist(), texts.tolist(), strict=True
        )
        if "storm" in text
    }
    assert named <= storms
