"""Reading a reference table: what it may say, and what is refused with line, column, value and what is allowed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.realism.tell.columns import COLUMNS, NAMES
from aquamind_assets.realism.tell.table import TableUnusable, read_table, write_table

GOOD = "site,cage,week,mortality,temperature\nA,1,2019-03-25,0.001,8.5\n"


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "weeks.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_values_may_be_missing_and_any_day_stands_for_its_week(tmp_path: Path) -> None:
    text = (
        "\ufeffweek, site, temperature, mortality\n"
        "2019-03-31, B, NA, 0\n"
        "\n"
        "2019-04-01, A, 8.5, \n"
        "2019-03-27, A, nan, 1e-3\n"
    )
    found = read_table(table(tmp_path, text))
    assert found["site"].tolist() == ["A", "A", "B"]
    assert found["week"].dt.date.astype(str).tolist() == ["2019-03-25", "2019-04-01", "2019-03-25"]
    assert found["temperature"].isna().tolist() == [True, False, True]
    assert found["mortality"].tolist()[0] == pytest.approx(0.001)


def test_a_written_table_is_read_as_it_was(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    weeks = pd.date_range("2019-01-07", periods=30, freq="7D").astype("datetime64[s]")
    rows = pd.DataFrame({"site": "A", "cage": "1", "week": weeks, **{name: rng.random(30).round(4) for name in NAMES}})
    rows.loc[3, "lice"] = np.nan
    write_table(tmp_path / "weeks.csv", rows)
    pd.testing.assert_frame_equal(read_table(tmp_path / "weeks.csv"), rows, check_dtype=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "there is no column 'site'; allowed are site, cage, week, mortality"),
        ("site,mortality\nA,0\n", "line 1: there is no column 'week'; allowed are"),
        ("site,week\nA,2019-03-25\n", "line 1: no measured column; allowed are mortality"),
        (GOOD.replace("temperature", "temprature"), "unknown column 'temprature' (did you mean temperature?); allowed"),
        (GOOD.replace("temperature", "colour"), "unknown column 'colour'; allowed are site"),
        (GOOD.replace("temperature", "mortality"), "column 'mortality' comes twice"),
        (GOOD.splitlines()[0], "no rows; allowed: a line for each week"),
        (GOOD.replace(",8.5", ""), "line 2: 4 values; allowed: 5"),
        (GOOD.replace("8.5", "warm"), "line 2: temperature 'warm'; allowed: -2 to 35 (degC), or empty"),
        (GOOD.replace("8.5", "85"), "line 2: temperature '85'; allowed: -2 to 35 (degC), or empty"),
        (GOOD.replace("8.5", "inf"), "line 2: temperature 'inf'; allowed"),
        (GOOD.replace("2019-03-25", "25.3.2019"), "line 2: week '25.3.2019'; allowed: a date as in 2019-03-25"),
        (GOOD.replace("A,1", ",1"), "line 2: site is empty; allowed: a name"),
        (GOOD + "A,1,2019-03-26,0,8\n", "site A, cage 1, week 2019-03-25 comes twice; allowed: one line for each"),
        (b"site,week\n\xff\n", "is not UTF-8 text"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(TableUnusable) as refused:
        read_table(table(tmp_path, text))
    assert reason in str(refused.value)
    assert str(tmp_path / "weeks.csv") in str(refused.value)


def test_every_column_is_described_in_the_document() -> None:
    text = (Path(__file__).parents[3] / "docs" / "tell.md").read_text("utf-8")
    for column in COLUMNS:
        assert f"| `{column.name}` | {column.group} | {column.unit} | {column.meaning} |" in text
        assert column.low < column.high
