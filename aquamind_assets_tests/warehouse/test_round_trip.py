"""Whatever rows are loaded, the database holds just them: what is read back has the digest of what was written."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aquamind_assets.tables.digest import digest, hash_values
from aquamind_assets.timeline import id_range, year_days
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.tables.random_rows import random_rows

TABLES_WITHOUT_UNIQUE_KEYS = (
    "environmental_environmentalreading",
    "environmental_weatherdata",
    "inventory_feedingevent",
    "inventory_historicalfeedstock",
    "health_healthlabsample",
    "health_journalentry",
    "batch_batchtransfer",
    "batch_lifecyclestage",
    "infrastructure_freshwaterstation",
)


@contextmanager
def undone(warehouse: Warehouse) -> Iterator[None]:
    """A transaction that is rolled back."""
    with suppress(InterruptedError), warehouse.database.transaction():
        yield
        raise InterruptedError


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.sampled_from(TABLES_WITHOUT_UNIQUE_KEYS),
    size=st.sampled_from([1, 2, 7, 400, 2500]),
    seed=st.integers(0, 10_000),
)
def test_rows_come_back_as_they_were(warehouse: Warehouse, table: str, size: int, seed: int) -> None:
    if table == "batch_lifecyclestage":
        size = 1  # its names are unique
    block = random_rows(table, size, seed)
    low, high = id_range(year_days(2015), narrow=block.spec.narrow_id)
    with undone(warehouse):
        warehouse.database.load(iter([block]))
        hashes = np.concatenate(
            [
                hash_values(block.spec, values[block.spec.id_column].size, values)
                for values in warehouse.database.scan(table, low, high)
            ]
        )
    assert hashes.size == size
    assert int(hashes.sum(dtype=np.uint64)) == digest(block)
