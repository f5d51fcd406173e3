"""What a worker of Celery lets a run do."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import billiard
import pytest

from aquamind_assets.assets.celery_worker import allow_children, app


def use_a_child(allowed: bool) -> None:
    """End with exit code 0 if this process may have a child that does something."""
    if allowed:
        allow_children()
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


@pytest.mark.parametrize("allowed", [True, False])
def test_a_task_process_may_write_chunks_side_by_side(allowed: bool) -> None:
    """Celery's pool makes its processes in this way."""
    process = billiard.Process(target=use_a_child, args=(allowed,), daemon=True)
    process.start()
    process.join()
    assert (process.exitcode == 0) == allowed


def test_a_worker_knows_the_tasks_that_the_launcher_gives_out() -> None:
    assert {"execute_job", "resume_job"} <= app.tasks.keys()
