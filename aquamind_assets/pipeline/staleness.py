"""Which years are in the database, and which of them belong to another scenario than the current one."""

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.warehouse.errors import NothingMaterialized


def years_to_renew(platform: Platform) -> list[int]:
    """Years to materialise again, in order: those with rows of another scenario, and those before them without a ledger
    of the current one."""
    try:
        with platform.read() as warehouse:
            written = warehouse.checkpoints()
    except NothingMaterialized:
        return []
    foreign = {entry.year for entry in written if entry.fingerprint != platform.fingerprint}
    if not foreign:
        return []
    without_ledger = set(range(platform.scenario.first_year, max(foreign) + 1)) - set(platform.ledgers.years())
    return sorted(foreign | without_ledger)
