"""Twins: two histories of one seed, one of them with a cause that the other does not have.

Belongs here: where twins differ, and their outcomes. Does not belong here: the causes in the documents (``what_if``),
simulating (``farms``).
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.docs_generator.farms import SimulatedYears
from aquamind_assets.ledger.codes import Cause, Movement, Stage, TreatmentReason

NEVER = np.iinfo(np.int64).max
"""First day of a difference if there is none."""

_NAMES_ONLY = ("assignment_id",)
"""The id of a stay holds its day and its number within the day: another stay on that day changes the id and nothing
else."""


def first_differences(one: SimulatedYears, other: SimulatedYears) -> np.ndarray:
    """Return the day number on which each container first differs between the histories, (containers,); :data:`NEVER`
    if it does not.

    Every column of the container-days is compared, to the last bit, except the id of the stay.

    Raises:
        ValueError: the farms have different containers.
    """
    containers = len(one.infrastructure.containers)
    if len(other.infrastructure.containers) != containers:
        raise ValueError(f"the farms are not twins: {containers} and {len(other.infrastructure.containers)} containers")
    a, b = one.container_days, other.container_days
    key_a, key_b = (fish.day.astype(np.int64) * containers + fish.container for fish in (a, b))
    both, row_a, row_b = np.intersect1d(key_a, key_b, assume_unique=True, return_indices=True)
    differs = np.zeros(both.size, dtype=bool)
    for name in set(a.names()) - set(_NAMES_ONLY):
        differs |= getattr(a, name)[row_a] != getattr(b, name)[row_b]
    keys = np.concatenate([both[differs], np.setxor1d(key_a, key_b)])
    first = np.full(containers, NEVER, dtype=np.int64)
    np.minimum.at(first, keys % containers, keys // containers)
    return first


@dataclass(frozen=True)
class Outcome:
    """Figures of a whole history.

    Attributes:
        harvested_t: harvest, tonnes.
        harvest_weight_kg: mean weight of the harvested fish.
        days_at_sea: mean days from a batch's first day at sea to its last harvest, of the batches that have ended.
        sea_loss_pct: deaths at sea, percent of the fish transferred to sea.
        handling_pct: deaths at sea by handling, percent of all deaths at sea.
        feed_t: feed eaten, tonnes.
        adult_females: true adult female lice per fish at sea, mean over fish and days.
        delousings: treatments of a cage against lice.
    """

    harvested_t: float
    harvest_weight_kg: float
    days_at_sea: float
    sea_loss_pct: float
    handling_pct: float
    feed_t: float
    adult_females: float
    delousings: int


def outcome(history: SimulatedYears) -> Outcome:
    """Return the figures of a whole history."""
    fish, moves = history.container_days, history.movements
    at_sea = fish.stage >= Stage.POST_SMOLT
    deaths = {cause: int(getattr(fish, f"deaths_{cause.name.lower()}")[at_sea].sum(dtype=np.int64)) for cause in Cause}
    dead = sum(deaths.values())
    harvest = moves.kind == Movement.HARVEST
    to_sea = (moves.kind == Movement.STAGE_TRANSFER) & (moves.to_stage == Stage.POST_SMOLT)
    harvested_g = float((moves.count * moves.weight_g)[harvest].sum())
    return Outcome(
        harvested_t=harvested_g / 1e6,
        harvest_weight_kg=harvested_g / max(int(moves.count[harvest].sum()), 1) / 1e3,
        days_at_sea=_days_at_sea(history),
        sea_loss_pct=100.0 * dead / max(int(moves.count[to_sea].sum()), 1),
        handling_pct=100.0 * deaths[Cause.HANDLING] / max(dead, 1),
        feed_t=float(fish.feed_g.sum()) / 1e6,
        adult_females=float(np.average(fish.adult_female[at_sea], weights=fish.closing[at_sea])),
        delousings=int((history.treatments.reason == TreatmentReason.LICE).sum()),
    )


def _days_at_sea(history: SimulatedYears) -> float:
    moves = history.movements
    days = []
    for batch in np.unique(moves.batch_id[moves.kind == Movement.HARVEST]):
        mine = moves.batch_id == batch
        entered = moves.day[mine & (moves.to_stage == Stage.POST_SMOLT)]
        last = history.container_days.day[history.container_days.batch_id == batch].max()
        if entered.size and last < history.ledgers[-1].through:
            days.append(int(last - entered.min()))
    return float(np.mean(days)) if days else float("nan")
