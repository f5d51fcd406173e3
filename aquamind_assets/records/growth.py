"""AquaMind's growth samples: a few dozen fish of each container, weighed and measured every week.

Belongs here: the sample as a real draw from the container's fish. A fish's weight is log-normal about the container's true mean with its true coefficient of
variation, its length follows from W = K L^3 / 100 with a condition of its own; so means, deviations and extremes scatter as those of a sample do.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.farm.ledger import ContainerDays, Stage
from aquamind_assets.farm.streams import stream
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, row_ids
from aquamind_assets.warehouse.rows import Rows, Scaled, rows

CONDITION_SD = 0.06
"""Standard deviation of the log of an individual's condition factor about its container's (general knowledge)."""

_FIRST_FED_STAGE = Stage.FRY
"""Eggs and alevins are not measured."""

_MEASURED = 10 * HOUR


def growth_samples(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """The samples of these days, a block for each day on which there are any."""
    fish = of_days(year.ledger.container_days, days)
    for day in range(days.first, days.end):
        due = _due(year, of_days(fish, DayRange(day, day + 1)), day)
        if len(due):
            yield _sampled(year, due, day)


def _due(year: YearInputs, fish: ContainerDays, day: int) -> ContainerDays:
    """Containers whose turn it is: each has its own day in the interval, so that the crew has some every day; not on the day fish come or leave."""
    turn = (day + fish.container.astype(np.int64)) % year.scenario.health.sampling.growth_interval_days == 0
    return fish.take(turn & (fish.stage >= _FIRST_FED_STAGE) & (fish.opening > 0) & (fish.closing > 0))


def _sampled(year: YearInputs, due: ContainerDays, day: int) -> Rows:
    plan = year.scenario.health.sampling
    low, high = int(plan.growth_sample_size.low), int(plan.growth_sample_size.high)
    generator = stream(year.scenario.seed, "growth_samples", day)
    # A field over the containers whose turn may come on this day, occupied or not: what one container draws does not depend on the others.
    interval = plan.growth_interval_days
    place = due.container.astype(np.int64) // interval
    places = len(year.infrastructure.containers) // interval + 1
    wanted = generator.integers(low, high + 1, places)[place]
    draws = generator.standard_normal((places, 2, high), dtype=np.float32)[place].astype(np.float64)
    size = np.minimum(wanted, due.closing)
    sampled = np.arange(high) < size[:, None]

    sigma = np.sqrt(np.log1p(due.weight_cv.astype(np.float64) ** 2))[:, None]
    weight = due.weight_g[:, None] * np.exp(sigma * draws[:, 0] - sigma**2 / 2)
    condition = due.condition.astype(np.float64)[:, None] * np.exp(CONDITION_SD * draws[:, 1])
    length = np.cbrt(100.0 * weight / condition)
    mean_weight, sd_weight = _mean_and_sd(weight, sampled)
    mean_length, sd_length = _mean_and_sd(length, sampled)
    weight_units = np.maximum(np.rint(mean_weight * 100).astype(np.int64), 1)
    length_units = np.maximum(np.rint(mean_length * 100).astype(np.int64), 1)
    lightest = np.where(sampled, weight, np.inf).min(axis=1)
    heaviest = np.where(sampled, weight, 0.0).max(axis=1)
    measured = day * MICROSECONDS_PER_DAY + _MEASURED
    return rows(
        "batch_growthsample",
        len(due),
        id=row_ids(np.full(len(due), day), np.arange(len(due))),
        sample_date=day,
        sample_size=size,
        avg_weight_g=Scaled(weight_units),
        avg_length_cm=Scaled(length_units),
        std_deviation_weight=sd_weight,
        std_deviation_length=sd_length,
        min_weight_g=np.minimum(lightest, mean_weight),
        max_weight_g=Scaled(np.maximum(np.rint(heaviest * 100).astype(np.int64), weight_units)),
        condition_factor=Scaled(condition_factor_units(weight_units, length_units)),
        created_at=measured,
        updated_at=measured,
        assignment_id=due.assignment_id,
    )


def _mean_and_sd(values: np.ndarray, sampled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (n - 1; 0 for one fish) of the sampled values of each row."""
    size = sampled.sum(axis=1)
    mean = np.where(sampled, values, 0.0).sum(axis=1) / size
    squares = np.where(sampled, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return mean, np.sqrt(squares / np.maximum(size - 1, 1))


def condition_factor_units(weight_units: np.ndarray, length_units: np.ndarray) -> np.ndarray:
    """100 W / L^3 in units of .01, halves up, as AquaMind's ``GrowthSample.save`` computes it; weights in .01 g and lengths in .01 cm, all int64."""
    cube = length_units**3
    return (2 * 10**8 * weight_units + cube) // (2 * cube)
