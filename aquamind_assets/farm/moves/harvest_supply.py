"""The fish a plant can expect, and the even supply that they allow: so much a day, that none of the days ahead runs dry.

Belongs here: when the fish at sea can be harvested, are ripe and are overdue, and the daily tonnes that follow from it.
Does not belong here: which cage is taken (``harvest_plan``), the forecast of growth (``batches.planning``).

Fish grow in summer, and so most of them are ripe in autumn. A plant that took them then would stand idle in spring. A
planner therefore adds up, for each day ahead, what may have been taken by then at most (fish that are heavy and old
enough) and what must have been taken at least (fish that are overdue); between the two, an even supply is a straight
line from today on. Where no straight line fits, the one that leads to the first bend is the most even one (the
shortest way between two walls).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.farm.batches.planning import Standing
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.batches import STOCKING_DENSITY
from aquamind_assets.scenario.places import HarvestPlanSpec

EMPTYING_DAYS = 60
"""Days in which an area is emptied: it is begun half of them before its fish are overdue, and fish that are overdue are
spread over them (general knowledge)."""


@dataclass(frozen=True)
class Supply:
    """Fish at sea, arrays over batches, (n,); days are counted from today, those before it are 0."""

    tonnes: np.ndarray
    """Round weight at harvest, t."""
    earliest: np.ndarray
    """First day on which they can be harvested."""
    ripe: np.ndarray
    """Day on which they have their target weight."""
    latest: np.ndarray
    """Day of their latest harvest: they are too old, too heavy or too dense to wait on."""

    @classmethod
    def expected(cls, farm: Farm, geography: int, spec: HarvestPlanSpec) -> Self:
        """What the fish in a geography's sea will give, those excepted that boats are ordered for.

        Args:
            farm: the farm.
            geography: row in Geographies.
            spec: its plan.
        """
        c, today = farm.containers, farm.today.day
        rows = np.flatnonzero(
            (c.count > 0) & (c.stage >= Stage.POST_SMOLT) & (c.harvest_day < 0) & (farm.layout.geography == geography)
        )
        forecasts = []
        for batch in np.unique(c.batch[rows]):
            mine = rows[c.batch[rows] == batch]
            standing = Standing(
                geography,
                len(farm.steps[geography] or []),
                farm.mean_weight(mine),
                float(c.count[mine].sum()),
                float(farm.plans["target_weight_g"][batch]),
                int(farm.plans["adult_day"][batch]),
                float(farm.plans["smolt_weight_g"][batch]),
            )
            late = min(spec.late, max(1.0, _densest(farm, mine) / standing.target_weight))
            ahead = farm.forecaster.harvest(standing, spec.early, late, today)
            heavy = max(standing.target_weight, standing.progress)
            forecasts.append((ahead.fish * heavy / 1e6, ahead.earliest, ahead.ripe, ahead.latest))
        tonnes, *days = np.array(forecasts, dtype=np.float64).reshape(-1, 4).T
        return cls(tonnes, *(np.maximum(day - today, 0) for day in days))

    def even_rate(self, days: int) -> float:
        """Tonnes a day that can be taken from today on for longest, of the fish that will be there and with none overdue;
        where they can for all the ``days`` to come, those nearest to what will be ripe in them."""
        day = np.arange(1, days + 1)
        most, least = (
            self._until(self.earliest, day) / day,
            self._until(self.latest - EMPTYING_DAYS / 2, day) / np.maximum(day, EMPTYING_DAYS),
        )
        most, least = np.minimum.accumulate(most), np.maximum.accumulate(least)
        meet = np.flatnonzero(least > most)
        if meet.size:
            before = max(int(meet[0]) - 1, 0)
            return float(most[before] if most[meet[0]] == most[before] else least[before])
        return float(np.clip(self._until(self.ripe, day[-1:])[0] / days, least[-1], most[-1]))

    def _until(self, begins: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Tonnes whose day is before each ``day``, (days,)."""
        return (self.tonnes * (begins < day[:, None])).sum(axis=1)


def _densest(farm: Farm, rows: np.ndarray) -> float:
    """Weight (g) at which the fish, spread over their cages, come near the highest legal density."""
    limit = farm.layout.density_limit(rows, np.full(rows.size, np.inf)) * farm.layout.volume[rows] * 1000.0
    return float(STOCKING_DENSITY * limit.sum() / max(int(farm.containers.count[rows].sum()), 1))
