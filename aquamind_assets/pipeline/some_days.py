"""Some days alone: the farm is simulated up to them, and only what happened on them is written.

What is built, and what lives on, stands as of the last of these days, or of the last day that the database has from the
same scenario, whichever is later.

Belongs here: the platform of such a stretch, and the years before it. Does not belong here: which chunks are written
(``writing``), options (``cli``).
"""

from dataclasses import replace

from aquamind_assets.pipeline.live import reached
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, to_date
from aquamind_assets.warehouse.errors import NothingMaterialized


def platform_of_days(settings: Settings, days: DayRange) -> Platform:
    """The platform that records these days alone.

    Raises:
        UserError, TransientError: the database cannot be written.
    """
    there = _reached(Platform(settings))
    end = days.end if there is None else max(days.end, there + 1)
    return Platform(replace(settings, today=to_date(end)), days=days)


def _reached(platform: Platform) -> int | None:
    """The last day that the database has, None where there is nothing."""
    try:
        # Opened for writing, which the days will do: a database of an older version is brought up to date.
        with platform.open(create=False) as warehouse:
            return reached(warehouse, platform)
    except NothingMaterialized:
        return None
