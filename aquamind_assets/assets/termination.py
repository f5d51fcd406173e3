"""Terminating a run: honored at the next chunk border, so that the run ends as canceled and no chunk is cut in two.

Dagster ends a run by an interrupt of its worker. Raised in the middle of a transaction, of a lock or of a callback, an
exception could be lost or leave something held; so the first signal only asks the step to stop. A second one is raised
at once, and the database rolls its chunk back.

Belongs here: what a step does when its run is to end. Does not belong here: sending the signal (Dagster), interrupting
the command (``cli.execution``).
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

# Private names, see UserFailure (dagster#31167).
from dagster._core.errors import DagsterUserCodeProcessError
from dagster._utils.error import SerializableErrorInfo

from aquamind_assets.assets.partitions import span_of_run
from aquamind_assets.errors import Interrupted
from aquamind_assets.pipeline.progress import Progress

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class RunEnded(dg.DagsterExecutionInterruptedError, DagsterUserCodeProcessError):
    """Ends the run, whatever else it has to do. Its event has no stack trace (see
    :class:`aquamind_assets.assets.failures.UserFailure`)."""

    def __init__(self, description: str) -> None:
        Exception.__init__(self, description)
        self.user_code_process_error_infos = [SerializableErrorInfo(description, [], type(self).__name__)]


class Terminated(RunEnded):
    """Ends the run because it is asked to end."""


@contextmanager
def ends_at_chunk_border(run: dg.DagsterRun, instance: dg.DagsterInstance, progress: Progress) -> Iterator[None]:
    """Work on a step of ``run`` that ends at the next chunk border, or before the next step, once it is asked to.

    A run that the command's user interrupts counts as canceled. A run whose worker was sent a signal ends as canceled
    where Dagster was asked to terminate it, else as failed, to be retried: such as on a machine that is shut down.

    Raises:
        Terminated: the run is to end.
    """
    try:
        with _asked_by_signal(progress):
            progress.raise_if_interrupted(f"{span_of_run(run) or run.job_name}, between two assets")
            yield
    except Interrupted as interrupted:
        if not progress.process_ends:
            instance.report_run_canceling(run)
        raise Terminated(str(interrupted)) from None


@contextmanager
def _asked_by_signal(progress: Progress) -> Iterator[None]:
    """Let the first signal ask for an interrupt, and the second one raise it at once."""
    if threading.current_thread() is not threading.main_thread():
        # Signals go to the main thread, which belongs to whoever runs the step in this one.
        yield
        return

    def ask(number: int, frame: object) -> None:
        if progress.interrupt_requested:
            raise Terminated("terminated within a chunk, which is not in the database; the next run resumes before it")
        progress.interrupt_requested = progress.process_ends = True

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
