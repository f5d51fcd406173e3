"""Random series of a year's days at places, and values between two noons.

Belongs here: series that go on over the borders of years although a year is computed alone. Does not belong here: what
they stand for (``climate``, ``weather``).
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.streams import Groups

_DAYS = 366
"""Days drawn for every year, so that leap years shift nothing."""


class Series:
    """Random series, one for each place (rows) and day (columns) of a year, and of ``lead`` days before it, for what
    needs a start.

    Innovations are keyed by place and calendar year, and every AR1 runs through the year before first, long enough to
    forget where it began.
    """

    def __init__(self, seed: int, year: int, lead: int = 0) -> None:
        self._seed, self._year, self._lead = seed, year, lead
        self._before = len(timeline.year_days(year - 1))
        within = timeline.year_days(year)
        self.days = np.arange(within.first - lead, within.end)

    def ar1(self, process: str, places: Groups, rho: np.ndarray | float) -> np.ndarray:
        """Shape (places, days), stationary, variance 1; ``rho`` of all or of each place."""
        noise = np.concatenate(
            [
                self._noise(process, self._year - 1, places)[:, : self._before],
                self._noise(process, self._year, places)[:, : self.days.size - self._lead],
            ],
            axis=1,
        )
        series = np.empty((noise.shape[1], len(places)))
        level = np.zeros(len(places))
        for step, shock in enumerate(np.sqrt(1.0 - np.square(rho)) * np.ascontiguousarray(noise.T)):
            level = rho * level + shock
            series[step] = level
        return series[self._before - self._lead :].T

    def white(self, process: str, places: Groups) -> np.ndarray:
        """Uniforms without memory, shape (places, days)."""
        before, now = (
            places.uniforms(self._seed, f"climate.{process}", year, shape=(_DAYS,))
            for year in (self._year - 1, self._year)
        )
        return np.concatenate(
            [before[:, self._before - self._lead : self._before], now[:, : self.days.size - self._lead]], axis=1
        )

    def constant(self, process: str, places: Groups) -> np.ndarray:
        """One standard normal for each place for ever, shape (places, 1)."""
        return places.normals(self._seed, f"climate.{process}")[:, None]

    def yearly(self, process: str, places: Groups) -> np.ndarray:
        """Standard normals of the middles of the years, joined by straight lines, shape (places, days)."""
        years = (self._year - 1, self._year, self._year + 1)
        middles = [timeline.year_days(year).first + 182 for year in years]
        table = np.array([places.normals(self._seed, f"climate.{process}", year) for year in years])
        position = np.interp(self.days, middles, [0.0, 1.0, 2.0])
        low = np.minimum(position.astype(np.int64), 1)
        return (table[low] + (position - low)[:, None] * (table[low + 1] - table[low])).T

    def _noise(self, process: str, year: int, places: Groups) -> np.ndarray:
        return places.normals(self._seed, f"climate.{process}", year, shape=(_DAYS,))


def season(days: np.ndarray, highest_day: float) -> np.ndarray:
    """A wave of a year's length with its crest, 1, on a day of the year; shape of ``days``."""
    return np.cos(2.0 * np.pi * (timeline.day_of_year(days) - highest_day) / 365.25)


def noon_to_noon(values: np.ndarray, first: int, days: int, per_day: int) -> np.ndarray:
    """Daily values joined by straight lines from noon to noon.

    Args:
        values: one row a day, (days known, n).
        first: row of the first wanted day.
        days: number of wanted days.
        per_day: moments of each wanted day, from midnight on, at equal distances.

    Returns:
        (n, days x per_day); constant before the first known noon and after the last.
    """
    table = values.astype(np.float64)
    when = first + np.arange(days * per_day) / per_day - 0.5
    place = np.clip(when, 0, len(table) - 1)
    low = np.minimum(place.astype(np.int64), max(len(table) - 2, 0))
    high = np.minimum(low + 1, len(table) - 1)
    return (table[low] + (place - low)[:, None] * (table[high] - table[low])).T
