"""Grades of harvested fish: quality and size class.

Belongs here: rows of ``harvest_productgrade``. Does not belong here: which fish are of which grade (``harvests``).

Quality is that of the Norwegian industry standard for fish (NBS 10-01): superior, ordinary, and production fish, whose
wounds or deformities are cut away. Size classes are whole kilograms of head-on gutted weight.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

GUTTED = 0.83
"""Head-on-gutted weight for each kg of round weight (general knowledge)."""

QUALITIES = (
    ("Superior", "SUP", "without damage or defects"),
    ("Ordinary", "ORD", "with small defects of skin or shape"),
    ("Production", "PRO", "with wounds or deformities that are cut away before sale"),
)
"""Name, code and meaning of each quality."""

SMALLEST, LARGEST = 1, 9
"""Limits of the size classes, kg gutted: there is one below the first, one above the last, and one for each kilogram
between them."""

BORDERS = np.arange(SMALLEST, LARGEST + 1)
"""Gutted weights, kg, between the size classes."""

SIZES = (f"0-{SMALLEST}", *(f"{low}-{low + 1}" for low in range(SMALLEST, LARGEST)), f"{LARGEST}+")
"""Names of the size classes."""


def product_grade_id(year: YearInputs, quality: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the ``harvest_productgrade`` id of each quality and size class, positions in :data:`QUALITIES` and
    :data:`SIZES`."""
    return master.product_grade_id(year.scenario, quality * len(SIZES) + size)


def product_grades(year: YearInputs) -> Iterator[Rows]:
    """Yield ``harvest_productgrade``."""
    quality = np.repeat(np.arange(len(QUALITIES)), len(SIZES))
    size = np.tile(np.arange(len(SIZES)), len(QUALITIES))
    entered = master.master_day(year.scenario) * MICROSECONDS_PER_DAY + 6 * HOUR
    named = [(*QUALITIES[one], SIZES[other]) for one, other in zip(quality.tolist(), size.tolist(), strict=True)]
    yield rows(
        year.tables["harvest_productgrade"],
        len(named),
        id=product_grade_id(year, quality, size),
        code=[f"{code}-{kilograms}" for _, code, _, kilograms in named],
        name=[f"{name} {kilograms} kg" for name, _, _, kilograms in named],
        description=[f"Salmon of {kilograms} kg gutted, {meaning}." for _, _, meaning, kilograms in named],
        created_at=entered,
        updated_at=entered,
    )
