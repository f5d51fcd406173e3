"""Law 2 over the tables: feed balance, exact to the gram and to the cent.

Belongs here: purchases, feedings, stock and the history of stock compared with each other, and the cost of every
feeding computed again from its lots, first in first out. Does not belong here: reading these rows (``feed_rows``), the
balance of the ledger (``feed_in_ledger``).

The feedings of a feed store are charged in whole cents by cumulative rounding: the amount charged so far is the cost of
the lots consumed so far, rounded down.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, format_day, integers
from aquamind_assets.laws.feed_in_ledger import running_sums
from aquamind_assets.laws.feed_rows import FeedStores, Lots, Opening, StoreRows, read_feedings, read_levels, read_lots
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.timeline import CHUNK_DAYS, DayRange, platform_ids, year_days

_STOCK, _STOCK_HISTORY = "inventory_feedstock", "inventory_historicalfeedstock"
"""Tables of release 2025-08 alone."""

MILLICENTS = 1000
"""Thousandths of a cent in a cent."""


def judge_feed_balance(evidence: Evidence) -> LawResult:
    """Check that the year's feedings and purchases balance in every feed store, starting from the opening stock in the
    ledger.

    Without the ledger of the year only a farm's first year can be checked.
    """
    if evidence.year == evidence.scenario.first_year:
        opening = Opening.nothing()
    elif evidence.ledger is not None:
        opening = Opening.of(evidence.ledger, evidence.infrastructure)
    else:
        return LawResult(
            {},
            not_checked=(f"the feed of {evidence.year}: its ledger is not stored, so the opening stock is unknown",),
        )
    return judge_feed_balance_over(evidence, evidence.days, opening)


def judge_feed_balance_over(evidence: Evidence, days: DayRange, opening: Opening) -> LawResult:
    """Check that the feedings and purchases of ``days``, in one year or several, balance in every feed store.

    Only the days from the first one up to the first gap in the recorded feedings are checked.
    """
    found, days = ResultBuilder(), _days_before_gap(evidence, days)
    if not len(days):
        found.note_not_checked(
            "feedings: their rows do not begin with the first day, so the stock before them is unknown"
        )
        return found.result()
    stores = FeedStores.of(evidence)
    lots = read_lots(found, evidence, stores, days, opening)
    account = _Account(stores, lots, opening)
    found.count_checked("feed stores", len(stores.ids))
    found.count_checked("lots of feed", int(lots.store.size))
    for part in _parts(days):
        fed = read_feedings(found, evidence, stores, part)
        found.count_checked("feedings", fed.store.size)
        if _STOCK_HISTORY in evidence.tables:
            levels = read_levels(evidence, stores, part)
            found.count_checked("changes of stock", levels.store.size)
            _check_history(found, account, lots, fed, levels, part)
        _check_costs(found, account, lots, fed)
    if (
        not found.checked["feedings"]
        and evidence.ledger is not None
        and not evidence.ledger.container_days.feed_g.any()
    ):
        found.empty_reason = f"the ledger of {evidence.year} has no feedings"
    _check_closing(found, evidence, account, lots, days)
    return found.result()


def _days_before_gap(evidence: Evidence, days: DayRange) -> DayRange:
    covered = evidence.written_days("feeding_events").holds(days.days, days.days)
    return DayRange(days.first, days.first + (len(days) if covered.all() else int(np.argmin(covered))))


def _parts(days: DayRange) -> Iterator[DayRange]:
    """Split the days into ranges of thirty days that do not cross a new year. The feedings of a full-scale year at once
    would take the memory of three years."""
    first = days.first
    while first < days.end:
        year = int(np.datetime64(first, "D").astype("datetime64[Y]").astype(np.int64)) + 1970
        end = min(first + CHUNK_DAYS, days.end, year_days(year).end)
        yield DayRange(first, end)
        first = end


class _Account:
    """Running state of each feed store, arrays over the stores: ``given`` is the feed that left it so far, ``level``
    the stock after the last change in the history."""

    def __init__(self, stores: FeedStores, lots: Lots, opening: Opening) -> None:
        self.ids = stores.ids
        self.opening = stores.spread(opening.grams)
        self.carry = stores.spread(opening.carry)
        self.given = np.zeros(stores.ids.size, dtype=np.int64)
        self.level = self.opening.copy()
        # Lots that are in store at the opening count as received before the first day.
        self.first_lot = np.searchsorted(lots.store, np.arange(stores.ids.size))


def _check_history(
    found: ResultBuilder, account: _Account, lots: Lots, fed: StoreRows, levels: StoreRows, days: DayRange
) -> None:
    """Check the stock after each change, in order: deliveries raise it, feedings lower it, and it is never negative."""
    found.add_violations_where(
        levels.amount < 0,
        lambda i: f"feed store {account.ids[levels.store[i]]} holds {levels.amount[i]:,} g after change {levels.id[i]}",
    )
    first = np.r_[True, levels.store[1:] != levels.store[:-1]][: levels.store.size]
    before = np.where(first, account.level[levels.store], np.r_[0, levels.amount[:-1]][: levels.store.size])
    change = levels.amount - before
    last = np.flatnonzero(np.r_[first[1:], True][: levels.store.size])
    account.level[levels.store[last]] = levels.amount[last]
    new = (lots.day >= days.first) & (lots.day < days.end)
    rises, falls = change > 0, change < 0
    for what, store, amount, history_store, history_amount in (
        ("deliveries", lots.store[new], lots.grams[new], levels.store[rises], change[rises]),
        ("feedings", fed.store, fed.amount, levels.store[falls], -change[falls]),
    ):
        if store.size != history_amount.size or (store != history_store).any() or (amount != history_amount).any():
            for place in np.unique(np.r_[store, history_store]).tolist():
                own, history = amount[store == place], history_amount[history_store == place]
                if own.size != history.size or (own != history).any():
                    found.add_violations(
                        1,
                        f"feed store {account.ids[place]}: {what} of {own.sum():,} g from {format_day(days.first)} on,"
                        f" {history.sum():,} g in its history",
                    )


def _check_costs(found: ResultBuilder, account: _Account, lots: Lots, fed: StoreRows) -> None:
    """Check that each feeding costs what its lots cost, first in first out, and that it takes no feed before its
    delivery."""
    after = account.given[fed.store] + running_sums(fed.store, fed.amount)
    before = after - fed.amount
    np.add.at(account.given, fed.store, fed.amount)
    received = np.r_[0, np.cumsum(lots.grams)]
    span = 1 << 20
    up_to = np.searchsorted(lots.store * span + lots.day, fed.store * span + fed.day, side="right")
    there = received[up_to] - received[account.first_lot[fed.store]]
    short = after > there
    found.add_violations_where(
        short,
        lambda i: (
            f"feeding {fed.id[i]} takes {after[i] - there[i]:,} g more than the stock of feed store"
            f" {account.ids[fed.store[i]]}"
        ),
    )
    paid = account.carry[fed.store] + _millicents(lots, fed.store, after)
    cost = paid // MILLICENTS - (account.carry[fed.store] + _millicents(lots, fed.store, before)) // MILLICENTS
    found.add_violations_where(
        ~short & (cost != fed.cost),
        lambda i: f"feeding {fed.id[i]} costs {fed.cost[i] / 100:.2f}, its lots cost {cost[i] / 100:.2f}",
    )


def _millicents(lots: Lots, store: np.ndarray, grams: np.ndarray) -> np.ndarray:
    """Return the cost of the first ``grams`` that leave each ``store``; 0 for feed that the lots do not hold."""
    if not lots.store.size:
        return np.zeros(store.size, dtype=np.int64)
    span = np.int64(1) << 44
    lot = np.minimum(np.searchsorted(lots.store * span + lots.end_g, store * span + grams), lots.store.size - 1)
    return np.where(lots.store[lot] == store, lots.end_millicents[lot] - (lots.end_g[lot] - grams) * lots.price[lot], 0)


def _check_closing(found: ResultBuilder, evidence: Evidence, account: _Account, lots: Lots, days: DayRange) -> None:
    """Check that the feed left equals the stock, its history and the lots in store, on the day that those tables
    reflect."""
    left = account.opening + np.bincount(
        lots.store, weights=np.where(lots.day >= days.first, lots.grams, 0), minlength=account.ids.size
    ).astype(np.int64)
    left -= account.given
    if _STOCK_HISTORY in evidence.tables:
        found.add_violations_where(
            left != account.level,
            lambda i: (
                f"feed store {account.ids[i]}: deliveries and feedings leave {left[i]:,} g, its history ends with"
                f" {account.level[i]:,} g"
            ),
        )
    as_of = max(evidence.as_of("feed_stock").values(), default=-1)
    if as_of not in days:
        found.note_not_checked(
            f"the stock of {format_day(days.end - 1)}: the tables hold the stock of"
            f" {format_day(as_of) if as_of >= 0 else 'no day'}"
        )
        return
    if _STOCK in evidence.tables:
        _check_stock(found, evidence, account, left)
    low, high = platform_ids()
    in_store = evidence.frame(
        f"SELECT feed_purchase_id AS purchase, quantity_kg FROM inventory_feedcontainerstock WHERE id >= {low} AND id <"
        f" {high}"
    )
    kept = pd.Series(np.clip(lots.end_g - account.given[lots.store], 0, lots.grams), index=lots.purchase)
    stocked = pd.Series(integers(in_store["quantity_kg"], 1000), index=integers(in_store["purchase"]))
    off = kept[kept > 0].sub(stocked, fill_value=0)
    for purchase, amount in off[off != 0].items():
        found.add_violations(
            1, f"lot of purchase {purchase}: {amount:+,.0f} g left by the feedings compared with the lot in store"
        )


def _check_stock(found: ResultBuilder, evidence: Evidence, account: _Account, left: np.ndarray) -> None:
    """Check that the stock of each feed store is what is left of its feed."""
    low, high = platform_ids()
    stock = evidence.frame(
        f"SELECT feed_container_id AS store, current_quantity_kg FROM inventory_feedstock WHERE id >= {low} AND id <"
        f" {high}"
    )
    stored = np.zeros(account.ids.size, dtype=np.int64)
    stored[np.searchsorted(account.ids, integers(stock["store"]))] = integers(stock["current_quantity_kg"], 1000)
    found.add_violations_where(
        left != stored,
        lambda i: (
            f"feed store {account.ids[i]}: deliveries and feedings leave {left[i]:,} g, the stock is {stored[i]:,} g"
        ),
    )
