"""Monthly health samplings: the event with its aggregates, each fish, each score.

Belongs here: rows of ``health_healthsamplingevent``, ``health_individualfishobservation`` and
``health_fishparameterscore``. Does not belong here: the fish (``fish_samples``).

The aggregates are the result of AquaMind's own calculation for the stored fish: means, smallest, largest, the standard
deviation of the sample itself (not an estimate), the mean of the condition factors of the fish.
"""

from collections.abc import Callable, Iterator

import numpy as np

from aquamind_assets.records.fish_traits import SCORED, SHOWN, from_zero
from aquamind_assets.records.health.fish_samples import FishSample, samples
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import HEALTH_PARAMETERS, health_parameter_id, trait_id
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, row_ids

SAMPLED = 13 * HOUR + HOUR // 2
"""Fish are sampled at 13:30 UTC."""


def health_samplings(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the three tables for the samplings of these days, a block of each for each day."""
    for sample in samples(year, days):
        yield _events(year, sample)
        fish, place = np.nonzero(sample.taken)
        yield _observations(year, sample, fish, place)
        yield _scores(year, sample, fish, place)


def _moment(sample: FishSample) -> int:
    return int(sample.fish.day[0]) * MICROSECONDS_PER_DAY + SAMPLED


def _event_ids(sample: FishSample) -> np.ndarray:
    return row_ids(sample.fish.day, np.arange(len(sample.fish)))


def _observation_ids(sample: FishSample, fish: np.ndarray) -> np.ndarray:
    return row_ids(sample.fish.day[fish], np.arange(fish.size))


def _events(year: YearInputs, sample: FishSample) -> Rows:
    weight, length = sample.weight_units / 100, sample.length_units / 100
    alone = sample.size <= 1
    geography = year.container_geography[sample.fish.container]
    moment = _moment(sample)
    return rows(
        year.tables["health_healthsamplingevent"],
        len(sample.fish),
        id=_event_ids(sample),
        assignment_id=sample.fish.assignment_id,
        sampling_date=sample.fish.day,
        number_of_fish_sampled=sample.size,
        avg_weight_g=_mean(sample, weight),
        std_dev_weight_g=np.ma.MaskedArray(_deviation(sample, weight), mask=alone),
        min_weight_g=np.where(sample.taken, weight, np.inf).min(axis=1),
        max_weight_g=np.where(sample.taken, weight, 0.0).max(axis=1),
        avg_length_cm=_mean(sample, length),
        std_dev_length_cm=np.ma.MaskedArray(_deviation(sample, length), mask=alone),
        min_length_cm=np.where(sample.taken, length, np.inf).min(axis=1),
        max_length_cm=np.where(sample.taken, length, 0.0).max(axis=1),
        avg_k_factor=_mean(sample, 100 * weight / length**3),
        calculated_sample_size=sample.size,
        notes=Coded(_worst(sample), _NOTES),
        sampled_by_id=staff(year.scenario, year.infrastructure).vets(geography, sample.fish.batch_id),
        created_at=moment,
        updated_at=moment,
    )


def _mean(sample: FishSample, values: np.ndarray) -> np.ndarray:
    """Return the mean of each sample's fish; ``values`` of its places, (samples, places)."""
    return np.where(sample.taken, values, 0.0).sum(axis=1) / sample.size


def _deviation(sample: FishSample, values: np.ndarray) -> np.ndarray:
    """Return the standard deviation of each sample's fish, likewise."""
    return np.sqrt(_mean(sample, (values - _mean(sample, values)[:, None]) ** 2))


REMARKABLE = 2.0
"""Mean score of a sampling from which it is noted."""

_NOTES = (
    "Monthly sampling, nothing remarkable.",
    *(f"Monthly sampling; look at {name.lower()} again next time." for name in HEALTH_PARAMETERS),
)


def _worst(sample: FishSample) -> np.ndarray:
    """Return the code of each sampling's note: the parameter with the worst mean score, if it reaches
    :data:`REMARKABLE`."""
    mean = (sample.scores * sample.taken[..., None]).sum(axis=1) / sample.size[:, None]
    return np.where(mean.max(axis=1) >= REMARKABLE, mean.argmax(axis=1) + 1, 0)


def _observations(year: YearInputs, sample: FishSample, fish: np.ndarray, place: np.ndarray) -> Rows:
    return rows(
        year.tables["health_individualfishobservation"],
        fish.size,
        id=_observation_ids(sample, fish),
        sampling_event_id=_event_ids(sample)[fish],
        fish_identifier=Coded(place, [f"{number + 1:02d}" for number in range(sample.taken.shape[1])]),
        weight_g=Scaled(sample.weight_units[fish, place]),
        length_cm=Scaled(sample.length_units[fish, place]),
        created_at=_moment(sample),
        updated_at=_moment(sample),
    )


def _scores(year: YearInputs, sample: FishSample, fish: np.ndarray, place: np.ndarray) -> Rows:
    shown, traits = _scored(year)
    parameters = len(traits)
    return rows(
        year.tables["health_fishparameterscore"],
        fish.size * parameters,
        id=row_ids(np.repeat(sample.fish.day[fish], parameters), np.arange(fish.size * parameters)),
        individual_fish_observation_id=np.repeat(_observation_ids(sample, fish), parameters),
        parameter_id=np.tile(traits, fish.size),
        score=shown(sample.scores[fish, place]).reshape(-1),
        created_at=_moment(sample),
        updated_at=_moment(sample),
    )


def _scored(year: YearInputs) -> tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]:
    """Return how the release stores the scores of a fish, and the id of what each stored score is of."""
    if year.release == "2025-08":
        return lambda scores: scores, health_parameter_id(year.scenario, np.arange(len(HEALTH_PARAMETERS)))
    return lambda scores: from_zero(scores[:, SHOWN]), trait_id(year.scenario, SCORED)
