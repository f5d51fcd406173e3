"""What must be in the database before a recorder's year can be written, and a plain error when it is not."""

from collections.abc import Iterable

from aquamind_assets.errors import UserError
from aquamind_assets.pipeline.living import outdated_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.staleness import is_stale
from aquamind_assets.pipeline.writing import wanted_chunks
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.warehouse.checkpoints import pending
from aquamind_assets.warehouse.warehouse import Warehouse


class RowsMissing(UserError):
    """Rows that the year's rows point to are not in the database; the message names the assets and years to
    materialize."""


def require_upstream(recorder: Recorder, year: int, platform: Platform, warehouse: Warehouse) -> None:
    """Check that every recorder named as upstream has written what this year's rows point to.

    Rows that live on are written again with every year they live in, so this year's are enough; what was built is
    needed from the first year on.

    Raises:
        RowsMissing: something is not there, or belongs to another scenario.
    """
    missing = []
    for asset in recorder.upstream:
        built = asset in BEFORE_THE_FARM and platform.recorders[asset].kind == "chunked"
        needed = range(platform.scenario.first_year if built else year, year + 1)
        if absent := [one for one in needed if not _complete(platform.recorders[asset], one, platform, warehouse)]:
            missing.append(f"{asset} {_span(absent)}")
    if missing:
        raise RowsMissing(
            f"{recorder.asset} {year} points to rows that {platform.settings.database_name} does not have: materialize"
            f" {', '.join(missing)} first"
        )


def missing_rows(
    recorder: Recorder, year: int, platform: Platform, warehouse: Warehouse, error: Exception
) -> RowsMissing:
    """The error to raise where rows of a recorder's year refer to rows that are not there, though all upstream is: rows
    of its own earlier years, which later years build on."""
    earlier = [
        one for one in range(platform.scenario.first_year, year) if not _complete(recorder, one, platform, warehouse)
    ]
    advice = f"materialize {recorder.asset} {_span(earlier)} first" if earlier else str(error)
    return RowsMissing(
        f"{recorder.asset} {year} points to rows that {platform.settings.database_name} does not have: {advice}"
    )


def complete_years(platform: Platform, warehouse: Warehouse, years: Iterable[int]) -> set[int]:
    """Those of the years of which every asset is in the database to the last day, made from the current scenario, and
    whose living rows stand for the end of the latest year that is in the database."""
    outdated: set[int] = set()
    for recorder in platform.recorders.values():
        if recorder.kind == "living":
            known = [one for one in warehouse.checkpoints(recorder.asset) if not is_stale(platform, one)]
            outdated |= outdated_years({one.year: one.as_of for one in known})
    return {
        year
        for year in years
        if year not in outdated
        and all(_complete(recorder, year, platform, warehouse) for recorder in platform.recorders.values())
    }


def _complete(recorder: Recorder, year: int, platform: Platform, warehouse: Warehouse) -> bool:
    known = [
        checkpoint
        for checkpoint in warehouse.checkpoints(recorder.asset, year)
        if checkpoint.fingerprint == platform.fingerprint_of(recorder.asset)
    ]
    if recorder.kind == "living":
        return bool(known)
    days = None if recorder.asset in BEFORE_THE_FARM else platform.days
    days_back = recorder.days_back(platform.scenario)
    wanted = wanted_chunks(year, platform.through(year), days, known, days_back)
    return not pending(known, platform.fingerprint_of(recorder.asset), wanted)


def _span(years: list[int]) -> str:
    whole = years == list(range(years[0], years[-1] + 1))
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}" if whole else ", ".join(map(str, years))
