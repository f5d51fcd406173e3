"""Close looks at single things in the written tables: one batch's growth, one cage's lice, one sensor's water.

Belongs here: choosing what is typical and reading it. Does not belong here: the farm as a whole (``months``), drawing
(``plots``).
"""

import pandas as pd

from aquamind_assets.timeline import DayRange, id_range, year_days
from aquamind_assets.warehouse.warehouse import Warehouse


def growth_of_batches(warehouse: Warehouse, year: int, most: int = 10) -> dict[str, "pd.Series[float]"]:
    """Mean sampled weight in kg over the year of the batches sampled most often, by batch number."""
    low, high = id_range(year_days(year))
    sql = """
        SELECT batch.batch_number AS number, sample.sample_date AS day, AVG(sample.avg_weight_g) / 1000.0 AS kg
        FROM batch_growthsample AS sample
        JOIN batch_batchcontainerassignment AS stay ON stay.id = sample.assignment_id
        JOIN batch_batch AS batch ON batch.id = stay.batch_id
        WHERE sample.id >= ? AND sample.id < ?
        GROUP BY batch.batch_number, sample.sample_date ORDER BY sample.sample_date"""
    found = warehouse.frame(sql, (low, high), dates=["day"])
    often = found["number"].value_counts().index[:most]
    return {
        str(number): part.set_index("day")["kg"].astype(float)
        for number, part in found[found["number"].isin(often)].groupby("number")
    }


def lousiest_cage(warehouse: Warehouse, year: int) -> tuple[str, "pd.Series[float]", pd.DatetimeIndex] | None:
    """The sea cage with the most treatments of the year, then the most counts: its name, adult females a fish, days of
    treatment; None without counts."""
    low, high = id_range(year_days(year))
    sql = """
        SELECT count.container_id AS container, MAX(area.name || ', ' || container.name) AS name, COUNT(*) AS counts,
            (SELECT COUNT(*) FROM health_treatment AS treatment
             WHERE treatment.container_id = count.container_id AND treatment.id >= ? AND treatment.id < ?) AS treatments
        FROM health_licecount AS count JOIN infrastructure_container AS container ON container.id = count.container_id
        JOIN infrastructure_area AS area ON area.id = container.area_id
        WHERE count.id >= ? AND count.id < ? GROUP BY count.container_id ORDER BY treatments DESC, counts DESC, container LIMIT 1"""
    chosen = warehouse.query(sql, (low, high, low, high))
    if not chosen:
        return None
    container, name = int(chosen[0][0]), str(chosen[0][1])
    counts = warehouse.frame(
        "SELECT count_date AS day, adult_female_count * 1.0 / fish_sampled AS females FROM health_licecount"
        " WHERE id >= ? AND id < ? AND container_id = ? AND fish_sampled > 0 ORDER BY count_date",
        (low, high, container),
        dates=["day"],
    )
    treated = warehouse.frame(
        "SELECT treatment_date AS day FROM health_treatment"
        " WHERE id >= ? AND id < ? AND container_id = ? AND treatment_type <> 'vaccination' ORDER BY treatment_date",
        (low, high, container),
        dates=["day"],
    )
    return name, counts.set_index("day")["females"].astype(float), pd.DatetimeIndex(treated["day"])


def water_of_a_cage(warehouse: Warehouse, days: DayRange) -> tuple[str, pd.DataFrame] | None:
    """Name of the container with the lowest id that has a temperature and an oxygen sensor in the sea, and the daily
    means of both; None if there is none."""
    low, high = id_range(days)
    sql = """
        SELECT container.id, area.name || ', ' || container.name FROM infrastructure_container AS container
        JOIN infrastructure_area AS area ON area.id = container.area_id
        WHERE EXISTS (
            SELECT 1 FROM environmental_environmentalreading AS reading
            WHERE reading.container_id = container.id AND reading.id >= ? AND reading.id < ? AND reading.batch_id IS NOT NULL)
        ORDER BY container.id LIMIT 1"""
    chosen = warehouse.query(sql, (low, high))
    if not chosen:
        return None
    readings = warehouse.frame(
        "SELECT parameter.name AS parameter, reading.reading_time AS moment, reading.value AS value FROM"
        " environmental_environmentalreading AS reading JOIN environmental_environmentalparameter AS parameter ON"
        " parameter.id = reading.parameter_id WHERE reading.container_id = ? AND reading.id >= ? AND reading.id < ?",
        (int(chosen[0][0]), low, high),
        dates=["moment"],
    )
    daily = (
        readings.assign(value=readings["value"].astype(float))
        .groupby(["parameter", readings["moment"].dt.floor("D")])["value"]
        .mean()
    )
    return str(chosen[0][1]), daily.unstack("parameter")
