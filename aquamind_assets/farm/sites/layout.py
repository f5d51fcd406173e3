"""The farm's places as arrays, for the day loop.

Belongs here: what follows from infrastructure and scenario alone. Does not belong here: anything that changes.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES

UNLIMITED = 2**62


@dataclass(frozen=True)
class Layout:
    """Arrays over containers (C), stages, sites, feeds; rows as in ``Infrastructure``."""

    kind: np.ndarray
    site: np.ndarray
    geography: np.ndarray
    station: np.ndarray
    """Row in Stations, -1 at sea; (C,)."""
    area: np.ndarray
    volume: np.ndarray
    at_sea: np.ndarray
    grace: np.ndarray
    capacity: np.ndarray
    max_density: np.ndarray
    max_weight: np.ndarray
    """Fish are moved on before they are heavier, infinite if nothing is said; (C,)."""
    commissioned: np.ndarray
    lives: np.ndarray
    """Whether a stage may live in a container; (C, stages)."""
    silo: np.ndarray
    """Row in FeedContainers, -1 where there is none; (sites, feeds)."""
    density_steps: tuple[np.ndarray, np.ndarray]
    """Legal density at sea: weights below which, and kg/m3."""

    cages_of: tuple[np.ndarray, ...]
    """Containers of each area."""

    grow_out_cages: tuple[np.ndarray, ...]
    """Cages of each geography that fish are not moved on from."""

    @classmethod
    def of(cls, scenario: Scenario, infrastructure: Infrastructure) -> Self:
        """The layout of an infrastructure."""
        containers, kinds = infrastructure.containers, scenario.farm.container_types
        kind = containers.container_type.astype(np.int64)
        in_hall = containers.hall >= 0
        station = np.append(infrastructure.halls.station, -1)[containers.hall].astype(np.int64)
        silo = np.full((len(infrastructure.sites), len(scenario.feed.feeds)), -1)
        silo[infrastructure.feed_containers.site, infrastructure.feed_containers.feed] = np.arange(
            len(infrastructure.feed_containers)
        )
        steps = scenario.farm.sea_density
        # A cage that Adults do not live in is left on the way into grow-out.
        last, grow_out = STAGE_NAMES[-1], scenario.farm.stages[-1].entry_weight_g

        def of_kind(values: list[float]) -> np.ndarray:
            return np.array(values)[kind]

        max_weight = of_kind(
            [
                min(one.max_weight_g or np.inf, np.inf if last in one.stages or one.place == "hall" else grow_out)
                for one in kinds
            ]
        )
        to_the_end = np.where(in_hall | np.isfinite(max_weight), -1, containers.geography)
        return cls(
            kind=kind,
            site=containers.site.astype(np.int64),
            geography=containers.geography.astype(np.int64),
            station=station,
            area=containers.area.astype(np.int64),
            volume=containers.volume_m3,
            at_sea=~in_hall,
            grace=of_kind([one.grace_days for one in kinds]),
            capacity=of_kind([one.capacity_fish or UNLIMITED for one in kinds]),
            max_density=of_kind([one.max_density_kg_m3 for one in kinds]),
            max_weight=max_weight,
            commissioned=containers.commissioned_day.astype(np.int64),
            lives=np.array([[name in one.stages for name in STAGE_NAMES] for one in kinds])[kind],
            silo=silo,
            cages_of=tuple(np.flatnonzero(containers.area == area) for area in range(len(infrastructure.areas))),
            grow_out_cages=tuple(np.flatnonzero(to_the_end == row) for row in range(len(scenario.farm.geographies))),
            density_steps=(np.array([one.below_weight_g for one in steps]), np.array([one.max_kg_m3 for one in steps])),
        )

    def density_limit(self, containers: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Highest density allowed in ``containers`` with fish of mean ``weight`` (g), kg/m3: the type's, and at sea the
        legal one."""
        below, limits = self.density_steps
        legal = limits[np.minimum(np.searchsorted(below, weight, side="right"), limits.size - 1)]
        return np.where(
            self.at_sea[containers], np.minimum(legal, self.max_density[containers]), self.max_density[containers]
        )
