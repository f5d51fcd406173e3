"""The later state of everything that was alive in a year, as of the latest ledger.

Belongs here: following batches, stays, treatments and their plans, outbreaks and feed lots from a year's ledger into
later ledgers. Does not belong here: reading ledgers from a store (``ledgers``), making rows (``records``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.model import (
    Assignments,
    Batches,
    FeedLots,
    FeedStores,
    Ledger,
    Outbreaks,
    StageChanges,
    TreatmentPlans,
    Treatments,
)
from aquamind_assets.timeline import year_days

AnyFrame = TypeVar("AnyFrame", bound=Frame)


@dataclass(frozen=True)
class Lives:
    """Everything alive in a year, with its state on ``through``, the last simulated day of any year.

    ``batches``, ``assignments``, ``treatments``, ``treatment_plans`` and ``outbreaks`` hold the rows of the year's
    ledger, each with its state in the latest ledger that contains it. ``feed_stores`` is the stock on ``through``.
    ``feed_lots`` are the lots delivered by the end of the year that are left on ``through``. ``stays`` holds every stay
    of these batches in the year's ledger or a later one, with its state in the latest ledger that contains it.
    ``stage_changes`` are those of these batches in the year or later.
    """

    through: int
    batches: Batches
    assignments: Assignments
    stays: Assignments
    treatments: Treatments
    treatment_plans: TreatmentPlans
    outbreaks: Outbreaks
    feed_stores: FeedStores
    feed_lots: FeedLots
    stage_changes: StageChanges


def lives_of(ledgers: Sequence[Ledger]) -> Lives:
    """Return the later state of everything alive in the year of ``ledgers[0]``. ``ledgers`` are that year's and all
    later ones, in order.

    Raises:
        ValueError: the ledgers are not of consecutive years.
    """
    years = [ledger.year for ledger in ledgers]
    if not years or years != list(range(years[0], years[0] + len(years))):
        raise ValueError(f"ledgers of years {years}: expected a year and the years that follow it, in order")
    latest = ledgers[-1]
    lots = closing_lots(latest)
    return Lives(
        through=latest.through,
        batches=_as_of_the_end([ledger.batches for ledger in ledgers], "batch_id"),
        assignments=_as_of_the_end([ledger.assignments for ledger in ledgers], "assignment_id"),
        stays=_stays_of(ledgers),
        treatments=_as_of_the_end([ledger.treatments for ledger in ledgers], "treatment_id"),
        treatment_plans=_as_of_the_end([ledger.treatment_plans for ledger in ledgers], "plan_id"),
        outbreaks=_as_of_the_end([ledger.outbreaks for ledger in ledgers], "outbreak_id"),
        feed_stores=latest.feed_stores,
        feed_lots=lots.take(lots.delivery_day < year_days(years[0]).end),
        stage_changes=_stage_changes_of(ledgers),
    )


def _as_of_the_end(frames: list[AnyFrame], key: str) -> AnyFrame:
    """Return the first frame's rows, each replaced by its last version in the later frames."""
    ids = getattr(frames[0], key)
    everything = type(frames[0]).concat(frames)
    order = np.argsort(getattr(everything, key), kind="stable")
    last = np.searchsorted(getattr(everything, key)[order], ids, side="right") - 1
    return everything.take(order[last])


def _stays_of(ledgers: Sequence[Ledger]) -> Assignments:
    """Return every stay of the first ledger's batches, in its last version, sorted by assignment."""
    everything = Assignments.concat([ledger.assignments for ledger in ledgers])
    everything = everything.take(np.isin(everything.batch_id, ledgers[0].batches.batch_id))
    order = np.argsort(everything.assignment_id, kind="stable")
    last = np.diff(everything.assignment_id[order], append=-1) != 0
    return everything.take(order[last])


def _stage_changes_of(ledgers: Sequence[Ledger]) -> StageChanges:
    """Return every change of stage of the first ledger's batches, by day."""
    everything = StageChanges.concat([ledger.stage_changes for ledger in ledgers])
    return everything.take(np.isin(everything.batch_id, ledgers[0].batches.batch_id))


def received_lots(ledger: Ledger) -> FeedLots:
    """Return the lots in store at the start of the year and those delivered since, oldest first in each feed container.

    ``remaining_g`` is the amount left of a lot at the start of the year, or the whole lot if it was delivered later.
    """
    arrived = ledger.deliveries.take(ledger.deliveries.delivery_day <= ledger.through)
    arrived = arrived.take(~np.isin(arrived.purchase_id, ledger.feed_lots.purchase_id))
    return FeedLots.concat(
        [
            ledger.feed_lots,
            FeedLots(
                feed_container=arrived.feed_container,
                purchase_id=arrived.purchase_id,
                order_day=arrived.order_day,
                delivery_day=arrived.delivery_day,
                quantity_g=arrived.quantity_g,
                remaining_g=arrived.quantity_g,
                price_cents_per_kg=arrived.price_cents_per_kg,
                supplier=arrived.supplier,
            ),
        ]
    ).sorted_by("feed_container", "delivery_day", "purchase_id")


def closing_lots(ledger: Ledger) -> FeedLots:
    """Return the lots in store on the ledger's last day, oldest first in each feed container.

    First in, first out leaves the newest feed: the newest lots of a feed container that add up to its closing stock are
    left.
    """
    lots = received_lots(ledger)
    stock = np.zeros(
        1 + int(max(lots.feed_container.max(initial=-1), ledger.feed_stores.feed_container.max(initial=-1))),
        dtype=np.int64,
    )
    stock[ledger.feed_stores.feed_container] = ledger.feed_stores.closing_g
    total = np.cumsum(lots.remaining_g)
    last_of_store = np.searchsorted(lots.feed_container, lots.feed_container, side="right") - 1
    newer = total[last_of_store] - total if len(lots) else total
    left = np.clip(stock[lots.feed_container] - newer, 0, lots.remaining_g)
    columns = lots.columns() | {"remaining_g": left}
    return FeedLots(**columns).take(left > 0)
