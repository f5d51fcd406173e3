"""The day's feed as meals, and the cost of each meal, first in first out.

Belongs here: cutting a day's feed into meals and charging it to the lots of its feed container, from the ledger alone.
Does not belong here: shares and times of meals (``meal_plan``), rows (``feeding_events``, ``stock``).

All amounts are integers in grams (multiples of 10, the step of AquaMind's stock). All money is in integer thousandths
of a cent (grams times cents per kilogram) until a feeding is charged in whole cents by cumulative rounding. So all sums
are exact: the feedings of a feed container add up to the feed that left it, to the gram and to the cent.

Feed leaves a feed container in the order of days, of meals within a day, and of containers within a meal. This is also
the order of the rows.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.lives import received_lots
from aquamind_assets.ledger.model import FeedLots
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.records.inventory.meal_plan import meal_instants, meal_shares, meal_times
from aquamind_assets.scenario.supply import FeedPlan
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange

GRAM_STEP = 10
"""Smallest step of AquaMind's stock in grams: kilograms with two decimals."""

MILLICENTS = 1000
"""Thousandths of a cent in a cent."""

_STORE = 1 << 44
"""More grams than any feed container uses in a year (17 million tonnes): separates the feed containers in one sorted
key."""


@dataclass(frozen=True)
class Meals:
    """Meals in the order in which feed leaves the feed containers: by day, meal, container. All arrays of one length.

    Attributes:
        row: position in ``container_days`` of the ledger, int64.
        day: day number, int64.
        meal: position in the scenario's meal times, int64.
        amount_g: feed given, g, a positive multiple of 10.
        cost_cents: cost of the lots it was taken from, EUR cent.
        stock_g: feed left in the feed container after the meal, g.
        instant: time of the meal, microseconds since 1970.
    """

    row: np.ndarray
    day: np.ndarray
    meal: np.ndarray
    amount_g: np.ndarray
    cost_cents: np.ndarray
    stock_g: np.ndarray
    instant: np.ndarray


def split_in_meals(feed_g: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Split each day's feed, g, into meals by largest remainder in steps of 10 g; for equal remainders the earlier meal
    comes first.

    Args:
        feed_g: feed of each day, multiples of 10, shape (days,).
        shares: shares of the meals, shape (days, meals) or (meals,); each row adds up to 1.

    Returns:
        Grams, int64, shape (days, meals); rows add up to ``feed_g``.
    """
    steps = np.asarray(feed_g, dtype=np.int64) // GRAM_STEP
    # The small number keeps 0.3 x 10 steps from being rounded to just below 3.
    exact = steps[:, None] * np.asarray(shares) + 1e-9
    whole = np.floor(exact).astype(np.int64)
    missing = steps - whole.sum(axis=1)
    rank = np.argsort(np.argsort(whole - exact, axis=1, kind="stable"), axis=1)
    return (whole + (rank < missing[:, None])) * GRAM_STEP


def delivery_instant(plan: FeedPlan, day: np.ndarray) -> np.ndarray:
    """Return the instant of a delivery: an hour before the first meal of its day, microseconds since 1970."""
    first = min(meal_instants(plan))
    return np.asarray(day, dtype=np.int64) * MICROSECONDS_PER_DAY + max(0, first - HOUR)


def stock_at_start(year: YearInputs, day: int) -> np.ndarray:
    """Return the stock of every feed container at the start of ``day``, g, shape (feed containers,)."""
    return opening_stock(year) + _delivered(year, day) - fed_before(year, day)


def opening_stock(year: YearInputs) -> np.ndarray:
    """Return the stock of every feed container at the start of the year, g, shape (feed containers,)."""
    stock = np.zeros(len(year.infrastructure.feed_containers), dtype=np.int64)
    stock[year.ledger.feed_stores.feed_container] = year.ledger.feed_stores.opening_g
    return stock


def fed_before(year: YearInputs, day: int) -> np.ndarray:
    """Return the feed taken this year before ``day`` from every feed container, g, shape (feed containers,)."""
    earlier = of_days(year.ledger.container_days, DayRange(year.days.first, day))
    fed = earlier.feed_g > 0
    return _sums(earlier.feed_container[fed], earlier.feed_g[fed], len(year.infrastructure.feed_containers))


def _delivered(year: YearInputs, day: int) -> np.ndarray:
    """Return the feed delivered this year before ``day``, g, shape (feed containers,)."""
    lots = received_lots(year.ledger)
    new = (lots.delivery_day >= year.days.first) & (lots.delivery_day < day)
    return _sums(lots.feed_container[new], lots.remaining_g[new], len(year.infrastructure.feed_containers))


def _sums(where: np.ndarray, amount: np.ndarray, size: int) -> np.ndarray:
    """Return integer sums by index; double precision is exact up to 9e15."""
    return np.bincount(where, weights=amount, minlength=size).astype(np.int64)


def meals(year: YearInputs, days: DayRange) -> Meals:
    """Return the meals of these days.

    Raises:
        ValueError: more feed left a feed container than it held; the message names it and the day.
    """
    ledger_days = year.ledger.container_days
    offset = int(np.searchsorted(ledger_days.day, days.first))
    chosen = of_days(ledger_days, days)
    fed = np.flatnonzero(chosen.feed_g > 0)
    fish = chosen.take(fed)
    portions = split_in_meals(chosen.feed_g[fed], meal_shares(year, fish))
    amount = portions.ravel()
    row, meal = np.repeat(fed, portions.shape[1]), np.tile(np.arange(portions.shape[1]), fed.size)
    # Rows of a day are in the order of containers, so sorting by day and meal is enough.
    order = np.lexsort((meal, chosen.day[row]))
    order = order[amount[order] > 0]
    row, meal, amount = row[order], meal[order], amount[order]
    instant = meal_times(year, fish).ravel()[order]
    store, day = chosen.feed_container[row].astype(np.int64), chosen.day[row].astype(np.int64)

    by_store = np.argsort(store, kind="stable")
    given, back = _running(amount[by_store], store[by_store]), np.empty_like(by_store)
    back[by_store] = np.arange(by_store.size)
    given = given[back] + fed_before(year, days.first)[store]
    cost = _charged(year, store, day, given - amount, given)
    return Meals(
        row=row + offset,
        day=day,
        meal=meal,
        amount_g=amount,
        cost_cents=cost,
        stock_g=_stock_after(year, store, day, given),
        instant=instant,
    )


def _running(amount: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the running sums within each run of equal ``group``, the element included."""
    total = np.cumsum(amount)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if group.size else np.zeros(0, dtype=np.int64)
    before = np.r_[0, total][starts]
    return total - np.repeat(before, np.diff(np.r_[starts, group.size]))


def _charged(
    year: YearInputs, store: np.ndarray, day: np.ndarray, before_g: np.ndarray, after_g: np.ndarray
) -> np.ndarray:
    """Return the whole cents charged for the feed that left each store between ``before_g`` and ``after_g`` grams of
    the year's consumption."""
    carry = np.zeros(len(year.infrastructure.feed_containers), dtype=np.int64)
    carry[year.ledger.feed_stores.feed_container] = year.ledger.feed_stores.opening_cost_carry
    costs = _CostCurve(received_lots(year.ledger), year.days.first)
    after = costs.millicents(store, after_g, day, year)
    before = costs.millicents(store, before_g, day, year)
    return (carry[store] + after) // MILLICENTS - (carry[store] + before) // MILLICENTS


def _stock_after(year: YearInputs, store: np.ndarray, day: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Return the stock of a store on ``day`` after ``given`` grams have left it this year.

    Raises:
        ValueError: the stock is negative.
    """
    arrivals = received_lots(year.ledger)
    arrivals = arrivals.take(arrivals.delivery_day >= year.days.first)
    received = np.r_[0, np.cumsum(arrivals.remaining_g)]
    span = 1 << 20
    key = arrivals.feed_container.astype(np.int64) * span + arrivals.delivery_day
    up_to = np.searchsorted(key, store * span + day, side="right")
    first = np.searchsorted(key, store * span)
    left = opening_stock(year)[store] + received[up_to] - received[first] - given
    if left.size and left.min() < 0:
        worst = int(np.argmin(left))
        name = year.infrastructure.feed_containers.name[store[worst]]
        raise ValueError(
            f"feed container {name}: {-left[worst]} g more were fed than it held on"
            f" {np.datetime64(int(day[worst]), 'D')}"
        )
    return left


class _CostCurve:
    """Cost of the first grams that leave each feed container this year, oldest lot first."""

    def __init__(self, lots: FeedLots, first_day: int) -> None:
        store = lots.feed_container.astype(np.int64)
        self._store = store
        self._price = lots.price_cents_per_kg
        self._end_g = _running(lots.remaining_g, store)
        self._end_cost = _running(lots.remaining_g * lots.price_cents_per_kg, store)
        self._key = store * _STORE + self._end_g

    def millicents(self, store: np.ndarray, grams: np.ndarray, day: np.ndarray, year: YearInputs) -> np.ndarray:
        """Return the cost of the first ``grams`` of each ``store``."""
        lot = np.searchsorted(self._key, store * _STORE + grams)
        none_left = (
            (lot >= self._store.size) | (self._store[np.minimum(lot, self._store.size - 1)] != store)
            if self._store.size
            else np.ones(store.size, dtype=bool)
        )
        if none_left.any():
            worst = int(np.argmax(none_left))
            name = year.infrastructure.feed_containers.name[store[worst]]
            raise ValueError(
                f"feed container {name}: {grams[worst]} g fed by {np.datetime64(int(day[worst]), 'D')} exceed its lots"
                " of the year"
            )
        return self._end_cost[lot] - (self._end_g[lot] - grams) * self._price[lot]
