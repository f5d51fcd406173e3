"""Readings: one for each sensor and instant, with the batch in the container, realistic values, and independent of cuts
and blocks."""

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.farm.sites.sea_motion import M2_HOURS, Motion
from aquamind_assets.records.environmental.readings import environmental_readings
from aquamind_assets.records.environmental.water import ChunkWater
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.records.master_ids import parameter_of_probe
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.water import Simulated
from aquamind_assets.tables.digest import digest
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, chunks_of, id_range, year_days
from aquamind_assets_tests.records.hand_made import ALL_PROBES, Stay, batch_of, year_with

YEAR = 2018
DAYS = year_days(YEAR)
PLACES = build(load_scenario("demo", ALL_PROBES)).containers
FIRST_CAGE, SECOND_CAGE = np.flatnonzero(PLACES.area >= 0)[:2].tolist()
FIRST_TANK, LAST_TANK = np.flatnonzero(PLACES.hall >= 0)[[0, -1]].tolist()
STAYS = [
    Stay(FIRST_CAGE, 0, None, 15.0),
    Stay(SECOND_CAGE, 40, 95, 12.0),
    Stay(SECOND_CAGE, 130, None, 12.0),
    Stay(FIRST_TANK, 10, 70, 40.0),
    Stay(LAST_TANK, 25, None, 40.0),
]


@pytest.fixture(scope="module")
def year() -> YearInputs:
    return year_with(load_scenario("demo", ALL_PROBES), YEAR, STAYS)


def columns(blocks: list[Rows], *names: str) -> dict[str, np.ndarray]:
    """Return stored values of columns over all blocks; NULL is 0."""
    return {
        name: np.concatenate([np.broadcast_to(block.columns[name].values, (len(block),)) for block in blocks])
        for name in names
    }


def total(blocks: list[Rows]) -> tuple[int, int]:
    return sum(len(block) for block in blocks), sum(digest(block) for block in blocks) % 2**64


@pytest.fixture(scope="module")
def quarter(year: YearInputs) -> dict[str, np.ndarray]:
    """A hundred days of readings."""
    blocks = list(environmental_readings(year, DayRange(DAYS.first, DAYS.first + 100)))
    return columns(
        blocks, "id", "sensor_id", "container_id", "parameter_id", "batch_id", "reading_time", "created_at", "value"
    )


def test_every_installed_sensor_reads_at_every_instant_and_once(
    year: YearInputs, quarter: dict[str, np.ndarray]
) -> None:
    sensors = year.infrastructure.sensors
    per_day = year.scenario.water.readings_per_day
    expected = sum(
        per_day * max(0, DAYS.first + 100 - max(DAYS.first, day)) for day in sensors.commissioned_day.tolist()
    )
    assert quarter["id"].size == expected
    assert np.unique(quarter["id"]).size == expected
    assert np.unique(np.stack([quarter["sensor_id"], quarter["reading_time"]], axis=1), axis=0).shape[0] == expected


def test_ids_lie_in_the_range_of_their_day(quarter: dict[str, np.ndarray]) -> None:
    day = quarter["reading_time"] // MICROSECONDS_PER_DAY
    for one in (DAYS.first, DAYS.first + 29, DAYS.first + 30, DAYS.first + 99):
        low, high = id_range(DayRange(one, one + 1))
        ids = quarter["id"][day == one]
        assert ids.min() >= low
        assert ids.max() < high


def test_a_reading_names_container_and_parameter_of_its_sensor(
    year: YearInputs, quarter: dict[str, np.ndarray]
) -> None:
    sensors = year.infrastructure.sensors
    row = np.searchsorted(np.sort(sensors.sensor_id), quarter["sensor_id"])
    sensor = np.argsort(sensors.sensor_id)[row]
    assert (quarter["container_id"] == year.infrastructure.containers.container_id[sensors.container[sensor]]).all()
    first = quarter["parameter_id"].min()
    assert (quarter["parameter_id"] - first == parameter_of_probe(year.scenario)[sensors.probe[sensor]]).all()


def test_the_batch_is_the_one_in_the_container_at_that_instant(
    year: YearInputs, quarter: dict[str, np.ndarray]
) -> None:
    container_id = year.infrastructure.containers.container_id
    expected = np.zeros(quarter["id"].size, dtype=np.int64)
    for number, stay in enumerate(STAYS):
        arrived = (DAYS.first + stay.start) * MICROSECONDS_PER_DAY + MOVE_INSTANT
        left = (DAYS.first + (400 if stay.end is None else stay.end)) * MICROSECONDS_PER_DAY + MOVE_INSTANT
        there = (
            (quarter["container_id"] == container_id[stay.container])
            & (quarter["reading_time"] >= arrived)
            & (quarter["reading_time"] < left)
        )
        expected[there] = batch_of(YEAR, number)
    assert (expected != 0).any()
    assert (quarter["batch_id"] == expected).all()


def test_values_lie_in_the_acceptance_ranges(year: YearInputs, quarter: dict[str, np.ndarray]) -> None:
    parameter = quarter["parameter_id"] - quarter["parameter_id"].min()
    for number, spec in enumerate(year.scenario.water.parameters):
        value = quarter["value"][parameter == number] / 10_000
        assert value.size
        assert spec.acceptance.low <= value.min() <= value.max() <= spec.acceptance.high, spec.key


def test_values_are_multiples_of_the_probes_resolution(year: YearInputs, quarter: dict[str, np.ndarray]) -> None:
    sensors = year.infrastructure.sensors
    probe = sensors.probe[
        np.argsort(sensors.sensor_id)[np.searchsorted(np.sort(sensors.sensor_id), quarter["sensor_id"])]
    ]
    for number, spec in enumerate(year.scenario.water.probes):
        assert (quarter["value"][probe == number] % round(spec.resolution * 10_000) == 0).all(), spec.key


@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(1, 94), max_size=4, unique=True), block_rows=st.sampled_from([1, 50_000, 10**9]))
def test_rows_do_not_depend_on_cuts_or_blocks(year: YearInputs, cuts: list[int], block_rows: int) -> None:
    whole = total(list(environmental_readings(year, DayRange(DAYS.first, DAYS.first + 95))))
    borders = [0, *sorted(cuts), 95]
    parts = [
        block
        for start, end in pairwise(borders)
        for block in environmental_readings(year, DayRange(DAYS.first + start, DAYS.first + end), block_rows)
    ]
    assert total(parts) == whole


def test_block_size_may_change_between_blocks(year: YearInputs) -> None:
    sizes = iter([10**9, 1, 1, 70_000, *[1] * 1000])
    days = DayRange(DAYS.first, DAYS.first + 61)
    assert total(list(environmental_readings(year, days, lambda: next(sizes)))) == total(
        list(environmental_readings(year, days))
    )


def test_earlier_days_do_not_change_when_later_ones_are_simulated(year: YearInputs) -> None:
    early = year_with(load_scenario("demo", ALL_PROBES), YEAR, STAYS, through=DAYS.first + 49)
    days = DayRange(DAYS.first, DAYS.first + 50)
    assert total(list(environmental_readings(early, DayRange(DAYS.first, DAYS.end)))) == total(
        list(environmental_readings(year, days))
    )


def test_sensors_have_no_readings_before_installation() -> None:
    year = year_with(load_scenario("demo", ALL_PROBES), 2016, [])
    late = year.infrastructure.sensors.commissioned_day > year_days(2016).first
    assert late.any()
    read = columns(list(environmental_readings(year, year_days(2016))), "sensor_id", "reading_time")
    installed = dict(
        zip(
            year.infrastructure.sensors.sensor_id.tolist(),
            year.infrastructure.sensors.commissioned_day.tolist(),
            strict=True,
        )
    )
    first = {}
    for sensor, instant in zip(read["sensor_id"].tolist(), read["reading_time"].tolist(), strict=True):
        first[sensor] = min(first.get(sensor, instant), instant)
    for sensor, instant in first.items():
        assert instant // MICROSECONDS_PER_DAY == max(installed[sensor], year_days(2016).first)
    assert set(first) == {sensor for sensor, day in installed.items() if day < year_days(2016).end}


def series(year: YearInputs, container: int, key: str, days: DayRange = DAYS) -> np.ndarray:
    """Return the readings of the first sensor of a parameter in a container, in units of the parameter, shape (days,
    readings a day)."""
    sensors = year.infrastructure.sensors
    probe = next(number for number, spec in enumerate(year.scenario.water.probes) if spec.parameter == key)
    sensor = sensors.sensor_id[(sensors.container == container) & (sensors.probe == probe)][0]
    read = columns(list(environmental_readings(year, days)), "sensor_id", "value")
    return read["value"][read["sensor_id"] == sensor].reshape(-1, year.scenario.water.readings_per_day) / 10_000


def test_sea_temperature_anomalies_persist_as_published(year: YearInputs) -> None:
    """Dempsey et al.: correlation of the hourly anomaly .88-.97 at 3 h, .65-.84 at 24 h."""
    at_three_hours, at_a_day = [], []
    for container in np.flatnonzero(PLACES.area >= 0).tolist():
        shown = series(year, container, "temperature")
        smooth = np.array(
            [
                np.polynomial.Polynomial.fit(np.arange(len(shown)), shown[:, slot], 4)(np.arange(len(shown)))
                for slot in range(8)
            ]
        ).T
        anomaly = (shown - smooth).ravel()
        anomaly -= anomaly.mean()
        at_three_hours.append(np.corrcoef(anomaly[:-1], anomaly[1:])[0, 1])
        at_a_day.append(np.corrcoef(anomaly[:-8], anomaly[8:])[0, 1])
    assert 0.88 <= np.mean(at_three_hours) <= 0.97
    assert 0.65 <= np.mean(at_a_day) <= 0.84


def test_no_jumps_at_the_start_of_a_chunk(year: YearInputs) -> None:
    """Within-day anomalies continue from one chunk of 30 days to the next: steps over the border are like any
    others."""
    shown = series(year, FIRST_CAGE, "oxygen")
    midnight = shown[1:, 0] - shown[:-1, -1]
    border = midnight[29::30]
    assert np.sqrt((border**2).mean()) < 1.6 * np.sqrt((midnight**2).mean())


def test_the_sea_is_warmest_in_the_afternoon(year: YearInputs) -> None:
    by_slot = series(year, FIRST_CAGE, "temperature").mean(axis=0)
    assert by_slot.argmax() in (5, 6)
    assert 0.1 < by_slot.max() - by_slot.min() < 0.5


def amplitude(shown: np.ndarray, hours: float) -> float:
    """Amplitude of the wave of this period in readings of shape (days, readings a day)."""
    flat = shown.ravel() - shown.mean()
    at = np.arange(flat.size) * 24.0 / shown.shape[1]
    return float(2 * np.abs((flat * np.exp(-2j * np.pi * at / hours)).mean()))


def test_a_sensor_at_sea_shows_the_tide_where_there_are_layers(year: YearInputs) -> None:
    summer = DayRange(DAYS.first + 180, DAYS.first + 239)
    shown = series(year, FIRST_CAGE, "temperature", summer)
    assert amplitude(shown, M2_HOURS) > 3 * amplitude(shown, 10.3)
    flat = ("farm.geographies.Faroe Islands.sea.stratification={low: 0, high: 0}",)
    mixed = series(
        year_with(load_scenario("demo", [*ALL_PROBES, *flat]), YEAR, STAYS), FIRST_CAGE, "temperature", summer
    )
    assert amplitude(mixed, M2_HOURS) < 0.3 * amplitude(shown, M2_HOURS)


def test_oxygen_of_fish_falls_at_slack_water(year: YearInputs) -> None:
    days = DayRange(DAYS.first + 180, DAYS.first + 210)
    empty = year_with(load_scenario("demo", ALL_PROBES), YEAR, [])
    taken = series(empty, FIRST_CAGE, "oxygen", days) - series(year, FIRST_CAGE, "oxygen", days)
    motion = Motion(year.scenario, year.infrastructure, days)
    standing = motion.stagnation[year.infrastructure.containers.area[FIRST_CAGE], ::3].reshape(taken.shape)
    # Of each hour of the day on its own: the fish breathe by the hour too.
    together = [np.corrcoef(taken[:, slot], standing[:, slot])[0, 1] for slot in range(8)]
    assert np.mean(together) > 0.8


def test_a_day_of_readings_is_about_the_climate_of_its_day(year: YearInputs) -> None:
    shown = series(year, FIRST_CAGE, "temperature").mean(axis=1)
    site = year.infrastructure.containers.site[FIRST_CAGE]
    daily = year.climate.temperature.reshape(len(DAYS), -1)[:, site]
    difference = shown - daily
    assert abs(difference.mean()) < 3 * year.scenario.water.probes[0].bias_sd
    assert difference.std() < 0.12


def test_deeper_sensors_are_colder_while_there_are_layers(year: YearInputs) -> None:
    sensors = year.infrastructure.sensors
    mine = np.flatnonzero((sensors.container == FIRST_CAGE) & (sensors.probe == 0))
    days = DayRange(DAYS.first + 195, DAYS.first + 215)
    read = columns(list(environmental_readings(year, days)), "sensor_id", "value")
    above, below = (read["value"][read["sensor_id"] == sensors.sensor_id[one]].mean() / 10_000 for one in mine)
    assert sensors.depth_m[mine[1]] > sensors.depth_m[mine[0]]
    assert above - below > 0.3


def test_fish_take_oxygen_and_give_carbon_dioxide_and_ammonia(year: YearInputs) -> None:
    empty = year_with(load_scenario("demo", ALL_PROBES), YEAR, [])
    days = DayRange(DAYS.first, DAYS.first + 60)
    in_cage = ((FIRST_CAGE, key, sign) for key, sign in (("oxygen", -1), ("co2", 1), ("ph", -1)))
    in_tank = ((LAST_TANK, key, sign) for key, sign in (("co2", 1), ("ammonia", 1), ("nitrate", 1)))
    for container, key, sign in (*in_cage, *in_tank):
        with_fish, without = series(year, container, key, days)[30:], series(empty, container, key, days)[30:]
        assert np.sign(with_fish.mean() - without.mean()) == sign, key


def test_oxygen_readings_agree_with_the_ledger(year: YearInputs) -> None:
    """The mean reading of a cage with fish is the ledger's mean oxygen, but for the bias of its probe."""
    fish = year.ledger.container_days
    here = fish.take(fish.container == FIRST_CAGE)
    shown = series(year, FIRST_CAGE, "oxygen").mean(axis=1)
    bias = year.scenario.water.probes[1].bias_sd
    assert abs(shown.mean() - here.oxygen.mean()) < 4 * bias
    assert np.corrcoef(shown, here.oxygen)[0, 1] > 0.9


def test_readings_are_stored_two_minutes_later(quarter: dict[str, np.ndarray]) -> None:
    assert (quarter["created_at"] - quarter["reading_time"] == HOUR // 30).all()


def test_an_unknown_parameter_is_named_when_the_scenario_is_checked() -> None:
    changes = [*ALL_PROBES, "water.parameters.nitrate.key=boron", "water.probes.nitrate.parameter=boron"]
    with pytest.raises(ScenarioError, match=r"boron.*'temperature', 'oxygen'"):
        load_scenario("demo", changes)


def test_the_scenario_knows_the_parameters_that_the_water_model_simulates(year: YearInputs) -> None:
    assert ChunkWater(year, chunks_of(year.year)[0]).parameters.keys() == set(get_args(Simulated))
