"""Fish that are still ill some weeks after a treatment are treated again, if the disease is one that comes back."""

import numpy as np
import pytest

from aquamind_assets.farm.health import medicine, outbreaks
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets_tests.farm import nine_cages


def treated_days(farm: Farm, cage: int, days: int) -> list[int]:
    """Days from today on which a cage is treated against gill disease, of one that is treated first tomorrow."""
    first = farm.today.day
    keys = [one.key for one in farm.scenario.health.diseases]
    outbreaks._infect(farm, cage, keys.index("AGD"), -1, companions=False)
    row = len(farm.outbreaks) - 1
    farm.outbreaks["end_day"][row] = first + days
    farm.health.infections["treat_day"][row] = first
    for day in range(first, first + days):
        if day > first:
            farm.begin(day)
            medicine.give_treatments(farm)
        medicine.plan_disease_treatments(farm)
    t = farm.treatments
    mine = (t["container"] == cage) & (t["reason"] == TreatmentReason.DISEASE) & (t["day"] >= first)
    return (t["day"][mine] - first).tolist()


@pytest.mark.parametrize(("again", "times"), [(0, 1), (28, 2), (14, 4)])
def test_gill_disease_is_treated_again_while_it_lasts(again: int, times: int) -> None:
    farm, (cages, _) = nine_cages.stocked(f"health.diseases.AGD.treated_again_days={again}")
    given = treated_days(farm, int(cages[0]), 60)
    assert len(given) == times
    assert all(np.diff(given) >= again)
