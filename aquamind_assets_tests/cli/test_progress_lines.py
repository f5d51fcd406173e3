"""Progress where the output is no terminal: a line a year, and one every half minute."""

import io
import time

import pytest
from rich.console import Console

from aquamind_assets.cli.output import shown_work
from aquamind_assets.cli.progress_lines import ProgressLines


def printed(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_line_for_each_completed_year_with_rows_rate_and_time_left() -> None:
    console, now = Console(file=io.StringIO(), width=20), [0.0]
    lines = ProgressLines(console, ["batches", "mortality"], [2015, 2016], clock=lambda: now[0])
    with lines.shown():
        for year in (2015, 2016):
            for asset in ("batches", "mortality"):
                lines.started(asset, year, 1)
                now[0] += 5
                lines.chunk_written(asset, year, 1000)
                lines.completed(asset, year)
    first, last = printed(console)
    assert first.startswith("2015 complete: 50%, 2.0k rows, 200/s, ")
    assert first.endswith(" MB, 10 s left"), "a line is not broken at the width of a terminal that is not there"
    assert last.startswith("2016 complete: 100%, 4.0k rows, 200/s, ")


def test_a_long_step_is_not_silent() -> None:
    console = Console(file=io.StringIO())
    lines = ProgressLines(console, ["farm_year"], [2015], every_s=0.05)
    with lines.shown():
        lines.started("farm_year", 2015, 1)
        until = time.monotonic() + 120
        while len(printed(console)) < 2 and time.monotonic() < until:
            time.sleep(0.05)
    assert len(printed(console)) >= 2
    assert printed(console)[-1].startswith("2015 farm_year: 0%, 0 rows")


def test_work_without_rows_is_shown_a_line_each_beside_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(file=io.StringIO())
    with shown_work(console, "Verifying [all]") as update:
        update("Checking 24 laws on 2015")
    assert printed(console) == []
    assert capsys.readouterr().err.splitlines() == ["Verifying [all]", "Checking 24 laws on 2015"]
