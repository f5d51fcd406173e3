"""``aquamind`` alone: what is there, and what comes next; and completion in the shell."""

from datetime import date
from pathlib import Path

import pytest

from aquamind_assets.cli.next_steps import next_steps
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.settings import Settings
from aquamind_assets_tests.cli.typed import in_process


def test_where_nothing_is_generated_the_next_command_is_run_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = in_process(tmp_path)()
    assert "Nothing is generated there yet" in answer.stdout
    assert "aquamind run --dry-run" in answer.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_incomplete_history_is_resumed_and_a_complete_one_is_looked_at(tmp_path: Path) -> None:
    few = ("water.readings_per_day=1", "last_year=2016")
    settings = Settings(
        "tiny",
        few,
        f"sqlite:///{tmp_path / 'farm.db'}",
        str(tmp_path / "ledger"),
        date(2026, 1, 1),
        1,
        release="2025-08",
    )
    store_ledgers(Platform(settings), 2016)
    record_years(Platform(settings), [2015])
    said, commands = next_steps(settings)
    assert said.endswith("has 2015; of the history 2016 is not complete.")
    assert commands[0][0] == "aquamind run --resume"
    record_years(Platform(settings), [2016])
    said, commands = next_steps(settings)
    assert said.endswith("has 2015-2016, complete.")
    assert commands[0][0] == "aquamind report --open"


def test_the_shell_can_complete_the_commands(tmp_path: Path) -> None:
    help_text = in_process(tmp_path)("--help").stdout
    assert "--install-completion" in help_text
    assert "simulate the farm" in " ".join(help_text.split())
