"""Failures of a step as Dagster shows them: one message, no stack trace; retried only where that may help.

An asset has no ``RetryPolicy``: Dagster would apply it to every failure, and to a termination too, which then ends in a
new attempt instead of the run's end.

Belongs here: what a failure of a step becomes. Does not belong here: the kinds of failures (``errors``), terminating
(``termination``).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import dagster as dg

# Private names, see UserFailure (dagster#31167).
from dagster._core.errors import DagsterUserCodeProcessError
from dagster._utils.error import SerializableErrorInfo

from aquamind_assets.assets.termination import RunEnded, ends_at_chunk_border
from aquamind_assets.errors import DiskFull, TransientError, UserError
from aquamind_assets.masking import masked
from aquamind_assets.pipeline.progress import Progress

MOST_RETRIES = 3
"""Times that a step is tried again after a transient error."""

FIRST_WAIT_S = 5.0
"""Seconds before the first of them; each further one waits twice as long."""

StepContext = dg.AssetExecutionContext | dg.AssetCheckExecutionContext | dg.OpExecutionContext


class UserFailure(dg.Failure, DagsterUserCodeProcessError):
    """A step's failure that a person can do something about; it is not retried, and its event has no stack trace.

    Dagster adds its own stack trace to every exception of a step, and has no option to leave it out (dagster#31167
    shows how misleading it is; until there is one, this relies on two private names). It takes the error of a
    ``DagsterUserCodeProcessError`` as it is, because such an error brings its own.
    """

    def __init__(self, description: str) -> None:
        # Both bases have an __init__ that does not know of the other's arguments.
        Exception.__init__(self, description)
        self.description, self.metadata, self.allow_retries = description, {}, False
        self.user_code_process_error_infos = [SerializableErrorInfo(description, [], type(self).__name__)]


@contextmanager
def named_failures(context: StepContext, progress: Progress) -> Iterator[None]:
    """Work on a step: a user error becomes a :class:`UserFailure`, a transient error a retry, a request to stop the end
    of the run.

    Raises:
        UserFailure: a user error, or a transient error that did not pass.
        dagster.RetryRequested: a transient error that may pass.
        Terminated: the run is to end.
        RunEnded: a disk is full.
    """
    try:
        with ends_at_chunk_border(context.run, context.instance, progress):
            yield
    except DiskFull as error:
        # Every further step would fail in the same way, and so would another try.
        context.instance.add_run_tags(context.run.run_id, {"dagster/max_retries": "0"})
        raise RunEnded(masked(str(error))) from None
    except UserError as error:
        raise UserFailure(masked(str(error))) from None
    except TransientError as error:
        tried = op_context(context).retry_number
        if tried >= MOST_RETRIES:
            raise UserFailure(f"{masked(str(error))} (tried {tried + 1} times)") from None
        context.log.warning(f"{masked(str(error))}; attempt {tried + 1} of {MOST_RETRIES + 1}")
        raise dg.RetryRequested(MOST_RETRIES, FIRST_WAIT_S * 2**tried) from None


def raise_violations(results: Iterable[dg.AssetCheckResult]) -> None:
    """End a step whose rows violate a law, with what the laws say; Dagster's own error only counts them, with a stack
    trace.

    Raises:
        UserFailure: a law is violated.
    """
    if found := violated(results):
        raise UserFailure("; ".join(f"{one.check_name} is violated: {one.description}" for one in found))


def violated(results: Iterable[dg.AssetCheckResult]) -> list[dg.AssetCheckResult]:
    """Those of the results that end a step."""
    return [one for one in results if not one.passed and one.severity == dg.AssetCheckSeverity.ERROR]


def op_context(context: StepContext) -> dg.OpExecutionContext:
    """The context of the op behind a step."""
    return context if isinstance(context, dg.OpExecutionContext) else context.op_execution_context
