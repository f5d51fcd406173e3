"""Containers and where they are."""

import pandas as pd

from aquamind_assets.timeline import platform_ids
from aquamind_assets.warehouse.warehouse import Warehouse


def places(warehouse: Warehouse) -> pd.DataFrame:
    """``container area geography at_sea`` (names; ``area`` is the hall's station on land) and ``area_id`` of the
    platform's containers, by container id."""
    sql = """
        SELECT container.id AS id, container.name AS container, container.area_id AS area_id,
            COALESCE(area.name, station.name) AS area, geography.name AS geography
        FROM infrastructure_container AS container
        LEFT JOIN infrastructure_area AS area ON area.id = container.area_id
        LEFT JOIN infrastructure_hall AS hall ON hall.id = container.hall_id
        LEFT JOIN infrastructure_freshwaterstation AS station ON station.id = hall.freshwater_station_id
        JOIN infrastructure_geography AS geography ON geography.id = COALESCE(area.geography_id, station.geography_id)
        WHERE container.id >= ? AND container.id < ?"""
    found = warehouse.frame(sql, platform_ids()).set_index("id")
    found["at_sea"] = found["area_id"].notna()
    return found.astype({"area_id": "Int64"})
