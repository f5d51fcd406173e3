"""Verifying a database, from its pages up to the laws of the farm."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from aquamind_assets.errors import DiskFull, TransientError
from aquamind_assets.laws.registry import judge, laws_without_digests
from aquamind_assets.laws.stored_evidence import evidence_of
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.staleness import stale_years
from aquamind_assets.verification.checkpoints import unreadable_checkpoints, wrong_checkpoints
from aquamind_assets.verification.copies import copied_rows
from aquamind_assets.verification.living import wrong_living
from aquamind_assets.verification.outcomes import Findings, LawOutcome, Verification
from aquamind_assets.verification.rows import compare_rows
from aquamind_assets.warehouse.errors import DatabaseDamaged
from aquamind_assets.warehouse.warehouse import Warehouse

Show = Callable[[str], None]
"""Receives what is being done, in a few words."""


def verify_database(
    platform: Platform,
    years: Sequence[int] | None = None,
    *,
    quick: bool = False,
    show: Show = lambda text: None,
) -> Verification:
    """Check the database's pages and indexes, digest every row again and compare with the checkpoints, compare these
    with each other and with the ledgers, look up every foreign key, and check every law on every row.

    Args:
        platform: scenario, ledgers and database.
        years: only the rows of these years; None for all. Rows without a year are always compared.
        quick: all but the laws.
        show: shows what is being done.

    Raises:
        UserError: the scenario, the database or the ledgers cannot be used.
    """
    platform.ledgers.years()  # names a scenario or a place of ledgers that cannot be used, before any row is read
    found = Verification([])
    try:
        warehouse = platform.read()
    except DatabaseDamaged as error:
        found.findings.append(str(error))
        return found
    with warehouse:
        show("Checking pages and indexes")
        _check_pages(warehouse, found)
        if unreadable := unreadable_checkpoints(warehouse):
            found.findings += unreadable
            return found
        checkpoints = warehouse.checkpoints()
        written_years = {one.year for one in checkpoints}
        found.years = sorted(written_years if years is None else written_years & set(years))
        found.stale = stale_years(platform, [one for one in checkpoints if one.year in found.years])
        compare_rows(warehouse, checkpoints, years, found, show)
        show("Checking the checkpoints")
        found.findings += wrong_checkpoints(platform, warehouse, checkpoints, years)
        wrong_living(platform, warehouse, checkpoints, years, found)
        show("Looking up every foreign key")
        for table in warehouse.tables:
            with found.findings.of_damage(f"{table}, foreign keys"):
                found.dangling |= warehouse.broken_references([table])
            with found.findings.of_damage(f"{table}, user-entered rows"):
                found.findings += copied_rows(warehouse, table)
        if not quick:
            found.laws = check_laws(platform, warehouse, found.years, show, found.findings)
    return found


def check_years(platform: Platform, years: Sequence[int], show: Show = lambda text: None) -> Verification:
    """The laws alone, on every row of these years, for the end of a run."""
    with platform.read() as warehouse:
        return Verification(list(years), laws=check_laws(platform, warehouse, years, show, Findings()))


def check_laws(
    platform: Platform, warehouse: Warehouse, years: Iterable[int], show: Show, findings: Findings
) -> list[LawOutcome]:
    """Every law on every row of these years. A law that stumbles over a damage is a finding too."""
    laws = laws_without_digests(warehouse.release)
    outcomes = {law.name: LawOutcome(law.name) for law in laws}
    for year in years:
        show(f"Checking {len(laws)} laws on {year}")
        evidence = replace(evidence_of(platform, year).with_database(warehouse), max_rows=None)
        for law in laws:
            try:
                judged = next(judge([law], evidence))
            except (DiskFull, TransientError):
                raise
            except Exception as error:
                if not (findings or isinstance(error, DatabaseDamaged)):
                    raise
                findings.append(f"{law.asset} {year}: {law.name} cannot be checked ({type(error).__name__}: {error})")
                continue
            outcomes[law.name].add(law.asset, year, judged.result)
    return list(outcomes.values())


def _check_pages(warehouse: Warehouse, found: Verification) -> None:
    """Run the database's own check."""
    with found.findings.of_damage("pages and indexes"):
        damage = warehouse.damage()
        if damage is None:
            found.left_out.append(
                "pages and indexes: PostgreSQL checks its indexes with the extension amcheck, which this database does"
                " not have or this role may not use"
            )
        found.findings += [f"damaged page or index: {line}" for line in damage or ()]
