"""The history of lots in store: a version when a lot comes, and one when it is used up and AquaMind deletes it.

Belongs here: rows of ``inventory_historicalfeedcontainerstock``. Does not belong here: the lots that are in store
(``stock``), a version for each meal: their cost and their order are in the feedings.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.lives import received_lots
from aquamind_assets.ledger.model import FeedLots
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.inventory.meals import delivery_instant, meal_instants
from aquamind_assets.records.inventory.stock import lot_ids
from aquamind_assets.records.master_ids import master_day
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, narrow_row_ids, number_within_day

_KINDS = ("+", "-")


def lot_history(year: YearInputs) -> Iterator[Rows]:
    """Yield the versions of the year. Lots that were in store before the history begins have none."""
    lots = received_lots(year.ledger)
    used = _used_up(year, lots)
    known = lots.delivery_day >= master_day(year.scenario)
    came = np.flatnonzero(known & (lots.delivery_day >= year.days.first))
    gone = np.flatnonzero(known & (used >= 0))
    lot = np.concatenate([came, gone])
    kind = np.repeat([0, 1], [came.size, gone.size])
    day = np.where(kind == 0, lots.delivery_day[lot], used[lot]).astype(np.int64)
    order = np.lexsort([lot, kind, day])
    lot, kind, day = lot[order], kind[order], day[order]
    entered = delivery_instant(year.scenario.feed, lots.delivery_day[lot])
    deleted = day * MICROSECONDS_PER_DAY + max(meal_instants(year.scenario.feed)) + HOUR
    moment = np.where(kind == 0, entered, deleted)
    stores = year.infrastructure.feed_containers
    store = lots.feed_container[lot]
    people = staff(year.scenario, year.infrastructure)
    yield rows(
        year.tables["inventory_historicalfeedcontainerstock"],
        lot.size,
        id=lot_ids(lots)[lot],
        feed_container_id=stores.feed_container_id[store],
        feed_purchase_id=lots.purchase_id[lot],
        quantity_kg=Scaled(np.where(kind == 0, lots.quantity_g[lot] // 10, 0)),
        entry_date=entered,
        created_at=entered,
        updated_at=moment,
        history_id=narrow_row_ids(day, number_within_day(day)),
        history_date=moment,
        history_change_reason=None,
        history_type=Coded(kind, _KINDS),
        history_user_id=people.site_operators(stores.site[store], day),
    )


def _used_up(year: YearInputs, lots: FeedLots) -> np.ndarray:
    """Return the day of the year on which each lot was used up, first in first out, -1 for those that are left; int64.
    Lots are sorted by feed container."""
    fish = year.ledger.container_days
    used = np.full(len(lots), -1, dtype=np.int64)
    for store in np.unique(lots.feed_container).tolist():
        mine = np.flatnonzero(lots.feed_container == store)
        fed = np.flatnonzero((fish.feed_container == store) & (fish.feed_g > 0))
        eaten = np.cumsum(fish.feed_g[fed])
        last = np.searchsorted(eaten, np.cumsum(lots.remaining_g[mine]))
        over = last < fed.size
        used[mine[over]] = fish.day[fed[last[over]]]
    return used
