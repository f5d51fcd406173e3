"""Law 2 on the ledger: feed closes. In every store, deliveries less feed eaten is what is left, never less than
nothing.

Belongs here: the balance of feed as simulated. Does not belong here: meals and money (``laws_feed_written``).
"""

import numpy as np

from aquamind_assets.laws.evidence import dated
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.lives import received_lots
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.records.inventory.meals import GRAM_STEP


def feed_closes_in_every_store(ledger: Ledger, before: Ledger | None = None) -> LawResult:
    """Opening stock + deliveries - feed eaten = closing stock, and never below nought on any day; ``before`` is the
    ledger of the year before."""
    found = ResultBuilder()
    days, stores, lots = ledger.container_days, ledger.feed_stores, received_lots(ledger)
    fed = days.feed_g > 0
    found.looked("feed stores", len(stores))
    found.looked("days of feeding", int(fed.sum()))
    found.looked("lots of feed", len(lots))
    if not len(stores):
        found.nothing = f"no feed store stood in {ledger.year}, says the ledger"
    found.each(
        (days.feed_g < 0) | (days.feed_g % GRAM_STEP != 0),
        lambda i: f"container {days.container[i]} on {dated(days.day[i])} ate {days.feed_g[i]} g",
    )
    found.each(
        fed & (days.feed_container < 0),
        lambda i: f"container {days.container[i]} on {dated(days.day[i])} ate feed from no store",
    )
    fed &= days.feed_container >= 0
    first = int(days.day.min(initial=ledger.through))
    new = lots.delivery_day >= first
    size = 1 + max(
        int(array.max(initial=-1)) for array in (stores.feed_container, lots.feed_container, days.feed_container)
    )
    # One line of changes: what was there, then day by day deliveries (in the morning) before meals.
    store = np.concatenate([stores.feed_container, lots.feed_container[new], days.feed_container[fed]]).astype(np.int64)
    change = np.concatenate([stores.opening_g, lots.remaining_g[new], -days.feed_g[fed]]).astype(np.int64)
    day = np.concatenate([np.full(len(stores), first - 1), lots.delivery_day[new], days.day[fed]]).astype(np.int64)
    order = np.lexsort([-change, day, store])
    store, change, day = store[order], change[order], day[order]
    level = _running(store, change)
    found.each(level < 0, lambda i: f"feed store {store[i]} holds {level[i]:,} g on {dated(day[i])}")
    left = np.bincount(store, weights=change, minlength=size).astype(np.int64)
    closing = np.zeros(size, dtype=np.int64)
    closing[stores.feed_container] = stores.closing_g
    found.each(left != closing, lambda i: f"feed store {i}: {left[i]:,} g by what happened, {closing[i]:,} g counted")
    opening = np.zeros(size, dtype=np.int64)
    opening[stores.feed_container] = stores.opening_g
    in_lots = np.bincount(ledger.feed_lots.feed_container, weights=ledger.feed_lots.remaining_g, minlength=size).astype(
        np.int64
    )
    found.each(
        opening != in_lots, lambda i: f"feed store {i} opens with {opening[i]:,} g, its lots hold {in_lots[i]:,} g"
    )
    if before is not None:
        _opens_as_it_closed(found, ledger, before)
    return found.result()


def _running(store: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Running sums of the changes within each run of one store, int64."""
    total = np.cumsum(change)
    starts = np.flatnonzero(np.r_[True, store[1:] != store[:-1]][: store.size])
    return total - np.repeat(np.r_[0, total][starts], np.diff(np.r_[starts, store.size]))


def _opens_as_it_closed(found: ResultBuilder, ledger: Ledger, before: Ledger) -> None:
    closed = dict(zip(before.feed_stores.feed_container.tolist(), before.feed_stores.closing_g.tolist(), strict=True))
    stores = ledger.feed_stores
    expected = np.array([closed.get(store, 0) for store in stores.feed_container.tolist()], dtype=np.int64)
    found.each(
        expected != stores.opening_g,
        lambda i: (
            f"feed store {stores.feed_container[i]} opens {ledger.year} with {stores.opening_g[i]:,} g, {before.year}"
            f" left {expected[i]:,} g"
        ),
    )
