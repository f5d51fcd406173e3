"""Errors that a user can act on, told in Dagster without a stack trace and without useless retries."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from aquamind_assets.assets.platform import YearNotBegun
from aquamind_assets.assets.prerequisites import RowsMissing
from aquamind_assets.assets.watch import StoppedAtChunkBorder
from aquamind_assets.scenario.loading import ScenarioError
from aquamind_assets.warehouse.errors import WarehouseError, WarehouseUnavailable
from aquamind_assets.warehouse.ledger_store import LedgerMissing


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
