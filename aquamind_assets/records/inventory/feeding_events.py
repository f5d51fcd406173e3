"""Feeding events: four meals a day for every feeding container, each charged to the lots it was taken from.

Belongs here: rows of ``inventory_feedingevent``. Does not belong here: amounts and costs (``meals``), stock
(``stock``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.inventory.meals import Meals, meals
from aquamind_assets.records.master_ids import feed_id
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, number_within_day, row_ids

METHODS: tuple[str, ...] = ("MANUAL", "AUTOMATIC", "BROADCAST")
"""``inventory_feedingevent.method``."""

METHOD_OF_STAGE = np.array([0, 0, 1, 1, 2, 2])
"""Method by Stage: fry are fed by hand, tanks by automatic feeders, cages by a spreader (general knowledge)."""

ENTRY_DELAY = 5 * 60 * 1_000_000
"""Microseconds from a meal to its entry into the database."""

_MEALS_OF_A_SHIFT = 2


def fed_biomass_kg(year: YearInputs, row: np.ndarray) -> np.ndarray:
    """Return the biomass in the container at a day's meals, kg, stored decimals: the fish that have not left, at the
    day's mean weight."""
    days = year.ledger.container_days
    arrived = days.opening[row] + days.moved_in[row]
    stayed = arrived - days.moved_out[row] - days.transfer_loss[row]
    fish = np.where(stayed > 0, stayed, arrived)
    return np.maximum(np.round(fish * days.weight_g[row] / 1000, 2), 0.01)


def signed_by(year: YearInputs, fed: Meals) -> np.ndarray:
    """Return the user id of the operator of each meal: one for the morning, one for the afternoon."""
    container = year.ledger.container_days.container[fed.row]
    return staff(year.scenario, year.infrastructure).operators(container, fed.day, fed.meal // _MEALS_OF_A_SHIFT)


def feeding_events(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield ``inventory_feedingevent`` of these days."""
    fed = year.latest(meals, days)
    ledger, scenario, built = year.ledger.container_days, year.scenario, year.infrastructure
    store = ledger.feed_container[fed.row]
    biomass = fed_biomass_kg(year, fed.row)
    entered = fed.instant + ENTRY_DELAY
    more = {}
    if year.has("inventory_feedingevent", "feed_stock_id"):
        more["feed_stock_id"] = built.feed_containers.feed_container_id[store]
    yield rows(
        year.tables["inventory_feedingevent"],
        fed.row.size,
        id=row_ids(fed.day, number_within_day(fed.day)),
        batch_id=ledger.batch_id[fed.row],
        batch_assignment_id=ledger.assignment_id[fed.row],
        container_id=built.containers.container_id[ledger.container[fed.row]],
        feed_id=feed_id(scenario, built.feed_containers.feed[store]),
        feeding_date=fed.day,
        feeding_time=fed.instant - fed.day * MICROSECONDS_PER_DAY,
        amount_kg=Scaled(fed.amount_g * 10),
        batch_biomass_kg=biomass,
        feeding_percentage=np.minimum(fed.amount_g / 10 / biomass, 99.999999),
        feed_cost=Scaled(fed.cost_cents),
        method=Coded(METHOD_OF_STAGE[ledger.stage[fed.row]], METHODS),
        recorded_by_id=signed_by(year, fed),
        **more,
        created_at=entered,
        updated_at=entered,
    )
