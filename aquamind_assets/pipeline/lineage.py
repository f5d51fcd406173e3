"""The graph of the assets by name: which stand directly above which, and in which group each is.

Belongs here: what every picture of the graph shows. Does not belong here: Dagster's keys (``assets.keys``), what an
asset's rows refer to (``records.registry``).
"""

from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import RELEASES, Release

SITE_CLIMATE, FARM_YEAR, YEAR_REPORT = "site_climate", "farm_year", "year_report"
"""Assets that write no tables."""

READINGS = "environmental_readings"
"""The asset that writes nearly all rows of a year."""

FARM, REPORTS = "farm", "reports"
"""Their groups: the simulated farm, and the reports."""

_GROUPS = {asset: recorder.group for release in RELEASES for asset, recorder in recorders_of(release).items()}
"""Groups of the assets that write tables, which are the same in every release that has the asset."""


def graph(release: Release) -> dict[str, list[str]]:
    """The assets of a release that are materialized year by year, each with those directly above it."""
    return {asset: above(asset, release) for asset in (SITE_CLIMATE, FARM_YEAR, *recorders_of(release), YEAR_REPORT)}


def above(asset: str, release: Release) -> list[str]:
    """The assets directly above one; for what is recorded, the farm's year stands for all that it was simulated
    from."""
    recorders = recorders_of(release)
    if asset == SITE_CLIMATE:
        return [BEFORE_THE_FARM[-1]]
    if asset == FARM_YEAR:
        return [SITE_CLIMATE]
    if asset == YEAR_REPORT:
        read = {upstream for recorder in recorders.values() for upstream in recorder.upstream}
        return [name for name in recorders if name not in read]
    upstream = recorders[asset].upstream
    if asset in BEFORE_THE_FARM:
        return list(upstream)
    return [FARM_YEAR, *(name for name in upstream if name not in BEFORE_THE_FARM)]


def group_of(asset: str) -> str:
    """The group of an asset: of AquaMind's apps the one it belongs to, else ``farm`` or ``reports``."""
    return _GROUPS.get(asset, FARM if asset in (SITE_CLIMATE, FARM_YEAR) else REPORTS)
