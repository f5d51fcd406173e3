"""Harvests of AquaMind's release 2026-03: events, lots by grade, and waste.

Belongs here: rows of ``harvest_harvestevent``, ``harvest_harvestlot`` and ``harvest_harvestwaste``. Does not belong
here: when a cage is harvested (``farm.moves.harvest``), the grades (``product_grades``).

An event is a harvest of the ledger: one cage on one day. Its fish are divided into size classes by the distribution of
their weights, log-normal with the cage's mean and coefficient of variation. Fish with wounds are production fish: more
of them where fish were sick or carried many adult lice. What is cut away from them is the waste, so that live weight of
the lots + waste = harvested biomass, and the fish of the lots are the harvested fish.
"""

import math
from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import Movements
from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.harvest.product_grades import BORDERS, GUTTED, QUALITIES, SIZES, product_grade_id
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs, of_days, positions
from aquamind_assets.streams import stream
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, DayRange, row_ids

GRADES = len(QUALITIES) * len(SIZES)
"""Grades of a harvest."""

ORDINARY = 0.04
"""Usual share of ordinary fish (general knowledge)."""

PRODUCTION = 0.03
"""Usual share of production fish in a healthy cage (general knowledge: two to five percent, more after a winter with
wounds)."""

PRODUCTION_OF_SICK, PRODUCTION_BY_LOUSE = 0.6, 0.02
"""Share of sick fish that become production fish, and the share for each adult louse per fish (general knowledge)."""

MOST_PRODUCTION = 0.7
"""Largest share of production fish."""

SCATTER = 0.35
"""Standard deviation of the logarithm of a harvest's shares of ordinary and of production fish."""

CUT_AWAY = 0.05
"""Share of the weight of production fish that is cut away (general knowledge)."""

WASTE = "Wounds cut away"
"""``harvest_harvestwaste.category``."""

BUYER = "LG"
"""``dest_subsidiary`` of harvested fish: the company that slaughters and sells."""

_DELIVERED = MOVE_INSTANT + 6 * HOUR


def harvests(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the events of these days, their lots and their waste."""
    moved = of_days(year.ledger.movements, days)
    taken = moved.take(moved.kind == Movement.HARVEST)
    yield _events(year, taken)
    yield from _graded(year, taken)


def _events(year: YearInputs, taken: Movements) -> Rows:
    day = taken.day.astype(np.int64)
    entered = day * MICROSECONDS_PER_DAY + _DELIVERED
    geographies = year.infrastructure.geographies.geography_id
    geography = year.lives.batches.geography[year.batch_rows(taken.batch_id)]
    return rows(
        year.tables["harvest_harvestevent"],
        len(taken),
        id=taken.movement_id,
        event_date=day * MICROSECONDS_PER_DAY + MOVE_INSTANT,
        dest_subsidiary=BUYER,
        document_ref=[f"HRV-{one // WIDE_DAY_ROWS}-{one % WIDE_DAY_ROWS:03d}" for one in taken.movement_id.tolist()],
        created_at=entered,
        updated_at=entered,
        assignment_id=taken.from_assignment,
        batch_id=taken.batch_id,
        dest_geography_id=geographies[geography],
    )


def _graded(year: YearInputs, taken: Movements) -> Iterator[Rows]:
    """Yield lots and waste: of each event the grades that have fish."""
    fish, grams = _fish_and_grams(year, taken)
    production = len(QUALITIES) - 1
    cut = np.zeros_like(grams)
    cut[:, production] = np.rint(grams[:, production] * CUT_AWAY).astype(np.int64)
    live = (grams - cut).reshape(len(taken), GRADES)
    event, grade = np.nonzero(fish.reshape(len(taken), GRADES))
    day = taken.day.astype(np.int64)
    entered = day * MICROSECONDS_PER_DAY + _DELIVERED
    number = taken.movement_id % WIDE_DAY_ROWS
    yield rows(
        year.tables["harvest_harvestlot"],
        event.size,
        id=row_ids(day[event], number[event] * GRADES + grade),
        live_weight_kg=Scaled(live[event, grade]),
        gutted_weight_kg=Scaled((live[event, grade] * GUTTED).astype(np.int64)),
        unit_count=fish.reshape(len(taken), GRADES)[event, grade],
        created_at=entered[event],
        updated_at=entered[event],
        event_id=taken.movement_id[event],
        product_grade_id=product_grade_id(year, grade // len(SIZES), grade % len(SIZES)),
    )
    waste = cut.sum(axis=(1, 2))
    wasted = np.flatnonzero(waste)
    yield rows(
        year.tables["harvest_harvestwaste"],
        wasted.size,
        id=taken.movement_id[wasted],
        category=WASTE,
        weight_kg=Scaled(waste[wasted]),
        created_at=entered[wasted],
        updated_at=entered[wasted],
        event_id=taken.movement_id[wasted],
    )


def _fish_and_grams(year: YearInputs, taken: Movements) -> tuple[np.ndarray, np.ndarray]:
    """Return fish and grams of each harvest by quality and size class, int64 of shape (harvests, qualities, sizes);
    their sums are the fish and the biomass of the harvest."""
    cages = year.ledger.container_days
    place = positions(
        cages.day.astype(np.int64) << 32 | cages.container,
        taken.day.astype(np.int64) << 32 | taken.from_container,
        "container-day (day x 2^32 + container)",
    )
    lice = (cages.adult_female + cages.adult_male)[place].astype(np.float64)
    sick = cages.sick_share[place].astype(np.float64)
    fish = np.zeros((len(taken), len(QUALITIES), len(SIZES)), dtype=np.int64)
    grams = np.zeros_like(fish)
    biomass = biomass_cents(taken.count, taken.weight_g) * 10
    for row in range(len(taken)):
        key = (*year.infrastructure.container_draws.key(taken.from_container[row]), int(taken.day[row]))
        normal = stream(year.scenario.seed, "harvest_grades", *key).standard_normal(2)
        usual = PRODUCTION + PRODUCTION_OF_SICK * sick[row] + PRODUCTION_BY_LOUSE * lice[row]
        ordinary, production = np.array([ORDINARY, usual]) * np.exp(SCATTER * normal)
        production = min(production, MOST_PRODUCTION)
        sizes, mean_g = _sizes(float(taken.weight_g[row]), float(cages.weight_cv[place[row]]))
        shares = np.outer([1 - ordinary - production, ordinary, production], sizes)
        fish[row] = apportioned(shares, int(taken.count[row]))
        grams[row] = apportioned(fish[row] * mean_g, int(biomass[row]))
    return fish, grams


def _sizes(mean_g: float, cv: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of the fish in each size class, and their mean live weight, g, for log-normal weights."""
    sigma = max(np.sqrt(np.log1p(cv**2)), 1e-3)
    middle = np.log(mean_g) - sigma**2 / 2
    borders = np.concatenate([[-np.inf], (np.log(1000 * BORDERS / GUTTED) - middle) / sigma, [np.inf]])
    share = np.diff(_normal_cdf(borders))
    weight = np.diff(_normal_cdf(borders - sigma)) * mean_g
    return share, np.divide(weight, share, out=np.full(share.size, mean_g), where=share > 1e-9)


def _normal_cdf(value: np.ndarray) -> np.ndarray:
    return np.array([math.erfc(-one / math.sqrt(2)) / 2 for one in value.tolist()])


def apportioned(shares: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers in proportion to ``shares`` that add up to ``total``, int64: rounded down, and one more for
    the largest remainders. A share of 0 gets none."""
    exact = shares / shares.sum() * total
    whole = np.floor(exact).astype(np.int64)
    left = total - int(whole.sum())
    order = np.argsort(-(exact - whole), axis=None, kind="stable")[:left]
    whole.reshape(-1)[order] += 1
    return whole
