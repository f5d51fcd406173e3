"""A small made-up farm as rows: what its bulk rows refer to, and bulk rows of any size, each a function of its day."""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, row_ids, year_days
from aquamind_assets_tests.release_2025_08 import TABLES

FIRST = year_days(2015).first
START = FIRST * MICROSECONDS_PER_DAY
PARENT_TABLES = (
    "infrastructure_geography",
    "infrastructure_area",
    "infrastructure_containertype",
    "infrastructure_container",
    "infrastructure_sensor",
    "environmental_environmentalparameter",
    "batch_species",
    "batch_lifecyclestage",
    "batch_batch",
)
READINGS = "environmental_environmentalreading"
LAB = "health_healthlabsample"
SENSORS = 12


def ids(day: int, count: int) -> np.ndarray:
    return row_ids(np.full(count, day), np.arange(count))


def _stamps() -> dict[str, int]:
    return {"created_at": START, "updated_at": START}


def parents() -> Iterator[Rows]:
    """One area with four cages, three sensors in each, four batches."""
    one = ids(FIRST, 1)
    yield rows(TABLES["infrastructure_geography"], 1, id=one, name="Faroe Islands", **_stamps())
    yield rows(
        TABLES["infrastructure_area"],
        1,
        id=one,
        name="A",
        geography_id=one[0],
        latitude=62.0,
        longitude=-7.0,
        max_biomass=1e6,
        **_stamps(),
    )
    yield rows(
        TABLES["infrastructure_containertype"], 1, id=one, name="Cage", category="PEN", max_volume_m3=5e4, **_stamps()
    )
    yield rows(
        TABLES["infrastructure_container"],
        4,
        id=ids(FIRST, 4),
        name=np.array(["C1", "C2", "C3", "Cäge 4"]),
        container_type_id=one[0],
        area_id=one[0],
        volume_m3=40_000.0,
        max_biomass_kg=9e5,
        **_stamps(),
    )
    sensors = ids(FIRST, SENSORS)
    kinds = Coded(np.arange(SENSORS) % 3, ["TEMPERATURE", "OXYGEN", "OTHER"])
    names = Coded(np.arange(SENSORS), [f"S{i}" for i in range(SENSORS)])
    holders = np.repeat(ids(FIRST, 4), 3)
    yield rows(
        TABLES["infrastructure_sensor"],
        SENSORS,
        id=sensors,
        name=names,
        sensor_type=kinds,
        container_id=holders,
        **_stamps(),
    )
    parameters = Coded(np.arange(3), ["Temperature", "Oxygen", "pH"])
    yield rows(
        TABLES["environmental_environmentalparameter"], 3, id=ids(FIRST, 3), name=parameters, unit="u", **_stamps()
    )
    yield rows(TABLES["batch_species"], 1, id=one, name="Atlantic Salmon", scientific_name="Salmo salar", **_stamps())
    yield rows(TABLES["batch_lifecyclestage"], 1, id=one, name="Adult", order=6, species_id=one[0], **_stamps())
    yield batches(ids(FIRST, 4), "ACTIVE")


def batches(numbers: np.ndarray, status: str) -> Rows:
    names = Coded(np.arange(numbers.size), [f"B{number}" for number in numbers])
    one = ids(FIRST, 1)[0]
    return rows(
        TABLES["batch_batch"],
        numbers.size,
        id=numbers,
        batch_number=names,
        start_date=FIRST,
        status=status,
        lifecycle_stage_id=one,
        species_id=one,
        **_stamps(),
    )


def readings(days: DayRange, per_day: int = 96, salt: int = 0) -> Iterator[Rows]:
    """Readings of these days, one block for every ten days; a third of them of an empty cage."""
    for start in range(days.first, days.end, 10):
        some = DayRange(start, min(start + 10, days.end))
        day = np.repeat(some.days, per_day)
        number = np.tile(np.arange(per_day), len(some))
        sensor = number % SENSORS
        instant = day * MICROSECONDS_PER_DAY + number // SENSORS * (MICROSECONDS_PER_DAY // (per_day // SENSORS))
        yield rows(
            TABLES[READINGS],
            day.size,
            id=row_ids(day, number),
            value=Scaled((day * 7919 + number * 104_729 + salt) % 400_000 - 100_000),
            reading_time=instant,
            created_at=instant + 1_500_000,
            container_id=ids(FIRST, 4)[sensor // 3],
            parameter_id=ids(FIRST, 3)[sensor % 3],
            sensor_id=ids(FIRST, SENSORS)[sensor],
            batch_id=np.ma.masked_array(ids(FIRST, 4)[sensor // 3], mask=sensor % 3 == 1),
        )
