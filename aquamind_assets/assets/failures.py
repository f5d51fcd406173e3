"""User errors as Dagster failures: one message, no stack trace, no retry."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from aquamind_assets.errors import Interrupted, UserError


@contextmanager
def failures_for_users() -> Iterator[None]:
    """Turn user errors and interruptions into a ``dagster.Failure`` that is not retried.

    Transient errors pass through: Dagster retries the step.
    """
    try:
        yield
    except (UserError, Interrupted) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
