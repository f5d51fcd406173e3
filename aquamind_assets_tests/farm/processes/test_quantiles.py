from math import exp, lgamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.farm.processes.quantiles import (
    apportion,
    beta_binomial_quantile,
    negative_binomial_quantile,
    normal_quantile,
    stationary_step,
)

LEVELS = np.array([1e-4, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.9999])


def log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def exact_beta_binomial(count: int, probability: float, correlation: float, levels: np.ndarray) -> np.ndarray:
    a, b = probability * (1 / correlation - 1), (1 - probability) * (1 / correlation - 1)
    top = min(count, int(count * probability * 4 + 300))
    mass = [
        exp(lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) + log_beta(k + a, count - k + b) - log_beta(a, b))
        for k in range(top + 1)
    ]
    return np.searchsorted(np.cumsum(mass), levels)


def test_normal_quantile_has_the_tabulated_values() -> None:
    u = np.array([0.5, 0.84134474606854, 0.975, 0.9986501019684, 0.001349898031630, 1e-9])
    assert normal_quantile(u) == pytest.approx([0, 1, 1.959963984540, 3, -3, -5.997807015], abs=1e-7)


@pytest.mark.parametrize(
    ("count", "probability", "correlation"),
    [(70_000, 5e-5, 2e-5), (70_000, 6e-5, 3e-5), (20, 0.02, 2e-5), (400, 0.012, 1e-3)],
)
def test_few_deaths_are_the_exact_quantiles(count: int, probability: float, correlation: float) -> None:
    drawn = beta_binomial_quantile(np.full(LEVELS.size, count), np.full(LEVELS.size, probability), LEVELS, correlation)
    assert drawn.tolist() == exact_beta_binomial(count, probability, correlation, LEVELS).tolist()


@pytest.mark.parametrize(
    ("count", "probability", "correlation"),
    [(70_000, 1.4e-4, 2e-5), (70_000, 1e-3, 2e-5), (500_000, 0.003, 2e-5), (100, 0.5, 1e-4)],
)
def test_many_deaths_are_within_a_fish_or_two_of_the_exact_quantiles(
    count: int, probability: float, correlation: float
) -> None:
    drawn = beta_binomial_quantile(np.full(LEVELS.size, count), np.full(LEVELS.size, probability), LEVELS, correlation)
    assert np.abs(drawn - exact_beta_binomial(count, probability, correlation, LEVELS)).max() <= 2


def test_mean_and_variance_are_those_of_the_beta_binomial() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    for count, probability, correlation in [(70_000, 3e-5, 2e-5), (70_000, 6e-4, 2e-5), (50_000, 0.02, 0.0)]:
        drawn = beta_binomial_quantile(np.full(u.size, count), np.full(u.size, probability), u, correlation)
        mean = count * probability
        assert drawn.mean() == pytest.approx(mean, rel=0.01)
        assert drawn.var() == pytest.approx(mean * (1 - probability) * (1 + (count - 1) * correlation), rel=0.03)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 600_000), u=st.floats(0, 1), correlation=st.sampled_from([0.0, 2e-5, 1e-3]))
def test_deaths_never_fall_when_the_probability_rises(count: int, u: float, correlation: float) -> None:
    probability = np.r_[
        np.linspace(0, min(1, 40 / max(count, 1)), 400), np.linspace(min(1, 40 / max(count, 1)), 1, 100)
    ]
    drawn = beta_binomial_quantile(
        np.full(probability.size, count), probability, np.full(probability.size, u), correlation
    )
    assert (np.diff(drawn) >= 0).all()
    assert drawn[0] == 0
    assert drawn[-1] == count


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 600_000), probability=st.floats(0, 1), correlation=st.sampled_from([0.0, 2e-5, 1e-3]))
def test_deaths_never_fall_when_the_uniform_rises(count: int, probability: float, correlation: float) -> None:
    u = np.linspace(0, 1, 400)
    drawn = beta_binomial_quantile(np.full(u.size, count), np.full(u.size, probability), u, correlation)
    assert (np.diff(drawn) >= 0).all()
    assert drawn.min() >= 0
    assert drawn.max() <= count


def test_negative_binomial_has_its_mean_and_variance() -> None:
    u = (np.arange(40_000) + 0.5) / 40_000
    for size, mean in [(2.62, 0.6), (2.62, 12.0), (0.7, 3.0)]:
        drawn = negative_binomial_quantile(np.full(u.size, size), np.full(u.size, mean), u)
        assert drawn.mean() == pytest.approx(mean, rel=0.01)
        assert drawn.var() == pytest.approx(mean + mean * mean / size, rel=0.03)


def test_negative_binomial_of_no_lice_is_none() -> None:
    assert negative_binomial_quantile(np.full(3, 2.6), np.zeros(3), np.array([0.0, 0.5, 0.999])).tolist() == [0, 0, 0]
    assert negative_binomial_quantile(np.zeros(0), np.zeros(0), np.zeros(0)).size == 0


@settings(max_examples=60, deadline=None)
@given(
    total=st.integers(0, 10_000_000),
    weights=st.lists(st.floats(0, 1e3), min_size=1, max_size=7),
    u=st.floats(0, 1, exclude_max=True),
)
def test_shares_add_up_to_the_fish(total: int, weights: list[float], u: float) -> None:
    parts = apportion(np.array([total]), np.array([weights]), np.array([u]))[0]
    assert parts.sum() == total
    assert parts.min() >= 0
    if sum(weights) > 0:
        assert np.abs(parts - np.array(weights) / sum(weights) * total).max() < 2


def test_single_deaths_reach_rare_causes_as_often_as_they_should() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    parts = apportion(np.ones(u.size, dtype=np.int64), np.tile([0.35, 0.2, 0.15, 0.15, 0.1, 0.05], (u.size, 1)), u)
    assert parts.mean(axis=0) == pytest.approx([0.35, 0.2, 0.15, 0.15, 0.1, 0.05], abs=2e-3)


def test_autoregression_keeps_its_deviation_and_correlation() -> None:
    rng = np.random.default_rng(4)
    values = [rng.normal(size=4000) * 0.9]
    for _ in range(30):
        values.append(stationary_step(values[-1], rng.normal(size=4000), 0.8, 0.9))
    assert values[-1].std() == pytest.approx(0.9, rel=0.05)
    assert np.corrcoef(values[-1], values[-2])[0, 1] == pytest.approx(0.8, abs=0.02)
