"""The description of AquaMind's tables is complete and consistent, and invalid descriptions are refused."""

import pytest

from aquamind_assets.tables.description import SchemaError, read_schema
from aquamind_assets.tables.releases import apps_of
from aquamind_assets.tables.schema import INTEGER_LIMITS, KINDS
from aquamind_assets_tests.release_2025_08 import RECORDERS, TABLES


def columns():
    return [(table, column) for table in TABLES.values() for column in table.columns]


def test_all_tables_of_aquamind_are_there():
    counts = {app: sum(table.app == app for table in TABLES.values()) for app in apps_of("2025-08")}
    assert counts == {"users": 2, "infrastructure": 9, "batch": 9, "environmental": 5, "inventory": 7, "health": 12}
    assert len(columns()) == 461


def test_every_table_and_column_is_described():
    untold = [table.name for table in TABLES.values() if not table.description.endswith(".") or not table.made_by]
    untold += [f"{table.name}.{column.name}" for table, column in columns() if not column.description.endswith(".")]
    assert untold == []


def test_every_measured_quantity_has_a_unit():
    """Decimals are measurements; those without a unit state in their description whose unit applies."""
    without = {
        f"{table.name}.{column.name}" for table, column in columns() if column.kind == "numeric" and not column.unit
    }
    parameter = "environmental_environmentalparameter"
    assert without == {f"{parameter}.{name}" for name in ("min_value", "max_value", "optimal_min", "optimal_max")} | {
        "environmental_environmentalreading.value"
    }


def test_descriptions_are_consistent_with_types():
    for table, column in columns():
        where = f"{table.name}.{column.name}"
        assert column.kind in KINDS, where
        assert (column.precision is not None) == (column.kind == "numeric"), where
        assert (column.max_length is not None) == (column.kind == "varchar"), where
        assert all(len(choice) <= (column.max_length or 0) for choice in column.choices), where
        if column.choices and column.default is not None:
            assert column.default in column.choices, where
        if column.maximum is not None and column.precision is not None:
            assert column.maximum < 10 ** (column.precision - (column.scale or 0)), where
        if column.kind in INTEGER_LIMITS and column.maximum is not None:
            assert column.maximum <= INTEGER_LIMITS[column.kind], where
        if isinstance(column.default, str) and column.max_length is not None:
            assert len(column.default) <= column.max_length, where


def test_references_have_the_type_of_what_they_refer_to():
    for table, column in columns():
        if column.references is not None:
            target = TABLES[column.references]
            assert column.kind == target.by_name[target.id_column].kind, f"{table.name}.{column.name}"


def test_only_users_and_history_have_narrow_ids():
    narrow = {table.name for table in TABLES.values() if table.narrow_id}
    assert narrow == {
        "auth_user",
        "batch_historicalbatch",
        "infrastructure_historicalcontainer",
        "inventory_historicalfeedstock",
    }


def test_history_tables_repeat_the_columns_of_their_table():
    for name in ("batch_historicalbatch", "infrastructure_historicalcontainer", "inventory_historicalfeedstock"):
        history, base = TABLES[name], TABLES[name.replace("historical", "")]
        for column in base.columns:
            kept = history.by_name[column.name]
            assert (kept.type, kept.choices, kept.minimum, kept.default) == (
                column.type,
                column.choices,
                column.minimum,
                column.default,
            )
            assert kept.foreign_key is None
        extra = set(history.column_names) - set(base.column_names)
        assert extra == {"history_id", "history_date", "history_change_reason", "history_type", "history_user_id"}


def test_time_series_have_another_key_with_timescaledb():
    different = {
        table.name: table.timescaledb_primary_key
        for table in TABLES.values()
        if table.timescaledb_primary_key != table.primary_key
    }
    assert different == {
        "environmental_environmentalreading": ("reading_time", "sensor_id"),
        "environmental_weatherdata": ("timestamp", "area_id"),
    }


def test_only_text_that_the_application_requires_needs_a_value():
    assert not TABLES["batch_batch"].by_name["notes"].required
    assert TABLES["health_treatment"].by_name["description"].non_empty
    assert TABLES["health_healthparameter"].by_name["description_score_5"].non_empty
    assert not TABLES["health_journalentry"].by_name["severity"].non_empty


GOOD = """
app: batch
tables:
  pond:
    description: A pond.
    made_by: ponds
    primary_key: [id]
    columns:
      - {name: id, type: bigint, identity: true, description: Its number.}
      - {name: depth, type: "numeric(5,2)", unit: m, description: Its depth.}
"""


def test_a_description_is_read():
    table = read_schema({"batch.yaml": GOOD})["pond"]
    assert table.by_name["depth"].type == "numeric(5,2)"
    assert (table.by_name["depth"].precision, table.by_name["depth"].scale) == (5, 2)
    assert table.id_column == "id"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"numeric(5,2)"', "decimals", "pond.depth: unknown type 'decimals'"),
        (
            "primary_key: [id]",
            "primary_key: [number]",
            "pond: keys or indexes name unknown columns: number",
        ),
        ("    primary_key: [id]\n", "", "batch.yaml: table pond or one of its columns lacks 'primary_key'"),
        ("unit: m,", "references: river,", "pond.depth refers to river, which is not described"),
    ],
)
def test_a_wrong_description_is_named(old, new, message):
    assert old in GOOD
    with pytest.raises(SchemaError, match=message.replace("(", r"\(")):
        read_schema({"batch.yaml": GOOD.replace(old, new)})


def test_every_table_is_written_by_the_asset_in_its_description():
    writers = {table: recorder.asset for recorder in RECORDERS.values() for table in recorder.tables}
    assert {name: TABLES[name].made_by for name in writers} == writers
