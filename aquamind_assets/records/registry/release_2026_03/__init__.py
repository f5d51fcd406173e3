"""The recorders of AquaMind's release 2026-03, a module for each part of the farm's work.

Belongs here: putting the modules together. Does not belong here: the entries (the modules of this package), making
rows.
"""

from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry.release_2026_03 import farm

RECORDERS: tuple[Recorder, ...] = (*farm.RECORDERS,)
"""Recorders in the best order for writing a whole year."""
