"""Law 4: time. Every row lies inside the life of what it refers to, and every reading carries the batch that was in its
container at that instant.

Belongs here: that rows are of the day their ids say, that nothing refers to what came later, and whose readings are
whose. Does not belong here: the ends of single lives, which the rules of the tables know (``laws_rules``).
"""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, dated, day_numbers, ids_of, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.records.inputs import MOVE_INSTANT
from aquamind_assets.tables.schema import TABLES, TableSpec
from aquamind_assets.timeline import (
    MICROSECONDS_PER_DAY,
    NARROW_DAY_ROWS,
    WIDE_DAY_ROWS,
    DayRange,
    day_of_id_sql,
    days_of_ids,
    id_range,
)
from aquamind_assets.warehouse.ddl import READINGS, quoted

DAY_COLUMNS: Mapping[str, str] = {
    "auth_user": "date_joined",
    "infrastructure_historicalcontainer": "history_date",
    "infrastructure_sensor": "installation_date",
    "batch_batch": "start_date",
    "batch_historicalbatch": "history_date",
    "batch_batchcontainerassignment": "assignment_date",
    "batch_batchtransfer": "transfer_date",
    "batch_mortalityevent": "event_date",
    "batch_growthsample": "sample_date",
    READINGS: "reading_time",
    "environmental_photoperioddata": "date",
    "environmental_weatherdata": "timestamp",
    "inventory_feedpurchase": "purchase_date",
    "inventory_historicalfeedstock": "history_date",
    "inventory_feedingevent": "feeding_date",
    "inventory_batchfeedingsummary": "period_end",
    "inventory_feedcontainerstock": "entry_date",
    "health_journalentry": "entry_date",
    "health_healthsamplingevent": "sampling_date",
    "health_healthlabsample": "sample_date",
    "health_treatment": "treatment_date",
    "health_mortalityrecord": "event_date",
    "health_licecount": "count_date",
}
"""What happened on the day that a row's id says; of the other tables it is the day on which the row was entered
(``created_at``), where they keep it."""


def rows_in_time(evidence: Evidence, tables: Collection[str]) -> LawResult:
    """Every row of the year is of the day its id says, and refers to nothing that came after it."""
    found = ResultBuilder()
    for table in tables:
        look = evidence.look(table)
        found.note(look.note)
        for days in look.stretches:
            _of_their_days(found, evidence, TABLES[table], days)
    found.nothing = evidence.none_written(tables)
    return found.result()


def _of_their_days(found: ResultBuilder, evidence: Evidence, table: TableSpec, days: DayRange) -> None:
    """One pass over the rows, summed up by the day of their ids."""
    size = NARROW_DAY_ROWS if table.narrow_id else WIDE_DAY_ROWS
    of_day = day_of_id_sql(table.id_column, narrow=table.narrow_id)
    references = [
        column for column in table.columns if column.references is not None and column.name != table.id_column
    ]
    happened = DAY_COLUMNS.get(table.name, "created_at" if "created_at" in table.by_name else "")
    asked = [f"MAX({quoted(column.name)}) AS {quoted(column.name)}" for column in references]
    if happened:
        asked += [f"MIN({quoted(happened)}) AS earliest", f"MAX({quoted(happened)}) AS latest"]
    groups = evidence.frame(
        f"SELECT {', '.join([f'{of_day} AS day', 'COUNT(*) AS number', *asked])} FROM {table.name}"
        f" WHERE {ids_of(table.name, days.first, days.end - 1)} GROUP BY {of_day}"
    )
    if not len(groups):
        return
    found.looked(f"rows of {table.name}", int(groups["number"].sum()))
    day = days_of_ids(integers(groups["day"]) * size, narrow=table.narrow_id)
    if happened:
        earliest, latest = day_numbers(groups["earliest"]), day_numbers(groups["latest"])
        found.each(
            (earliest != day) | (latest != day),
            lambda i: _wrong_day(table.name, happened, day[i], earliest[i], latest[i]),
        )
    for column in references:
        made = days_of_ids(integers(groups[column.name]), narrow=TABLES[str(column.references)].narrow_id)
        _refers_back(found, f"{table.name}.{column.name}", day, made)


def _refers_back(found: ResultBuilder, place: str, day: np.ndarray, made: np.ndarray) -> None:
    found.each(made > day, lambda i: f"{place}: a row of {dated(day[i])} refers to one of {dated(made[i])}")


def _wrong_day(table: str, column: str, day: int, earliest: int, latest: int) -> str:
    wrong = earliest if earliest != day else latest
    return f"{table}: a row of {dated(day)} has {column} {dated(wrong) if wrong >= 0 else 'NULL'}"


def readings_carry_their_batch(evidence: Evidence) -> LawResult:
    """Every reading carries the batch that was in its container at that instant, from noon of its arrival to noon of
    its departure, or none."""
    found, look = ResultBuilder(), evidence.look(READINGS)
    found.note(look.note)
    for days in look.stretches:
        _readings(found, evidence, days)
    if not found.looked_at and not evidence.written(READINGS) and not len(evidence.infrastructure.sensors):
        found.nothing = "the scenario has no sensors"
    return found.result()


def _readings(found: ResultBuilder, evidence: Evidence, days: DayRange) -> None:
    """Readings of a container, a batch and a day are one group; as stays begin and end at noon, its first and last
    reading tell of all."""
    low, high = id_range(days)
    groups = evidence.frame(
        "SELECT container_id, batch_id, COUNT(*) AS number, MIN(reading_time) AS earliest, MAX(reading_time) AS latest"
        f" FROM {READINGS} WHERE id >= {low} AND id < {high} AND reading_time >= '{dated(days.first)} 00:00:00' AND"
        f" reading_time < '{dated(days.end)} 00:00:00' GROUP BY container_id, batch_id, {day_of_id_sql('id')}"
    )
    stays = evidence.frame(
        "SELECT batch_id, container_id, assignment_date, departure_date FROM batch_batchcontainerassignment WHERE"
        f" assignment_date < '{dated(days.end)}' AND (departure_date IS NULL OR departure_date >="
        f" '{dated(days.first)}')"
    )
    if not len(groups):
        return
    found.looked("readings", int(groups["number"].sum()))
    batch, container = integers(groups["batch_id"]), integers(groups["container_id"])
    present = _Present(stays)
    earliest, latest = _instants(groups["earliest"]), _instants(groups["latest"])
    wrong = (present.batch(container, earliest) != batch) | (present.batch(container, latest) != batch)
    found.broken(
        int(groups["number"].to_numpy()[wrong].sum()), _said(groups, wrong, batch, present.batch(container, latest))
    )


def _said(groups: pd.DataFrame, wrong: np.ndarray, batch: np.ndarray, there: np.ndarray) -> str:
    if not wrong.any():
        return ""
    i = int(np.argmax(wrong))
    carried, present = (str(number) if number >= 0 else "none" for number in (batch[i], there[i]))
    group = groups.iloc[i]
    return (
        f"container {group['container_id']}, {group['earliest']} to {group['latest']}: {group['number']} readings carry"
        f" batch {carried}, there was {present}"
    )


def _instants(values: pd.Series) -> np.ndarray:
    """Instants (text) as microseconds since 1970, int64."""
    return pd.to_datetime(values, format="ISO8601").to_numpy(dtype="datetime64[us]").astype(np.int64)


class _Present:
    """Which batch is in a container at an instant; stays in one container never meet (law 3)."""

    _SPAN = np.int64(1) << 52
    """Microseconds, more than there are from 1970 to 2100."""

    def __init__(self, stays: pd.DataFrame) -> None:
        container, start, end = (
            integers(stays["container_id"]),
            day_numbers(stays["assignment_date"]),
            day_numbers(stays["departure_date"]),
        )
        self._containers = np.unique(container)
        key = self._key(container, start * MICROSECONDS_PER_DAY + MOVE_INSTANT)
        order = np.argsort(key)
        self._start = key[order]
        self._end = np.where(end < 0, self._SPAN - 1, end * MICROSECONDS_PER_DAY + MOVE_INSTANT)[order]
        self._container = container[order]
        self._batch = integers(stays["batch_id"])[order]

    def _key(self, container: np.ndarray, instant: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._containers, container) * self._SPAN + instant

    def batch(self, container: np.ndarray, instant: np.ndarray) -> np.ndarray:
        """The batch in each container at each instant, -1 for none."""
        if not self._start.size:
            return np.full(container.size, -1, dtype=np.int64)
        last = np.searchsorted(self._start, self._key(container, instant), side="right") - 1
        place = np.maximum(last, 0)
        there = (last >= 0) & (self._container[place] == container) & (instant < self._end[place])
        return np.where(there, self._batch[place], -1)
