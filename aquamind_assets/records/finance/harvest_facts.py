"""AquaMind's harvest facts: each lot of a harvest, by company, site and batch.

Belongs here: rows of ``finance_factharvest``. Does not belong here: the harvests themselves (``harvest.harvests``),
their sale to another company (``sales``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.records.finance.companies import FARMING, FRESHWATER, company_id, site_id
from aquamind_assets.records.harvest.harvests import harvests
from aquamind_assets.records.inputs import MOVE_INSTANT, YearInputs, of_days
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, narrowed

_LOTS = "harvest_harvestlot"


def harvest_facts(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield a fact for each lot of these days."""
    moved = of_days(year.ledger.movements, days)
    taken = moved.take(moved.kind == Movement.HARVEST)
    lots = next(block for block in harvests(year, days) if block.table == _LOTS)
    events = narrowed(taken.movement_id)
    event = np.searchsorted(events, lots.columns["event_id"].values)
    built, container = year.infrastructure, taken.from_container[event]
    area, hall = built.containers.area[container], built.containers.hall[container]
    at_sea = area >= 0
    station = built.halls.station[np.maximum(hall, 0)] if len(built.halls) else np.zeros(event.size, dtype=np.int64)
    site = np.where(
        at_sea,
        site_id(np.append(built.areas.area_id, 0)[area], FARMING),
        site_id(np.append(built.stations.station_id, 0)[station], FRESHWATER),
    )
    geography = built.containers.geography[container]
    lot = lots.columns
    yield rows(
        year.tables["finance_factharvest"],
        event.size,
        fact_id=lots.ids,
        event_date=taken.day[event].astype(np.int64) * MICROSECONDS_PER_DAY + MOVE_INSTANT,
        quantity_kg=Scaled(lot["live_weight_kg"].values),
        unit_count=lot["unit_count"].values,
        dim_batch_id=narrowed(taken.batch_id[event]),
        created_at=lot["created_at"].values,
        updated_at=lot["updated_at"].values,
        dim_company_id=company_id(year, geography, np.where(at_sea, FARMING, FRESHWATER)),
        dim_site_id=site,
        event_id=taken.movement_id[event],
        lot_id=lots.ids,
        product_grade_id=lot["product_grade_id"].values,
    )
