"""Clearing years: rows and checkpoints go, and living rows that stay stand as of the latest year that is left.

Belongs here: what has to happen beside deleting. Does not belong here: deleting (``warehouse``), asking (``cli``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aquamind_assets.ledger.store import LedgerMissing
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Cleared:
    """The result of clearing years.

    Attributes:
        deleted: rows deleted, by table.
        refreshed: years whose living rows were written again, by asset.
        not_refreshed: why living rows were left as of a year that is gone, by asset.
    """

    deleted: dict[str, int]
    refreshed: dict[str, list[int]]
    not_refreshed: dict[str, str]


def clear_years(platform: Platform, warehouse: Warehouse, years: Sequence[int]) -> Cleared:
    """Delete the rows and checkpoints of these years, the latest first, then refresh the living rows that stay.

    Raises:
        StillReferenced: rows that stay refer to rows that would go; nothing of that year is deleted.
    """
    assets = {recorder.asset: recorder.tables for recorder in platform.recorders.values()}
    deleted = warehouse.clear(assets, sorted(years, reverse=True))
    refreshed: dict[str, list[int]] = {}
    not_refreshed: dict[str, str] = {}
    for recorder in recorders_in_order(platform.recorders):
        if recorder.kind != "living":
            continue
        try:
            done = platform.writer(recorder, warehouse, "clear").refresh()
        except LedgerMissing as error:
            not_refreshed[recorder.asset] = str(error)
            continue
        if done:
            refreshed[recorder.asset] = done
    return Cleared({table: count for table, count in deleted.items() if count}, refreshed, not_refreshed)
