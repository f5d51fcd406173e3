"""Ids of the master data that all other rows refer to.

Belongs here: the id of each species, stage, feed, parameter, reason, sample type and vaccination type, as arrays over
the small indices of the ledger and the scenario. Does not belong here: the content of their rows (``reference_data``),
people (``users.people``).

Master data is written with the first year: its ids are the first of that year, in the order of the scenario's lists.
Appending to a scenario's list changes no existing id.
"""

from typing import get_args

import numpy as np

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.signs import HealthParameter
from aquamind_assets.timeline import WIDE_DAY_ROWS, row_ids, year_days

UNKNOWN_REASON_ID = 1
"""AquaMind's own migrations insert the reason UNKNOWN as row 1 of ``health_mortalityreason``."""

CAUSE_NAMES: tuple[str, ...] = ("HANDLING", "DISEASE", "ENVIRONMENTAL", "UNKNOWN", "PREDATION", "OTHER")
"""``batch_mortalityevent.cause`` for each :class:`~aquamind_assets.ledger.codes.Cause`. AquaMind has no ESCAPE; it is
stored as OTHER."""

REASON_NAMES: tuple[str, ...] = ("HANDLING", "DISEASE", "ENVIRONMENTAL", "UNKNOWN", "PREDATION", "ESCAPE")
"""``health_mortalityreason.name`` for each Cause. The table has no fixed choices, so an escape has a reason of its
own."""

HEALTH_PARAMETERS: tuple[str, ...] = get_args(HealthParameter)
"""``health_healthparameter.name``, scored from 1 (healthy) to 5 (severe)."""

MOST_ROWS = 1_000
"""Most rows of master data whose number no scenario decides."""

SAMPLE_TYPES: tuple[str, ...] = ("Blood", "Gill", "Tissue", "Faecal", "Water")
"""``health_sampletype.name``."""


def master_day(scenario: Scenario) -> int:
    """Return the day of master data: the first day of the first year."""
    return year_days(scenario.first_year).first


def species_id(scenario: Scenario) -> int:
    """Return the id of the only species, Atlantic salmon."""
    return int(_ids(scenario, np.zeros(1))[0])


def stage_id(scenario: Scenario, stage: np.ndarray) -> np.ndarray:
    """Return the ``batch_lifecyclestage`` id of each ledger Stage."""
    return _ids(scenario, stage, len(scenario.farm.stages))


def feed_id(scenario: Scenario, feed: np.ndarray) -> np.ndarray:
    """Return the ``inventory_feed`` id of each row in the scenario's feeds."""
    return _ids(scenario, feed, len(scenario.feed.feeds))


def parameter_id(scenario: Scenario, parameter: np.ndarray) -> np.ndarray:
    """Return the ``environmental_environmentalparameter`` id of each row in the scenario's parameters."""
    return _ids(scenario, parameter, len(scenario.water.parameters))


def parameter_of_probe(scenario: Scenario) -> np.ndarray:
    """Return the row in the scenario's parameters that each of its probes measures, shape (probes,), int64."""
    keys: list[str] = [parameter.key for parameter in scenario.water.parameters]
    return np.array([keys.index(probe.parameter) for probe in scenario.water.probes], dtype=np.int64)


def health_parameter_id(scenario: Scenario, parameter: np.ndarray) -> np.ndarray:
    """Return the ``health_healthparameter`` id of each row in :data:`HEALTH_PARAMETERS`."""
    return _ids(scenario, parameter, len(HEALTH_PARAMETERS))


def trait_id(scenario: Scenario, trait: np.ndarray) -> np.ndarray:
    """Return the ``health_healthparameter`` id of each trait of release 2026-03, numbered as in ``fish_traits``."""
    return _ids(scenario, trait, MOST_ROWS)


def score_definition_id(scenario: Scenario, definition: np.ndarray) -> np.ndarray:
    """Return the ``health_parameterscoredefinition`` id of each score's definition."""
    return _ids(scenario, definition, MOST_ROWS)


def lice_type_id(scenario: Scenario, lice_type: np.ndarray) -> np.ndarray:
    """Return the ``health_licetype`` id of each type of lice, numbered as in ``lice_types``."""
    return _ids(scenario, lice_type, MOST_ROWS)


def product_grade_id(scenario: Scenario, grade: np.ndarray) -> np.ndarray:
    """Return the ``harvest_productgrade`` id of each grade, numbered as in ``harvest.product_grades``."""
    return _ids(scenario, grade, MOST_ROWS)


def egg_supplier_id(scenario: Scenario, supplier: np.ndarray) -> np.ndarray:
    """Return the ``broodstock_eggsupplier`` id of each row in the scenario's egg suppliers."""
    return _ids(scenario, supplier, MOST_ROWS)


def content_type_id(scenario: Scenario, kind: np.ndarray) -> np.ndarray:
    """Return the ``django_content_type`` id of each kind of rows, numbered as in ``finance.content_types``."""
    return _ids(scenario, kind, MOST_ROWS)


def activity_template_id(scenario: Scenario, template: np.ndarray) -> np.ndarray:
    """Return the ``planning_activitytemplate`` id of each template, numbered as in ``planning.templates``."""
    return _ids(scenario, template, MOST_ROWS)


def account_group_id(scenario: Scenario, group: np.ndarray) -> np.ndarray:
    """Return the ``finance_core_accountgroup`` id of each group, numbered as in ``finance.accounts``."""
    return _ids(scenario, group, MOST_ROWS)


def account_id(scenario: Scenario, account: np.ndarray) -> np.ndarray:
    """Return the ``finance_core_account`` id of each account, numbered as in ``finance.accounts``."""
    return _ids(scenario, account, MOST_ROWS)


def projection_model_id(scenario: Scenario, number: np.ndarray) -> np.ndarray:
    """Return the id of each model, profile or stage of a model, numbered as in ``planning.models``."""
    return _ids(scenario, number, MOST_ROWS)


def profile_reading_id(scenario: Scenario, number: np.ndarray) -> np.ndarray:
    """Return the ``scenario_temperaturereading`` id of each day of each profile."""
    return _ids(scenario, number, WIDE_DAY_ROWS)


def sample_type_id(scenario: Scenario, sample_type: np.ndarray) -> np.ndarray:
    """Return the ``health_sampletype`` id of each row in :data:`SAMPLE_TYPES`."""
    return _ids(scenario, sample_type, len(SAMPLE_TYPES))


def vaccination_type_id(scenario: Scenario, vaccine: np.ndarray) -> np.ndarray:
    """Return the ``health_vaccinationtype`` id of each row in the scenario's vaccines."""
    return _ids(scenario, vaccine, len(scenario.health.vaccines))


def mortality_reason_id(scenario: Scenario, cause: np.ndarray) -> np.ndarray:
    """Return the ``health_mortalityreason`` id of each Cause; UNKNOWN is AquaMind's own row."""
    cause = np.asarray(cause, dtype=np.int64)
    return np.where(cause == Cause.UNKNOWN, UNKNOWN_REASON_ID, _ids(scenario, cause, len(Cause)))


def disease_reason_id(scenario: Scenario, disease: np.ndarray) -> np.ndarray:
    """Return the ``health_mortalityreason`` id of deaths by each of the scenario's diseases after diagnosis. These
    reasons follow those of the causes."""
    return _ids(scenario, np.asarray(disease, dtype=np.int64) + len(Cause), len(Cause) + len(scenario.health.diseases))


def _ids(scenario: Scenario, index: np.ndarray, size: int = 1) -> np.ndarray:
    index = np.asarray(index, dtype=np.int64)
    if index.size and (index.min() < 0 or index.max() >= size):
        raise ValueError(f"master data row {index.min()}..{index.max()}; allowed: 0 to {size - 1}")
    return row_ids(np.full(1, master_day(scenario)), np.zeros(1))[0] + index
