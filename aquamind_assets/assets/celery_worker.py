"""The Celery application that a worker machine starts: ``dagster-celery worker start -A
aquamind_assets.assets.celery_worker``.

It is Dagster's own, but for one thing: a task may start processes, with which it writes the chunks of a year side by
side on all cores. Celery makes its task processes by a library of its own, billiard, which tells Python that they are
daemons, which may have no children, with a key that may not be given to any.

Belongs here: what a worker process needs before its first run. Does not belong here: its settings
(``deploy/celery/worker.yaml``), launching (``celery_launcher``).
"""

import os
from multiprocessing import process
from typing import Any

from celery.signals import worker_process_init
from dagster_celery.app import app

__all__ = ["app"]


@worker_process_init.connect
def allow_children(**_: object) -> None:
    """Let this process have children, as one that Python has started itself. They end with it, however it ends
    (``pipeline.workers``)."""
    here: dict[str, Any] = process.current_process()._config  # type: ignore[attr-defined]
    here["daemon"] = False
    here["authkey"] = process.AuthenticationString(os.urandom(32))  # type: ignore[attr-defined]
