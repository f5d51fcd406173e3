"""Sales between the companies of a geography.

Belongs here: rows of ``finance_intercompanytransaction``. Does not belong here: the prices (``prices``), exports to an
accounting system.

A workflow that moves fish from a station to the sea is a sale of its biomass at the price of the stage in which they
leave. A harvest is a sale of each of its lots at the price of the grade. A sale is entered when its fish have arrived,
and approved by a controller in the evening. Amounts are whole cents, halves to even.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.records.batch.sold_workflows import sold_workflows
from aquamind_assets.records.finance.companies import CURRENCY
from aquamind_assets.records.finance.content_types import HARVEST, WORKFLOW, content_type_id
from aquamind_assets.records.finance.prices import (
    SOLD_STAGES,
    grade_cents,
    grade_policy_id,
    stage_cents,
    stage_policy_id,
)
from aquamind_assets.records.harvest.harvests import GRADES, harvests
from aquamind_assets.records.inputs import HOUR, YearInputs, of_days
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, DayRange, narrowed

_LOTS = "harvest_harvestlot"

_ENTERED, _APPROVED = 19 * HOUR, 20 * HOUR


def intercompany_sales(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the transactions of these days: of harvests, then of transfers to the sea."""
    yield _of_harvests(year, days)
    yield _of_transfers(year, days)


def cents(amount: np.ndarray, cents_per_unit: np.ndarray, unit: int) -> np.ndarray:
    """Return the price of amounts in whole cents, halves to even, int64; ``unit`` is the amount of the price."""
    whole, rest = np.divmod(amount.astype(np.int64) * cents_per_unit, unit)
    return whole + ((2 * rest > unit) | ((2 * rest == unit) & (whole % 2 == 1)))


def _of_harvests(year: YearInputs, days: DayRange) -> Rows:
    moved = of_days(year.ledger.movements, days)
    taken = moved.take(moved.kind == Movement.HARVEST)
    lots = next(block for block in harvests(year, days) if block.table == _LOTS)
    grams = np.broadcast_to(lots.columns["live_weight_kg"].values, (lots.size,))
    event = np.searchsorted(narrowed(taken.movement_id), np.broadcast_to(lots.columns["event_id"].values, (lots.size,)))
    grade = lots.ids % WIDE_DAY_ROWS % GRADES
    geography = year.infrastructure.containers.geography[taken.from_container[event]].astype(np.int64)
    day = taken.day[event].astype(np.int64)
    return _sales(
        year,
        day,
        geography,
        tx_id=lots.ids,
        amount=Scaled(cents(grams, grade_cents(year.scenario).reshape(-1)[grade], 1_000)),
        event_id=taken.movement_id[event],
        policy_id=grade_policy_id(year, geography, grade),
        content_type_id=content_type_id(year, HARVEST),
        object_id=narrowed(taken.movement_id[event]),
    )


def _of_transfers(year: YearInputs, days: DayRange) -> Rows:
    sold = sold_workflows(year, days)
    place = np.searchsorted(SOLD_STAGES, sold.stage)
    return _sales(
        year,
        sold.day,
        sold.geography,
        tx_id=sold.transaction_ids,
        amount=Scaled(cents(sold.biomass_cents, stage_cents(year.scenario)[place], 100)),
        event_id=None,
        policy_id=stage_policy_id(year, sold.geography, place),
        content_type_id=content_type_id(year, WORKFLOW),
        object_id=narrowed(sold.ids),
    )


def _sales(year: YearInputs, day: np.ndarray, geography: np.ndarray, **columns: object) -> Rows:
    midnight = day * MICROSECONDS_PER_DAY
    return rows(
        year.tables["finance_intercompanytransaction"],
        day.size,
        posting_date=day,
        currency=CURRENCY,
        state="posted",
        created_at=midnight + _ENTERED,
        updated_at=midnight + _APPROVED,
        approved_by_id=staff(year.scenario, year.infrastructure).controllers(geography, day),
        approval_date=midnight + _APPROVED,
        **columns,
    )
