"""Making a year's inputs from ledgers."""

from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.ledger.ledgers import Ledgers
from aquamind_assets.ledger.lives import closing_lots, lives_of
from aquamind_assets.ledger.store import LedgerStore
from aquamind_assets.records.inputs import YearInputs, of_days, positions
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets_tests.simulated_once import simulated_once


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


def test_what_is_read_of_later_ledgers_tells_all_of_the_later_state(history: list[YearInputs], tmp_path: Path) -> None:
    year = history[0]
    made = simulated_once(year.scenario, year.infrastructure, range(year.year, year.year + 3))
    ledgers = Ledgers(LedgerStore(str(tmp_path), "tiny"), year.year)
    for one in made:
        ledgers.write(one.ledger, one.closing)
    read = lives_of([ledgers.ledger(year.year), *ledgers.later(year.year, year.year + 2)])
    whole = lives_of([one.ledger for one in made])
    assert whole.stage_changes.day.max() >= year_days(year.year + 1).first
    for name in (one.name for one in fields(whole) if one.name != "through"):
        for column, values in getattr(whole, name).columns().items():
            assert getattr(getattr(read, name), column).tolist() == values.tolist(), (name, column)


def test_what_is_made_of_days_is_kept_until_other_days_are_asked_for(history: list[YearInputs]) -> None:
    year, asked = replace(history[0]), []

    def first_day(inputs: YearInputs, days: DayRange) -> int:
        assert inputs is year
        asked.append(days.first)
        return days.first

    for first in (1, 1, 2, 1):
        assert year.latest(first_day, DayRange(first, first + 1)) == first
    assert asked == [1, 2, 1]


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
