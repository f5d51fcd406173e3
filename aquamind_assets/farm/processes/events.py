"""Acute events: storms, predators, algal blooms, oxygen drops, escapes, equipment failures.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``per_day`` | 1/day | mean frequency at one place (general knowledge) |
| parameter | ``season``, ``peak_day`` | 1, day | swing of the frequency over the year (general knowledge) |
| parameter | ``wave``, ``wave_share`` | m, 1 | it needs waves as high as these, which come on that share of the days (general knowledge) |
| parameter | ``place`` | | an area with all its cages, one cage, or one tank |
| parameter | ``median``, ``spread`` | 1 | share of the fish lost in a container: log-normal, from its median and 90th percentile (general knowledge) |
| rate | :meth:`Events.frequency` | 1/day | hazard of each kind on a day of the year |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.ledger.codes import Cause, EventKind
from aquamind_assets.scenario.model import Scenario

_Z90 = 1.2815515655446004
_MOST_LOST = 0.6
NO_EVENT = -1


def causes_of_events(scenario: Scenario) -> dict[EventKind, Cause]:
    """Return the cause under which the deaths of each kind of event are recorded; a scenario may let a storm tear the
    net, so that fish escape in it."""
    return {EventKind[one.key.upper()]: Cause[one.cause.upper()] for one in scenario.health.mortality.events}


@dataclass(frozen=True)
class Struck:
    """Events of a day, by container (n,)."""

    kind: np.ndarray
    """``EventKind``, or ``NO_EVENT``; int8."""
    hazards: np.ndarray
    """Hazards by cause that take the lost share today, (n, causes), 1/day."""


@dataclass(frozen=True)
class Events:
    """Acute events; k kinds, in the scenario's order."""

    kind: np.ndarray
    per_day: np.ndarray
    season: np.ndarray
    peak_day: np.ndarray
    wave: np.ndarray
    """Lowest significant wave height, m; 0 where the sea does not matter."""
    wave_share: np.ndarray
    in_area: np.ndarray
    in_cage: np.ndarray
    median: np.ndarray
    spread: np.ndarray
    cause: np.ndarray

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        specs = scenario.health.mortality.events
        return cls(
            kind=np.array([EventKind[one.key.upper()] for one in specs], dtype=np.int8),
            per_day=np.array([one.per_year / 365.25 for one in specs]),
            season=np.array([one.season for one in specs]),
            peak_day=np.array([one.peak_day for one in specs]),
            wave=np.array([one.wave_m for one in specs]),
            wave_share=np.array([one.wave_share for one in specs]),
            in_area=np.array([one.place == "area" for one in specs], dtype=bool),
            in_cage=np.array([one.place == "cage" for one in specs], dtype=bool),
            median=np.array([one.loss.low for one in specs]),
            spread=np.array([np.log(max(one.loss.high, 1e-12) / max(one.loss.low, 1e-12)) / _Z90 for one in specs]),
            cause=np.array([Cause[one.cause.upper()] for one in specs], dtype=np.intp),
        )

    def frequency(self, day_of_year: int) -> np.ndarray:
        """Mean hazard of each kind at one place, (k,), 1/day."""
        return self.per_day * (1.0 + self.season * np.cos(2 * np.pi * (day_of_year - self.peak_day) / 365.25))

    def strike(
        self,
        at_sea: np.ndarray,
        area: np.ndarray,
        area_u: np.ndarray,
        container_u: np.ndarray,
        loss_normal: np.ndarray,
        waves: np.ndarray,
        day_of_year: int,
    ) -> Struck:
        """What strikes which container today. Of two kinds in one container on one day the one with the higher code
        (:class:`EventKind`) counts.

        Args:
            at_sea: whether the container is a cage, bool (n,).
            area: its area, (n,); anything for tanks.
            area_u: uniforms by area and kind, (areas, k).
            container_u: uniforms by container and kind, (n, k).
            loss_normal: size of the loss, (n,).
            waves: significant wave height of each area, m, (areas,).
            day_of_year: 1..366.
        """
        frequency = self.frequency(day_of_year)
        probability = -np.expm1(-frequency)
        kind = np.full(at_sea.size, NO_EVENT, dtype=np.int8)
        hazards = np.zeros((at_sea.size, len(Cause)))
        rough = waves[:, None] >= self.wave
        area_hit = rough & (area_u < -np.expm1(-frequency / self.wave_share))
        container_hit = container_u < probability
        for row in np.argsort(self.kind):
            if self.in_area[row]:
                if not area_hit[:, row].any():
                    continue
                hit = at_sea & area_hit[np.where(at_sea, area, 0), row]
            else:
                hit = container_hit[:, row] & (at_sea == self.in_cage[row])
            struck = np.flatnonzero(hit)
            if struck.size:
                loss = np.minimum(self.median[row] * np.exp(self.spread[row] * loss_normal[struck]), _MOST_LOST)
                kind[struck] = self.kind[row]
                hazards[struck] = 0.0
                hazards[struck, self.cause[row]] = -np.log1p(-loss)
        return Struck(kind, hazards)
