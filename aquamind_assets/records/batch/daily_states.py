"""AquaMind's daily states of stays: what its growth assimilation would have computed for every day.

Belongs here: rows of ``batch_actualdailyassignmentstate``. Does not belong here: projections into the future, which the
application makes by itself.

AquaMind has a row for each stay and day from the day of arrival to the day before departure. The weight of a day is
that of a growth sample, where one was taken; on the days after it the sample's weight grows as the fish do, until the
next sample comes or the interval between samples is over. Population, deaths, feed and temperature are those of the
day; dead fish that wait for the collection count as living.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.batches import grams_to_cents
from aquamind_assets.records.batch.collection import recorded_deaths
from aquamind_assets.records.batch.growth_samples import growth_samples
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import stage_id
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids, year_days

COMPUTED = 23 * HOUR
"""States of a day are computed late in its evening."""

ANCHOR = "growth_sample"
"""``anchor_type`` of a day whose weight was measured."""

MOST_FCR = 10.0
"""Largest feed conversion ratio of a day, as in AquaMind."""

LEAST_GAIN_KG = 1.0
"""Smallest gain of a day for which AquaMind gives a feed conversion ratio."""

_WEIGHTS = ("tgc_computed", "measured")
_FCRS = ("insufficient_data", "calculated")
_FED = ("none", "actual")

SOURCES: tuple[str, ...] = tuple(
    json.dumps({"weight": weight, "temp": "measured", "mortality": "actual", "feed": feed, "fcr": fcr})
    for weight in _WEIGHTS
    for feed in _FED
    for fcr in _FCRS
)
"""``sources`` by weight, feed and feed conversion ratio."""

CONFIDENCES: tuple[str, ...] = tuple(
    json.dumps({"weight": weight, "temp": 1.0, "mortality": 1.0, "feed": feed, "fcr": fcr})
    for weight in (0.8, 1.0)
    for feed in (0.0, 1.0)
    for fcr in (0.0, 1.0)
)
"""``confidence_scores`` in the same order."""


def daily_states(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the states of these days: a row for each stay that still has fish in the evening."""
    interval = year.scenario.health.sampling.growth_interval_days
    first = max(days.first - interval, year_days(year.year).first)
    fish, dead, waiting = recorded_deaths(year.ledger.container_days, DayRange(first, days.end))
    there = fish.closing > 0
    fish, population = fish.take(there), fish.closing[there] + waiting[there]
    weight, measured = _weights(year, fish, DayRange(first, days.end), interval)
    gain = _gains(fish, population * weight / 100_000)
    now = fish.day >= days.first
    counted = _Counted(population[now], (dead.sum(axis=1)[there] + fish.transfer_loss)[now])
    yield _states(year, fish.take(now), counted, weight[now], measured[now], gain[now])


@dataclass(frozen=True)
class _Counted:
    """Fish as the farm counts them: those that it takes for living in the evening, and those found dead; (n,) each."""

    population: np.ndarray
    dead: np.ndarray


def _weights(year: YearInputs, fish: ContainerDays, days: DayRange, interval: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean weight of each container-day in units of .01 g, int64, and whether it was measured on the day."""
    weight = grams_to_cents(fish.weight_g)
    measured = np.zeros(len(fish), dtype=bool)
    key = _key(fish.day, fish.assignment_id)
    order = np.argsort(key)
    for block in growth_samples(year, days):
        sampled, day, stay = (block.columns[name].values for name in ("avg_weight_g", "sample_date", "assignment_id"))
        at = order[np.searchsorted(key[order], _key(day, stay))]
        measured[at] = True
        # The newest sample last: one that a holiday has put off is followed by the next within the interval.
        for later in reversed(range(interval)):
            wanted = _key(day + later, stay)
            place = order[np.minimum(np.searchsorted(key[order], wanted), len(fish) - 1)]
            there = key[place] == wanted
            grown = np.rint(sampled * fish.weight_g[place] / fish.weight_g[at]).astype(np.int64)
            weight[place[there]] = sampled[there] if later == 0 else grown[there]
    return np.maximum(weight, 1), measured


def _key(day: np.ndarray, stay: np.ndarray) -> np.ndarray:
    """Return one number for a stay and a day: days are below 2^16, and ids of stays of two years below 2^47."""
    return stay.astype(np.int64) * (1 << 16) + day


def _gains(fish: ContainerDays, biomass: np.ndarray) -> np.ndarray:
    """Return the gain in biomass, kg, since the day before; NaN where the stay has no state of that day."""
    key = _key(fish.day, fish.assignment_id)
    order = np.argsort(key)
    place = order[np.minimum(np.searchsorted(key[order], key - 1), max(len(fish) - 1, 0))]
    return np.where(key[place] == key - 1, biomass - biomass[place], np.nan)


def _states(
    year: YearInputs,
    fish: ContainerDays,
    counted: _Counted,
    weight: np.ndarray,
    measured: np.ndarray,
    gain: np.ndarray,
) -> Rows:
    day = fish.day.astype(np.int64)
    batch = year.batch_rows(fish.batch_id)
    feed_kg = np.round(fish.feed_g / 1000, 2)
    known = (feed_kg > 0) & (gain > LEAST_GAIN_KG)
    ratio = np.divide(feed_kg, gain, out=np.zeros(len(fish)), where=known)
    kind = (measured * len(_FED) + (fish.feed_g > 0)) * len(_FCRS) + known
    return rows(
        year.tables["batch_actualdailyassignmentstate"],
        len(fish),
        id=row_ids(day, number_within_day(day)),
        date=day,
        day_number=day - year.lives.batches.start_day[batch] + 1,
        avg_weight_g=Scaled(weight),
        population=counted.population,
        biomass_kg=Scaled(np.rint(counted.population * weight / 1000).astype(np.int64)),
        temp_c=fish.temperature,
        mortality_count=counted.dead,
        feed_kg=feed_kg,
        observed_fcr=np.ma.MaskedArray(np.minimum(ratio, MOST_FCR), mask=~known),
        anchor_type=np.ma.MaskedArray(np.full(len(fish), ANCHOR, dtype=object), mask=~measured),
        sources=Coded(kind, SOURCES),
        confidence_scores=Coded(kind, CONFIDENCES),
        last_computed_at=day * MICROSECONDS_PER_DAY + COMPUTED,
        assignment_id=fish.assignment_id,
        batch_id=fish.batch_id,
        container_id=year.infrastructure.containers.container_id[fish.container],
        lifecycle_stage_id=stage_id(year.scenario, fish.stage),
    )
