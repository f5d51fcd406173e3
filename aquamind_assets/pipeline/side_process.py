"""Processes beside the one that works on a year: how they are started, and that they end with it.

Belongs here: what all of them have in common. Does not belong here: what they do (``workers``, ``ahead``).
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext

PRELOADED = "aquamind_assets.pipeline.preloaded"
"""One server imports it, and every process beside is a copy of that."""

_SAFE_PATH = "PYTHONSAFEPATH"


def context() -> ForkServerContext:
    """What starts them. Not a fork of this process: threads of Dagster and of Arrow run in it."""
    chosen = get_context("forkserver")
    chosen.set_forkserver_preload([PRELOADED])
    with _without_the_working_directory():
        forkserver.ensure_running()
    return chosen


@contextmanager
def _without_the_working_directory() -> Iterator[None]:
    """Let no Python that is started look for modules in the working directory first: the package of a checkout there
    may be another version than this one."""
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def begin() -> None:
    """To be called first in a process beside: leave Ctrl-C to the process that started it, and end with that one,
    however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
