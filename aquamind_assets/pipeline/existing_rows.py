"""Which rows of the platform meet rows that a database already has, before anything is written.

Belongs here: the recorded rows that can meet any. Does not belong here: what becomes of them (``warehouse.adoption``).
"""

from collections.abc import Iterable, Iterator

from aquamind_assets.pipeline.platform import BEFORE_THE_FARM, Platform
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.tables.rows import Rows
from aquamind_assets.warehouse.adoption.decisions import Meeting
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA
from aquamind_assets.warehouse.warehouse import Warehouse


def meetings(platform: Platform, warehouse: Warehouse, years: Iterable[int]) -> list[Meeting]:
    """What writing these years will do with user-entered rows: master data and sites, and the batches of the years that
    are simulated already. Batches of the others are treated alike when they are written.

    Raises:
        RowsRefused: rows cannot be written beside the user-entered ones.
    """
    return list(dict.fromkeys(warehouse.meetings(_rows(platform, list(years)))))


def _rows(platform: Platform, years: list[int]) -> Iterator[Rows]:
    simulated = platform.ledgers.years()
    for recorder in RECORDERS.values():
        if not MASTER_DATA.keys() & set(recorder.tables):
            continue
        for year in years:
            if recorder.asset in BEFORE_THE_FARM or year in simulated:
                inputs = platform.inputs_for(recorder, year)
                yield from (
                    recorder.rows_alive(inputs)
                    if recorder.kind == "living"
                    else recorder.rows_of_days(inputs, inputs.days)
                )
