"""Sums over the life of batches: fish at sea and harvested, hatch, batches alive.

Belongs here: grouping ledger rows by batch. Does not belong here: the frames of these sums (``frames``), sums by place
(``sea``).
"""

import numpy as np

from aquamind_assets.figures.sums import active_batches
from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.realism.frames import ActiveDays, BatchFlows
from aquamind_assets.realism.sea import SeaRows
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import year_days


def batch_flows(scenario: Scenario, infrastructure: Infrastructure, ledger: Ledger, sea: SeaRows) -> BatchFlows:
    """Return fish, feed and days of each batch of the ledger."""
    batches = ledger.batches.sorted_by("batch_id")
    moves = ledger.movements
    to_sea = (moves.to_stage == Stage.POST_SMOLT) & (moves.from_stage == Stage.SMOLT)
    harvest, mixing = moves.kind == Movement.HARVEST, moves.kind == Movement.MIXING

    def by_batch(batch_id: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.bincount(np.searchsorted(batches.batch_id, batch_id), weights=values, minlength=len(batches))

    received = ledger.assignments.sorted_by("assignment_id")
    mixed_batch = received.batch_id[np.searchsorted(received.assignment_id, moves.to_assignment[mixing])]

    def moved(chosen: np.ndarray, values: np.ndarray) -> np.ndarray:
        return by_batch(moves.batch_id[chosen], values[chosen])

    return BatchFlows(
        batch_id=batches.batch_id,
        geography=batches.geography,
        start_day=batches.start_day,
        eggs=batches.eggs,
        to_sea=moved(to_sea, moves.count),
        to_sea_kg=moved(to_sea, moves.count * moves.weight_g / 1e3),
        to_sea_day_sum=moved(to_sea, moves.count * moves.day.astype(np.float64)),
        harvested=moved(harvest, moves.count),
        harvested_kg=moved(harvest, moves.count * moves.weight_g / 1e3),
        harvest_day_sum=moved(harvest, moves.count * moves.day.astype(np.float64)),
        given=moved(mixing, moves.count),
        given_kg=moved(mixing, moves.count * moves.weight_g / 1e3),
        taken=by_batch(mixed_batch, moves.count[mixing]),
        taken_kg=by_batch(mixed_batch, (moves.count * moves.weight_g / 1e3)[mixing]),
        sea_feed_kg=by_batch(sea.rows.batch_id, sea.rows.feed_g / 1e3),
        sea_dead_kg=by_batch(sea.rows.batch_id, sea.deaths * sea.rows.weight_g / 1e3),
        sea_deaths=by_batch(sea.rows.batch_id, sea.deaths),
        hatch_degree_days=_hatch(scenario, infrastructure, ledger, batches.batch_id, batches.start_day),
        ended=batches.end_day >= 0,
        end_day=np.maximum(batches.end_day, 0),
    )


def _hatch(
    scenario: Scenario, infrastructure: Infrastructure, ledger: Ledger, batch_id: np.ndarray, start_day: np.ndarray
) -> np.ndarray:
    """Return the degree-days from the start to the move out of the incubation trays, for batches with both in the
    ledger; else 0."""
    trays = np.array([kind.category == "TRAY" for kind in scenario.farm.container_types])
    in_tray = trays[infrastructure.containers.container_type]
    moves, rows = ledger.movements, ledger.container_days
    leaving = (
        (moves.from_container >= 0)
        & in_tray[moves.from_container]
        & (moves.to_container >= 0)
        & ~in_tray[moves.to_container]
    )
    left = np.full(batch_id.size, np.iinfo(np.int64).max)
    np.minimum.at(left, np.searchsorted(batch_id, moves.batch_id[leaving]), moves.day[leaving].astype(np.int64))
    rows = rows.take(in_tray[rows.container])
    row_batch = np.searchsorted(batch_id, rows.batch_id)
    before = rows.day < left[row_batch]
    fish_degrees = np.bincount(
        row_batch[before], weights=(rows.closing * rows.temperature)[before], minlength=batch_id.size
    )
    # Mean over trays first, then sum over days: days have different numbers of trays.
    days = rows.day[before] - start_day[row_batch[before]]
    span = int(days.max()) + 1 if days.size else 1
    cell = row_batch[before] * span + days
    weight = np.bincount(cell, weights=rows.closing[before], minlength=batch_id.size * span)
    degrees = np.bincount(cell, weights=(rows.closing * rows.temperature)[before], minlength=batch_id.size * span)
    daily = np.where(weight > 0, degrees / np.maximum(weight, 1), 0.0).reshape(batch_id.size, span)
    whole = (left < np.iinfo(np.int64).max) & (start_day >= year_days(ledger.year).first) & (fish_degrees > 0)
    return np.where(whole, daily.sum(axis=1), 0.0)


def active_days(ledger: Ledger) -> ActiveDays:
    """Return the number of batches alive on each day of the ledger."""
    days = np.arange(year_days(ledger.year).first, ledger.through + 1)
    ends = ledger.batches.end_day[ledger.batches.end_day >= 0]
    return ActiveDays(day=days, batches=active_batches(ledger.batches.start_day, ends, days))
