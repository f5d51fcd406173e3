"""Law 1 on the ledger: fish close. No fish appears or vanishes, in any container on any day.

Belongs here: the balance of fish as simulated. Does not belong here: the same from the tables (``laws_fish_written``),
where fish may be (``laws_space``).
"""

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import dated
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import ContainerDays, Ledger
from aquamind_assets.timeline import year_days


def fish_close_every_day(ledger: Ledger, before: Ledger | None = None) -> LawResult:
    """Every container-day closes, follows on the day before, and agrees with the movements; ``before`` is the ledger of
    the year before, if it is known."""
    found = ResultBuilder()
    days = ledger.container_days
    found.looked("container-days", len(days))
    found.looked("movements", len(ledger.movements))
    if not len(days) and not len(ledger.movements):
        found.nothing = f"no fish lived in {ledger.year}, says the ledger"
    deaths = deaths_of(days)
    closing = days.opening + days.moved_in - days.moved_out - days.transfer_loss - deaths - days.harvested
    amounts = np.stack([days.opening, days.moved_in, days.moved_out, days.transfer_loss, days.harvested, days.closing])
    found.each(
        (closing != days.closing) | (amounts.min(axis=0, initial=0) < 0),
        lambda i: (
            f"container {days.container[i]} on {dated(days.day[i])}: {closing[i]:,} fish by what happened,"
            f" {days.closing[i]:,} counted"
        ),
    )
    _follow_on(found, ledger, before)
    _agree_with_movements(found, ledger)
    return found.result()


def deaths_of(days: ContainerDays) -> np.ndarray:
    """Deaths of every cause, int64."""
    return np.sum([getattr(days, name).astype(np.int64) for name in days.names() if name.startswith("deaths_")], axis=0)


def _follow_on(found: ResultBuilder, ledger: Ledger, before: Ledger | None) -> None:
    """Each day of a stay opens with what the day before closed with, the first with nothing or last year's, and the
    stay ends as its assignment says."""
    days = ledger.container_days.sorted_by("assignment_id", "day")
    same = days.assignment_id[1:] == days.assignment_id[:-1]
    wrong = same & ((days.day[1:] != days.day[:-1] + 1) | (days.opening[1:] != days.closing[:-1]))
    found.each(
        wrong,
        lambda i: f"assignment {days.assignment_id[i]}: {dated(days.day[i])} does not open as the day before closed",
    )
    first, last = np.flatnonzero(np.r_[True, ~same][: len(days)]), np.flatnonzero(np.r_[~same, True][: len(days)])
    stays = ledger.assignments
    row = np.minimum(np.searchsorted(stays.assignment_id, days.assignment_id[first]), max(len(stays) - 1, 0))
    known = stays.assignment_id[row] == days.assignment_id[first] if len(stays) else np.zeros(first.size, dtype=bool)
    found.each(
        ~known, lambda i: f"assignment {days.assignment_id[first[i]]} has container-days but is not in the ledger"
    )
    first, last, row = first[known], last[known], row[known]
    late = days.day[first] != np.maximum(stays.start_day[row], year_days(ledger.year).first)
    found.each(
        late,
        lambda i: (
            f"assignment {days.assignment_id[first[i]]}: its first day is {dated(days.day[first[i]])}, it came on"
            " another"
        ),
    )
    empty = np.setdiff1d(stays.assignment_id, days.assignment_id)
    found.each(np.ones(empty.size, dtype=bool), lambda i: f"assignment {empty[i]} has no container-days")
    expected = np.where(stays.start_day[row] == days.day[first], 0, days.opening[first])
    if before is not None:
        earlier = before.container_days.take(before.container_days.day == before.through)
        closed = dict(zip(earlier.assignment_id.tolist(), earlier.closing.tolist(), strict=True))
        old = stays.start_day[row] < days.day[first]
        expected[old] = [closed.get(int(stay), -1) for stay in days.assignment_id[first][old]]
    found.each(
        expected != days.opening[first],
        lambda i: f"assignment {days.assignment_id[first[i]]} opens {dated(days.day[first[i]])} with other fish",
    )
    gone = stays.end_day[row] >= 0
    ends = np.where(
        gone, (days.closing[last] == 0) & (days.day[last] == stays.end_day[row]), days.day[last] == ledger.through
    )
    wrong = ~ends | (stays.population[row] != days.closing[last])
    found.each(
        wrong,
        lambda i: (
            f"assignment {days.assignment_id[last[i]]}: {stays.population[row[i]]:,} fish, its last day has"
            f" {days.closing[last[i]]:,}"
        ),
    )


def _agree_with_movements(found: ResultBuilder, ledger: Ledger) -> None:
    """What the container-days say came and went is what the movements moved; stockings are the eggs of the batches that
    start."""
    days, moved = ledger.container_days, ledger.movements
    harvest = moved.kind == Movement.HARVEST
    told = {
        "moved_in": (moved.to_assignment, moved.count, ~harvest),
        "moved_out": (moved.from_assignment, moved.count, ~harvest & (moved.from_assignment >= 0)),
        "transfer_loss": (moved.from_assignment, moved.loss, moved.from_assignment >= 0),
        "harvested": (moved.from_assignment, moved.count, harvest),
    }
    for column, (stay, amount, chosen) in told.items():
        there = sums_of(days.assignment_id, days.day, getattr(days, column))
        moves = sums_of(stay[chosen], moved.day[chosen], amount[chosen])
        _same(found, there, moves, f"{column} of assignment")
    mixing, parts = moved.kind == Movement.MIXING, ledger.compositions
    given = sums_of(moved.batch_id[mixing], moved.day[mixing], moved.count[mixing])
    _same(found, sums_of(parts.source_batch, parts.day, parts.count), given, "composition with fish of batch")
    born = ledger.batches.take(ledger.batches.start_day >= ledger.container_days.day.min(initial=2**31 - 1))
    stocked = sums_of(moved.batch_id, moved.batch_id * 0, np.where(moved.kind == Movement.STOCKING, moved.count, 0))
    found.looked("batches that start", len(born))
    laid = np.array([stocked.get((batch, 0), 0) for batch in born.batch_id.tolist()])
    found.each(born.eggs != laid, lambda i: f"batch {born.number[i]}: {born.eggs[i]:,} eggs, {laid[i]:,} laid in")


def _same(found: ResultBuilder, told: pd.Series, moved: pd.Series, what: str) -> None:
    """The sums that a frame tells are those that the movements give, by (id, day)."""
    off = told.sub(moved, fill_value=0)
    for (number, day), amount in off[off != 0].items():
        found.broken(1, f"{what} {number} on {dated(day)}: {amount:+,.0f} fish against the movements")


def sums_of(first: np.ndarray, second: np.ndarray, amount: np.ndarray) -> pd.Series:
    """Sums of the amounts by two keys, those that are not nought."""
    sums = pd.Series(np.asarray(amount, dtype=np.int64)).groupby([pd.Series(first), pd.Series(second)]).sum()
    return sums[sums != 0]
