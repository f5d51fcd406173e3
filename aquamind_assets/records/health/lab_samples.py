"""Laboratory samples: quarterly from every batch, and from containers in which an outbreak is suspected.

Belongs here: rows of ``health_healthlabsample``: the samples and the dates of their results. Does not belong here: the
results (``lab_results``).

A sample is abnormal only if the container truly has an outbreak on the day of sampling. The result of a sample arrives
in the year of the sample: routine sampling stops in the middle of December, and samples on suspicion belong to the year
of the diagnosis. So a year's samples are complete in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import Outbreaks
from aquamind_assets.records.health.lab_results import Finding, Patient, examine
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.records.master_ids import SAMPLE_TYPES, sample_type_id
from aquamind_assets.records.users.people import staff
from aquamind_assets.streams import stream
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, row_ids, to_date, year_days

SAMPLED = 13 * HOUR + HOUR // 2
"""Samples are taken at 13:30 UTC."""

FIRST_SAMPLE_DAY = 45
"""Days from a batch's start to its first quarterly sample."""

SUSPICION_DAYS = 4
"""Days before a diagnosis on which the samples that confirm it were taken, if the infection is that old."""

CARRIER_DAYS = 3
"""An infection shows in samples from its fourth day on."""

_HOLIDAY_DAYS = 18
"""Days before the end of the year without routine sampling."""
_SENT_DAYS, _ANSWER_DAYS = (0, 2), (5, 14)
_SUSPECT_TYPES = ("Blood", "Gill", "Tissue")
_LEAST_WEIGHT_G = {"Blood": 50.0, "Gill": 1.0, "Tissue": 0.0, "Faecal": 20.0, "Water": 0.0}
_TYPES = len(SAMPLE_TYPES)
_SUSPECT_NUMBERS = 1_000_000


@dataclass(frozen=True)
class _Sample:
    """One sample before it is examined; ``row`` is a position in the year's container-days, ``number`` its number
    within the day."""

    row: int
    day: int
    number: int
    sample_type: str
    sent: int
    received: int
    disease: int
    suspected: bool


def lab_samples(year: YearInputs) -> Iterator[Rows]:
    """Yield ``health_healthlabsample`` of the year; a result that has not arrived by the latest simulated day is
    NULL."""
    taken = sorted([*_quarterly(year), *_suspected(year)], key=lambda sample: (sample.day, sample.number))
    fish = year.ledger.container_days.take(np.array([sample.row for sample in taken], dtype=np.int64))
    through = year.lives.through
    sent = np.array([sample.sent for sample in taken], dtype=np.int64)
    received = np.array([sample.received for sample in taken], dtype=np.int64)
    waiting = received > through
    findings = [None if late else _examined(year, sample) for sample, late in zip(taken, waiting, strict=True)]
    day = fish.day.astype(np.int64)
    geography = year.container_geography[fish.container]
    entered = day * MICROSECONDS_PER_DAY + SAMPLED
    answered = received * MICROSECONDS_PER_DAY + SAMPLED + HOUR
    yield rows(
        year.tables["health_healthlabsample"],
        len(taken),
        id=row_ids(day, np.array([sample.number for sample in taken], dtype=np.int64)),
        batch_container_assignment_id=fish.assignment_id,
        sample_type_id=sample_type_id(
            year.scenario, np.array([SAMPLE_TYPES.index(sample.sample_type) for sample in taken], dtype=np.int64)
        ),
        sample_date=day,
        date_sent_to_lab=np.ma.MaskedArray(sent, mask=sent > through),
        date_results_received=np.ma.MaskedArray(received, mask=waiting),
        lab_reference_id=np.array([_reference(year, sample) for sample in taken], dtype=object),
        findings_summary=np.array([finding and finding.summary for finding in findings], dtype=object),
        quantitative_results=np.array([finding and finding.results for finding in findings], dtype=object),
        attachment=None,
        notes=np.array([_note(year, sample) for sample in taken], dtype=object),
        recorded_by_id=staff(year.scenario, year.infrastructure).vets(geography, fish.batch_id),
        created_at=entered,
        updated_at=np.where(waiting, entered, answered),
    )


def _quarterly(year: YearInputs) -> Iterator[_Sample]:
    """Yield samples from every batch, in the planned interval: one container, all sample types possible for fish of
    that size."""
    interval = year.scenario.health.sampling.lab_interval_days
    last = year_days(year.year).end - _HOLIDAY_DAYS
    batches = year.lives.batches
    for rank, (batch_id, start, geography) in enumerate(
        zip(batches.batch_id, batches.start_day, batches.geography, strict=True)
    ):
        first = int(start) + FIRST_SAMPLE_DAY
        planned = range(
            first + max(0, -(-(year.days.first - first) // interval)) * interval, year_days(year.year).end, interval
        )
        for day in [year.calendar.working_day(int(geography), min(day, last)) for day in planned]:
            row = _one_container(year, int(batch_id), day)
            if row is not None:
                yield from _routine(year, row, day, rank)


def _one_container(year: YearInputs, batch_id: int, day: int) -> int | None:
    """Return the position in the container-days of the container of a batch that is sampled on a day, or None if no
    container keeps its fish."""
    if day not in year.days:
        return None
    offset = int(np.searchsorted(year.ledger.container_days.day, day))
    fish = of_days(year.ledger.container_days, DayRange(day, day + 1))
    mine = np.flatnonzero((fish.batch_id == batch_id) & (fish.opening > 0) & (fish.closing > 0))
    if not mine.size:
        return None
    luck = year.infrastructure.container_draws.uniforms(
        year.scenario.seed, "lab_container", day, entities=fish.container[mine]
    )
    return offset + int(mine[np.argmin(luck)])


def _routine(year: YearInputs, row: int, day: int, rank: int) -> Iterator[_Sample]:
    fish = year.ledger.container_days
    infection = _infection(year, int(fish.assignment_id[row]), day)
    key = (int(fish.batch_id[row]), day)
    sent = day + int(stream(year.scenario.seed, "lab_post", *key).integers(*_SENT_DAYS, endpoint=True))
    for code, sample_type in enumerate(SAMPLE_TYPES):
        answer = stream(year.scenario.seed, "lab_answer", *key, sample_type)
        received = sent + int(answer.integers(*_ANSWER_DAYS, endpoint=True))
        hatched = fish.stage[row] > Stage.EGG_ALEVIN or sample_type == "Water"
        if hatched and fish.weight_g[row] >= _LEAST_WEIGHT_G[sample_type]:
            yield _Sample(row, day, rank * _TYPES + code, sample_type, sent, received, infection, suspected=False)


def _suspected(year: YearInputs) -> Iterator[_Sample]:
    """Yield the samples that led to each diagnosis of the year, by container."""
    fish, found = year.ledger.container_days, year.lives.outbreaks
    stay = year.lives.assignments.start_day[year.assignment_rows(found.assignment_id)]
    for one in np.flatnonzero((found.detected_day >= year.days.first) & (found.detected_day < year.days.end)):
        received = int(found.detected_day[one])
        day = max(received - SUSPICION_DAYS, int(found.start_day[one]), int(stay[one]), year.days.first)
        row = _row_of(year, int(found.assignment_id[one]), day)
        if row is None:
            continue
        disease = int(found.disease[one])
        for code, sample_type in enumerate(SAMPLE_TYPES):
            if sample_type in _SUSPECT_TYPES and fish.weight_g[row] >= _LEAST_WEIGHT_G[sample_type]:
                # Diseases may be added at the end of their list without moving a number.
                place = disease * len(year.infrastructure.containers) + int(found.container[one])
                number = _SUSPECT_NUMBERS + place * _TYPES + code
                yield _Sample(row, day, number, sample_type, min(day + 1, received), received, disease, suspected=True)


def _row_of(year: YearInputs, assignment_id: int, day: int) -> int | None:
    """Return the position of an assignment's row of a day, or None."""
    offset = int(np.searchsorted(year.ledger.container_days.day, day))
    hit = np.flatnonzero(of_days(year.ledger.container_days, DayRange(day, day + 1)).assignment_id == assignment_id)
    return offset + int(hit[0]) if hit.size else None


def _infection(year: YearInputs, assignment_id: int, day: int) -> int:
    """Return the disease that an assignment's samples of a day show: the most severe infection that is old enough, or
    -1."""
    running = _running(year.lives.outbreaks, assignment_id, day)
    return int(running.disease[np.argmax(running.severity)]) if len(running) else -1


def _running(found: Outbreaks, assignment_id: int, day: int) -> Outbreaks:
    return found.take(
        (found.assignment_id == assignment_id) & (found.start_day + CARRIER_DAYS <= day) & (day < found.end_day)
    )


def _examined(year: YearInputs, sample: _Sample) -> Finding:
    fish = year.ledger.container_days
    patient = Patient(
        sample_type=sample.sample_type,
        disease=year.scenario.health.diseases[sample.disease] if sample.disease >= 0 else None,
        sick_share=float(fish.sick_share[sample.row]),
        at_sea=bool(fish.stage[sample.row] >= Stage.POST_SMOLT),
        temperature=float(fish.temperature[sample.row]),
    )
    panel = [
        disease
        for disease in sorted(year.scenario.health.diseases, key=lambda disease: disease.key)
        if year.scenario.farm.stages[fish.stage[sample.row]].name in disease.stages
    ]
    return examine(patient, panel, _draws(year, "lab_result", sample))


def _draws(year: YearInputs, process: str, sample: _Sample) -> np.random.Generator:
    """Draws about a sample, named by what is sampled, not by ids or ranks: those count what else there is, and another
    history of the same seed has more or less of it."""
    container = int(year.ledger.container_days.container[sample.row])
    suspected = year.scenario.health.diseases[sample.disease].key if sample.suspected else ""
    key = year.infrastructure.container_draws.key(container)
    return stream(year.scenario.seed, process, *key, sample.day, sample.sample_type, suspected)


def _reference(year: YearInputs, sample: _Sample) -> str:
    """The laboratory's number of the sample, ten digits drawn by what is sampled: no two of a day's samples meet."""
    number = _draws(year, "lab_reference", sample).integers(10**10)
    return f"{'S' if sample.suspected else 'R'}{to_date(sample.day):%y%j}-{number:010d}"


def _note(year: YearInputs, sample: _Sample) -> str:
    return (
        f"On suspicion of {year.scenario.health.diseases[sample.disease].name}."
        if sample.suspected
        else "Quarterly screening."
    )
