"""Dagster's databases kept open: what is stored is Dagster's own, in files that are opened once."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from aquamind_assets.assets.sqlite_instance import instance_in

_opened: list[str] = []
sys.addaudithook(lambda event, given: _opened.append(str(given[0])) if event == "sqlite3.connect" else None)


@contextmanager
def counted_openings(folder: Path) -> Iterator[Counter[str]]:
    """How often each SQLite file below a folder is opened."""
    seen: Counter[str] = Counter()
    before = len(_opened)
    yield seen
    seen.update(Path(path).name for path in _opened[before:] if str(folder) in path)


@dg.asset
def answer() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"value": 42})


@dg.asset_check(asset=answer)
def is_right() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def materialized(instance: dg.DagsterInstance) -> str:
    done = dg.materialize([answer, is_right], instance=instance)
    assert done.success
    return done.run_id


def test_each_database_is_opened_once_however_many_events_there_are(tmp_path: Path) -> None:
    with instance_in(tmp_path) as instance:
        first = materialized(instance)
        with counted_openings(tmp_path) as opened:
            second = materialized(instance)
            events = len(instance.all_logs(first)) + len(instance.all_logs(second))
    assert events > 20
    assert opened.pop("runs.db", 0) <= 1
    assert opened.pop("index.db", 0) <= 1
    # The first run's again to read it; while a database is made, Dagster opens a second connection.
    assert opened[f"{first}.db"] == 1
    assert opened[f"{second}.db"] <= 3
    assert set(opened) <= {f"{first}.db", f"{second}.db"}


@pytest.mark.slow
def test_another_process_of_dagsters_reads_it_all_while_it_is_open(tmp_path: Path) -> None:
    script = (
        "import sys, dagster as dg\n"
        "from dagster._core.instance.ref import InstanceRef\n"
        "with dg.DagsterInstance.from_ref(InstanceRef.from_dir(sys.argv[1])) as instance:\n"
        "    run, = instance.get_runs()\n"
        "    value = instance.get_latest_materialization_event(dg.AssetKey('answer')).asset_materialization\n"
        "    print(run.run_id, run.status.value, len(instance.all_logs(run.run_id)), value.metadata['value'].value)\n"
    )
    with instance_in(tmp_path) as instance:
        run = materialized(instance)
        events = len(instance.all_logs(run))
        shown = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
        )
    assert shown.stdout.split() == [run, "SUCCESS", str(events), "42"]
    assert not list(tmp_path.rglob("*-wal")), "what is closed is whole in its file"


def test_what_a_run_materialized_survives_a_power_cut_before_the_run_has_ended(
    tmp_path: Path, flushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with instance_in(tmp_path) as instance:
        stored: dict[str, int] = {}
        storing = instance.run_storage.handle_run_event

        def handle_run_event(*given: Any) -> None:
            storing(*given)
            stored[given[1].event_type_value] = len(flushed)

        monkeypatch.setattr(instance.run_storage, "handle_run_event", handle_run_event)
        flushed.clear()
        run = materialized(instance)
    logs = [name for name in flushed if name.endswith("-wal")]
    assert logs == [f"{run}.db-wal", "index.db-wal", "runs.db-wal"], "events before the run's status, once a run"
    assert stored["PIPELINE_START"] == 0, "while a run is under way nothing waits for the disk"
    assert stored["PIPELINE_SUCCESS"] == len(flushed)


NO_OUTPUT = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
"""Captures nothing that steps print: threads that redirect one process's output wait for each other's copiers."""


def test_threads_store_their_events_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({"compute_logs": NO_OUTPUT}), "utf-8")
    with instance_in(tmp_path) as instance, ThreadPoolExecutor(2) as threads:
        runs = list(threads.map(lambda number: materialized(instance), range(4)))
        assert {run.run_id for run in instance.get_runs()} == set(runs)
        assert len({len(instance.all_logs(run)) for run in runs}) == 1
        assert len(instance.fetch_materializations(dg.AssetKey("answer"), limit=100).records) == len(runs)


def test_a_home_that_dagster_made_goes_on_in_the_same_files(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        first = materialized(instance)
        tables = shape(tmp_path)
    with instance_in(tmp_path) as instance:
        second = materialized(instance)
        assert [run.run_id for run in instance.get_runs(ascending=True)] == [first, second]
        assert len(instance.all_logs(first)) == len(instance.all_logs(second))
    assert {name.replace(second, first) for name in shape(tmp_path)} == set(tables)
    assert shape(tmp_path)[f"{second}.db"] == tables[f"{first}.db"]


def shape(home: Path) -> dict[str, list]:
    """Tables and indexes of each of Dagster's databases."""
    found = {}
    for path in (home / "history").rglob("*.db"):
        with sqlite3.connect(path) as connection:
            found[path.name] = sorted(connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall())
        connection.close()
    return found


@pytest.mark.parametrize("part", ["storage", "event_log_storage"])
def test_another_storage_is_left_as_it_is_configured(tmp_path: Path, part: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg2://")
    chosen = {
        "storage": {"postgres": {"postgres_url": url}},
        "event_log_storage": {
            "module": "dagster_postgres.event_log",
            "class": "PostgresEventLogStorage",
            "config": {"postgres_url": url},
        },
    }
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({part: chosen[part]}), "utf-8")
    with instance_in(tmp_path) as instance:
        assert type(instance.event_log_storage).__name__ == "PostgresEventLogStorage"


MAKES = """
import sys, time
from pathlib import Path
from aquamind_assets.assets.sqlite_instance import instance_in

home = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with instance_in(home) as instance:
    assert instance.get_runs() == []
"""


@pytest.mark.slow
def test_processes_that_make_a_home_at_once_all_find_it_whole(tmp_path: Path) -> None:
    makers = [
        subprocess.Popen([sys.executable, "-c", MAKES, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    try:
        for maker in makers:
            assert maker.stdout
            assert maker.stdout.readline() == b"ready\n"
        for maker in makers:
            assert maker.stdin
            maker.stdin.write(b"\n")
            maker.stdin.flush()
        assert [maker.wait() for maker in makers] == [0, 0, 0, 0]
    finally:
        for maker in makers:
            maker.kill()
            maker.communicate()


VERSION = "dagster/data_version"


def test_what_is_known_of_an_asset_is_read_again_when_anyone_has_changed_it(tmp_path: Path) -> None:
    asset, materialization = dg.AssetKey("answer"), dg.DagsterEventType.ASSET_MATERIALIZATION

    def known(instance: dg.DagsterInstance) -> tuple[str | None, int]:
        (record,) = instance.get_asset_records([asset])
        tags = instance.event_log_storage.get_latest_tags_by_partition(asset, materialization, [VERSION])
        return record.asset_entry.last_run_id, len(tags)

    def report(instance: dg.DagsterInstance, partition: str) -> None:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(asset, partition=partition, tags={VERSION: partition})
        )

    with instance_in(tmp_path) as instance, instance_in(tmp_path) as another:
        first = materialized(instance)
        assert known(instance) == known(instance) == (first, 0)
        report(instance, "2015")
        assert known(instance)[1] == 1
        report(another, "2016")
        assert known(instance)[1] == known(another)[1] == 2
        second = materialized(another)
        assert known(instance)[0] == second
        another.wipe_assets([asset])
        assert not instance.get_asset_records([asset])


def test_events_stored_together_are_stored_all_or_not_at_all(tmp_path: Path) -> None:
    with instance_in(tmp_path) as instance:
        events = instance.all_logs(dg.materialize([answer], instance=instance).run_id)
        made = len(instance.fetch_materializations(dg.AssetKey("answer"), limit=100).records)
        storage = instance.event_log_storage
        storage.store_event_batch(events)
        assert len(instance.all_logs(events[0].run_id)) == 2 * len(events)
        assert len(instance.fetch_materializations(dg.AssetKey("answer"), limit=100).records) == 2 * made
        with pytest.raises(AttributeError, match="dagster_event"):
            storage.store_event_batch([*events, "not an event"])  # type: ignore[list-item]
        assert len(instance.all_logs(events[0].run_id)) == 2 * len(events)
