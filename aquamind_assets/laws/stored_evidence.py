"""The evidence of a year from the platform's scenario and stored ledgers."""

from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.ledger.store import LedgerMissing
from aquamind_assets.pipeline.platform import Platform


def evidence_of(platform: Platform, year: int, ledger: Ledger | None = None) -> Evidence:
    """What a year's laws look at; ``ledger`` is the year's, where it is in memory already."""

    def ledger_of(wanted: int) -> Ledger | None:
        if ledger is not None and wanted == year:
            return ledger
        try:
            return platform.ledgers.ledger(wanted)
        except LedgerMissing:
            return None

    return Evidence(platform.scenario, platform.infrastructure, year, ledger_of)
