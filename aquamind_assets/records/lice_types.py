"""The kinds of lice in AquaMind's release 2026-03.

Belongs here: rows of ``health_licetype``, those that AquaMind's own migrations insert. Does not belong here: counts
(``health.lice_counts_by_type``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

SALMON_LOUSE, SEA_LOUSE, UNKNOWN = "Lepeophtheirus salmonis", "Caligus elongatus", "Unknown"

LICE_TYPES: tuple[tuple[str, str, str], ...] = (
    *(
        (SALMON_LOUSE, gender, stage)
        for stage in ("adult", "pre-adult", "chalimus", "copepodid")
        for gender in ("female", "male")
    ),
    *((SEA_LOUSE, gender, stage) for stage in ("adult", "juvenile") for gender in ("female", "male")),
    (UNKNOWN, "female", "adult"),
    (UNKNOWN, "male", "adult"),
    (UNKNOWN, "unknown", "juvenile"),
)
"""Species, sex and stage of each type."""


def lice_type_id(year: YearInputs, species: str, gender: str, stage: str) -> int:
    """Return the ``health_licetype`` id of a type."""
    return int(master.lice_type_id(year.scenario, np.array(LICE_TYPES.index((species, gender, stage)))))


def lice_types(year: YearInputs) -> Iterator[Rows]:
    """Yield ``health_licetype``."""
    species, gender, stage = zip(*LICE_TYPES, strict=True)
    entered = master.master_day(year.scenario) * MICROSECONDS_PER_DAY + 6 * HOUR
    yield rows(
        year.tables["health_licetype"],
        len(LICE_TYPES),
        id=master.lice_type_id(year.scenario, np.arange(len(LICE_TYPES))),
        species=list(species),
        gender=list(gender),
        development_stage=list(stage),
        description=[_described(*one) for one in LICE_TYPES],
        is_active=True,
        created_at=entered,
        updated_at=entered,
    )


def _described(species: str, gender: str, stage: str) -> str:
    sex = "of unknown sex" if gender == "unknown" else gender
    return f"{stage.capitalize()} lice, {sex}; {'species not determined' if species == UNKNOWN else species}."
