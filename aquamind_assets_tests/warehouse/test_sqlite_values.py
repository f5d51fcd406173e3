"""Values of SQLite as digests take them: listed as one text, and named where they are not of their column's type."""

import json

import numpy as np
import pytest

from aquamind_assets.tables.digest import NULL_VALUE, text_value
from aquamind_assets.tables.releases import tables_of
from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.warehouse.errors import DatabaseDamaged
from aquamind_assets.warehouse.sqlite.values import digest_values

READING = tables_of("2025-08")["environmental_environmentalreading"].by_name
STAY = tables_of("2025-08")["batch_batchcontainerassignment"].by_name


def digested(spec: ColumnSpec, *values: object) -> list[int]:
    return digest_values(spec, json.dumps(values, separators=(",", ":")), len(values)).tolist()


def test_values_are_those_of_the_recorded_rows() -> None:
    second, day = 1_000_000, 86_400 * 1_000_000
    assert digested(READING["sensor_id"], 20150010000001, NULL_VALUE) == [20150010000001, NULL_VALUE]
    assert digested(READING["value"], 13.18, 7, -0.5) == [131800, 70000, -5000]
    assert digested(STAY["avg_weight_g"], 2.5, -1e300) == [250, NULL_VALUE]
    assert digested(READING["reading_time"], "1970-01-02 00:00:01", "1970-01-01 00:00:00") == [day + second, 0]
    assert digested(READING["reading_time"], "1970-01-01 00:00:01", "1970-01-01 00:00:00.5") == [second, second // 2]
    assert digested(STAY["departure_date"], "1970-01-03", None) == [2, NULL_VALUE]
    assert digested(READING["notes"], 'a","b', "å\n") == [text_value('a","b'), text_value("å\n")]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("sensor_id", (1, "one")),
        ("sensor_id", (1, 2.5)),
        ("container_id", (1, None)),
        ("value", (1.5, "much")),
        ("reading_time", ("1970-01-02 00:00:01", "1970-01-02 25:00:01")),
        ("reading_time", ("1970-01-02 00:00:01", 5)),
        ("notes", ("fine", 3)),
    ],
)
def test_a_value_of_another_type_is_damage(column: str, values: tuple[object, ...]) -> None:
    with pytest.raises(DatabaseDamaged, match=f"{column} holds"):
        digested(READING[column], *values)


def test_digests_are_int64() -> None:
    assert digest_values(READING["value"], "[1.0]", 1).dtype == np.int64
