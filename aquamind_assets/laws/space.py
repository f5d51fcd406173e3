"""Law 3: space limits. A container holds one batch at a time, is empty for its grace days between two batches, and
stays within its limits.

Belongs here: which fish are in which container, and how many. Does not belong here: the fish balance
(``fish_in_ledger``, ``fish_in_tables``), the time range of rows (``timing``).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, day_numbers, format_day, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES
from aquamind_assets.timeline import platform_ids

ROUNDING = 1e-9
"""Relative tolerance above a limit, for floating point rounding."""


@dataclass(frozen=True)
class _Room:
    """Limits of each container, arrays over containers; ``lives`` is (containers, stages)."""

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
        """Return the limits from the scenario's container types."""
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


def judge_space_limits(
    ledger: Ledger, scenario: Scenario, infrastructure: Infrastructure, before: Ledger | None = None
) -> LawResult:
    """Check that a container has at most one batch on a day, that grace days lie between two stays, and that number,
    size, density and biomass of the fish stay within their limits every evening."""
    found, days, room = ResultBuilder(), ledger.container_days, _Room.of(scenario, infrastructure)
    found.count_checked("container-days", len(days))
    found.count_checked("stays in containers", len(ledger.assignments))
    if not len(days):
        found.empty_reason = f"the ledger of {ledger.year} has no fish"
    place = np.sort(days.day.astype(np.int64) << 32 | days.container)
    found.add_violations_where(
        place[1:] == place[:-1],
        lambda i: f"container {place[i] & 0xFFFFFFFF} holds two batches on {format_day(place[i] >> 32)}",
    )
    _check_limits(found, ledger, scenario, infrastructure, room)
    stays = (
        ledger.assignments
        if before is None
        else type(ledger.assignments).concat([ledger.assignments, before.assignments])
    )
    _, newest = np.unique(stays.assignment_id, return_index=True)
    stays = stays.take(newest)
    _check_grace_days(
        found,
        stays.container,
        stays.start_day,
        stays.end_day,
        room.grace[stays.container],
        infrastructure.containers.name,
    )
    return found.result()


def _check_limits(
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
        return f"{name[where[i]]} on {format_day(days.day[i])}"

    found.add_violations_where(
        density > limit * (1 + ROUNDING), lambda i: f"{at(i)}: {density[i]:.2f} kg/m3, allowed: {limit[i]:.2f}"
    )
    found.add_violations_where(
        days.closing > room.capacity[where],
        lambda i: f"{at(i)}: {days.closing[i]:,} fish, allowed: {room.capacity[where[i]]:,.0f}",
    )
    most = room.max_biomass[where]
    found.add_violations_where(
        biomass > most * (1 + ROUNDING), lambda i: f"{at(i)}: {biomass[i]:,.0f} kg, allowed: {most[i]:,.0f}"
    )
    largest = room.max_weight[where]
    outgrown = (days.weight_g > largest * (1 + ROUNDING)) & (days.closing > 0)
    found.add_violations_where(
        outgrown, lambda i: f"{at(i)}: fish of {days.weight_g[i]:,.0f} g, allowed: {largest[i]:,.0f} g"
    )
    found.add_violations_where(
        ~room.lives[where, days.stage],
        lambda i: f"{at(i)}: fish of stage {STAGE_NAMES[days.stage[i]]}, which this container type does not allow",
    )


def _check_grace_days(
    found: ResultBuilder, container: np.ndarray, start: np.ndarray, end: np.ndarray, grace: np.ndarray, name: np.ndarray
) -> None:
    """Check that the grace days of the container lie between two stays; ``end`` is -1 for a stay that lasts."""
    order = np.lexsort([start, container])
    container, start, end, grace = container[order], start[order], end[order], grace[order]
    follows = container[1:] == container[:-1]
    empty = np.where(end[:-1] < 0, -1, start[1:] - end[:-1] - 1)
    found.add_violations_where(
        follows & (empty < grace[1:]),
        lambda i: (
            f"{name[container[i]]}: fish arrive on {format_day(start[i + 1])}"
            + (
                f" after {empty[i]} empty days, required: {grace[i]}"
                if end[i] >= 0
                else " while another stay has not ended"
            )
        ),
    )


def judge_one_batch_per_container(evidence: Evidence) -> LawResult:
    """Check in the tables that no two stays share a container and that its grace days lie between two, for stays that
    touch the year or the previous one."""
    found, room = ResultBuilder(), _Room.of(evidence.scenario, evidence.infrastructure)
    low, high = platform_ids()
    longest = int(room.grace.max(initial=0))
    stays: pd.DataFrame = evidence.frame(
        "SELECT container_id, assignment_date, departure_date FROM batch_batchcontainerassignment"
        f" WHERE id >= {low} AND id < {high} AND assignment_date <= '{format_day(evidence.days.end - 1)}'"
        f" AND (departure_date IS NULL OR departure_date >= '{format_day(evidence.days.first - longest - 1)}')"
    )
    found.count_checked("stays in containers", len(stays))
    if not len(stays) and evidence.ledger is not None and not len(evidence.ledger.assignments):
        found.empty_reason = f"the ledger of {evidence.year} has no fish"
    containers = evidence.infrastructure.containers
    by_id = np.argsort(containers.container_id)
    ids, known = integers(stays["container_id"]), containers.container_id[by_id]
    place = np.minimum(np.searchsorted(known, ids), known.size - 1)
    strange = known[place] != ids
    found.add_violations_where(strange, lambda i: f"a stay is in container {ids[i]}, which is not in the scenario")
    row = by_id[place][~strange]
    start, end = day_numbers(stays["assignment_date"])[~strange], day_numbers(stays["departure_date"])[~strange]
    _check_grace_days(found, row, start, end, room.grace[row], containers.name)
    return found.result()
