"""Tables on screens that are too narrow for them."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import aquamind_assets
from aquamind_assets.cli.estimate import Estimate, show
from aquamind_assets.cli.estimate_rows import FIXED
from aquamind_assets.cli.formats import count, duration, short, span
from aquamind_assets.cli.tables import Column, print_table

WORDS = st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=127), min_size=1, max_size=12)


def printed(columns: list[Column], rows: list[list[str]], width: int) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    print_table(console, columns, rows)
    return console.export_text()


@given(
    st.lists(WORDS, min_size=2, max_size=14, unique=True),
    st.integers(40, 120),
    st.integers(0, 10**9),
)
def test_every_heading_and_every_cell_is_shown_whole(headings: list[str], width: int, number: int) -> None:
    columns = [Column("first"), *(Column(heading, right=True) for heading in headings)]
    cells = [f"{number + place:,}" for place in range(len(headings))]
    shown = printed(columns, [["asset", *cells]], width)
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= width
    found = shown.split()
    assert all(heading in found for heading in headings)
    assert all(cell in found for cell in cells)


def test_a_table_that_does_not_fit_is_split_and_every_part_begins_with_the_first_column() -> None:
    columns = [Column("asset"), *(Column(str(year), right=True) for year in range(2015, 2027))]
    shown = printed(columns, [["environmental_readings", *["7.6M"] * 12]], 60)
    assert shown.count("environmental_readings") == 2
    assert shown.count("7.6M") == 12
    assert printed(columns, [["environmental_readings", *["7.6M"] * 12]], 120).count("environmental_readings") == 1


def test_a_long_text_wraps_before_the_table_is_split() -> None:
    shown = printed([Column("law", wraps=True), Column("checked", wraps=True)], [["space is kept", "many " * 30]], 60)
    assert shown.count("law") == 1
    assert shown.count("many") == 30


@pytest.mark.parametrize("width", [40, 60, 80, 140])
def test_an_estimate_shows_every_year_and_the_rows_of_no_year(width: int) -> None:
    years = {year: 7_600_000 for year in range(2015, 2027)}
    expected = Estimate({"environmental_readings": years, "reference_data": {FIXED: 1, 2015: 144}}, 1, 1.0, "x", "y")
    console = Console(width=width, file=io.StringIO(), record=True)
    show(expected, console)
    shown = console.export_text().split()
    assert [year for year in map(str, range(2015, 2027)) if year not in shown] == []
    assert shown.count("7.6M") == 12 + 12, "each year, and its sum"
    assert shown.count("91M") == 1 + 1
    assert {"fixed", "ids", "144", "145"} <= set(shown)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00 min"), (200, "3:20 min"), (7500, "2:05 h")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_counts_and_years() -> None:
    assert [short(number) for number in (0, 999, 1_234, 9_960, 345_678, 4_600_000, 2.5e9)] == [
        "0",
        "999",
        "1.2k",
        "10k",
        "346k",
        "4.6M",
        "2.5G",
    ]
    assert [count(number, "run") for number in (0, 1, 2_000)] == ["0 runs", "1 run", "2,000 runs"]
    assert [span(years) for years in ([], [2015], [2015, 2016, 2017], [2015, 2017])] == [
        "no year",
        "2015",
        "2015-2017",
        "2015, 2017",
    ]


def test_every_table_of_the_repository_is_printed_this_way() -> None:
    root = Path(aquamind_assets.__file__).parents[1]
    sources = [path for folder in ("aquamind_assets", "benchmarks", "tools") for path in (root / folder).rglob("*.py")]
    makers = [str(path.relative_to(root)) for path in sources if "rich.table" in path.read_text("utf-8")]
    assert makers == ["aquamind_assets/cli/tables.py"]
