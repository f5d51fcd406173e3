"""Feed in stock: purchases, lots, stock, and the history of the stock.

Belongs here: rows of ``inventory_feedpurchase``, ``inventory_feedcontainerstock``, ``inventory_feedstock`` and
``inventory_historicalfeedstock``. Does not belong here: feedings (``feeding_events``), and the lots they consume
(``meals``).

There is one stock row for each feed container, with the id of the feed container, because each holds one feed. A lot
that is used up disappears from ``inventory_feedcontainerstock``, as in AquaMind.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from aquamind_assets.ledger.lives import received_lots
from aquamind_assets.ledger.model import FeedLots
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.inventory.feeding_events import ENTRY_DELAY, signed_by
from aquamind_assets.records.inventory.meals import delivery_instant, meal_instants, meals, stock_at_start
from aquamind_assets.records.master_ids import feed_id
from aquamind_assets.records.place_labels import feed_container_name
from aquamind_assets.records.users.people import staff
from aquamind_assets.streams import stream
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import (
    MICROSECONDS_PER_DAY,
    WIDE_DAY_ROWS,
    DayRange,
    narrow_row_ids,
    number_within_day,
    row_ids,
    to_date,
)

ORDER_HOUR = 9
"""Orders are placed at 09:00 UTC."""

_ORDERS_OF_A_DAY = 100_000
_CREATED, _CHANGED = 0, 1
_HISTORY_TYPES = ("+", "~")


def feed_purchases(year: YearInputs) -> Iterator[Rows]:
    """Yield ``inventory_feedpurchase``: everything ordered, delivered or in stock in the year."""
    bought = _purchases(year)
    feed = year.infrastructure.feed_containers.feed[bought.feed_container]
    plan = year.scenario.feed
    ordered = bought.order_day.astype(np.int64) * MICROSECONDS_PER_DAY + ORDER_HOUR * HOUR
    yield rows(
        year.tables["inventory_feedpurchase"],
        len(bought),
        id=bought.purchase_id,
        feed_id=feed_id(year.scenario, feed),
        purchase_date=bought.order_day,
        quantity_kg=Scaled(bought.quantity_g // 10),
        cost_per_kg=Scaled(bought.price_cents_per_kg),
        supplier=Coded(bought.supplier, plan.suppliers),
        batch_number=[
            _lot_number(year, int(store), plan.suppliers[supplier], int(day))
            for store, supplier, day in zip(bought.feed_container, bought.supplier, bought.order_day, strict=True)
        ],
        expiry_date=bought.delivery_day.astype(np.int64) + plan.shelf_life_days,
        notes=Coded(
            bought.feed_container,
            [f"For {feed_container_name(year, store)}" for store in range(len(year.infrastructure.feed_containers))],
        ),
        created_at=ordered,
        updated_at=np.where(
            bought.delivery_day > year.lives.through, ordered, delivery_instant(plan, bought.delivery_day)
        ),
    )


def _purchases(year: YearInputs) -> FeedLots:
    """Return the lots of the year's opening stock and of its deliveries, including those under way; sorted by
    purchase."""
    ordered = year.ledger.deliveries
    columns = {name: getattr(ordered, "quantity_g" if name == "remaining_g" else name) for name in FeedLots.names()}
    ordered_lots = FeedLots(**columns)
    ordered_lots = ordered_lots.take(~np.isin(ordered_lots.purchase_id, year.ledger.feed_lots.purchase_id))
    return FeedLots.concat([year.ledger.feed_lots, ordered_lots]).sorted_by("purchase_id")


def _lot_number(year: YearInputs, store: int, supplier: str, order_day: int) -> str:
    """The manufacturer's lot number as printed on the delivery note, such as ``HN-150321-004070712``: nine digits
    drawn by the silo it is for, so that no two of a day's lots meet."""
    day: date = to_date(order_day)
    key = year.infrastructure.feed_container_draws.key(store)
    number = stream(year.scenario.seed, "feed_lot", *key, order_day).integers(10**9)
    return f"{''.join(word[0] for word in supplier.split())}-{day:%y%m%d}-{number:09d}"


def lot_ids(lots: FeedLots) -> np.ndarray:
    """Return the ids of lots in store: the day of delivery, and within it the days since the order and the order's
    number."""
    lag = lots.delivery_day.astype(np.int64) - lots.order_day
    return row_ids(lots.delivery_day, lag * _ORDERS_OF_A_DAY + lots.purchase_id % WIDE_DAY_ROWS)


def feed_lots_in_store(year: YearInputs) -> Iterator[Rows]:
    """Yield ``inventory_feedcontainerstock``: the lots that were in store in the year and are left on the latest
    simulated day."""
    left = year.lives.feed_lots
    came = delivery_instant(year.scenario.feed, left.delivery_day)
    touched = left.remaining_g < left.quantity_g
    yield rows(
        year.tables["inventory_feedcontainerstock"],
        len(left),
        id=lot_ids(left),
        feed_container_id=year.infrastructure.feed_containers.feed_container_id[left.feed_container],
        feed_purchase_id=left.purchase_id,
        quantity_kg=Scaled(left.remaining_g // 10),
        entry_date=came,
        created_at=came,
        updated_at=np.where(touched, np.maximum(came, _last_meal(year)), came),
    )


def used_up_lots(year: YearInputs) -> Mapping[str, np.ndarray]:
    """Return the ids in ``inventory_feedcontainerstock`` of lots that were in store in the year and are used up by the
    latest simulated day."""
    lots = received_lots(year.ledger)
    return {
        "inventory_feedcontainerstock": lot_ids(lots.take(~np.isin(lots.purchase_id, year.lives.feed_lots.purchase_id)))
    }


def feed_stocks(year: YearInputs) -> Iterator[Rows]:
    """Yield ``inventory_feedstock``: each feed container commissioned by the end of the year, with its stock on the
    latest simulated day."""
    stores = year.infrastructure.feed_containers
    standing = np.flatnonzero(stores.commissioned_day < year.days.end)
    stock = np.zeros(len(stores), dtype=np.int64)
    stock[year.lives.feed_stores.feed_container] = year.lives.feed_stores.closing_g
    yield rows(
        year.tables["inventory_feedstock"],
        standing.size,
        id=stores.feed_container_id[standing],
        feed_id=feed_id(year.scenario, stores.feed[standing]),
        feed_container_id=stores.feed_container_id[standing],
        current_quantity_kg=Scaled(stock[standing] // 10),
        reorder_threshold_kg=stores.reorder_kg[standing],
        updated_at=_last_meal(year),
    )


def _last_meal(year: YearInputs) -> int:
    """Return the end of the last meal of the latest simulated day."""
    return year.lives.through * MICROSECONDS_PER_DAY + max(meal_instants(year.scenario.feed)) + HOUR


def feed_stock_history(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield ``inventory_historicalfeedstock`` of these days: a row for the creation of each stock, for every delivery
    and for every feeding, as in AquaMind."""
    stores, scenario = year.infrastructure.feed_containers, year.scenario
    made = np.flatnonzero((stores.commissioned_day >= days.first) & (stores.commissioned_day < days.end))
    lots = received_lots(year.ledger)
    lots = lots.take((lots.delivery_day >= days.first) & (lots.delivery_day < days.end))
    fed = year.latest(meals, days)

    store = np.concatenate([made, lots.feed_container, year.ledger.container_days.feed_container[fed.row]]).astype(
        np.int64
    )
    change = np.concatenate([np.zeros(made.size, dtype=np.int64), lots.remaining_g, -fed.amount_g])
    instant = np.concatenate(
        [
            stores.commissioned_day[made].astype(np.int64) * MICROSECONDS_PER_DAY,
            delivery_instant(scenario.feed, lots.delivery_day),
            fed.instant + ENTRY_DELAY,
        ]
    )
    user = np.concatenate([np.zeros(made.size, dtype=np.int64), _receivers(year, lots), signed_by(year, fed)])
    kind = np.concatenate([np.full(made.size, _CREATED), np.full(store.size - made.size, _CHANGED)])

    # Creations come before deliveries, deliveries before meals, and a store's meals in their order: a stable sort by
    # day keeps this order.
    order = np.argsort(instant // MICROSECONDS_PER_DAY, kind="stable")
    store, change, instant, user, kind = store[order], change[order], instant[order], user[order], kind[order]
    day = instant // MICROSECONDS_PER_DAY
    yield rows(
        year.tables["inventory_historicalfeedstock"],
        store.size,
        id=stores.feed_container_id[store],
        updated_at=instant,
        current_quantity_kg=Scaled(_levels(store, change, stock_at_start(year, days.first)) // 10),
        reorder_threshold_kg=stores.reorder_kg[store],
        history_id=narrow_row_ids(day, number_within_day(day)),
        history_date=instant,
        history_type=Coded(kind, _HISTORY_TYPES),
        feed_id=feed_id(scenario, stores.feed[store]),
        feed_container_id=stores.feed_container_id[store],
        history_user_id=np.ma.MaskedArray(user, mask=kind == _CREATED),
    )


def _receivers(year: YearInputs, lots: FeedLots) -> np.ndarray:
    """Return the user id of the operator who receives each delivery: the one on duty at the feed container's site."""
    people = staff(year.scenario, year.infrastructure)
    return people.site_operators(year.infrastructure.feed_containers.site[lots.feed_container], lots.delivery_day)


def _levels(store: np.ndarray, change: np.ndarray, opening: np.ndarray) -> np.ndarray:
    """Return the stock after each change, for changes in order, from the stores' opening stock."""
    order = np.argsort(store, kind="stable")
    sorted_store = store[order]
    total = np.cumsum(change[order])
    starts = (
        np.flatnonzero(np.r_[True, sorted_store[1:] != sorted_store[:-1]])
        if store.size
        else np.zeros(0, dtype=np.int64)
    )
    before = np.repeat(np.r_[0, total][starts], np.diff(np.r_[starts, store.size]))
    level = np.empty_like(change)
    level[order] = opening[sorted_store] + total - before
    return level
