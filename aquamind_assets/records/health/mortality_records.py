"""Deaths by container, day and cause, in the tables of AquaMind's app ``health``.

Belongs here: rows of ``health_mortalityrecord``. Does not belong here: ``batch_mortalityevent``
(``batch.mortality_events``). Both tables hold the same deaths and have the same sums. After the diagnosis of a disease
in a container, its deaths carry the disease's own reason.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.farm.collection import MOST_DAYS
from aquamind_assets.farm.processes.events import causes_of_events
from aquamind_assets.ledger.codes import Cause, EventKind
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.collection import collected_deaths
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import disease_reason_id, mortality_reason_id
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids

COLLECTED = 14 * HOUR
"""Dead fish are collected in the afternoon."""

COLLECTED_BEFORE_LEAVING = 9 * HOUR
"""Dead fish are collected in the morning from a container that is emptied at noon."""

_NOTE_OF_EVENT = {
    EventKind.STORM: "After the storm",
    EventKind.PREDATOR_ATTACK: "Predator attack",
    EventKind.ALGAL_BLOOM: "Algal bloom",
    EventKind.OXYGEN_DROP: "Oxygen drop",
    EventKind.ESCAPE: "Hole in the net",
    EventKind.EQUIPMENT_FAILURE: "Equipment failure",
}
NOTES = ("", *_NOTE_OF_EVENT.values())
"""Notes on deaths, in the order of the codes of :func:`notes_of`."""

_SPAN = 1 << 20


def mortality_records(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield ``health_mortalityrecord`` of these days: a row for each container, day and cause with dead fish
    collected."""
    fish, dead = collected_deaths(year.ledger.container_days, days)
    row, cause = np.nonzero(dead)
    count = dead[row, cause]
    day = fish.day[row].astype(np.int64)
    stay = year.lives.assignments.take(year.assignment_rows(fish.assignment_id[row]))
    hour = np.where(stay.end_day == day, COLLECTED_BEFORE_LEAVING, COLLECTED)
    yield rows(
        year.tables["health_mortalityrecord"],
        row.size,
        id=row_ids(day, number_within_day(day)),
        batch_id=fish.batch_id[row],
        container_id=year.infrastructure.containers.container_id[fish.container[row]],
        event_date=day * MICROSECONDS_PER_DAY + hour,
        count=count,
        reason_id=reasons_of(year, fish, row, cause),
        notes=Coded(notes_of(year, fish, row, cause), NOTES),
    )


def reasons_of(year: YearInputs, fish: ContainerDays, row: np.ndarray, cause: np.ndarray) -> np.ndarray:
    """Return the reason of each death count: the diagnosed disease, or else the cause."""
    reason = mortality_reason_id(year.scenario, cause)
    sick = np.flatnonzero((cause == Cause.DISEASE) & (fish.disease[row] >= 0))
    disease = fish.disease[row[sick]].astype(np.int64)
    known = _diagnosed(year, fish.assignment_id[row[sick]], disease, fish.day[row[sick]])
    reason[sick[known]] = disease_reason_id(year.scenario, disease[known])
    return reason


def _diagnosed(year: YearInputs, assignment_id: np.ndarray, disease: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return whether the last infection of each assignment by each disease that began by ``day`` had been diagnosed by
    then."""
    found = year.ledger.outbreaks
    if not len(found):
        return np.zeros(day.size, dtype=bool)
    kinds = len(year.scenario.health.diseases)

    def key(assignment: np.ndarray, disease: np.ndarray, day: np.ndarray) -> np.ndarray:
        return (year.assignment_rows(assignment) * kinds + disease.astype(np.int64)) * _SPAN + day

    known = np.isin(found.assignment_id, year.lives.assignments.assignment_id)
    found = found.take(known)
    keys = key(found.assignment_id, found.disease, found.start_day)
    order = np.argsort(keys, kind="stable")
    last = np.searchsorted(keys[order], key(assignment_id, disease, day), side="right") - 1
    same = (last >= 0) & (keys[order][np.maximum(last, 0)] // _SPAN == key(assignment_id, disease, day) // _SPAN)
    detected = found.detected_day[order][np.maximum(last, 0)]
    return same & (detected >= 0) & (detected <= day)


def notes_of(year: YearInputs, fish: ContainerDays, row: np.ndarray, cause: np.ndarray) -> np.ndarray:
    """Return the code of the note on each count: the event in the container on that day or on the days before on which
    dead fish usually wait; after weeks it is not seen any more."""
    note = np.zeros(row.size, dtype=np.int64)
    containers = len(year.infrastructure.containers)
    place = fish.day[row].astype(np.int64) * containers + fish.container[row]
    struck = year.ledger.events
    its_cause = causes_of_events(year.scenario)
    for code, kind in enumerate(_NOTE_OF_EVENT, start=1):
        if kind not in its_cause:
            continue
        of_kind = struck.take(struck.kind == kind)
        when = of_kind.day.astype(np.int64)[:, None] + np.arange(MOST_DAYS + 1)
        note[(cause == its_cause[kind]) & np.isin(place, when * containers + of_kind.container[:, None])] = code
    return note
