"""Quantile functions: counts from uniforms that are drawn elsewhere.

A count drawn by its quantile function is monotone in the uniform and in the rate, so two scenarios that share their
uniforms differ only where a rate differs (common random numbers).

Belongs here: distributions. Does not belong here: biology, streams.
"""

import numpy as np

_TERMS = 48
_EXACT_BELOW = 8.0

# Acklam's rational approximation of the normal quantile, relative error below 1.2e-9.
_A = (
    -3.969683028665376e01,
    2.209460984245205e02,
    -2.759285104469687e02,
    1.383577518672690e02,
    -3.066479806614716e01,
    2.506628277459239e00,
)
_B = (
    -5.447609879822406e01,
    1.615858368580409e02,
    -1.556989798598866e02,
    6.680131188771972e01,
    -1.328068155288572e01,
    1.0,
)
_C = (
    -7.784894002430293e-03,
    -3.223964580411365e-01,
    -2.400758277161838e00,
    -2.549732539343734e00,
    4.374664141464968e00,
    2.938163982698783e00,
)
_D = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0)
_TAIL = 0.02425


def _polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value


def normal_quantile(u: np.ndarray) -> np.ndarray:
    """Standard normal quantiles, shape of ``u``; ``u`` is kept within (1e-12, 1 - 1e-12)."""
    u = np.clip(u, 1e-12, 1 - 1e-12)
    centred = u - 0.5
    square = centred * centred
    value = centred * _polynomial(_A, square) / _polynomial(_B, square)
    tail = np.abs(centred) > 0.5 - _TAIL
    if tail.any():
        far = np.minimum(u[tail], 1 - u[tail])
        root = np.sqrt(-2 * np.log(far))
        value[tail] = -np.sign(centred[tail]) * _polynomial(_C, root) / _polynomial(_D, root)
    return value


def beta_binomial_quantile(count: np.ndarray, probability: np.ndarray, u: np.ndarray, correlation: float) -> np.ndarray:
    """Quantiles of beta-binomial counts, int64, shape of ``count``, in [0, count].

    Exact (summed probabilities) while the mean is below 8 fish, by a Cornish-Fisher expansion with the exact first
    three moments above it. Never falls when ``u`` or ``probability`` rises.

    Args:
        count: fish, integers >= 0.
        probability: mean probability of each fish, in [0, 1].
        u: uniforms.
        correlation: intra-class correlation of the fish, >= 0; 0 is the binomial.
    """
    count = np.asarray(count, dtype=np.float64)
    probability = np.clip(probability, 0.0, 1.0)
    # Sums of probabilities are good to about 1e-10; nothing rarer is distinguished.
    u = np.clip(u, 1e-8, 1 - 1e-8)
    mean = count * probability
    drawn = _expanded(count, probability, normal_quantile(u), correlation)
    # Between 8 and 16 the expansion may fall below the exact value at 8, which it must not.
    small = np.flatnonzero(mean < 2 * _EXACT_BELOW)
    if small.size:
        few = np.minimum(probability[small], _EXACT_BELOW / np.maximum(count[small], 1e-9))
        exact = _summed(count[small], few, u[small], correlation)
        beyond = (exact >= _TERMS) | (mean[small] >= _EXACT_BELOW)
        drawn[small] = np.where(beyond, np.maximum(exact, drawn[small]), exact)
    drawn[probability >= 1] = count[probability >= 1]
    return np.clip(drawn, 0, count).astype(np.int64)


def _summed(count: np.ndarray, probability: np.ndarray, u: np.ndarray, correlation: float) -> np.ndarray:
    """Number of cumulative probabilities P(X <= k), k < 48, that lie below ``u``; 48 means 'at least 48'."""
    k = np.arange(_TERMS - 1, dtype=np.float64)
    n, p = count[:, None], np.clip(probability, 0.0, 1 - 1e-12)[:, None]
    if correlation > 0:
        # In units of alpha + beta, so that both ends (no correlation, no deaths) stay finite.
        step = correlation / (1 - correlation)
        ratio = (n - k) / (k + 1) * (p + k * step) / np.maximum(1 - p + (n - 1 - k) * step, 1e-300)
        log_none = _log_no_deaths(count, probability, step)
    else:
        ratio = (n - k) / (k + 1) * p / (1 - p)
        log_none = count * np.log1p(-p[:, 0])
    mass = np.empty((count.size, _TERMS))
    mass[:, 0] = 1.0
    np.maximum(ratio, 0.0, out=mass[:, 1:])
    np.cumprod(mass, axis=1, out=mass)
    np.cumsum(mass, axis=1, out=mass)
    mass *= np.exp(log_none)[:, None]
    return np.minimum((mass < u[:, None]).sum(axis=1), count)


def _log_no_deaths(count: np.ndarray, probability: np.ndarray, step: float) -> np.ndarray:
    """Log of P(X = 0) = prod_i (1 - p + i step) / (1 + i step), by Euler-Maclaurin (exact to 1e-6 for step < .01)."""
    p = np.clip(probability, 0.0, 1 - 1e-12)

    def log_sum(start: np.ndarray | float) -> np.ndarray:
        end = start + np.maximum(count - 1, 0) * step
        integral = (end * np.log(end) - end - start * np.log(start) + start) / step
        return integral + (np.log(start) + np.log(end)) / 2 + step * (1 / end - 1 / start) / 12

    return np.where(count > 0, log_sum(1 - p) - log_sum(1.0), 0.0)


def _expanded(count: np.ndarray, probability: np.ndarray, z: np.ndarray, correlation: float) -> np.ndarray:
    p, q = probability, 1 - probability
    inflation = 1 + np.maximum(count - 1, 0) * correlation
    mean = count * p
    deviation = np.sqrt(mean * q * inflation)
    # Skewness of the beta-binomial with alpha + beta = s = 1/rho - 1; written with rho so that rho = 0 gives the
    # binomial.
    denominator = (1 + correlation) * np.maximum(deviation, 1e-12)
    skewness = (1 - correlation + 2 * count * correlation) * (q - p) / denominator
    # The expansion turns back at z = -3 / skewness; it stays at the value it has there.
    turn = 3 / np.maximum(np.abs(skewness), 1e-9)
    z = np.where(skewness > 0, np.maximum(z, -turn), np.minimum(z, turn))
    value = mean + deviation * (z + skewness * (z * z - 1) / 6)
    return np.floor(value + 0.5)


def negative_binomial_quantile(size: np.ndarray, mean: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Quantiles of negative binomial counts with variance mean + mean^2 / size; int64, shape of ``mean``.

    Exact up to 12 standard deviations above the mean, where it is cut.
    """
    size, mean = np.maximum(size, 1e-9), np.maximum(mean, 0.0)
    if not mean.size:
        return np.zeros(0, dtype=np.int64)
    terms = int(np.ceil((mean + 12 * np.sqrt(mean + mean * mean / size)).max())) + 12
    k = np.arange(terms - 1, dtype=np.float64)
    odds = (mean / (mean + size))[:, None]
    mass = np.empty((mean.size, terms))
    mass[:, 0] = 0.0
    with np.errstate(divide="ignore"):
        mass[:, 1:] = np.log(odds * (k + size[:, None]) / (k + 1))
    np.cumsum(mass, axis=1, out=mass)
    mass -= (size * np.log1p(mean / size))[:, None]
    return (np.cumsum(np.exp(mass), axis=1) < u[:, None]).sum(axis=1).astype(np.int64)


def apportion(total: np.ndarray, weights: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Whole numbers (n, k) that add up to ``total`` (n,) in proportion to ``weights`` (n, k), by systematic sampling
    with one uniform for each row.

    Every share is within one of its expectation, and right on the average. Rows whose weights are all 0 go to the first
    column.
    """
    weights = np.asarray(weights, dtype=np.float64)
    total = np.asarray(total, dtype=np.int64)
    cumulative = np.cumsum(weights, axis=1)
    whole = cumulative[:, -1]
    edges = np.zeros((weights.shape[0], weights.shape[1] + 1), dtype=np.int64)
    inner = np.floor(
        cumulative[:, :-1] / np.where(whole > 0, whole, 1.0)[:, None] * total[:, None] + u[:, None]
    ).astype(np.int64)
    edges[:, 1:-1] = np.where((whole > 0)[:, None], np.minimum(inner, total[:, None]), total[:, None])
    edges[:, -1] = total
    return np.diff(edges, axis=1)


def stationary_step(previous: np.ndarray, normal: np.ndarray, correlation: float, deviation: float) -> np.ndarray:
    """Next value of an AR1 process whose stationary standard deviation is ``deviation``."""
    return correlation * previous + np.sqrt(1 - correlation * correlation) * deviation * normal
