"""Feed: which one, out of which silo, ordered when, at what price.

Belongs here: stock, orders and deliveries. Does not belong here: appetite (``processes.appetite``).

A silo orders when stock and open orders together fall below its reorder level, or below what the fish will eat until a delivery comes; up to ``cover_days``
of forecast demand, never more than it holds. It orders only for fish that are there or will come within the lead of a movement.
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.ledger import FeedLots, FeedStores, Stage
from aquamind_assets.farm.streams import stream
from aquamind_assets.farm.working import Farm
from aquamind_assets.scenario.model import Scenario

STEP_G = 10
"""Feed is weighed in steps of this many grams."""

GROWING = 1.15
"""Demand in the time an order covers, relative to today's (general knowledge)."""

FADING = 0.93
"""Part of yesterday's demand that is believed when today's is lower: fasting fish will eat again."""

SOON = 1.13
"""Fish reach the next feed soon when this times their weight is enough for it: some ten days of growth."""

LOT_KG = 100
MARKET_RHO = 0.8


def silo_of(farm: Farm, rows: np.ndarray, stage: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Feed container for fish of a stage and weight in containers, -1 where there is none."""
    feed = farm.menu.feed(stage, weight)
    return np.where(feed >= 0, farm.layout.silo[farm.layout.site[rows], feed], -1)


def receive(farm: Farm) -> None:
    """Deliveries of today go into stock."""
    due = farm.orders["delivery_day"] == farm.today.day
    np.add.at(farm.feed.stock_g, farm.orders["feed_container"][due], farm.orders["quantity_g"][due])


def hand_out(farm: Farm, silo: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Feed that containers get (g, whole steps) of what they want out of their silos; where a silo runs short, all get the same share."""
    fed = silo >= 0
    demand = np.bincount(silo[fed], weights=wanted[fed], minlength=farm.feed.stock_g.size)
    share = np.minimum(1.0, farm.feed.stock_g / np.maximum(demand, 1.0))
    granted = np.zeros(silo.size, dtype=np.int64)
    granted[fed] = np.floor(np.where(share[silo[fed]] < 1.0, wanted[fed] * share[silo[fed]], wanted[fed]) / STEP_G + 1e-9).astype(np.int64) * STEP_G
    np.subtract.at(farm.feed.stock_g, silo[fed], granted[fed])
    farm.feed.demand_g[:] = np.maximum(demand, FADING * farm.feed.demand_g)
    return granted


def order(farm: Farm, rows: np.ndarray, wanted: np.ndarray) -> None:
    """Writes this evening's orders.

    Args:
        farm: the farm.
        rows: containers with fish.
        wanted: what they wanted to eat today, g.
    """
    plan, feed, day = farm.scenario.feed, farm.feed, farm.today.day
    silos = farm.infrastructure.feed_containers
    coming = np.zeros(feed.stock_g.size)
    _add_next_feed(farm, rows, wanted, coming)
    _add_arrivals(farm, coming)
    demand = (feed.demand_g + coming) * GROWING
    open_orders = farm.orders["delivery_day"] > day
    position = feed.stock_g + np.bincount(
        farm.orders["feed_container"][open_orders], weights=farm.orders["quantity_g"][open_orders], minlength=feed.stock_g.size
    )
    reorder = np.maximum(silos.reorder_kg * 1000.0, demand * (plan.delivery_days.high + 2))
    room = silos.capacity_kg * 1000.0 - position
    quantity = np.minimum(reorder + demand * plan.cover_days - position, room)
    lots = np.floor(quantity / (LOT_KG * 1000.0)).astype(np.int64)
    in_use = demand > STEP_G
    due = np.flatnonzero((position < reorder) & in_use & (lots > 0))
    if not due.size:
        return
    delay_u = farm.draws.uniform("feed.delay", day, feed.stock_g.size)
    supplier_u = farm.draws.uniform("feed.supplier", day, feed.stock_g.size)
    span = plan.delivery_days
    for silo in due:
        farm.orders.add(
            purchase_id=farm.next_id("purchase"),
            order_day=day,
            delivery_day=day + int(span.low + np.floor((span.high - span.low + 1) * delay_u[silo])),
            feed_container=silo,
            quantity_g=lots[silo] * LOT_KG * 1000,
            price_cents_per_kg=price_cents(farm.scenario, int(silos.feed[silo]), day),
            supplier=int(supplier_u[silo] * len(plan.suppliers)),
        )


def _add_next_feed(farm: Farm, rows: np.ndarray, wanted: np.ndarray, coming: np.ndarray) -> None:
    """Demand of fish that will soon get another feed than today, at sea (in halls another feed means another hall)."""
    at_sea = farm.layout.at_sea[rows]
    rows, wanted = rows[at_sea], wanted[at_sea]
    c = farm.containers
    stage, weight = c.stage[rows], c.weight[rows] * SOON
    stage = np.where((stage == Stage.POST_SMOLT) & (weight >= farm.scenario.farm.stages[Stage.ADULT].entry_weight_g), Stage.ADULT, stage)
    now = silo_of(farm, rows, c.stage[rows], c.weight[rows])
    soon = silo_of(farm, rows, stage, weight)
    other = (soon != now) & (soon >= 0)
    np.add.at(coming, soon[other], wanted[other])


def _add_arrivals(farm: Farm, coming: np.ndarray) -> None:
    """Demand of fish that will be moved within the lead."""
    planned = np.flatnonzero(farm.moves["day"] > farm.today.day)
    if not planned.size:
        return
    source, destination = farm.moves["source"][planned], farm.moves["destination"][planned]
    stage, weight = farm.moves["stage"][planned], farm.containers.weight[source]
    silo = silo_of(farm, destination, stage, weight)
    cap = np.array([(one.max_feed_percent or 0.0) / 100 for one in farm.scenario.farm.stages])[stage]
    ration = farm.containers.count[source] * farm.moves["share"][planned] * weight * cap * 0.5
    np.add.at(coming, silo[silo >= 0], ration[silo >= 0])


def price_cents(scenario: Scenario, feed: int, day: int) -> int:
    """Price of a kilogram of a feed ordered on ``day``, whole EUR cents: base x quarter x the month's market."""
    date = timeline.to_date(day)
    plan = scenario.feed
    span = plan.market_price_factor
    market = span.low + (span.high - span.low) * _market(scenario, date.year, date.month)
    return max(1, round(plan.feeds[feed].price * 100 * plan.quarter_price_factors[(date.month - 1) // 3] * market))


def _market(scenario: Scenario, year: int, month: int) -> float:
    """State of the feed market in a month, 0 to 1: an AR1 over the months, started a year before."""
    normals = np.concatenate([stream(scenario.seed, "feed.market", one).standard_normal(12) for one in (year - 1, year)])
    level = 0.0
    for normal in normals[: 12 + month]:
        level = MARKET_RHO * level + np.sqrt(1 - MARKET_RHO**2) * float(normal)
    return float(1.0 / (1.0 + np.exp(-1.6 * level)))


def settle(farm: Farm, opening: FeedLots, opening_stock: np.ndarray, opening_carry: np.ndarray) -> tuple[FeedLots, FeedStores]:
    """The lots in store at the end of today, oldest used first, and the stores as the ledger shows them.

    Args:
        farm: the farm; its ``feed.cost_carry`` is brought up to date.
        opening: lots at the start of the year.
        opening_stock: stock at the start of the year, g.
        opening_carry: cost carried over from before, 1/1000 cent.
    """
    came = (farm.orders["delivery_day"] >= farm.days.first) & (farm.orders["delivery_day"] <= farm.today.day)
    fresh = farm.orders.frame(came)
    lots = FeedLots.concat(
        [
            opening,
            FeedLots(
                feed_container=fresh.feed_container,
                purchase_id=fresh.purchase_id,
                order_day=fresh.order_day,
                delivery_day=fresh.delivery_day,
                quantity_g=fresh.quantity_g,
                remaining_g=fresh.quantity_g,
                price_cents_per_kg=fresh.price_cents_per_kg,
                supplier=fresh.supplier,
            ),
        ]
    ).sorted_by("feed_container", "delivery_day", "purchase_id")
    had = np.bincount(lots.feed_container, weights=lots.remaining_g, minlength=opening_stock.size).astype(np.int64)
    used = (had - farm.feed.stock_g)[lots.feed_container]
    running = np.cumsum(lots.remaining_g)
    first = np.searchsorted(lots.feed_container, lots.feed_container)
    before = running - lots.remaining_g - (running - lots.remaining_g)[first]
    taken = np.clip(used - before, 0, lots.remaining_g)
    cost = np.zeros(opening_stock.size, dtype=np.int64)
    np.add.at(cost, lots.feed_container, taken * lots.price_cents_per_kg)
    stores = FeedStores(
        feed_container=np.arange(opening_stock.size), opening_g=opening_stock, opening_cost_carry=opening_carry, closing_g=farm.feed.stock_g.copy()
    )
    farm.feed.cost_carry[:] = (opening_carry + cost) % 1000
    left = FeedLots(**(lots.columns() | {"remaining_g": lots.remaining_g - taken}))
    return left.take(left.remaining_g > 0), stores
