"""Templates of planned activities: what AquaMind plans for each batch that is entered from now on.

Belongs here: rows of ``planning_activitytemplate``. Does not belong here: the activities of the farm's batches
(``activities``).

They follow from the scenario: the usual day of vaccination, the stage that goes to sea, the weight at harvest, and the
day on which a batch's first fish can be weighed.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.planning.milestones import usual_vaccination_day
from aquamind_assets.records.planning.models import stage_figures
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

NAMES = ("First weighing", "Vaccination", "Transfer to sea", "Harvest")
KINDS = ("SAMPLING", "VACCINATION", "TRANSFER", "HARVEST")
TRIGGERS = ("DAY_OFFSET", "DAY_OFFSET", "STAGE_TRANSITION", "WEIGHT_THRESHOLD")
"""Name, type and trigger of each template."""

_TEXTS = (
    "Weigh and measure fry for the first time.",
    "Vaccinate before the transfer to the sea.",
    "Move smolts to the sea.",
    "Harvest at the planned weight.",
)

_ENTERED = 6 * HOUR


def activity_templates(year: YearInputs) -> Iterator[Rows]:
    """Yield ``planning_activitytemplate``, the same in every year."""
    scenario = year.scenario
    first_fry = round(float(stage_figures(scenario).days[: Stage.FRY].sum()))
    offset = np.ma.MaskedArray([first_fry, usual_vaccination_day(year), 0, 0], mask=_other_than("DAY_OFFSET"))
    weight = scenario.farm.batches.harvest_weight_g
    entered = master.master_day(scenario) * MICROSECONDS_PER_DAY + _ENTERED
    yield rows(
        year.tables["planning_activitytemplate"],
        len(NAMES),
        id=master.activity_template_id(scenario, np.arange(len(NAMES))),
        name=list(NAMES),
        description=list(_TEXTS),
        activity_type=list(KINDS),
        trigger_type=list(TRIGGERS),
        day_offset=offset,
        weight_threshold_g=np.ma.MaskedArray(
            np.full(len(NAMES), (weight.low + weight.high) / 2), mask=_other_than("WEIGHT_THRESHOLD")
        ),
        notes_template=list(_TEXTS),
        is_active=True,
        created_at=entered,
        updated_at=entered,
        target_lifecycle_stage_id=np.ma.MaskedArray(
            master.stage_id(scenario, np.full(len(NAMES), Stage.POST_SMOLT)), mask=_other_than("STAGE_TRANSITION")
        ),
    )


def _other_than(trigger: str) -> np.ndarray:
    return np.array([one != trigger for one in TRIGGERS])
