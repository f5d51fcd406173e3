"""What the sensors of one container showed.

Readings are asked for by container, parameter, sensor and time, which every index of theirs serves; nothing reads them
by year.
"""

from datetime import date

import pandas as pd

from aquamind_assets.timeline import platform_ids
from aquamind_assets.warehouse.warehouse import Warehouse


def readings(
    warehouse: Warehouse, container: int, parameter: str, sensor_type: str, first: date, end: date
) -> "pd.Series[float]":
    """Readings of one sensor by their moment, from ``first`` until before ``end``: the platform's first sensor of the
    type in the container, and the parameter of this name, in whatever case, that it measures."""
    sensors = warehouse.query(
        "SELECT id FROM infrastructure_sensor WHERE id >= ? AND id < ? AND container_id = ? AND sensor_type = ?"
        " ORDER BY id LIMIT 1",
        (*platform_ids(), container, sensor_type),
    )
    parameters = warehouse.query(
        "SELECT id FROM environmental_environmentalparameter WHERE lower(name) = lower(?) ORDER BY id DESC",
        (parameter,),
    )
    if not sensors:
        return pd.Series(dtype=float)
    sql = """
        SELECT reading_time AS moment, value FROM environmental_environmentalreading
        WHERE container_id = ? AND parameter_id = ? AND sensor_id = ? AND reading_time >= ? AND reading_time < ?
            AND id >= ? AND id < ?
        ORDER BY reading_time"""
    ids = platform_ids()
    for (number,) in parameters:
        asked = (container, int(number), int(sensors[0][0]), f"{first} 00:00:00", f"{end} 00:00:00", *ids)
        found = warehouse.frame(sql, asked, dates=["moment"])
        if len(found):
            return pd.Series(found["value"].to_numpy(dtype=float), index=pd.DatetimeIndex(found["moment"]))
    return pd.Series(dtype=float)
