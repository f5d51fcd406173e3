"""AquaMind's growth samples: a few dozen fish of each container, weighed and measured every week.

Belongs here: drawing the sample from the container's fish. Does not belong here: growth itself (``farm``). A fish's
weight is log-normal about the container's true mean with its true coefficient of variation. Its length follows from W =
K L^3 / 100 with an individual condition factor. So means, deviations and extremes have the scatter of a real sample.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import Assignments, ContainerDays
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids, year_of

CONDITION_SD = 0.06
"""Standard deviation of the log of an individual's condition factor about the container's mean (general knowledge)."""

_FIRST_FED_STAGE = Stage.FRY
"""Eggs and alevins are not measured."""

_MEASURED = 10 * HOUR


def growth_samples(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the samples of these days, sorted by (day, container)."""
    measured = measured_fish(year, days)
    if len(measured.due):
        yield sampled_rows(year, measured)


@dataclass(frozen=True)
class Measured:
    """The fish of samples.

    Attributes:
        due: the container-days of the samples, sorted by (day, container).
        sampled: which places of a sample hold a fish, bool, (samples, most fish).
        weight: g, of the same shape.
        length: cm, of the same shape.
    """

    due: ContainerDays
    sampled: np.ndarray
    weight: np.ndarray
    length: np.ndarray

    @property
    def ids(self) -> np.ndarray:
        """The id of each sample."""
        return row_ids(self.due.day, number_within_day(self.due.day))

    @property
    def moment(self) -> np.ndarray:
        """The moment of each sample, microseconds."""
        return self.due.day.astype(np.int64) * MICROSECONDS_PER_DAY + _MEASURED


def measured_fish(year: YearInputs, days: DayRange) -> Measured:
    """Return the fish that are weighed and measured on these days. Where AquaMind has a row for each fish, they have
    the decimals of that row, because AquaMind computes the sample from these rows."""
    return measured_of(year, *due_samples(year, of_days(year.ledger.container_days, days)))


def measured_of(year: YearInputs, due: ContainerDays, planned: np.ndarray) -> Measured:
    """Return the fish of these samples, which are ``due`` and have their turns on the days ``planned``."""
    wanted, normals = _draws(year, due, planned)
    sampled = np.arange(normals.shape[2]) < np.minimum(wanted, due.closing)[:, None]
    sigma = np.sqrt(np.log1p(due.weight_cv.astype(np.float64) ** 2))[:, None]
    weight = due.weight_g[:, None] * np.exp(sigma * normals[:, 0] - sigma**2 / 2)
    condition = due.condition.astype(np.float64)[:, None] * np.exp(CONDITION_SD * normals[:, 1])
    length = np.cbrt(100.0 * weight / condition)
    if "batch_individualgrowthobservation" in year.tables:
        weight, length = (np.maximum(np.rint(values * 100), 1) / 100 for values in (weight, length))
    return Measured(due, sampled, weight, length)


def due_samples(year: YearInputs, fish: ContainerDays) -> tuple[ContainerDays, np.ndarray]:
    """Return the containers that are sampled, and the day on which each has its turn: each container has its own
    working day in the interval, so that the crew has some every day; where that is a holiday, it is sampled on the next
    working day. Containers are not sampled on days when fish arrive or leave."""
    interval = year.scenario.health.sampling.growth_interval_days
    day, geography = fish.day.astype(np.int64), year.container_geography[fish.container]
    number = year.infrastructure.container_draws.number[fish.container]
    since = year.calendar.since_turn(geography, number, interval, day)
    due = (since >= 0) & (fish.stage >= _FIRST_FED_STAGE) & (fish.opening > 0) & (fish.closing > 0)
    return fish.take(due), (day - since)[due]


def last_weighing_days(year: YearInputs) -> np.ndarray:
    """Return the day of the newest growth sample of each stay's batch that was taken during the stay, -1 for none;
    shape of ``lives.assignments``, int64. AquaMind notes the day of a sample with all active stays of the batch.

    It does not depend on the year that is written: of a stay that has ended, samples of stays that ended in an earlier
    year are left out, because later ledgers do not have them.
    """
    own, stays = year.lives.assignments, year.lives.stays
    end, ended = (_last_days(frame, year.lives.through) for frame in (own, stays))
    found = np.full(len(own), -1, dtype=np.int64)
    turns = _Turns(year)
    for batch in np.unique(own.batch_id):
        mine = np.flatnonzero(own.batch_id == batch)
        theirs = np.flatnonzero((stays.batch_id == batch) & (stays.stage >= _FIRST_FED_STAGE))
        if not theirs.size:
            continue
        there = stays.take(theirs)
        # Fish are sampled in the morning and leave at noon: on its last day a stay counts samples of others.
        last = np.minimum(end[mine][:, None], np.where(there.end_day >= 0, ended[theirs] - 1, ended[theirs])[None, :])
        sampled = turns.last(np.broadcast_to(there.container, last.shape), last)
        known = (sampled > there.start_day[None, :]) & (sampled > own.start_day[mine][:, None])
        known &= year_of(ended[theirs])[None, :] >= year_of(end[mine])[:, None]
        found[mine] = np.where(known, sampled, -1).max(axis=1)
    return found


def _last_days(stays: Assignments, through: int) -> np.ndarray:
    """Return the last day of each stay, int64: that of departure, or the latest simulated one."""
    return np.where(stays.end_day < 0, through, stays.end_day).astype(np.int64)


class _Turns:
    """The days on which containers are sampled, of any year."""

    def __init__(self, year: YearInputs) -> None:
        self._year = year
        self._calendars = {year.year: year.calendar}

    def last(self, container: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the newest day of sampling up to each day, -1 where there is none within two intervals; int64 of the
        shape of ``day``."""
        found = np.full(day.shape, -1, dtype=np.int64)
        for back in range(2 * self._year.scenario.health.sampling.growth_interval_days):
            left = found < 0
            found[left] = self._turn_on(container[left], day[left] - back)
            if np.all(found >= 0):
                break
        return found

    def _turn_on(self, container: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return each day on which the container is sampled, else -1."""
        interval = self._year.scenario.health.sampling.growth_interval_days
        number, geography = self._year.infrastructure.container_draws.number, self._year.container_geography
        since, years = np.full(day.shape, -1, dtype=np.int64), year_of(day)
        for one in np.unique(years).tolist():
            if one not in self._calendars:
                self._calendars[one] = Calendar(self._year.scenario, one)
            here, of_year = years == one, container[years == one]
            since[here] = self._calendars[one].since_turn(geography[of_year], number[of_year], interval, day[here])
        return np.where(since >= 0, day, -1)


def _draws(year: YearInputs, due: ContainerDays, planned: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the wanted number of fish of each sample, and standard normals of shape (samples, 2, most fish), float32.

    Drawn for the groups of containers, occupied or not, once for each interval, in which every container has its turn
    once.
    """
    plan, draws, seed = year.scenario.health.sampling, year.infrastructure.container_draws, year.scenario.seed
    low, high = int(plan.growth_sample_size.low), int(plan.growth_sample_size.high)
    interval = planned // plan.growth_interval_days
    wanted = np.empty(len(due), dtype=np.int64)
    normals = np.empty((len(due), 2, high), dtype=np.float32)
    for one in np.unique(interval).tolist():
        now = np.flatnonzero(interval == one)
        container = due.container[now]
        uniforms = draws.uniforms(seed, "growth_sample_size", one, entities=container)
        wanted[now] = low + np.floor((high - low + 1) * uniforms).astype(np.int64)
        normals[now] = draws.normals(seed, "growth_samples", one, shape=(2, high), dtype=np.float32, entities=container)
    return wanted, normals


def sampled_rows(year: YearInputs, measured: Measured) -> Rows:
    """Return ``batch_growthsample`` of these fish."""
    due, sampled, weight, length = measured.due, measured.sampled, measured.weight, measured.length
    mean_weight, sd_weight = _mean_and_sd(weight, sampled)
    mean_length, sd_length = _mean_and_sd(length, sampled)
    weight_units = np.maximum(np.rint(mean_weight * 100).astype(np.int64), 1)
    length_units = np.maximum(np.rint(mean_length * 100).astype(np.int64), 1)
    lightest = np.where(sampled, weight, np.inf).min(axis=1)
    heaviest = np.where(sampled, weight, 0.0).max(axis=1)
    return rows(
        year.tables["batch_growthsample"],
        len(due),
        id=measured.ids,
        sample_date=due.day,
        sample_size=sampled.sum(axis=1),
        avg_weight_g=Scaled(weight_units),
        avg_length_cm=Scaled(length_units),
        std_deviation_weight=sd_weight,
        std_deviation_length=sd_length,
        min_weight_g=np.minimum(lightest, mean_weight),
        max_weight_g=Scaled(np.maximum(np.rint(heaviest * 100).astype(np.int64), weight_units)),
        condition_factor=Scaled(condition_factor_units(weight_units, length_units)),
        created_at=measured.moment,
        updated_at=measured.moment,
        assignment_id=due.assignment_id,
    )


def _mean_and_sd(values: np.ndarray, sampled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation (n - 1; 0 for one fish) of the sampled values of each row."""
    size = sampled.sum(axis=1)
    mean = np.where(sampled, values, 0.0).sum(axis=1) / size
    squares = np.where(sampled, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return mean, np.sqrt(squares / np.maximum(size - 1, 1))


def condition_factor_units(weight_units: np.ndarray, length_units: np.ndarray) -> np.ndarray:
    """Return 100 W / L^3 in units of .01, halves up, as AquaMind's ``GrowthSample.save`` computes it; weights in .01 g
    and lengths in .01 cm, all int64."""
    cube = length_units**3
    return (2 * 10**8 * weight_units + cube) // (2 * cube)
