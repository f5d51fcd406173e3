"""The recorders of AquaMind's release 2026-03, a module for each part of the farm's work.

Belongs here: putting the modules together. Does not belong here: the entries (the modules of this package), making
rows.
"""

from dataclasses import replace

from aquamind_assets.records.changes import CHANGES
from aquamind_assets.records.corrections.tables import CORRECTORS
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry.release_2026_03 import eggs, farm
from aquamind_assets.records.registry.release_2026_03.histories import HISTORIES


def _with_histories(one: Recorder) -> Recorder:
    changes = {table: CHANGES[table] for table in one.tables if table in CHANGES}
    corrections = {table: CORRECTORS[table] for table in one.tables if table in CORRECTORS}
    tables = (*one.tables, *HISTORIES.get(one.asset, ()))
    return replace(one, tables=tables, changes=changes, corrections=corrections)


RECORDERS: tuple[Recorder, ...] = tuple(map(_with_histories, (*farm.RECORDERS, *eggs.RECORDERS)))
"""Recorders in the best order for writing a whole year, each with the history tables of its rows."""
