"""Work ahead of the steps in a process beside: the same years and rows, whatever becomes of the process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import aquamind_assets
from aquamind_assets.cli.exits import INTERRUPTED
from aquamind_assets.errors import UserError
from aquamind_assets.ledger.ledgers import CLIMATE, FARM
from aquamind_assets.pipeline import beside as beside_module
from aquamind_assets.pipeline.ahead import working_ahead
from aquamind_assets.pipeline.beside import Beside
from aquamind_assets.pipeline.generation import record_years, recorders_in_order
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import code_of
from aquamind_assets.pipeline.simulation import store_climate_once, store_ledgers, store_year_once
from aquamind_assets.pipeline.writing import YearWritten
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.checkpoints import TableYear
from aquamind_assets_tests.crashing import wait_until
from aquamind_assets_tests.warehouse.databases import new_database

YEARS = [2015, 2016, 2017]
RUN = "run"


@pytest.fixture(autouse=True)
def every_year_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside_module, "WORTH_A_PROCESS_S", 0.0)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return platform_in(tmp_path, "tiny")


def platform_in(folder: Path, scenario: str, database: str | None = None, workers: int = 2) -> Platform:
    database = database or f"sqlite:///{folder / 'farm.db'}"
    return Platform(Settings(scenario, (), database, str(folder / "ledger"), workers=workers).settled())


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """Digests of what one process stores."""
    platform = platform_in(tmp_path_factory.mktemp("one process"), "tiny")
    store_ledgers(platform, YEARS[-1])
    return stored(platform)


def stored(platform: Platform) -> list[tuple[str, str]]:
    about = platform.ledgers.about
    return [(about(year, CLIMATE).digest, about(year, FARM).digest) for year in YEARS]


def simulate_all(platform: Platform) -> Iterator[tuple[int, Beside]]:
    """Do what the steps do for each year; each is handed over before the next one begins."""
    with working_ahead(platform, YEARS):
        for year in YEARS:
            store_climate_once(platform, year)
            store_year_once(platform, year)
            assert platform.beside is not None
            platform.beside.begin(year, RUN, 0.0)
            yield year, platform.beside


def process_beside() -> psutil.Process:
    (process,) = (process for server in psutil.Process().children() for process in server.children())
    return process


def test_years_that_are_simulated_beside_are_the_same(platform: Platform, expected: list[tuple[str, str]]) -> None:
    for year, beside in simulate_all(platform):
        assert beside.simulated(year + 1) == (year + 1 in YEARS)
        assert year == YEARS[-1] or platform.ledgers.about(year + 1).through
    assert stored(platform) == expected


def test_a_year_is_simulated_beside_though_steps_of_the_year_before_never_came(
    tmp_path: Path, expected: list[tuple[str, str]]
) -> None:
    """Where only some assets are asked for, the process beside does not wait for the others."""
    platform = platform_in(tmp_path, "tiny", f"parquet:///{tmp_path / 'lake'}")
    for year, beside in simulate_all(platform):
        assert beside.simulated(year + 1) == (year + 1 in YEARS)
    assert stored(platform) == expected


def test_a_year_whose_process_was_killed_is_simulated_here(platform: Platform, expected: list[tuple[str, str]]) -> None:
    killed = 0
    for year, beside in simulate_all(platform):
        if year != YEARS[-1]:
            os.kill(process_beside().pid, signal.SIGKILL)
            killed += not beside.simulated(year + 1)
    assert killed
    assert stored(platform) == expected


def test_a_file_that_is_changed_meanwhile_changes_nothing(tmp_path: Path, expected: list[tuple[str, str]]) -> None:
    file = tmp_path / "farm.yaml"
    file.write_text("extends: tiny\n")
    platform = platform_in(tmp_path, str(file))
    before = platform.scenario.farm_fingerprint()
    for year, _ in simulate_all(platform):
        file.write_text(f"extends: tiny\nseed: {year}\n")
    assert platform.scenario.farm_fingerprint() == before
    assert stored(platform) == expected


def test_the_process_ends_with_the_years(platform: Platform) -> None:
    years = simulate_all(platform)
    next(years)
    process = process_beside()
    years.close()
    assert platform.beside is None
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_process_beside_is_told_what_the_code_is(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Platform(platform.settings, code=code_of(platform.release))
    known = platform.fingerprint, platform.ledgers.store.fingerprint
    monkeypatch.setattr("aquamind_assets.pipeline.platform.rows_code", None)
    monkeypatch.setattr("aquamind_assets.pipeline.platform.ledger_code", None)
    assert (told.fingerprint, told.ledgers.store.fingerprint) == known


def test_one_process_is_enough_where_only_one_is_wanted(tmp_path: Path) -> None:
    platform = platform_in(tmp_path, "tiny", workers=1)
    with working_ahead(platform, YEARS):
        assert platform.beside is None


def assets(platform: Platform) -> list[str]:
    """Readings, after all that their rows refer to."""
    recorders, wanted = platform.recorders, {READINGS}
    for asset in reversed([one.asset for one in recorders_in_order(recorders)]):
        if asset in wanted:
            wanted |= set(recorders[asset].upstream)
    return [one.asset for one in recorders_in_order(recorders, wanted)]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[TableYear]:
    """What one process writes."""
    alone = platform_in(tmp_path_factory.mktemp("alone"), "tiny", workers=1)
    store_ledgers(alone, YEARS[0])
    record_years(alone, YEARS[:1], assets(alone))
    with alone.read() as warehouse:
        return warehouse.manifest()


@pytest.fixture(params=["lake", pytest.param("postgresql", marks=pytest.mark.slow)])
def simulated(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    """A farm whose first year is simulated."""
    platform = platform_in(tmp_path, "tiny", new_database(request.param, request, tmp_path))
    store_ledgers(platform, YEARS[0])
    return platform


def chunks_of_readings(platform: Platform) -> int:
    with platform.read() as warehouse:
        return len(warehouse.checkpoints(READINGS, YEARS[0]))


FIRST_AFTER_THE_FARM = "sensors"


def write_like_steps(platform: Platform, before_readings: Callable[[], object]) -> tuple[YearWritten, int]:
    """What came of the last step, that of the readings, and how many of their chunks it found."""
    with working_ahead(platform, YEARS[:1]):
        beside = platform.beside
        assert beside is not None
        for asset in assets(platform):
            if asset == FIRST_AFTER_THE_FARM:
                beside.begin(YEARS[0], RUN, 0.0)
            if asset == READINGS:
                before_readings()
            begun = beside.hand_over(asset, YEARS[0])
            found = chunks_of_readings(platform) if begun else 0
            with platform.open() as warehouse:
                writer = platform.writer(platform.recorders[asset], warehouse, RUN)
                written = writer.write(YEARS[0], begun_beside=begun)
            beside.complete(asset, YEARS[0])
    return written, found


def assert_has(platform: Platform, rows: list[TableYear]) -> None:
    """The database holds these rows; what else the process beside has written is as its checkpoints say."""
    tables = {one.table for one in rows}
    with platform.read() as warehouse:
        assert warehouse.manifest() == warehouse.recount()
        assert [one for one in warehouse.manifest() if one.table in tables] == rows


class Unlogged:
    """Nothing is logged."""

    def log(self) -> str:
        return ""


def test_readings_that_are_written_beside_are_the_same(simulated: Platform, rows: list[TableYear]) -> None:
    written, found = write_like_steps(
        simulated, lambda: wait_until(lambda: chunks_of_readings(simulated) > 0, "a chunk is written", Unlogged())
    )
    assert found
    assert not written.resumed
    assert written.rows_written == written.rows
    assert_has(simulated, rows)


def test_readings_of_a_process_that_was_killed_are_written_by_the_step(
    simulated: Platform, rows: list[TableYear]
) -> None:
    write_like_steps(simulated, lambda: process_beside().kill())
    assert_has(simulated, rows)


PROGRAM = """
from aquamind_assets.cli.app import main
from aquamind_assets.pipeline import beside

if __name__ == "__main__":
    beside.WORTH_A_PROCESS_S = 0.0
    main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_ends_leaves_no_process_and_nothing_that_cannot_be_continued(
    end: signal.Signals, tmp_path: Path, rows: list[TableYear]
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    platform = platform_in(tmp_path, "tiny", f"parquet:///{tmp_path / 'lake'}")
    command = [sys.executable, str(program), "run", "--preset", "tiny", "--years", "2015", "--workers", "2", "--quiet"]
    command += ["--database", platform.settings.database, "--ledger", platform.settings.ledger]
    environment = {**os.environ, "DAGSTER_HOME": str(tmp_path / "home")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        wait_until(lambda: begun(platform), "a chunk of readings is written beside", Unlogged())
        tree = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(end)
        assert process.wait() == (-end if end == signal.SIGKILL else INTERRUPTED)
        _, alive = psutil.wait_procs(tree, timeout=30)
        assert not alive
    subprocess.run(command, env=environment, check=True)
    assert_has(platform, rows)


@pytest.mark.slow
def test_processes_beside_have_the_package_of_the_one_that_begins_them(tmp_path: Path) -> None:
    """Not that of a checkout in the working directory."""
    (tmp_path / "aquamind_assets").mkdir()
    (tmp_path / "aquamind_assets" / "__init__.py").write_text("raise SystemExit('another version')")
    (tmp_path / "programs").mkdir()
    program = tmp_path / "programs" / "program.py"
    program.write_text(VERSIONS)
    ended = subprocess.run([sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.stdout == f"{aquamind_assets.__file__}\n", ended.stderr


VERSIONS = """
from aquamind_assets.pipeline import side_process

def show():
    import aquamind_assets
    print(aquamind_assets.__file__, flush=True)

if __name__ == "__main__":
    process = side_process.context().Process(target=show)
    process.start()
    process.join()
"""


def begun(platform: Platform) -> bool:
    """Whether a chunk of readings is written, in a lake that is perhaps not there yet."""
    with suppress(UserError, FileNotFoundError):
        return chunks_of_readings(platform) > 0
    return False
