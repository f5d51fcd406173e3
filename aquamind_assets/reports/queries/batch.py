"""Batches, what was moved and harvested, deaths, growth samples."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aquamind_assets.laws.moved_fish import DEATHS_WITH_LOSSES, moves_sql
from aquamind_assets.records.batch.notes import STOCKED
from aquamind_assets.timeline import id_range, platform_ids, year_days, year_of_ids
from aquamind_assets.warehouse.warehouse import Warehouse


def batches(warehouse: Warehouse, last_year: int) -> pd.DataFrame:
    """``number status kind start end`` by batch id, of batches begun by the end of the year; ``end`` NaT while the
    batch lives."""
    sql = """
        SELECT id, batch_number AS number, status, batch_type AS kind, start_date AS start, actual_end_date AS "end"
        FROM batch_batch WHERE id >= ? AND id < ? ORDER BY start_date, id"""
    narrow = warehouse.tables["batch_batch"].narrow_id
    ids = platform_ids(narrow=narrow)[0], id_range(year_days(last_year), narrow=narrow)[1]
    return warehouse.frame(sql, ids, dates=["start", "end"]).set_index("id")


def moves(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id new_batch_id source target fish lost lost_apart kg harvest``; ``source`` and ``target`` are
    containers, ``target`` and ``new_batch_id`` NA for a harvest; ``new_batch_id`` is another batch where fish become
    part of a mixed one. ``lost_apart`` are the lost fish that are not among the deaths."""
    days = year_days(year)
    apart = "0" if warehouse.release in DEATHS_WITH_LOSSES else "moved.loss"
    sql = f"""
        SELECT moved.day AS day, moved.from_batch AS batch_id, moved.to_batch AS new_batch_id,
            source.container_id AS source, target.container_id AS target, moved.count AS fish, moved.loss AS lost,
            {apart} AS lost_apart, moved.kg AS kg, moved.harvest AS harvest
        FROM ({moves_sql(warehouse.tables, days.first, days.end - 1)}) AS moved
        JOIN batch_batchcontainerassignment AS source ON source.id = moved.source
        LEFT JOIN batch_batchcontainerassignment AS target ON target.id = moved.target
        ORDER BY moved.id"""
    found = warehouse.frame(sql, dates=["day"])
    whole = dict.fromkeys(("batch_id", "source", "fish", "lost", "lost_apart"), "int64")
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


def first_egg_year(warehouse: Warehouse, first_year: int) -> int | None:
    """The year in which the first of the platform's batches began that were not over when ``first_year`` did; None if
    there is none."""
    narrow = warehouse.tables["batch_batch"].narrow_id
    sql = """
        SELECT MIN(id) FROM batch_batch
        WHERE id >= ? AND id < ? AND (actual_end_date IS NULL OR actual_end_date >= ?)"""
    found = warehouse.query(sql, (*platform_ids(narrow=narrow), f"{first_year}-01-01"))[0][0]
    return None if found is None else int(year_of_ids(np.array(int(found)), narrow=narrow))
