"""Ground truth of corrected records.

Belongs here: a frame that lists every record that was entered with a wrong number, for those who train and test checks
of data quality. Does not belong here: which records these are (``counts``, ``weights``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.frames import Frame, column
from aquamind_assets.records.changes import entered_at
from aquamind_assets.records.corrections.correction import Corrections
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange


class CorrectedRecords(Frame):
    """Records that were entered with a wrong number on some days; sorted by (table, row_id). Ground truth.

    The row has the right number, the first version in its history the wrong one, and the version of the correction the
    right one again. A sample is listed beside the fish whose weight was mistyped, because it was computed from it; and
    deaths in both tables that have them.
    """

    table: np.ndarray = column("str", "", "table")
    row_id: np.ndarray = column("int64", "", "row id")
    field: np.ndarray = column("str", "", "column with the number")
    wrong: np.ndarray = column("float64", "of the column", "number in the first version")
    right: np.ndarray = column("float64", "of the column", "number since the correction")
    mistake: np.ndarray = column("int8", "", "Mistake")
    entered_time: np.ndarray = column("int64", "microsecond since 1970 UTC", "when the wrong number was entered")
    corrected_time: np.ndarray = column("int64", "microsecond since 1970 UTC", "when it was corrected")


def corrected_records(year: YearInputs, days: DayRange) -> CorrectedRecords:
    """Return all records that were entered with a wrong number on these days of the year, also those that are corrected
    later; none of release 2025-08, which has no history of them."""
    wanted = DayRange(max(days.first, year.days.first), min(days.end, year.days.end))
    return CorrectedRecords.concat([*_listed(year, wanted)]).sorted_by("table", "row_id")


def _listed(year: YearInputs, days: DayRange) -> Iterator[CorrectedRecords]:
    for recorder in recorders_of(year.release).values():
        for record in recorder.events if recorder.corrections else ():
            for block in record(year, days):
                corrector = recorder.corrections.get(block.table)
                if corrector is not None:
                    yield _of_block(block, corrector(year, block))


def _of_block(block: Rows, found: Corrections) -> CorrectedRecords:
    number = block.columns[found.column]
    unit = 10 ** (number.spec.scale or 0)
    return CorrectedRecords(
        table=np.full(found.row.size, block.table, dtype=object),
        row_id=block.ids[found.row],
        field=np.full(found.row.size, found.column, dtype=object),
        wrong=found.first[found.column] / unit,
        right=number.values[found.row] / unit,
        mistake=found.mistake,
        entered_time=entered_at(block)[found.row],
        corrected_time=found.moment,
    )
