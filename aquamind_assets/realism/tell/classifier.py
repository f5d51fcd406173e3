"""Telling simulated rows from those of a reference table: gradient boosting, scored on sites and times that it has not
seen.

Belongs here: folds, models, scores. Does not belong here: features (``features``).

The sites of each table are cut into groups and its weeks into an early and a late half. A model is tested on the rows
of a group of sites in a half, and trained on those of the other sites in the other half, without the weeks next to the
border. So neither the nature of a site, nor the water of a week, nor the week before a row is known from training: what
the model finds is a difference between the tables. The area under the ROC curve (AUC) is the share of pairs of a
simulated and a real row in which the simulated one is the more suspicious: .5 for a model that finds nothing, 1 for one
that tells them all.

One thread and keyed draws: the same tables and seed give the same scores, with the same version of scikit-learn.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aquamind_assets.errors import UserError
from aquamind_assets.realism.tell.columns import SITE, WEEK
from aquamind_assets.realism.tell.features import Features, column_order, common_columns, make_features
from aquamind_assets.streams import stream
from aquamind_assets.tasks.baselines import require_packages

SITE_GROUPS = 4
GAP_WEEKS = 4
"""Weeks on both sides of the border between the halves that no model is trained on."""
LEAST_SITES = 2
LEAST_WEEKS = 26
MOST_ROWS = 6_000
"""Rows of a table that are looked at; of more, evenly chosen ones."""
SHUFFLES = 3
"""Times that a column is shuffled for its importance."""

OURS, REFERENCE = 0, 1
"""Rows of which table, in this order everywhere."""

Report = Callable[[str], None]


class NotComparable(UserError):
    """Two tables too small or too different for a classifier; the message says of what."""


@dataclass(frozen=True)
class ColumnScore:
    """How much a column tells.

    Attributes:
        column: its name, or ``month``.
        auc: of a model that looks at this column alone.
        importance: loss of AUC of the model with all columns when this column is shuffled among the tested rows.
    """

    column: str
    auc: float
    importance: float


@dataclass(frozen=True)
class Tell:
    """What a classifier finds between two tables.

    Attributes:
        auc: of the model with all features, mean over the folds.
        folds: of each fold.
        groups: AUC of models that look at one group of features each, by group.
        columns: of each column, the most telling one first.
        rows: rows looked at, of each table.
        sites: sites of each table.
    """

    auc: float
    folds: tuple[float, ...]
    groups: dict[str, float]
    columns: list[ColumnScore]
    rows: tuple[int, int]
    sites: tuple[int, int]


@dataclass(frozen=True)
class _Rows:
    features: Features
    simulated: np.ndarray
    """bool (rows,)."""
    folds: list[tuple[np.ndarray, np.ndarray]]
    """Positions of training and of tested rows."""


def find_tell(ours: pd.DataFrame, reference: pd.DataFrame, seed: int, report: Report = lambda text: None) -> Tell:
    """Train and score classifiers between two tables of weeks, both of cages or both of sites.

    Args:
        ours: simulated rows, sorted by their keys.
        reference: other rows, sorted by their keys; a week is a Monday in both.
        seed: of groups of sites and shuffles.
        report: called with what is being done.

    Raises:
        PackageMissing: scikit-learn is not installed.
        NotComparable: too few sites or weeks, or no measured column in common.
    """
    require_packages()
    # Loaded before the limit, which is set for what is loaded.
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import threadpool_limits

    tables = (ours, reference)
    rows = _rows(tables, seed)
    names = sorted(set(rows.features.column), key=column_order)
    everything = np.arange(len(rows.features.names))
    with threadpool_limits(1):
        report(f"Training on all columns, {len(rows.folds)} folds")
        folds, lost = _score_folds(rows, everything, {name: rows.features.of_column(name) for name in names}, seed)
        # A group may hold the same features as a column: they are scored once.
        known: dict[tuple[int, ...], float] = {}

        def score(named: str, places: np.ndarray) -> float:
            key = tuple(places.tolist())
            if key not in known:
                report(f"Training on {named}")
                known[key] = float(np.mean(_score_folds(rows, places, {}, seed)[0]))
            return known[key]

        groups = {group: score(group, rows.features.of_group(group)) for group in rows.features.all_groups}
        columns = [
            ColumnScore(name, score(f"the column {name}", rows.features.of_column(name)), float(np.mean(lost[name])))
            for name in names
        ]
    return Tell(
        auc=float(np.mean(folds)),
        folds=tuple(folds),
        groups=groups,
        columns=sorted(columns, key=lambda one: (-round(one.importance, 3), -one.auc)),
        rows=(int(rows.simulated.sum()), int((~rows.simulated).sum())),
        sites=(ours[SITE].nunique(), reference[SITE].nunique()),
    )


def _rows(tables: Sequence[pd.DataFrame], seed: int) -> _Rows:
    """Features, sides and folds of the chosen rows.

    Raises:
        NotComparable: too few sites or weeks, or no measured column in common.
    """
    for table, named in zip(tables, ("our table", "the reference table"), strict=True):
        weeks = (table[WEEK].max() - table[WEEK].min()).days // 7 + 1 if len(table) else 0
        for number, least, what in (
            (table[SITE].nunique(), LEAST_SITES, "sites"),
            (weeks, LEAST_WEEKS, "weeks from its first to its last"),
        ):
            if number < least:
                raise NotComparable(f"{named} has {number} {what}; at least {least} are needed")
    columns = common_columns(tables)
    if not columns:
        raise NotComparable(
            "no measured column has values in both tables; the reference table has values of"
            f" {', '.join(name for name in tables[REFERENCE] if tables[REFERENCE][name].notna().any())}"
        )
    groups = min(SITE_GROUPS, *(table[SITE].nunique() for table in tables))
    features = make_features(tables, columns)
    side = np.repeat([OURS, REFERENCE], [len(table) for table in tables])
    place = np.concatenate([_site_groups(table, groups, seed) for table in tables])
    half = np.concatenate([_halves(table) for table in tables])
    chosen = np.concatenate([_chosen(table) for table in tables])
    folds = list(_folds(place, half, side, chosen, groups))
    if not folds:
        raise NotComparable("no group of sites has rows of both tables in both halves of their weeks")
    return _Rows(features, side == OURS, folds)


def _site_groups(table: pd.DataFrame, groups: int, seed: int) -> np.ndarray:
    """Group of each row's site, int64 (rows,): sites in a drawn order, each into the group with fewest rows."""
    number = table[SITE].value_counts().sort_index()
    order = stream(seed, "tell", "sites").permutation(len(number))
    filled, group = np.zeros(groups), np.empty(len(number), dtype=np.int64)
    for site in order:
        group[site] = int(np.argmin(filled))
        filled[group[site]] += number.iloc[site]
    return group[number.index.get_indexer(table[SITE])]


def _halves(table: pd.DataFrame) -> np.ndarray:
    """0 for weeks of the early half of the rows, 1 for later ones, -1 near the border, int64 (rows,)."""
    weeks = table[WEEK].to_numpy().astype("datetime64[D]").astype(np.int64)
    border = int(np.median(weeks))
    return np.where(np.abs(weeks - border) <= 7 * GAP_WEEKS, -1, (weeks > border).astype(np.int64))


def _chosen(table: pd.DataFrame) -> np.ndarray:
    """Which rows are looked at, bool (rows,): evenly chosen ones."""
    chosen = np.zeros(len(table), dtype=bool)
    chosen[np.unique(np.linspace(0, len(table) - 1, min(MOST_ROWS, len(table))).round().astype(np.int64))] = True
    return chosen


def _folds(
    group: np.ndarray, half: np.ndarray, side: np.ndarray, chosen: np.ndarray, groups: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions of training and tested rows, of each fold with rows of both tables in both."""
    for site in range(groups):
        for tested in (0, 1):
            train = np.flatnonzero(chosen & (group != site) & (half == 1 - tested))
            test = np.flatnonzero(chosen & (group == site) & (half == tested))
            if all(np.unique(side[rows]).size == 2 for rows in (train, test)):
                yield train, test


def _score_folds(
    rows: _Rows, places: np.ndarray, shuffled: dict[str, np.ndarray], seed: int
) -> tuple[list[float], dict[str, list[float]]]:
    """AUC of each fold with the features at these places, and the loss of each fold where columns are shuffled."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    scores: list[float] = []
    lost: dict[str, list[float]] = {name: [] for name in shuffled}
    for number, (train, test) in enumerate(rows.folds):
        learnt, tested, truth = rows.features.values[train], rows.features.values[test], rows.simulated[test]
        # The library refuses a feature without a value.
        used = places[np.isfinite(learnt[:, places]).any(axis=0)]
        if not used.size:
            scores.append(0.5)
            continue
        model = HistGradientBoostingClassifier(
            max_iter=50,
            learning_rate=0.15,
            max_leaf_nodes=15,
            min_samples_leaf=int(np.clip(train.size // 40, 2, 20)),
            class_weight="balanced",
            early_stopping=False,
            random_state=0,
        )
        model.fit(learnt[:, used], rows.simulated[train])
        scores.append(float(roc_auc_score(truth, model.predict_proba(tested[:, used])[:, 1])))
        for name, columns in shuffled.items():
            rng = stream(seed, "tell", "shuffle", name, number)
            drops = []
            for _ in range(SHUFFLES):
                other = tested.copy()
                other[:, columns] = tested[rng.permutation(test.size)][:, columns]
                drops.append(scores[-1] - float(roc_auc_score(truth, model.predict_proba(other[:, used])[:, 1])))
            lost[name].append(float(np.mean(drops)))
    return scores, lost
