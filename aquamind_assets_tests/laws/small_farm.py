"""A farm of a few rows in every table without violations, in tables without constraints, so that a test can violate
every rule."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.warehouse.ddl import SQLITE_TYPES, quoted
from aquamind_assets_tests.release_2025_08 import TABLES

WIDE, NARROW = 20152130000000, 510650000
"""First ids of 2015-08-01; the rows here are numbered from there."""

ROWS: dict[str, list[dict[str, Any]]] = {
    "auth_user": [{}],
    "users_userprofile": [{"user_id": 1}],
    "infrastructure_geography": [{"name": "Faroe Islands"}],
    "infrastructure_area": [{"name": "Sundalagið", "geography_id": 1, "latitude": 62.2, "longitude": -7.0}],
    "infrastructure_freshwaterstation": [
        {"geography_id": 1, "latitude": 62.1, "longitude": -6.9, "station_type": "FRESHWATER"}
    ],
    "infrastructure_hall": [{"freshwater_station_id": 1}],
    "infrastructure_containertype": [
        {"category": "TANK", "max_volume_m3": 100},
        {"category": "PEN", "max_volume_m3": 20000},
    ],
    "infrastructure_container": [
        {"name": "Tank 1", "container_type_id": 1, "hall_id": 1, "volume_m3": 50, "max_biomass_kg": 5000},
        {"name": "Cage 1", "container_type_id": 2, "area_id": 1, "volume_m3": 10000, "max_biomass_kg": 200000},
        {"name": "Tank 2", "container_type_id": 1, "hall_id": 1, "volume_m3": 50, "max_biomass_kg": 5000},
    ],
    "infrastructure_historicalcontainer": [{"id": 1, "history_type": "+"}],
    "infrastructure_sensor": [
        {
            "sensor_type": "TEMPERATURE",
            "container_id": 2,
            "installation_date": "2015-01-02",
            "last_calibration_date": "2015-07-01",
        },
    ],
    "infrastructure_feedcontainer": [{"container_type": "BARGE", "area_id": 1, "capacity_kg": 5000}],
    "batch_species": [{"optimal_temperature_min": 8, "optimal_temperature_max": 14}],
    "batch_lifecyclestage": [
        {"name": "Smolt", "species_id": 1, "order": 1, "expected_weight_min_g": 50, "expected_weight_max_g": 100},
        {"name": "Post-Smolt", "species_id": 1, "order": 2},
    ],
    "batch_batch": [
        {
            "batch_number": "BAK20150101",
            "species_id": 1,
            "lifecycle_stage_id": 2,
            "start_date": "2015-01-05",
            "expected_end_date": "2017-06-01",
        },
        {
            "batch_number": "BAK20152601",
            "species_id": 1,
            "lifecycle_stage_id": 1,
            "start_date": "2015-06-25",
            "expected_end_date": "2017-12-01",
            "actual_end_date": "2015-12-01",
            "status": "COMPLETED",
            "batch_type": "MIXED",
        },
    ],
    "batch_historicalbatch": [{"id": 1, "history_type": "+", "lifecycle_stage_id": 1, "species_id": 1}],
    "batch_batchcontainerassignment": [
        {
            "batch_id": 1,
            "container_id": 1,
            "lifecycle_stage_id": 1,
            "assignment_date": "2015-01-05",
            "departure_date": "2015-06-01",
            "is_active": False,
            "population_count": 0,
            "avg_weight_g": 100,
            "biomass_kg": 0,
        },
        {
            "batch_id": 1,
            "container_id": 2,
            "lifecycle_stage_id": 2,
            "assignment_date": "2015-06-01",
            "population_count": 1001,
            "avg_weight_g": 500.5,
            "biomass_kg": 501.0,
        },
        {
            "batch_id": 2,
            "container_id": 3,
            "lifecycle_stage_id": 1,
            "assignment_date": "2015-06-25",
            "departure_date": "2015-12-01",
            "is_active": False,
            "population_count": 0,
            "biomass_kg": 0,
        },
    ],
    "batch_batchcomposition": [
        {"mixed_batch_id": 2, "source_batch_id": 1, "percentage": 40, "population_count": 40, "biomass_kg": 4},
        {"mixed_batch_id": 2, "source_batch_id": 1, "percentage": 60, "population_count": 60, "biomass_kg": 6},
    ],
    "batch_batchtransfer": [
        {
            "source_batch_id": 1,
            "transfer_type": "LIFECYCLE",
            "transfer_date": "2015-06-01",
            "source_assignment_id": 1,
            "destination_assignment_id": 2,
            "source_lifecycle_stage_id": 1,
            "destination_lifecycle_stage_id": 2,
            "source_count": 1200,
            "transferred_count": 1100,
            "mortality_count": 100,
            "source_biomass_kg": 120,
            "transferred_biomass_kg": 110,
        }
    ],
    "batch_mortalityevent": [
        {"batch_id": 1, "event_date": "2015-03-01", "count": 5, "biomass_kg": 0.2, "cause": "DISEASE"}
    ],
    "batch_growthsample": [
        {
            "assignment_id": 2,
            "sample_date": "2015-08-01",
            "sample_size": 30,
            "avg_weight_g": 500,
            "min_weight_g": 300,
            "max_weight_g": 700,
            "avg_length_cm": 35,
            "condition_factor": 1.17,
        }
    ],
    "environmental_environmentalparameter": [
        {"min_value": 0, "max_value": 20, "optimal_min": 6, "optimal_max": 14},
        {"min_value": 5, "max_value": 15, "optimal_min": 5, "optimal_max": 15},
    ],
    "environmental_environmentalreading": [
        {
            "parameter_id": 1,
            "container_id": 2,
            "batch_id": 1,
            "sensor_id": 1,
            "value": 8.5,
            "reading_time": f"2015-08-01 0{hour}:00:00",
        }
        for hour in (0, 3, 6)
    ],
    "environmental_photoperioddata": [{"area_id": 1, "date": "2015-08-01", "day_length_hours": 17}],
    "environmental_weatherdata": [
        {"area_id": 1, "timestamp": "2015-08-01 00:00:00", "wind_direction": 90},
        {"area_id": 1, "timestamp": "2015-08-01 06:00:00", "wind_direction": 90},
    ],
    "environmental_stagetransitionenvironmental": [{"batch_transfer_id": 1, "temperature": 9, "ph": 7.9}],
    "inventory_feed": [
        {"size_category": "LARGE", "protein_percentage": 42, "fat_percentage": 28, "carbohydrate_percentage": 20},
        {"size_category": "SMALL"},
    ],
    "inventory_feedpurchase": [
        {
            "feed_id": 1,
            "purchase_date": "2015-05-20",
            "expiry_date": "2016-05-20",
            "quantity_kg": quantity,
            "cost_per_kg": 1.9,
        }
        for quantity in (1000, 100)
    ],
    "inventory_feedstock": [
        {"feed_id": 1, "feed_container_id": 1, "current_quantity_kg": 700, "reorder_threshold_kg": 100}
    ],
    "inventory_historicalfeedstock": [{"id": 1, "feed_id": 1, "feed_container_id": 1, "history_type": "+"}],
    "inventory_feedingevent": [
        {
            "batch_id": 1,
            "batch_assignment_id": 2,
            "container_id": 2,
            "feed_id": 1,
            "feed_stock_id": 1,
            "feeding_date": "2015-08-01",
            "feeding_time": time,
            "amount_kg": 5,
            "batch_biomass_kg": 500,
            "feeding_percentage": 1,
        }
        for time in ("08:00:00", "12:00:00")
    ],
    "inventory_batchfeedingsummary": [
        {
            "batch_id": 1,
            "period_start": "2015-08-01",
            "period_end": "2015-08-31",
            "total_feed_kg": 10,
            "average_biomass_kg": 500,
            "average_feeding_percentage": 1,
            "total_feed_consumed_kg": 10,
            "total_biomass_gain_kg": 8,
            "fcr": 1.25,
        }
    ],
    "inventory_feedcontainerstock": [
        {
            "feed_container_id": 1,
            "feed_purchase_id": purchase,
            "quantity_kg": quantity,
            "entry_date": "2015-05-23 10:00:00",
        }
        for purchase, quantity in ((1, 600), (2, 100))
    ],
    "health_journalentry": [{"batch_id": 1, "container_id": 2, "user_id": 1, "category": "observation"}],
    "health_healthparameter": [{}],
    "health_healthsamplingevent": [
        {
            "assignment_id": 2,
            "sampling_date": "2015-08-01",
            "number_of_fish_sampled": 2,
            "calculated_sample_size": 2,
            "avg_weight_g": 500,
            "std_dev_weight_g": 100,
            "min_weight_g": 400,
            "max_weight_g": 600,
            "avg_length_cm": 35,
            "std_dev_length_cm": 2,
            "min_length_cm": 33,
            "max_length_cm": 37,
            "avg_k_factor": 1.1488,
        }
    ],
    "health_individualfishobservation": [
        {"sampling_event_id": 1, "fish_identifier": "1", "weight_g": 400, "length_cm": 33},
        {"sampling_event_id": 1, "fish_identifier": "2", "weight_g": 600, "length_cm": 37},
    ],
    "health_fishparameterscore": [{"individual_fish_observation_id": 1, "parameter_id": 1, "score": 2}],
    "health_sampletype": [{}],
    "health_healthlabsample": [
        {
            "batch_container_assignment_id": 2,
            "sample_type_id": 1,
            "sample_date": "2015-08-03",
            "date_sent_to_lab": "2015-08-04",
            "date_results_received": "2015-08-10",
        }
    ],
    "health_vaccinationtype": [{}],
    "health_treatment": [
        {
            "batch_id": 1,
            "container_id": 1,
            "batch_assignment_id": 1,
            "user_id": 1,
            "treatment_date": "2015-05-01 09:00:00",
            "treatment_type": "vaccination",
            "vaccination_type_id": 1,
        },
        {"batch_id": 1, "user_id": 1, "treatment_type": "medication"},
    ],
    "health_mortalityreason": [{"name": "UNKNOWN"}],
    "health_mortalityrecord": [{"batch_id": 1, "container_id": 2, "reason_id": 1, "count": 5}],
    "health_licecount": [
        {
            "batch_id": 1,
            "container_id": 2,
            "user_id": 1,
            "adult_female_count": 3,
            "adult_male_count": 4,
            "juvenile_count": 9,
            "fish_sampled": 20,
        }
    ],
}
"""Rows by table. Ids and references are numbers from 1; other columns get harmless values."""

_HARMLESS = {
    "bigint": 1,
    "integer": 1,
    "smallint": 1,
    "numeric": 1,
    "boolean": False,
    "date": "2015-08-01",
    "time": "10:00:00",
    "timestamptz": "2015-08-01 10:00:00",
    "jsonb": "{}",
}


def row_id(table: str, number: int) -> int:
    """Return the id of the row with that number; AquaMind's own mortality reason keeps its id 1."""
    if table == "health_mortalityreason":
        return number
    return (NARROW if TABLES[table].narrow_id else WIDE) + number


def _value(table: TableSpec, column: ColumnSpec, row: dict[str, Any], number: int) -> Any:
    if column.name == table.id_column:
        return row_id(table.name, number)
    if column.name in row:
        value = row[column.name]
        if column.name == "id":
            return row_id(table.name.replace("historical", ""), value)
        return value if column.references is None else row_id(column.references, value)
    if column.nullable or column.default is not None:
        return column.default
    if column.choices:
        return column.choices[0]
    return (
        f"{column.name[:10]} {number}"[: column.max_length]
        if column.kind in ("text", "varchar")
        else _HARMLESS[column.kind]
    )


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value).upper()


def statements(dialect: str) -> Iterator[str]:
    """Return the SQL that creates the tables without constraints and inserts their rows."""
    for table in TABLES.values():
        kinds = SQLITE_TYPES if dialect == "sqlite" else {}
        columns = ", ".join(f"{quoted(column.name)} {kinds.get(column.kind, column.type)}" for column in table.columns)
        yield f"CREATE TABLE {table.name} ({columns})"
        for number, row in enumerate(ROWS[table.name], start=1):
            yield (
                f"INSERT INTO {table.name} VALUES"
                f" ({', '.join(_literal(_value(table, column, row, number)) for column in table.columns)})"
            )


class Farm:
    """The small farm in a database, over one connection of its driver."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self.connection = connection
        for statement in statements(dialect):
            connection.execute(statement)

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        return list(self.connection.execute(sql).fetchall())

    @contextmanager
    def changed(self, *statements: str) -> Iterator[None]:
        """Make changes and undo them afterwards; ``#n`` in a statement is the wide id of row n."""
        self.connection.execute("SAVEPOINT change")
        for sql in statements:
            for number in range(1, 10):
                sql = sql.replace(f"#{number}", str(WIDE + number))
            self.connection.execute(sql)
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK TO SAVEPOINT change")
