"""Asset keys: the asset's group, then its name, as in ``batch/transfers``.

The name alone stays what commands, checkpoints, laws and messages use. Belongs here: names to keys and back. Does not
belong here: which group an asset is in (``pipeline.lineage``).
"""

import dagster as dg

from aquamind_assets.pipeline.lineage import group_of


def key_of(asset: str) -> dg.AssetKey:
    """The key of the asset of this name."""
    return dg.AssetKey([group_of(asset), asset])


def name_of(key: dg.AssetKey) -> str:
    """The name of the asset of this key."""
    return key.path[-1]


def asset_of_step(step: str) -> str:
    """The asset's name in the key of its step, which Dagster makes of the asset's key."""
    return step.rpartition("__")[2]
