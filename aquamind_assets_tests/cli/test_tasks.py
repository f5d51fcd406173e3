"""``aquamind tasks``: files from one year of a farm, and what it refuses before it simulates."""

import json
from pathlib import Path

import pytest

from aquamind_assets_tests.cli.typed import in_process

SHORT = ("--preset", "tiny", "--set", "last_year=2016", "--set", "water.readings_per_day=2")


@pytest.mark.slow
def test_a_task_is_written_and_one_without_rows_says_so(tmp_path: Path) -> None:
    """In two years no fish of the farm is harvested."""
    aquamind = in_process(tmp_path)
    names = ("--task", "sensor_faults", "--task", "harvest_biomass")
    done = aquamind("tasks", *SHORT, *names, "--output", "made", "--json")
    index = {one["task"]: one for one in json.loads(done.stdout)}
    assert set(index["sensor_faults"]["rows"]) == {"train", "validation", "test"}
    assert index["harvest_biomass"]["standing"] == "not made"
    assert "Not made" in (tmp_path / "made" / "harvest_biomass" / "card.md").read_text()
    assert (tmp_path / "made" / "sensor_faults" / "test.parquet").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--task", "weather"), "--task weather: allowed are sensor_faults, "),
        (("--farms", "0"), "greater than or equal to 1"),
        (("--output", "file"), "file"),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    (tmp_path / "file").write_text("")
    assert reason in in_process(tmp_path)("tasks", *SHORT, *words, expect=2, columns=200).stderr
