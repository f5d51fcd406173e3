"""Rows: accepted values, their storage, and the errors for other values."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from aquamind_assets.tables.rows import Coded, Rows, RowsError, Scaled, by_table, rows
from aquamind_assets.timeline import day_number
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import FIRST, START, ids

FEEDING = "inventory_feedingevent"


def feeding(size: int = 3, **changes: object) -> Rows:
    columns: dict[str, object] = {
        "id": ids(FIRST, size),
        "feeding_date": FIRST,
        "feeding_time": 8 * 3_600_000_000,
        "amount_kg": 1.5,
        "batch_biomass_kg": 100.0,
        "created_at": START,
        "updated_at": START,
        "batch_id": 1,
        "container_id": 1,
        "feed_id": 1,
    }
    return rows(TABLES[FEEDING], size, **(columns | changes))


def test_defaults_fill_what_is_left_out() -> None:
    made = feeding()
    assert made.columns["notes"].labels == ("",)
    assert made.columns["method"].labels == ("MANUAL",)
    assert made.columns["feed_cost"].all_null
    assert not made.columns["amount_kg"].all_null


def test_floats_are_rounded_half_to_even_in_stored_units() -> None:
    made = feeding(4, batch_biomass_kg=np.array([0.125, 0.375, 2.675, 10.0]))
    assert made.columns["batch_biomass_kg"].values.tolist() == [12, 38, 268, 1000]
    assert feeding(batch_biomass_kg=7).columns["batch_biomass_kg"].values == 700
    assert feeding(batch_biomass_kg=Scaled(np.array([1, 2, 3]))).columns["batch_biomass_kg"].values.tolist() == [
        1,
        2,
        3,
    ]


def test_dates_and_instants_are_taken_in_several_forms() -> None:
    day = day_number(date(2015, 3, 20))
    for given in (day, date(2015, 3, 20), np.datetime64("2015-03-20")):
        assert feeding(feeding_date=given).columns["feeding_date"].values == day
    instant = datetime(2015, 3, 20, 12, 30, tzinfo=UTC)
    for given in (instant, np.datetime64("2015-03-20T12:30"), int(instant.timestamp() * 1e6)):
        assert feeding(created_at=given).columns["created_at"].values == int(instant.timestamp()) * 1_000_000


def test_masked_values_are_null() -> None:
    made = feeding(feed_cost=np.ma.masked_array([1.0, np.nan, 3.0], [False, True, False]))
    cost = made.columns["feed_cost"]
    assert cost.values.tolist() == [100, 0, 300]
    assert cost.null is not None
    assert cost.null.tolist() == [False, True, False]
    assert feeding(feed_cost=np.ma.masked_all(3)).columns["feed_cost"].all_null
    assert feeding(feed_cost=np.ma.masked_array([1.0, 2.0, 3.0], False)).columns["feed_cost"].null is None


def test_text_is_coded() -> None:
    made = feeding(notes=np.array(["a", "b", "a"]))
    assert (made.columns["notes"].values.tolist(), made.columns["notes"].labels) == ([0, 1, 0], ("a", "b"))
    made = feeding(method=Coded(np.array([1, 1, 0]), ["MANUAL", "AUTOMATIC"]))
    assert made.columns["method"].labels == ("MANUAL", "AUTOMATIC")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"amount_kg": np.array([1.0, np.nan, 2.0])},
            "amount_kg = nan; allowed: numbers below 1000000 with 4 decimals",
        ),
        (
            {"batch_biomass_kg": 1e8},
            "batch_biomass_kg = 100000000.0; allowed: numbers below 100000000 with 2 decimals",
        ),
        ({"batch_biomass_kg": Scaled(10**10)}, "batch_biomass_kg = 100000000.0; allowed: 0"),
        ({"amount_kg": -1.0}, "amount_kg = -1.0; allowed: 0.0001 to 999999.9999"),
        ({"amount_kg": "much"}, "amount_kg is <U4; expected numbers"),
        ({"amount_kg": None}, "amount_kg is NULL; the column is NOT NULL"),
        ({"batch_id": np.ma.masked_array([1, 2, 3], [True, False, False])}, "batch_id is NULL"),
        ({"batch_id": np.array([1.0, 2.0, 3.0])}, "batch_id is float64; expected integers"),
        ({"batch_id": np.array([1, 2])}, "batch_id has shape (2,); expected (3,) or a single value"),
        ({"batch_id": Scaled(3)}, "batch_id is bigint; Scaled is for numeric columns"),
        ({"recorded_by_id": 2**31}, "recorded_by_id = 2147483648; allowed: -2147483648 to 2147483647"),
        ({"feeding_time": 86_400_000_000}, "feeding_time = 86400000000; allowed: 0 to 86399999999"),
        ({"feeding_time": np.datetime64("2015-01-01")}, "feeding_time is time; a date was given"),
        ({"method": "BY_HAND"}, "method = 'BY_HAND': allowed: MANUAL"),
        ({"notes": 5}, "notes = 5: is int, expected text"),
        ({"notes": "a\0b"}, "NUL character"),
        ({"notes": Coded(np.array([0, 1, 2]), ["a", "b"])}, "notes: code 2 has no label; there are 2"),
        ({"notes": Coded(np.array([0.0, 1.0, 2.0]), ["a"])}, "notes: codes are float64; expected integers"),
        ({"nots": "x"}, "inventory_feedingevent has no column nots; allowed: id, "),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changes: dict[str, object], words: str) -> None:
    with pytest.raises(RowsError) as refused:
        feeding(**changes)
    assert words in str(refused.value)
    assert FEEDING in str(refused.value)


def test_missing_columns_are_named() -> None:
    with pytest.raises(RowsError, match=r"inventory_feedingevent.feeding_date is missing and has no default"):
        rows(TABLES[FEEDING], 1, id=1)


def test_text_longer_than_its_column_or_empty_is_refused() -> None:
    stamps = {"created_at": START, "updated_at": START}
    with pytest.raises(RowsError, match=r"infrastructure_geography.name = '.+': 101 characters; allowed: 100"):
        rows(TABLES["infrastructure_geography"], 1, id=ids(FIRST, 1), name="x" * 101, **stamps)
    with pytest.raises(RowsError, match=r"infrastructure_geography.name = '': must not be empty"):
        rows(TABLES["infrastructure_geography"], 1, id=ids(FIRST, 1), name="", **stamps)
    unused = Coded(np.zeros(1, np.int64), ["Faroe Islands", ""])
    assert len(rows(TABLES["infrastructure_geography"], 1, id=ids(FIRST, 1), name=unused, **stamps)) == 1


def test_parts_of_rows_are_rows() -> None:
    made = feeding(7, notes=np.array(list("abcdefg")), feed_cost=np.ma.masked_array(np.arange(7.0), np.arange(7) < 3))
    assert [part.size for part in made.slices(3)] == [3, 3, 1]
    assert made.take(slice(3, 7)).columns["feed_cost"].null is None
    assert made.take(made.ids == made.ids[2]).columns["notes"].values.tolist() == [2]
    assert made.take(np.array([6, 0])).ids.tolist() == [made.ids[6], made.ids[0]]
    assert by_table([made, made]) == {FEEDING: [made, made]}
