"""The eggs that batches come from.

Belongs here: rows of ``broodstock_eggproduction``, ``broodstock_externaleggbatch`` and ``broodstock_batchparentage``.
Does not belong here: the parents of own eggs (``parents``), the delivery of eggs (``batch.creation_workflows``).

A supplier's delivery is one production. Own eggs are one production for each pair: a female has some thousand eggs, a
batch some hundred thousand. The productions of a batch are the eggs that were ordered for it.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.model import Batches
from aquamind_assets.records.broodstock.laid_eggs import LaidEggs
from aquamind_assets.records.broodstock.parents import MOST_PAIRS, STRIPPED, Pairs, pairs_of
from aquamind_assets.records.broodstock.suppliers import supplier_id
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, DayRange, row_ids

SOURCES = ("internal", "external")
"""``broodstock_eggproduction.source_type``."""

_ENTERED = 9 * HOUR
"""Productions and deliveries are entered in the morning, before the eggs are laid in."""


def production_ids(batches: Batches) -> np.ndarray:
    """Return the ``broodstock_eggproduction`` id of the first, or only, eggs of each batch."""
    return row_ids(batches.start_day, batches.batch_id % WIDE_DAY_ROWS * MOST_PAIRS)


def supplier_number(name: str, batch: str) -> str:
    """Return the number that a supplier gives to the eggs for a batch."""
    return f"{name[:3].upper()}-{batch}"


def egg_origins(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the eggs of these days, what their suppliers call them, and the batches that they became."""
    pairs = pairs_of(year, days)
    yield _productions(year, pairs)
    yield _external(year, pairs.laid)
    yield _parentage(year, pairs)


def _external_batches(laid: LaidEggs) -> np.ndarray:
    return np.flatnonzero(laid.batches.external_eggs)


def _origins(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Return id and batch of all productions, sorted by id."""
    bought = _external_batches(pairs.laid)
    ids = np.concatenate([pairs.ids, production_ids(pairs.laid.batches)[bought]])
    batch = np.concatenate([pairs.batch, bought])
    order = np.argsort(ids)
    return ids[order], batch[order]


def _productions(year: YearInputs, pairs: Pairs) -> Rows:
    bought = _external_batches(pairs.laid)
    ids, batch = _origins(pairs)
    of_pair = np.searchsorted(ids, pairs.ids)
    eggs = np.zeros(ids.size, dtype=np.int64)
    eggs[of_pair] = pairs.eggs
    pair = np.full(ids.size, -1, dtype=np.int64)
    pair[of_pair] = pairs.ids
    delivered = np.searchsorted(ids, production_ids(pairs.laid.batches)[bought])
    eggs[delivered] = pairs.laid.ordered[bought]
    own = pair >= 0
    day = pairs.laid.batches.start_day[batch].astype(np.int64)
    number = pairs.laid.batches.number[batch]
    return rows(
        year.tables["broodstock_eggproduction"],
        ids.size,
        id=ids,
        egg_batch_id=[
            f"EGG-{name}-{one % MOST_PAIRS + 1:03d}" for name, one in zip(number.tolist(), ids.tolist(), strict=True)
        ],
        egg_count=eggs,
        production_date=day * MICROSECONDS_PER_DAY + np.where(own, STRIPPED, _ENTERED),
        source_type=Coded((~own).astype(np.int64), SOURCES),
        created_at=day * MICROSECONDS_PER_DAY + _ENTERED,
        updated_at=day * MICROSECONDS_PER_DAY + _ENTERED,
        destination_station_id=year.infrastructure.stations.station_id[pairs.laid.batches.station[batch]],
        pair_id=np.ma.MaskedArray(np.maximum(pair, 0), mask=~own),
    )


def _external(year: YearInputs, laid: LaidEggs) -> Rows:
    bought = laid.batches.take(_external_batches(laid))
    entered = bought.start_day.astype(np.int64) * MICROSECONDS_PER_DAY + _ENTERED
    return rows(
        year.tables["broodstock_externaleggbatch"],
        len(bought),
        id=production_ids(bought),
        batch_number=[
            supplier_number(supplier, number)
            for supplier, number in zip(bought.egg_supplier.tolist(), bought.number.tolist(), strict=True)
        ],
        provenance_data=[f"Eyed eggs of {supplier}." for supplier in bought.egg_supplier.tolist()],
        created_at=entered,
        updated_at=entered,
        egg_production_id=production_ids(bought),
        supplier_id=supplier_id(year, bought.egg_supplier),
    )


def _parentage(year: YearInputs, pairs: Pairs) -> Rows:
    ids, batch = _origins(pairs)
    laid_in = pairs.laid.batches.start_day[batch].astype(np.int64) * MICROSECONDS_PER_DAY + MOVE_INSTANT
    return rows(
        year.tables["broodstock_batchparentage"],
        ids.size,
        id=ids,
        assignment_date=laid_in,
        created_at=laid_in,
        updated_at=laid_in,
        batch_id=pairs.laid.batches.batch_id[batch],
        egg_production_id=ids,
    )
