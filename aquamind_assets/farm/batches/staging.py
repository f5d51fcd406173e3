"""A staged farm: when batches must begin to stand at the scenario's wanted places on its staging date.

Belongs here: the way of a staged batch, foreseen, and the start that leads to its place. Does not belong here: anything
that happens (``starting``, ``slots``).

The plan of a test installation may know what no farmer knows: the weather that will be and the growth that is in a
batch. What it cannot know, fasting and sickness, is in :data:`SEEN_GROWTH` on average. So a batch lives as every other
one does, and comes to its place within days.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.batches.planning import container_steps
from aquamind_assets.farm.batches.smolt_weight import smolt_weight
from aquamind_assets.farm.draws import batch_draws
from aquamind_assets.farm.processes.growth import Growth
from aquamind_assets.farm.sites import climate
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.loading import ScenarioError
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES

MIDDLE = "middle"

MOVING_DAYS = 2
"""Days without growth at each movement: the one before it and its own."""

SEEN_GROWTH = np.array([1.0, 1.0, 1.0, 1.0, 0.90, 0.965])
"""Growth in each stage relative to undisturbed growth: fasting around treatments and splittings, lice and sickness
(measured on the farm)."""

NEAR_DAYS = 3
"""Days by which a planned life may miss its place: lives are counted in whole days, and a step takes some at once."""

AFTERWARDS_DAYS = 366
"""Days beyond the staging date that the foresight reaches."""


@dataclass(frozen=True)
class StagedStart:
    """A batch that is to begin on ``start_day``."""

    sequence: int
    """Its running number, 0 for the oldest; keys its draws."""
    geography: int
    stage: int
    """The stage it is to be in on the staging date."""
    left: int | None
    """Days from then until it leaves the stage (Adult: until its harvest begins), None for the middle of the stage."""
    start_day: int
    stage_days: tuple[int, ...]
    """Day on which it is to enter each stage, and on which its harvest is to begin, (stages + 1,)."""


@dataclass(frozen=True)
class _Foresight:
    """Sums of growth-days from ``first_day`` on."""

    first_day: int
    legs: list[tuple[int, np.ndarray]]
    """Of each container step in freshwater: stage, and sum of degree-days that count, (days + 1,)."""
    sea: np.ndarray
    """Sum of degree-days at sea with their season, (days + 1,)."""
    open_days: np.ndarray
    """Days on which smolts may go to sea, in order."""


def staged_starts(scenario: Scenario, infrastructure: Infrastructure) -> tuple[StagedStart, ...]:
    """The starts of a scenario's staged batches, the oldest batch first; none for a farm that is not staged.

    Raises:
        ScenarioError: no start since the first year leads to a batch's place.
    """
    staging = scenario.farm.batches.staging
    if staging is None:
        return ()
    first, target_day = timeline.year_days(scenario.first_year).first, timeline.day_number(staging.date)
    growth = Growth.from_scenario(scenario)
    dealt = _dealt(scenario)
    seen = {
        geography: _foresight(scenario, infrastructure, growth, geography, first, target_day)
        for geography in {one[2] for one in dealt}
    }
    starts = []
    for sequence, (stage, left, geography) in enumerate(dealt):
        candidates = np.arange(first, target_day + 1)
        draws, sold = batch_draws(scenario.seed, sequence), scenario.farm.batches.harvest_weight_g
        # A batch with a slot is planned for the middle of the weights that are sold, so that it may be lighter or
        # heavier when the day comes.
        share = 0.5 if stage == Stage.ADULT and left is not None else draws.target_u
        days = _stage_days(
            scenario,
            growth,
            seen[geography],
            geography,
            sequence,
            sold.low + (sold.high - sold.low) * share,
            candidates,
        )
        best = _nearest(days, stage, left, target_day)
        if best is None:
            place = f"farm.batches.staging.positions.{STAGE_NAMES[stage]} {MIDDLE if left is None else left}"
            lasts = int(np.median(days[stage + 1] - days[stage]))
            raise ScenarioError(
                f"{place}: no batch that begins from {scenario.first_year}-01-01 on can be there on {staging.date};"
                f" allowed are places within the stage, which lasts about {lasts} days, that a life from"
                f" {scenario.first_year} on leads to, with smolts at sea in the months they go there"
            )
        starts.append(
            StagedStart(
                sequence, geography, stage, left, int(candidates[best]), tuple(int(day) for day in days[:, best])
            )
        )
    return tuple(starts)


def waiting(starts: tuple[StagedStart, ...], sequences: np.ndarray, day: int) -> list[StagedStart]:
    """The staged batches that were to begin by ``day`` and have not, as there is no room; ``sequences`` are the numbers
    of those that have begun."""
    return [one for one in starts if one.start_day <= day and one.sequence not in sequences]


def _nearest(days: np.ndarray, stage: int, left: int | None, target_day: int) -> int | None:
    """The start, a column of ``days`` (:func:`_stage_days`), that leads to the place on ``target_day``; None where none
    does."""
    begins, ends = days[stage], days[stage + 1]
    missed = np.abs(ends - target_day - left if left is not None else begins + (ends - begins) // 2 - target_day)
    best = int(np.argmin(missed))
    return best if missed[best] <= NEAR_DAYS and begins[best] <= target_day else None


def _dealt(scenario: Scenario) -> list[tuple[int, int | None, int]]:
    """Stage, days left and geography of each staged batch, the oldest first; geographies get their share of the
    batches, in turn."""
    staging = scenario.farm.batches.staging
    places = [
        (STAGE_NAMES.index(stage), None if one == MIDDLE else int(one))
        for stage, ones in (staging.positions if staging else {}).items()
        for one in ones
    ]
    stages = scenario.farm.stages
    lengths = [(stage.nominal_days.low + stage.nominal_days.high) / 2 for stage in stages]
    places.sort(key=lambda place: (-place[0], place[1] if place[1] is not None else lengths[place[0]] / 2))
    shares = np.array(
        [
            spec.batch_share * (container_steps(scenario, row) is not None)
            for row, spec in enumerate(scenario.farm.geographies)
        ]
    )
    names = [spec.name for spec in scenario.farm.geographies]
    given = np.zeros(shares.size)
    dealt = []
    for number, (stage, left) in enumerate(places, start=1):
        deficit = np.where(shares > 0, shares * number - given, -np.inf)
        geography = min(range(shares.size), key=lambda row: (-deficit[row], names[row]))
        given[geography] += 1
        dealt.append((stage, left, geography))
    return dealt


def _foresight(
    scenario: Scenario, infrastructure: Infrastructure, growth: Growth, geography: int, first: int, target_day: int
) -> _Foresight:
    years = range(scenario.first_year, timeline.to_date(target_day + AFTERWARDS_DAYS).year + 1)
    waters = [climate.site_days(scenario, infrastructure, year) for year in years]
    temperature = np.concatenate([water.temperature.reshape(-1, len(infrastructure.sites)) for water in waters]).astype(
        np.float64
    )
    days = first + np.arange(temperature.shape[0])
    sites = infrastructure.sites
    stations = np.flatnonzero(infrastructure.stations.geography == geography)
    halls = np.isin(infrastructure.halls.station, stations)
    legs = []
    for step in container_steps(scenario, geography) or []:
        here = np.flatnonzero(halls & np.isin(infrastructure.halls.container_type, step.kinds))
        water = temperature[:, np.isin(sites.hall, here)]
        warm = water if step.stage == Stage.EGG_ALEVIN else water * growth.heat_factor(water)
        legs.append((step.stage, _sums(np.maximum(warm, 0.0).mean(axis=1))))
    open_sea = temperature[:, (sites.area >= 0) & (sites.geography == geography)]
    season = np.array(
        [float(growth.season_factor(np.array([Stage.ADULT]), int(day))[0]) for day in timeline.day_of_year(days)]
    )
    sea = np.maximum(open_sea * growth.heat_factor(open_sea), 0.0).mean(axis=1) * season
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    allowed = np.flatnonzero(np.isin(months, scenario.farm.batches.sea_transfer_months))
    return _Foresight(first, legs, _sums(sea), days[allowed])


def _sums(amounts: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros(1), np.cumsum(amounts)])


def _stage_days(
    scenario: Scenario,
    growth: Growth,
    seen: _Foresight,
    geography: int,
    sequence: int,
    target: float,
    starts: np.ndarray,
) -> np.ndarray:
    """Days on which a batch enters each stage and its harvest begins, (stages + 1, starts), for each start; the last
    foreseen day where it is later."""
    farm, row, draws = scenario.farm, np.full(len(Stage), geography), batch_draws(scenario.seed, sequence)
    heavy = smolt_weight(scenario, geography, sequence, starts)
    tgc = (
        growth.batch_tgc(row, np.arange(len(Stage)), draws.tgc_u, np.full(len(Stage), draws.tgc_normal))
        * SEEN_GROWTH
        * 1e-3
    )
    day, days = starts, {int(Stage.EGG_ALEVIN): starts}
    weight: np.ndarray | float = farm.stages[Stage.FRY].entry_weight_g
    reached = 0.0
    for number, (stage, sums) in enumerate(seen.legs):
        days.setdefault(stage, day)
        if stage == Stage.EGG_ALEVIN:
            hatching = seen.legs[number + 1][0] == Stage.EGG_ALEVIN
            due = farm.eggs.hatch_degree_days if hatching else farm.eggs.first_feeding_degree_days
            day, reached = _after(seen.first_day, sums, day, due - reached), due
        else:
            goal: np.ndarray | float = heavy if stage == Stage.SMOLT else farm.stages[stage + 1].entry_weight_g
            rested = MOVING_DAYS if stage > Stage.FRY else 0
            day, weight = (
                _after(seen.first_day, sums, day + rested, (np.cbrt(goal) - np.cbrt(weight)) / tgc[stage]),
                goal,
            )
    day = seen.open_days[np.minimum(np.searchsorted(seen.open_days, day), seen.open_days.size - 1)]
    entry = farm.stages[Stage.ADULT].entry_weight_g
    gain = np.maximum(np.cbrt(entry) - np.cbrt(weight), 0.0)
    adult = _after(seen.first_day, seen.sea, day + MOVING_DAYS, gain / tgc[Stage.POST_SMOLT])
    # The TGC falls with size: with x the cube root of the weight, dx = tgc (x^3 / pivot)^-e d(sum), which is solved by
    # a power of x.
    power = 3 * growth.size_exponent + 1
    needed = (np.cbrt(target) ** power - np.cbrt(np.maximum(entry, weight)) ** power) / (
        power * tgc[Stage.ADULT] * growth.pivot_weight**growth.size_exponent
    )
    ripe = _after(seen.first_day, seen.sea, adult, needed)
    harvest = np.clip(ripe, adult + int(farm.batches.growout_days.low), adult + int(farm.batches.growout_days.high))
    days |= {int(Stage.POST_SMOLT): day, int(Stage.ADULT): adult, len(Stage): harvest}
    return np.array([days[stage] for stage in range(len(Stage) + 1)])


def _after(first_day: int, sums: np.ndarray, day: np.ndarray, amount: np.ndarray | float) -> np.ndarray:
    """First day on which ``amount`` has gathered since the morning of ``day``, for each day; the day after the last
    foreseen one where it has not."""
    begin = np.minimum(day - first_day, sums.size - 1)
    return first_day + np.maximum(np.searchsorted(sums, sums[begin] + amount), begin)
