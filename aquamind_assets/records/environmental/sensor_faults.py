"""Faults of sensors, and their ground truth.

Belongs here: gaps, stuck values, drift until the next calibration, spikes and late arrival, as configured in the
scenario, and a frame that lists every true fault, for training and testing detectors. Does not belong here: readings
without faults (``readings``), errors that grow (``slow_errors``). Faults have random streams of their own and only
change, drop or delay a reading: the others are those of a scenario without faults and with the same seed.

| fault | effect | parameter of the scenario |
|---|---|---|
| gap | readings are missing, for 18 hours on average | ``gap_share``: share of all readings |
| stuck | the sensor repeats one value for 6 to 72 hours | ``stuck_per_year`` |
| drift | the error grows by a rate drawn for each sensor and calibration, and restarts at the next calibration | ``drift_per_month``, sd in units of the probe's noise |
| fouling | growth on a sensor at sea makes it wrong, until it is cleaned | ``fouling_per_month``; ``slow_errors`` |
| spike | one reading is off by 10 to 60 times the noise | ``spike_share`` |
| late | one reading is stored 1 to 72 hours late | ``late_share`` |

Gaps and stuck values lie within a chunk of 30 days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from aquamind_assets.ledger.frames import Frame, column
from aquamind_assets.records.environmental.slow_errors import drift_rates, fouling
from aquamind_assets.records.infrastructure.places import calibrations
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.water import Imperfections
from aquamind_assets.timeline import CHUNK_DAYS, MICROSECONDS_PER_DAY, Chunk, DayRange, chunks_of

MEAN_GAP_HOURS = 18.0
GAP_REACH = 20
"""Gaps that began up to so many mean lengths before a chunk reach into it."""

STUCK_HOURS = (6.0, 72.0)
SPIKE_NOISE = (10.0, 60.0)
LATE_HOURS = (1, 72)
DAYS_PER_YEAR = 365.25


class Fault(IntEnum):
    """Kinds of fault."""

    GAP = 0
    STUCK = 1
    DRIFT = 2
    SPIKE = 3
    LATE = 4
    FOULING = 5


class ReadingFaults(Frame):
    """True faults of sensors; sorted by (sensor, kind, first_time). Ground truth.

    A drift is listed for each calibration period that touches the days, cut to them, and fouling for each period
    between two cleanings.
    """

    kind: np.ndarray = column("int8", "", "Fault")
    sensor: np.ndarray = column("int32", "", "row in Sensors")
    sensor_id: np.ndarray = column("int64", "", "row id of the sensor")
    first_time: np.ndarray = column("int64", "microsecond since 1970 UTC", "first reading affected")
    last_time: np.ndarray = column("int64", "microsecond since 1970 UTC", "last reading affected")
    size: np.ndarray = column(
        "float64",
        "see kind",
        "spike: error in noise sd; late: hours; drift: noise sd per month; fouling: error on the last day; else 0",
    )


@dataclass(frozen=True)
class BlockFaults:
    """Faults of some sensors in one chunk; arrays of shape (sensors, slots of 30 days).

    Attributes:
        gap: the reading is missing.
        stuck_since: slot whose value the sensor repeats, or -1.
        spike: error in noise sd, float32, 0 for none.
        delay_hours: delay of storage in hours, int64, 0 for none.
    """

    gap: np.ndarray
    stuck_since: np.ndarray
    spike: np.ndarray
    delay_hours: np.ndarray

    def hold(self, shown: np.ndarray) -> None:
        """Replace the values of stuck sensors in ``shown``, shape (sensors, slots), in place."""
        since = self.stuck_since[:, : shown.shape[1]]
        sensor, slot = np.nonzero(since >= 0)
        shown[sensor, slot] = shown[sensor, since[sensor, slot]]


def faults_of(year: YearInputs, chunk: Chunk, sensors: slice) -> BlockFaults | None:
    """The faults of some sensors, all of their groups, in a chunk; None in a clean scenario.

    Each sensor has a uniform for each slot and kind of fault, which says whether the fault begins there and how long or
    large it is.
    """
    plan, per_day = year.scenario.water.imperfections, year.scenario.water.readings_per_day
    if not (plan.gap_share or plan.stuck_per_year or plan.spike_share or plan.late_share):
        return None
    slots = CHUNK_DAYS * per_day
    reach = int(GAP_REACH * MEAN_GAP_HOURS / 24 * per_day)
    uniforms = year.infrastructure.sensor_draws.uniforms(
        year.scenario.seed,
        "sensor_faults",
        chunk.year,
        chunk.index,
        shape=(reach + 4 * slots,),
        dtype=np.float32,
        entities=np.arange(sensors.start, sensors.stop),
    )
    gaps, stuck, spikes, late = np.split(uniforms, reach + slots * np.arange(1, 4), axis=1)
    gap = np.zeros((len(uniforms), slots), dtype=bool)
    for sensor, first, end in _gaps(plan, gaps, reach, per_day):
        gap[sensor, first:end] = True
    stuck_since = np.full(gap.shape, -1, dtype=np.int16)
    for sensor, first, end in _stuck(plan, stuck, per_day):
        stuck_since[sensor, first:end] = first
    return BlockFaults(gap, stuck_since, _spikes(plan, spikes, stuck_since), _delays(plan, late))


def _gaps(plan: Imperfections, uniforms: np.ndarray, reach: int, per_day: int) -> Iterator[tuple[int, int, int]]:
    """(sensor, first slot, end slot), from uniforms of ``reach`` slots before the chunk, so that its first slots are as
    likely to be lost as any, and of its own slots.

    Gaps overlap. Poisson many begin in a slot, with exponential lengths; the uniform is the quantile of the longest.
    """
    if not plan.gap_share:
        return
    mean = MEAN_GAP_HOURS / 24 * per_day
    # So many in a slot cover the share wanted.
    per_slot = -np.log1p(-min(plan.gap_share, 0.999)) / (mean + 0.5)
    sensor, slot = np.nonzero(uniforms < -np.expm1(-per_slot))
    # Never log(0): float32 uniforms are multiples of 2^-24.
    log = np.log1p(-np.maximum(uniforms[sensor, slot].astype(np.float64), 2.0**-25))
    end = slot + 1 + np.floor(mean * np.log(per_slot / -log)).astype(np.int64) - reach
    for one, start, stop in zip(sensor, np.maximum(slot - reach, 0), end, strict=True):
        if stop > start:
            yield int(one), int(start), int(stop)


def _stuck(plan: Imperfections, uniforms: np.ndarray, per_day: int) -> Iterator[tuple[int, int, int]]:
    """(sensor, slot whose value is repeated, end slot); at least one reading repeats another."""
    slots = uniforms.shape[1]
    probability = -np.expm1(-plan.stuck_per_year * CHUNK_DAYS / DAYS_PER_YEAR / (slots - 1))
    sensor, first = np.nonzero(uniforms[:, :-1] < probability)
    within = uniforms[sensor, first] / max(probability, 1e-12)
    hours = STUCK_HOURS[0] + (STUCK_HOURS[1] - STUCK_HOURS[0]) * within
    length = np.ceil(hours / 24 * per_day).astype(np.int64)
    for one, start, stop in zip(sensor, first, np.minimum(first + 1 + length, slots), strict=True):
        yield int(one), int(start), int(stop)


def _spikes(plan: Imperfections, uniforms: np.ndarray, stuck_since: np.ndarray) -> np.ndarray:
    """Errors in noise sd, up in one half of the cases and down in the other, float32 of the uniforms' shape."""
    error = np.zeros(uniforms.shape, dtype=np.float32)
    struck = (uniforms < plan.spike_share) & (stuck_since < 0)
    within = 2.0 * uniforms[struck] / max(plan.spike_share, 1e-12)
    size = SPIKE_NOISE[0] + (SPIKE_NOISE[1] - SPIKE_NOISE[0]) * (within % 1.0)
    error[struck] = np.where(within < 1.0, -size, size)
    return error


def _delays(plan: Imperfections, uniforms: np.ndarray) -> np.ndarray:
    """Whole hours, int64 of the uniforms' shape."""
    delay = np.zeros(uniforms.shape, dtype=np.int64)
    late = uniforms < plan.late_share
    low, high = LATE_HOURS
    within = uniforms[late].astype(np.float64) / max(plan.late_share, 1e-12)
    delay[late] = np.minimum(low + np.floor(within * (high - low + 1)).astype(np.int64), high)
    return delay


def reading_faults(year: YearInputs, days: DayRange) -> ReadingFaults:
    """Return all faults of the readings of these days."""
    wanted = DayRange(max(days.first, year.days.first), min(days.end, year.days.end))
    parts = [_drift_faults(year, wanted), _fouling_faults(year, wanted)]
    for chunk in chunks_of(year.year):
        part = DayRange(max(wanted.first, chunk.days.first), min(wanted.end, chunk.days.end))
        if len(part):
            parts.append(_event_faults(year, chunk, part))
    return _of_installed(year, ReadingFaults.concat(parts)).sorted_by("sensor", "kind", "first_time")


def _event_faults(year: YearInputs, chunk: Chunk, part: DayRange) -> ReadingFaults:
    per_day, frame = year.scenario.water.readings_per_day, year.infrastructure.sensors
    found = faults_of(year, chunk, slice(0, len(frame)))
    if found is None:
        return ReadingFaults.empty()
    cut = slice((part.first - chunk.days.first) * per_day, (part.end - chunk.days.first) * per_day)
    seen = ~found.gap[:, cut]
    spans = [
        (Fault.GAP, *_spans(found.gap[:, cut].astype(np.int64)), None),
        # Two adjacent spells are two faults: they repeat different values. The first reading of a spell is still correct.
        (
            Fault.STUCK,
            *_spans(np.where(_repeats(found.stuck_since)[:, cut], found.stuck_since[:, cut].astype(np.int64) + 1, 0)),
            None,
        ),
        (Fault.SPIKE, *_points(seen & (found.spike[:, cut] != 0)), found.spike[:, cut]),
        (Fault.LATE, *_points(seen & (found.delay_hours[:, cut] != 0)), found.delay_hours[:, cut]),
    ]
    origin, step = part.first * MICROSECONDS_PER_DAY, MICROSECONDS_PER_DAY // per_day
    return ReadingFaults.concat(
        [
            ReadingFaults(
                kind=np.full(sensor.size, kind),
                sensor=sensor,
                sensor_id=frame.sensor_id[sensor],
                first_time=origin + first * step,
                last_time=origin + last * step,
                size=np.zeros(sensor.size) if sizes is None else sizes[sensor, first],
            )
            for kind, sensor, first, last, sizes in spans
        ]
    )


def _repeats(stuck_since: np.ndarray) -> np.ndarray:
    return (stuck_since >= 0) & (stuck_since != np.arange(stuck_since.shape[1]))


def _points(where: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sensor, slot = np.nonzero(where)
    return sensor, slot, slot


def _spans(label: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (row, first column, last column) of each run of one label other than 0."""
    edge = np.diff(label, axis=1, prepend=0) != 0
    row, first = np.nonzero(edge & (label != 0))
    _, last = np.nonzero((np.diff(label, axis=1, append=0) != 0) & (label != 0))
    return row, first, last


def _drift_faults(year: YearInputs, part: DayRange) -> ReadingFaults:
    if not year.scenario.water.imperfections.drift_per_month:
        return ReadingFaults.empty()
    _, number = calibrations(year.scenario, year.infrastructure, part.days)
    sensor, first, last = _spans(number + 1)
    return _of_periods(year, part, Fault.DRIFT, sensor, first, last, drift_rates(year, number)[sensor, first])


def _fouling_faults(year: YearInputs, part: DayRange) -> ReadingFaults:
    if not year.scenario.water.imperfections.fouling_per_month:
        return ReadingFaults.empty()
    error, number = fouling(year, part.days)
    sensor, first, last = _spans(np.where(error != 0, number + 1, 0))
    return _of_periods(year, part, Fault.FOULING, sensor, first, last, error[sensor, last])


def _of_periods(
    year: YearInputs,
    part: DayRange,
    kind: Fault,
    sensor: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    size: np.ndarray,
) -> ReadingFaults:
    """Return faults that last from the day ``first`` of ``part`` to its day ``last``."""
    step = MICROSECONDS_PER_DAY // year.scenario.water.readings_per_day
    return ReadingFaults(
        kind=np.full(sensor.size, kind),
        sensor=sensor,
        sensor_id=year.infrastructure.sensors.sensor_id[sensor],
        first_time=(part.first + first) * MICROSECONDS_PER_DAY,
        last_time=(part.first + last + 1) * MICROSECONDS_PER_DAY - step,
        size=size,
    )


def _of_installed(year: YearInputs, faults: ReadingFaults) -> ReadingFaults:
    """Return the faults of installed sensors, from their first reading on."""
    installed = year.infrastructure.sensors.commissioned_day[faults.sensor].astype(np.int64) * MICROSECONDS_PER_DAY
    there = faults.take(faults.last_time >= installed)
    return ReadingFaults(
        **(there.columns() | {"first_time": np.maximum(there.first_time, installed[faults.last_time >= installed])})
    )
