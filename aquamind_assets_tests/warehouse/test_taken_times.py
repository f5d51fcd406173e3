"""A user's reading at the time of one of the platform's, on TimescaleDB: found in the simulated years beforehand."""

from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.docs_generator.farms import LONG_AFTER
from aquamind_assets.pipeline.existing_rows import meetings
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.warehouse.synthetic import READINGS
from aquamind_assets_tests.warehouse.timescale import needs_server, new_database


@needs_server
def test_it_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    day = year_days(2015).first + 100
    with new_database("superuser") as url:
        platform = Platform(
            Settings(
                "tiny", ("water.readings_per_day=2",), url, str(tmp_path / "ledger"), LONG_AFTER, release="2025-08"
            )
        )
        store_ledgers(platform, 2015)
        recorder = next(one for one in RECORDERS.values() if READINGS in one.tables)
        inputs = platform.inputs_for(recorder, 2015)
        written = next(recorder.rows_of_days(inputs, DayRange(day, day + 1)))
        columns = {name: written.columns[name].values for name in ("reading_time", "sensor_id")}
        time, sensor = (int(np.broadcast_to(values, (written.size,))[0]) for values in columns.values())
        with platform.open() as warehouse:
            with warehouse.database.transaction():
                # What readings refer to is not there yet.
                warehouse.database.execute("SET LOCAL session_replication_role = replica")
                for number, moved in ((1, 0), (2, 1)):
                    warehouse.database.execute(
                        f"INSERT INTO {READINGS} (id, value, reading_time, is_manual, notes, created_at, container_id,"
                        " parameter_id, sensor_id) VALUES (?, 1, to_timestamp(?::numeric / 1000000), true, 'mine',"
                        " '2015-05-05', 1, 1, ?)",
                        (number, time + moved, sensor),
                    )
            with pytest.raises(
                RowsRefused, match=f"reading_time = .* sensor_id = {sensor} is the key of row 1,"
            ) as one:
                meetings(platform, warehouse, [2015])
            assert "row 2" not in str(one.value), "at another time"
            assert meetings(platform, warehouse, [2016]) == [], "of years that are not simulated yet nothing is known"
