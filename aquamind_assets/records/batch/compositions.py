"""AquaMind's batch compositions: the source batches of the fish in a mixed batch.

Belongs here: rows of ``batch_batchcomposition``. Does not belong here: the mixed batch itself (``batches``), the
movements that created it (``transfers``).

A composition is that of the day of mixing and never changes, because the fish cannot be distinguished afterwards.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

_ENTERED = MOVE_INSTANT + 2 * HOUR
"""Compositions are entered into AquaMind together with the transfers."""

_WHOLE = 10_000
"""100 %, in stored units of .01 %."""


def compositions(year: YearInputs) -> Iterator[Rows]:
    """Yield ``batch_batchcomposition`` of the batches that were mixed in the year: a row for each source, with
    percentages of the fish that add up to 100."""
    parts = year.ledger.compositions
    yield rows(
        year.tables["batch_batchcomposition"],
        len(parts),
        id=parts.composition_id,
        percentage=Scaled(percentages(parts.mixed_batch, parts.count)),
        population_count=parts.count,
        biomass_kg=Scaled(biomass_cents(parts.count, parts.weight_g)),
        created_at=parts.day.astype(np.int64) * MICROSECONDS_PER_DAY + _ENTERED,
        mixed_batch_id=parts.mixed_batch,
        source_batch_id=parts.source_batch,
    )


def percentages(mixed_batch: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the share of each source in the fish of its mixed batch, in .01 %: whole numbers that add up to 10,000 in
    each batch. Rows of a batch are adjacent."""
    shares = np.zeros(count.size, dtype=np.int64)
    for batch in np.unique(mixed_batch):
        mine = mixed_batch == batch
        upto = np.cumsum(count[mine])
        shares[mine] = np.diff(np.rint(upto * _WHOLE / upto[-1]).astype(np.int64), prepend=0)
    return shares
