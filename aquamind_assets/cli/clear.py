"""``aquamind clear``: remove what the platform wrote."""

from collections.abc import Sequence

from aquamind_assets.cli.year_choice import UsageError, choose_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.settings import Settings


def years_to_clear(settings: Settings, session: int | None, years: str | None, everything: bool) -> list[int]:
    """The years that options ask for; everything must be asked for by name.

    Raises:
        UsageError: nothing was asked for, or two things.
    """
    if everything == (session is not None or years is not None):
        raise UsageError("say what to clear: --years, --session or --all")
    if not everything:
        return choose_years(settings, session, years)
    with Platform(settings).read() as warehouse:
        return sorted({checkpoint.year for checkpoint in warehouse.checkpoints()})


def clear_years(settings: Settings, years: Sequence[int], *, ledgers: bool) -> dict[str, int]:
    """Delete these years' rows and checkpoints, the last year first; rows deleted by table.

    With ``ledgers``, the scenario's ledgers and the day that it was staged for too.
    """
    platform = Platform(settings)
    with platform.open(create=False) as warehouse:
        deleted = warehouse.clear(
            {recorder.asset: recorder.tables for recorder in RECORDERS.values()}, sorted(years, reverse=True)
        )
    if ledgers:
        platform.ledgers.store.clear(platform.ledgers.years())
        settings.forget_staging_day()
    return {table: count for table, count in deleted.items() if count}
