import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.tables.digest import add, digest, digest_by_year, row_hashes
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets_tests.tables.random_rows import random_rows
from aquamind_assets_tests.warehouse.synthetic import FIRST, ids, parents, readings

BLOCK = next(readings(DayRange(FIRST, FIRST + 10), 480))


@settings(max_examples=20, deadline=None)
@given(size=st.integers(1, 5000), seed=st.integers(0, 2**32 - 1))
def test_digests_add_up_for_any_split_and_order(size: int, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(BLOCK.size)
    assert add([digest(part) for part in BLOCK.take(order).slices(size)]) == digest(BLOCK)


@settings(max_examples=40, deadline=None)
@given(column=st.sampled_from(BLOCK.spec.column_names), row=st.integers(0, BLOCK.size - 1), bit=st.integers(0, 40))
def test_any_changed_value_changes_the_digest(column: str, row: int, bit: int) -> None:
    random = random_rows(BLOCK.table, BLOCK.size, 7)
    stored = random.columns[column]
    if stored.constant:
        return
    values = stored.values.copy()
    values[row] = values[row] ^ (1 << bit) if stored.labels is None else (values[row] + 1) % len(stored.labels)
    changed = Rows(
        BLOCK.spec,
        BLOCK.size,
        {**random.columns, column: type(stored)(stored.spec, values, stored.null, stored.labels)},
    )
    was_null = stored.null is not None and stored.null[row]
    assert (digest(changed) == digest(random)) == was_null


def test_swapped_values_of_two_rows_change_the_digest() -> None:
    stored = BLOCK.columns["value"]
    values = stored.values.copy()
    values[[0, 1]] = values[[1, 0]]
    assert values[0] != values[1]
    swapped = Rows(BLOCK.spec, BLOCK.size, {**BLOCK.columns, "value": type(stored)(stored.spec, values, None, None)})
    assert digest(swapped) != digest(BLOCK)


def test_null_is_not_zero_and_not_empty() -> None:
    batch = BLOCK.columns["batch_id"]
    assert batch.null is not None
    zero = Rows(
        BLOCK.spec, BLOCK.size, {**BLOCK.columns, "batch_id": type(batch)(batch.spec, batch.values, None, None)}
    )
    assert digest(zero) != digest(BLOCK)


def test_a_constant_column_hashes_like_one_that_repeats_it() -> None:
    notes = BLOCK.columns["notes"]
    spelt = type(notes)(notes.spec, np.zeros(BLOCK.size, np.int64), None, ("", "unused"))
    assert digest(Rows(BLOCK.spec, BLOCK.size, {**BLOCK.columns, "notes": spelt})) == digest(BLOCK)


def test_hashes_of_rows_are_spread_over_all_bits() -> None:
    hashes = row_hashes(BLOCK)
    assert np.unique(hashes).size == BLOCK.size
    bits = (hashes[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.05


def test_rows_of_several_years_are_counted_by_year() -> None:
    batches = next(block for block in parents() if block.table == "batch_batch")
    numbers = batches.columns["id"]
    mixed = np.concatenate([ids(FIRST, 2), ids(year_days(2016).first, 1), [1]])
    block = Rows(batches.spec, 4, {**batches.columns, "id": type(numbers)(numbers.spec, mixed, None, None)})
    found = digest_by_year(block)
    assert {year: count for year, (count, _) in found.items()} == {0: 1, 2015: 2, 2016: 1}
    assert add([value for _, value in found.values()]) == digest(block)
    assert digest_by_year(block.take(slice(0, 0))) == {}


def test_the_digest_of_known_rows_never_changes() -> None:
    assert f"{digest(BLOCK):016x}" == "9ee91278c4869e22"
