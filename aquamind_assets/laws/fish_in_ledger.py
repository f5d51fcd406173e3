"""Law 1 on the ledger: daily fish balance. No fish appears or vanishes in any container on any day.

Belongs here: the balance of simulated fish. Does not belong here: the balance in the tables (``fish_in_tables``), where
fish may be (``space``).
"""

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import format_day
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import ContainerDays, Ledger
from aquamind_assets.timeline import year_days


def judge_daily_fish_balance(ledger: Ledger, before: Ledger | None = None) -> LawResult:
    """Check that every container-day balances, continues the previous day, and agrees with the movements.

    Args:
        ledger: the year's ledger.
        before: the ledger of the previous year, if it is stored.
    """
    found = ResultBuilder()
    days = ledger.container_days
    found.count_checked("container-days", len(days))
    found.count_checked("movements", len(ledger.movements))
    if not len(days) and not len(ledger.movements):
        found.empty_reason = f"the ledger of {ledger.year} has no fish"
    deaths = deaths_of(days)
    closing = days.opening + days.moved_in - days.moved_out - days.transfer_loss - deaths - days.harvested
    amounts = np.stack([days.opening, days.moved_in, days.moved_out, days.transfer_loss, days.harvested, days.closing])
    found.add_violations_where(
        (closing != days.closing) | (amounts.min(axis=0, initial=0) < 0),
        lambda i: (
            f"container {days.container[i]} on {format_day(days.day[i])}: movements and deaths leave {closing[i]:,}"
            f" fish, the closing count is {days.closing[i]:,}"
        ),
    )
    _check_continuity(found, ledger, before)
    _check_movements(found, ledger)
    return found.result()


def deaths_of(days: ContainerDays) -> np.ndarray:
    """Return the deaths of all causes, int64."""
    return np.sum([getattr(days, name).astype(np.int64) for name in days.names() if name.startswith("deaths_")], axis=0)


def _check_continuity(found: ResultBuilder, ledger: Ledger, before: Ledger | None) -> None:
    """Check each day of a stay: it opens with the closing count of the previous day. The first day opens with 0 fish or
    last year's closing count, and the last day agrees with the assignment."""
    days = ledger.container_days.sorted_by("assignment_id", "day")
    same = days.assignment_id[1:] == days.assignment_id[:-1]
    wrong = same & ((days.day[1:] != days.day[:-1] + 1) | (days.opening[1:] != days.closing[:-1]))
    found.add_violations_where(
        wrong,
        lambda i: (
            f"assignment {days.assignment_id[i]}: the opening count of the day after {format_day(days.day[i])} differs"
            " from the closing count of that day"
        ),
    )
    first, last = np.flatnonzero(np.r_[True, ~same][: len(days)]), np.flatnonzero(np.r_[~same, True][: len(days)])
    stays = ledger.assignments
    row = np.minimum(np.searchsorted(stays.assignment_id, days.assignment_id[first]), max(len(stays) - 1, 0))
    known = stays.assignment_id[row] == days.assignment_id[first] if len(stays) else np.zeros(first.size, dtype=bool)
    found.add_violations_where(
        ~known, lambda i: f"assignment {days.assignment_id[first[i]]} has container-days but is not in the ledger"
    )
    first, last, row = first[known], last[known], row[known]
    late = days.day[first] != np.maximum(stays.start_day[row], year_days(ledger.year).first)
    found.add_violations_where(
        late,
        lambda i: (
            f"assignment {days.assignment_id[first[i]]}: its first container-day is {format_day(days.day[first[i]])},"
            f" expected {format_day(max(stays.start_day[row[i]], year_days(ledger.year).first))}"
        ),
    )
    empty = np.setdiff1d(stays.assignment_id, days.assignment_id)
    found.add_violations_where(
        np.ones(empty.size, dtype=bool), lambda i: f"assignment {empty[i]} has no container-days"
    )
    expected = np.where(stays.start_day[row] == days.day[first], 0, days.opening[first])
    if before is not None:
        earlier = before.container_days.take(before.container_days.day == before.through)
        closed = dict(zip(earlier.assignment_id.tolist(), earlier.closing.tolist(), strict=True))
        old = stays.start_day[row] < days.day[first]
        expected[old] = [closed.get(int(stay), -1) for stay in days.assignment_id[first][old]]
    found.add_violations_where(
        expected != days.opening[first],
        lambda i: (
            f"assignment {days.assignment_id[first[i]]} opens {format_day(days.day[first[i]])} with"
            f" {days.opening[first[i]]:,} fish, expected {expected[i]:,}"
        ),
    )
    gone = stays.end_day[row] >= 0
    ends = np.where(
        gone, (days.closing[last] == 0) & (days.day[last] == stays.end_day[row]), days.day[last] == ledger.through
    )
    wrong = ~ends | (stays.population[row] != days.closing[last])
    found.add_violations_where(
        wrong,
        lambda i: (
            f"assignment {days.assignment_id[last[i]]}: {stays.population[row[i]]:,} fish, its last container-day"
            f" closes with {days.closing[last[i]]:,}"
        ),
    )


def _check_movements(found: ResultBuilder, ledger: Ledger) -> None:
    """Check that the fish moved in and out on container-days are those of the movements, and that stockings have the
    eggs of the batches that start."""
    days, moved = ledger.container_days, ledger.movements
    harvest = moved.kind == Movement.HARVEST
    columns = {
        "moved_in": (moved.to_assignment, moved.count, ~harvest),
        "moved_out": (moved.from_assignment, moved.count, ~harvest & (moved.from_assignment >= 0)),
        "transfer_loss": (moved.from_assignment, moved.loss, moved.from_assignment >= 0),
        "harvested": (moved.from_assignment, moved.count, harvest),
    }
    for column, (stay, amount, chosen) in columns.items():
        there = sums_of(days.assignment_id, days.day, getattr(days, column))
        moves = sums_of(stay[chosen], moved.day[chosen], amount[chosen])
        _check_equal(found, there, moves, f"{column} of assignment")
    mixing, parts = moved.kind == Movement.MIXING, ledger.compositions
    given = sums_of(moved.batch_id[mixing], moved.day[mixing], moved.count[mixing])
    _check_equal(found, sums_of(parts.source_batch, parts.day, parts.count), given, "composition with fish of batch")
    born = ledger.batches.take(ledger.batches.start_day >= ledger.container_days.day.min(initial=2**31 - 1))
    stocked = sums_of(moved.batch_id, moved.batch_id * 0, np.where(moved.kind == Movement.STOCKING, moved.count, 0))
    found.count_checked("batches that start", len(born))
    laid = np.array([stocked.get((batch, 0), 0) for batch in born.batch_id.tolist()])
    found.add_violations_where(
        born.eggs != laid, lambda i: f"batch {born.number[i]}: {born.eggs[i]:,} eggs, {laid[i]:,} stocked"
    )


def _check_equal(found: ResultBuilder, recorded: pd.Series, moved: pd.Series, what: str) -> None:
    """Check that the sums of a frame are those of the movements, by (id, day)."""
    off = recorded.sub(moved, fill_value=0)
    for (number, day), amount in off[off != 0].items():
        found.add_violations(
            1, f"{what} {number} on {format_day(day)}: {amount:+,.0f} fish compared with the movements"
        )


def sums_of(first: np.ndarray, second: np.ndarray, amount: np.ndarray) -> pd.Series:
    """Return the sums of the amounts by two keys, without sums of zero."""
    sums = pd.Series(np.asarray(amount, dtype=np.int64)).groupby([pd.Series(first), pd.Series(second)]).sum()
    return sums[sums != 0]
