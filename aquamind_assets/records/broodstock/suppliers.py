"""Suppliers of eggs.

Belongs here: rows of ``broodstock_eggsupplier``, one for each supplier of the scenario. Does not belong here: their
eggs (``origins``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

_ENTERED = 6 * HOUR


def supplier_id(year: YearInputs, names: np.ndarray) -> np.ndarray:
    """Return the ``broodstock_eggsupplier`` id of each name among the scenario's egg suppliers; other names, such as
    that of the farm's own broodstock, have that of the first supplier and are masked."""
    known: list[str] = list(year.scenario.farm.batches.egg_suppliers)
    place = np.array([known.index(name) if name in known else -1 for name in names.tolist()], dtype=np.int64)
    return np.ma.MaskedArray(master.egg_supplier_id(year.scenario, np.maximum(place, 0)), mask=place < 0)


def egg_suppliers(year: YearInputs) -> Iterator[Rows]:
    """Yield ``broodstock_eggsupplier``, the same in every year."""
    names: list[str] = list(year.scenario.farm.batches.egg_suppliers)
    entered = master.master_day(year.scenario) * MICROSECONDS_PER_DAY + _ENTERED
    yield rows(
        year.tables["broodstock_eggsupplier"],
        len(names),
        id=master.egg_supplier_id(year.scenario, np.arange(len(names))),
        name=names,
        contact_details=[f"orders@{'-'.join(name.lower().split())}.example" for name in names],
        created_at=entered,
        updated_at=entered,
    )
