"""User errors as Dagster failures: one message, no stack trace, no retry."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterUserCodeProcessError
from dagster._utils.error import SerializableErrorInfo

from aquamind_assets.errors import Interrupted, UserError
from aquamind_assets.masking import masked


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
def failures_for_users() -> Iterator[None]:
    """Turn user errors and interruptions into a :class:`UserFailure`.

    Transient errors pass through: Dagster retries the step.
    """
    try:
        yield
    except (UserError, Interrupted) as error:
        raise UserFailure(masked(str(error))) from None
