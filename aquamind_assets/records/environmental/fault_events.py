"""Faults of sensors that begin at a moment: gaps, stuck values, spikes and late arrival.

Belongs here: which of them a block of sensors has in one chunk, as configured in the scenario. Does not belong here:
errors that grow (``slow_errors``), the list of all faults (``sensor_faults``).

Faults are rare, so they are not looked for reading by reading: for each sensor and kind the slots from one fault to the
next are drawn, geometrically distributed, which is the same as a trial in every slot with far fewer draws.
Each kind has draws of its own: another share of spikes leaves the gaps where they are.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.water import Imperfections
from aquamind_assets.timeline import CHUNK_DAYS, Chunk

MEAN_GAP_HOURS = 18.0
GAP_REACH = 20
"""Gaps that began up to so many mean lengths before a chunk reach into it."""

STUCK_HOURS = (6.0, 72.0)
SPIKE_NOISE = (10.0, 60.0)
LATE_HOURS = (1, 72)
DAYS_PER_YEAR = 365.25

KINDS = ("gap", "stuck", "spike", "late")
ROOM = 32
"""Faults of a kind that the common stream has draws for; kinds with more in a chunk have a stream of their own."""


@dataclass(frozen=True)
class Points:
    """Faults of single readings, sorted by (sensor, slot), each shape (faults,).

    Attributes:
        sensor: sensor, numbered from 0 in its block, int64.
        slot: reading of the chunk, from 0, int64.
        size: spikes: error in noise sd, late readings: whole hours; float64.
    """

    sensor: np.ndarray
    slot: np.ndarray
    size: np.ndarray

    def take(self, chosen: np.ndarray) -> Self:
        """Return the chosen ones."""
        return type(self)(self.sensor[chosen], self.slot[chosen], self.size[chosen])


@dataclass(frozen=True)
class Spells:
    """Times at which a sensor repeats a value, sorted by (sensor, slot), none into the next, each shape (spells,).

    Attributes:
        sensor: sensor, numbered from 0 in its block, int64.
        slot: reading whose value is repeated, int64.
        end: first reading that is not a repetition any more, int64.
    """

    sensor: np.ndarray
    slot: np.ndarray
    end: np.ndarray

    def within(self, first: int, end: int) -> Self:
        """Return the spells with a repetition in the readings from ``first`` to before ``end``."""
        chosen = np.maximum(self.slot + 1, first) < np.minimum(self.end, end)
        return type(self)(self.sensor[chosen], self.slot[chosen], self.end[chosen])

    def hold(self, shown: np.ndarray) -> None:
        """Replace the values of stuck sensors in ``shown``, shape (sensors, slots up to any), in place."""
        for sensor, slot, end in zip(self.sensor.tolist(), self.slot.tolist(), self.end.tolist(), strict=True):
            if slot < shown.shape[1]:
                shown[sensor, slot + 1 : end] = shown[sensor, slot]

    def cover(self, points: Points) -> np.ndarray:
        """Return which points lie in a spell, its first reading included; bool, shape (points,)."""
        if not self.sensor.size:
            return np.zeros(points.sensor.shape, dtype=bool)
        stride = int(max(self.end.max(), points.slot.max(initial=0))) + 1
        at = points.sensor * stride + points.slot
        spell = np.searchsorted(self.sensor * stride + self.slot, at, side="right") - 1
        return (spell >= 0) & (at < (self.sensor * stride + self.end)[spell])


@dataclass(frozen=True)
class FaultEvents:
    """Faults of some sensors in one chunk of thirty days.

    Attributes:
        gap: the reading is missing, bool, shape (sensors, slots).
        stuck: spells of stuck values.
        spikes: readings that are far off; none in a spell.
        late: readings stored late.
    """

    gap: np.ndarray
    stuck: Spells
    spikes: Points
    late: Points


def events_of(year: YearInputs, chunk: Chunk, sensors: slice) -> FaultEvents | None:
    """Return the faults of some sensors, all of their groups, in a chunk; None where the scenario has none of these."""
    plan, per_day = year.scenario.water.imperfections, year.scenario.water.readings_per_day
    if not (plan.gap_share or plan.stuck_per_year or plan.spike_share or plan.late_share):
        return None
    slots = CHUNK_DAYS * per_day
    draws = _Draws(year, chunk, sensors)
    stuck = _stuck(plan, draws, slots, per_day)
    spikes = _spikes(plan, draws, slots)
    return FaultEvents(
        _gaps(plan, draws, slots, per_day), stuck, spikes.take(~stuck.cover(spikes)), _late(plan, draws, slots)
    )


class _Draws:
    """Where faults begin, and a uniform for each that says how long or large it is."""

    def __init__(self, year: YearInputs, chunk: Chunk, sensors: slice) -> None:
        self._year, self._chunk, self._sensors = year, chunk, np.arange(sensors.start, sensors.stop)
        self._common = self._uniforms("sensor_faults", (len(KINDS), 2, ROOM))

    def events(self, kind: str, probability: float, slots: int) -> Points:
        """Return the slots in which a fault begins, each with ``probability``; ``size`` is uniform in [0, 1)."""
        if not probability:
            return Points(*(np.zeros(0, dtype=dtype) for dtype in (np.int64, np.int64, np.float64)))
        expected = probability * slots
        # With a probability of 1e-9 there are more.
        most = min(slots, math.ceil(expected + 7.0 * math.sqrt(expected) + 9.0))
        uniforms = self._common[:, KINDS.index(kind)]
        if most > ROOM:
            uniforms = self._uniforms(f"sensor_faults/{kind}", (2, most))
        with np.errstate(divide="ignore"):
            step = 1.0 + np.floor(np.log1p(-uniforms[:, 0, :most].astype(np.float64)) / np.log1p(-probability))
        slot = np.cumsum(step, axis=1) - 1.0
        sensor, nth = np.nonzero(slot < slots)
        return Points(sensor, slot[sensor, nth].astype(np.int64), uniforms[sensor, 1, nth].astype(np.float64))

    @property
    def sensors(self) -> int:
        """Sensors of the block."""
        return self._sensors.size

    def _uniforms(self, process: str, shape: tuple[int, ...]) -> np.ndarray:
        return self._year.infrastructure.sensor_draws.uniforms(
            self._year.scenario.seed,
            process,
            self._chunk.year,
            self._chunk.index,
            shape=shape,
            dtype=np.float32,
            entities=self._sensors,
        )


def _gaps(plan: Imperfections, draws: _Draws, slots: int, per_day: int) -> np.ndarray:
    """Return which readings are missing, bool, shape (sensors, slots).

    Gaps may begin before the chunk, so that its first slots are as likely to be lost as any. They overlap: Poisson many
    begin in a slot, with exponential lengths; the uniform says how long the longest of them is.
    """
    gap = np.zeros((draws.sensors, slots), dtype=bool)
    if not plan.gap_share:
        return gap
    mean = MEAN_GAP_HOURS / 24 * per_day
    reach = int(GAP_REACH * mean)
    # So many in a slot cover the share wanted.
    per_slot = -np.log1p(-min(plan.gap_share, 0.999)) / (mean + 0.5)
    probability = float(-np.expm1(-per_slot))
    begun = draws.events("gap", probability, reach + slots)
    # Never log(0): float32 uniforms are multiples of 2^-24.
    log = np.log1p(-probability * np.maximum(begun.size, 2.0**-25))
    end = begun.slot + 1 + np.floor(mean * np.log(per_slot / -log)).astype(np.int64) - reach
    first = np.maximum(begun.slot - reach, 0)
    reaching = end > first
    for sensor, start, stop in zip(
        begun.sensor[reaching].tolist(), first[reaching].tolist(), end[reaching].tolist(), strict=True
    ):
        gap[sensor, start:stop] = True
    return gap


def _stuck(plan: Imperfections, draws: _Draws, slots: int, per_day: int) -> Spells:
    """Return the spells of 6 to 72 hours, of one repetition at least; each ends with the chunk, or where the next one
    begins."""
    probability = float(-np.expm1(-plan.stuck_per_year * CHUNK_DAYS / DAYS_PER_YEAR / (slots - 1)))
    begun = draws.events("stuck", probability, slots - 1)
    hours = STUCK_HOURS[0] + (STUCK_HOURS[1] - STUCK_HOURS[0]) * begun.size
    end = np.minimum(begun.slot + 1 + np.ceil(hours / 24 * per_day).astype(np.int64), slots)
    followed = np.flatnonzero(np.diff(begun.sensor) == 0)
    end[followed] = np.minimum(end[followed], begun.slot[followed + 1])
    return Spells(begun.sensor, begun.slot, end)


def _spikes(plan: Imperfections, draws: _Draws, slots: int) -> Points:
    """Return errors in noise sd, up in one half of the cases and down in the other."""
    begun = draws.events("spike", plan.spike_share, slots)
    size = SPIKE_NOISE[0] + (SPIKE_NOISE[1] - SPIKE_NOISE[0]) * (2.0 * begun.size % 1.0)
    return Points(begun.sensor, begun.slot, np.where(begun.size < 0.5, -size, size))


def _late(plan: Imperfections, draws: _Draws, slots: int) -> Points:
    """Return delays of whole hours."""
    begun = draws.events("late", plan.late_share, slots)
    low, high = LATE_HOURS
    return Points(begun.sensor, begun.slot, low + np.floor(begun.size * (high - low + 1)))
