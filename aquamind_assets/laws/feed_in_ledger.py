"""Law 2 on the ledger: feed balance. In every silo and barge, the opening stock plus deliveries minus feed eaten is the
closing stock, and the stock is never negative.

Belongs here: the balance of simulated feed. Does not belong here: meals and costs in the tables (``feed_in_tables``).
"""

import numpy as np

from aquamind_assets.laws.evidence import format_day
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.lives import received_lots
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.records.inventory.meals import GRAM_STEP


def judge_silo_feed_balance(ledger: Ledger, before: Ledger | None = None) -> LawResult:
    """Check that opening stock + deliveries - feed eaten = closing stock in every feed store, and that no stock is
    negative on any day.

    Args:
        ledger: the year's ledger.
        before: the ledger of the previous year, if it is stored.
    """
    found = ResultBuilder()
    days, stores, lots = ledger.container_days, ledger.feed_stores, received_lots(ledger)
    fed = days.feed_g > 0
    found.count_checked("feed stores", len(stores))
    found.count_checked("days of feeding", int(fed.sum()))
    found.count_checked("lots of feed", len(lots))
    if not len(stores):
        found.empty_reason = f"the ledger of {ledger.year} has no feed stores"
    found.add_violations_where(
        (days.feed_g < 0) | (days.feed_g % GRAM_STEP != 0),
        lambda i: f"container {days.container[i]} on {format_day(days.day[i])} ate {days.feed_g[i]} g",
    )
    found.add_violations_where(
        fed & (days.feed_container < 0),
        lambda i: f"container {days.container[i]} on {format_day(days.day[i])} ate feed from no store",
    )
    fed &= days.feed_container >= 0
    first = int(days.day.min(initial=ledger.through))
    new = lots.delivery_day >= first
    size = 1 + max(
        int(array.max(initial=-1)) for array in (stores.feed_container, lots.feed_container, days.feed_container)
    )
    # One sequence of changes per store: the opening stock, then each day's deliveries (mornings) before the meals.
    store = np.concatenate([stores.feed_container, lots.feed_container[new], days.feed_container[fed]]).astype(np.int64)
    change = np.concatenate([stores.opening_g, lots.remaining_g[new], -days.feed_g[fed]]).astype(np.int64)
    day = np.concatenate([np.full(len(stores), first - 1), lots.delivery_day[new], days.day[fed]]).astype(np.int64)
    order = np.lexsort([-change, day, store])
    store, change, day = store[order], change[order], day[order]
    level = running_sums(store, change)
    found.add_violations_where(
        level < 0, lambda i: f"feed store {store[i]} holds {level[i]:,} g on {format_day(day[i])}"
    )
    left = np.bincount(store, weights=change, minlength=size).astype(np.int64)
    closing = np.zeros(size, dtype=np.int64)
    closing[stores.feed_container] = stores.closing_g
    found.add_violations_where(
        left != closing,
        lambda i: f"feed store {i}: deliveries and meals leave {left[i]:,} g, the closing stock is {closing[i]:,} g",
    )
    opening = np.zeros(size, dtype=np.int64)
    opening[stores.feed_container] = stores.opening_g
    in_lots = np.bincount(ledger.feed_lots.feed_container, weights=ledger.feed_lots.remaining_g, minlength=size).astype(
        np.int64
    )
    found.add_violations_where(
        opening != in_lots, lambda i: f"feed store {i} opens with {opening[i]:,} g, its lots hold {in_lots[i]:,} g"
    )
    if before is not None:
        _check_opening(found, ledger, before)
    return found.result()


def running_sums(group: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Return the running sums of the amounts within each run of equal ``group``, the element included, int64."""
    total = np.cumsum(amount)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]][: group.size])
    return total - np.repeat(np.r_[0, total][starts], np.diff(np.r_[starts, group.size]))


def _check_opening(found: ResultBuilder, ledger: Ledger, before: Ledger) -> None:
    closed = dict(zip(before.feed_stores.feed_container.tolist(), before.feed_stores.closing_g.tolist(), strict=True))
    stores = ledger.feed_stores
    expected = np.array([closed.get(store, 0) for store in stores.feed_container.tolist()], dtype=np.int64)
    found.add_violations_where(
        expected != stores.opening_g,
        lambda i: (
            f"feed store {stores.feed_container[i]} opens {ledger.year} with {stores.opening_g[i]:,} g, it closed"
            f" {before.year} with {expected[i]:,} g"
        ),
    )
