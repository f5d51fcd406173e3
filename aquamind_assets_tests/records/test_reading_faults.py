"""Faults of sensors: their number is that of the scenario, their places are those of the ground truth, and all other
readings are those of a scenario without faults."""

from dataclasses import dataclass

import numpy as np
import pytest

from aquamind_assets.records.environmental.readings import RECEIVED_AFTER, environmental_readings
from aquamind_assets.records.environmental.sensor_faults import Fault, ReadingFaults, reading_faults
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.water import CLEAN
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets_tests.records.hand_made import ALL_PROBES, Stay, year_with

YEAR = 2018
DAYS = DayRange(year_days(YEAR).first + 20, year_days(YEAR).first + 110)
STAYS = [Stay(0, 0, None, 15.0)]
FAULTS = {
    "gap_share": 0.02,
    "stuck_per_year": 6,
    "drift_per_month": 0.5,
    "fouling_per_month": 2,
    "spike_share": 0.001,
    "late_share": 0.01,
}


@dataclass(frozen=True)
class Shown:
    """Readings as tables over (sensor, slot); ``there`` marks existing readings."""

    value: np.ndarray
    delay: np.ndarray
    there: np.ndarray


def shown(year: YearInputs, days: DayRange = DAYS) -> Shown:
    sensors, per_day = year.infrastructure.sensors, year.scenario.water.readings_per_day
    order = np.argsort(sensors.sensor_id)
    shape = (len(sensors), len(days) * per_day)
    value, delay, there = np.zeros(shape), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
    for block in environmental_readings(year, days):
        get = {name: block.columns[name].values for name in ("sensor_id", "reading_time", "created_at", "value")}
        sensor = order[np.searchsorted(sensors.sensor_id[order], get["sensor_id"])]
        slot = slot_of(year, get["reading_time"], days)
        value[sensor, slot], delay[sensor, slot], there[sensor, slot] = (
            get["value"],
            get["created_at"] - get["reading_time"],
            True,
        )
    return Shown(value, delay, there)


def slot_of(year: YearInputs, instant: np.ndarray, days: DayRange) -> np.ndarray:
    return (instant - days.instants[0]) // (24 * HOUR // year.scenario.water.readings_per_day)


def covered(year: YearInputs, truth: ReadingFaults, kind: Fault) -> np.ndarray:
    """Return which readings a kind of fault covers, shape (sensors, slots)."""
    chosen = truth.take(truth.kind == kind)
    where = np.zeros((len(year.infrastructure.sensors), len(DAYS) * year.scenario.water.readings_per_day), dtype=bool)
    for sensor, first, last in zip(
        chosen.sensor, slot_of(year, chosen.first_time, DAYS), slot_of(year, chosen.last_time, DAYS), strict=True
    ):
        where[sensor, first : last + 1] = True
    return where


def faulty(**faults: float) -> YearInputs:
    return year_with(
        load_scenario(
            "demo", [*ALL_PROBES, *(f"water.imperfections.{name}={value}" for name, value in faults.items())]
        ),
        YEAR,
        STAYS,
    )


@pytest.fixture(scope="module")
def clean() -> Shown:
    return shown(faulty())


@pytest.fixture(scope="module")
def year() -> YearInputs:
    return faulty(**FAULTS)


@pytest.fixture(scope="module")
def truth(year: YearInputs) -> ReadingFaults:
    return reading_faults(year, DAYS)


def test_a_clean_scenario_has_no_faults() -> None:
    assert len(reading_faults(faulty(), DAYS)) == 0


def test_missing_late_and_wrong_readings_are_those_of_the_truth(
    year: YearInputs, truth: ReadingFaults, clean: Shown
) -> None:
    without_drift = faulty(**(FAULTS | {"drift_per_month": 0, "fouling_per_month": 0}))
    dirty = shown(without_drift)
    gap, stuck, spike, late = (covered(year, truth, kind) for kind in (Fault.GAP, Fault.STUCK, Fault.SPIKE, Fault.LATE))
    assert (dirty.there == clean.there & ~gap).all()
    assert (dirty.delay[dirty.there] == RECEIVED_AFTER).sum() == (dirty.there & ~late).sum()
    assert (dirty.delay[dirty.there & late] > RECEIVED_AFTER).all()
    wrong = dirty.there & (dirty.value != clean.value)
    assert not (wrong & ~(stuck | spike)).any()
    # A spike may be cut off by the acceptance range, and a stuck sensor be right by chance.
    assert wrong[spike & dirty.there].mean() > 0.8
    assert wrong[stuck & dirty.there].mean() > 0.5


def test_a_stuck_sensor_repeats_itself(year: YearInputs, truth: ReadingFaults) -> None:
    dirty = shown(faulty(**(FAULTS | {"gap_share": 0, "drift_per_month": 0, "fouling_per_month": 0})))
    chosen = truth.take(truth.kind == Fault.STUCK)
    first, last = slot_of(year, chosen.first_time, DAYS), slot_of(year, chosen.last_time, DAYS)
    assert len(chosen) > 100
    for sensor, start, end in zip(chosen.sensor, first, last, strict=True):
        assert np.unique(dirty.value[sensor, start : end + 1]).size == 1
        assert (end - start + 1) * 3 <= 75


@pytest.mark.parametrize("share", [0.05, 0.6])
@pytest.mark.parametrize(
    ("name", "kind"), [("gap_share", Fault.GAP), ("spike_share", Fault.SPIKE), ("late_share", Fault.LATE)]
)
def test_shares_are_those_of_the_scenario(name: str, kind: Fault, share: float) -> None:
    alone = faulty(**{name: share})
    found = reading_faults(alone, DAYS)
    assert abs(covered(alone, found, kind).mean() - share) < 0.006


@pytest.mark.parametrize(("name", "share"), [("spike_share", 0.6), ("late_share", 1.0), ("stuck_per_year", 60)])
def test_more_faults_of_a_kind_leave_the_others_where_they_are(name: str, share: float, truth: ReadingFaults) -> None:
    changed = {"spike_share": Fault.SPIKE, "late_share": Fault.LATE, "stuck_per_year": Fault.STUCK}[name]
    # A spike in a spell of stuck values is not seen.
    kinds = set(Fault) - {changed} - ({Fault.SPIKE} if changed == Fault.STUCK else set())
    other = reading_faults(faulty(**(FAULTS | {name: share})), DAYS)
    assert (other.kind == changed).sum() > 2 * (truth.kind == changed).sum() > 0
    before, after = (frame.take(np.isin(frame.kind, list(kinds))).columns() for frame in (truth, other))
    for column, values in before.items():
        assert np.array_equal(values, after[column]), column


def test_drift_grows_at_its_true_rate_and_ends_with_a_calibration(clean: Shown) -> None:
    alone = faulty(drift_per_month=3)
    dirty, found = shown(alone), reading_faults(alone, DAYS)
    probes = alone.scenario.water.probes
    noise = np.array([probe.noise_sd for probe in probes])[alone.infrastructure.sensors.probe] * 10_000
    error = (dirty.value - clean.value) / noise[:, None]
    per_day = alone.scenario.water.readings_per_day
    checked = 0
    for row in range(len(found)):
        sensor, first, last = (
            found.sensor[row],
            *(slot_of(alone, np.array([found.first_time[row], found.last_time[row]]), DAYS)),
        )
        if last - first < 60 * per_day:
            continue
        slope = (
            np.polynomial.Polynomial.fit(
                np.arange(first, last + 1) / per_day / 30.4375, error[sensor, first : last + 1], 1
            )
            .convert()
            .coef[1]
        )
        clipped = np.isin(dirty.value[sensor, first : last + 1], [0]).any()
        if not clipped:
            assert abs(slope - found.size[row]) < 0.15 * abs(found.size[row]) + 0.1
            checked += 1
    assert checked > 50


def test_growth_makes_sensors_at_sea_wrong_until_they_are_cleaned(clean: Shown) -> None:
    alone = faulty(fouling_per_month=6)
    dirty, found = shown(alone), reading_faults(alone, DAYS)
    assert set(found.kind.tolist()) == {Fault.FOULING}
    sensors, water = alone.infrastructure.sensors, alone.scenario.water
    key = np.array([probe.parameter for probe in water.probes])[sensors.probe]
    at_sea = alone.infrastructure.containers.area[sensors.container] >= 0
    wrong = (dirty.value != clean.value) & clean.there
    grown = at_sea & np.isin(key, ["oxygen", "ph", "salinity", "turbidity"])
    assert not wrong[~grown].any()
    noise = np.array([probe.noise_sd for probe in water.probes])[sensors.probe][:, None] * 10_000
    error = np.where(clean.there, (dirty.value - clean.value) / noise, np.nan)
    for name, sign in (("oxygen", -1), ("salinity", -1), ("turbidity", 1)):
        there = grown & (key == name) & clean.there[:, -1]
        assert np.nanmean(error[there]) * sign > 0.3
    per_day, checked = water.readings_per_day, 0
    for sensor, first, last, size in zip(
        found.sensor,
        slot_of(alone, found.first_time, DAYS),
        slot_of(alone, found.last_time, DAYS),
        found.size,
        strict=True,
    ):
        if clean.there[sensor, first] and key[sensor] in ("oxygen", "salinity"):
            # To a step of the instrument.
            assert abs(np.nanmean(error[sensor, last - per_day + 1 : last + 1]) - size) < 0.4
            checked += 1
        assert last - first < (water.cleaning_days + 1) * per_day
    assert checked > 50


def test_presets_have_faults_and_a_clean_twin() -> None:
    assert load_scenario("tiny").water.imperfections == CLEAN
    for name in ("bakkafrost", "demo", "loch_fyne", "norway"):
        faults = load_scenario(name).water.imperfections
        assert all(value > 0 for value in faults.model_dump().values()), name
        assert load_scenario(name, ["water.imperfections={}"]).water.imperfections == CLEAN


def test_truth_does_not_depend_on_how_days_are_cut(year: YearInputs, truth: ReadingFaults) -> None:
    for kind in (Fault.GAP, Fault.STUCK, Fault.SPIKE, Fault.LATE):
        whole = covered(year, truth, kind)
        parts = [
            reading_faults(year, DayRange(first, end))
            for first, end in ((DAYS.first, DAYS.first + 13), (DAYS.first + 13, DAYS.end))
        ]
        assert (covered(year, ReadingFaults.concat(parts), kind) == whole).all()


def test_faulty_readings_do_not_depend_on_how_days_are_cut(year: YearInputs) -> None:
    whole = shown(year)
    late = shown(year, DayRange(DAYS.first + 7, DAYS.end))
    cut = 7 * year.scenario.water.readings_per_day
    for name in ("value", "delay", "there"):
        assert (getattr(whole, name)[:, cut:] == getattr(late, name)).all()
