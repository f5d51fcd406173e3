"""Mistyped counts: of dead fish, and of lice.

Belongs here: the corrections of the tables with counts. Does not belong here: weights (``weights``).

AquaMind itself counts the fish that die in a transfer; people do not. A count of zero is not mistyped. The same
deaths stand in two tables, and are typed once.
"""

from dataclasses import replace

import numpy as np

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.records.batch.mortality_by_stay import IN_TRANSFER
from aquamind_assets.records.corrections.chance import slips
from aquamind_assets.records.corrections.correction import Corrections
from aquamind_assets.records.corrections.mistakes import wrong_number
from aquamind_assets.records.health.lice_counts_by_type import COUNTED
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.master_ids import mortality_reason_id
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import WIDE_DAY_ROWS, days_of_ids

_DEATHS, _LICE = "dead fish", "lice"
_COUNT, _BIOMASS = "count", "biomass_kg"


def of_mortality_events(year: YearInputs, block: Rows) -> Corrections:
    """Corrections of ``batch_mortalityevent``, whose biomass is computed from the count."""
    typed = ~_says(block, "description", IN_TRANSFER)
    found = _of_counts(year, block, _DEATHS, _COUNT, _units(block, "cause"), len(Cause), typed)
    right, biomass = (_units(block, name)[found.row] for name in (_COUNT, _BIOMASS))
    return replace(found, first={**found.first, _BIOMASS: biomass * found.first[_COUNT] // right})


def of_mortality_records(year: YearInputs, block: Rows) -> Corrections:
    """Corrections of ``health_mortalityrecord``."""
    reasons = mortality_reason_id(year.scenario, np.arange(len(Cause)))
    named = _units(block, "reason_id")[:, None] == reasons
    # Other reasons are those of single diseases.
    cause = np.where(named.any(axis=1), named.argmax(axis=1), Cause.DISEASE)
    return _of_counts(year, block, _DEATHS, _COUNT, cause, len(Cause), ~_says(block, "notes", IN_TRANSFER))


def of_lice_counts(year: YearInputs, block: Rows) -> Corrections:
    """Corrections of ``health_licecount``."""
    kind = block.ids % WIDE_DAY_ROWS % len(COUNTED)
    return _of_counts(year, block, _LICE, "count_value", kind, len(COUNTED), np.ones(block.size, dtype=bool))


def _of_counts(
    year: YearInputs, block: Rows, what: str, column: str, number: np.ndarray, numbers: int, typed: np.ndarray
) -> Corrections:
    """Return the corrections of a column of counts; ``number`` says which of ``numbers`` counts of the container and
    day each is, and ``typed`` whether people type it."""
    day, count = days_of_ids(block.ids, narrow=block.spec.narrow_id), _units(block, column)
    stays = year.lives.assignments
    container = stays.container[year.assignment_rows(_units(block, "assignment_id"))].astype(np.int64)
    asked = np.flatnonzero(typed & (count > 0))
    found = slips(year, what, container[asked], day[asked], number[asked], numbers)
    row = asked[found.row]
    below = _lines_below(year, row, day, container, number)
    wrong = [
        wrong_number(int(count[one]), luck, line=int(count[line]) if line >= 0 else None)
        for one, line, luck in zip(row.tolist(), below.tolist(), found.luck, strict=True)
    ]
    return Corrections(
        row=row,
        moment=found.moment,
        user_id=found.user_id,
        mistake=np.array([mistake for _, mistake in wrong], dtype=np.int64),
        column=column,
        first={column: np.array([one for one, _ in wrong], dtype=np.int64)},
    )


def _lines_below(
    year: YearInputs, row: np.ndarray, day: np.ndarray, container: np.ndarray, number: np.ndarray
) -> np.ndarray:
    """Return the row with the same number of the next container of the site on that day, -1 where there is none; rows
    are sorted by day."""
    site, turn = year.infrastructure.containers.site[container], year.turn_at_site[container]
    low, high = np.searchsorted(day, day[row]), np.searchsorted(day, day[row], side="right")
    below = np.full(row.size, -1, dtype=np.int64)
    for place, (one, first, end) in enumerate(zip(row.tolist(), low.tolist(), high.tolist(), strict=True)):
        today = slice(first, end)
        lines = (site[today] == site[one]) & (number[today] == number[one]) & (turn[today] > turn[one])
        if lines.any():
            below[place] = first + int(np.where(lines, turn[today], np.iinfo(np.int64).max).argmin())
    return below


def _units(block: Rows, column: str) -> np.ndarray:
    """Return a column in stored units."""
    return np.broadcast_to(block.columns[column].values, (block.size,))


def _says(block: Rows, column: str, text: str) -> np.ndarray:
    """Return whether a column of texts says so, bool."""
    labels = block.columns[column].labels or ()
    return _units(block, column) == (labels.index(text) if text in labels else -1)
