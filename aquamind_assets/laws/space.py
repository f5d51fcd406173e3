"""Law 3: space. A container holds one batch at a time, lies empty for its days of grace between two, and is never too
full.

Belongs here: which fish stand where, and how many. Does not belong here: what becomes of them (``laws_fish``), when
(``laws_time``).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, dated, day_numbers, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.scenario.farm import STAGE_NAMES
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import platform_ids

ROUNDING = 1e-9
"""Share of a limit that floating point may exceed it by."""


@dataclass(frozen=True)
class _Room:
    """What each container may hold, arrays over containers; ``lives`` is (containers, stages)."""

    volume: np.ndarray
    at_sea: np.ndarray
    grace: np.ndarray
    capacity: np.ndarray
    max_density: np.ndarray
    max_biomass: np.ndarray
    max_weight: np.ndarray
    lives: np.ndarray

    @classmethod
    def of(cls, scenario: Scenario, infrastructure: Infrastructure) -> Self:
        """From the scenario's container types."""
        containers, kinds = infrastructure.containers, scenario.farm.container_types
        kind = containers.container_type.astype(np.int64)
        return cls(
            volume=containers.volume_m3,
            at_sea=containers.area >= 0,
            grace=np.array([one.grace_days for one in kinds])[kind],
            capacity=np.array([np.inf if one.capacity_fish is None else one.capacity_fish for one in kinds])[kind],
            max_density=np.array([one.max_density_kg_m3 for one in kinds])[kind],
            max_biomass=containers.max_biomass_kg,
            max_weight=np.array([np.inf if one.max_weight_g is None else one.max_weight_g for one in kinds])[kind],
            lives=np.array([[name in one.stages for name in STAGE_NAMES] for one in kinds])[kind],
        )


def space_is_kept(
    ledger: Ledger, scenario: Scenario, infrastructure: Infrastructure, before: Ledger | None = None
) -> LawResult:
    """One batch in a container a day, grace days between two, and number, size, density and biomass of the fish within
    their limits every evening."""
    found, days, room = ResultBuilder(), ledger.container_days, _Room.of(scenario, infrastructure)
    found.looked("container-days", len(days))
    found.looked("stays in containers", len(ledger.assignments))
    if not len(days):
        found.nothing = f"no fish lived in {ledger.year}, says the ledger"
    place = np.sort(days.day.astype(np.int64) << 32 | days.container)
    found.each(
        place[1:] == place[:-1],
        lambda i: f"container {place[i] & 0xFFFFFFFF} holds two batches on {dated(place[i] >> 32)}",
    )
    _not_too_full(found, ledger, scenario, infrastructure, room)
    stays = (
        ledger.assignments
        if before is None
        else type(ledger.assignments).concat([ledger.assignments, before.assignments])
    )
    _, newest = np.unique(stays.assignment_id, return_index=True)
    stays = stays.take(newest)
    _stand_apart(
        found,
        stays.container,
        stays.start_day,
        stays.end_day,
        room.grace[stays.container],
        infrastructure.containers.name,
    )
    return found.result()


def _not_too_full(
    found: ResultBuilder, ledger: Ledger, scenario: Scenario, infrastructure: Infrastructure, room: _Room
) -> None:
    days, name = ledger.container_days, infrastructure.containers.name
    where = days.container
    biomass = days.closing * days.weight_g / 1000.0
    density = biomass / room.volume[where]
    steps = scenario.farm.sea_density
    below, legal = np.array([step.below_weight_g for step in steps]), np.array([step.max_kg_m3 for step in steps])
    by_law = legal[np.minimum(np.searchsorted(below, days.weight_g, side="right"), legal.size - 1)]
    limit = np.where(room.at_sea[where], np.minimum(by_law, room.max_density[where]), room.max_density[where])

    def at(i: int) -> str:
        return f"{name[where[i]]} on {dated(days.day[i])}"

    found.each(
        density > limit * (1 + ROUNDING), lambda i: f"{at(i)}: {density[i]:.2f} kg/m3, allowed are {limit[i]:.2f}"
    )
    found.each(
        days.closing > room.capacity[where],
        lambda i: f"{at(i)}: {days.closing[i]:,} fish, it is made for {room.capacity[where[i]]:,.0f}",
    )
    most = room.max_biomass[where]
    found.each(biomass > most * (1 + ROUNDING), lambda i: f"{at(i)}: {biomass[i]:,.0f} kg, it may hold {most[i]:,.0f}")
    largest = room.max_weight[where]
    outgrown = (days.weight_g > largest * (1 + ROUNDING)) & (days.closing > 0)
    found.each(
        outgrown, lambda i: f"{at(i)}: fish of {days.weight_g[i]:,.0f} g, it is for fish of up to {largest[i]:,.0f} g"
    )
    found.each(
        ~room.lives[where, days.stage],
        lambda i: f"{at(i)}: {STAGE_NAMES[days.stage[i]]} does not live in such a container",
    )


def _stand_apart(
    found: ResultBuilder, container: np.ndarray, start: np.ndarray, end: np.ndarray, grace: np.ndarray, name: np.ndarray
) -> None:
    """Between two stays in a container lie at least its days of grace; ``end`` is -1 for a stay that lasts."""
    order = np.lexsort([start, container])
    container, start, end, grace = container[order], start[order], end[order], grace[order]
    follows = container[1:] == container[:-1]
    empty = np.where(end[:-1] < 0, -1, start[1:] - end[:-1] - 1)
    found.each(
        follows & (empty < grace[1:]),
        lambda i: (
            f"{name[container[i]]}: new fish come on {dated(start[i + 1])}"
            + (
                f", {empty[i]} days after the last left; it needs {grace[i]}"
                if end[i] >= 0
                else ", while others are in it"
            )
        ),
    )


def one_batch_a_container(evidence: Evidence) -> LawResult:
    """Over the tables: no two stays share a container, and its days of grace lie between two; stays that touch the year
    and the one before it."""
    found, room = ResultBuilder(), _Room.of(evidence.scenario, evidence.infrastructure)
    low, high = platform_ids()
    longest = int(room.grace.max(initial=0))
    stays: pd.DataFrame = evidence.frame(
        "SELECT container_id, assignment_date, departure_date FROM batch_batchcontainerassignment"
        f" WHERE id >= {low} AND id < {high} AND assignment_date <= '{dated(evidence.days.end - 1)}'"
        f" AND (departure_date IS NULL OR departure_date >= '{dated(evidence.days.first - longest - 1)}')"
    )
    found.looked("stays in containers", len(stays))
    if not len(stays) and evidence.ledger is not None and not len(evidence.ledger.assignments):
        found.nothing = f"no fish lived in {evidence.year}, says the ledger"
    containers = evidence.infrastructure.containers
    by_id = np.argsort(containers.container_id)
    ids, known = integers(stays["container_id"]), containers.container_id[by_id]
    place = np.minimum(np.searchsorted(known, ids), known.size - 1)
    strange = known[place] != ids
    found.each(strange, lambda i: f"a stay is in container {ids[i]}, which the scenario does not have")
    row = by_id[place][~strange]
    start, end = day_numbers(stays["assignment_date"])[~strange], day_numbers(stays["departure_date"])[~strange]
    _stand_apart(found, row, start, end, room.grace[row], containers.name)
    return found.result()
