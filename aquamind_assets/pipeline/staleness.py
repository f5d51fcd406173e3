"""Which rows in a database are stale: written from another scenario, or by code that behaves differently."""

from collections.abc import Iterable

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.warehouse.checkpoints import Checkpoint
from aquamind_assets.warehouse.errors import NothingMaterialized


def is_stale(platform: Platform, checkpoint: Checkpoint) -> bool:
    """Whether a committed chunk was made from another scenario or code than the platform's."""
    asset = checkpoint.asset
    return asset not in platform.recorders or checkpoint.fingerprint != platform.fingerprint_of(asset)


def stale_years(platform: Platform, checkpoints: Iterable[Checkpoint]) -> list[int]:
    """Years with at least one stale chunk, in order."""
    return sorted({checkpoint.year for checkpoint in checkpoints if is_stale(platform, checkpoint)})


def years_to_renew(platform: Platform) -> list[int]:
    """Years to materialize again, in order: the stale ones, and years before them without a ledger of the scenario."""
    try:
        with platform.read() as warehouse:
            stale = stale_years(platform, warehouse.checkpoints())
    except NothingMaterialized:
        return []
    if not stale:
        return []
    without_ledger = set(range(platform.scenario.first_year, max(stale) + 1)) - set(platform.ledgers.years())
    return sorted({*stale, *without_ledger})
