"""Ids of the master data that every other row points to.

Belongs here: which id a species, stage, feed, parameter, reason, sample type or vaccination type has, as arrays over
the ledger's and the scenario's small indices. Does not belong here: what their rows say (``reference``), and people
(``people``).

Master data is written with the first year: its ids are that year's first, in the order of the scenario's lists. A
scenario's list may grow at its end without moving an id.
"""

from collections.abc import Sequence

import numpy as np

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import row_ids, year_days

UNKNOWN_REASON_ID = 1
"""AquaMind's own migrations insert the reason UNKNOWN as row 1 of ``health_mortalityreason``."""

CAUSE_NAMES: tuple[str, ...] = ("HANDLING", "DISEASE", "ENVIRONMENTAL", "UNKNOWN", "PREDATION", "OTHER")
"""``batch_mortalityevent.cause`` for each :class:`~aquamind_assets.ledger.codes.Cause`; AquaMind has no ESCAPE, it is
OTHER there."""

REASON_NAMES: tuple[str, ...] = ("HANDLING", "DISEASE", "ENVIRONMENTAL", "UNKNOWN", "PREDATION", "ESCAPE")
"""``health_mortalityreason.name`` for each Cause; a free table, so an escape is called one."""

HEALTH_PARAMETERS: tuple[str, ...] = (
    "Gill Condition",
    "Fin Condition",
    "Skin and Scales",
    "Eye Condition",
    "Sea Lice Damage",
    "Spine and Jaw",
    "Liver Colour",
    "Mucus Layer",
    "Body Condition",
    "Swimming and Appetite",
)
"""``health_healthparameter.name``; scored 1 (sound) to 5 (grave)."""

SAMPLE_TYPES: tuple[str, ...] = ("Blood", "Gill", "Tissue", "Faecal", "Water")
"""``health_sampletype.name``."""


def master_day(scenario: Scenario) -> int:
    """The day that master data belongs to: the first of the first year."""
    return year_days(scenario.first_year).first


def species_id(scenario: Scenario) -> int:
    """The one species, Atlantic salmon."""
    return int(_ids(scenario, np.zeros(1))[0])


def stage_id(scenario: Scenario, stage: np.ndarray) -> np.ndarray:
    """``batch_lifecyclestage`` of each ledger Stage."""
    return _ids(scenario, stage, len(scenario.farm.stages))


def feed_id(scenario: Scenario, feed: np.ndarray) -> np.ndarray:
    """``inventory_feed`` of each row in the scenario's feeds."""
    return _ids(scenario, feed, len(scenario.feed.feeds))


def parameter_id(scenario: Scenario, parameter: np.ndarray) -> np.ndarray:
    """``environmental_environmentalparameter`` of each row in the scenario's parameters."""
    return _ids(scenario, parameter, len(scenario.water.parameters))


def parameter_of_probe(scenario: Scenario) -> np.ndarray:
    """Row in the scenario's parameters that each of its probes measures, shape (probes,), int64."""
    keys = [parameter.key for parameter in scenario.water.parameters]
    return np.array([keys.index(probe.parameter) for probe in scenario.water.probes], dtype=np.int64)


def health_parameter_id(scenario: Scenario, parameter: np.ndarray) -> np.ndarray:
    """``health_healthparameter`` of each row in :data:`HEALTH_PARAMETERS`."""
    return _ids(scenario, parameter, len(HEALTH_PARAMETERS))


def sample_type_id(scenario: Scenario, sample_type: np.ndarray) -> np.ndarray:
    """``health_sampletype`` of each row in :data:`SAMPLE_TYPES`."""
    return _ids(scenario, sample_type, len(SAMPLE_TYPES))


def vaccination_type_id(scenario: Scenario, vaccine: np.ndarray) -> np.ndarray:
    """``health_vaccinationtype`` of each row in the scenario's vaccines."""
    return _ids(scenario, vaccine, len(scenario.health.vaccines))


def mortality_reason_id(scenario: Scenario, cause: np.ndarray) -> np.ndarray:
    """``health_mortalityreason`` of each Cause; UNKNOWN is AquaMind's own row."""
    cause = np.asarray(cause, dtype=np.int64)
    return np.where(cause == Cause.UNKNOWN, UNKNOWN_REASON_ID, _ids(scenario, cause, len(Cause)))


def disease_reason_id(scenario: Scenario, disease: np.ndarray) -> np.ndarray:
    """``health_mortalityreason`` of deaths by each of the scenario's diseases once it has been diagnosed; the reasons
    follow those of the causes."""
    return _ids(scenario, np.asarray(disease, dtype=np.int64) + len(Cause), len(Cause) + len(scenario.health.diseases))


def index_of(names: Sequence[str], name: str) -> int:
    """Position of a name in one of this module's lists.

    Raises:
        KeyError: it is not there; the message names what is.
    """
    if name not in names:
        raise KeyError(f"{name!r} is not one of {', '.join(names)}")
    return list(names).index(name)


def _ids(scenario: Scenario, index: np.ndarray, size: int = 1) -> np.ndarray:
    index = np.asarray(index, dtype=np.int64)
    if index.size and (index.min() < 0 or index.max() >= size):
        raise ValueError(f"master data row {index.min()}..{index.max()}: allowed is 0 to {size - 1}")
    return row_ids(np.full(1, master_day(scenario)), np.zeros(1))[0] + index
