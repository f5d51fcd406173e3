from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Deliveries, FeedLots, FeedStores
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.records.inventory.meals import meals, split_in_meals
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.timeline import DayRange, row_ids, year_days
from aquamind_assets_tests.records.fifo import Store
from aquamind_assets_tests.records.hand_made import Stay, year_with

YEAR = 2016
SHARES = [0.30, 0.25, 0.25, 0.20]


def cages_of_one_area(scenario):
    containers = year_with(scenario, YEAR, []).infrastructure.containers
    return [int(cage) for cage in np.flatnonzero(containers.area == 0)]


def with_feed(
    year: YearInputs,
    feed_g: np.ndarray,
    lots: list[tuple[int, int, int]],
    opening: list[tuple[int, int]] = (),
    carry: int = 0,
) -> YearInputs:
    """Return the year with all containers fed ``feed_g`` from feed container 0, and ``lots`` of (day of the year,
    grams, cents/kg) delivered to it."""
    first, fish = year.days.first, year.ledger.container_days
    days = np.array([first + day for day, _, _ in lots], dtype=np.int64)
    bought = Deliveries(
        purchase_id=row_ids(days - 2, np.arange(days.size)),
        order_day=days - 2,
        delivery_day=days,
        feed_container=np.zeros(days.size),
        quantity_g=[grams for _, grams, _ in lots],
        price_cents_per_kg=[price for _, _, price in lots],
        supplier=np.zeros(days.size),
    )
    numbers = np.arange(len(opening))
    old = FeedLots(
        feed_container=numbers * 0,
        purchase_id=row_ids(np.full(numbers.size, first - 30), numbers),
        order_day=np.full(numbers.size, first - 30),
        delivery_day=np.full(numbers.size, first - 28),
        quantity_g=[grams for grams, _ in opening],
        remaining_g=[grams for grams, _ in opening],
        price_cents_per_kg=[price for _, price in opening],
        supplier=numbers * 0,
    )
    in_store = sum(grams for grams, _ in opening)
    closing = in_store + sum(grams for _, grams, _ in lots) - int(feed_g.sum())
    stores = FeedStores(feed_container=[0], opening_g=[in_store], opening_cost_carry=[carry], closing_g=[closing])
    columns = fish.columns() | {"feed_g": feed_g, "feed_container": np.zeros(len(fish))}
    ledger = replace(
        year.ledger, container_days=type(fish)(**columns), deliveries=bought, feed_lots=old, feed_stores=stores
    )
    return YearInputs(year.scenario, year.infrastructure, year.climate, ledger, lives_of([ledger]), release="2025-08")


@given(st.lists(st.integers(0, 500_000), min_size=1, max_size=30))
def test_a_day_is_cut_into_meals_without_a_gram_lost(steps):
    feed = np.array(steps) * 10
    portions = split_in_meals(feed, np.array(SHARES))
    assert (portions.sum(axis=1) == feed).all()
    assert (portions % 10 == 0).all()
    assert (np.abs(portions - feed[:, None] * np.array(SHARES)) <= 10).all()


def test_the_largest_remainders_get_the_last_steps():
    assert split_in_meals(np.array([10, 20, 30, 100, 110]), np.array(SHARES)).tolist() == [
        [10, 0, 0, 0],
        [10, 10, 0, 0],
        [10, 10, 10, 0],
        [30, 30, 20, 20],
        [30, 30, 30, 20],
    ]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_meals_cost_what_the_oldest_lots_cost(data):
    scenario = load_scenario("tiny")
    cages = cages_of_one_area(scenario)
    year = year_with(scenario, YEAR, [Stay(cage, 0, None) for cage in cages[:2]], through=year_days(YEAR).first + 19)
    size = len(year.ledger.container_days)
    feed = 10 * np.array(data.draw(st.lists(st.integers(0, 300), min_size=size, max_size=size)))
    prices = st.integers(1, 400)
    opening = [(10 * data.draw(st.integers(1, 500)), data.draw(prices)) for _ in range(data.draw(st.integers(0, 3)))]
    lots, have = [], sum(grams for grams, _ in opening)
    for day in range(20):
        need = int(feed[: 2 * (day + 1)].sum())
        while have < need:
            lots.append((day, 10 * data.draw(st.integers(1, 3000)), data.draw(prices)))
            have += lots[-1][1]
    carry = data.draw(st.integers(0, 999))
    fed = meals(with_feed(year, feed, lots, opening, carry), year.days)

    store = Store(spent=carry)
    for grams, price in opening:
        store.receive(grams, price)
    waiting = sorted(lots, key=lambda lot: lot[0])
    for day, amount, cost, left in zip(fed.day, fed.amount_g, fed.cost_cents, fed.stock_g, strict=True):
        while waiting and year.days.first + waiting[0][0] <= day:
            _, grams, price = waiting.pop(0)
            store.receive(grams, price)
        assert cost == store.give(int(amount))
        assert left == store.grams
    assert fed.amount_g.sum() == feed.sum()


def test_meals_do_not_depend_on_how_days_are_cut():
    scenario = load_scenario("tiny")
    cages = cages_of_one_area(scenario)
    year = year_with(scenario, YEAR, [Stay(cage, 3, 190) for cage in cages[:2]])
    size = len(year.ledger.container_days)
    feed = 10 * (np.arange(size) * 7919 % 1301)
    year = with_feed(year, feed, [(0, int(feed.sum()) // 2, 187), (1, int(feed.sum()), 203)])
    whole = meals(year, year.days)
    cuts = [year.days.first, year.days.first + 1, year.days.first + 77, year.days.first + 78, year.days.end]
    parts = [meals(year, DayRange(low, high)) for low, high in pairwise(cuts)]
    for name in ("row", "day", "meal", "amount_g", "cost_cents", "stock_g", "instant"):
        assert (getattr(whole, name) == np.concatenate([getattr(part, name) for part in parts])).all(), name


def test_only_present_fish_are_fed():
    scenario = load_scenario("tiny")
    cage = cages_of_one_area(scenario)[0]
    year = year_with(scenario, YEAR, [Stay(cage, 5, 9)])
    year = with_feed(year, np.full(5, 1000), [(0, 1_000_000, 200)])
    fed = meals(year, year.days)
    noon = fed.day * 24 * HOUR + MOVE_INSTANT
    arrival, departure = year.days.first + 5, year.days.first + 9
    assert (fed.instant >= noon)[fed.day == arrival].all()
    assert (fed.instant < noon)[fed.day == departure].all()
    assert {day: int(fed.amount_g[fed.day == day].sum()) for day in (arrival, departure)} == {
        arrival: 1000,
        departure: 1000,
    }


def a_year_of_cages(changes: tuple[str, ...] = ()) -> tuple[YearInputs, int]:
    """A year in which all cages of an area are fed the same every day, and the number of cages."""
    scenario = load_scenario("tiny", changes)
    cages = cages_of_one_area(scenario)
    year = year_with(scenario, YEAR, [Stay(cage, 0, None) for cage in cages])
    size = len(year.ledger.container_days)
    return with_feed(year, np.full(size, 100_000), [(0, size * 100_000, 200)]), len(cages)


def test_no_two_cages_eat_alike_and_the_days_differ():
    year, cages = a_year_of_cages()
    fed = meals(year, year.days)
    of_first = fed.meal == 0
    amount = fed.amount_g[of_first] / 100_000
    assert 0.05 < np.log(amount).std() < 0.25
    assert (
        abs(np.array([fed.amount_g[fed.meal == one].sum() for one in range(4)]) / fed.amount_g.sum() - SHARES).max()
        < 0.02
    )
    assert np.unique(fed.instant[of_first] % (24 * HOUR)).size > 100
    assert len(fed.row) < 4 * cages * len(year.days)


def test_meals_of_a_site_are_in_the_order_in_which_feed_leaves_and_between_sunrise_and_sunset():
    year, _ = a_year_of_cages()
    fed = meals(year, year.days)
    assert (np.diff(fed.instant) > 0).all()
    noon = fed.day * 24 * HOUR + MOVE_INSTANT
    assert ((fed.instant < noon) == (fed.meal < 2)).all()
    hour = (fed.instant - fed.day * 24 * HOUR) / HOUR
    december = fed.day >= year.days.end - 31
    assert hour[december].min() > 9
    assert hour[december].max() < 16.5
    assert hour[~december].max() > 18


def test_the_specification_stays_reachable():
    plain = (
        "feed.meal_share_sd=0",
        "feed.meal_interruptions=0",
        "feed.meal_jitter_minutes=0",
        "feed.daylight_feeding=false",
    )
    year, _ = a_year_of_cages(plain)
    fed = meals(year, year.days)
    assert set((fed.amount_g[fed.meal == 0]).tolist()) == {30_000}
    assert set(((fed.instant - fed.day * 24 * HOUR) // HOUR).tolist()) == {7, 11, 15, 19}


def test_feeding_more_than_the_stock_is_an_error():
    scenario = load_scenario("tiny")
    year = year_with(scenario, YEAR, [Stay(cages_of_one_area(scenario)[0], 0, 9)])
    early = with_feed(year, np.full(10, 1000), [(6, 20_000, 200)])
    with pytest.raises(ValueError, match=r"\d+ g more were fed than it held on \d{4}-\d\d-\d\d"):
        meals(early, year.days)
    short = with_feed(year, np.full(10, 1000), [(0, 8_000, 200)])
    with pytest.raises(ValueError, match="exceed its lots of the year"):
        meals(short, year.days)
