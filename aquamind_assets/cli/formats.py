"""Counts, durations and years as commands print them."""

from collections.abc import Sequence


def short(number: float) -> str:
    """A count in at most four characters: 999, 1.2k, 346k, 4.6M."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.0f}{unit}" if number >= 9.95 * size else f"{number / size:.1f}{unit}"
    return f"{number:.0f}"


def duration(seconds: float) -> str:
    """Seconds as 45 s, 3:20 min or 2:05 h."""
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"


def count(number: int, thing: str) -> str:
    """A number of things: ``1 run``, ``2,000 runs``."""
    return f"{number:,} {thing}" + "s" * (number != 1)


def span(years: Sequence[int]) -> str:
    """Ascending years: ``2015``, ``2015-2018`` where none is missing, else ``2015, 2017``; ``no year`` for none."""
    if not years:
        return "no year"
    whole = list(years) == list(range(years[0], years[-1] + 1))
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}" if whole else ", ".join(map(str, years))
