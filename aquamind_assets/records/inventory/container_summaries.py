"""Feed, growth and feed conversion ratio of each stay by month, and the summaries of batches made of them.

Belongs here: rows of ``inventory_containerfeedingsummary`` and, as release 2026-03 has it, of
``inventory_batchfeedingsummary``. Does not belong here: single feedings (``feeding_events``), the columns that both
releases have (``feeding_summaries``).

AquaMind computes the growth of a stay from growth samples: (last - first mean weight in the month) x fish. The fish are
those at the end of the month, or on the last day of a stay that ended in it. The samples are those of the stay itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.records.batch.growth_samples import growth_samples
from aquamind_assets.records.inputs import YearInputs, of_days
from aquamind_assets.records.inventory.feeding_summaries import (
    batch_month,
    feed_conversion,
    months_ended,
    written_at,
)
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import DayRange, row_ids

CONFIDENCES = ("VERY_HIGH", "HIGH", "MEDIUM", "LOW")
"""``confidence_level``, the best first."""

CONFIDENT_DAYS = np.array([10, 20, 40])
"""Days from the last weighing to the end of the period from which on the confidence is one level lower, as in
AquaMind. A stay without a weighing in the month has the lowest."""


@dataclass(frozen=True)
class _Stays:
    """The stays that were fed in a month, sorted by assignment; arrays of one value for each.

    Attributes:
        assignment: the stay.
        batch: its batch.
        feed_g: feed eaten, g.
        fish: fish at the end of the month or of the stay.
        samples: growth samples in the month.
        first: mean weight in the first of them, in units of .01 g; 0 without samples.
        last: the same of the last.
        days: days from the last of them to the end of the month; a large number without samples.
    """

    assignment: np.ndarray
    batch: np.ndarray
    feed_g: np.ndarray
    fish: np.ndarray
    samples: np.ndarray
    first: np.ndarray
    last: np.ndarray
    days: np.ndarray

    @property
    def biomass_cents(self) -> tuple[np.ndarray, np.ndarray]:
        """Biomass by the first and by the last sample, in units of .01 kg."""
        return np.rint(self.first * self.fish / 1000), np.rint(self.last * self.fish / 1000)

    @property
    def growth_kg(self) -> np.ndarray:
        """Growth, kg with two decimals; 0 where it is not known."""
        grown = np.round((self.last - self.first) * self.fish / 100_000, 2)
        return np.where(self.samples >= 2, np.maximum(grown, 0.0), 0.0)

    @property
    def confidence(self) -> np.ndarray:
        """Position in :data:`CONFIDENCES`."""
        return np.searchsorted(CONFIDENT_DAYS, self.days, side="right")


def summaries_by_stay(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield both tables for the months that end on one of these days."""
    for month in months_ended(year, days):
        stays = _stays(year, month)
        yield _of_stays(year, month, stays)
        yield _of_batches(year, month, stays)


def _stays(year: YearInputs, month: DayRange) -> _Stays:
    fish = of_days(year.ledger.container_days, month)
    fed = fish.take(fish.feed_g > 0)
    assignment, first_row, stay = np.unique(fed.assignment_id, return_index=True, return_inverse=True)
    feed_g = np.zeros(assignment.size, dtype=np.int64)
    np.add.at(feed_g, stay, fed.feed_g)
    mine = fish.take(np.isin(fish.assignment_id, assignment))
    there = np.where(mine.closing > 0, mine.closing, mine.opening + mine.moved_in)
    left = np.zeros(assignment.size, dtype=np.int64)
    # Rows are sorted by day, so that the last day of each stay is written last.
    left[np.searchsorted(assignment, mine.assignment_id)] = there
    samples, first, last = (np.zeros(assignment.size, dtype=np.int64) for _ in range(3))
    since = np.full(assignment.size, len(month) + CONFIDENT_DAYS[-1], dtype=np.int64)
    for block in growth_samples(year, month):
        weight, day, of = (block.columns[name].values for name in ("avg_weight_g", "sample_date", "assignment_id"))
        known = np.isin(of, assignment)
        place, weight, day = np.searchsorted(assignment, of[known]), weight[known], day[known]
        np.add.at(samples, place, 1)
        first[place[::-1]] = weight[::-1]
        last[place] = weight
        since[place] = month.end - 1 - day
    return _Stays(assignment, fed.batch_id[first_row], feed_g, left, samples, first, last, since)


def _of_stays(year: YearInputs, month: DayRange, stays: _Stays) -> Rows:
    unweighed = stays.samples == 0
    starting, ending = stays.biomass_cents
    size = stays.assignment.size
    measured = stays.samples >= 2
    return rows(
        year.tables["inventory_containerfeedingsummary"],
        size,
        id=row_ids(np.full(size, month.end - 1), np.arange(size)),
        period_start=month.first,
        period_end=month.end - 1,
        total_feed_kg=Scaled(stays.feed_g // 10),
        starting_biomass_kg=np.ma.MaskedArray(starting / 100, mask=unweighed),
        ending_biomass_kg=np.ma.MaskedArray(ending / 100, mask=unweighed),
        growth_kg=np.ma.MaskedArray(stays.growth_kg, mask=stays.growth_kg <= 0),
        fcr=feed_conversion(stays.feed_g / 1000, stays.growth_kg),
        confidence_level=Coded(stays.confidence, CONFIDENCES),
        estimation_method=np.ma.MaskedArray(np.full(size, "MEASURED", dtype=object), mask=~measured),
        data_points=stays.samples,
        batch_id=stays.batch,
        container_assignment_id=stays.assignment,
        created_at=written_at(month),
        updated_at=written_at(month),
    )


def _of_batches(year: YearInputs, month: DayRange, stays: _Stays) -> Rows:
    size, columns = batch_month(year, month)
    batch = np.searchsorted(columns["batch_id"], stays.batch)

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(batch, weights=values, minlength=size)

    starting, ending = stays.biomass_cents
    grown = summed(stays.growth_kg)
    ratio = feed_conversion(stays.feed_g / 1000, stays.growth_kg)
    stored = np.where(np.ma.getmaskarray(ratio), 0.0, np.round(np.ma.getdata(ratio), 3))
    feed_kg = np.where(np.ma.getmaskarray(ratio), 0.0, stays.feed_g / 1000)
    weighted = summed(stored * feed_kg)
    of_known = summed(feed_kg)
    worst = np.zeros(size, dtype=np.int64)
    np.maximum.at(worst, batch, stays.confidence)
    unweighed = summed(stays.samples) == 0
    unmeasured = summed(stays.samples >= 2) == 0
    return rows(
        year.tables["inventory_batchfeedingsummary"],
        size,
        **columns,
        container_count=summed(np.ones(batch.size)).astype(np.int64),
        total_starting_biomass_kg=np.ma.MaskedArray(summed(starting) / 100, mask=unweighed),
        total_ending_biomass_kg=np.ma.MaskedArray(summed(ending) / 100, mask=unweighed),
        total_growth_kg=np.ma.MaskedArray(grown, mask=grown <= 0),
        weighted_avg_fcr=np.ma.MaskedArray(
            np.divide(weighted, of_known, out=np.zeros(size), where=of_known > 0), mask=of_known <= 0
        ),
        overall_confidence_level=Coded(worst, CONFIDENCES),
        estimation_method=np.ma.MaskedArray(np.full(size, "MEASURED", dtype=object), mask=unmeasured),
    )
