"""The single fish of AquaMind's growth samples.

Belongs here: rows of ``batch_individualgrowthobservation``. Does not belong here: drawing the fish and the figures of
the samples (``growth_samples``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.batch.growth_samples import measured_fish
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import WIDE_DAY_ROWS, DayRange, row_ids

MOST_FISH = 1_000
"""Fish of a sample at most, the scenario's limit: numbers within a day are set aside for so many."""


def growth_observations(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the fish of the samples of these days, sorted by sample."""
    measured = measured_fish(year, days)
    sample, fish = np.nonzero(measured.sampled)
    ids, moment = measured.ids[sample], measured.moment[sample]
    names = [f"{number}" for number in range(1, measured.sampled.shape[1] + 1)]
    yield rows(
        year.tables["batch_individualgrowthobservation"],
        sample.size,
        id=observation_ids(ids, measured.due.day[sample], fish),
        fish_identifier=Coded(fish, names),
        weight_g=Scaled(np.rint(measured.weight[sample, fish] * 100).astype(np.int64)),
        length_cm=Scaled(np.rint(measured.length[sample, fish] * 100).astype(np.int64)),
        created_at=moment,
        updated_at=moment,
        growth_sample_id=ids,
    )


def observation_ids(sample_id: np.ndarray, day: np.ndarray, fish: np.ndarray) -> np.ndarray:
    """Return the row id of the fish number ``fish``, from 0, of each sample, which is of ``day``."""
    return row_ids(day, sample_id % WIDE_DAY_ROWS * MOST_FISH + fish)
