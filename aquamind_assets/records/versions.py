"""AquaMind's history tables: a version of each row that never changes after it was entered.

Belongs here: versions of rows of events and places. Does not belong here: the history of batches, whose rows change
over their life (``batch.batches``); of containers, which release 2025-08 has too (``infrastructure.places``).

AquaMind adds a version whenever the application saves a row. A row that was entered once has one version, with the kind
``+`` and the row's own values.
"""

from dataclasses import replace

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.values import stored
from aquamind_assets.timeline import days_of_ids, narrow_row_ids, number_within_day

_MOMENTS = ("updated_at", "created_at", "event_date", "count_date")
"""Columns with the moment at which a row was entered, the surest first."""

_SIGNED = ("recorded_by_id", "executed_by_id", "user_id", "completed_by_id")
"""Columns with the user who entered a row; a row without one has no user in its history either."""


def first_versions(history: TableSpec, block: Rows) -> Rows:
    """Return the first version of each row of a block.

    Args:
        history: the history table.
        block: rows of the table whose versions it holds, all rows of their days.
    """
    ids = np.sort(block.ids)
    order = np.argsort(block.ids, kind="stable")
    day = days_of_ids(ids, narrow=block.spec.narrow_id)
    number = np.empty(block.size, dtype=np.int64)
    number[order] = narrow_row_ids(day, number_within_day(day))
    moment = next(block.columns[name] for name in _MOMENTS if name in block.columns)
    signed = next((block.columns[name] for name in _SIGNED if name in block.columns), None)
    values = {name: replace(column, spec=history.by_name[name]) for name, column in block.columns.items()}
    added = {"history_id": number, "history_change_reason": None, "history_type": "+"}
    values |= {name: stored(history.name, history.by_name[name], value, block.size) for name, value in added.items()}
    values["history_date"] = replace(moment, spec=history.by_name["history_date"])
    by = history.by_name["history_user_id"]
    values["history_user_id"] = (
        stored(history.name, by, None, block.size) if signed is None else replace(signed, spec=by)
    )
    return Rows(history, block.size, {name: values[name] for name in history.column_names})
