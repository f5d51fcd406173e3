"""Movements of the sea within hours: the tide, and fronts and deep water that pass a site.

Belongs here: how far the layers of the water at a site are lifted at a moment, and how fast water passes its cages.
Does not belong here: how steep the layers are (``sea``).

A sensor hangs at a fixed depth. Water that is lifted past it is that of deeper layers: colder, saltier, poorer in
oxygen. So the effect of a movement is the lift (m) times the gradient (per m), and a site without layers shows none.

| movement | form | source |
|---|---|---|
| tide | M2 (12.42 h) and S2 (12 h); in phase a day and a half after each new and full moon: springs, and neaps a week later | astronomy; share of S2 general knowledge |
| phase of the tide | of the geography, +- 40 degrees by site | general knowledge |
| fronts, upwelling | rare (Poisson), up as often as down, exponential size, within half an hour to 2 hours; relaxing over days | calibrated: heavy tails of Dempsey et al. |
| current | the tide's, and a steady one; water that stands longer among the fish lacks more oxygen | general knowledge |

A lift is a function of scenario, site and moment: it is the same in whatever range of days it is computed.
"""

import datetime
from functools import cache

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.sites.sea import Sea
from aquamind_assets.farm.sites.series import noon_to_noon
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import DayRange

HOURS = 24
"""Moments of a day at which movements are computed."""

M2_HOURS = 12.4206012
S2_HOURS = 12.0
S2_SHARE = 0.35
PHASE_SD = 0.7
"""Radians."""

STEADY_CURRENT = 1.15
"""Current that does not turn with the tide, relative to the amplitude of the M2's."""

BELOW_M = 15.0
ABOVE_M = 5.0
"""Thickness of the layered water below a sensor, and above it: a larger lift brings nothing that is colder, a larger
fall nothing that is warmer."""

FRONT_RAMP_HOURS = (0.5, 2.0)
FRONT_DAYS = (0.3, 2.0)
"""Memory of a front after which the layers are back by 63 %."""
REACH_DAYS = 10
"""Days after which nothing is left of it."""

_NEW_MOON = timeline.day_number(datetime.date(2000, 1, 6)) * 24.0 + 18.0 + 14.0 / 60.0
_SPRINGS = _NEW_MOON + 36.0
"""Hours since 1970 of a spring tide."""


class Motion:
    """Movements at the areas on some days of a year, every hour."""

    def __init__(self, scenario: Scenario, infrastructure: Infrastructure, days: DayRange) -> None:
        self._days = days
        self.first = days.first - timeline.year_days(timeline.to_date(days.first).year).first
        tide, self.stagnation = _tide(scenario, infrastructure, days)
        sea = Sea.of(scenario, infrastructure)
        lift = sea.tide_m[:, None] * tide + _fronts(scenario, infrastructure, sea, days)
        layer = np.where(lift > 0, BELOW_M, ABOVE_M)
        self.lift = layer * np.tanh(lift / layer)
        """How far layers are lifted, (areas, hours), m."""

    def effect(self, gradient: np.ndarray) -> np.ndarray:
        """Change of the water, (areas, hours), from the increase of a quantity for each m of depth on all days of the
        year, (days of the year, areas)."""
        return noon_to_noon(gradient, self.first, len(self._days), HOURS) * self.lift


def daily(hourly: np.ndarray) -> np.ndarray:
    """Means of days, (n, days), from (n, hours)."""
    return hourly.reshape(len(hourly), hourly.shape[1] // HOURS, HOURS).mean(axis=2)


def _tide(scenario: Scenario, infrastructure: Infrastructure, days: DayRange) -> tuple[np.ndarray, np.ndarray]:
    """Height of the tide relative to the M2's amplitude, and the lack of oxygen that fish cause relative to its mean,
    (areas, hours)."""
    coast = 2.0 * np.pi * infrastructure.geography_draws.uniforms(scenario.seed, "sea.tide")
    phase = coast[infrastructure.areas.geography] + PHASE_SD * infrastructure.area_draws.normals(
        scenario.seed, "sea.tide_of_site"
    )
    hours = np.arange(days.first * HOURS, days.end * HOURS) - _SPRINGS
    moon = 2.0 * np.pi / M2_HOURS * hours + phase[:, None]
    sun = 2.0 * np.pi / S2_HOURS * hours + phase[:, None]
    return np.cos(moon) + S2_SHARE * np.cos(sun), _standing(moon, sun) / _mean_standing()


def _standing(moon: np.ndarray, sun: np.ndarray) -> np.ndarray:
    """How long water stands in a cage, relative to that at slack water."""
    current = np.sin(moon) + S2_SHARE * M2_HOURS / S2_HOURS * np.sin(sun)
    return 1.0 / np.sqrt(1.0 + (current / STEADY_CURRENT) ** 2)


@cache
def _mean_standing() -> float:
    phases = 2.0 * np.pi * np.arange(72) / 72
    return float(_standing(phases[:, None], phases[None, :]).mean())


def _fronts(scenario: Scenario, infrastructure: Infrastructure, sea: Sea, days: DayRange) -> np.ndarray:
    """Lift by fronts and upwelling, (areas, hours), m."""
    first, last = (timeline.to_date(day).year for day in (days.first - REACH_DAYS, days.end - 1))
    lift = np.zeros(len(sea.front_m) * len(days) * HOURS)
    # Of one area, events come in the order of their days whatever the range: sums are the same to the last bit.
    for year in range(first, last + 1):
        lift += _fronts_of_year(scenario, infrastructure, sea, days, year)
    return lift.reshape(len(sea.front_m), len(days) * HOURS)


def _fronts_of_year(
    scenario: Scenario, infrastructure: Infrastructure, sea: Sea, days: DayRange, year: int
) -> np.ndarray:
    began = timeline.year_days(year)
    # Of each day: whether one begins, its hour and sign, its size, how suddenly it comes, how long it stays.
    uniforms = infrastructure.area_draws.uniforms(scenario.seed, "sea.fronts", year, shape=(366, 5))[:, : len(began)]
    due = uniforms[:, :, 0] < -np.expm1(-sea.fronts_per_year / 365.25)[:, None]
    due &= (began.days >= days.first - REACH_DAYS) & (began.days < days.end)
    area, day = np.nonzero(due)
    _, hour, size, ramp, memory = uniforms[area, day].T
    sign = np.where(hour < 0.5, 1.0, -1.0)
    start = (2.0 * hour % 1.0) * HOURS
    amount = -sign * sea.front_m[area] * np.log1p(-size)
    ramp = FRONT_RAMP_HOURS[0] * (FRONT_RAMP_HOURS[1] / FRONT_RAMP_HOURS[0]) ** ramp
    memory = HOURS * (FRONT_DAYS[0] + (FRONT_DAYS[1] - FRONT_DAYS[0]) * memory)
    moments = np.ceil(start).astype(np.int64)[:, None] + np.arange(REACH_DAYS * HOURS)
    since = moments - start[:, None]
    shape = np.minimum(since / ramp[:, None], 1.0) * np.exp(-since / memory[:, None])
    shape *= np.maximum(1.0 - since / (REACH_DAYS * HOURS), 0.0)
    place = (began.first + day - days.first)[:, None] * HOURS + moments
    seen = (place >= 0) & (place < len(days) * HOURS)
    row = area[:, None] * len(days) * HOURS + place
    return np.bincount(
        row[seen], weights=(amount[:, None] * shape)[seen], minlength=len(sea.front_m) * len(days) * HOURS
    )
