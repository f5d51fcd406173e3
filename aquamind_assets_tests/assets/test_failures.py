"""What a user error becomes in Dagster: one attempt, one message, no stack trace."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from aquamind_assets.assets import failures as named
from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.assets.runs import failures_of
from aquamind_assets.definitions import build_defs
from aquamind_assets.errors import TransientError
from aquamind_assets.pipeline.beside import Beside
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse import ddl
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.cli.test_examined import in_the_way
from aquamind_assets_tests.release_2025_08 import TABLES


def other_sqlite(place: Path, request: pytest.FixtureRequest) -> str:
    with sqlite3.connect(place / "other.db") as other:
        other.execute("CREATE TABLE auth_user (id integer PRIMARY KEY, colour text)")
    return f"sqlite:///{place / 'other.db'}"


def other_postgres(place: Path, request: pytest.FixtureRequest) -> str:
    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE auth_user (id integer PRIMARY KEY, colour text)")
    return url


def row_in_the_way(place: Path, request: pytest.FixtureRequest) -> str:
    """A row of the year's last step has an id of the platform's."""
    with sqlite3.connect(place / "lived_in.db") as database:
        for statement in (*ddl.create_statements(TABLES, "sqlite"), in_the_way(2015)):
            database.execute(statement)
    return f"sqlite:///{place / 'lived_in.db'}"


def text_file(place: Path, request: pytest.FixtureRequest) -> str:
    (place / "notes.txt").write_text("not a database, but long enough to be taken for one " * 20)
    return f"sqlite:///{place / 'notes.txt'}"


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        (other_sqlite, "differs from AquaMind's tables"),
        (other_postgres, "differs from AquaMind's tables"),
        (text_file, "file is not a database"),
        (row_in_the_way, "health_licecount: rows with ids of the platform that it did not write"),
    ],
)
def test_a_run_on_a_database_that_cannot_be_used_fails_once_with_one_message(
    database: Callable[[Path, pytest.FixtureRequest], str], reason: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = Settings("tiny", (), database(tmp_path, request), str(tmp_path / "ledger"), release="2025-08")
    job = build_defs(platform=Platform(settings)).resolve_job_def(ONE_YEAR)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, partition_key="2015", raise_on_error=False)
        events = instance.all_logs(result.run_id)
    failures = result.filter_events(lambda event: event.is_step_failure)
    assert [event.step_key for event in failures] == ["infrastructure__reference_data"]
    assert not result.filter_events(lambda event: event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY)
    assert result.retry_attempts_for_node("infrastructure__reference_data") == 0
    data = failures[0].step_failure_data
    assert reason in data.user_failure_data.description
    assert data.error.stack == []
    assert data.error.cause is None
    shown = "\n".join(str(entry.error_info or "") for entry in events)
    assert "File " not in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("failures", [2, 9])
def test_a_transient_error_is_retried_and_told_in_one_message_if_it_stays(
    failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named, "FIRST_WAIT_S", 0.01)
    attempts = []

    @dg.op
    def passing(context: dg.OpExecutionContext) -> None:
        with named.named_failures(context, Progress()):
            attempts.append(1)
            if len(attempts) <= failures:
                raise TransientError("the connection was lost")

    @dg.job
    def once() -> None:
        passing()

    result = once.execute_in_process(raise_on_error=False)
    assert result.success == (failures == 2)
    assert len(attempts) == min(failures, named.MOST_RETRIES) + 1
    assert [event.step_failure_data.error.stack for event in result.filter_events(lambda one: one.is_step_failure)] == (
        [] if failures == 2 else [[]]
    )
    assert failures == 2 or "the connection was lost (tried 4 times)" in failures_of(result)[0]


def test_a_fault_of_the_program_is_not_retried() -> None:
    attempts = []

    @dg.op
    def faulty(context: dg.OpExecutionContext) -> None:
        with named.named_failures(context, Progress()):
            attempts.append(1)
            raise ZeroDivisionError

    @dg.job
    def once() -> None:
        faulty()

    assert not once.execute_in_process(raise_on_error=False).success
    assert len(attempts) == 1


def test_no_asset_has_a_policy_that_would_retry_a_termination() -> None:
    policies = {
        definition.op.name: definition.op.retry_policy
        for definition in build_defs(platform=Platform(Settings("tiny", release="2025-08"))).assets or ()
        if isinstance(definition, dg.AssetsDefinition)
    }
    assert len(policies) > 20
    assert set(policies.values()) == {None}


def test_a_violated_law_fails_the_step_with_the_reason_and_no_stack(
    fresh: Callable[..., Platform], made: Workshop
) -> None:
    platform = fresh()
    for assets in (["reference_data", "infrastructure"], ["batches"]):
        assert made.run(platform, [2015], assets)[0].success
    with platform.open() as warehouse, warehouse.database.transaction():
        warehouse.database.execute("UPDATE batch_batch SET batch_number = batch_number || '?' WHERE id > 20000000")
    run = made.run(platform, [2015], ["batches"])[0]
    assert not run.success
    assert "sound_rows is violated" in run.failures[0]
    events = made.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    assert [entry.dagster_event.step_failure_data.error.stack for entry in events] == [[]]
    assert "Traceback" not in str([entry.dagster_event.step_failure_data.error for entry in events])


def test_nothing_is_written_beside_below_rows_that_violate_a_law(
    fresh: Callable[..., Platform], made: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_on: list[str] = []
    monkeypatch.setattr(Beside, "complete", lambda self, asset, year: built_on.append(asset))
    platform = fresh(workers=2)
    for assets in (["reference_data", "infrastructure"], ["batches"]):
        assert made.run(platform, [2015], assets)[0].success
    assert built_on == ["reference_data", "infrastructure", "batches"]
    with platform.open() as warehouse, warehouse.database.transaction():
        warehouse.database.execute("UPDATE batch_batch SET batch_number = batch_number || '?' WHERE id > 20000000")
    assert not made.run(platform, [2015], ["batches"])[0].success
    assert built_on == ["reference_data", "infrastructure", "batches"]
