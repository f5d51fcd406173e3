"""Treatments between decision and treatment: they wait for the days of fasting and for the boat.

Belongs here: writing a decision down, and what came of it. Does not belong here: deciding, and treating (``medicine``).
"""

import numpy as np

from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import TreatmentReason


def plan(
    farm: Farm,
    rows: np.ndarray,
    method: np.ndarray,
    start: np.ndarray,
    reason: TreatmentReason,
    outbreak: np.ndarray,
    trigger: np.ndarray,
) -> None:
    """Plans treatments of containers.

    Args:
        farm: the farm.
        rows: containers, none of which is to be treated already, (n,).
        method: rows in the scenario's treatments, (n,).
        start: days of treatment, after today, (n,).
        reason: why they are treated.
        outbreak: the outbreaks treated, or -1, (n,).
        trigger: lice count or share of sick fish, (n,).
    """
    health, c = farm.health.containers, farm.containers
    health.treatment_day[rows], health.treatment_method[rows], health.treatment_reason[rows] = start, method, reason
    health.treatment_outbreak[rows], health.treatment_trigger[rows] = outbreak, trigger
    diseases = dict(zip(farm.outbreaks["outbreak_id"].tolist(), farm.outbreaks["disease"].tolist(), strict=True))
    for row, chosen, day, treated in zip(*(one.tolist() for one in (rows, method, start, outbreak)), strict=True):
        farm.treatment_plans.add(
            plan_id=farm.next_id("treatment plan"),
            day=farm.today.day,
            due_day=day,
            end_day=-1,
            treatment_id=-1,
            reason=reason,
            method=chosen,
            disease=diseases.get(treated, -1),
            batch_id=farm.batches["batch_id"][c.batch[row]],
            assignment_id=c.assignment_id[row],
            container=row,
        )


def carry_out(farm: Farm, container: int, treatment: int) -> None:
    """The plan for a container is carried out today by the treatment with this id."""
    plans = farm.treatment_plans
    row = np.flatnonzero((plans["end_day"] < 0) & (plans["container"] == container))
    plans["end_day"][row], plans["treatment_id"][row] = farm.today.day, treatment


def give_up(farm: Farm) -> None:
    """Plans for fish that left their container today end without treatment."""
    plans = farm.treatment_plans
    left = (plans["end_day"] < 0) & (farm.health.containers.treatment_day[plans["container"]] < 0)
    plans["end_day"][left] = farm.today.day
