"""When the meals of a day are given, and how the day's feed is spread over them.

Belongs here: shares and times of meals by site, container and day. Does not belong here: amounts and costs (``meals``).

| what | form | source |
|---|---|---|
| shares | the scenario's, times log-normal factors of site and container (``meal_share_sd``) | general knowledge |
| interruptions | a feeder leaves a meal out (``meal_interruptions``); the others share its feed | general knowledge |
| times in cages | the scenario's, squeezed between sunrise and sunset (``daylight_feeding``) | general knowledge |
| times of a site | minutes earlier or later each day (``meal_jitter_minutes``), unlike rounds | general knowledge |

Fish that arrive at noon get the meals of the afternoon, fish that leave at noon those of the morning. So no meal
crosses noon, and the meals of a site never overlap.
"""

import numpy as np

from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.environmental.weather import day_length_hours
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.scenario.supply import FeedPlan
from aquamind_assets.timeline import CHUNK_DAYS

SITE_SHARE = 0.5
"""Share of the variance of the meals' shares that the containers of a site have in common."""

WALK = 20_000_000
"""Microseconds between the meals of two neighbouring containers of a site on a quick day."""

SLOWEST_PACE = 2.5
"""How much longer the round takes on a slow day."""

LONGEST_ROUND = 36 * HOUR // 60
"""Rounds are quicker in halls with very many tanks."""

_TWILIGHT_HOURS = 0.3
_LAST_MORNING, _FIRST_AFTERNOON = 11.0, 12.6
_LEAST_BETWEEN = 0.9
"""Hours."""


def meal_instants(plan: FeedPlan) -> list[int]:
    """Return the scenario's meal times, microseconds since midnight."""
    times = [time.split(":") for time in plan.meal_times]
    return [int(hour) * HOUR + int(minute) * (HOUR // 60) for hour, minute in times]


def meal_shares(year: YearInputs, fish: ContainerDays) -> np.ndarray:
    """Return the shares of the meals of each container-day, shape (rows, meals); rows add up to 1."""
    plan = year.scenario.feed
    afternoon = np.array(meal_instants(plan)) >= MOVE_INSTANT
    stay = year.lives.assignments.take(year.assignment_rows(fish.assignment_id))
    arrives, leaves = fish.day == stay.start_day, fish.day == stay.end_day
    served = ~(arrives[:, None] & ~afternoon) & ~(leaves[:, None] & afternoon)
    served |= ~served.any(axis=1)[:, None]
    shares = np.where(served, np.array(plan.meal_shares), 0.0)
    if plan.meal_share_sd or plan.meal_interruptions:
        shares *= _factors(year, fish)
        missed = _drawn(year, "meal_interruptions", fish, uniform=True) < plan.meal_interruptions
        left = np.where(missed, 0.0, shares)
        shares = np.where(np.any(left > 0, axis=1, keepdims=True), left, shares)
    return shares / shares.sum(axis=1)[:, None]


def _factors(year: YearInputs, fish: ContainerDays) -> np.ndarray:
    """Return the factors on the shares, shape (rows, meals)."""
    own, common = _drawn(year, "meal_shares", fish), _drawn(year, "meal_shares_of_site", fish, of_site=True)
    normal = np.sqrt(SITE_SHARE) * common + np.sqrt(1.0 - SITE_SHARE) * own
    return np.exp(year.scenario.feed.meal_share_sd * normal)


def _drawn(
    year: YearInputs, process: str, fish: ContainerDays, *, uniform: bool = False, of_site: bool = False
) -> np.ndarray:
    """Return a draw for each container-day (or its site and day) and meal, shape (rows, meals); drawn for thirty days
    at once."""
    built = year.infrastructure
    draws = built.site_draws if of_site else built.container_draws
    entity = built.containers.site[fish.container].astype(np.int64) if of_site else fish.container.astype(np.int64)
    make = draws.uniforms if uniform else draws.normals
    meals = len(year.scenario.feed.meal_times)
    found = np.empty((len(fish), meals))
    block = fish.day.astype(np.int64) // CHUNK_DAYS
    for one in np.unique(block).tolist():
        rows = np.flatnonzero(block == one)
        entities, place = np.unique(entity[rows], return_inverse=True)
        drawn = make(year.scenario.seed, process, one, shape=(CHUNK_DAYS, meals), dtype=np.float32, entities=entities)
        found[rows] = drawn[place, fish.day[rows].astype(np.int64) % CHUNK_DAYS]
    return found


def meal_times(year: YearInputs, fish: ContainerDays) -> np.ndarray:
    """Return the instants of the meals of each container-day, microseconds since 1970, shape (rows, meals), int64."""
    plan = year.scenario.feed
    day = fish.day.astype(np.int64)
    hours = np.tile(np.array(meal_instants(plan)) / HOUR, (len(fish), 1))
    if plan.daylight_feeding:
        hours = _in_daylight(year, fish, hours)
    turn = year.turn_at_site[fish.container]
    round_time = turn * WALK
    if plan.meal_jitter_minutes:
        luck = _drawn(year, "meal_times", fish, uniform=True, of_site=True)
        hours = hours + (2.0 * luck - 1.0) * plan.meal_jitter_minutes / 60.0
        slow = _drawn(year, "meal_rounds", fish, uniform=True, of_site=True)[:, :1]
        round_time = round_time * (1.0 + (SLOWEST_PACE - 1.0) * slow[:, 0])
        sizes = np.bincount(year.infrastructure.containers.site)[year.infrastructure.containers.site[fish.container]]
        round_time = round_time * np.minimum(1.0, LONGEST_ROUND / np.maximum(sizes * WALK * SLOWEST_PACE, 1))
    seconds = np.floor(hours * 3600.0 + round_time[:, None] / 1e6).astype(np.int64)
    return day[:, None] * 24 * HOUR + seconds * 1_000_000


def _in_daylight(year: YearInputs, fish: ContainerDays, hours: np.ndarray) -> np.ndarray:
    """Return the meal times of cages between sunrise and sunset, and those of tanks as they are, hours, (rows,
    meals)."""
    areas, area = year.infrastructure.areas, year.infrastructure.containers.area[fish.container].astype(np.int64)
    at_sea = area >= 0
    if not at_sea.any() or hours.shape[1] < 2:
        return hours
    latitude, longitude = areas.latitude[area], areas.longitude[area]
    half = day_length_hours(fish.day.astype(np.int64), latitude) / 2 - _TWILIGHT_HOURS
    noon = 12.0 - longitude / 15.0
    first, last = hours[:, 0], hours[:, -1]
    begin, end = np.maximum(first, noon - half), np.minimum(last, noon + half)
    short = np.maximum((hours.shape[1] - 1) * _LEAST_BETWEEN - (end - begin), 0.0) / 2
    begin, end = begin - short, end + short
    place = (hours - first[:, None]) / np.maximum(last - first, 1e-9)[:, None]
    squeezed = begin[:, None] + place * (end - begin)[:, None]
    morning = hours < MOVE_INSTANT / HOUR
    squeezed = np.where(
        morning, np.minimum(squeezed, _LAST_MORNING), np.maximum(squeezed, np.minimum(_FIRST_AFTERNOON, hours))
    )
    return np.where(at_sea[:, None], squeezed, hours)
