"""Asset keys: the asset's group, then its name, as in ``batch/transfers``.

The name alone stays what commands, checkpoints, laws and messages use. Belongs here: names to keys and back. Does not
belong here: which group an asset is in (``records.registry`` for tables).
"""

import dagster as dg

from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import RELEASES

FARM, REPORTS = "farm", "reports"
"""Groups of the assets that write no tables: the simulated farm, and the reports."""

_SIMULATED = ("site_climate", "farm_year")

_GROUPS = {asset: recorder.group for release in RELEASES for asset, recorder in recorders_of(release).items()}
"""Groups of the assets that write tables, which are the same in every release that has the asset."""


def group_of(asset: str) -> str:
    """The group of an asset: of AquaMind's apps the one it belongs to, else ``farm`` or ``reports``."""
    return _GROUPS.get(asset, FARM if asset in _SIMULATED else REPORTS)


def key_of(asset: str) -> dg.AssetKey:
    """The key of the asset of this name."""
    return dg.AssetKey([group_of(asset), asset])


def name_of(key: dg.AssetKey) -> str:
    """The name of the asset of this key."""
    return key.path[-1]


def asset_of_step(step: str) -> str:
    """The asset's name in the key of its step, which Dagster makes of the asset's key."""
    return step.rpartition("__")[2]
