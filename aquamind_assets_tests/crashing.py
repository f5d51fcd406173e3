"""A very small history in processes of its own: the command, Dagster's daemon with its code server, and what they leave
behind."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import dagster as dg
import psutil
import psycopg

import aquamind_assets
from aquamind_assets.assets.recorded import WRITING_POOL
from aquamind_assets.assets.signs_of_life import worker_of
from aquamind_assets.assets.sqlite_instance import instance_in
from aquamind_assets.warehouse.checkpoints import TableYear
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse

ROOT = Path(aquamind_assets.__file__).parents[1]
WORKSPACE = ("--workspace", str(ROOT / "workspace.yaml"))
YEAR = "2015"
ONE_YEAR = "last_year=2015; sessions=[{name: First, first_year: 2015, last_year: 2015}]; water.readings_per_day=24"
PATIENCE_S = 900.0
"""Longer than anything waited for takes; who waits longer fails."""


@dataclass
class Place:
    """A folder with a DAGSTER_HOME and a database of its own."""

    folder: Path
    database: str = ""
    settings: str = ONE_YEAR
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.database = self.database or f"sqlite:///{self.folder / 'data' / 'aquamind.db'}"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
        own = {"AQUAMIND_SCENARIO": "tiny", "AQUAMIND_SET": self.settings, "AQUAMIND_DATABASE": self.database}
        own["AQUAMIND_RELEASE"] = "2025-08"
        return kept | own | {"DAGSTER_HOME": str(self.home), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A process that runs ``python -m <words>``."""
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def start_daemon(self) -> subprocess.Popen[bytes]:
        """Dagster's daemon; the databases are made before it, for it does not wait for another that makes them."""
        with instance_in(self.home):
            return self.start("dagster._daemon", "run", *WORKSPACE)

    def run(self, *words: str) -> str:
        """What ``python -m <words>`` prints; it must succeed."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr + self.log()
        return done.stdout

    def aquamind(self, *words: str) -> dict:
        """The document that an ``aquamind`` command prints."""
        return json.loads(self.run("aquamind_assets", *words, "--json"))

    def log(self) -> str:
        """The last of what the processes said."""
        log = self.folder / "log.txt"
        return log.read_text()[-4000:] if log.exists() else ""

    def end(self) -> None:
        """End whatever still runs, children included."""
        for process in self.started:
            kill_tree(process)

    def committed(self) -> int:
        """Chunks in the database; 0 while it cannot be asked."""
        if self.database.startswith("sqlite") and not Path(self.database.removeprefix("sqlite:///")).exists():
            return 0
        try:
            with open_warehouse(self.database, "2025-08") as warehouse:
                return len(warehouse.checkpoints())
        except Exception:  # the tables are not there yet, or the server is being restarted
            return 0

    def runs(self) -> list[dg.DagsterRun]:
        """Dagster's runs, the latest first."""
        with instance_in(self.home) as instance:
            return list(instance.get_runs())

    def worker(self) -> int | None:
        """Number of the process that works on the latest run; None while none has signed it."""
        runs = self.runs()
        signed = worker_of(runs[0]) if runs and runs[0].status == dg.DagsterRunStatus.STARTED else None
        return signed["pid"] if signed else None

    def goes_on_after(self, chunks: int) -> bool:
        """Whether so many chunks are there and a run is under way."""
        return self.committed() >= chunks and self.worker() is not None

    def has_runs(self, number: int) -> bool:
        """Whether Dagster has so many runs."""
        return len(self.runs()) == number

    def places_in_the_pool(self) -> int:
        """How many runs hold a place among the writers, or wait for one."""
        with instance_in(self.home) as instance:
            held = instance.event_log_storage.get_concurrency_info(WRITING_POOL)
            return held.active_slot_count + held.pending_step_count


@dataclass(frozen=True)
class Content:
    """What a history leaves: digests of every table and year as written, and the ids that each year's run claims."""

    manifest: list[TableYear]
    claims: list[tuple[str, int, str, bytes]]
    checkpoints: list[tuple[str, int, int, int, int]]


def content(database: str) -> Content:
    """What lies in the database; it must be what its manifest says, and every reference must hold."""
    with open_warehouse(database, "2025-08") as warehouse:
        assert warehouse.recount() == warehouse.manifest()
        assert warehouse.broken_references() == {}
        claims = sorted(
            (asset, year, table, bytes(ids))
            for asset, year, table, ids in warehouse.query(
                "SELECT asset, year, table_name, ids FROM aquamind_assets_living"
            )
        )
        chunks = [(one.asset, one.chunk, one.rows, one.digest, one.last_day) for one in warehouse.checkpoints()]
        return Content(warehouse.manifest(), claims, chunks)


def leftovers(database: str) -> list[str]:
    """What should be gone: tables of unfinished chunks, locks."""
    with open_warehouse(database, "2025-08") as warehouse:
        held = [
            f"lock {one.asset} {one.year}"
            for one in warehouse.checkpoints()
            if warehouse.is_locked(one.asset, one.year)
        ]
        return held + (_of_postgresql(warehouse) if database.startswith("postgresql") else [])


def _of_postgresql(warehouse: Warehouse) -> list[str]:
    with psycopg.connect(warehouse.url) as connection:
        tables = connection.execute(
            "SELECT 'table ' || relname FROM pg_class WHERE relkind = 'r' AND relname LIKE"
            " 'environmental_environmentalreading\\_%' AND NOT relispartition"
        ).fetchall()
        locks = connection.execute(
            "SELECT 'lock ' || objid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM"
            " pg_database WHERE datname = current_database())"
        ).fetchall()
    return [name for (name,) in [*tables, *locks]]


class Running(Protocol):
    """A process that was started from here."""

    pid: int

    def poll(self) -> int | None:
        """The exit code; None while it runs."""

    def wait(self) -> int | None:
        """The exit code, once it has ended."""


def kill_tree(process: Running) -> None:
    """SIGKILL for a process and all its children, stopped first so that none starts another."""
    if process.poll() is not None:
        return
    tree = [psutil.Process(process.pid)]
    tree += tree[0].children(recursive=True)
    for act in (psutil.Process.suspend, psutil.Process.kill):
        for one in tree:
            # One that has ended by itself meanwhile is gone, as it should be.
            with suppress(psutil.NoSuchProcess):
                act(one)
    process.wait()
    psutil.wait_procs(tree[1:], timeout=30)


class Logged(Protocol):
    """What has something to say when it is waited for in vain."""

    def log(self) -> str:
        """The last of what it has printed."""


def wait_until(true: Callable[[], bool], what: str, logged: Logged, every_s: float = 0.05) -> None:
    """Look again and again until it is true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE_S, f"waited in vain until {what}: {logged.log()}"
        time.sleep(every_s)


def differences(place: Place, undisturbed: Content) -> list[str]:
    """What a place holds that an undisturbed history of the same scenario does not, or the other way round; and what
    ``aquamind verify`` finds."""
    found = content(place.database)
    differing = [name for name in vars(found) if getattr(found, name) != getattr(undisturbed, name)]
    if not place.aquamind("verify")["sound"]:
        differing.append("verify finds something")
    return differing + leftovers(place.database)
