"""Old runs that are deleted, and those that the user interface still shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from aquamind_assets.cli.prune import delete_runs, prunable_runs

YEARS = dg.StaticPartitionsDefinition(["2015", "2016"])


@dg.asset(partitions_def=YEARS)
def catch(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    if "fails" in context.run.tags:
        raise RuntimeError("no fish")
    return dg.MaterializeResult(metadata={"fish": 7})


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def run(instance: dg.DagsterInstance, year: str, **tags: str) -> str:
    return dg.materialize([catch], instance=instance, partition_key=year, tags=tags, raise_on_error=False).run_id


def test_only_runs_that_are_no_longer_shown_are_deleted(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    replaced, failed = run(instance, "2015"), run(instance, "2016", fails="yes")
    latest = [run(instance, "2015"), run(instance, "2016")]
    now = datetime.now(UTC)
    assert prunable_runs(instance, now - timedelta(days=1)).run_ids == []
    found = prunable_runs(instance, now + timedelta(days=1))
    assert found.run_ids == [replaced, failed]
    assert found.latest == 2
    delete_runs(instance, found.run_ids)
    assert {record.dagster_run.run_id for record in instance.get_run_records()} == set(latest)
    assert instance.get_materialized_partitions(catch.key) == {"2015", "2016"}
    assert {path.stem for path in (tmp_path / "history" / "runs").glob("*.db")} == {*latest, "index"}
    assert prunable_runs(instance, now + timedelta(days=1)).run_ids == []
