"""How even the months of a year are harvested, and how long an area takes."""

import numpy as np
import pytest

from aquamind_assets.realism.frames import HarvestDays
from aquamind_assets.realism.harvests import days_of_an_area, month_shares, month_variation, monthly_tonnes


def harvested(days: list[str], tonnes: list[float], area: list[int], due: list[bool]) -> HarvestDays:
    """Harvests of one batch."""
    return HarvestDays(
        area=np.array(area),
        batch_id=np.ones(len(area)),
        day=np.array(days, dtype="datetime64[D]").astype(np.int64),
        tonnes=np.array(tonnes),
        due_tonnes=np.where(due, tonnes, 0.0),
    )


def test_months_of_the_years_asked_for() -> None:
    days = harvested(
        ["2017-12-31", "2018-01-01", "2018-03-31", "2019-03-01"], [9.0, 1.0, 2.0, 3.0], [0] * 4, [True] * 4
    )
    tonnes = monthly_tonnes(days, 2018, 2019)
    assert tonnes.shape == (2, 12)
    assert tonnes[0, [0, 2]].tolist() == [1.0, 2.0]
    assert tonnes.sum() == 6.0
    assert month_shares(tonnes)[[0, 2]] == pytest.approx([100 / 6, 500 / 6])


def test_an_even_year_does_not_vary() -> None:
    assert month_variation(np.full((2, 12), 7.0)) == 0.0
    assert month_variation(np.array([[12.0] + [0.0] * 11])) == pytest.approx(np.sqrt(11))
    assert np.isnan(month_variation(np.zeros((2, 12))))


def test_days_of_an_area_count_harvests_that_were_due() -> None:
    days = ["2018-01-01", "2018-02-01", "2018-02-11", "2018-03-01", "2018-04-01", "2018-01-05"]
    due = [False, True, True, True, True, True]
    assert days_of_an_area(harvested(days, [1.0] * 6, [0, 0, 0, 0, 0, 1], due)) == 60
