"""Companies, their sites and cost centers.

Belongs here: rows of ``finance_dimcompany``, ``finance_dimsite``, ``finance_core_costcenter`` and
``finance_core_costcenterbatchlink``. Does not belong here: what was harvested (``harvest_facts``), money: budgets, cost
imports and valuations need figures that the farm does not have.

Each geography has a company for each part of the work. Stations are sites of its freshwater company, areas of its
farming company. AquaMind makes a cost center for each site and for each batch, when its first fish come to a site.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, narrowed, row_ids

SUBSIDIARIES = ("FW", "FM", "LG")
"""``finance_dimcompany.subsidiary`` of each company of a geography."""

NAMES = ("Freshwater", "Farming", "Logistics")

FRESHWATER, FARMING, LOGISTICS = range(len(SUBSIDIARIES))
"""Positions in :data:`SUBSIDIARIES`: the companies of stations and of areas, and that which slaughters and ships."""

CURRENCY = "EUR"
"""Currency of all prices of the platform."""

SITE_MODELS = ("station", "area")
"""``finance_dimsite.source_model``."""

_ENTERED = 9 * HOUR

_FIRST_OF_BATCHES = WIDE_DAY_ROWS // 2
"""Cost centers of batches have numbers from here on within their day, those of sites lower ones."""


def company_id(year: YearInputs, geography: np.ndarray, subsidiary: np.ndarray | int) -> np.ndarray:
    """Return the ``finance_dimcompany`` id of each geography and subsidiary."""
    places = year.infrastructure.geographies
    number = places.geography_id[geography] % WIDE_DAY_ROWS * len(SUBSIDIARIES) + subsidiary
    return row_ids(places.commissioned_day[geography], number)


def site_id(place_id: np.ndarray, model: int) -> np.ndarray:
    """Return the ``finance_dimsite`` id of each station or area, which is the id of the site's cost center too."""
    place_id = np.asarray(place_id, dtype=np.int64)
    number = place_id % WIDE_DAY_ROWS
    return place_id - number + number * len(SITE_MODELS) + model


def companies(year: YearInputs) -> Iterator[Rows]:
    """Yield the companies of the geographies, the sites and their cost centers, of all that stands by the end of the
    year."""
    yield _companies(year)
    built = year.infrastructure
    sites = ((FRESHWATER, built.stations, built.stations.station_id), (FARMING, built.areas, built.areas.area_id))
    for model, frame, ids in sites:
        chosen = np.flatnonzero(frame.commissioned_day < year.days.end)
        names = frame.name[chosen]
        day, geography = frame.commissioned_day[chosen].astype(np.int64), frame.geography[chosen]
        yield rows(
            year.tables["finance_dimsite"],
            chosen.size,
            site_id=site_id(ids[chosen], model),
            source_model=SITE_MODELS[model],
            source_pk=narrowed(ids[chosen]),
            site_name=names,
            company_id=company_id(year, geography, model),
        )
        yield rows(
            year.tables["finance_core_costcenter"],
            chosen.size,
            cost_center_id=site_id(ids[chosen], model),
            code=[f"SITE-{one}" for one in site_id(ids[chosen], model).tolist()],
            name=names,
            cost_center_type="SITE",
            created_at=day * MICROSECONDS_PER_DAY + _ENTERED,
            updated_at=day * MICROSECONDS_PER_DAY + _ENTERED,
            company_id=company_id(year, geography, model),
            site_id=site_id(ids[chosen], model),
        )


def _companies(year: YearInputs) -> Rows:
    places = year.infrastructure.geographies
    geography = np.repeat(np.flatnonzero(places.commissioned_day < year.days.end), len(SUBSIDIARIES))
    subsidiary = np.tile(np.arange(len(SUBSIDIARIES)), geography.size // len(SUBSIDIARIES))
    return rows(
        year.tables["finance_dimcompany"],
        geography.size,
        company_id=company_id(year, geography, subsidiary),
        subsidiary=Coded(subsidiary, SUBSIDIARIES),
        display_name=[
            f"{places.name[place]} {NAMES[part]}" for place, part in zip(geography, subsidiary.tolist(), strict=True)
        ],
        currency=CURRENCY,
        geography_id=places.geography_id[geography],
    )


def batch_cost_centers(year: YearInputs) -> Iterator[Rows]:
    """Yield the cost centers of the batches alive in the year, and their links; they are of the company of the batch's
    first site."""
    started = year.lives.batches
    day = started.start_day.astype(np.int64)
    subsidiary = np.where((started.station >= 0) & ~started.mixed, FRESHWATER, FARMING)
    centers = started.batch_id + _FIRST_OF_BATCHES
    entered = day * MICROSECONDS_PER_DAY + _ENTERED
    yield rows(
        year.tables["finance_core_costcenter"],
        len(started),
        cost_center_id=centers,
        code=[f"PRJ-{one}" for one in narrowed(started.batch_id).tolist()],
        name=started.number,
        cost_center_type="PROJECT",
        created_at=entered,
        updated_at=entered,
        company_id=company_id(year, started.geography, subsidiary),
    )
    yield rows(
        year.tables["finance_core_costcenterbatchlink"],
        len(started),
        link_id=started.batch_id,
        linked_at=entered,
        batch_id=started.batch_id,
        cost_center_id=centers,
        created_by_id=staff(year.scenario, year.infrastructure).managers(started.geography, started.batch_id),
    )
