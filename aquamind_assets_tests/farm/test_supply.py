"""Feed: choice, prices, orders."""

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.farm.feed.menu import Menu
from aquamind_assets.farm.feed.supply import price_cents
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.lives import received_lots
from aquamind_assets.ledger.model import Deliveries
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.farm.simulated import history

TREND = "[{year: 2020, factor: 1.0}, {year: 2022, factor: 1.4}]"
"""A market that rises over two years."""


def test_menu_follows_stage_and_weight() -> None:
    scenario = load_scenario("demo")
    names = [feed.name for feed in scenario.feed.feeds]
    stage = np.array([Stage.EGG_ALEVIN, Stage.FRY, Stage.PARR, Stage.SMOLT, Stage.POST_SMOLT, Stage.ADULT, Stage.ADULT])
    weight = np.array([0.1, 1.0, 20.0, 70.0, 300.0, 1999.0, 2000.0])
    feeds = Menu(scenario).feed(stage, weight)
    assert feeds[0] == -1
    assert [names[row] for row in feeds[1:]] == [
        "Starter 0.5 mm",
        "Starter 1.0 mm",
        "Grower 2.0 mm",
        "Grower 3.0 mm",
        "Finisher 4.5 mm",
        "Finisher 6.0 mm",
    ]


def test_prices_follow_quarter_and_market() -> None:
    scenario = load_scenario("demo")
    factors, market = scenario.feed.quarter_price_factors, scenario.feed.market_price_factor
    for feed, spec in enumerate(scenario.feed.feeds):
        for month in range(1, 13):
            day = int(np.datetime64(f"2018-{month:02}-15", "D").astype(int))
            base = spec.price * 100 * factors[(month - 1) // 3]
            assert market.low * base - 1 <= price_cents(scenario, feed, day) <= market.high * base + 1


def test_the_market_moves_slowly() -> None:
    scenario = load_scenario("demo", ["feed.price_trend=[]"])
    days = [
        int(np.datetime64(f"{year}-{month:02}-10", "D").astype(int))
        for year in range(2015, 2025)
        for month in range(1, 13)
    ]
    quarter = np.array(
        [scenario.feed.quarter_price_factors[(month - 1) // 3] for _ in range(10) for month in range(1, 13)]
    )
    market = np.array([price_cents(scenario, 5, day) for day in days]) / quarter
    assert np.corrcoef(market[:-1], market[1:])[0, 1] > 0.4
    assert market.std() > 0.02 * market.mean()


def test_prices_follow_the_years_trend() -> None:
    plain, dear = (load_scenario("demo", (f"feed.price_trend={trend}",)) for trend in ("[]", TREND))
    day = {year: timeline.year_days(year).first + 182 for year in range(2019, 2026)}
    for year, factor in ((2019, 1.0), (2020, 1.0), (2021, 1.2), (2022, 1.4), (2025, 1.4)):
        usual = price_cents(plain, 5, day[year])
        assert price_cents(dear, 5, day[year]) == pytest.approx(factor * usual, abs=1)
    preset = load_scenario("demo")
    assert price_cents(preset, 5, day[2023]) > 1.3 * price_cents(plain, 5, day[2023])
    assert price_cents(preset, 5, day[2019]) == price_cents(plain, 5, day[2019])


def test_deliveries_come_after_two_to_four_working_days_and_fit_the_silo() -> None:
    past = history("demo", 3)
    bought = Deliveries.concat(
        [
            ledger.deliveries.take(timeline.year_of(ledger.deliveries.order_day) == ledger.year)
            for ledger in past.ledgers
        ]
    )
    silos = past.infrastructure.feed_containers
    place = past.infrastructure.sites.geography[silos.site[bought.feed_container]].astype(int)
    waited = set()
    for where, ordered, came in zip(place, bought.order_day, bought.delivery_day, strict=True):
        kept = Calendar(past.scenario, timeline.to_date(int(ordered)).year)
        between = range(int(ordered), int(came))
        assert kept.works(int(where), int(ordered))
        waited.add(sum(bool(kept.works(int(where), day)) for day in between))
    assert waited == {2, 3, 4}
    assert np.all(bought.quantity_g <= silos.capacity_kg[bought.feed_container] * 1000)
    for ledger in past.ledgers:
        assert np.all(ledger.feed_stores.closing_g <= silos.capacity_kg * 1000)


def test_fish_are_hardly_ever_short_of_feed() -> None:
    days = history("demo", 4).container_days
    hungry = (days.stage > Stage.EGG_ALEVIN) & ~days.fasting & (days.opening > 0)
    assert np.mean(days.feed_g[hungry] == 0) < 0.01


def test_hardly_any_feed_is_out_of_date_when_it_is_eaten() -> None:
    past = history("demo", 5)
    fed, old = 0.0, 0.0
    for ledger in past.ledgers:
        lots, days = received_lots(ledger), ledger.container_days
        for store in np.unique(days.feed_container[days.feed_g > 0]):
            eaten = days.take((days.feed_container == store) & (days.feed_g > 0))
            mine = lots.take(lots.feed_container == store)
            upto, had = np.cumsum(eaten.feed_g), np.cumsum(mine.remaining_g)
            # Each stretch of feed that is of one lot and was eaten on one day, oldest lot first.
            ends = np.unique(np.concatenate([upto, had[had < upto[-1]]]))
            size = np.diff(ends, prepend=0)
            lot, row = np.searchsorted(had, ends), np.searchsorted(upto, ends)
            late = eaten.day[row] > mine.delivery_day[lot] + past.scenario.feed.shelf_life_days
            fed, old = fed + size.sum(), old + size[late].sum()
    assert old < 0.015 * fed


def test_little_feed_is_left_when_the_fish_are_gone() -> None:
    """A silo of an area that lies empty holds feed for the working days that a delivery takes, not for weeks."""
    past = history("demo", 5)
    silos = past.infrastructure.feed_containers
    finisher = np.flatnonzero(silos.feed == len(past.scenario.feed.feeds) - 1)
    left = []
    for ledger in past.ledgers:
        stocked = np.unique(
            past.infrastructure.containers.site[
                ledger.container_days.container[ledger.container_days.day == ledger.through]
            ]
        )
        idle = finisher[~np.isin(silos.site[finisher], stocked)]
        left += (ledger.feed_stores.closing_g[idle] / 1000 / silos.reorder_kg[idle]).tolist()
    assert len(left) > 5
    assert np.mean(left) < 0.9
