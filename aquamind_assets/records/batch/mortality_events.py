"""AquaMind's mortality events: dead fish of a batch that are collected on a day, by cause.

Belongs here: ``batch_mortalityevent``, which has no container. Does not belong here: the same deaths by container
(``mortality_records``). Both add up to the deaths in the ledger. Fish that die in a transfer are counted on the
transfer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.farm.collection import MOST_DAYS
from aquamind_assets.farm.processes.events import causes_of_events
from aquamind_assets.ledger.codes import Cause, EventKind
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.batches import grams_to_cents
from aquamind_assets.records.batch.collection import collected_deaths
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import CAUSE_NAMES
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids

HANDLING_DAYS = 7
"""Days after a treatment in which deaths by handling are attributed to it."""

_COLLECTED = 14 * HOUR
"""Dead fish are collected once a day; the count is entered in the afternoon."""

_WORD = 63
"""Bits of an int64 that mark reasons; the sign is left alone."""

_SPELLED = ("Handling", "Disease", "Environment", "Unknown cause", "Predation", "Escape")

_EVENTS = {
    EventKind.STORM: "storm",
    EventKind.PREDATOR_ATTACK: "attack by predators",
    EventKind.ALGAL_BLOOM: "algal bloom",
    EventKind.OXYGEN_DROP: "drop of oxygen",
    EventKind.ESCAPE: "hole in the net",
    EventKind.EQUIPMENT_FAILURE: "failure of equipment",
}


@dataclass(frozen=True)
class _BatchDays:
    """Sums of the container-days of each batch and day; sorted by (day, batch).

    Arrays of shape (groups,), or (groups, causes) for ``count``, ``biomass`` (units of .00001 kg) and ``struck``
    (number of containers with such deaths).
    """

    day: np.ndarray
    batch_id: np.ndarray
    containers: np.ndarray
    count: np.ndarray
    biomass: np.ndarray
    struck: np.ndarray


def mortality_events(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield one row for each batch, day and cause with dead fish collected."""
    groups = _summed(*collected_deaths(year.ledger.container_days, days))
    group, cause = np.nonzero(groups.count)
    event_day = groups.day[group]
    entered = event_day * MICROSECONDS_PER_DAY + _COLLECTED
    reasons = _Reasons(year, groups)
    codes, labels = _descriptions(
        cause, groups.struck[group, cause], groups.containers[group], reasons.bits[group, cause], reasons.names
    )
    yield rows(
        year.tables["batch_mortalityevent"],
        group.size,
        id=row_ids(event_day, number_within_day(event_day)),
        event_date=event_day,
        count=groups.count[group, cause],
        biomass_kg=Scaled(groups.biomass[group, cause] // 1000),
        cause=Coded(cause, CAUSE_NAMES),
        description=Coded(codes, labels),
        created_at=entered,
        updated_at=entered,
        batch_id=groups.batch_id[group],
    )


def _summed(fish: ContainerDays, deaths: np.ndarray) -> _BatchDays:
    order = np.lexsort([fish.batch_id, fish.day])
    day, batch = fish.day[order].astype(np.int64), fish.batch_id[order]
    starts = (
        np.flatnonzero(np.r_[True, (day[1:] != day[:-1]) | (batch[1:] != batch[:-1])])
        if day.size
        else np.zeros(0, dtype=np.int64)
    )

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values[order], starts, axis=0) if starts.size else values[:0]

    return _BatchDays(
        day=day[starts],
        batch_id=batch[starts],
        containers=total(np.ones(len(fish), dtype=np.int64)),
        count=total(deaths),
        # Weights are as stored and rounded down at the end, so that the biomass of the dead fish never exceeds that of
        # the population.
        biomass=total(deaths * grams_to_cents(fish.weight_g)[:, None]),
        struck=total((deaths > 0).astype(np.int64)),
    )


class _Reasons:
    """Reasons of deaths that were known on the day: diagnosed diseases, acute events, treatments of the week.

    ``names[i]`` belongs to bit ``i % _WORD`` of word ``i // _WORD`` of ``bits``, shape (groups, causes, words), int64.
    """

    def __init__(self, year: YearInputs, groups: _BatchDays) -> None:
        health, ledger = year.scenario.health, year.ledger
        self._groups = groups
        self.names = [
            *(disease.name for disease in health.diseases),
            *(_EVENTS[kind] for kind in EventKind),
            *(treatment.name.lower() for treatment in health.treatments),
            "vaccination",
        ]
        self.bits = np.zeros((*groups.count.shape, len(self.names) // _WORD + 1), dtype=np.int64)
        outbreaks = ledger.outbreaks.take(ledger.outbreaks.detected_day >= 0)
        self._mark(
            outbreaks.batch_id,
            outbreaks.detected_day,
            outbreaks.end_day,
            outbreaks.disease,
            np.full(len(outbreaks), Cause.DISEASE),
        )
        events = ledger.events
        its_cause = causes_of_events(year.scenario)
        # A kind that the scenario does not have is not in the ledger either.
        causes = np.array([its_cause.get(kind, Cause.UNKNOWN) for kind in EventKind])
        self._mark(
            events.batch_id,
            events.day,
            # Fish that an event kills are recorded when they are collected.
            events.day + 1 + MOST_DAYS,
            len(health.diseases) + events.kind.astype(np.int64),
            causes[events.kind],
        )
        treatments = ledger.treatments
        first = len(health.diseases) + len(EventKind)
        name = first + np.where(treatments.method < 0, len(health.treatments), treatments.method.astype(np.int64))
        self._mark(
            treatments.batch_id,
            treatments.day,
            treatments.day + HANDLING_DAYS + 1,
            name,
            np.full(len(treatments), Cause.HANDLING),
        )

    def _mark(
        self, batch_id: np.ndarray, first: np.ndarray, end: np.ndarray, name: np.ndarray, cause: np.ndarray
    ) -> None:
        """Mark the reason of a cause on the days ``first <= day < end`` of a batch."""
        groups = self._groups
        if not groups.day.size:
            return
        low = np.maximum(first.astype(np.int64), groups.day[0])
        length = np.maximum(np.minimum(end.astype(np.int64), groups.day[-1] + 1) - low, 0)
        entry = np.repeat(np.arange(batch_id.size), length)
        day = low[entry] + np.arange(entry.size) - np.repeat(np.cumsum(length) - length, length)
        # Day and batch as one sortable number: the position of the batch among those there are.
        batches = np.unique(groups.batch_id)
        place = np.minimum(np.searchsorted(batches, batch_id[entry]), batches.size - 1)
        key, wanted = groups.day * batches.size + np.searchsorted(batches, groups.batch_id), day * batches.size + place
        row = np.minimum(np.searchsorted(key, wanted), key.size - 1)
        there = (batches[place] == batch_id[entry]) & (key[row] == wanted)
        marked = name[entry][there].astype(np.int64)
        np.bitwise_or.at(self.bits, (row[there], cause[entry][there], marked // _WORD), np.int64(1) << (marked % _WORD))


def _descriptions(
    cause: np.ndarray, struck: np.ndarray, kept: np.ndarray, reasons: np.ndarray, names: list[str]
) -> tuple[np.ndarray, list[str]]:
    """Return codes and labels such as "Predation in 3 of 12 containers: attack by predators."."""
    unique, codes = np.unique(np.column_stack([cause, struck, kept, reasons]), axis=0, return_inverse=True)
    labels = []
    for one, some, every, *words in unique.tolist():
        bits = sum(word << _WORD * position for position, word in enumerate(words))
        because = ", ".join(sorted(name for bit, name in enumerate(names) if bits >> bit & 1))
        labels.append(
            f"{_SPELLED[one]} in {some} of {every}"
            f" container{'s' if every > 1 else ''}{': ' if because else ''}{because}."
        )
    return codes.reshape(-1), labels
