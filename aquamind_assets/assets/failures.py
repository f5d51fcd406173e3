"""Errors that a user can act on, told in Dagster without a stack trace and without useless retries."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from aquamind_assets.ledger.store import LedgerMissing
from aquamind_assets.pipeline.platform import YearNotBegun
from aquamind_assets.pipeline.prerequisites import RowsMissing
from aquamind_assets.pipeline.progress import StoppedAtChunkBorder
from aquamind_assets.scenario.loading import ScenarioError
from aquamind_assets.warehouse.errors import WarehouseError, WarehouseUnavailable


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turns what is missing, refused or stopped into a failure whose text is all there is to read.

    A lost connection stays an error: that is worth another try.
    """
    try:
        yield
    except WarehouseUnavailable:
        raise
    except (LedgerMissing, RowsMissing, YearNotBegun, ScenarioError, WarehouseError, StoppedAtChunkBorder) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
