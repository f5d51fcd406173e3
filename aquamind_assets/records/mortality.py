"""AquaMind's mortality events: deaths of a batch on a day by cause.

Belongs here: ``batch_mortalityevent``, which knows no container. The same deaths by container are ``health_mortalityrecord``; both add up to the ledger's.
Fish that die of a transfer are on the transfer.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.farm.ledger import Cause, ContainerDays
from aquamind_assets.records.batches import grams_to_cents
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.records.master import CAUSE_NAMES
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids
from aquamind_assets.warehouse.rows import Coded, Rows, Scaled, rows

_COLLECTED = 14 * HOUR
"""The dead are taken out once a day; the count is entered in the afternoon."""

_SPELLED = ("Handling", "Disease", "Environment", "Unknown cause", "Predation", "Escape")


def deaths_by_cause(fish: ContainerDays) -> np.ndarray:
    """Deaths of each container-day, shape (rows, causes), int64, causes in the order of ``Cause``."""
    return np.stack([getattr(fish, f"deaths_{cause.name.lower()}") for cause in Cause], axis=1).astype(np.int64)


def mortality_events(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """One row for each batch, day and cause with deaths."""
    fish = of_days(year.ledger.container_days, days)
    deaths = deaths_by_cause(fish)
    order = np.lexsort([fish.batch_id, fish.day])
    day, batch = fish.day[order].astype(np.int64), fish.batch_id[order]
    starts = np.flatnonzero(np.r_[True, (day[1:] != day[:-1]) | (batch[1:] != batch[:-1])]) if day.size else np.zeros(0, dtype=np.int64)

    def total(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values[order], starts, axis=0) if starts.size else values[:0]

    count = total(deaths)
    # Weights as stored, so that the biomass of the dead never exceeds that of the living they came from: units of .00001 kg.
    biomass = total(deaths * grams_to_cents(fish.weight_g)[:, None])
    struck, kept = total((deaths > 0).astype(np.int64)), total(np.ones(len(fish), dtype=np.int64))
    group, cause = np.nonzero(count)
    event_day = day[starts][group]
    entered = event_day * MICROSECONDS_PER_DAY + _COLLECTED
    codes, labels = _descriptions(cause, struck[group, cause], kept[group])
    yield rows(
        "batch_mortalityevent",
        group.size,
        id=row_ids(event_day, number_within_day(event_day)),
        event_date=event_day,
        count=count[group, cause],
        biomass_kg=Scaled(biomass[group, cause] // 1000),
        cause=Coded(cause, CAUSE_NAMES),
        description=Coded(codes, labels),
        created_at=entered,
        updated_at=entered,
        batch_id=batch[starts][group],
    )


def _descriptions(cause: np.ndarray, struck: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Codes and labels of "Predation in 3 of 12 containers."."""
    unique, codes = np.unique(np.stack([cause, struck, kept], axis=1), axis=0, return_inverse=True)
    return codes.reshape(-1), [f"{_SPELLED[one]} in {some} of {every} container{'s' if every > 1 else ''}." for one, some, every in unique]
