"""What figures are made of: small frames of a farm, cut by period and geography.

Belongs here: the frames' columns, and cutting them. Does not belong here: filling them (``reports/sums.py`` from the
tables, ``realism/sums.py`` from the ledger), formulas (``batch``, ``health``, ``inventory``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

Part = TypeVar("Part")

LIFE_SUMS = (
    *("eggs", "smolts", "stocked_kg", "harvested", "harvest_kg", "given", "given_kg", "taken", "taken_kg"),
    *("sea_feed_kg", "sea_dead_kg"),
)
"""Sums over a batch's life: eggs laid in; fish that came to sea and their weight; fish harvested and their weight; fish
passed on to a mixed batch, and fish that a mixed batch received, with their weights; feed given at sea; weight of the
fish that died at sea."""

FRAMES: Mapping[str, tuple[str, ...]] = {
    "starts": ("month",),
    "ends": ("month",),
    "active": ("month", "batches"),
    "transfers": ("month", "geography", "lost"),
    "harvests": ("month", "geography", "fish", "kg"),
    "deaths": ("month", "cause", "dead"),
    "sea_deaths": ("month", "cause", "dead"),
    "samples": ("month", "batch_id"),
    "lives": ("month", "geography", "start", "sea_day", "harvest_day", *LIFE_SUMS),
    "farm_months": ("month", "geography", "area", "days", "fish_days", "dead"),
    "lice": ("month", "geography", "area", "females", "fish", "counts", "above"),
    "treatments": ("month", "geography", "kind", "treatments"),
    "cages": ("month", "geography", "cage_days"),
    "outbreaks": ("month", "geography", "outbreaks"),
    "journal": ("month", "category", "entries"),
    "feed": ("month", "kg", "eur"),
    "biomass": ("month", "kg"),
    "summaries": ("month", "feed_kg", "growth_kg"),
    "rows": ("month", "rows"),
}
"""Columns of each frame. ``month`` is its first day; a frame that is only known by year has the year's first day.

``starts`` and ``ends`` have a row for each batch that began, or whose last fish left; ``active`` the batches alive on
the first of the month; ``transfers`` a row for each movement that is no harvest; ``lives`` a row for each batch that
ended in the month and whose whole life is known, days as day numbers (means over fish); ``farm_months`` the months of
sea sites with fish on at least :data:`WHOLE_MONTH_DAYS` days, with fish-days and deaths; ``lice`` the lice counts of a
sea site in a month: lice, fish looked at, counts, and counts above the treatment threshold; ``treatments`` of kind
``lice``, ``disease`` or ``vaccination``; ``biomass`` that of the end of the month; ``summaries`` AquaMind's monthly
feeding summaries.
"""

WHOLE_MONTH_DAYS = 25
"""Days with fish that make a farm-month: the mortality of a few days, brought to a month, would say little."""


class Sums:
    """The sums of a period.

    Attributes:
        threshold: adult female lice per fish above which a site must treat, of the scenario.
        settled: years of the period in which the sea is stocked as planned.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], threshold: float, settled: Sequence[int] = ()) -> None:
        for name, frame in frames.items():
            missing = set(FRAMES[name]) - set(frame.columns)
            if missing:
                raise ValueError(f"sums {name!r} lack the columns {', '.join(sorted(missing))}")
        self._frames: Mapping[str, pd.DataFrame] = dict(frames)
        self.threshold = threshold
        self.settled = tuple(settled)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name]

    def holds(self, names: Iterable[str]) -> bool:
        """Whether all of these frames are known."""
        return all(name in self._frames for name in names)

    def between(self, first_year: int, last_year: int) -> "Sums":
        """The sums of these years, both included."""
        first, end = pd.Timestamp(first_year, 1, 1), pd.Timestamp(last_year + 1, 1, 1)

        def within(name: str) -> pd.DataFrame:
            frame = self._frames[name]
            return frame[(frame["month"] >= first) & (frame["month"] < end)]

        settled = [year for year in self.settled if first_year <= year <= last_year]
        return self._cut(_Parts(tuple(self._frames), within), settled)

    def of(self, geography: str) -> "Sums":
        """The sums of one geography; frames that are not kept by geography are left out."""

        def there(name: str) -> pd.DataFrame:
            frame = self._frames[name]
            return frame[frame["geography"] == geography]

        names = tuple(name for name in self._frames if "geography" in FRAMES[name])
        return self._cut(_Parts(names, there), self.settled)

    def by_month(self, months: Iterable[pd.Timestamp]) -> "dict[pd.Timestamp, Sums]":
        """The sums of each of these months."""
        names = tuple(self._frames)
        groups = _Parts(names, lambda name: dict(list(self._frames[name].groupby("month"))))

        def of(month: pd.Timestamp) -> Callable[[str], pd.DataFrame]:
            return lambda name: groups[name].get(month, self._frames[name].iloc[:0])

        return {month: self._cut(_Parts(names, of(month)), ()) for month in months}

    def _cut(self, frames: Mapping[str, pd.DataFrame], settled: Sequence[int]) -> "Sums":
        cut = Sums({}, self.threshold, settled)
        cut._frames = frames
        return cut


class _Parts(Mapping[str, Part]):
    """Parts by name, each made when it is first asked for: a figure reads one or two of twenty frames."""

    def __init__(self, names: Sequence[str], make: Callable[[str], Part]) -> None:
        self._make = make
        self._made: dict[str, Part | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Part:
        made = self._made[name]
        if made is None:
            made = self._made[name] = self._make(name)
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def active_batches(start: np.ndarray, end: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Batches alive on each day: begun by it, and with fish left at its end.

    Args:
        start: first day of each batch.
        end: day on which the last fish of each batch left; batches that live on are left out.
        days: the days asked for; all three of one comparable type.

    Returns:
        Numbers of batches, int64, the shape of ``days``.
    """
    begun = np.searchsorted(np.sort(start), days, side="right")
    return np.asarray(begun - np.searchsorted(np.sort(end), days, side="right"), dtype=np.int64)
