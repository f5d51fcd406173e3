"""Feed in the tables: stores, lots, feedings and stock levels, read as arrays for law 2.

Belongs here: reading purchases, feedings and the history of stock. Does not belong here: the law (``feed_in_tables``).

Amounts are integers in grams, money integers in thousandths of a cent, so that sums are exact.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, day_numbers, id_condition, integers
from aquamind_assets.laws.feed_in_ledger import running_sums
from aquamind_assets.laws.result import ResultBuilder
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.timeline import DayRange, day_of_id, day_of_id_sql, id_range, platform_ids


@dataclass(frozen=True)
class Opening:
    """Stock of the feed stores before the first day that is checked, by id of the feed container.

    Attributes:
        grams: feed in store.
        carry: cost of feed that left the store and has not been charged to a feeding, thousandths of a cent, below
            1000.
    """

    grams: dict[int, int]
    carry: dict[int, int]

    @classmethod
    def nothing(cls) -> Self:
        """Return the empty stock before the first day of the farm."""
        return cls({}, {})

    @classmethod
    def of(cls, ledger: Ledger, infrastructure: Infrastructure) -> Self:
        """Return the stock at the start of a ledger's year."""
        stores = ledger.feed_stores
        ids = infrastructure.feed_containers.feed_container_id[stores.feed_container].tolist()
        return cls(
            dict(zip(ids, stores.opening_g.tolist(), strict=True)),
            dict(zip(ids, stores.opening_cost_carry.tolist(), strict=True)),
        )


@dataclass(frozen=True)
class FeedStores:
    """Feed containers, by their positions in ``ids`` (sorted). ``names`` are the names in the notes of purchases,
    ``site`` is the area or hall of each, ``stock_place`` is the position of the store of each stock row; there are no
    stock rows in release 2026-03."""

    ids: np.ndarray
    names: dict[str, int]
    site: np.ndarray
    stock_ids: np.ndarray
    stock_place: np.ndarray

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Read the stores from the database."""
        low, high = platform_ids()
        stores = evidence.frame(
            "SELECT f.id, f.name, f.area_id, f.hall_id, a.name AS area, s.name AS station, h.name AS hall"
            " FROM infrastructure_feedcontainer f LEFT JOIN infrastructure_area a ON a.id = f.area_id"
            " LEFT JOIN infrastructure_hall h ON h.id = f.hall_id"
            " LEFT JOIN infrastructure_freshwaterstation s ON s.id = h.freshwater_station_id WHERE f.id >="
            f" {low} AND f.id < {high} ORDER BY f.id"
        )
        stock = pd.DataFrame({"id": [], "feed_container_id": []}, dtype=np.int64)
        if "inventory_feedstock" in evidence.tables:
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
        stock_place = np.searchsorted(ids, integers(stock["feed_container_id"]))
        return cls(ids, names, sites_of(stores), integers(stock["id"]), stock_place)

    def spread(self, amounts: dict[int, int]) -> np.ndarray:
        """Return amounts by id as an array over the stores."""
        return np.array([amounts.get(store, 0) for store in self.ids.tolist()], dtype=np.int64)

    def of_stock(self, stock_id: np.ndarray) -> np.ndarray:
        """Return the positions of the stores of stock rows."""
        return self.stock_place[np.searchsorted(self.stock_ids, stock_id)]


def sites_of(places: pd.DataFrame) -> np.ndarray:
    """Return a number for the area or hall of each place, int64."""
    area, hall = integers(places["area_id"]), integers(places["hall_id"])
    return np.where(area >= 0, 2 * area, 2 * hall + 1)


@dataclass(frozen=True)
class Lots:
    """Lots that can be fed from, sorted by (store, day, purchase), oldest first. ``end_g`` and ``end_millicents`` are
    running sums within each store."""

    store: np.ndarray
    day: np.ndarray
    purchase: np.ndarray
    grams: np.ndarray
    price: np.ndarray
    end_g: np.ndarray
    end_millicents: np.ndarray


def read_lots(found: ResultBuilder, evidence: Evidence, stores: FeedStores, days: DayRange, opening: Opening) -> Lots:
    """Return what was left at the opening of the lots bought before, and the lots delivered since."""
    low, high = platform_ids()
    bought = evidence.frame(
        "SELECT id, quantity_kg, cost_per_kg, notes, created_at, updated_at FROM inventory_feedpurchase WHERE id >="
        f" {low} AND id < {min(high, id_range(DayRange(days.end - 1, days.end))[1])} AND updated_at > created_at"
    )
    store = bought["notes"].map(stores.names).fillna(-1).to_numpy(dtype=np.int64)
    found.add_violations_where(
        store < 0,
        lambda i: f"purchase {bought['id'].iloc[i]} names an unknown feed store: {bought['notes'].iloc[i]!r}",
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
    found.add_violations_where(
        held > was_bought,
        lambda i: f"feed store {stores.ids[i]} opens with {held[i]:,} g, only {was_bought[i]:,} g were bought before",
    )
    newer = was_bought[store] - running_sums(store, np.where(old, grams, 0))
    grams = np.where(old, np.clip(held[store] - newer, 0, grams), grams)
    there = grams > 0
    store, day, purchase, grams, price = store[there], day[there], purchase[there], grams[there], price[there]
    return Lots(store, day, purchase, grams, price, running_sums(store, grams), running_sums(store, grams * price))


@dataclass(frozen=True)
class StoreRows:
    """Feedings or stock levels, in their order within each store: ``amount`` in g, ``cost`` in cents (-1 for NULL)."""

    id: np.ndarray
    store: np.ndarray
    day: np.ndarray
    amount: np.ndarray
    cost: np.ndarray


def read_feedings(found: ResultBuilder, evidence: Evidence, stores: FeedStores, days: DayRange) -> StoreRows:
    """Return the feedings of these days."""
    spec = evidence.tables["inventory_feedingevent"]
    origin = "feed_stock_id" if "feed_stock_id" in spec.by_name else "container_id, feed_id"
    rows = evidence.frame(
        f"SELECT id, {origin}, {day_of_id_sql('id')} AS day, amount_kg, feed_cost FROM {spec.name}"
        f" WHERE {id_condition(spec, days.first, days.end - 1)} ORDER BY id"
    )
    if "feed_stock_id" in rows.columns:
        store = stores.of_stock(integers(rows["feed_stock_id"]))
    else:
        store = _stores_by_feed(evidence, stores, rows)
        found.add_violations_where(
            store < 0, lambda i: f"feeding {rows['id'].iloc[i]} is of a feed that no store of its site has had"
        )
        rows, store = rows[store >= 0], store[store >= 0]
    day = days.first + integers(rows["day"]) - day_of_id(days.first)
    return _by_store(
        integers(rows["id"]),
        store,
        day,
        integers(rows["amount_kg"], 1000),
        integers(rows["feed_cost"], 100),
    )


def _stores_by_feed(evidence: Evidence, stores: FeedStores, rows: pd.DataFrame) -> np.ndarray:
    """Return the store that each feeding took from, int64, -1 if there is none: a container is fed from the store of
    its area or hall that gets the feed."""
    low, high = platform_ids()
    bought = evidence.frame(
        f"SELECT DISTINCT notes, feed_id FROM inventory_feedpurchase WHERE id >= {low} AND id < {high}"
    )
    place = bought["notes"].map(stores.names).fillna(-1).to_numpy(dtype=np.int64)
    bought, place = bought[place >= 0], place[place >= 0]
    of_feed = pd.Series(place, index=pd.MultiIndex.from_arrays([stores.site[place], integers(bought["feed_id"])]))
    of_feed = of_feed[~of_feed.index.duplicated()]
    containers = evidence.frame(
        f"SELECT id, area_id, hall_id FROM infrastructure_container WHERE id >= {low} AND id < {high}"
    )
    site = pd.Series(sites_of(containers), index=integers(containers["id"])).reindex(integers(rows["container_id"]))
    wanted = pd.MultiIndex.from_arrays([site.fillna(-1).astype(np.int64), integers(rows["feed_id"])])
    return of_feed.reindex(wanted, fill_value=-1).to_numpy(dtype=np.int64)


def read_levels(evidence: Evidence, stores: FeedStores, days: DayRange) -> StoreRows:
    """Return the stock after each change on these days, from the history of stock."""
    versions = id_condition(evidence.tables["inventory_historicalfeedstock"], days.first, days.end - 1)
    rows = evidence.frame(
        "SELECT history_id, feed_container_id, current_quantity_kg FROM inventory_historicalfeedstock"
        f" WHERE {versions} ORDER BY history_id"
    )
    store = np.searchsorted(stores.ids, integers(rows["feed_container_id"]))
    nothing = np.zeros(store.size, dtype=np.int64)
    return _by_store(integers(rows["history_id"]), store, nothing, integers(rows["current_quantity_kg"], 1000), nothing)


def _by_store(
    row_id: np.ndarray, store: np.ndarray, day: np.ndarray, amount: np.ndarray, cost: np.ndarray
) -> StoreRows:
    order = np.argsort(store, kind="stable")
    return StoreRows(row_id[order], store[order], day[order], amount[order], cost[order])
