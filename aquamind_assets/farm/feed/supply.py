"""Feed: which one, out of which silo, ordered when, at what price.

Belongs here: stock, orders and deliveries. Does not belong here: appetite (``processes.appetite``).

A silo orders when stock and open orders together fall below its reorder level, or below what the fish will eat until a
delivery comes; up to ``cover_days`` of forecast demand, never more than it holds. It orders only for fish that are
there or will come within the lead of a movement, and no more than they will eat before they get another feed or leave:
what stays behind would grow old until the next batch comes.
"""

from functools import lru_cache

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.moves import harvest, space
from aquamind_assets.farm.trend import factor_on
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import FeedLots, FeedStores
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import choose, stream

STEP_G = 10
"""Feed is weighed in steps of this many grams."""

GROWING = 1.15
"""Demand in the time an order covers, relative to today's (general knowledge)."""

FADING = 0.93
"""Part of yesterday's demand that is believed when today's is lower: fasting fish will eat again."""

SOON = 1.13
"""Fish reach the next feed soon when this times their weight is enough for it: some ten days of growth."""

WAITING_DAYS = 5
"""Days for which feed is kept for fish in tanks that should have moved on already: they wait for room."""

LOT_KG = 25
"""Feed comes in bags of so many kilograms, or as many loose (general knowledge)."""
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
    """Feed that containers get (g, whole steps) of what they want out of their silos; where a silo runs short, all get
    the same share."""
    fed = silo >= 0
    demand = np.bincount(silo[fed], weights=wanted[fed], minlength=farm.feed.stock_g.size)
    share = np.minimum(1.0, farm.feed.stock_g / np.maximum(demand, 1.0))
    granted = np.zeros(silo.size, dtype=np.int64)
    granted[fed] = (
        np.floor(np.where(share[silo[fed]] < 1.0, wanted[fed] * share[silo[fed]], wanted[fed]) / STEP_G + 1e-9).astype(
            np.int64
        )
        * STEP_G
    )
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
    geography = farm.infrastructure.sites.geography[silos.site].astype(np.int64)
    at_work = farm.calendar.works(geography, day)
    if not at_work.any():
        return
    coming = np.zeros(feed.stock_g.size)
    _add_next_feed(farm, rows, wanted, coming)
    _add_arrivals(farm, coming)
    demand = (feed.demand_g + coming) * GROWING
    open_orders = farm.orders["delivery_day"] > day
    position = feed.stock_g + np.bincount(
        farm.orders["feed_container"][open_orders],
        weights=farm.orders["quantity_g"][open_orders],
        minlength=feed.stock_g.size,
    )
    # What is ordered on the next working day must come before the store is empty.
    next_order = farm.calendar.working_days(geography, np.full(geography.size, day + 1))
    next_delivery = farm.calendar.working_days(geography, next_order, int(plan.delivery_days.high))
    lead = demand * (next_delivery - day + 1)
    usual = np.maximum(silos.reorder_kg * 1000.0, lead)
    low = (position < usual) & (demand > STEP_G) & at_work
    if not low.any():
        return
    needed = feed.demand_g * _days_needed(farm, rows) + coming * (plan.cover_days + plan.delivery_days.high)
    # The last feed is ordered as late as can be: only then is it known how much will be eaten.
    reorder = np.where(needed < usual, np.minimum(needed, lead), usual)
    room = np.floor((silos.capacity_kg * 1000.0 - position) / (LOT_KG * 1000.0))
    quantity = np.minimum(usual + demand * plan.cover_days, needed) - position
    lots = np.minimum(np.ceil(quantity / (LOT_KG * 1000.0)), room).astype(np.int64)
    due = np.flatnonzero(low & (position < reorder) & (lots > 0))
    if not due.size:
        return
    stores = farm.infrastructure.feed_container_draws
    delay_u = farm.draws.uniform("feed.delay", day, stores)
    supplier = choose(farm.draws.uniforms("feed.supplier", day, stores, tuple(plan.suppliers))[due])
    span = plan.delivery_days
    delay = (span.low + np.floor((span.high - span.low + 1) * delay_u)).astype(np.int64)
    delivery = farm.calendar.working_days(geography, np.full(geography.size, day), delay)
    for silo, seller in zip(due, supplier, strict=True):
        farm.orders.add(
            purchase_id=farm.next_id("purchase"),
            order_day=day,
            delivery_day=delivery[silo],
            feed_container=silo,
            quantity_g=lots[silo] * LOT_KG * 1000,
            price_cents_per_kg=price_cents(farm.scenario, int(silos.feed[silo]), day),
            supplier=seller,
        )


def _days_needed(farm: Farm, rows: np.ndarray) -> np.ndarray:
    """Days for which the fish in the containers ``rows`` will go on eating out of each silo, mean by biomass;
    (silos,)."""
    c, size = farm.containers, farm.feed.stock_g.size
    rows = rows[c.count[rows] > 0]
    stage, weight = c.stage[rows].astype(np.int64), c.weight[rows]
    silo = silo_of(farm, rows, stage, weight)
    fed = silo >= 0
    rows, stage, weight, silo = rows[fed], stage[fed], weight[fed], silo[fed]
    target = np.where(stage == Stage.ADULT, farm.plans["target_weight_g"][c.batch[rows]], np.inf)
    last = farm.menu.up_to(stage, weight)
    last = np.where(stage == Stage.SMOLT, np.minimum(last, farm.plans["smolt_weight_g"][c.batch[rows]]), last)
    tgc, water, nothing = (
        farm.tgc[c.batch[rows], stage],
        farm.at_site(farm.water.temperature, rows),
        np.zeros(rows.size),
    )
    daily = np.maximum(
        farm.growth.rate(weight, tgc, stage, water, nothing + 100.0, nothing, nothing > 0, farm.today.day_of_year), 1e-3
    )
    days = (np.cbrt(np.minimum(last, target)) - np.cbrt(weight)) / daily
    days = np.maximum(days, np.where(stage < Stage.POST_SMOLT, WAITING_DAYS, 1.0))
    days = np.where(last > target, _days_to_harvest(farm, rows, days), np.minimum(days, _days_to_move(farm, rows)))
    biomass = c.count[rows] * weight
    return np.bincount(silo, weights=biomass * days, minlength=size) / np.maximum(
        np.bincount(silo, weights=biomass, minlength=size), 1e-9
    )


def _days_to_move(farm: Farm, rows: np.ndarray) -> np.ndarray:
    """Days until the last fish of containers are moved away, infinite where that is not planned; (n,)."""
    days = np.full(farm.containers.count.size, np.inf)
    leaving = farm.moves["share"] >= 1.0
    days[farm.moves["source"][leaving]] = farm.moves["day"][leaving] - farm.today.day
    return days[rows]


def _days_to_harvest(farm: Farm, rows: np.ndarray, days_to_target: np.ndarray) -> np.ndarray:
    """Days on which containers eat until they are harvested: a batch reaches its target in the middle of its harvest,
    and each cage has its turn; (n,)."""
    c = farm.containers
    turn, half = np.zeros(rows.size), np.zeros(rows.size)
    for batch in np.unique(c.batch[rows]):
        boats = space.cages_harvested_daily(farm, int(farm.batches["geography"][batch]))
        mine = np.flatnonzero(c.batch[rows] == batch)
        turn[mine[harvest.in_order(farm, rows[mine])]] = np.floor(np.arange(mine.size) / boats)
        half[mine] = mine.size / boats / 2
    begins = np.where(farm.plans["harvesting"][c.batch[rows]], 0.0, np.maximum(days_to_target - half, 0.0))
    ordered = c.harvest_day[rows] >= 0
    days = np.where(
        ordered & (c.harvest_share[rows] >= 1.0),
        c.harvest_day[rows] - farm.today.day,
        begins + turn + harvest.NOTICE_DAYS,
    )
    return np.maximum(days - harvest.FASTING_DAYS, 0.0)


def _add_next_feed(farm: Farm, rows: np.ndarray, wanted: np.ndarray, coming: np.ndarray) -> None:
    """Demand of fish that will soon get another feed than today, at sea (in halls another feed means another hall)."""
    at_sea = farm.layout.at_sea[rows]
    rows, wanted = rows[at_sea], wanted[at_sea]
    c = farm.containers
    stage, weight = c.stage[rows], c.weight[rows] * SOON
    stage = np.where(
        (stage == Stage.POST_SMOLT) & (weight >= farm.scenario.farm.stages[Stage.ADULT].entry_weight_g),
        Stage.ADULT,
        stage,
    )
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
    """Price of a kilogram of a feed ordered on ``day``, whole EUR cents: base x quarter x the month's market x trend."""
    date = timeline.to_date(day)
    plan = scenario.feed
    span = plan.market_price_factor
    market = span.low + (span.high - span.low) * _market(scenario.seed, date.year, date.month)
    level = float(factor_on(plan.price_trend, day)) * market
    return max(1, round(plan.feeds[feed].price * 100 * plan.quarter_price_factors[(date.month - 1) // 3] * level))


@lru_cache
def _market(seed: int, year: int, month: int) -> float:
    """State of the feed market in a month, 0 to 1: an AR1 over the months, started a year before."""
    normals = np.concatenate([stream(seed, "feed.market", one).standard_normal(12) for one in (year - 1, year)])
    level = 0.0
    for normal in normals[: 12 + month]:
        level = MARKET_RHO * level + np.sqrt(1 - MARKET_RHO**2) * float(normal)
    return float(1.0 / (1.0 + np.exp(-1.6 * level)))


def settle(
    farm: Farm, opening: FeedLots, opening_stock: np.ndarray, opening_carry: np.ndarray
) -> tuple[FeedLots, FeedStores]:
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
        feed_container=np.arange(opening_stock.size),
        opening_g=opening_stock,
        opening_cost_carry=opening_carry,
        closing_g=farm.feed.stock_g.copy(),
    )
    farm.feed.cost_carry[:] = (opening_carry + cost) % 1000
    left = FeedLots(**(lots.columns() | {"remaining_g": lots.remaining_g - taken}))
    return left.take(left.remaining_g > 0), stores
