"""Dead fish: they are collected within days, and fish escape in incidents only.

Belongs here: the collection of dead fish in the ledger, and the fish of escape incidents. Does not belong here: the
balance of living fish (``fish_in_ledger``), deaths in the tables (``fish_in_tables``).
"""

import numpy as np

from aquamind_assets.farm.collection import LONGEST_WAIT
from aquamind_assets.farm.processes.events import causes_of_events
from aquamind_assets.laws.evidence import format_day
from aquamind_assets.laws.fish_in_ledger import deaths_of
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.codes import Cause, EventKind
from aquamind_assets.ledger.model import ContainerDays, Ledger
from aquamind_assets.scenario.model import Scenario


def judge_dead_fish(ledger: Ledger, scenario: Scenario) -> LawResult:
    """Check that dead fish wait for the collection for weeks at most and not beyond the departure of the living,
    that those which wait at the end of the ledger are on the assignment, and that as many fish escape as incidents
    say."""
    found = ResultBuilder()
    days = ledger.container_days.sorted_by("assignment_id", "day")
    found.count_checked("container-days", len(days))
    if not len(days):
        found.empty_reason = f"the ledger of {ledger.year} has no fish"
        return found.result()
    waited, waiting = _waiting(days)
    leaving = (days.closing == 0) | (days.harvested > 0) | (days.moved_out > 0)
    found.add_violations_where(
        ~days.collected & ((waited >= LONGEST_WAIT) | leaving),
        lambda i: (
            f"container {days.container[i]} on {format_day(days.day[i])}: dead fish are not collected, after"
            f" {waited[i]} days"
        ),
    )
    last = np.flatnonzero(np.r_[days.assignment_id[1:] != days.assignment_id[:-1], True])
    stays = ledger.assignments.sorted_by("assignment_id")
    row = np.searchsorted(stays.assignment_id, days.assignment_id[last])
    found.add_violations_where(
        waiting[last] != stays.uncollected[row],
        lambda i: (
            f"assignment {stays.assignment_id[row[i]]}: {stays.uncollected[row[i]]:,} dead fish wait,"
            f" {waiting[last[i]]:,} died since the last collection"
        ),
    )
    if scenario.health.mortality.signs is not None:
        kinds = [kind for kind, cause in causes_of_events(scenario).items() if cause == Cause.ESCAPE]
        _check_escapes(found, ledger, days, kinds)
    return found.result()


def _waiting(days: ContainerDays) -> tuple[np.ndarray, np.ndarray]:
    """Return for each container-day the days since the last collection before it, and the dead fish that wait in the
    evening, int64; ``days`` are sorted by assignment and day."""
    dead, place = deaths_of(days), np.arange(len(days))
    first = np.r_[True, days.assignment_id[1:] != days.assignment_id[:-1]]
    begins = np.maximum.accumulate(np.where(first, place, 0))
    collected = np.maximum.accumulate(np.where(days.collected, place, -1))
    before = np.maximum(np.r_[-1, collected[:-1]] + 1, begins)
    total = np.r_[0, np.cumsum(dead)]
    return place - before, total[1:] - total[np.maximum(collected + 1, begins)]


def _check_escapes(found: ResultBuilder, ledger: Ledger, days: ContainerDays, kinds: list[EventKind]) -> None:
    """``kinds`` are those of the events in which fish escape."""
    incidents = ledger.events.take(np.isin(ledger.events.kind, kinds))
    found.count_checked("escape incidents", len(incidents))
    width = int(days.container.max()) + 1
    key, row = np.unique(days.day.astype(np.int64) * width + days.container, return_inverse=True)
    where = np.searchsorted(key, incidents.day.astype(np.int64) * width + incidents.container)
    lost = np.bincount(where, weights=incidents.fish_lost, minlength=key.size).astype(np.int64)
    escaped = np.bincount(row, weights=days.deaths_escape, minlength=key.size).astype(np.int64)
    found.add_violations_where(
        lost != escaped,
        lambda i: (
            f"container {key[i] % width} on {format_day(key[i] // width)}: {escaped[i]:,} fish escaped, {lost[i]:,} by"
            " the incidents"
        ),
    )
