"""The layers of the sea at a site, and the fresh water that lies on it.

Belongs here: what a site is like, its stratification and its run-off by the day. Does not belong here: movements within
a day (``sea_motion``).

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``Sea`` | see there | of each site: drawn by its name from its geography's ranges, or given (``scenario.sea``) |
| parameter | ``SHELTER_SHARE`` | 1 | what a site's stratification and run-off have in common: the head of a loch has much of both (general knowledge) |
| parameter | ``FLOOR`` | 1 | share of midsummer's gradient that is left in winter, between the site and the open sea (general knowledge) |
| parameter | ``MIXING_WAVE_M``, ``MIXING_DAYS`` | m, day | waves that halve the stratification, and days that count (general knowledge) |
| parameter | ``RIVER_DAYS`` | day | memory of the land and of the loch: one half of the rain comes fast, the other slowly (general knowledge) |
| parameter | ``ESTUARY`` | 1 | exponent of the flow in the freshening: more fresh water drives a faster circulation (Hansen & Rattray 1965) |
| parameter | ``HALOCLINE`` | 1/m | share of the freshening that is lost in each m of depth (general knowledge) |
| rate | ``stratification`` | degC/m | midsummer's x season x calm |
| rate | ``run_off`` | 1 | relative to the mean |
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.farm.sites.series import season
from aquamind_assets.farm.sites.weather import RAIN_SEASON
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.quantities import Range

SHELTER_SHARE = 0.6
FLOOR = 0.2
MIDSUMMER = 205.0
MIXING_WAVE_M = 2.5
MIXING_DAYS = 2.0
RIVER_DAYS = (3.0, 15.0)
ESTUARY = 2.0 / 3.0
HALOCLINE = 0.06

LEAD_DAYS = 60
"""Days of weather before a year after which the memory of the land does not depend on its start."""

_DRAWN = ("stratification", "runoff", "tide_m", "fronts_per_year", "front_m")
_SHELTERED = 2
"""The first so many of them are about shelter."""


@dataclass(frozen=True)
class Sea:
    """What the areas are like; arrays (areas,).

    Attributes:
        stratification: decrease of temperature with depth in midsummer, degC/m.
        tide_m: amplitude of the M2 in the layers, m.
        fronts_per_year: fronts and upwelling.
        front_m: how far they lift the layers, mean, m.
        runoff: freshening by the mean run-off, ppt.
        salinity: salinity of the sea outside, ppt.
    """

    stratification: np.ndarray
    tide_m: np.ndarray
    fronts_per_year: np.ndarray
    front_m: np.ndarray
    runoff: np.ndarray
    salinity: np.ndarray

    @classmethod
    def of(cls, scenario: Scenario, infrastructure: Infrastructure) -> "Sea":
        """Every area's, by its name, or as the scenario gives it."""
        draws = infrastructure.area_draws.uniforms(scenario.seed, "sea.site", shape=(len(_DRAWN) + 2,))
        shelter, outside = draws[:, -2], draws[:, -1]
        places = [
            (spec, site)
            for spec in scenario.farm.geographies
            for site in [*[None] * spec.areas, *(site.sea for site in spec.sites)]
        ]
        columns = {}
        for column, name in enumerate(_DRAWN):
            uniform = draws[:, column]
            if column < _SHELTERED:
                uniform = SHELTER_SHARE * shelter + (1.0 - SHELTER_SHARE) * uniform
            ranges = [getattr(spec.sea, name) for spec, _ in places]
            drawn = _between(ranges, uniform)
            given = [None if site is None else getattr(site, name) for _, site in places]
            columns[name] = np.array([value if value is not None else drawn[row] for row, value in enumerate(given)])
        salinity = _between([spec.climate.salinity for spec, _ in places], outside)
        return cls(**columns, salinity=salinity)

    def stratified(self, days: np.ndarray, waves: np.ndarray) -> np.ndarray:
        """Decrease of temperature with depth, (areas, days), degC/m.

        Args:
            days: day numbers.
            waves: wave heights of these days and of :data:`LEAD_DAYS` before them, (areas, LEAD_DAYS + days), m.
        """
        summer = FLOOR + (1.0 - FLOOR) * np.maximum(season(days, MIDSUMMER), 0.0)
        return self.stratification[:, None] * summer * self.calm(waves)

    def calm(self, waves: np.ndarray) -> np.ndarray:
        """Share of its layers that the sea keeps under the waves of the last days, (areas, days)."""
        return 1.0 / (1.0 + (remembered(waves, MIXING_DAYS)[:, LEAD_DAYS:] / MIXING_WAVE_M) ** 2)

    def diluted(self, outside: np.ndarray, flow: np.ndarray) -> np.ndarray:
        """Salinity where rivers flow into the sea, ppt, shape of ``flow``; as far below ``outside`` as ``runoff`` says
        when the flow is 1."""
        return outside * np.exp(-self.runoff[:, None] / np.maximum(outside, 1.0) * flow**ESTUARY)


def _between(ranges: list[Range], uniform: np.ndarray) -> np.ndarray:
    low = np.array([one.low for one in ranges])
    return low + uniform * (np.array([one.high for one in ranges]) - low)


def run_off(rain: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """What flows into the sea on each day, relative to the mean, (areas, days).

    Args:
        rain: of the days and of :data:`LEAD_DAYS` before them, (areas, LEAD_DAYS + days), mm.
        mean: mean rain of a day, (areas,), mm.
    """
    relative = rain / np.maximum(mean, 1e-6)[:, None]
    return np.mean([remembered(relative, days) for days in RIVER_DAYS], axis=0)[:, LEAD_DAYS:]


def usual_run_off(days: np.ndarray) -> np.ndarray:
    """What is to be expected on each day, (days,)."""
    return 1.0 + RAIN_SEASON * season(days, 15.0 + sum(RIVER_DAYS) / len(RIVER_DAYS))


def remembered(values: np.ndarray, days: float) -> np.ndarray:
    """The exponentially weighted mean of each day and those before it, of the shape of ``values`` (n, days)."""
    kept = np.exp(-1.0 / days)
    level, means = values[:, 0], np.empty_like(values)
    for day in range(values.shape[1]):
        level = kept * level + (1.0 - kept) * values[:, day]
        means[:, day] = level
    return means
