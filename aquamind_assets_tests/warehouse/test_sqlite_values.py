"""Values of SQLite as frames."""

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from aquamind_assets.warehouse.sqlite.values import frame_of

VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(max_size=3), st.binary(max_size=3)
)
"""What a column may hold, whatever its type is: SQLite does not look."""


@given(st.lists(st.tuples(VALUES, VALUES, st.integers(0, 9), st.floats(0, 1)), max_size=6))
def test_a_frame_has_the_types_that_pandas_finds(rows: list[tuple[Any, ...]]) -> None:
    names = ["one", "other", "number", "share"]
    pd.testing.assert_frame_equal(frame_of(rows, names), pd.DataFrame(rows, columns=names))


def test_two_columns_of_one_name_are_both_there() -> None:
    assert frame_of([(1, 2)], ["id", "id"]).to_numpy().tolist() == [[1, 2]]
