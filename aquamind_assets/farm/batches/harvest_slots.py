"""Harvest slots: staged batches are harvested when the plant expects them.

Belongs here: the target weight of a batch whose harvest has its day (``staging``). Does not belong here: the harvest
(``harvest``).

A slaughter slot is agreed on weeks ahead, and the fish are taken at the weight they have by then, if it is one that the
scenario sells.
"""

import numpy as np

from aquamind_assets.farm.batches.staging import StagedStart
from aquamind_assets.farm.moves.harvest import NOTICE_DAYS, half_days
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage

AGREED_DAYS = 60
"""Days before the slot from which on the target weight is what the fish will weigh then (general knowledge)."""


def keep_slots(farm: Farm) -> None:
    """Sets the target weight of every grown batch with a slot to what its fish will weigh in the middle of their
    harvest, within the weights that are sold."""
    for one in farm.staged:
        batches = np.flatnonzero(farm.plans["sequence"] == one.sequence)
        if (
            one.stage == Stage.ADULT
            and one.left is not None
            and batches.size
            and farm.batches["stage"][batches[0]] == Stage.ADULT
        ):
            _keep(farm, one, int(batches[0]))


def _keep(farm: Farm, one: StagedStart, batch: int) -> None:
    rows, plan = farm.of_batch(batch), farm.scenario.farm.batches
    left = one.stage_days[-1] - NOTICE_DAYS - farm.today.day
    if not rows.size or left > AGREED_DAYS or farm.plans["harvesting"][batch]:
        return
    half = half_days(farm, batch, rows.size)
    daily = farm.tgc[batch, Stage.ADULT] * 1e-3 * float(farm.at_site(farm.water.temperature, rows).mean())
    grown = (np.cbrt(farm.mean_weight(rows)) + daily * (max(left, 0) + half)) ** 3
    farm.plans["target_weight_g"][batch] = np.clip(grown, plan.harvest_weight_g.low, plan.harvest_weight_g.high)
