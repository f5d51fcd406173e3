"""Prices between the companies of a geography.

Belongs here: rows of ``finance_intercompanypolicy``. Does not belong here: what is sold for them (``sales``).

The freshwater company sells fish to the farming company by the kilogram, at the price of the stage in which they leave
the station. The farming company sells harvested fish to the company that slaughters and ships, by the kilogram of live
weight, at the price of the grade. The prices are parameters of the scenario (``prices``).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.records.finance.companies import FARMING, FRESHWATER, LOGISTICS, company_id
from aquamind_assets.records.harvest.product_grades import SIZES, product_grade_id
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import stage_id
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, row_ids

BASES = ("lifecycle", "grade")
"""``finance_intercompanypolicy.pricing_basis``."""

SOLD_STAGES = (Stage.PARR, Stage.SMOLT, Stage.POST_SMOLT)
"""Stages in which fish leave a station for the sea."""

_OF_GEOGRAPHY = 1_000
"""Numbers that are set aside for the policies of a geography."""

_ENTERED = 9 * HOUR


def stage_cents(scenario: Scenario) -> np.ndarray:
    """Return the price of a kilogram of each of :data:`SOLD_STAGES`, EUR cent, int64."""
    prices = scenario.prices
    return _cents([prices.parr, prices.smolt, prices.post_smolt])


def grade_cents(scenario: Scenario) -> np.ndarray:
    """Return the price of a kilogram live weight of each quality and size class, EUR cent, rounded down; int64 of shape
    (qualities, sizes)."""
    prices = scenario.prices
    percent = np.array([100, prices.ordinary_percent, prices.production_percent])
    return _cents(prices.superior)[None, :] * percent[:, None] // 100


def _cents(prices: Sequence[float]) -> np.ndarray:
    return np.rint(np.array(prices) * 100).astype(np.int64)


def stage_policy_id(year: YearInputs, geography: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the id of the policy of a position in :data:`SOLD_STAGES` of each row in Geographies."""
    return _ids(year, geography, place)


def grade_policy_id(year: YearInputs, geography: np.ndarray, grade: np.ndarray) -> np.ndarray:
    """Return the id of the policy of each grade, numbered quality by quality, of each row in Geographies."""
    return _ids(year, geography, len(SOLD_STAGES) + grade)


def _ids(year: YearInputs, geography: np.ndarray, number: np.ndarray) -> np.ndarray:
    places = year.infrastructure.geographies
    first = places.geography_id[geography] % WIDE_DAY_ROWS * _OF_GEOGRAPHY
    return row_ids(places.commissioned_day[geography], first + number)


def intercompany_policies(year: YearInputs) -> Iterator[Rows]:
    """Yield the policies of all geographies that stand by the end of the year."""
    places = year.infrastructure.geographies
    of_stages, of_grades = stage_cents(year.scenario), grade_cents(year.scenario).reshape(-1)
    stages, grades = of_stages.size, of_grades.size
    standing = np.flatnonzero(places.commissioned_day < year.days.end)
    geography = np.repeat(standing, stages + grades)
    number = np.tile(np.arange(stages + grades), standing.size)
    of_grade = number >= stages
    grade, stage = np.maximum(number - stages, 0), np.minimum(number, stages - 1)
    entered = places.commissioned_day[geography].astype(np.int64) * MICROSECONDS_PER_DAY + _ENTERED
    yield rows(
        year.tables["finance_intercompanypolicy"],
        number.size,
        policy_id=_ids(year, geography, number),
        method="standard",
        created_at=entered,
        updated_at=entered,
        from_company_id=company_id(year, geography, np.where(of_grade, FARMING, FRESHWATER)),
        to_company_id=company_id(year, geography, np.where(of_grade, LOGISTICS, FARMING)),
        product_grade_id=np.ma.MaskedArray(
            product_grade_id(year, grade // len(SIZES), grade % len(SIZES)), mask=~of_grade
        ),
        pricing_basis=Coded(of_grade.astype(np.int64), BASES),
        lifecycle_stage_id=np.ma.MaskedArray(stage_id(year.scenario, np.array(SOLD_STAGES)[stage]), mask=of_grade),
        price_per_kg=Scaled(np.where(of_grade, of_grades[grade], of_stages[stage])),
    )
