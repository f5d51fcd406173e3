"""The written rows of some years, boiled down to small frames that every figure of a report is made from.

Belongs here: the queries. Each reads one year or month by the ids of its rows, sums in the database, and never touches
the readings. Does not belong here: figures (``accounts``), close looks at single sites (``closeups``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from aquamind_assets.records.batch.transfers import HARVEST_NOTE
from aquamind_assets.reports.coverage import Coverage, coverage
from aquamind_assets.timeline import DayRange, day_number, id_range, to_date, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

LAST_FED_DAYS = 3
"""Biomass at the end of a month is that at the last meals of its last days: nobody fasts longer than this before a
treatment or a move."""

_LICE = "against salmon lice"


@dataclass(frozen=True)
class History:
    """Frames of all years read. Days are ``datetime64``, ``month`` is the first day of the month.

    Attributes:
        coverage: what of the years is written.
        batches: ``number status kind start end`` by batch id; ``end`` NaT while it lives.
        places: ``container area geography at_sea`` (names; ``area`` is the hall's station on land) and ``area_id`` by
            container id.
        moves: ``day batch_id new_batch_id source target fish lost kg harvest``; ``source`` and ``target`` are
            containers, ``target`` and ``new_batch_id`` NA for a harvest; ``new_batch_id`` is another batch where fish
            become part of a mixed one.
        deaths: ``day batch_id dead kg`` of all containers.
        sea_deaths: ``day batch_id area_id dead``.
        feed: ``month batch_id container_id kg eur``.
        biomass: ``month stage kg`` at the end of each month.
        lice: ``day container_id females fish`` of each count.
        treatments: ``day batch_id container_id kind`` with kind ``lice``, ``disease`` or ``vaccination``;
            ``container_id`` NaN for a whole batch.
        rows: ``table year rows`` as counted when they were committed.
    """

    coverage: Coverage
    batches: pd.DataFrame
    places: pd.DataFrame
    moves: pd.DataFrame
    deaths: pd.DataFrame
    sea_deaths: pd.DataFrame
    feed: pd.DataFrame
    biomass: pd.DataFrame
    lice: pd.DataFrame
    treatments: pd.DataFrame
    rows: pd.DataFrame


def read_history(
    warehouse: Warehouse, years: Sequence[int], progress: Callable[[int], None] = lambda year: None
) -> History:
    """Read what is written of these years; ``progress`` is told of each year when it begins."""
    covered = coverage(warehouse, years)
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in _READERS}
    for year in years:
        progress(year)
        for name, reader in _READERS.items():
            parts[name].append(reader(warehouse, year))
    frames = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    frames["biomass"] = _with_stages(warehouse, frames["biomass"])
    rows = pd.DataFrame(
        [(one.table, one.year, one.rows) for one in warehouse.manifest()], columns=["table", "year", "rows"]
    )
    return History(covered, _batches(warehouse), _places(warehouse), rows=rows, **frames)


def _batches(warehouse: Warehouse) -> pd.DataFrame:
    sql = (
        'SELECT id, batch_number AS number, status, batch_type AS kind, start_date AS start, actual_end_date AS "end"'
        " FROM batch_batch ORDER BY start_date, id"
    )
    return warehouse.frame(sql, dates=["start", "end"]).set_index("id")


def _places(warehouse: Warehouse) -> pd.DataFrame:
    sql = """
        SELECT container.id AS id, container.name AS container, container.area_id AS area_id,
            COALESCE(area.name, station.name) AS area, geography.name AS geography
        FROM infrastructure_container AS container
        LEFT JOIN infrastructure_area AS area ON area.id = container.area_id
        LEFT JOIN infrastructure_hall AS hall ON hall.id = container.hall_id
        LEFT JOIN infrastructure_freshwaterstation AS station ON station.id = hall.freshwater_station_id
        JOIN infrastructure_geography AS geography ON geography.id = COALESCE(area.geography_id, station.geography_id)"""
    found = warehouse.frame(sql).set_index("id")
    found["at_sea"] = found["area_id"].notna()
    found["area_id"] = found["area_id"].astype("Int64")
    return found


def month_ranges(year: int) -> Iterator[tuple[pd.Timestamp, DayRange]]:
    """First day and days of each month of a year."""
    starts = [day_number(date(year, month, 1)) for month in range(1, 13)] + [year_days(year).end]
    for first, end in pairwise(starts):
        yield pd.Timestamp(to_date(first)), DayRange(first, end)


def _moves(warehouse: Warehouse, year: int) -> pd.DataFrame:
    sql = f"""
        SELECT moved.transfer_date AS day, moved.source_batch_id AS batch_id, moved.destination_batch_id AS new_batch_id,
            source.container_id AS source, target.container_id AS target,
            moved.transferred_count AS fish, moved.mortality_count AS lost, moved.transferred_biomass_kg AS kg,
            CASE WHEN substr(moved.notes, 1, {len(HARVEST_NOTE)}) = '{HARVEST_NOTE}' THEN 1 ELSE 0 END AS harvest
        FROM batch_batchtransfer AS moved
        JOIN batch_batchcontainerassignment AS source ON source.id = moved.source_assignment_id
        LEFT JOIN batch_batchcontainerassignment AS target ON target.id = moved.destination_assignment_id
        WHERE moved.id >= ? AND moved.id < ?"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["day"])
    return found.astype({"harvest": bool, "kg": float, "target": "Int64", "new_batch_id": "Int64"})


def _deaths(warehouse: Warehouse, year: int) -> pd.DataFrame:
    sql = """
        SELECT event_date AS day, batch_id, SUM(count) AS dead, SUM(biomass_kg) AS kg
        FROM batch_mortalityevent WHERE id >= ? AND id < ? GROUP BY event_date, batch_id"""
    return warehouse.frame(sql, id_range(year_days(year)), dates=["day"]).astype({"dead": "int64", "kg": float})


def _sea_deaths(warehouse: Warehouse, year: int) -> pd.DataFrame:
    # The cross join keeps SQLite from reading every death of every cage through the cage's index.
    sql = """
        SELECT record.event_date AS day, record.batch_id AS batch_id, container.area_id AS area_id, SUM(record.count) AS dead
        FROM health_mortalityrecord AS record CROSS JOIN infrastructure_container AS container
        WHERE record.id >= ? AND record.id < ? AND container.id = record.container_id AND container.area_id IS NOT NULL
        GROUP BY record.event_date, record.batch_id, container.area_id"""
    found = warehouse.frame(sql, id_range(year_days(year)), dates=["day"]).astype({"dead": "int64", "area_id": "int64"})
    return found.assign(day=found["day"].dt.floor("D"))


def _feed(warehouse: Warehouse, year: int) -> pd.DataFrame:
    sql = """
        SELECT batch_id, container_id, SUM(amount_kg) AS kg, SUM(feed_cost) AS eur
        FROM inventory_feedingevent WHERE id >= ? AND id < ? GROUP BY batch_id, container_id"""
    frames = [warehouse.frame(sql, id_range(days)).assign(month=month) for month, days in month_ranges(year)]
    return pd.concat(frames, ignore_index=True).astype({"kg": float, "eur": float, "month": "datetime64[us]"})


def _biomass(warehouse: Warehouse, year: int) -> pd.DataFrame:
    # Stays that ended with the month are left out: their fish are counted where they went, or were harvested.
    sql = """
        SELECT stay.batch_id AS batch_id, stay.lifecycle_stage_id AS stage_id, SUM(fed.kg) AS kg
        FROM (SELECT batch_assignment_id, MAX(batch_biomass_kg) AS kg FROM inventory_feedingevent
              WHERE id >= ? AND id < ? GROUP BY batch_assignment_id) AS fed
        JOIN batch_batchcontainerassignment AS stay ON stay.id = fed.batch_assignment_id
        WHERE stay.departure_date IS NULL OR stay.departure_date >= ?
        GROUP BY stay.batch_id, stay.lifecycle_stage_id"""
    frames = []
    for month, days in month_ranges(year):
        low, high = id_range(DayRange(days.end - LAST_FED_DAYS, days.end))
        frames.append(warehouse.frame(sql, (low, high, to_date(days.end).isoformat())).assign(month=month))
    return pd.concat(frames, ignore_index=True).astype(
        {"kg": float, "stage_id": "int64", "batch_id": "int64", "month": "datetime64[us]"}
    )


def _with_stages(warehouse: Warehouse, biomass: pd.DataFrame) -> pd.DataFrame:
    """``month stage kg``: the stage at the end of the month.

    Post-smolts become adults in their cage, and the row of their stay then says Adult from its beginning on. What the
    batch was on a day is in its history; a stay is not further than its batch.
    """
    stages = warehouse.frame('SELECT id, name, "order" AS place FROM batch_lifecyclestage').set_index("id")
    changes = warehouse.frame(
        "SELECT history_date AS day, id AS batch_id, lifecycle_stage_id AS stage_id FROM batch_historicalbatch",
        dates=["day"],
    )
    changes["batch_place"] = changes["stage_id"].map(stages["place"]).astype("float64")
    changes = (
        changes[["day", "batch_id", "batch_place"]]
        .astype({"day": "datetime64[us]", "batch_id": "int64"})
        .sort_values("day", kind="stable")
    )
    ended = biomass.assign(day=(biomass["month"] + pd.offsets.MonthBegin(1)).astype("datetime64[us]")).sort_values(
        "day", kind="stable"
    )
    found = pd.merge_asof(ended, changes, on="day", by="batch_id", allow_exact_matches=False)
    place = np.fmin(found["stage_id"].map(stages["place"]).astype("float64"), found["batch_place"])
    found["stage"] = place.map(stages.set_index("place")["name"])
    return found.groupby(["month", "stage"], as_index=False)["kg"].sum()


def _lice(warehouse: Warehouse, year: int) -> pd.DataFrame:
    sql = """
        SELECT count_date AS day, container_id, adult_female_count AS females, fish_sampled AS fish
        FROM health_licecount WHERE id >= ? AND id < ? AND fish_sampled > 0 AND container_id IS NOT NULL"""
    return warehouse.frame(sql, id_range(year_days(year)), dates=["day"])


def _treatments(warehouse: Warehouse, year: int) -> pd.DataFrame:
    sql = f"""
        SELECT treatment_date AS day, batch_id, container_id,
            CASE WHEN treatment_type = 'vaccination' THEN 'vaccination' WHEN description LIKE '%{_LICE}%' THEN 'lice' ELSE 'disease' END AS kind
        FROM health_treatment WHERE id >= ? AND id < ?"""
    return warehouse.frame(sql, id_range(year_days(year)), dates=["day"]).astype({"container_id": "Int64"})


_READERS: dict[str, Callable[[Warehouse, int], pd.DataFrame]] = {
    "moves": _moves,
    "deaths": _deaths,
    "sea_deaths": _sea_deaths,
    "feed": _feed,
    "biomass": _biomass,
    "lice": _lice,
    "treatments": _treatments,
}
