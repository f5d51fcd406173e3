"""Figures by country: growth rates by weight, days of grow-out, stocking density; and delousing campaigns."""

import numpy as np
import pytest

from aquamind_assets.realism.densities import density_by_weight, mean_and_high_density
from aquamind_assets.realism.frames import (
    CageClasses,
    DelousingWeeks,
    DensityClasses,
    DiseaseTreatments,
    GeographyYears,
    GrowthClasses,
)
from aquamind_assets.realism.growth import WEIGHTS, growout_days, growth_rates, small_over_large
from aquamind_assets.realism.sea_treatments import deloused_shares, treatments_a_cage_year, weeks_without_counts


def growing(rates: np.ndarray) -> GrowthClasses:
    """Two geographies whose fish grow at these rates, the second one twice as fast."""
    size = rates.size
    return GrowthClasses(
        geography=np.repeat([0, 1], size),
        weight_class=np.tile(np.arange(size), 2),
        cage_days=np.full(2 * size, 10.0),
        log_growth=10.0 * np.concatenate([rates, 2 * rates]),
    )


def test_days_of_grow_out_follow_from_growth_rates() -> None:
    classes = growing(np.full(WEIGHTS.size - 1, 0.005))
    slow, fast = (growth_rates(classes, np.array([row])) for row in (0, 1))
    assert growout_days(slow) == pytest.approx(np.log(10) / 0.005)
    assert growout_days(fast) == pytest.approx(np.log(10) / 0.01)
    assert growth_rates(classes, np.array([0, 1])) == pytest.approx(np.full(WEIGHTS.size - 1, 0.0075))
    assert np.isnan(growout_days(growth_rates(classes, np.array([2]))))


def test_small_fish_are_compared_with_large_ones() -> None:
    rates = np.linspace(0.01, 0.001, WEIGHTS.size - 1)
    found = small_over_large(growth_rates(growing(rates), np.array([0])))
    assert found == pytest.approx((rates[0] + rates[1]) / (rates[8] + rates[9]))


def test_densities_are_of_one_geography() -> None:
    classes = DensityClasses(
        geography=np.array([0, 0, 1]), tenths=np.array([100, 10, 70]), cage_days=np.array([10.0, 90.0, 5.0])
    )
    assert mean_and_high_density(classes, 0) == pytest.approx([1.9, 10.0])
    assert mean_and_high_density(classes, 1) == pytest.approx([7.0, 7.0])
    assert np.isnan(mean_and_high_density(classes, 2)).all()
    cages = CageClasses(
        geography=np.array([0, 0, 1]),
        weight_class=np.array([0, 3, 0]),
        cage_days=np.array([10.0, 5.0, 1.0]),
        density_days=np.array([20.0, 75.0, 9.0]),
    )
    found = density_by_weight(cages, 0)
    assert found[[0, 3]] == pytest.approx([2.0, 15.0])
    assert np.isnan(found[1:3]).all()


def test_shares_of_farm_weeks_are_of_those_with_enough_cages() -> None:
    weeks = DelousingWeeks(
        area=np.array([0, 0, 1, 2]),
        week=np.array([1, 2, 1, 1]),
        cage_days=np.array([70.0, 70.0, 14.0, 56.0]),
        deloused=np.array([2.0, 0.0, 2.0, 8.0]),
        counted=np.array([10.0, 0.0, 0.0, 8.0]),
    )
    assert deloused_shares(weeks).tolist() == [0.2, 1.0]
    assert weeks_without_counts(weeks) == pytest.approx(1 / 3)


def test_treatments_of_a_cage_in_a_year_are_of_one_country_and_disease() -> None:
    given = DiseaseTreatments(
        geography=np.array([0, 1, 1]), disease=np.array([4, 4, 5]), treatments=np.array([7.0, 30.0, 9.0])
    )
    nothing = {name: np.zeros(2) for name in GeographyYears.empty().columns()}
    years = GeographyYears(**(nothing | {"geography": np.array([0, 1]), "cage_days": np.array([1.0, 10 * 365.25])}))
    assert treatments_a_cage_year(given, years, 1, 4) == pytest.approx(3.0)
    assert np.isnan(treatments_a_cage_year(given, years, 2, 4))
