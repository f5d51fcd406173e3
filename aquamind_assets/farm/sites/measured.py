"""Measured sea water of sites, in place of what the climate would give.

Belongs here: seasons of monthly means, and logged days. Does not belong here: other water (``climate``).

| what is known | water of a day |
|---|---|
| nothing | the geography's climate |
| means of January to December | their season, with the year effects and anomalies of the geography's climate |
| a log, on its days and between two of them less than a month apart | the log, joined by straight lines |
| a log, on all other days | the season of the log's monthly means, likewise; months without a value lie between their neighbors |

The climate's ``warming`` is added to all of them.
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.places import ClimateSpec
from aquamind_assets.scenario.site_water import MEASURED, SiteWater

LONGEST_GAP_DAYS = 31
"""Days between two logged values that are joined by a straight line."""

_DAYS_A_YEAR = 365.25
_MIDDLES = (np.arange(12) + 0.5) * _DAYS_A_YEAR / 12


def put_logged(scenario: Scenario, days: np.ndarray, columns: dict[str, np.ndarray]) -> None:
    """Puts what was logged at sites in place of the drawn water, in the first rows of ``columns`` (sites, days)."""
    for area, (climate, site) in enumerate(water_of_areas(scenario)):
        if site is None:
            continue
        for name in MEASURED:
            added = climate.warming if name == "temperature" else 0.0
            values = logged(site, name, days) + added
            columns[name][area] = np.where(np.isnan(values), columns[name][area], values)


def water_of_areas(scenario: Scenario) -> list[tuple[ClimateSpec, SiteWater | None]]:
    """The climate and the measured water of each area, in the order of ``Areas``."""
    return [
        (spec.climate, water)
        for spec in scenario.farm.geographies
        for water in [*[None] * spec.areas, *(site.water for site in spec.sites)]
    ]


def season_of(water: SiteWater, name: str, days: np.ndarray, climate: np.ndarray) -> np.ndarray:
    """The usual value on each of ``days``, from monthly means; ``climate`` where there are none; shape (days,)."""
    months = _monthly_means(water, name)
    known = ~np.isnan(months)
    if not known.any():
        return climate
    months = np.where(known, months, np.interp(_MIDDLES, _MIDDLES[known], months[known], period=_DAYS_A_YEAR))
    return np.interp(timeline.day_of_year(days) - 0.5, _MIDDLES, months, period=_DAYS_A_YEAR)


def logged(water: SiteWater, name: str, days: np.ndarray) -> np.ndarray:
    """The logged value on each of ``days``, nan where there is none; shape (days,)."""
    at, values = _log(water, name)
    if not at.size:
        return np.full(days.size, np.nan)
    after = np.minimum(np.searchsorted(at, days), at.size - 1)
    before = np.maximum(np.searchsorted(at, days, side="right") - 1, 0)
    between = (at[before] <= days) & (days <= at[after]) & (at[after] - at[before] <= LONGEST_GAP_DAYS)
    return np.where(between, np.interp(days, at, values), np.nan)


def _log(water: SiteWater, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Days with a logged value, and the values."""
    pairs = zip(water.days, getattr(water, name), strict=False)
    found = [(timeline.day_number(day), value) for day, value in pairs if value is not None]
    return np.array([day for day, _ in found], dtype=np.int64), np.array([value for _, value in found])


def _monthly_means(water: SiteWater, name: str) -> np.ndarray:
    """Means of January to December, nan where there is none, (12,)."""
    if not water.days:
        return np.array(getattr(water, name) or np.full(12, np.nan), dtype=np.float64)
    at, values = _log(water, name)
    months = at.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    amount = np.bincount(months, minlength=12)
    return np.bincount(months, weights=values, minlength=12) / np.where(amount, amount, np.nan)
