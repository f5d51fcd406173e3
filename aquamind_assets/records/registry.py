"""All recorders: one line of this table is one asset.

Adding a kind of record is a function in a module of its own, an entry here, and a test. Does not belong here: how rows are made.
"""

from aquamind_assets.records.recorder import Recorder

_ALL: tuple[Recorder, ...] = ()

RECORDERS: dict[str, Recorder] = {recorder.asset: recorder for recorder in _ALL}
"""Recorders by asset name, in the order in which a whole year is best written."""
