"""The calendar and the ids made from it."""

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.timeline import (
    NARROW_DAY_ROWS,
    WIDE_DAY_ROWS,
    DayRange,
    chunks_of,
    day_number,
    day_of_year,
    days_of_ids,
    id_range,
    narrow_row_ids,
    narrowed,
    number_within_day,
    row_ids,
    to_date,
    year_days,
    year_of,
)

years = st.integers(1991, 2094)


@given(years)
def test_chunks_tile_the_year_exactly(year: int) -> None:
    chunks = chunks_of(year)
    assert np.array_equal(np.concatenate([chunk.days.days for chunk in chunks]), year_days(year).days)
    assert [len(chunk.days) for chunk in chunks[:-1]] == [30] * 12
    assert [chunk.index for chunk in chunks] == list(range(13))


@given(years, st.integers(0, 364))
def test_the_last_chunk_of_the_current_year_ends_on_the_given_day(year: int, offset: int) -> None:
    through = year_days(year).first + offset
    days = np.concatenate([chunk.days.days for chunk in chunks_of(year, through)])
    assert np.array_equal(days, np.arange(year_days(year).first, through + 1))


@given(st.dates(date(1991, 1, 1), date(2094, 12, 31)))
def test_date_year_and_day_of_year_of_a_day(day: date) -> None:
    number = day_number(day)
    assert to_date(number) == day
    assert year_of(np.array([number]))[0] == day.year
    assert day_of_year(np.array([number]))[0] == day.timetuple().tm_yday


@pytest.mark.parametrize(
    ("make", "narrow", "limit"), [(row_ids, False, WIDE_DAY_ROWS), (narrow_row_ids, True, NARROW_DAY_ROWS)]
)
@settings(deadline=None)
@given(data=st.data())
def test_ids_of_a_range_of_days_are_one_range_and_follow_the_days(
    make, narrow: bool, limit: int, data: st.DataObject
) -> None:
    year = data.draw(years)
    whole = year_days(year)
    first = data.draw(st.integers(whole.first, whole.end - 1))
    days = DayRange(first, data.draw(st.integers(first + 1, whole.end)))
    low, high = id_range(days, narrow=narrow)
    ids = make(days.days, np.full(len(days), data.draw(st.integers(0, limit - 1))))
    assert ((ids >= low) & (ids < high)).all()
    assert (np.diff(ids) > 0).all()
    if first > whole.first:
        assert make(np.array([first - 1]), np.array([limit - 1]))[0] < low
    assert narrow <= (high <= 2**31)


@given(years)
def test_id_ranges_of_the_chunks_tile_the_ids_of_the_year(year: int) -> None:
    ranges = [id_range(chunk.days) for chunk in chunks_of(year)]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(ranges))
    assert (ranges[0][0], ranges[-1][1]) == id_range(year_days(year))
    assert ranges[-1][1] <= id_range(year_days(year + 1))[0]


@pytest.mark.parametrize(("make", "limit"), [(row_ids, WIDE_DAY_ROWS), (narrow_row_ids, NARROW_DAY_ROWS)])
@pytest.mark.parametrize("beyond", [-1, 0])
def test_numbers_outside_their_day_are_refused(make, limit: int, beyond: int) -> None:
    with pytest.raises(ValueError, match="allowed: 0 to"):
        make(np.array([16436]), np.array([beyond if beyond < 0 else limit]))


def test_number_within_day_starts_again_each_day() -> None:
    assert number_within_day(np.array([3, 3, 3, 5, 6, 6])).tolist() == [0, 1, 2, 0, 0, 1]
    assert number_within_day(np.array([4, 4]), start=10).tolist() == [10, 11]
    assert number_within_day(np.zeros(0)).size == 0


@pytest.mark.parametrize(("make", "narrow"), [(row_ids, False), (narrow_row_ids, True)])
def test_the_day_of_an_id(make, narrow):
    days = np.arange(year_days(2015).first, year_days(2016).end)
    assert (days_of_ids(make(days, days % 1000), narrow=narrow) == days).all()
    assert days_of_ids(np.array([0, 1, 17, -1]), narrow=narrow).tolist() == [-1, -1, -1, -1]


@given(
    st.lists(
        st.tuples(st.integers(day_number(date(1991, 1, 1)), day_number(date(2096, 12, 31))), st.integers(0, 49_999))
    )
)
def test_wide_ids_become_narrow_ones_of_the_same_day_and_number(places: list[tuple[int, int]]) -> None:
    days, numbers = (np.array([place[i] for place in places], dtype=np.int64) for i in (0, 1))
    wide, narrow = row_ids(days, numbers), narrow_row_ids(days, numbers)
    assert (narrowed(wide) == narrow).all()
    assert (narrowed(narrow) == narrow).all()
    assert (narrow < 2**31).all()


def test_ids_that_are_not_the_platforms_stay_and_those_without_a_narrow_one_are_refused() -> None:
    assert narrowed(np.array([0, 1, 17])).tolist() == [0, 1, 17]
    masked = narrowed(np.ma.MaskedArray(row_ids(np.array([20_000, 20_001]), np.zeros(2)), mask=[True, False]))
    assert masked.mask.tolist() == [True, False]
    with pytest.raises(ValueError, match="row number 50000 on one day"):
        narrowed(row_ids(np.array([20_000]), np.array([50_000])))
