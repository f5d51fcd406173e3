"""Mixed batches: what is left of a batch at the end of its harvest grows on together with fish of another batch.

Belongs here: which fish are put together, when and where, and the batch they become. Does not belong here: the moving
(``movements``), what is free (``space``).

The last cage of a batch that is nearly harvested out holds its slowest fish. Where the batch's own draw says so, an
area lies idle that no batch has booked, and another batch nearby has fish of a fitting size, that cage and a part of the
other batch's cage of the nearest weight are pumped into one empty cage of the idle area. If one of these is missing,
nothing happens, and the cage is harvested like the others.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.batches.planning import Standing, Way
from aquamind_assets.farm.batches.starting import next_number
from aquamind_assets.farm.health import outbreaks
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.moves.movements import LEAD_DAYS, move
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import BatchStatus, Movement, Stage

LARGEST_PART = 0.7
"""Most that the batch at the end of its harvest brings, as a share of the room in the new cage."""

SMALLEST_PART = 0.1
"""Least that the other batch brings, as a share of all fish put together."""

GIVEN_AWAY = 0.5
"""Most that the other batch gives of the cage it gives from; the rest has more room."""

STILL_GROWING = 0.85
"""Fish of the other batch are below this share of their target weight: the lighter ones that are to grow on."""

MOST_SICK = 0.05
"""Cages with a greater share of sick fish are not mixed (general knowledge)."""


WORTH_DAYS = 21
"""Days that the fish together must have until their harvest for the mixing to be worth its trouble (general
knowledge)."""


@dataclass(frozen=True)
class _Parts:
    """Fish that are put together; arrays over the sources, the batch at the end of its harvest first."""

    batches: np.ndarray
    cages: np.ndarray
    fish: np.ndarray

    def mean(self, values: np.ndarray) -> float:
        """Mean of the sources' values, weighted by their fish."""
        return float((values * self.fish).sum() / self.fish.sum())


def plan_mixing(farm: Farm) -> None:
    """Plans what becomes of the last cage of each batch that has nothing else left to harvest."""
    if farm.active.size >= farm.scenario.farm.batches.active_max:
        return
    for batch in farm.active[farm.plans["harvesting"][farm.active]]:
        cage = _last_cage(farm, int(batch)) if _may_mix(farm, int(batch)) else -1
        other = _partner(farm, cage) if cage >= 0 else -1
        if other >= 0:
            _plan(farm, cage, other)


def _may_mix(farm: Farm, batch: int) -> bool:
    """Whether the batch's own draw lets its last fish be mixed, and they are not yet."""
    if farm.batches["mixed"][batch] or farm.draws_of(batch).mixing_u >= farm.scenario.farm.batches.mixing_share:
        return False
    return not np.any(farm.moves["batch"] == batch) and not np.any(farm.plans["sequence"] == _sequence(farm, batch))


def _sequence(farm: Farm, batch: int) -> int:
    """Running number of the mixed batch whose first source is ``batch``: below zero, so that it takes no other batch's
    number and draws."""
    return -1 - int(farm.plans["sequence"][batch])


def _last_cage(farm: Farm, batch: int) -> int:
    """The lightest cage of a batch all whose other cages are harvested or about to be, -1 where there is none or it is
    not fit to be moved."""
    c, rows = farm.containers, farm.of_batch(batch)
    left = rows[c.harvest_day[rows] < 0]
    if not 0 < left.size <= farm.scenario.farm.batches.harvest_cages_per_day or (
        rows.size == 1 and not farm.plans["harvested"][batch]
    ):
        return -1
    cage = left[np.argmin(c.weight[left])]
    return int(cage) if _fit(farm, np.array([cage]))[0] else -1


def _fit(farm: Farm, cages: np.ndarray) -> np.ndarray:
    """Whether nothing else is about to be done with the fish of the cages, and few of them are sick, bool (n,)."""
    c = farm.containers
    free = (c.harvest_day[cages] < 0) & (c.withheld_until[cages] < farm.today.day) & ~farm.health.is_treated_soon(cages)
    return free & (farm.health.sick[cages] <= MOST_SICK)


def _partner(farm: Farm, cage: int) -> int:
    """The cage of another batch in the same geography whose fish, still growing, are nearest in weight, -1 where none
    is near enough."""
    c = farm.containers
    rows = np.flatnonzero(
        (c.count > 0)
        & (c.stage == Stage.ADULT)
        & (farm.layout.geography == farm.layout.geography[cage])
        & (c.batch != c.batch[cage])
    )
    growing = c.weight[rows] <= STILL_GROWING * farm.plans["target_weight_g"][c.batch[rows]]
    rows = rows[
        growing
        & ~farm.batches["mixed"][c.batch[rows]]
        & ~np.isin(c.batch[rows], farm.moves["batch"])
        & _fit(farm, rows)
    ]
    if not rows.size:
        return -1
    likeness = np.minimum(c.weight[rows], c.weight[cage]) / np.maximum(c.weight[rows], c.weight[cage])
    best = int(np.argmax(likeness))
    return int(rows[best]) if likeness[best] >= farm.scenario.farm.batches.mixing_likeness else -1


def _plan(farm: Farm, cage: int, other: int) -> None:
    """Keeps an empty cage for the fish of two cages and plans their movements, if there is room for as long as they
    will need it."""
    c, geography = farm.containers, int(farm.layout.geography[cage])
    day = farm.calendar.working_day(geography, farm.today.day + LEAD_DAYS)
    free = space.free_cages(farm, space.ready_areas(farm, geography, day)[:1], Stage.ADULT, day)
    free = free[np.isinf(farm.layout.max_weight[free])]
    if not free.size:
        return
    destination = free[[np.argmax(farm.layout.volume[free])]]
    batches = c.batch[[cage, other]].astype(np.int64)
    room = float(
        space.cage_room(
            farm,
            destination,
            max(float(farm.plans["target_weight_g"][batches].max()), float(c.weight[[cage, other]].max())),
        )[0]
    )
    first = min(float(c.count[cage]), LARGEST_PART * room)
    second = min(GIVEN_AWAY * float(c.count[other]), room - first)
    parts = _Parts(batches, np.array([cage, other]), np.array([first, second]))
    way = _way(farm, parts)
    if (
        second < SMALLEST_PART * parts.fish.sum()
        or way.harvest < day + WORTH_DAYS
        or space.areas_fit(farm, geography, way) != (1, 0)
    ):
        return
    c.reserved[destination] = batches[0]
    for batch, source, fish in zip(parts.batches, parts.cages, parts.fish, strict=True):
        share = fish / c.count[source]
        farm.moves.add(
            batch=batch,
            day=day,
            kind=Movement.MIXING,
            source=source,
            destination=destination[0],
            share=share,
            stage=Stage.ADULT,
        )


def _way(farm: Farm, parts: _Parts) -> Way:
    """The forecast way of the fish together."""
    geography = int(farm.batches["geography"][parts.batches[0]])
    target, adult_day = (parts.mean(farm.plans[name][parts.batches]) for name in ("target_weight_g", "adult_day"))
    standing = Standing(
        geography,
        len(farm.steps[geography] or []),
        parts.mean(farm.containers.weight[parts.cages]),
        float(parts.fish.sum()),
        target,
        round(adult_day),
        parts.mean(farm.plans["smolt_weight_g"][parts.batches]),
    )
    return booking.forecast(farm, int(farm.batches["station"][parts.batches[0]]), standing)


def carry_out(farm: Farm) -> None:
    """Puts together the fish whose day is today, in full or not at all: if one of the sources is not what it was, the
    other one stays where it is."""
    due = (farm.moves["day"] == farm.today.day) & (farm.moves["kind"] == Movement.MIXING)
    if not due.any():
        return
    c = farm.containers
    for destination in np.unique(farm.moves["destination"][due]):
        rows = np.flatnonzero(due & (farm.moves["destination"] == destination))
        cages, batches = farm.moves["source"][rows].astype(np.int64), farm.moves["batch"][rows].astype(np.int64)
        fish = np.floor(c.count[cages] * farm.moves["share"][rows] + 0.5).astype(np.int64)
        c.reserved[destination] = -1
        there = np.all(
            (c.batch[cages] == batches)
            & (fish > 0)
            & (c.harvest_day[cages] < 0)
            & ~outbreaks.ordered_empty(farm, cages)
        )
        if (
            rows.size == 2
            and there
            and space.empty_long_enough(farm, np.array([destination]), farm.today.day)[0]
            and farm.active.size < farm.scenario.farm.batches.active_max
        ):
            _mix(farm, _Parts(batches, cages, fish), int(destination))
    farm.moves.keep(~due)


def _mix(farm: Farm, parts: _Parts, destination: int) -> None:
    way = _way(farm, parts)
    batch = _found_batch(farm, parts, way)
    identity = int(farm.batches["batch_id"][batch])
    for source_batch, cage, fish in zip(parts.batches, parts.cages, parts.fish, strict=True):
        weight = float(farm.containers.weight[cage])
        arrived = move(farm, Movement.MIXING, int(cage), destination, batch, int(fish), Stage.ADULT)
        farm.book.composition(
            composition_id=farm.next_id("composition"),
            mixed_batch=identity,
            source_batch=int(farm.batches["batch_id"][source_batch]),
            day=farm.today.day,
            count=arrived,
            weight_g=weight,
        )
    booking.book(farm, batch, way, {}, (1, 0))


def _found_batch(farm: Farm, parts: _Parts, way: Way) -> int:
    """Adds the batch that the fish become; what is known of it is the mean of its sources. Its draws are keyed by its
    first source. Returns its row."""
    sources, plans, day = parts.batches, farm.plans, farm.today.day
    youngest = sources[np.argmax(plans["adult_day"][sources])]
    batch = farm.batches.add(
        batch_id=farm.next_id("batch"),
        number=next_number(farm),
        geography=farm.batches["geography"][youngest],
        station=farm.batches["station"][youngest],
        external_eggs=False,
        egg_supplier="",
        eggs=0,
        stage=Stage.ADULT,
        stage_day=day,
        status=BatchStatus.ACTIVE,
        start_day=day,
        expected_end_day=space.harvest_end(farm, int(farm.batches["geography"][parts.batches[0]]), way),
        end_day=-1,
        vaccine=farm.batches["vaccine"][youngest],
        vaccinated_day=farm.batches["vaccinated_day"][youngest],
        mixed=True,
    )
    plans.add(
        sequence=_sequence(farm, int(sources[0])),
        step=plans["step"][youngest],
        target_weight_g=parts.mean(plans["target_weight_g"][sources]),
        smolt_weight_g=parts.mean(plans["smolt_weight_g"][sources]),
        sea_day=round(parts.mean(plans["sea_day"][sources])),
        adult_day=round(parts.mean(plans["adult_day"][sources])),
        harvesting=False,
        harvested=0,
        fed_day=plans["fed_day"][youngest],
        immunity=float(plans["immunity"][sources].min()),
    )
    farm.learn_growth(batch)
    return batch
