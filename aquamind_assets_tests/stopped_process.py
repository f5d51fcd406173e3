"""Processes that are made to stand still, for tests of silent servers and dead workers."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

STOP_WITHIN_S = 60.0


def stop(process: int) -> None:
    """Stop the process of this number; return when it stands still.

    A signal may reach a process long after it was sent, and until then the process goes on with its work.

    Raises:
        AssertionError: the process does not stand still in time
    """
    os.kill(process, signal.SIGSTOP)
    until = time.monotonic() + STOP_WITHIN_S
    while not _all_threads_stopped(process):
        assert time.monotonic() < until, f"process {process} has not stopped within {STOP_WITHIN_S:.0f} s"
        time.sleep(0.01)


def go_on(process: int) -> None:
    """Let a stopped process go on."""
    os.kill(process, signal.SIGCONT)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """The process of this number stands still within the block."""
    stop(process)
    try:
        yield
    finally:
        go_on(process)


def _all_threads_stopped(process: int) -> bool:
    states = [psutil.Process(thread.id).status() for thread in psutil.Process(process).threads()]
    return all(state == psutil.STATUS_STOPPED for state in states)
