"""The recorders of AquaMind's release 2026-03: those of the release before that write the same tables, and its own.

Belongs here: the entries. Does not belong here: making rows.
"""

from aquamind_assets.records.recorder import Recorder

RECORDERS: tuple[Recorder, ...] = ()
"""Recorders in the best order for writing a whole year."""
