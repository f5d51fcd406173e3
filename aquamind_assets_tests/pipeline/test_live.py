"""Live: days as they go by, readings of the day under way, kills at any moment."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.live import READINGS, LiveFarm, Moment, reached, replay
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import Release
from aquamind_assets.timeline import day_number, to_date
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY, TableYear
from aquamind_assets_tests.slow_cases import slow_after

PER_DAY = 8
START, END = date(2015, 1, 12), date(2015, 1, 22)
"""Ten days; the first batch of `tiny` begins within them."""


def platform_of(folder: Path, database: str, today: date = END, release: Release = "2025-08") -> Platform:
    return Platform(Settings("tiny", (), database, str(folder / "ledger"), today, release=release))


def plain(folder: Path, database: str, today: date = END, release: Release = "2025-08") -> list[TableYear]:
    """The manifest of a plain run up to the morning of ``today``."""
    platform = platform_of(folder, database, today, release)
    store_ledgers(platform, today.year)
    record_years(platform, [today.year])
    return manifest(platform)


def manifest(platform: Platform) -> list[TableYear]:
    with platform.read() as warehouse:
        return warehouse.manifest()


def sqlite(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'aquamind.db'}"


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[TableYear]:
    folder = tmp_path_factory.mktemp("plain")
    return plain(folder, sqlite(folder))


@pytest.fixture(params=slow_after(1, ["sqlite", "lake", "postgres"]))
def begun(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    """A database with the days before the stretch."""
    match request.param:
        case "sqlite":
            database = sqlite(tmp_path)
        case "lake":
            database = f"parquet:///{tmp_path / 'lake'}"
        case _:
            database = request.getfixturevalue("postgres_url")
    plain(tmp_path, database, START)
    return platform_of(tmp_path, database, END)


def test_a_replay_ends_as_a_plain_run(begun: Platform, expected: list[TableYear]) -> None:
    steps = []
    first, last = Moment(day_number(START), 0), Moment(day_number(START) + 1, 0)
    replay(LiveFarm(begun), first, last, 1e9, steps.append)
    assert [(step.moment.slots, step.closed_days) for step in steps] == [*((slot, 0) for slot in range(1, 8)), (0, 1)]
    assert all(step.new_readings > 0 for step in steps[:-1])
    replay(LiveFarm(begun), last, Moment(day_number(END), 0), None)
    assert manifest(begun) == expected


def test_a_day_under_way_has_the_columns_of_its_release(tmp_path: Path) -> None:
    """Readings of release 2026-03 have a column for the stay that was in the container."""
    database, end = sqlite(tmp_path), date(2015, 1, 3)
    plain(tmp_path, database, end, "2026-03")
    farm = LiveFarm(platform_of(tmp_path, database, release="2026-03"))
    with farm.platform.open() as warehouse:
        assert farm.show(warehouse, Moment(day_number(end), 2)).rows
        assert warehouse.manifest() == warehouse.recount()


def test_a_day_under_way_has_readings_of_its_hours_and_none_else(tmp_path: Path) -> None:
    database = sqlite(tmp_path)
    before = plain(tmp_path, database, START)
    farm, day = LiveFarm(platform_of(tmp_path, database)), day_number(START)
    with farm.platform.open() as warehouse:
        farm.show(warehouse, Moment(day, 3))
        late = warehouse.query(
            "SELECT min(reading_time), max(reading_time), count(*) FROM environmental_environmentalreading WHERE"
            f" reading_time >= '{to_date(day)}'"
        )[0]
        again = farm.show(warehouse, Moment(day, 2))
        farm.show(warehouse, Moment(day, 3))
        assert reached(warehouse, farm.platform) == day - 1
        under_way = [one for one in warehouse.checkpoints(READINGS, 2015) if one.chunk == DAY_UNDER_WAY]
    assert str(late[0]).startswith(f"{START} 00:00")
    assert str(late[1]).startswith(f"{START} 06:00")
    assert late[2] % 3 == 0
    assert again.rows == late[2] == under_way[0].rows
    after = {(one.table, one.year): one for one in manifest(farm.platform)}
    changed = [one.table for one in before if after[one.table, one.year] != one]
    assert changed == ["environmental_environmentalreading"]


def test_a_plain_run_takes_a_day_under_way_for_what_it_is(tmp_path: Path, expected: list[TableYear]) -> None:
    """Whether the day is over by then or not."""
    database = sqlite(tmp_path)
    plain(tmp_path, database, START)
    farm = LiveFarm(platform_of(tmp_path, database))
    with farm.platform.open() as warehouse:
        farm.show(warehouse, Moment(day_number(START), 5))
    shown = manifest(farm.platform)
    record_years(platform_of(tmp_path, database, START), [2015])
    assert manifest(farm.platform) == shown
    assert plain(tmp_path, database, END) == expected


KILLED = """
import sys
from pathlib import Path
from aquamind_assets_tests.pipeline.test_live import *
platform = platform_of(Path(sys.argv[1]), sys.argv[2])
with platform.read() as warehouse:
    start = Moment(max(day_number(START), reached(warehouse, platform) + 1), 0)
LiveFarm(platform).close(start.day - 1)
replay(LiveFarm(platform), start, Moment(day_number(END), 0), 86_400 * 50, lambda step: print(step, flush=True))
"""


@pytest.mark.slow
def test_a_replay_killed_twice_ends_as_a_plain_run(tmp_path: Path, expected: list[TableYear]) -> None:
    """Ten days at speed, killed after some steps, wherever the process is by then."""
    database = sqlite(tmp_path)
    plain(tmp_path, database, START)
    for steps in (13, 30):
        process = started(tmp_path, database)
        assert process.stdout is not None
        for _ in range(steps):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    ended, errors = started(tmp_path, database).communicate()
    assert f"Moment(day={day_number(END)}, slots=0)" in ended, errors
    assert manifest(platform_of(tmp_path, database)) == expected


def started(folder: Path, database: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), database],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
