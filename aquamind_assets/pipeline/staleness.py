"""Which years are in the database, and which of them belong to another scenario than the current one."""

from aquamind_assets.pipeline.platform import Platform


def years_to_renew(platform: Platform) -> list[int]:
    """Years to materialise again, in order: those with rows of another scenario, and those before them without a ledger
    of the current one."""
    with platform.open() as warehouse:
        written = warehouse.checkpoints()
    if not written:
        return []
    foreign = {entry.year for entry in written if entry.fingerprint.split("@")[0] != platform.fingerprint}
    if not foreign:
        return []
    without_ledger = set(range(platform.scenario.first_year, max(foreign) + 1)) - set(platform.ledgers.years())
    return sorted(foreign | without_ledger)
