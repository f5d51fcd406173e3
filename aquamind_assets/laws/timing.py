"""Law 4: time. Every row lies inside the life of the rows it refers to, and every reading carries the batch that was in
its container at that instant.

Belongs here: that a row is of the day of its id, that no row refers to a later one, and the batch of each reading. Does
not belong here: start and end dates of single rows, which the row rules check (``rules``).
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, day_numbers, days_condition, format_day, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.records.inputs import MOVE_INSTANT
from aquamind_assets.tables.schema import ColumnSpec, TableSpec
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
from aquamind_assets.warehouse.id_sql import id_sql, reference_sql

DAY_COLUMNS: Mapping[str, str] = {
    "auth_user": "date_joined",
    "infrastructure_historicalcontainer": "history_date",
    "infrastructure_sensor": "installation_date",
    "batch_batch": "start_date",
    "batch_historicalbatch": "history_date",
    "batch_batchcontainerassignment": "assignment_date",
    "batch_batchtransfer": "transfer_date",
    "batch_batchtransferworkflow": "actual_start_date",
    "batch_transferaction": "actual_execution_date",
    "batch_mortalityevent": "event_date",
    "batch_growthsample": "sample_date",
    "batch_actualdailyassignmentstate": "date",
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
    "harvest_harvestevent": "event_date",
    "scenario": "start_date",
}
"""The column with the day of a row's id, by table. For other tables it is the day on which the version was made
(``history_date``) or the row was entered (``created_at``), if they have that column."""

DATED: Mapping[str, str] = {"planning_plannedactivity": "activity_type = 'TREATMENT'"}
"""Of these tables only such rows have the day of their ids in that column. The activities of a batch have ids of its
first day, also those that are entered later; a rule says so."""


def judge_rows_in_time_range(evidence: Evidence, tables: Collection[str]) -> LawResult:
    """Check that every row of the year is of the day of its id and refers to no later row."""
    found = ResultBuilder()
    for table in tables:
        sample = evidence.sample(table)
        found.note_not_checked(sample.note)
        for days in sample.questions:
            _check_days(found, evidence, evidence.tables[table], days)
    found.empty_reason = evidence.no_rows_reason(tables)
    return found.result()


def _check_days(found: ResultBuilder, evidence: Evidence, table: TableSpec, days: Sequence[DayRange]) -> None:
    """Check the rows in one pass, aggregated by the day of their ids."""
    size = NARROW_DAY_ROWS if table.narrow_id else WIDE_DAY_ROWS
    of_day = day_of_id_sql(id_sql(table), narrow=table.narrow_id)
    references = [
        column for column in table.columns if column.references is not None and column.name != table.id_column
    ]
    entered = next((name for name in ("history_date", "created_at") if name in table.by_name), "")
    happened = DAY_COLUMNS.get(table.name, entered)
    asked = [f"MAX({_number(evidence, column)}) AS {quoted(column.name)}" for column in references]
    dated = DATED.get(table.name, "")
    if happened:
        moment = f"CASE WHEN {dated} THEN {quoted(happened)} END" if dated else quoted(happened)
        asked += [f"MIN({moment}) AS earliest", f"MAX({moment}) AS latest"]
    groups = evidence.frame(
        f"SELECT {', '.join([f'{of_day} AS day', 'COUNT(*) AS number', *asked])} FROM {table.name}"
        f" WHERE {days_condition(table, days)} GROUP BY {of_day}"
    )
    if not len(groups):
        return
    found.count_checked(f"rows of {table.name}", int(groups["number"].sum()))
    day = days_of_ids(integers(groups["day"]) * size, narrow=table.narrow_id)
    if happened:
        earliest, latest = day_numbers(groups["earliest"]), day_numbers(groups["latest"])
        none = (earliest < 0) & bool(dated)
        found.add_violations_where(
            ((earliest != day) | (latest != day)) & ~none,
            lambda i: _wrong_day(table.name, happened, day[i], earliest[i], latest[i]),
        )
    for column in references:
        made = days_of_ids(integers(groups[column.name]), narrow=evidence.tables[str(column.references)].narrow_id)
        _check_reference(found, f"{table.name}.{column.name}", day, made)


def _number(evidence: Evidence, column: ColumnSpec) -> str:
    """The number of the row that a column refers to, in SQL."""
    return reference_sql(evidence.tables[str(column.references)], quoted(column.name))


def _check_reference(found: ResultBuilder, place: str, day: np.ndarray, made: np.ndarray) -> None:
    found.add_violations_where(
        made > day, lambda i: f"{place}: a row of {format_day(day[i])} refers to one of {format_day(made[i])}"
    )


def _wrong_day(table: str, column: str, day: int, earliest: int, latest: int) -> str:
    wrong = earliest if earliest != day else latest
    return f"{table}: a row of {format_day(day)} has {column} {format_day(wrong) if wrong >= 0 else 'NULL'}"


def judge_readings_batch(evidence: Evidence) -> LawResult:
    """Check that every reading carries the batch that was in its container at that instant, from noon of the arrival to
    noon of the departure, or none."""
    found, sample = ResultBuilder(), evidence.sample(READINGS)
    found.note_not_checked(sample.note)
    for days in sample.stretches:
        _check_readings(found, evidence, days)
    if not found.checked and not evidence.rows_written(READINGS) and not len(evidence.infrastructure.sensors):
        found.empty_reason = "the scenario has no sensors"
    return found.result()


def _check_readings(found: ResultBuilder, evidence: Evidence, days: DayRange) -> None:
    """Check readings in groups by container, batch and day. Stays begin and end at noon, so the first and last reading
    of a group represent all of them."""
    low, high = id_range(days)
    groups = evidence.frame(
        "SELECT container_id, batch_id, COUNT(*) AS number, MIN(reading_time) AS earliest, MAX(reading_time) AS latest"
        f" FROM {READINGS} WHERE id >= {low} AND id < {high} AND reading_time >= '{format_day(days.first)} 00:00:00'"
        f" AND reading_time < '{format_day(days.end)} 00:00:00' GROUP BY container_id, batch_id, {day_of_id_sql('id')}"
    )
    stays = evidence.frame(
        "SELECT batch_id, container_id, assignment_date, departure_date FROM batch_batchcontainerassignment WHERE"
        f" assignment_date < '{format_day(days.end)}' AND (departure_date IS NULL OR departure_date >="
        f" '{format_day(days.first)}')"
    )
    if not len(groups):
        return
    found.count_checked("readings", int(groups["number"].sum()))
    batch, container = integers(groups["batch_id"]), integers(groups["container_id"])
    present = _Present(stays)
    earliest, latest = _instants(groups["earliest"]), _instants(groups["latest"])
    wrong = (present.batch(container, earliest) != batch) | (present.batch(container, latest) != batch)
    found.add_violations(
        int(groups["number"].to_numpy()[wrong].sum()), _describe(groups, wrong, batch, present.batch(container, latest))
    )


def _describe(groups: pd.DataFrame, wrong: np.ndarray, batch: np.ndarray, there: np.ndarray) -> str:
    if not wrong.any():
        return ""
    i = int(np.argmax(wrong))
    carried, present = (str(number) if number >= 0 else "none" for number in (batch[i], there[i]))
    group = groups.iloc[i]
    return (
        f"container {group['container_id']}, {group['earliest']} to {group['latest']}: {group['number']} readings carry"
        f" batch {carried}, the container held {present}"
    )


def _instants(values: pd.Series) -> np.ndarray:
    """Return instants (text) as microseconds since 1970, int64."""
    return pd.to_datetime(values, format="ISO8601").to_numpy(dtype="datetime64[us]").astype(np.int64)


class _Present:
    """The batch in a container at an instant. Stays in one container do not overlap (law 3)."""

    _SPAN = np.int64(1) << 52
    """Microseconds, more than the number from 1970 to 2100."""

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
        """Return the batch in each container at each instant, -1 for none."""
        if not self._start.size:
            return np.full(container.size, -1, dtype=np.int64)
        last = np.searchsorted(self._start, self._key(container, instant), side="right") - 1
        place = np.maximum(last, 0)
        there = (last >= 0) & (self._container[place] == container) & (instant < self._end[place])
        return np.where(there, self._batch[place], -1)
