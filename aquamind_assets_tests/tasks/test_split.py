"""Splits do not leak, and the check finds every kind of leak."""

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.tasks.split import Leakage, NotSplittable, check_leakage, split
from aquamind_assets.tasks.task import SPLITS

Parts = dict[str, pd.DataFrame]


def rows(sites: int = 6, days: int = 400) -> pd.DataFrame:
    """A row a site and day; a batch is at a site for fifty days, then at the next one."""
    site, day = (part.ravel() for part in np.meshgrid(np.arange(sites), np.arange(days)))
    return pd.DataFrame(
        {
            "farm": 0,
            "site": site,
            "batch_id": (day // 50 - site) % 12,
            "series": site,
            "day": day,
            "first_day": day - 5,
            "last_day": day + 10,
        }
    )


@pytest.fixture
def parts() -> Parts:
    made = rows()
    return split(made, 1, np.ones(len(made)))


def test_a_split_keeps_whole_rows_in_order(parts: Parts) -> None:
    whole = rows().set_index(["site", "day"])
    for part in parts.values():
        assert (
            whole.loc[list(zip(part["site"], part["day"], strict=True))].reset_index()
            == part[["site", "day", *whole.columns]]
        ).all(axis=None)
    assert [len(parts[name]) > 0 for name in SPLITS] == [True, True, True]


def test_the_same_seed_splits_in_the_same_way(parts: Parts) -> None:
    again = split(rows(), 1, np.ones(len(rows())))
    assert all(parts[name].equals(again[name]) for name in SPLITS)


@pytest.mark.parametrize(
    ("column", "problem"),
    [("site", "site"), ("batch_id", "batch_id"), ("first_day", "looks at"), ("last_day", "looks at")],
)
def test_one_leaking_row_is_found(parts: Parts, column: str, problem: str) -> None:
    """A training row with a site, a batch or a day of the test, and the other way round."""
    check_leakage(parts)
    other, of = ("test", "train") if column == "first_day" else ("train", "test")
    leaking = parts[other].copy()
    leaking.loc[0, column] = parts[of][column].iloc[0]
    if column == "last_day":
        leaking.loc[0, column] = parts[of]["first_day"].min()
    with pytest.raises(Leakage, match=problem):
        check_leakage(parts | {other: leaking})


def test_windows_that_end_before_they_begin_are_found(parts: Parts) -> None:
    with pytest.raises(Leakage, match="before"):
        check_leakage(parts | {"train": parts["train"].assign(first_day=parts["train"]["last_day"] + 1)})


@pytest.mark.parametrize("made", [rows(sites=2), rows().iloc[:0], rows(days=1)], ids=["sites", "empty", "one day"])
def test_what_cannot_be_split_is_refused(made: pd.DataFrame) -> None:
    with pytest.raises(NotSplittable):
        split(made, 1, np.ones(len(made)))
