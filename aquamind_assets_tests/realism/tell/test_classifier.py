"""The classifier between two tables: it finds nothing between two draws of one process, names an obvious difference,
and is never trained on sites and weeks that it is tested on."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.realism.tell import classifier
from aquamind_assets.realism.tell.classifier import NotComparable, Tell, find_tell
from aquamind_assets.realism.tell.features import MISSING, MONTH, common_columns, make_features
from aquamind_assets.streams import stream

WEEKS = 80


def farm(seed: int, first: str = "2016-01-04", sites: int = 2, cages: int = 2) -> pd.DataFrame:
    """A table of weeks: sites of different temperature and mortality, with gaps, rows sorted by their keys."""
    rng = stream(seed, "test farm")
    weeks = pd.date_range(first, periods=WEEKS, freq="7D")
    season = 9 + 3 * np.sin(2 * np.pi * np.asarray(weeks.dayofyear) / 365)
    parts = []
    for site in range(sites):
        temperature = season + rng.normal(0, 0.4) + rng.normal(0, 0.3, WEEKS)
        for cage in range(cages):
            mortality = np.exp(rng.normal(-7, 0.3) + rng.normal(0, 1, WEEKS))
            mortality[rng.random(WEEKS) < 0.1] = np.nan
            parts.append(
                pd.DataFrame(
                    {
                        "site": f"site {site} of {seed}",
                        "cage": str(cage),
                        "week": weeks,
                        "mortality": mortality,
                        "temperature": temperature,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


@pytest.mark.slow
def test_between_two_draws_of_one_process_nothing_tells() -> None:
    found = find_tell(farm(1, sites=4), farm(2, first="2011-05-02", sites=4), 5)
    assert 0.4 < found.auc < 0.6
    assert len(found.folds) == 8
    assert set(found.groups) == {
        "mortality", "water", MONTH, MISSING, "steps from week to week", "differences between cages"
    }  # fmt: skip
    assert (found.rows, found.sites) == ((640, 640), (4, 4))
    assert max(one.importance for one in found.columns) < 0.1


def constant_temperature(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(temperature=8.0)


def equal_cages(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(mortality=rows.groupby(["site", "week"])["mortality"].transform("mean"))


@pytest.mark.parametrize(
    ("change", "column", "group"),
    [
        (constant_temperature, "temperature", "water"),
        (equal_cages, "mortality", "differences between cages"),
    ],
)
def test_an_obvious_difference_is_found_and_named(
    change: Callable[[pd.DataFrame], pd.DataFrame], column: str, group: str
) -> None:
    found = find_tell(change(farm(1)), farm(2), 5)
    assert found.auc > 0.95
    assert found.columns[0].column == column
    assert found.columns[0].importance > 0.2
    assert found.groups[group] > 0.95


def test_values_that_are_never_missing_are_a_difference() -> None:
    ours = farm(1)
    ours["mortality"] = ours["mortality"].fillna(ours["mortality"].median())
    theirs = farm(2)
    theirs.loc[stream(3, "gaps").random(len(theirs)) < 0.5, "mortality"] = np.nan
    found = find_tell(ours, theirs, 5)
    assert found.groups[MISSING] > 0.7
    assert found.columns[0].column == "mortality"


def test_a_column_that_few_sites_have_is_no_obstacle() -> None:
    """Of some folds no trained row has a value."""
    tables = farm(1), farm(2)
    for rows in tables:
        rows.loc[rows["site"].str.startswith("site 0"), "temperature"] = np.nan
        rows["oxygen"] = np.where(rows["site"].str.startswith("site 0") & (rows["week"] > "2017-01-01"), 9.0, np.nan)
    assert 0 <= find_tell(*tables, 5).auc <= 1


def test_the_same_tables_and_seed_give_the_same_scores() -> None:
    ours, theirs = farm(1), farm(2)
    one: Tell = find_tell(ours, theirs, 5)
    assert one == find_tell(ours, theirs, 5)
    assert one.folds != find_tell(farm(3), theirs, 5).folds


def test_no_site_and_no_week_is_known_from_training() -> None:
    tables = farm(1, sites=5), farm(2, first="2018-01-01", sites=3)
    rows = classifier._rows(tables, 5)
    joined = pd.concat(tables, ignore_index=True)
    assert len(rows.folds) == 6
    tested = np.concatenate([test for _, test in rows.folds])
    assert np.unique(tested).size == tested.size, "a row is tested once"
    for train, test in rows.folds:
        assert not set(joined["site"].iloc[train]) & set(joined["site"].iloc[test])
        for ours in (True, False):
            learnt, asked = (joined["week"].iloc[places[rows.simulated[places] == ours]] for places in (train, test))
            apart = np.abs(np.subtract.outer(learnt.to_numpy(), asked.to_numpy())).min()
            assert apart > np.timedelta64(7 * classifier.GAP_WEEKS, "D")


def test_features_are_values_steps_and_differences_between_cages() -> None:
    rows = farm(1).drop(index=[3])  # A week is missing.
    rows = rows.reset_index(drop=True)
    features = make_features([rows, farm(2)], common_columns([rows, farm(2)]))
    at = {name: features.values[:, place] for place, name in enumerate(features.names)}
    assert list(at) == [
        "mortality", "mortality, step", "mortality, beside", "mortality, missing",
        "temperature", "temperature, step", "temperature, beside", "month",
    ]  # fmt: skip
    assert at["temperature, step"][1] == pytest.approx(rows["temperature"][1] - rows["temperature"][0])
    assert np.isnan(at["temperature, step"][[0, 3, WEEKS - 1]]).all(), "no week before: first, after a gap, next cage"
    assert np.nanmax(np.abs(at["temperature, beside"])) == pytest.approx(0)
    assert at["month"][0] == 1
    assert (at["mortality, missing"] == np.isnan(at["mortality"])).all()


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (farm(1, sites=1), farm(2), "our table has 1 sites; at least 2 are needed"),
        (farm(1), farm(2).iloc[:20], "the reference table has 1 sites; at least 2"),
        (farm(1), farm(2)[lambda rows: rows["week"] < "2016-03-01"], "the reference table has 9 weeks from its first"),
        (farm(1).drop(columns="mortality"), farm(2).drop(columns="temperature"), "no measured column has values in bo"),
        (farm(1).iloc[:0], farm(2), "our table has 0 sites"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(ours: pd.DataFrame, theirs: pd.DataFrame, reason: str) -> None:
    with pytest.raises(NotComparable) as refused:
        find_tell(ours, theirs, 5)
    assert reason in str(refused.value)
