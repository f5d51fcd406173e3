"""Two commands with one DAGSTER_HOME: the one that waits for the other's place among the writers does not wait for
ever."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from aquamind_assets.assets.recorded import WRITING_POOL
from aquamind_assets.assets.sqlite_instance import instance_in
from aquamind_assets_tests.crashing import PATIENCE_S, YEAR, Place, kill_tree, wait_until
from aquamind_assets_tests.stopped_process import go_on, stop

pytestmark = pytest.mark.slow

LOOKS_SOON = """
import sys
from aquamind_assets.cli import execution
from aquamind_assets.cli.app import main

if __name__ == "__main__":
    execution.LOOKS_AFTER_OTHERS_EVERY_S = 1.0
    main()
"""


def steps(place: Place) -> tuple[int, int]:
    """How many steps hold a place among the writers, and how many wait for one."""
    with instance_in(place.home) as instance:
        held = instance.event_log_storage.get_concurrency_info(WRITING_POOL)
        return held.active_slot_count, held.pending_step_count


def stop_while_it_writes(place: Place, process: int) -> None:
    """Stop the process while one of its steps holds a place."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        stop(process)
        if steps(place)[0]:
            return
        go_on(process)
        time.sleep(0.05)
    raise AssertionError(place.log())


def test_a_command_goes_on_when_the_one_that_it_waits_for_is_killed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    program = tmp_path / "looks_soon.py"
    program.write_text(LOOKS_SOON)
    holder = place.start("aquamind_assets", "run", "--years", YEAR, "--quiet")
    wait_until(lambda: place.goes_on_after(1), "the first command writes", place)
    stop_while_it_writes(place, holder.pid)
    try:
        place.database = f"sqlite:///{tmp_path / 'other.db'}"
        command = [sys.executable, str(program), "run", "--years", YEAR, "--quiet"]
        with subprocess.Popen(command, cwd=tmp_path, env=place.environment) as waiting:
            wait_until(lambda: steps(place)[1] > 0, "the second command waits", place)
            kill_tree(holder)
            assert waiting.wait(PATIENCE_S) == 0
        assert steps(place) == (0, 0)
    finally:
        place.end()
