"""The graph of the assets by name: which stand directly above which, and in which group each is.

Belongs here: what every picture of the graph shows. Does not belong here: Dagster's keys (``assets.keys``), what an
asset's rows refer to (``records.registry``).
"""

from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.records.registry import RECORDERS

SITE_CLIMATE, FARM_YEAR, YEAR_REPORT = "site_climate", "farm_year", "year_report"
"""Assets that write no tables."""

FARM, REPORTS = "farm", "reports"
"""Their groups: the simulated farm, and the reports."""


def graph() -> dict[str, list[str]]:
    """The assets that are materialized year by year, each with those directly above it."""
    return {asset: above(asset) for asset in (SITE_CLIMATE, FARM_YEAR, *RECORDERS, YEAR_REPORT)}


def above(asset: str) -> list[str]:
    """The assets directly above one; for what is recorded, the farm's year stands for all that it was simulated
    from."""
    if asset == SITE_CLIMATE:
        return [BEFORE_THE_FARM[-1]]
    if asset == FARM_YEAR:
        return [SITE_CLIMATE]
    if asset == YEAR_REPORT:
        read = {upstream for recorder in RECORDERS.values() for upstream in recorder.upstream}
        return [name for name in RECORDERS if name not in read]
    upstream = RECORDERS[asset].upstream
    if asset in BEFORE_THE_FARM:
        return list(upstream)
    return [FARM_YEAR, *(name for name in upstream if name not in BEFORE_THE_FARM)]


def group_of(asset: str) -> str:
    """The group of an asset: of AquaMind's apps the one it belongs to, else ``farm`` or ``reports``."""
    if asset in RECORDERS:
        return RECORDERS[asset].group
    return FARM if asset in (SITE_CLIMATE, FARM_YEAR) else REPORTS
