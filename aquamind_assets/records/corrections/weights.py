"""Mistyped weights: of fish in growth samples.

Belongs here: the corrections of the single fish, and of the samples that AquaMind computes from them. Does not belong
here: counts (``counts``).

Of a sample that was mistyped, one fish has a wrong weight. Means, deviation, extremes and condition of the sample were
computed with it, and again when it was corrected. A weight that leaves the mean as it is, to its last decimal, is never
noticed: it was not mistyped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from aquamind_assets.records.batch.growth_observations import observation_ids
from aquamind_assets.records.batch.growth_samples import Measured, due_samples, measured_of, sampled_rows
from aquamind_assets.records.corrections.chance import Slips, slips
from aquamind_assets.records.corrections.correction import Corrections
from aquamind_assets.records.corrections.mistakes import wrong_number
from aquamind_assets.records.inputs import YearInputs, of_days
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, days_of_ids, number_within_day, row_ids

_WEIGHT = "weight_g"
_DECIMALS = 2
_COMPUTED = ("avg_weight_g", "std_deviation_weight", "min_weight_g", "max_weight_g", "condition_factor")


@dataclass(frozen=True)
class _Mistyped:
    """Samples with a mistyped fish, arrays of shape (n,).

    Attributes:
        slips: when and by whom each was corrected.
        sample_id: the samples.
        fish_id: the rows of the fish.
        wrong: their weights as typed, .01 g.
        mistake: the Mistake.
        first: what AquaMind computed of the samples at first, stored units by column.
    """

    slips: Slips
    sample_id: np.ndarray
    fish_id: np.ndarray
    wrong: np.ndarray
    mistake: np.ndarray
    first: Mapping[str, np.ndarray]


def of_growth_samples(year: YearInputs, block: Rows) -> Corrections:
    """Corrections of ``batch_growthsample``."""
    found = _mistyped(year, block)
    return _corrections(found, block, found.sample_id, _COMPUTED[0], found.first)


def of_growth_observations(year: YearInputs, block: Rows) -> Corrections:
    """Corrections of ``batch_individualgrowthobservation``."""
    found = _mistyped(year, block)
    return _corrections(found, block, found.fish_id, _WEIGHT, {_WEIGHT: found.wrong})


def _corrections(
    found: _Mistyped, block: Rows, ids: np.ndarray, column: str, first: Mapping[str, np.ndarray]
) -> Corrections:
    return Corrections(
        np.searchsorted(block.ids, ids), found.slips.moment, found.slips.user_id, found.mistake, column, first
    )


def _mistyped(year: YearInputs, block: Rows) -> _Mistyped:
    """Return what was mistyped in the samples of a block's days."""
    days = days_of_ids(block.ids[[0, -1]] if block.size else block.ids, narrow=block.spec.narrow_id)
    whole = DayRange(int(days[0]), int(days[-1]) + 1) if days.size else DayRange(0, 0)
    due, planned = due_samples(year, of_days(year.ledger.container_days, whole))
    day = due.day.astype(np.int64)
    found = slips(year, "weights", due.container.astype(np.int64), day, np.zeros(day.size, dtype=np.int64), 1)
    measured = measured_of(year, due.take(found.row), planned[found.row])
    sample = np.arange(found.row.size)
    size = measured.sampled.sum(axis=1)
    fish = np.floor(found.pick * size).astype(np.int64)
    below = (fish + 1) % np.maximum(size, 1)
    units = np.rint(measured.weight * 100).astype(np.int64)
    typed = [
        wrong_number(int(right), luck, line=int(line) if count > 1 else None, decimals=_DECIMALS)
        for right, line, count, luck in zip(units[sample, fish], units[sample, below], size, found.luck, strict=True)
    ]
    wrong = np.array([number for number, _ in typed], dtype=np.int64)
    weight = measured.weight.copy()
    weight[sample, fish] = wrong / 100
    first, right = (_computed(year, one) for one in (replace(measured, weight=weight), measured))
    noticed = np.flatnonzero(first[_COMPUTED[0]] != right[_COMPUTED[0]])
    sample_id = row_ids(day, number_within_day(day))[found.row]
    return _Mistyped(
        slips=found.take(noticed),
        sample_id=sample_id[noticed],
        fish_id=observation_ids(sample_id, day[found.row], fish)[noticed],
        wrong=wrong[noticed],
        mistake=np.array([mistake for _, mistake in typed], dtype=np.int64)[noticed],
        first={name: values[noticed] for name, values in first.items()},
    )


def _computed(year: YearInputs, measured: Measured) -> dict[str, np.ndarray]:
    """Return what AquaMind computes of each sample, stored units by column, shape (samples,)."""
    computed = sampled_rows(year, measured).columns
    return {name: np.broadcast_to(computed[name].values, (len(measured.due),)) for name in _COMPUTED}
