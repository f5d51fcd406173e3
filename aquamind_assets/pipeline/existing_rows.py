"""What a database and the rows it already has mean for years that are to be written, before anything is written.

Belongs here: which recorded rows can meet existing ones. Does not belong here: what becomes of them
(``warehouse.adoption``, ``warehouse.taken_ids``).
"""

from collections.abc import Iterator, Sequence

from aquamind_assets.pipeline.platform import BEFORE_THE_FARM, Platform
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, to_date
from aquamind_assets.warehouse.adoption.decisions import Meeting
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA
from aquamind_assets.warehouse.adoption.taken_keys import EnteredKeys
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets.warehouse.warehouse import Warehouse

SHOWN = 20
"""Reasons that the message of a refusal lists."""


def examine(platform: Platform, years: Sequence[int]) -> list[Meeting]:
    """Refuse what writing these years would refuse, as far as it can be known, and create nothing; else what becomes of
    rows that meet user-entered ones.

    Raises:
        UserError: the database cannot be used, or rows cannot be written beside the user-entered ones.
        TransientError: it cannot be reached.
    """
    with open_warehouse(platform.settings.database_url, platform.release) as warehouse:
        return meetings(platform, warehouse, years) if warehouse.examine() else []


def meetings(platform: Platform, warehouse: Warehouse, years: Sequence[int]) -> list[Meeting]:
    """What writing these years will do with user-entered rows: master data and sites, and the batches of the years that
    are simulated already. Batches of the others are treated alike when they are written.

    Raises:
        RowsRefused: rows cannot be written beside the user-entered ones; the message lists them.
        DatabaseRefused: the database would drop rows of these years by itself.
    """
    assets = {recorder.asset: recorder.tables for recorder in platform.recorders.values()}
    warehouse.refuse_dropped(assets, years)
    refused = warehouse.taken_ids(
        assets,
        {recorder.asset for recorder in platform.recorders.values() if recorder.kind == "living"},
        years,
    )
    met = warehouse.meetings(_rows(platform, years, warehouse.tables_with_users_rows(MASTER_DATA)))
    keys = warehouse.entered_keys([table for recorder in platform.recorders.values() for table in recorder.tables])
    refused += warehouse.taken_keys(keys, _rows(platform, years, {key.table for key in keys}))
    times = warehouse.entered_times(assets, years)
    refused += warehouse.taken_keys(times, _rows_of_times(platform, times))
    if refused:
        more = [f"... and {len(refused) - SHOWN} more"] if len(refused) > SHOWN else []
        lines = "\n".join([*refused[:SHOWN], *more])
        raise RowsRefused(f"{warehouse.url} has rows beside which the platform's cannot be written:\n{lines}")
    return list(dict.fromkeys(met))


def _rows(platform: Platform, years: Sequence[int], tables: set[str]) -> Iterator[Rows]:
    """The rows of these years and tables, and of the tables that are written with them; those of years that are not
    simulated yet are left out."""
    simulated = platform.ledgers.years()
    for recorder in platform.recorders.values():
        if not tables & set(recorder.tables):
            continue
        for year in years:
            if recorder.asset in BEFORE_THE_FARM or year in simulated:
                yield from _rows_of(platform, recorder, year)


def _rows_of_times(platform: Platform, times: Sequence[EnteredKeys]) -> Iterator[Rows]:
    """The rows of time series on the days of user-entered ones; those of years that are not simulated yet are left
    out."""
    simulated = platform.ledgers.years()
    for one in times:
        for recorder in platform.recorders.values():
            if one.table not in recorder.tables:
                continue
            for day in one.days or ():
                year = to_date(day).year
                if recorder.asset in BEFORE_THE_FARM or year in simulated:
                    yield from recorder.rows_of_days(platform.inputs_for(recorder, year), DayRange(day, day + 1))


def _rows_of(platform: Platform, recorder: Recorder, year: int) -> Iterator[Rows]:
    inputs = platform.inputs_for(recorder, year)
    yield from (
        recorder.rows_alive(inputs) if recorder.kind == "living" else recorder.rows_of_days(inputs, inputs.days)
    )
