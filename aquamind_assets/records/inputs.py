"""What a recorder is given: one simulated year, and what has become of the things that lived in it.

Belongs here: the inputs of all recorders, and putting them together from ledgers. Does not belong here: loading ledgers, or making rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from aquamind_assets.farm.frames import Frame
from aquamind_assets.farm.infrastructure_frames import Infrastructure
from aquamind_assets.farm.ledger import Assignments, Batches, FeedLots, FeedStores, Ledger, Outbreaks, SiteDays, Treatments
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, year_days

HOUR = MICROSECONDS_PER_DAY // 24
"""Microseconds in an hour: instants within a day are ``day * MICROSECONDS_PER_DAY + hour * HOUR``."""

MOVE_INSTANT = 12 * HOUR
"""Fish change containers at 12:00 UTC: a stay begins at noon of its arrival day and ends at noon of its departure day."""

AnyFrame = TypeVar("AnyFrame", bound=Frame)


@dataclass(frozen=True)
class Lives:
    """What was alive in a year, as it stands on ``through``, the last day that has been simulated in any year.

    ``batches``, ``assignments``, ``treatments`` and ``outbreaks`` hold the rows of the year's ledger with the state that the latest ledger that knows them
    gives; ``feed_stores`` is the stock on ``through``; ``feed_lots`` are the lots left on ``through`` of those delivered by the end of the year.
    """

    through: int
    batches: Batches
    assignments: Assignments
    treatments: Treatments
    outbreaks: Outbreaks
    feed_stores: FeedStores
    feed_lots: FeedLots


@dataclass(frozen=True)
class YearInputs:
    """Everything a recorder may look at, for one year."""

    scenario: Scenario
    infrastructure: Infrastructure
    climate: SiteDays
    ledger: Ledger
    lives: Lives

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.ledger.year

    @cached_property
    def days(self) -> DayRange:
        """The days of the year that have been simulated."""
        return DayRange(year_days(self.year).first, self.ledger.through + 1)

    @cached_property
    def container_geography(self) -> np.ndarray:
        """Row in Geographies of each container, int."""
        return self.infrastructure.containers.geography

    @cached_property
    def turn_at_site(self) -> np.ndarray:
        """Place of each container among those of its site, from 0: rounds of feeding and of counting go by it."""
        site = self.infrastructure.containers.site
        order = np.argsort(site, kind="stable")
        turn = np.empty(site.size, dtype=np.int64)
        turn[order] = np.arange(site.size) - np.searchsorted(site[order], site[order])
        return turn

    def batch_rows(self, batch_id: np.ndarray) -> np.ndarray:
        """Positions of these batch ids in ``lives.batches``."""
        return positions(self.lives.batches.batch_id, batch_id, "batch")

    def assignment_rows(self, assignment_id: np.ndarray) -> np.ndarray:
        """Positions of these assignment ids in ``lives.assignments``."""
        return positions(self.lives.assignments.assignment_id, assignment_id, "assignment")


def positions(sorted_ids: np.ndarray, ids: np.ndarray, what: str) -> np.ndarray:
    """Where each of ``ids`` stands in ``sorted_ids``; both int64, the first without repetition.

    Raises:
        KeyError: an id is not there; the message names ``what`` and the id.
    """
    ids = np.asarray(ids, dtype=np.int64)
    found = np.searchsorted(sorted_ids, ids)
    if sorted_ids.size == 0 and ids.size:
        raise KeyError(f"{what} {ids[0]} is not known this year")
    missing = sorted_ids[np.minimum(found, max(sorted_ids.size - 1, 0))] != ids if ids.size else np.zeros(0, dtype=bool)
    if missing.any():
        raise KeyError(f"{what} {ids[np.argmax(missing)]} is not known this year")
    return found


def of_days(frame: AnyFrame, days: DayRange, name: str = "day") -> AnyFrame:
    """The rows of a frame sorted by its day column ``name`` that fall on these days; views, not copies."""
    low, high = np.searchsorted(getattr(frame, name), [days.first, days.end])
    return frame.take(slice(int(low), int(high)))


def lives_of(ledgers: Sequence[Ledger]) -> Lives:
    """What became of the things alive in ``ledgers[0]``'s year; ``ledgers`` are that year's and all later ones, in order.

    Raises:
        ValueError: the ledgers are not of consecutive years.
    """
    years = [ledger.year for ledger in ledgers]
    if not years or years != list(range(years[0], years[0] + len(years))):
        raise ValueError(f"ledgers of years {years}: give one year and all that follow it, in order")
    latest = ledgers[-1]
    lots = closing_lots(latest)
    return Lives(
        through=latest.through,
        batches=_as_of_the_end([ledger.batches for ledger in ledgers], "batch_id"),
        assignments=_as_of_the_end([ledger.assignments for ledger in ledgers], "assignment_id"),
        treatments=_as_of_the_end([ledger.treatments for ledger in ledgers], "treatment_id"),
        outbreaks=_as_of_the_end([ledger.outbreaks for ledger in ledgers], "outbreak_id"),
        feed_stores=latest.feed_stores,
        feed_lots=lots.take(lots.delivery_day < year_days(years[0]).end),
    )


def _as_of_the_end(frames: list[AnyFrame], key: str) -> AnyFrame:
    """The first frame's rows, each replaced by its last version in the later frames."""
    ids = getattr(frames[0], key)
    everything = type(frames[0]).concat(frames)
    order = np.argsort(getattr(everything, key), kind="stable")
    last = np.searchsorted(getattr(everything, key)[order], ids, side="right") - 1
    return everything.take(order[last])


def received_lots(ledger: Ledger) -> FeedLots:
    """The lots in store when the year began and those delivered since, oldest first in each feed container.

    ``remaining_g`` is what was left of a lot when the year began, or all of it if it came later.
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
    """The lots in store on the ledger's last day, oldest first in each feed container.

    First in, first out leaves the newest feed: of the lots of a feed container, newest first, as much is left as adds up to its closing stock.
    """
    lots = received_lots(ledger)
    stock = np.zeros(1 + int(max(lots.feed_container.max(initial=-1), ledger.feed_stores.feed_container.max(initial=-1))), dtype=np.int64)
    stock[ledger.feed_stores.feed_container] = ledger.feed_stores.closing_g
    total = np.cumsum(lots.remaining_g)
    last_of_store = np.searchsorted(lots.feed_container, lots.feed_container, side="right") - 1
    newer = total[last_of_store] - total if len(lots) else total
    left = np.clip(stock[lots.feed_container] - newer, 0, lots.remaining_g)
    columns = lots.columns() | {"remaining_g": left}
    return FeedLots(**columns).take(left > 0)
