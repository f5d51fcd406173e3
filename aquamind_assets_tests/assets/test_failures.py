"""What a user error becomes in Dagster: one attempt, one message, no stack trace."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from aquamind_assets.assets.failures import failures_for_users
from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.definitions import build_defs
from aquamind_assets.errors import TransientError
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings


def other_sqlite(place: Path, request: pytest.FixtureRequest) -> str:
    with sqlite3.connect(place / "other.db") as other:
        other.execute("CREATE TABLE auth_user (id integer PRIMARY KEY, colour text)")
    return f"sqlite:///{place / 'other.db'}"


def other_postgres(place: Path, request: pytest.FixtureRequest) -> str:
    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE auth_user (id integer PRIMARY KEY, colour text)")
    return url


def text_file(place: Path, request: pytest.FixtureRequest) -> str:
    (place / "notes.txt").write_text("not a database, but long enough to be taken for one " * 20)
    return f"sqlite:///{place / 'notes.txt'}"


@pytest.mark.parametrize(
    ("database", "reason"),
    [
        (other_sqlite, "differs from AquaMind's tables"),
        (other_postgres, "differs from AquaMind's tables"),
        (text_file, "file is not a database"),
    ],
)
def test_a_run_on_a_database_of_something_else_fails_once_with_one_message(
    database: Callable[[Path, pytest.FixtureRequest], str], reason: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    settings = Settings("tiny", (), database(tmp_path, request), str(tmp_path / "ledger"))
    job = build_defs(platform=Platform(settings)).resolve_job_def(ONE_YEAR)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, partition_key="2015", raise_on_error=False)
        events = instance.all_logs(result.run_id)
    failures = result.filter_events(lambda event: event.is_step_failure)
    assert [event.step_key for event in failures] == ["reference_data"]
    assert not result.filter_events(lambda event: event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY)
    assert result.retry_attempts_for_node("reference_data") == 0
    data = failures[0].step_failure_data
    assert reason in data.user_failure_data.description
    assert data.error.stack == []
    assert data.error.cause is None
    shown = "\n".join(str(entry.error_info or "") for entry in events)
    assert "File " not in shown
    assert "Traceback" not in shown


def test_a_transient_error_is_retried() -> None:
    attempts = []

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=2))
    def passing() -> None:
        with failures_for_users():
            attempts.append(1)
            if len(attempts) < 3:
                raise TransientError("the connection was lost")

    @dg.job
    def once() -> None:
        passing()

    assert once.execute_in_process(raise_on_error=False).success
    assert len(attempts) == 3
