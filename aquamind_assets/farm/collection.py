"""Dead fish: on which days they are collected from which container.

Belongs here: the collection, and how many dead fish wait for it. Does not belong here: deaths (``processes.mortality``),
and how they are recorded (``records``): a record of deaths is of the day of the collection.

| rule | source |
|---|---|
| tanks: every day | general knowledge |
| cages: on working days, and on a share of the others (``weekend_collection``), drawn for the whole area | general knowledge |
| not in waves from ``collection_wave_m`` on, but after ``MOST_DAYS`` in any case | general knowledge |
| not for one to three weeks at a time in which a cage's net or pump is broken, ``collection_outages`` times a year | general knowledge |
| on a day on which fish leave the container, and on the last day of a year, when stock is taken | |
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from aquamind_assets.scenario.model import Scenario

if TYPE_CHECKING:
    from aquamind_assets.farm.working import Farm

MOST_DAYS = 5
"""Dead fish lie in a cage for at most so many days before the one on which they are collected, unless they cannot be."""

OUTAGE_DAYS = (7, 21)
"""Shortest and longest time for which dead fish cannot be collected from a cage (general knowledge)."""

LONGEST_WAIT = MOST_DAYS + OUTAGE_DAYS[1]
"""Dead fish are collected within so many days: nothing breaks again before they are."""

DAYS_PER_YEAR = 365.25


@dataclass
class Collection:
    """What waits to be collected; arrays over containers. No fish wait over the turn of a year."""

    waiting: np.ndarray
    """Dead fish not collected yet."""
    days: np.ndarray
    """Days since the last collection."""
    share: np.ndarray
    """Share of the days without work on which they are collected, by geography."""
    wave: np.ndarray
    """Waves in which they are not, m, by geography."""
    outages: np.ndarray
    """Probability that a cage's equipment breaks on a day, by geography."""
    broken_until: np.ndarray
    """Last day on which it is broken."""

    @classmethod
    def of(cls, scenario: Scenario, containers: int) -> Self:
        """Nothing waits."""
        work = [one.work for one in scenario.farm.geographies]
        return cls(
            np.zeros(containers, dtype=np.int64),
            np.zeros(containers, dtype=np.int64),
            np.array([one.weekend_collection for one in work]),
            np.array([one.collection_wave_m for one in work]),
            np.array([one.collection_outages / DAYS_PER_YEAR for one in work]),
            np.full(containers, -1, dtype=np.int64),
        )

    def collect(self, farm: "Farm", rows: np.ndarray) -> np.ndarray:
        """Whether today's dead fish are collected from the containers ``rows``, bool (n,); keeps count of those that
        are not."""
        today, layout = farm.today, farm.layout
        geography, site = layout.geography[rows], layout.site[rows]
        duty = farm.draws.uniform("collection", today.day, farm.infrastructure.site_draws)[site]
        at_work = farm.calendar.works(geography, today.day) | (duty < self.share[geography])
        calm = farm.at_site(farm.water.waves, rows) < self.wave[geography]
        leaving = (today.moved_out[rows] > 0) | (today.harvested[rows] > 0) | (farm.containers.count[rows] == 0)
        last = today.day == farm.days.end - 1
        can = ~self._broken(farm, rows)
        collected = (((at_work & calm) | (self.days[rows] >= MOST_DAYS)) & can) | ~layout.at_sea[rows] | leaving | last
        self.waiting[rows] = np.where(collected, 0, self.waiting[rows] + today.deaths[rows].sum(axis=1))
        self.days[rows] = np.where(collected, 0, self.days[rows] + 1)
        return collected

    def _broken(self, farm: "Farm", rows: np.ndarray) -> np.ndarray:
        """Whether the equipment of the containers ``rows`` is broken today, bool (n,); lets it break."""
        day, chance = farm.today.day, self.outages[farm.layout.geography[rows]]
        u = farm.draws.uniform("collection.outage", day, farm.infrastructure.container_draws)[rows]
        breaks = (u < chance) & (self.broken_until[rows] < day) & (self.days[rows] < MOST_DAYS)
        shortest, longest = OUTAGE_DAYS
        lasts = shortest + np.floor((longest - shortest + 1) * u[breaks] / chance[breaks]).astype(np.int64)
        self.broken_until[rows[breaks]] = day + lasts - 1
        return self.broken_until[rows] >= day
