"""Sampled fish: a draw from the fish that live in a container, examined one by one.

Belongs here: the containers and days on which a batch is sampled, and the properties of the sampled fish. Does not
belong here: rows (``samplings``).

A fish's weight is log-normal about the container's true mean with its true coefficient of variation; its condition is
log-normal about the container's. A fish is clinically sick with the container's true share of sick fish. Sick fish are
thinner, and their scores have the signs of the disease. Lice marks depend on the true number of lice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.growth_samples import CONDITION_SD
from aquamind_assets.records.inputs import YearInputs, of_days
from aquamind_assets.records.master_ids import HEALTH_PARAMETERS
from aquamind_assets.streams import stream
from aquamind_assets.timeline import WIDE_DAY_ROWS, DayRange

SICK_CONDITION = 0.93
"""Condition factor of a sick fish, relative to a healthy one (general knowledge)."""

SOUND_LEVEL, LEVEL_SD = 0.25, 0.6
"""A score is 1 plus the whole points of a normal level: one healthy fish in ten scores 2, one in five hundred scores
3."""

_DAYS_OF_MONTH = 28
_LICE_POINTS = 0.8
"""Points on "Sea Lice Damage" for each unit of log(1 + mobile lice per fish) (general knowledge)."""
_THIN_POINTS = 10.0
"""Points on "Body Condition" for each unit of condition lost, relative to the container's mean (general knowledge)."""
_TANK_FIN_POINTS = 0.35
"""Points on "Fin Condition" in tanks, where crowding erodes fins."""


@dataclass(frozen=True)
class FishSample:
    """The fish of some containers on one day; ``high`` is the largest sample size.

    Attributes:
        fish: the sampled containers, n rows.
        size: fish sampled, shape (n,).
        taken: which places of the sample hold a fish, shape (n, high).
        weight_units: weights, .01 g, shape (n, high), int64.
        length_units: lengths, .01 cm, shape (n, high), int64.
        scores: scores 1 to 5, shape (n, high, health parameters).
    """

    fish: ContainerDays
    size: np.ndarray
    taken: np.ndarray
    weight_units: np.ndarray
    length_units: np.ndarray
    scores: np.ndarray


def samples(year: YearInputs, days: DayRange) -> Iterator[FishSample]:
    """Yield the monthly samples of these days, one for each day with samples."""
    chosen = chosen_containers(year, days)
    for day in np.unique(chosen.day):
        yield _drawn(year, of_days(chosen, DayRange(int(day), int(day) + 1)), int(day))


def sampling_day_of_month(batch_id: np.ndarray) -> np.ndarray:
    """Return the day of the month on which each batch is sampled, 1 to 28; batches take turns."""
    return (batch_id // WIDE_DAY_ROWS * 11 + batch_id % WIDE_DAY_ROWS * 5) % _DAYS_OF_MONTH + 1


def chosen_containers(year: YearInputs, days: DayRange) -> ContainerDays:
    """Return the containers sampled on these days: of each batch that is due, the planned share, at least one, drawn
    anew every month."""
    fish = of_days(year.ledger.container_days, days)
    due = fish.take(_has_turn(year, fish) & (fish.stage >= Stage.FRY) & (fish.opening > 0) & (fish.closing > 0))
    lot = np.empty(len(due))
    for day in np.unique(due.day):
        today = due.day == day
        lot[today] = year.infrastructure.container_draws.uniforms(
            year.scenario.seed, "health_sampling", int(day), entities=due.container[today]
        )
    order = np.lexsort([lot, due.batch_id, due.day])
    first = np.flatnonzero(
        np.r_[True, np.diff(due.day[order]) != 0][: len(due)]
        | np.r_[True, np.diff(due.batch_id[order]) != 0][: len(due)]
    )
    containers = np.diff(np.r_[first, len(due)])
    wanted = np.maximum(1, np.ceil(year.scenario.health.sampling.health_containers_share * containers))
    place = np.arange(len(due)) - np.repeat(first, containers)
    return due.take(np.sort(order[place < np.repeat(wanted, containers)]))


def _has_turn(year: YearInputs, fish: ContainerDays) -> np.ndarray:
    """Return whether each container-day is the day of its batch's sampling: its day of the month, or the first working
    day after it, bool (n,)."""
    day, geography = fish.day.astype(np.int64), year.container_geography[fish.container]
    month = fish.day.astype("datetime64[D]").astype("datetime64[M]")
    turn = np.zeros(len(fish), dtype=bool)
    # A turn on the last days of a month may be carried out in the next one.
    for months_ago in (0, 1):
        first = (month - months_ago).astype("datetime64[D]").astype(np.int64)
        turn |= year.calendar.working_days(geography, first + sampling_day_of_month(fish.batch_id) - 1) == day
    return turn


def _drawn(year: YearInputs, fish: ContainerDays, day: int) -> FishSample:
    plan = year.scenario.health.sampling
    low, high = int(plan.health_fish.low), int(plan.health_fish.high)
    parameters = len(HEALTH_PARAMETERS)
    size = np.empty(len(fish), dtype=np.int64)
    normal = np.empty((len(fish), high, 2 + parameters))
    luck = np.empty((len(fish), high))
    # Streams for each container and day: what one draws does not depend on which others are sampled.
    for row, container in enumerate(fish.container):
        key = year.infrastructure.container_draws.key(container)
        draws = stream(year.scenario.seed, "fish_sample", *key, day)
        size[row] = draws.integers(low, high + 1)
        normal[row, :, :2] = draws.standard_normal((high, 2))
        luck[row] = draws.random(high)
        for place, name in enumerate(HEALTH_PARAMETERS, start=2):
            normal[row, :, place] = stream(year.scenario.seed, "fish_score", *key, day, name).standard_normal(high)
    size = np.minimum(size, fish.closing)
    sick = luck < fish.sick_share[:, None]
    sigma = np.sqrt(np.log1p(fish.weight_cv.astype(np.float64) ** 2))[:, None]
    weight = fish.weight_g[:, None] * np.exp(sigma * normal[..., 0] - sigma**2 / 2)
    relative = np.exp(CONDITION_SD * normal[..., 1]) * np.where(sick, SICK_CONDITION, 1.0)
    length = np.cbrt(100 * weight / (fish.condition.astype(np.float64)[:, None] * relative))
    return FishSample(
        fish=fish,
        size=size,
        taken=np.arange(high) < size[:, None],
        weight_units=_units(weight),
        length_units=_units(length),
        scores=_scores(year, fish, sick, relative, normal[..., 2:]),
    )


def _units(values: np.ndarray) -> np.ndarray:
    """Return hundredths, at least one: weights and lengths are positive."""
    return np.maximum(np.rint(values * 100).astype(np.int64), 1)


def _scores(
    year: YearInputs, fish: ContainerDays, sick: np.ndarray, relative: np.ndarray, normal: np.ndarray
) -> np.ndarray:
    """Return the scores 1 to 5 of every fish, shape (containers, high, parameters)."""
    level = SOUND_LEVEL + LEVEL_SD * normal
    level += sick[..., None] * _points_by_disease(year)[fish.disease.astype(np.int64)][:, None, :]
    mobile = (fish.preadult + fish.adult_male + fish.adult_female).astype(np.float64)
    level[..., HEALTH_PARAMETERS.index("Sea Lice Damage")] += _LICE_POINTS * np.log1p(mobile)[:, None]
    level[..., HEALTH_PARAMETERS.index("Body Condition")] += _THIN_POINTS * np.maximum(0.0, 1 - relative - CONDITION_SD)
    level[..., HEALTH_PARAMETERS.index("Fin Condition")] += _TANK_FIN_POINTS * (fish.stage < Stage.POST_SMOLT)[:, None]
    return np.clip(1 + np.floor(level), 1, 5).astype(np.int64)


def _points_by_disease(year: YearInputs) -> np.ndarray:
    """Return the points that a sick fish scores above a healthy one, shape (diseases + 1, parameters); the last row,
    reached by index -1, is for no disease."""
    signs: list[dict[str, float]] = [dict(disease.signs.scores.items()) for disease in year.scenario.health.diseases]
    points = [[one.get(name, 0.0) for name in HEALTH_PARAMETERS] for one in signs]
    return np.array([*points, [0.0] * len(HEALTH_PARAMETERS)])
