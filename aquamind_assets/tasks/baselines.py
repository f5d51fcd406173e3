"""Scores of a task: of a constant, of the best single line, of a sensible model, and of the true state.

Belongs here: metrics, and models of scikit-learn. Does not belong here: what a score means for the task (``quality``).

All models are trained on the training rows and scored on the test rows. Forecasts are compared as changes of the
target's log since its latest known value. One thread and fixed seeds: the same rows give the same scores.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aquamind_assets.errors import UserError
from aquamind_assets.tasks.task import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TRAINING_ROWS = 40_000
"""Of more rows each n-th is used for training; the files hold all of them."""

FALSE_ALARMS = 0.01
"""Share of healthy validation days with a warning, at which an early warning is measured."""


class PackageMissing(UserError):
    """scikit-learn is not installed."""


@dataclass(frozen=True)
class Scores:
    """Scores of a task on its test rows: average precision of a detection, mean absolute log error of a forecast.

    Attributes:
        trivial: of a constant; of a forecast, of the latest known value times a constant.
        line: of the best single line, see ``best_line``.
        line_feature: the feature that the line uses.
        sensible: of a model on the features, see ``_best_model``.
        truth: of such a model on the ledger's true state.
        days_won: early warnings: mean days from the first warning of the sensible model to the recognition, 0 for an
            infection without warning; None for other tasks.
    """

    trivial: float
    line: float
    line_feature: str
    sensible: float
    truth: float
    days_won: float | None = None


def require_packages() -> None:
    """Check that the packages of the baselines are installed.

    Raises:
        PackageMissing: they are not.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise PackageMissing("the baselines need scikit-learn: pip install 'aquamind-assets[tasks]'") from None


def score(task: Task, parts: "Mapping[str, pd.DataFrame]") -> Scores:
    """Train the baselines and score them on the test rows."""
    # Loaded before the limit, which is set for what is loaded.
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        train, test = _thinned(parts["train"]), parts["test"]
        features = task.names("feature")
        truth = [*task.names("truth"), *task.known, *filter(None, [task.naive])]
        model = _best_model(task, parts, features)
        line, feature = best_line(task, train, test)
        return Scores(
            trivial=metric(task, test, _constant(task, train, len(test))),
            line=line,
            line_feature=feature,
            sensible=metric(task, test, _predict(task, model, test, features)),
            truth=metric(task, test, _predict(task, _best_model(task, parts, truth), test, truth)),
            days_won=_days_won(task, model, parts) if task.recognised else None,
        )


def metric(task: Task, rows: pd.DataFrame, predicted: np.ndarray) -> float:
    """The task's metric of predictions for these rows: a score for each row, or the change of the log (``_target``)."""
    target = _target(task, rows)
    if task.kind == "forecast":
        return float(np.abs(predicted - target).mean())
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(target, predicted))


def best_line(task: Task, train: pd.DataFrame, test: pd.DataFrame) -> tuple[float, str]:
    """The best score on the test rows that one line of code reaches, and the feature it uses.

    A detection's line is one feature, up, down, or away from its training median. A forecast's line is the latest known
    value, changed by a straight line through one feature or its log, fitted by least squares. The best one is chosen on
    the test rows: no fair choice could be better.
    """
    scores: list[tuple[float, str]] = []
    for name in task.names("feature"):
        before, now = (rows[name].to_numpy(dtype=np.float64) for rows in (train, test))
        middle = float(np.nanmedian(before)) if np.isfinite(before).any() else 0.0
        if task.kind == "detection":
            filled = np.where(np.isfinite(now), now, middle)
            lines = (filled, -filled, np.abs(filled - middle))
            scores += [(metric(task, test, values), name) for values in lines]
            continue
        for change in (lambda values: values, lambda values: np.log(np.maximum(values, 0.0) + max(task.offset, 0.1))):
            x, x_now = (change(np.where(np.isfinite(values), values, middle)) for values in (before, now))
            slope, intercept = _straight_line(x, _target(task, train))
            scores.append((metric(task, test, intercept + slope * x_now), name))
    return max(scores) if task.kind == "detection" else min(scores)


def _straight_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread > 0 else 0.0
    return slope, float(y.mean() - slope * x.mean())


def _target(task: Task, rows: pd.DataFrame) -> np.ndarray:
    """True and false, or the log of the quantity + offset, less that of its latest known value."""
    values = rows[task.target].to_numpy()
    if task.kind == "detection":
        return values.astype(bool)
    return np.log(values + task.offset) - _naive(task, rows)


def _naive(task: Task, rows: pd.DataFrame) -> np.ndarray:
    """Log of the latest known value + offset."""
    return np.log(rows[task.naive].to_numpy() + task.offset)


def _constant(task: Task, train: pd.DataFrame, size: int) -> np.ndarray:
    target = _target(task, train)
    return np.full(size, np.median(target) if task.kind == "forecast" else target.mean())


def _thinned(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[:: max(1, -(-len(rows) // MOST_TRAINING_ROWS))]


@dataclass(frozen=True)
class _Fitted:
    """A fitted model; of a forecast, whether it gives the log of the target or the change of the log."""

    model: Any
    change: bool


def _best_model(task: Task, parts: "Mapping[str, pd.DataFrame]", names: list[str]) -> _Fitted:
    """Of boosted trees and a linear model, trained on the training rows, the one that is better on the validation rows:
    trees need many rows, a line few. Of a forecast both are tried on the target and on its change: the one suits counts
    that are noisy, the other cages of all sizes."""
    train, validation = _thinned(parts["train"]), parts["validation"]
    values = _values(train, names)
    fitted = [
        _Fitted(model.fit(values, _target(task, train) + (0 if change else _naive(task, train))), change)
        for change in ((True, False) if task.kind == "forecast" else (True,))
        for model in (_trees(task, len(train)), _linear(task))
    ]
    scores = [metric(task, validation, _predict(task, one, validation, names)) for one in fitted]
    return fitted[int(np.argmax(scores) if task.kind == "detection" else np.argmin(scores))]


def _trees(task: Task, rows: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    options: dict[str, Any] = {
        "max_iter": 100,
        "learning_rate": 0.08,
        "max_leaf_nodes": 15,
        "min_samples_leaf": int(np.clip(rows // 40, 2, 20)),
        "early_stopping": False,
        "random_state": 0,
    }
    if task.kind == "detection":
        return HistGradientBoostingClassifier(**options)
    return HistGradientBoostingRegressor(loss="absolute_error", **options)


def _linear(task: Task) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    last = LogisticRegression(max_iter=500) if task.kind == "detection" else Ridge(alpha=1.0)
    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), last)


def _values(rows: pd.DataFrame, names: list[str]) -> np.ndarray:
    """The columns and the logs of their sizes, float64 (rows, 2 x names)."""
    values = rows[names].to_numpy(dtype=np.float64)
    return np.concatenate([values, np.log(np.abs(values) + 0.01)], axis=1)


def _predict(task: Task, fitted: _Fitted, rows: pd.DataFrame, names: list[str]) -> np.ndarray:
    """What the metric compares: a score for each row, or the change of the log."""
    values = _values(rows, names)
    if task.kind == "detection":
        return fitted.model.predict_proba(values)[:, 1]
    return fitted.model.predict(values) - (0 if fitted.change else _naive(task, rows))


def _days_won(task: Task, model: _Fitted, parts: "Mapping[str, pd.DataFrame]") -> float | None:
    """Mean days from the first warning to the recognition over the infections of the test rows."""
    assert task.recognised is not None
    validation, test = parts["validation"], parts["test"]
    features = task.names("feature")
    healthy = _predict(task, model, validation, features)[~_target(task, validation)]
    infected = test[_target(task, test)]
    if not healthy.size or not len(infected):
        return None
    warned = _predict(task, model, infected, features) > np.quantile(healthy, 1 - FALSE_ALARMS)
    won = np.where(warned, infected[task.recognised] - infected["day"], 0)
    return float(
        pd.Series(won).groupby([infected["series"].to_numpy(), infected[task.recognised].to_numpy()]).max().mean()
    )
