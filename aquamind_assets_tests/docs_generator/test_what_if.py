"""Twins of one seed differ only where the cause has an effect, in the ledger and in the rows, and the document has
their outcomes."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest

from aquamind_assets.docs_generator import markdown, what_if
from aquamind_assets.docs_generator.farms import SimulatedYears, simulate
from aquamind_assets.docs_generator.twins import NEVER, first_differences, outcome
from aquamind_assets.farm.moves.harvest import FASTING_DAYS
from aquamind_assets.ledger.codes import Cause, Movement, Stage, TreatmentReason
from aquamind_assets.ledger.lives import Lives
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.timeline import DayRange, to_date, year_days
from aquamind_assets_tests.docs_generator.conftest import DOCS, UPDATE
from aquamind_assets_tests.records.decades import as_frame
from aquamind_assets_tests.records.histories import Simulated, inputs_of, rows_of
from aquamind_assets_tests.release_2025_08 import RECORDERS

pytestmark = pytest.mark.slow

DOCUMENT = (DOCS / "what-if.md").read_text("utf-8")
WARMER, LARGER = (cause for cause in what_if.CAUSES if cause not in (what_if.AS_IT_IS, what_if.NO_DELOUSING))


@pytest.fixture(scope="module")
def base(farms: dict[str, SimulatedYears]) -> SimulatedYears:
    return farms[what_if.AS_IT_IS]


@pytest.fixture(scope="module")
def untreated(farms: dict[str, SimulatedYears]) -> SimulatedYears:
    return farms[what_if.NO_DELOUSING]


def at_sea(history: SimulatedYears) -> np.ndarray:
    return history.infrastructure.containers.area >= 0


def test_the_document_is_up_to_date(farms: dict[str, SimulatedYears]) -> None:
    assert what_if.behaviours(farms) in DOCUMENT, UPDATE


def test_the_document_has_places_for_its_parts_and_its_picture(farms: dict[str, SimulatedYears]) -> None:
    parts = what_if.parts(farms)
    assert markdown.with_parts(DOCUMENT, parts).count("| ---") == DOCUMENT.count("| ---")
    assert (DOCS / "images" / "what-if.png").read_bytes().startswith(b"\x89PNG")
    assert what_if.picture(farms).startswith(b"\x89PNG")


def test_without_delousing_there_is_none_and_more_lice(base: SimulatedYears, untreated: SimulatedYears) -> None:
    assert outcome(untreated).delousings == 0 < outcome(base).delousings
    assert outcome(untreated).adult_females > 2 * outcome(base).adult_females
    reasons = set(untreated.treatments.reason.tolist())
    assert TreatmentReason.VACCINATION in reasons
    assert TreatmentReason.LICE not in reasons


def test_lice_change_nothing_in_freshwater(base: SimulatedYears, untreated: SimulatedYears) -> None:
    assert (first_differences(base, untreated)[~at_sea(base)] == NEVER).all()


def test_no_area_differs_before_its_fish_would_have_fasted_for_a_delousing(
    base: SimulatedYears, untreated: SimulatedYears
) -> None:
    """A cause reaches an area with its own first treatment, with fish from an area that it has reached before, or by
    the plant, which takes the fish of a geography's areas in turn: with the fasting for a harvest, once another of them
    was reached. Harvests soon after the end are not known here."""
    area, first = base.infrastructure.containers.area, first_differences(base, untreated)
    own = decided(base)
    reached = dict(own)
    for history in (base, untreated):
        moves = history.movements
        for row in np.flatnonzero((moves.from_container >= 0) & (moves.to_container >= 0)):
            source, goal = int(area[moves.from_container[row]]), int(area[moves.to_container[row]])
            if min(source, goal) >= 0 and moves.day[row] > reached.get(source, NEVER):
                reached[goal] = min(reached.get(goal, NEVER), int(moves.day[row]))
    geography = base.infrastructure.areas.geography
    for history in (base, untreated):
        for day, cage in zip(*fasting_for_harvests(history), strict=True):
            here = int(area[cage])
            others = [first for one, first in reached.items() if one != here and geography[one] == geography[here]]
            if min(others, default=NEVER) < day:
                reached[here] = min(reached.get(here, NEVER), day)
    assert own
    known = int(base.container_days.day.max()) - FASTING_DAYS
    for one in range(len(base.infrastructure.areas)):
        differs = int(first[area == one].min())
        assert differs >= reached.get(one, NEVER) or differs > known, (
            f"area {one} differs from {to_date(first[area == one].min())} on"
        )


def fasting_for_harvests(history: SimulatedYears) -> tuple[list[int], list[int]]:
    """Return the days on which cages first fast for their harvests, ascending, and the cages."""
    taken = history.movements.take(history.movements.kind == Movement.HARVEST)
    order = np.argsort(taken.day, kind="stable")
    return (taken.day[order] - FASTING_DAYS).tolist(), taken.from_container[order].tolist()


def decided(history: SimulatedYears) -> dict[int, int]:
    """Return the day on which fish first fast for a treatment against lice, by area."""
    given = history.treatments.take(history.treatments.reason == TreatmentReason.LICE)
    fasting = np.array([one.fasting_days for one in history.scenario.health.treatments])
    days: dict[int, int] = {}
    for day, container, method in zip(given.day, given.container, given.method, strict=True):
        area = int(history.infrastructure.containers.area[container])
        days[area] = min(days.get(area, NEVER), int(day) - int(fasting[method]))
    return days


def test_a_treated_cage_differs_from_its_treatment_on(base: SimulatedYears, untreated: SimulatedYears) -> None:
    given = base.treatments.take(base.treatments.reason == TreatmentReason.LICE)
    first = first_differences(base, untreated)
    for container in np.unique(given.container):
        assert first[container] <= given.day[given.container == container].min()


def test_warming_warms_the_water_and_leaves_the_weather_alone(
    farms: dict[str, SimulatedYears], base: SimulatedYears
) -> None:
    for cold, warm in zip(base.climates, farms[WARMER].climates, strict=True):
        np.testing.assert_allclose(warm.temperature - cold.temperature, 1.5, atol=1e-4)
        np.testing.assert_allclose(warm.air_temperature - cold.air_temperature, 1.5, atol=1e-4)
        for name in set(cold.names()) - {"temperature", "air_temperature"}:
            np.testing.assert_array_equal(getattr(warm, name), getattr(cold, name), err_msg=name)


def test_warm_fish_grow_faster_and_are_the_same_batches(farms: dict[str, SimulatedYears], base: SimulatedYears) -> None:
    ours, warm = born(base), born(farms[WARMER])
    assert warm[0].size >= ours[0].size
    for one, other in zip(ours, warm, strict=True):
        np.testing.assert_array_equal(one, other[: one.size])
    assert first_day_at_sea(farms[WARMER]) < first_day_at_sea(base)


def born(history: SimulatedYears) -> tuple[np.ndarray, ...]:
    """Return eggs, origin and supplier of each batch in the order of their starts: the properties drawn for each
    batch."""
    started = [
        ledger.batches.take(ledger.batches.start_day >= year_days(ledger.year).first) for ledger in history.ledgers
    ]
    return tuple(
        np.concatenate([getattr(batches, name) for batches in started])
        for name in ("eggs", "external_eggs", "egg_supplier")
    )


def first_day_at_sea(history: SimulatedYears) -> int:
    moves = history.movements
    return int(moves.day[(moves.kind == Movement.STAGE_TRANSFER) & (moves.to_stage == Stage.POST_SMOLT)].min())


def test_larger_smolts_are_the_same_fish_until_they_would_have_gone_to_sea(
    farms: dict[str, SimulatedYears], base: SimulatedYears
) -> None:
    larger, eve = farms[LARGER], first_day_at_sea(base) - 2
    batch = base.ledgers[0].batches.batch_id[0]
    ours, theirs = (lived(history, batch, eve) for history in (base, larger))
    assert len(ours) > 300
    for name in ours.names():
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
    assert first_day_at_sea(larger) > first_day_at_sea(base)
    assert smolt_weight(larger, batch) == pytest.approx(1.5 * smolt_weight(base, batch), rel=0.05)


def smolt_weight(history: SimulatedYears, batch: int) -> float:
    """Mean weight (g) at which a batch went to sea."""
    moves = history.movements
    went = (moves.batch_id == batch) & (moves.kind == Movement.STAGE_TRANSFER) & (moves.to_stage == Stage.POST_SMOLT)
    return float(np.average(moves.weight_g[went], weights=moves.count[went]))


def lived(history: SimulatedYears, batch: int, until: int) -> ContainerDays:
    fish = history.container_days
    return fish.take((fish.batch_id == batch) & (fish.day < until))


def test_faults_of_sensors_leave_the_farm_alone() -> None:
    faulty = load_scenario("tiny", ["water.imperfections.gap_share=0.1", "water.imperfections.drift_per_month=1"])
    assert faulty.farm_fingerprint() == load_scenario("tiny").farm_fingerprint()
    assert faulty.fingerprint() != load_scenario("tiny").fingerprint()


def test_rows_of_containers_without_effect_are_the_same(base: SimulatedYears, untreated: SimulatedYears) -> None:
    """Only ids differ: an id depends on other events of its day."""
    unreached = first_differences(base, untreated) == NEVER
    ours, theirs = (contents(inputs(history)[-1], unreached) for history in (base, untreated))
    assert {
        "batch_growthsample",
        "health_mortalityrecord",
        "inventory_feedingevent",
        "health_healthlabsample",
        "health_journalentry",
    } <= ours.keys()
    for table, rows in ours.items():
        assert len(rows) > 0
        assert rows == theirs[table], table


def inputs(history: SimulatedYears) -> list[YearInputs]:
    return inputs_of(Simulated(history.scenario, history.infrastructure, list(history.climates), list(history.ledgers)))


def contents(
    year: YearInputs, containers: np.ndarray, assets: Collection[str] = RECORDERS.keys() - {"environmental_readings"}
) -> dict[str, list[str]]:
    """Return the rows of a year about these containers, sorted, without ids and columns derived from them."""
    ids = year.infrastructure.containers.container_id[containers]
    stays = dict(
        zip(
            year.lives.assignments.assignment_id.tolist(),
            year.infrastructure.containers.container_id[year.lives.assignments.container],
            strict=True,
        )
    )
    found = {}
    for recorder in recorders_in_order(RECORDERS):
        if recorder.asset in assets:
            for block in rows_of(recorder, year):
                rows = as_frame(block)
                stay = next(
                    (
                        name
                        for name in ("batch_assignment_id", "assignment_id", "batch_container_assignment_id")
                        if name in rows
                    ),
                    None,
                )
                if "container_id" not in rows and stay is None:
                    continue
                place = rows["container_id"] if "container_id" in rows else rows[stay].map(stays)
                named = [
                    name
                    for name in rows
                    if name in ("id", "history_id", "lab_reference_id", "entry_date", "created_at", "updated_at")
                    or name == stay
                ]
                found.setdefault(block.table, []).extend(
                    [repr(row) for row in rows[place.isin(ids)].drop(columns=named).itertuples(index=False)]
                )
    return {table: sorted(rows) for table, rows in found.items() if rows}


def test_readings_of_unreached_water_are_the_same(base: SimulatedYears, untreated: SimulatedYears) -> None:
    """A cage's oxygen depends on its fish; every other value is the same to the last digit."""
    unreached = first_differences(base, untreated) == NEVER
    ours, theirs = (shown(inputs(history)[-1], unreached) for history in (base, untreated))
    assert ours.size > 1_000
    np.testing.assert_array_equal(ours, theirs)


def shown(year: YearInputs, containers: np.ndarray) -> np.ndarray:
    days = DayRange(year.days.first + 200, year.days.first + 203)
    rows = [as_frame(block) for block in RECORDERS["environmental_readings"].rows_of_days(year, days)]
    ids = year.infrastructure.containers.container_id[containers]
    return np.concatenate([block["value"][block["container_id"].isin(ids)].to_numpy(dtype=np.int64) for block in rows])


def test_ids_of_stays_change_no_content(base: SimulatedYears) -> None:
    """Laboratory and journal are unchanged if another stay shifts every stay's number within its day by one."""
    year = inputs(base)[-1]
    renamed = replace(
        year,
        ledger=replace(year.ledger, container_days=shifted(year.ledger.container_days)),
        lives=shifted_lives(year.lives),
    )
    every = np.ones(len(year.infrastructure.containers), dtype=bool)
    assets = ("lab_samples", "journal", "growth_samples", "health_samplings")
    ours, theirs = (contents(one, every, assets) for one in (year, renamed))
    assert ours.keys() == {
        "health_healthlabsample",
        "health_journalentry",
        "batch_growthsample",
        "health_healthsamplingevent",
    }
    assert ours == theirs


def shifted(frame):
    return type(frame)(**(frame.columns() | {"assignment_id": frame.assignment_id + (frame.assignment_id >= 0)}))


def shifted_lives(lives: Lives) -> Lives:
    return replace(
        lives,
        assignments=shifted(lives.assignments),
        treatments=shifted(lives.treatments),
        outbreaks=shifted(lives.outbreaks),
    )


def test_identical_scenarios_do_not_differ(base: SimulatedYears) -> None:
    again = simulate(what_if.PRESET, (), base.ledgers[0].year)
    assert (first_differences(again, replace(base, ledgers=base.ledgers[:1])) == NEVER).all()


def test_farms_with_other_containers_are_refused(base: SimulatedYears) -> None:
    with pytest.raises(ValueError, match="not twins"):
        first_differences(base, simulate("tiny", (), 2015))


def test_outcomes_add_up(base: SimulatedYears) -> None:
    came, fish, moves = outcome(base), base.container_days, base.movements
    dead = sum(
        getattr(fish, f"deaths_{cause.name.lower()}")[fish.stage >= Stage.POST_SMOLT].sum(dtype=np.int64)
        for cause in Cause
    )
    came_to_sea = int(moves.count[(moves.from_stage == Stage.SMOLT) & (moves.to_stage == Stage.POST_SMOLT)].sum())
    assert came.sea_loss_pct == pytest.approx(100 * dead / came_to_sea)
    assert came.harvested_t == pytest.approx(float((fish.harvested * fish.weight_g).sum()) / 1e6, rel=1e-6)
    assert 300 < came.days_at_sea < 900
    assert (np.diff(base.treatments.day) >= 0).all()
