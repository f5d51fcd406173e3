"""Batches, what was moved and harvested, deaths, growth samples."""

from collections.abc import Sequence

import pandas as pd

from aquamind_assets.records.batch.notes import STOCKED
from aquamind_assets.timeline import id_range, platform_ids, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

HARVEST = "moved.transfer_type = 'LIFECYCLE' AND moved.destination_assignment_id IS NULL"
"""A harvest among the transfers ``moved``: AquaMind empties a container by a LIFECYCLE transfer without a destination,
and the platform writes no other transfer without one."""


def batches(warehouse: Warehouse, last_year: int) -> pd.DataFrame:
    """``number status kind start end`` by batch id, of batches begun by the end of the year; ``end`` NaT while the
    batch lives."""
    sql = """
        SELECT id, batch_number AS number, status, batch_type AS kind, start_date AS start, actual_end_date AS "end"
        FROM batch_batch WHERE id >= ? AND id < ? ORDER BY start_date, id"""
    ids = platform_ids()[0], id_range(year_days(last_year))[1]
    return warehouse.frame(sql, ids, dates=["start", "end"]).set_index("id")


def moves(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id new_batch_id source target fish lost kg harvest``; ``source`` and ``target`` are containers,
    ``target`` and ``new_batch_id`` NA for a harvest; ``new_batch_id`` is another batch where fish become part of a
    mixed one."""
    sql = f"""
        SELECT moved.transfer_date AS day, moved.source_batch_id AS batch_id,
            moved.destination_batch_id AS new_batch_id, source.container_id AS source, target.container_id AS target,
            moved.transferred_count AS fish, moved.mortality_count AS lost, moved.transferred_biomass_kg AS kg,
            CASE WHEN {HARVEST} THEN 1 ELSE 0 END AS harvest
        FROM batch_batchtransfer AS moved
        JOIN batch_batchcontainerassignment AS source ON source.id = moved.source_assignment_id
        LEFT JOIN batch_batchcontainerassignment AS target ON target.id = moved.destination_assignment_id
        WHERE moved.id >= ? AND moved.id < ?"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["day"])
    whole = dict.fromkeys(("batch_id", "source", "fish", "lost"), "int64")
    return found.astype({**whole, "harvest": bool, "kg": float, "target": "Int64", "new_batch_id": "Int64"})


def stocked(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id container_id area_id fish kg`` of fish brought into cages from outside of the farm, which begin a
    batch there."""
    sql = """
        SELECT stay.assignment_date AS day, stay.batch_id AS batch_id, stay.container_id AS container_id,
            container.area_id AS area_id, stay.notes AS notes
        FROM batch_batchcontainerassignment AS stay CROSS JOIN batch_batch AS begun
        CROSS JOIN infrastructure_container AS container
        WHERE stay.id >= ? AND stay.id < ? AND begun.id = stay.batch_id AND container.id = stay.container_id
            AND container.area_id IS NOT NULL AND begun.batch_type = 'STANDARD'
            AND stay.assignment_date = begun.start_date"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["day"])
    noted = found["notes"].astype("str").str.extract(STOCKED)
    fish = noted[0].str.replace(",", "").astype(float).fillna(0).astype("int64")
    kg = fish * noted[1].astype(float).fillna(0.0) / 1000
    whole = dict.fromkeys(("batch_id", "container_id", "area_id"), "int64")
    return found.drop(columns="notes").astype(whole).assign(fish=fish, kg=kg)


def deaths(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id cause dead kg`` of all containers."""
    sql = """
        SELECT event_date AS day, batch_id, cause, SUM(count) AS dead, SUM(biomass_kg) AS kg
        FROM batch_mortalityevent WHERE id >= ? AND id < ? GROUP BY event_date, batch_id, cause"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["day"])
    return found.astype({"batch_id": "int64", "dead": "int64", "kg": float})


def samples(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id kg``: mean weight in the growth samples of each batch and day."""
    # The cross join keeps SQLite from reading the samples of all years by the stay's index.
    sql = """
        SELECT stay.batch_id AS batch_id, sample.sample_date AS day, AVG(sample.avg_weight_g) / 1000.0 AS kg
        FROM batch_growthsample AS sample CROSS JOIN batch_batchcontainerassignment AS stay
        WHERE sample.id >= ? AND sample.id < ? AND stay.id = sample.assignment_id
        GROUP BY stay.batch_id, sample.sample_date"""
    return warehouse.frame(sql, id_range(year_days(year)), dates=["day"]).astype({"batch_id": "int64", "kg": float})


def stages(warehouse: Warehouse, ids: Sequence[int]) -> pd.DataFrame:
    """``name place`` of the lifecycle stages with these ids, by id; ``place`` is their order within the species."""
    sql = f"""SELECT id, name, "order" AS place FROM batch_lifecyclestage WHERE id IN ({", ".join("?" * len(ids))})"""
    found = warehouse.frame(sql, list(ids)) if len(ids) else pd.DataFrame(columns=["id", "name", "place"])
    return found.set_index("id")


def stage_changes(warehouse: Warehouse, last_year: int) -> pd.DataFrame:
    """``day batch_id stage_id``: the stage of each batch from a moment on, by its history up to the end of the year."""
    sql = """
        SELECT history_date AS day, id AS batch_id, lifecycle_stage_id AS stage_id FROM batch_historicalbatch
        WHERE history_id >= ? AND history_id < ?"""
    ids = platform_ids(narrow=True)[0], id_range(year_days(last_year), narrow=True)[1]
    return warehouse.frame(sql, ids, dates=["day"])


def sea_stays(warehouse: Warehouse, year: int, first_year: int) -> pd.DataFrame:
    """``container_id area_id start stop`` of stays in cages that touch the year and began in ``first_year`` or later;
    ``stop`` NaT while the stay lasts."""
    # The cross join keeps SQLite from reading all stays of every cage by the container's index.
    sql = """
        SELECT stay.container_id AS container_id, container.area_id AS area_id, stay.assignment_date AS start,
            stay.departure_date AS stop
        FROM batch_batchcontainerassignment AS stay CROSS JOIN infrastructure_container AS container
        WHERE stay.id >= ? AND stay.id < ? AND container.id = stay.container_id AND container.area_id IS NOT NULL
            AND (stay.departure_date IS NULL OR stay.departure_date > ?)
        ORDER BY stay.id"""
    low, high = id_range(year_days(first_year))[0], id_range(year_days(year))[1]
    return warehouse.frame(sql, (low, high, f"{year}-01-01"), dates=["start", "stop"])


def first_egg_id(warehouse: Warehouse, first_year: int) -> int | None:
    """The lowest id of the platform's batches that were not over when the year began; None if there is none."""
    sql = """
        SELECT MIN(id) FROM batch_batch
        WHERE id >= ? AND id < ? AND (actual_end_date IS NULL OR actual_end_date >= ?)"""
    found = warehouse.query(sql, (*platform_ids(), f"{first_year}-01-01"))[0][0]
    return None if found is None else int(found)
