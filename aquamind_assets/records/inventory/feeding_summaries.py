"""Feed, weight gain and feed conversion ratio of each batch by month.

Belongs here: rows of ``inventory_batchfeedingsummary``. Does not belong here: single feedings (``feeding_events``).

AquaMind computes growth as last minus first ``batch_biomass_kg`` over all containers of a batch, which compares
different containers with each other. The rows here hold the meaning of those columns: the gain in biomass of the batch,
where fish that died or were harvested in the month count with their weight of that day (biological gain). Fish that
joined a mixed batch count with their weight at mixing, so that they are no growth of the mixed batch. Feed, mean
biomass and mean percentage are AquaMind's sums and means over the feeding events; for a mixed batch they start with the
day of mixing.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from aquamind_assets.ledger.model import Compositions, ContainerDays
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.records.inventory.feeding_events import fed_biomass_kg
from aquamind_assets.records.inventory.meals import meals
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, row_ids

SUMMARY_HOUR = 22
"""Summaries of a month are made at 22:00 UTC of its last day."""

MAX_FCR = 99.999
"""Maximum of AquaMind's column. A month with next to no gain has no feed conversion ratio."""


def feeding_summaries(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield ``inventory_batchfeedingsummary`` of the months that end on one of these days: a row for each batch that
    was fed."""
    for month in months_ended(year, days):
        size, columns = batch_month(year, month)
        yield rows(
            year.tables["inventory_batchfeedingsummary"], size, **columns, growth_kg=columns["total_biomass_gain_kg"]
        )


def months_ended(year: YearInputs, days: DayRange) -> list[DayRange]:
    """Return the months of the year that end on one of these days."""
    return [month for month in _months(year.year) if month.end - 1 in days]


def written_at(month: DayRange) -> int:
    """Return the instant at which the summaries of a month are made."""
    return month.end * MICROSECONDS_PER_DAY - (24 - SUMMARY_HOUR) * HOUR


def feed_conversion(feed_kg: np.ndarray, gain_kg: np.ndarray) -> np.ma.MaskedArray:
    """Return feed / gain, masked where there is no gain or the ratio is too large for the column."""
    ratio = np.divide(feed_kg, gain_kg, out=np.full(gain_kg.shape, np.inf), where=gain_kg > 0)
    return np.ma.MaskedArray(np.minimum(ratio, MAX_FCR), mask=ratio >= MAX_FCR)


def _months(year: int) -> list[DayRange]:
    starts = np.arange(f"{year}-01", f"{year + 1}-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return [DayRange(int(first), int(end)) for first, end in pairwise(starts)]


def batch_month(year: YearInputs, month: DayRange) -> tuple[int, dict[str, Any]]:
    """Return the number of batches that were fed in a month, and the columns of their summaries that all releases have,
    sorted by batch."""
    fed = meals(year, month)
    batches, batch = np.unique(year.ledger.container_days.batch_id[fed.row], return_inverse=True)
    events = np.bincount(batch, minlength=batches.size)
    biomass = fed_biomass_kg(year, fed.row)
    percentage = np.round(fed.amount_g / 10 / biomass, 6)
    feed_g = np.bincount(batch, weights=fed.amount_g, minlength=batches.size).astype(np.int64)
    around = DayRange(month.first - 1, month.end)
    gain = _gains(
        of_days(year.ledger.container_days, around), of_days(year.ledger.compositions, around), month, batches
    )
    gain = np.round(gain, 2)
    gained = np.ma.MaskedArray(np.maximum(gain, 0.0), mask=gain <= 0)
    return batches.size, {
        "id": row_ids(np.full(batches.size, month.end - 1), np.arange(batches.size)),
        "batch_id": batches,
        "period_start": month.first,
        "period_end": month.end - 1,
        "total_feed_kg": Scaled(feed_g // 10),
        "average_biomass_kg": np.bincount(batch, weights=biomass, minlength=batches.size) / events,
        "average_feeding_percentage": np.bincount(batch, weights=percentage, minlength=batches.size) / events,
        "total_feed_consumed_kg": Scaled(feed_g // 10),
        "total_biomass_gain_kg": gained,
        "fcr": feed_conversion(feed_g / 1000, gain),
        "created_at": written_at(month),
        "updated_at": written_at(month),
    }


def _gains(days: ContainerDays, mixed: Compositions, month: DayRange, batches: np.ndarray) -> np.ndarray:
    """Return the biological gain of each batch in the month, kg. ``days`` and ``mixed`` begin with the day before the
    month, if the ledger has it.

    The ledger of a year lacks the last evening of the previous year: the gain of 1 January is taken to be that of 2
    January.
    """
    mine = days.take(np.isin(days.batch_id, batches))
    where = np.searchsorted(batches, mine.batch_id) * (len(month) + 1) + mine.day - (month.first - 1)
    shape = (batches.size, len(month) + 1)
    deaths = sum(getattr(mine, name).astype(np.int64) for name in mine.names() if name.startswith("deaths_"))
    left = deaths + mine.transfer_loss + mine.harvested
    biomass = np.bincount(where, weights=mine.closing * mine.weight_g / 1000, minlength=shape[0] * shape[1]).reshape(
        shape
    )
    gone = np.bincount(where, weights=left * mine.weight_g / 1000, minlength=shape[0] * shape[1]).reshape(shape)
    for batch, sign in ((mixed.source_batch, 1), (mixed.mixed_batch, -1)):
        known = np.flatnonzero(np.isin(batch, batches))
        moved = sign * mixed.count[known] * mixed.weight_g[known] / 1000
        np.add.at(gone, (np.searchsorted(batches, batch[known]), mixed.day[known] - (month.first - 1)), moved)
    gain = np.diff(biomass, axis=1) + gone[:, 1:]
    if not (mine.day == month.first - 1).any():
        gain[:, 0] = gain[:, 1]
    return gain.sum(axis=1)
