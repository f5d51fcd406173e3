"""All recorders, by release of AquaMind: one recorder is one asset.

Belongs here: the recorders of each release. A new kind of record is a function in a module of its own in ``records``,
an entry in the module of its release, and a test. Does not belong here: making rows.
"""

from collections.abc import Mapping
from functools import cache

from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import release_2025_08, release_2026_03
from aquamind_assets.tables.releases import Release

_RECORDERS: Mapping[Release, tuple[Recorder, ...]] = {
    "2025-08": release_2025_08.RECORDERS,
    "2026-03": release_2026_03.RECORDERS,
}


@cache
def recorders_of(release: Release) -> Mapping[str, Recorder]:
    """Return the recorders of a release by asset name, in the best order for writing a whole year."""
    return {recorder.asset: recorder for recorder in _RECORDERS[release]}
