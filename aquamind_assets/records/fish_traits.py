"""The traits of fish that are scored from 0 to 3 in AquaMind's release 2026-03, and the meaning of each score.

Belongs here: rows of ``health_healthparameter`` and ``health_parameterscoredefinition``. Does not belong here: scores
of single fish (``health.samplings``), the scores 1 to 5 of release 2025-08 (``reference_data``).

AquaMind's migrations insert nine traits, which are known by their names. Seven of them show what is simulated. Appetite
and pigmentation are not examined on sampled fish: they are defined, and no fish has a score of them. Lice marks, spine
and liver are traits of the platform's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.reference_data import SCORE_TEXTS
from aquamind_assets.scenario.signs import HealthParameter
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

LOWEST, HIGHEST = 0, 3
"""Scores of a healthy and of a badly affected fish."""

LABELS = ("None", "Slight", "Moderate", "Severe")
"""Short names of the scores: the degree to which a fish is affected."""


@dataclass(frozen=True)
class Trait:
    """A trait as AquaMind knows it.

    Attributes:
        name: ``health_healthparameter.name``.
        description: what is looked at.
        shows: the simulated health parameter whose score it shows; None if no fish is scored.
        texts: appearance of a fish with each score 0 to 3; empty for the texts of ``shows``.
    """

    name: str
    description: str
    shows: HealthParameter | None
    texts: tuple[str, ...] = ()


TRAITS: tuple[Trait, ...] = (
    Trait(
        "Appetite",
        "Feeding of the whole group.",
        None,
        ("Feeds eagerly.", "A little slow to feed.", "Feeds little.", "Does not feed."),
    ),
    Trait("Body Condition", "Shape of the body.", "Body Condition"),
    Trait(
        "Color/Pigmentation",
        "Color of the skin.",
        None,
        ("Normal for the stage.", "Slightly dark or pale.", "Dark or pale in patches.", "Dark or pale all over."),
    ),
    Trait("Eye Condition", "Both eyes.", "Eye Condition"),
    Trait("Fin Condition", "All fins.", "Fin Condition"),
    Trait("Gill Condition", "Gills of both sides.", "Gill Condition"),
    Trait("Mucous Membrane", "Mucus of the skin.", "Mucus Layer"),
    Trait("Swimming Behavior", "Swimming before the catch.", "Swimming and Appetite"),
    Trait("Wounds/Lesions", "Skin and scales.", "Skin and Scales"),
    Trait("Sea Lice Damage", "Marks of sea lice.", "Sea Lice Damage"),
    Trait("Spine and Jaw", "Deformities of spine and jaw.", "Spine and Jaw"),
    Trait("Liver Color", "Color of the liver.", "Liver Colour"),
)
"""All traits; the first nine are those of AquaMind's migrations."""

SCORED = np.array([number for number, trait in enumerate(TRAITS) if trait.shows is not None], dtype=np.int64)
"""Positions in :data:`TRAITS` of the traits that fish have scores of."""

SHOWN = np.array([master.HEALTH_PARAMETERS.index(one.shows) for one in TRAITS if one.shows is not None], dtype=np.int64)
"""Position in ``HEALTH_PARAMETERS`` of the health parameter that each of the :data:`SCORED` traits shows."""


def from_zero(score: np.ndarray) -> np.ndarray:
    """Return scores 1 to 5 on the scale 0 to 3, int64: the two highest become one."""
    return np.minimum(np.asarray(score, dtype=np.int64) - 1, HIGHEST)


def fish_traits(year: YearInputs) -> Iterator[Rows]:
    """Yield all traits, then the meaning of each of their scores."""
    scenario = year.scenario
    entered = master.master_day(scenario) * MICROSECONDS_PER_DAY + 6 * HOUR
    trait_ids = master.trait_id(scenario, np.arange(len(TRAITS)))
    yield rows(
        year.tables["health_healthparameter"],
        len(TRAITS),
        id=trait_ids,
        name=[trait.name for trait in TRAITS],
        description=[trait.description for trait in TRAITS],
        min_score=LOWEST,
        max_score=HIGHEST,
        is_active=True,
        created_at=entered,
        updated_at=entered,
    )
    score = np.tile(np.arange(LOWEST, HIGHEST + 1), len(TRAITS))
    yield rows(
        year.tables["health_parameterscoredefinition"],
        score.size,
        id=master.score_definition_id(scenario, np.arange(score.size)),
        parameter_id=np.repeat(trait_ids, len(LABELS)),
        score_value=score,
        label=Coded(score, LABELS),
        description=[text for trait in TRAITS for text in _texts(trait)],
        display_order=score,
        created_at=entered,
        updated_at=entered,
    )


def _texts(trait: Trait) -> tuple[str, ...]:
    return trait.texts or SCORE_TEXTS[str(trait.shows)][: HIGHEST + 1]
