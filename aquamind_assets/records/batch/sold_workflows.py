"""Workflows that are sales: fish that leave a station for the sea, from one company to another.

Belongs here: which workflows are sold, and the ids of their transactions, which both sides refer to. Does not belong
here: the rows of the workflows (``transfer_workflows``) and of the transactions (``finance.sales``).
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.batch.workflow_groups import Workflows, subsidiaries, workflows_of
from aquamind_assets.records.finance.companies import FARMING, FRESHWATER
from aquamind_assets.records.finance.prices import SOLD_STAGES
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.timeline import WIDE_DAY_ROWS, DayRange

_FIRST_NUMBER = WIDE_DAY_ROWS // 2
"""Transactions of workflows have numbers from here on within their day, those of harvests lower ones."""


@dataclass(frozen=True)
class SoldWorkflows:
    """Workflows that are sales; arrays of shape (workflows,).

    Attributes:
        ids: their ids.
        day: day of each.
        stage: Stage in which the fish left.
        geography: row in Geographies of the companies.
        biomass_cents: biomass, .01 kg, int64.
    """

    ids: np.ndarray
    day: np.ndarray
    stage: np.ndarray
    geography: np.ndarray
    biomass_cents: np.ndarray

    @property
    def transaction_ids(self) -> np.ndarray:
        """The id of the transaction of each."""
        return transaction_ids(self.ids)


def transaction_ids(workflow: np.ndarray) -> np.ndarray:
    """Return the ``finance_intercompanytransaction`` id of each workflow."""
    return workflow + _FIRST_NUMBER


def sold_among(year: YearInputs, moves: Workflows) -> np.ndarray:
    """Return which workflows are sales, bool: those to the sea of a stage that has a price."""
    one = moves.moved.take(moves.first)
    source, target = subsidiaries(year, one)
    return (source == FRESHWATER) & (target == FARMING) & np.isin(one.from_stage, SOLD_STAGES)


def sold_workflows(year: YearInputs, days: DayRange) -> SoldWorkflows:
    """Return the workflows of these days that are sales."""
    moves = workflows_of(year).of_days(days)
    sold = sold_among(year, moves)
    one = moves.moved.take(moves.first)
    biomass = moves.sums(biomass_cents(moves.moved.count, moves.moved.weight_g))
    geography = year.infrastructure.containers.geography[one.to_container].astype(np.int64)
    return SoldWorkflows(
        moves.ids[sold], one.day.astype(np.int64)[sold], one.from_stage[sold], geography[sold], biomass[sold]
    )
