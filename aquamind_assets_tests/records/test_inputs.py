"""Making a year's inputs from ledgers."""

from itertools import pairwise

import numpy as np
import pytest

from aquamind_assets.ledger.lives import closing_lots, lives_of
from aquamind_assets.records.inputs import YearInputs, of_days, positions
from aquamind_assets.timeline import DayRange, year_days


def test_lives_have_the_state_of_the_last_ledger(history: list[YearInputs]) -> None:
    early, last = history[1], history[-1]
    assert early.lives.through == last.ledger.through
    assert early.lives.assignments.assignment_id.tolist() == early.ledger.assignments.assignment_id.tolist()
    assert early.lives.batches.batch_id.tolist() == early.ledger.batches.batch_id.tolist()
    assert (early.ledger.assignments.end_day < 0).any()
    assert (early.lives.assignments.end_day >= 0).all()
    assert (early.lives.batches.end_day >= 0).all()


def test_lives_of_the_latest_year_are_its_ledgers(history: list[YearInputs]) -> None:
    last = history[-1]
    assert (last.lives.assignments.population == last.ledger.assignments.population).all()


def test_ledgers_must_follow_each_other(history: list[YearInputs]) -> None:
    with pytest.raises(ValueError, match=r"\[2015, 2017\]"):
        lives_of([history[0].ledger, history[2].ledger])
    with pytest.raises(ValueError, match=r"\[\]"):
        lives_of([])


def test_lots_left_add_up_to_the_stock_and_are_the_next_years_opening(history: list[YearInputs]) -> None:
    for year, following in pairwise(history):
        lots, stores = closing_lots(year.ledger), year.ledger.feed_stores
        left = np.zeros(1 + int(stores.feed_container.max()), dtype=np.int64)
        np.add.at(left, lots.feed_container, lots.remaining_g)
        assert (left[stores.feed_container] == stores.closing_g).all()
        opening = following.ledger.feed_lots
        assert opening.purchase_id.tolist() == lots.purchase_id.tolist()
        assert opening.remaining_g.tolist() == lots.remaining_g.tolist()


def test_days_of_a_frame(history: list[YearInputs]) -> None:
    fish, first = history[2].ledger.container_days, year_days(2017).first
    part = of_days(fish, DayRange(first + 3, first + 5))
    assert set(part.day.tolist()) == {first + 3, first + 4}
    assert len(part) == np.isin(fish.day, [first + 3, first + 4]).sum()


def test_an_unknown_id_is_named() -> None:
    assert positions(np.array([3, 5, 9]), np.array([9, 3]), "batch").tolist() == [2, 0]
    assert positions(np.array([], dtype=np.int64), np.array([], dtype=np.int64), "batch").size == 0
    with pytest.raises(KeyError, match="batch 4 is not in the inputs"):
        positions(np.array([3, 5, 9]), np.array([9, 4]), "batch")
    with pytest.raises(KeyError, match="batch 10 is not in the inputs"):
        positions(np.array([3, 5, 9]), np.array([10]), "batch")
