"""The fish health journal: rows of ``health_journalentry``, each with its resolution as of the latest simulated day.

Belongs here: the rows. Does not belong here: which entries there are (``weeks``, ``events``), their texts (``grammar``,
``phrases``).
"""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from aquamind_assets.records.health.journal.entry import SEVERITIES
from aquamind_assets.records.health.journal.events import (
    event_entries,
    mixing_entries,
    move_entries,
    outbreak_entries,
    sampling_entries,
    treatment_entries,
)
from aquamind_assets.records.health.journal.weeks import weekly_entries
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, row_ids, year_days

CLOSED_HOUR = 21
"""Entries are closed at 21:00 UTC."""

_KINDS = (
    weekly_entries,
    outbreak_entries,
    treatment_entries,
    move_entries,
    mixing_entries,
    event_entries,
    sampling_entries,
)


def journal_entries(year: YearInputs) -> Iterator[Rows]:
    """Yield every entry of the year, and earlier entries about its outbreaks and treatments. Later entries belong to
    the later year."""
    written_by_then = (
        entry for entry in chain.from_iterable(kind(year) for kind in _KINDS) if entry.day < year_days(year.year).end
    )
    entries = sorted(written_by_then, key=lambda entry: (entry.day, entry.number_of_day))
    days = np.array([entry.day for entry in entries], dtype=np.int64)
    batch = np.array([entry.batch_id for entry in entries], dtype=np.int64)
    container = np.array([entry.container for entry in entries], dtype=np.int64)
    written = np.array([entry.instant for entry in entries], dtype=np.int64)
    closed = np.array([-1 if entry.resolved_day is None else entry.resolved_day for entry in entries], dtype=np.int64)
    geography = year.lives.batches.geography[year.batch_rows(batch)]
    yield rows(
        year.tables["health_journalentry"],
        len(entries),
        id=row_ids(days, np.array([entry.number_of_day for entry in entries], dtype=np.int64)),
        batch_id=batch,
        container_id=np.ma.MaskedArray(
            year.infrastructure.containers.container_id[np.maximum(container, 0)], mask=container < 0
        ),
        user_id=staff(year.scenario, year.infrastructure).vets(geography, batch),
        entry_date=written,
        category=np.array([entry.category for entry in entries], dtype=object),
        severity=Coded(np.array([entry.severity for entry in entries], dtype=np.int64), SEVERITIES),
        description=np.array([entry.text for entry in entries], dtype=object),
        resolution_status=closed >= 0,
        resolution_notes=np.array([entry.resolution for entry in entries], dtype=object),
        created_at=written,
        updated_at=np.where(closed > days, closed * MICROSECONDS_PER_DAY + CLOSED_HOUR * HOUR, written),
    )
