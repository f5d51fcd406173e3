"""Journal entries about events: diagnoses and recoveries, treatments, moves, accidents, samplings.

Belongs here: which entries there are and when they are resolved. Does not belong here: their texts (``phrases``).

Entries about outbreaks and treatments depend on these alone, so that the year in which an outbreak began and the year
in which it ends write the same entry.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import EventKind, Movement, Outcome, Stage, TreatmentReason
from aquamind_assets.records.health.fish_samples import samples
from aquamind_assets.records.health.journal import phrases
from aquamind_assets.records.health.journal.entry import (
    HIGH,
    LOW,
    MEDIUM,
    Entry,
    Kind,
    by_now,
    named,
    pen,
    spoken,
    within_year,
)
from aquamind_assets.records.health.samplings import REMARKABLE
from aquamind_assets.records.health.treatments import describe
from aquamind_assets.records.inputs import YearInputs, of_days
from aquamind_assets.records.master_ids import HEALTH_PARAMETERS
from aquamind_assets.records.place_labels import container_name, full_name, noun, place_name
from aquamind_assets.timeline import WIDE_DAY_ROWS, DayRange

_GRAVE_FACTOR = 3.0
"""Mortality factor from which a disease is recorded as severe."""

_GRAVE_LOSS, _NOTABLE_LOSS = 0.02, 0.003
_EVENT_CLOSED_DAYS = 3


def outbreak_entries(year: YearInputs) -> Iterator[Entry]:
    """Yield a diagnosis for each infected container, and its recovery."""
    found, diseases = year.lives.outbreaks, year.scenario.health.diseases
    stay_end = year.lives.assignments.end_day[year.assignment_rows(found.assignment_id)]
    for one in np.flatnonzero(found.detected_day >= 0):
        container, kind = int(found.container[one]), int(found.disease[one])
        disease, name, short = diseases[kind], full_name(year, container), container_name(year, container)
        # Diseases may be added at the end of their list without moving a number.
        number = kind * len(year.infrastructure.containers) + container
        last, detected, treated = int(found.end_day[one]) - 1, int(found.detected_day[one]), int(found.treated_day[one])
        over = last <= year.lives.through
        writer = pen(year, Kind.DIAGNOSIS, *named(year, container), disease.key, int(found.start_day[one]))
        text = phrases.diagnosis(disease, disease.signs, name, short, noun(year, np.array([container])), writer)
        how = phrases.recovery(
            disease.name,
            short,
            spoken(last),
            spoken(treated) if treated >= 0 else None,
            bool(found.depopulated[one]),
            writer,
        )
        severity = HIGH if disease.reportable or disease.mortality_factor >= _GRAVE_FACTOR else MEDIUM
        batch = int(found.batch_id[one])
        yield Entry(
            Kind.DIAGNOSIS,
            detected,
            number,
            batch,
            container,
            "diagnosis",
            severity,
            text,
            last if over else None,
            how if over else "",
        )
        if over and not found.depopulated[one] and (stay_end[one] < 0 or last < stay_end[one]):
            again = pen(year, Kind.RECOVERY, *named(year, container), disease.key, int(found.start_day[one]))
            text = phrases.recovery(
                disease.name, name, spoken(last), spoken(treated) if treated >= 0 else None, False, again
            )
            yield Entry(Kind.RECOVERY, last, number, batch, container, "observation", LOW, text, last)


_TREATED_AGAINST = {
    TreatmentReason.LICE: "lice",
    TreatmentReason.DISEASE: "disease",
    TreatmentReason.VACCINATION: "vaccination",
}


def treatment_entries(year: YearInputs) -> Iterator[Entry]:
    """Yield one entry for each treatment and vaccination, resolved when its outcome is known."""
    given, methods = year.lives.treatments, year.scenario.health.treatments
    for one in range(len(given)):
        reason, outcome = TreatmentReason(given.reason[one]), Outcome(given.outcome[one])
        care = reason == TreatmentReason.DISEASE and methods[given.method[one]].kind == "other"
        kind = "care" if care else _TREATED_AGAINST[reason]
        place = named(year, int(given.container[one]))
        writer = pen(year, Kind.TREATMENT, int(given.batch_id[one]), *place, int(given.day[one]))
        text = phrases.treatment(describe(year, given, one), kind, writer)
        day, how = int(given.day[one]), ""
        if outcome != Outcome.PENDING:
            how = phrases.treatment_result(outcome, kind, float(given.efficacy[one]), int(given.fish_lost[one]), writer)
        category = "vaccination" if kind == "vaccination" else "treatment"
        done = min(day + int(given.duration_days[one]) + 1, year.lives.through) if how else None
        severity = MEDIUM if reason == TreatmentReason.DISEASE else LOW
        number = int(given.treatment_id[one]) % WIDE_DAY_ROWS
        yield Entry(
            Kind.TREATMENT,
            day,
            number,
            int(given.batch_id[one]),
            int(given.container[one]),
            category,
            severity,
            text,
            done,
            how,
        )


def move_entries(year: YearInputs) -> Iterator[Entry]:
    """Yield an entry for the day on which a batch enters a stage."""
    changes, moves = year.ledger.stage_changes, year.ledger.movements
    rank = year.batch_rows(changes.batch_id)
    for one in np.flatnonzero(changes.stage > Stage.EGG_ALEVIN):
        batch, day, stage = int(changes.batch_id[one]), int(changes.day[one]), Stage(changes.stage[one])
        fish = of_days(year.ledger.container_days, DayRange(day, day + 1))
        fish = fish.take((fish.batch_id == batch) & (fish.closing > 0) & (fish.stage == stage))
        if not len(fish):
            continue
        arrived = moves.to_container[
            (moves.day == day) & (moves.batch_id == batch) & (moves.kind == Movement.STAGE_TRANSFER)
        ]
        place = place_name(year, arrived if arrived.size else fish.container)
        text = phrases.moved(
            stage, place, float(np.average(fish.weight_g, weights=fish.closing)), pen(year, Kind.MOVE, batch, stage)
        )
        yield Entry(Kind.MOVE, day, int(rank[one]) * len(Stage) + stage, batch, -1, "action", LOW, text, day)


def mixing_entries(year: YearInputs) -> Iterator[Entry]:
    """Yield an entry for the day on which a mixed batch is created."""
    parts, moves, born = year.ledger.compositions, year.ledger.movements, year.lives.batches
    for mixed in np.unique(parts.mixed_batch):
        mine = parts.mixed_batch == mixed
        day, rank = int(parts.day[mine][0]), int(year.batch_rows(np.array([mixed]))[0])
        arrived = (
            (moves.kind == Movement.MIXING) & (moves.day == day) & np.isin(moves.batch_id, parts.source_batch[mine])
        )
        container = int(moves.to_container[arrived][0])
        sources = born.number[year.batch_rows(parts.source_batch[mine])].tolist()
        writer = pen(year, Kind.MOVE, *named(year, container), day)
        text = phrases.mixed(
            full_name(year, container), sources, parts.count[mine].tolist(), parts.weight_g[mine].tolist(), writer
        )
        yield Entry(Kind.MOVE, day, rank * len(Stage) + Stage.ADULT, int(mixed), container, "action", MEDIUM, text, day)


def event_entries(year: YearInputs) -> Iterator[Entry]:
    """Yield storms, predators, blooms, oxygen drops, escapes and equipment failures with losses of fish."""
    events = year.ledger.events
    for one in np.flatnonzero(events.fish_lost > 0):
        day, container, kind, lost = (
            int(events.day[one]),
            int(events.container[one]),
            EventKind(events.kind[one]),
            int(events.fish_lost[one]),
        )
        fish = of_days(year.ledger.container_days, DayRange(day, day + 1))
        stock = int(fish.opening[fish.container == container].sum())
        share = lost / max(stock, 1)
        severity = (
            HIGH if share >= _GRAVE_LOSS or kind == EventKind.ESCAPE else MEDIUM if share >= _NOTABLE_LOSS else LOW
        )
        writer = pen(year, Kind.EVENT, *named(year, container), day, kind.name)
        text = phrases.struck(kind, full_name(year, container), lost, writer)
        done = by_now(year, within_year(year, day + _EVENT_CLOSED_DAYS))
        number = int(events.event_id[one]) % WIDE_DAY_ROWS
        how = phrases.struck_closed(kind, writer) if done is not None else ""
        yield Entry(Kind.EVENT, day, number, int(events.batch_id[one]), container, "issue", severity, text, done, how)


def sampling_entries(year: YearInputs) -> Iterator[Entry]:
    """Yield the monthly health sampling of each batch."""
    for sample in samples(year, year.days):
        fish, day = sample.fish, int(sample.fish.day[0])
        for batch in np.unique(fish.batch_id):
            mine = fish.batch_id == batch
            taken, names = sample.taken[mine], [container_name(year, container) for container in fish.container[mine]]
            weight, length = sample.weight_units[mine][taken] / 100, sample.length_units[mine][taken] / 100
            scores = sample.scores[mine][taken].mean(axis=0)
            concern = HEALTH_PARAMETERS[scores.argmax()] if scores.max() >= REMARKABLE else None
            writer = pen(year, Kind.SAMPLING, int(batch), day)
            text = phrases.sampled(
                names, weight.size, float(weight.mean()), float((100 * weight / length**3).mean()), concern, writer
            )
            yield Entry(
                Kind.SAMPLING, day, int(year.batch_rows(np.array([batch]))[0]), int(batch), -1, "sample", LOW, text, day
            )
