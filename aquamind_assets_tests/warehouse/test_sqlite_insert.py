"""The order in which rows reach SQLite: what keeps the cost of a row from growing with the table."""

import numpy as np

from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, row_ids, to_date
from aquamind_assets.warehouse.sqlite.insert import TILE_ROWS, insertions
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import FIRST, READINGS

FIRST_DATE = to_date(FIRST).isoformat()
SENSORS, DAYS, PER_DAY = 200, 30, 8
SLOTS = DAYS * PER_DAY


def sensor_by_sensor() -> Rows:
    sensor, slot = np.repeat(np.arange(SENSORS), SLOTS), np.tile(np.arange(SLOTS), SENSORS)
    instant = FIRST * MICROSECONDS_PER_DAY + slot * (MICROSECONDS_PER_DAY // PER_DAY)
    return rows(
        TABLES[READINGS],
        sensor.size,
        id=row_ids(FIRST + slot // PER_DAY, slot % PER_DAY * SENSORS + sensor),
        value=Scaled(10_000),
        reading_time=instant,
        created_at=instant,
        container_id=1,
        parameter_id=1,
        sensor_id=sensor + 1,
    )


def test_each_tile_is_of_few_sensors_and_in_the_order_of_ids() -> None:
    block = sensor_by_sensor()
    width = 4  # id, reading_time, created_at, sensor_id; all else is the same in every row
    ids, sensors = (
        np.concatenate([values[place::width] for _, values in insertions(block)]) for place in (0, width - 1)
    )
    assert np.array_equal(np.sort(ids), np.sort(block.ids))
    by_id = dict(zip(block.ids.tolist(), block.columns["sensor_id"].values.tolist(), strict=True))
    assert [by_id[number] for number in ids[::997].tolist()] == sensors[::997].tolist()
    falls = np.flatnonzero(np.diff(ids) < 0) + 1
    assert falls.size == -(-block.size // TILE_ROWS) - 1
    for tile in np.split(sensors, falls):
        assert np.unique(tile).size <= TILE_ROWS // SLOTS + 2


def test_an_array_that_several_columns_hold_is_written_as_each_of_them_is() -> None:
    late, exact = FIRST * MICROSECONDS_PER_DAY + 1_000_000, FIRST * MICROSECONDS_PER_DAY + 1
    instants = np.array([late, late, exact, late])
    block = rows(
        TABLES[READINGS],
        instants.size,
        id=row_ids(np.full(instants.size, FIRST), np.arange(instants.size)),
        value=Scaled(10_000),
        reading_time=instants,
        created_at=instants,
        container_id=1,
        parameter_id=1,
        sensor_id=instants,
    )
    [(_, values)] = insertions(block)
    texts = [f"{FIRST_DATE} 00:00:{second}" for second in ("01", "01", "00.000001", "01")]
    assert [values[place::4] for place in range(1, 4)] == [texts, texts, instants.tolist()]
