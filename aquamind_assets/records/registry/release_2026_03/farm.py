"""Recorders of what release 2025-08 has too: places, water, batches, feed and health.

Those that write the same tables are the same. Those that a later release has changed are entries of their own.
"""

from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import release_2025_08

_SAME = ("weather",)
"""Assets whose tables and rows no release has changed."""

RECORDERS: tuple[Recorder, ...] = tuple(one for one in release_2025_08.RECORDERS if one.asset in _SAME)
"""The entries."""
