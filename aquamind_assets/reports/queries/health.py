"""Deaths at sea, lice counts, treatments, the fish health journal."""

import pandas as pd

from aquamind_assets.laws.moved_fish import female_lice_sql
from aquamind_assets.records.health.treatments import AGAINST_LICE
from aquamind_assets.timeline import id_range, year_days
from aquamind_assets.warehouse.warehouse import Warehouse


def sea_deaths(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id area_id dead``."""
    # The cross join keeps SQLite from reading every death of every cage through the cage's index.
    sql = """
        SELECT record.event_date AS day, record.batch_id AS batch_id, container.area_id AS area_id,
            SUM(record.count) AS dead
        FROM health_mortalityrecord AS record CROSS JOIN infrastructure_container AS container
        WHERE record.id >= ? AND record.id < ? AND container.id = record.container_id AND container.area_id IS NOT NULL
        GROUP BY record.event_date, record.batch_id, container.area_id"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["day"])
    found = found.astype(dict.fromkeys(("batch_id", "area_id", "dead"), "int64"))
    return found.assign(day=found["day"].dt.floor("D"))


def site_deaths(warehouse: Warehouse, year: int, area_id: int) -> pd.DataFrame:
    """``day cause dead`` of one sea site."""
    sql = """
        SELECT record.event_date AS day, reason.name AS cause, SUM(record.count) AS dead
        FROM health_mortalityrecord AS record CROSS JOIN infrastructure_container AS container
            CROSS JOIN health_mortalityreason AS reason
        WHERE record.id >= ? AND record.id < ? AND container.id = record.container_id AND container.area_id = ?
            AND reason.id = record.reason_id
        GROUP BY record.event_date, reason.name"""
    found = warehouse.frame(sql, (*id_range(year_days(year)), area_id), dates=["day"])
    return found.astype({"dead": float})


def lice(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day container_id females fish`` of each count."""
    days = year_days(year)
    sql = f"""
        SELECT counted.day AS day, counted.place AS container_id, counted.females AS females, counted.fish AS fish
        FROM ({female_lice_sql(warehouse.tables, days.first, days.end - 1)}) AS counted
        WHERE counted.fish > 0 AND counted.place IS NOT NULL"""
    found = warehouse.frame(sql, dates=["day"])
    return found.astype(dict.fromkeys(("container_id", "females", "fish"), "int64"))


def treatments(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day batch_id container_id kind`` with kind ``lice``, ``disease`` or ``vaccination``; ``container_id`` NA for a
    whole batch."""
    sql = """
        SELECT treatment_date AS day, batch_id, container_id,
            CASE WHEN treatment_type = 'vaccination' THEN 'vaccination'
                 WHEN description LIKE ? THEN 'lice' ELSE 'disease' END AS kind
        FROM health_treatment WHERE id >= ? AND id < ?"""
    found = warehouse.frame(sql, (f"%{AGAINST_LICE}%", *id_range(year_days(year))), dates=["day"])
    return found.astype({"container_id": "Int64"})


def journal(warehouse: Warehouse, year: int) -> pd.DataFrame:
    """``day category entries``."""
    sql = """
        SELECT entry_date AS day, category, COUNT(*) AS entries FROM health_journalentry
        WHERE id >= ? AND id < ? GROUP BY entry_date, category"""
    return warehouse.frame(sql, id_range(year_days(year)), dates=["day"]).astype({"entries": "int64"})
