"""Faults of sensors, and their ground truth.

Belongs here: the kinds of fault, and a frame that lists every true fault of the readings of some days, for training and
testing detectors. Does not belong here: readings (``readings``), which faults there are (``fault_events``,
``slow_errors``). Faults only change, drop or delay a reading: the others are those of a scenario without faults and with
the same seed.

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

from enum import IntEnum

import numpy as np

from aquamind_assets.ledger.frames import Frame, column
from aquamind_assets.records.environmental.fault_events import events_of
from aquamind_assets.records.environmental.slow_errors import drift_rates, fouling
from aquamind_assets.records.infrastructure.places import calibrations
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, Chunk, DayRange, chunks_of


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
    found = events_of(year, chunk, slice(0, len(frame)))
    if found is None:
        return ReadingFaults.empty()
    first, end = (part.first - chunk.days.first) * per_day, (part.end - chunk.days.first) * per_day
    gap_sensor, gap_first, gap_last = _spans(found.gap[:, first:end].astype(np.int8))
    # The first reading of a spell is still correct.
    stuck = found.stuck.within(first, end)
    spans: list[tuple[Fault, np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]] = [
        (Fault.GAP, gap_sensor, gap_first + first, gap_last + first, None),
        (Fault.STUCK, stuck.sensor, np.maximum(stuck.slot + 1, first), np.minimum(stuck.end, end) - 1, None),
    ]
    for kind, points in ((Fault.SPIKE, found.spikes), (Fault.LATE, found.late)):
        seen = points.take((points.slot >= first) & (points.slot < end) & ~found.gap[points.sensor, points.slot])
        spans.append((kind, seen.sensor, seen.slot, seen.slot, seen.size))
    origin, step = chunk.days.first * MICROSECONDS_PER_DAY, MICROSECONDS_PER_DAY // per_day
    return ReadingFaults.concat(
        [
            ReadingFaults(
                kind=np.full(sensor.size, kind),
                sensor=sensor,
                sensor_id=frame.sensor_id[sensor],
                first_time=origin + first_slot * step,
                last_time=origin + last_slot * step,
                size=np.zeros(sensor.size) if sizes is None else sizes,
            )
            for kind, sensor, first_slot, last_slot, sizes in spans
        ]
    )


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
