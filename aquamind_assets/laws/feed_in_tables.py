"""Law 2 over the tables: feed closes to the gram and to the cent.

Belongs here: purchases, feedings, stock and its history against each other; every feeding's cost recomputed from the
lots it took, oldest first. Does not belong here: the ledger's own balance (``laws_feed``).

Amounts are integers in grams, money integers in thousandths of a cent, so that nothing is lost in sums. A feed store's
feedings are charged in whole cents by cumulative rounding: what is charged so far is what the lots have cost so far,
rounded down.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, dated, day_numbers, ids_of, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.timeline import CHUNK_DAYS, DayRange, day_of_id, day_of_id_sql, id_range, platform_ids, year_days

MILLICENTS = 1000


@dataclass(frozen=True)
class Opening:
    """What feed stores hold before the first day that is looked at, by id of the feed container.

    Attributes:
        grams: feed in store.
        carry: cost of what left the store so far that has not been charged to a feeding, thousandths of a cent, below
            1000.
    """

    grams: dict[int, int]
    carry: dict[int, int]

    @classmethod
    def nothing(cls) -> Self:
        """Before the first day of the farm."""
        return cls({}, {})

    @classmethod
    def of(cls, ledger: Ledger, infrastructure: Infrastructure) -> Self:
        """At the start of a ledger's year."""
        stores = ledger.feed_stores
        ids = infrastructure.feed_containers.feed_container_id[stores.feed_container].tolist()
        return cls(
            dict(zip(ids, stores.opening_g.tolist(), strict=True)),
            dict(zip(ids, stores.opening_cost_carry.tolist(), strict=True)),
        )


def feed_closes(evidence: Evidence) -> LawResult:
    """The year's feedings and purchases close in every feed store, from what the ledger says it opened with.

    Without the ledger of the year only a farm's first year can be judged.
    """
    if evidence.year == evidence.scenario.first_year:
        opening = Opening.nothing()
    elif evidence.ledger is not None:
        opening = Opening.of(evidence.ledger, evidence.infrastructure)
    else:
        return LawResult(
            {},
            unseen=(
                f"the feed of {evidence.year}: its ledger is not stored, so nobody knows what was in store before",
            ),
        )
    return feed_closes_over(evidence, evidence.days, opening)


def feed_closes_over(evidence: Evidence, days: DayRange, opening: Opening) -> LawResult:
    """The feedings and purchases of ``days``, in one year or several, close in every feed store.

    Looked at are the days from the first on for which feedings are in the database without a gap.
    """
    found, days = ResultBuilder(), _without_gap(evidence, days)
    if not len(days):
        found.note(
            "feedings: their rows do not begin with the first day, so nobody knows what was in store before them"
        )
        return found.result()
    stores = _Stores.of(evidence)
    lots = _lots(found, evidence, stores, days, opening)
    account = _Account(stores, lots, opening)
    found.looked("feed stores", len(stores.ids))
    found.looked("lots of feed", int(lots.store.size))
    for part in _parts(days):
        fed, levels = _feedings(evidence, stores, part), _levels(evidence, stores, part)
        found.looked("feedings", fed.store.size)
        found.looked("changes of stock", levels.store.size)
        _history_tells(found, account, lots, fed, levels, part)
        _costs_are_of_the_lots(found, account, lots, fed)
    if (
        not found.looked_at["feedings"]
        and evidence.ledger is not None
        and not evidence.ledger.container_days.feed_g.any()
    ):
        found.nothing = f"no fish were fed in {evidence.year}, says the ledger"
    _closes(found, evidence, account, lots, days)
    return found.result()


def _without_gap(evidence: Evidence, days: DayRange) -> DayRange:
    covered = evidence.covered("feeding_events").holds(days.days, days.days)
    return DayRange(days.first, days.first + (len(days) if covered.all() else int(np.argmin(covered))))


def _parts(days: DayRange) -> Iterator[DayRange]:
    """Thirty days at a time, none across a new year: a full-scale year of feedings at once would take the memory of
    three."""
    first = days.first
    while first < days.end:
        year = int(np.datetime64(first, "D").astype("datetime64[Y]").astype(np.int64)) + 1970
        end = min(first + CHUNK_DAYS, days.end, year_days(year).end)
        yield DayRange(first, end)
        first = end


@dataclass(frozen=True)
class _Stores:
    """Feed containers, by their places in ``ids`` (sorted): ``names`` as purchases call them, ``stock`` the place of
    each stock row's id."""

    ids: np.ndarray
    names: dict[str, int]
    stock_ids: np.ndarray
    stock_place: np.ndarray

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """The stores in the database."""
        low, high = platform_ids()
        stores = evidence.frame(
            "SELECT f.id, f.name, a.name AS area, s.name AS station, h.name AS hall FROM infrastructure_feedcontainer"
            " f LEFT JOIN infrastructure_area a ON a.id = f.area_id LEFT JOIN infrastructure_hall h ON h.id ="
            " f.hall_id LEFT JOIN infrastructure_freshwaterstation s ON s.id = h.freshwater_station_id WHERE f.id >="
            f" {low} AND f.id < {high} ORDER BY f.id"
        )
        stock = evidence.frame(
            f"SELECT id, feed_container_id FROM inventory_feedstock WHERE id >= {low} AND id < {high} ORDER BY id"
        )
        places = [
            area if isinstance(area, str) else f"{station}, {hall}"
            for area, station, hall in stores[["area", "station", "hall"]].itertuples(index=False)
        ]
        names = {
            f"For {name}, {place}": row for row, (name, place) in enumerate(zip(stores["name"], places, strict=True))
        }
        ids = integers(stores["id"])
        return cls(ids, names, integers(stock["id"]), np.searchsorted(ids, integers(stock["feed_container_id"])))

    def spread(self, amounts: dict[int, int]) -> np.ndarray:
        """Amounts by id as an array over the stores."""
        return np.array([amounts.get(store, 0) for store in self.ids.tolist()], dtype=np.int64)

    def of_stock(self, stock_id: np.ndarray) -> np.ndarray:
        """Places of the stores that stock rows are of."""
        return self.stock_place[np.searchsorted(self.stock_ids, stock_id)]


@dataclass(frozen=True)
class _Lots:
    """Lots that can be fed from, oldest first in each store; sorted by (store, day, purchase). ``in_store_g`` and money
    run up within each store."""

    store: np.ndarray
    day: np.ndarray
    purchase: np.ndarray
    grams: np.ndarray
    price: np.ndarray
    end_g: np.ndarray
    end_millicents: np.ndarray


def _lots(found: ResultBuilder, evidence: Evidence, stores: _Stores, days: DayRange, opening: Opening) -> _Lots:
    """What was left at the opening of the lots bought before, newest last, and what came since."""
    low, high = platform_ids()
    bought = evidence.frame(
        "SELECT id, quantity_kg, cost_per_kg, notes, created_at, updated_at FROM inventory_feedpurchase WHERE id >="
        f" {low} AND id < {min(high, id_range(DayRange(days.end - 1, days.end))[1])} AND updated_at > created_at"
    )
    store = bought["notes"].map(stores.names).fillna(-1).to_numpy(dtype=np.int64)
    found.each(
        store < 0,
        lambda i: f"purchase {bought['id'].iloc[i]} is for no feed store that there is: {bought['notes'].iloc[i]!r}",
    )
    day, grams, purchase = (
        day_numbers(bought["updated_at"]),
        integers(bought["quantity_kg"], 1000),
        integers(bought["id"]),
    )
    chosen = np.flatnonzero((store >= 0) & (day < days.end))
    order = chosen[np.lexsort([purchase[chosen], day[chosen], store[chosen]])]
    store, day, grams, purchase = store[order], day[order], grams[order], purchase[order]
    price = integers(bought["cost_per_kg"], 100)[order]
    old = day < days.first
    held = stores.spread(opening.grams)
    was_bought = np.bincount(store[old], weights=grams[old], minlength=held.size).astype(np.int64)
    found.each(
        held > was_bought,
        lambda i: f"feed store {stores.ids[i]} opens with {held[i]:,} g, bought before were {was_bought[i]:,} g",
    )
    newer = was_bought[store] - _running(store, np.where(old, grams, 0))
    grams = np.where(old, np.clip(held[store] - newer, 0, grams), grams)
    there = grams > 0
    store, day, purchase, grams, price = store[there], day[there], purchase[there], grams[there], price[there]
    return _Lots(store, day, purchase, grams, price, _running(store, grams), _running(store, grams * price))


def _running(group: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Running sums within each run of equal ``group``, the element included."""
    total = np.cumsum(amount)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]][: group.size])
    return total - np.repeat(np.r_[0, total][starts], np.diff(np.r_[starts, group.size]))


@dataclass(frozen=True)
class _Rows:
    """Feedings or states of stock, in their order within each store: ``amount`` in g, ``cost`` in cents (-1 if none is
    given)."""

    id: np.ndarray
    store: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    cost: np.ndarray


def _feedings(evidence: Evidence, stores: _Stores, days: DayRange) -> _Rows:
    rows = evidence.frame(
        f"SELECT id, feed_stock_id, {day_of_id_sql('id')} AS day, amount_kg, feed_cost FROM inventory_feedingevent"
        f" WHERE {ids_of('inventory_feedingevent', days.first, days.end - 1)} ORDER BY id"
    )
    day = days.first + integers(rows["day"]) - day_of_id(days.first)
    return _by_store(
        integers(rows["id"]),
        stores.of_stock(integers(rows["feed_stock_id"])),
        day,
        integers(rows["amount_kg"], 1000),
        integers(rows["feed_cost"], 100),
    )


def _levels(evidence: Evidence, stores: _Stores, days: DayRange) -> _Rows:
    rows = evidence.frame(
        "SELECT history_id, feed_container_id, current_quantity_kg FROM inventory_historicalfeedstock"
        f" WHERE {ids_of('inventory_historicalfeedstock', days.first, days.end - 1)} ORDER BY history_id"
    )
    store = np.searchsorted(stores.ids, integers(rows["feed_container_id"]))
    nothing = np.zeros(store.size, dtype=np.int64)
    return _by_store(integers(rows["history_id"]), store, nothing, integers(rows["current_quantity_kg"], 1000), nothing)


def _by_store(row_id: np.ndarray, store: np.ndarray, day: np.ndarray, amount: np.ndarray, cost: np.ndarray) -> _Rows:
    order = np.argsort(store, kind="stable")
    return _Rows(row_id[order], store[order], day[order], amount[order], cost[order])


class _Account:
    """What has left each store so far, and what each held after the last change that the history tells; arrays over the
    stores."""

    def __init__(self, stores: _Stores, lots: _Lots, opening: Opening) -> None:
        self.ids = stores.ids
        self.opening = stores.spread(opening.grams)
        self.carry = stores.spread(opening.carry)
        self.given = np.zeros(stores.ids.size, dtype=np.int64)
        self.level = self.opening.copy()
        # Lots of the opening count as received on the day before the first.
        self.first_lot = np.searchsorted(lots.store, np.arange(stores.ids.size))


def _history_tells(
    found: ResultBuilder, account: _Account, lots: _Lots, fed: _Rows, levels: _Rows, days: DayRange
) -> None:
    """The stock after each change, in order: it rises by the deliveries and falls by the feedings, and is never below
    nought."""
    found.each(
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
    for what, store, amount, told_store, told in (
        ("deliveries", lots.store[new], lots.grams[new], levels.store[rises], change[rises]),
        ("feedings", fed.store, fed.amount, levels.store[falls], -change[falls]),
    ):
        if store.size != told.size or (store != told_store).any() or (amount != told).any():
            for place in np.unique(np.r_[store, told_store]).tolist():
                own, history = amount[store == place], told[told_store == place]
                if own.size != history.size or (own != history).any():
                    found.broken(
                        1,
                        f"feed store {account.ids[place]}: {what} of {own.sum():,} g from {dated(days.first)} on, its"
                        f" history tells {history.sum():,} g",
                    )


def _costs_are_of_the_lots(found: ResultBuilder, account: _Account, lots: _Lots, fed: _Rows) -> None:
    """Each feeding costs what the lots it took had cost, oldest first; and takes no feed that had not come yet."""
    after = account.given[fed.store] + _running(fed.store, fed.amount)
    before = after - fed.amount
    np.add.at(account.given, fed.store, fed.amount)
    received = np.r_[0, np.cumsum(lots.grams)]
    span = 1 << 20
    up_to = np.searchsorted(lots.store * span + lots.day, fed.store * span + fed.day, side="right")
    there = received[up_to] - received[account.first_lot[fed.store]]
    short = after > there
    found.each(
        short,
        lambda i: (
            f"feeding {fed.id[i]} takes {after[i] - there[i]:,} g more than feed store {account.ids[fed.store[i]]} held"
        ),
    )
    paid = account.carry[fed.store] + _millicents(lots, fed.store, after)
    cost = paid // MILLICENTS - (account.carry[fed.store] + _millicents(lots, fed.store, before)) // MILLICENTS
    found.each(
        ~short & (cost != fed.cost),
        lambda i: f"feeding {fed.id[i]} costs {fed.cost[i] / 100:.2f}, the lots it took {cost[i] / 100:.2f}",
    )


def _millicents(lots: _Lots, store: np.ndarray, grams: np.ndarray) -> np.ndarray:
    """Cost of the first ``grams`` that leave each ``store``; of what the lots do not hold, nought."""
    if not lots.store.size:
        return np.zeros(store.size, dtype=np.int64)
    span = np.int64(1) << 44
    lot = np.minimum(np.searchsorted(lots.store * span + lots.end_g, store * span + grams), lots.store.size - 1)
    return np.where(lots.store[lot] == store, lots.end_millicents[lot] - (lots.end_g[lot] - grams) * lots.price[lot], 0)


def _closes(found: ResultBuilder, evidence: Evidence, account: _Account, lots: _Lots, days: DayRange) -> None:
    """What is left is what the stock, its history and the lots in store say, on the day that those tables are of."""
    left = account.opening + np.bincount(
        lots.store, weights=np.where(lots.day >= days.first, lots.grams, 0), minlength=account.ids.size
    ).astype(np.int64)
    left -= account.given
    found.each(
        left != account.level,
        lambda i: (
            f"feed store {account.ids[i]}: {left[i]:,} g by what happened, its history ends with {account.level[i]:,} g"
        ),
    )
    as_of = max(evidence.as_of("feed_stock").values(), default=-1)
    if as_of not in days:
        found.note(
            f"the stock of {dated(days.end - 1)}: the tables tell that of {dated(as_of) if as_of >= 0 else 'no day'}"
        )
        return
    low, high = platform_ids()
    stock = evidence.frame(
        f"SELECT feed_container_id AS store, current_quantity_kg FROM inventory_feedstock WHERE id >= {low} AND id <"
        f" {high}"
    )
    stored = np.zeros(account.ids.size, dtype=np.int64)
    stored[np.searchsorted(account.ids, integers(stock["store"]))] = integers(stock["current_quantity_kg"], 1000)
    found.each(
        left != stored,
        lambda i: f"feed store {account.ids[i]}: {left[i]:,} g by what happened, {stored[i]:,} g in stock",
    )
    in_store = evidence.frame(
        f"SELECT feed_purchase_id AS purchase, quantity_kg FROM inventory_feedcontainerstock WHERE id >= {low} AND id <"
        f" {high}"
    )
    kept = pd.Series(np.clip(lots.end_g - account.given[lots.store], 0, lots.grams), index=lots.purchase)
    told = pd.Series(integers(in_store["quantity_kg"], 1000), index=integers(in_store["purchase"]))
    off = kept[kept > 0].sub(told, fill_value=0)
    for purchase, amount in off[off != 0].items():
        found.broken(1, f"lot of purchase {purchase}: {amount:+,.0f} g left by what happened against what is in store")
