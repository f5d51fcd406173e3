"""Faults of sensors, and their ground truth.

Belongs here: gaps, stuck values, drift until the next calibration, spikes and late arrival, as configured in the
scenario, and a frame that lists every true fault, for training and testing detectors. Does not belong here: readings
without faults (``readings``). They are those of a scenario without faults and the same seed: faults have random streams
of their own and only change, drop or delay a reading.

| fault | effect | parameter of the scenario |
|---|---|---|
| gap | readings are missing, for 18 hours on average | ``gap_share``: share of all readings |
| stuck | the sensor repeats one value for 6 to 72 hours | ``stuck_per_year`` |
| drift | the error grows by a rate drawn for each sensor and calibration, and restarts at the next calibration | ``drift_per_month``, sd in units of the probe's noise |
| spike | one reading is off by 10 to 60 times the noise | ``spike_share`` |
| late | one reading is stored 1 to 72 hours late | ``late_share`` |

Gaps and stuck values lie within a chunk of 30 days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from aquamind_assets.ledger.frames import Frame, column
from aquamind_assets.ledger.infrastructure import Sensors
from aquamind_assets.records.environmental.water import GROUP_CONTAINERS
from aquamind_assets.records.infrastructure.places import calibrations
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.water import Imperfections
from aquamind_assets.streams import stream
from aquamind_assets.timeline import CHUNK_DAYS, MICROSECONDS_PER_DAY, Chunk, DayRange, chunks_of

MEAN_GAP_HOURS = 18.0
STUCK_HOURS = (6.0, 72.0)
SPIKE_NOISE = (10.0, 60.0)
LATE_HOURS = (1, 72)
DAYS_PER_MONTH = 30.4375
DAYS_PER_YEAR = 365.25


class Fault(IntEnum):
    """Kinds of fault."""

    GAP = 0
    STUCK = 1
    DRIFT = 2
    SPIKE = 3
    LATE = 4


class ReadingFaults(Frame):
    """True faults of sensors; sorted by (sensor, kind, first_time). Ground truth.

    A drift is listed for each calibration period that touches the days, cut to them.
    """

    kind: np.ndarray = column("int8", "", "Fault")
    sensor: np.ndarray = column("int32", "", "row in Sensors")
    sensor_id: np.ndarray = column("int64", "", "row id of the sensor")
    first_time: np.ndarray = column("int64", "microsecond since 1970 UTC", "first reading affected")
    last_time: np.ndarray = column("int64", "microsecond since 1970 UTC", "last reading affected")
    size: np.ndarray = column(
        "float64", "see kind", "spike: error in noise sd; late: hours; drift: noise sd per month; else 0"
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


def faults_of(scenario: Scenario, chunk: Chunk, groups: Sequence[tuple[int, int]]) -> BlockFaults | None:
    """Return the faults of some groups of containers in a chunk; ``groups`` are their numbers and numbers of sensors.
    None in a scenario without faults."""
    plan = scenario.water.imperfections
    if not (plan.gap_share or plan.stuck_per_year or plan.spike_share or plan.late_share):
        return None
    parts = [_group_faults(scenario, chunk, group, sensors) for group, sensors in groups]
    return BlockFaults(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("gap", "stuck_since", "spike", "delay_hours")
        )
    )


def _group_faults(scenario: Scenario, chunk: Chunk, group: int, sensors: int) -> BlockFaults:
    plan, per_day = scenario.water.imperfections, scenario.water.readings_per_day
    slots = CHUNK_DAYS * per_day
    shape = (sensors, slots)

    def draws(process: str) -> np.random.Generator:
        return stream(scenario.seed, process, group, chunk.year, chunk.index)

    gap = np.zeros(shape, dtype=bool)
    for sensor, first, end in _gaps(plan, draws("sensor_gaps"), sensors, per_day):
        gap[sensor, first:end] = True
    stuck_since = np.full(shape, -1, dtype=np.int16)
    for sensor, first, end in _stuck(plan, draws("sensor_stuck"), sensors, per_day):
        stuck_since[sensor, first:end] = first
    generator = draws("sensor_spikes")
    struck = generator.random(shape, dtype=np.float32) < plan.spike_share
    sizes = generator.uniform(*SPIKE_NOISE, shape).astype(np.float32) * np.where(
        generator.random(shape) < 0.5, -1, 1
    ).astype(np.float32)
    generator = draws("sensor_late")
    late = generator.random(shape, dtype=np.float32) < plan.late_share
    delay = generator.integers(LATE_HOURS[0], LATE_HOURS[1] + 1, shape)
    return BlockFaults(
        gap, stuck_since, np.where(struck & (stuck_since < 0), sizes, np.float32(0.0)), np.where(late, delay, 0)
    )


def _gaps(
    plan: Imperfections, generator: np.random.Generator, sensors: int, per_day: int
) -> Iterator[tuple[int, int, int]]:
    """Return (sensor, first slot, end slot). Starts reach back before the chunk, so that its first slots are as likely
    to be missing as any."""
    slots = CHUNK_DAYS * per_day
    mean = MEAN_GAP_HOURS / 24 * per_day
    # Gaps overlap: this number of starts per slot covers the wanted share.
    per_slot = -np.log1p(-min(plan.gap_share, 0.999)) / (mean + 0.5)
    reach = int(20 * mean)
    amount = generator.poisson(per_slot * (slots + reach), sensors)
    sensor = np.repeat(np.arange(sensors), amount)
    first = generator.integers(-reach, slots, sensor.size)
    end = first + 1 + np.floor(generator.exponential(mean, sensor.size)).astype(np.int64)
    for one, start, stop in zip(sensor, np.maximum(first, 0), np.minimum(end, slots), strict=True):
        if stop > start:
            yield int(one), int(start), int(stop)


def _stuck(
    plan: Imperfections, generator: np.random.Generator, sensors: int, per_day: int
) -> Iterator[tuple[int, int, int]]:
    """Return (sensor, slot whose value is repeated, end slot); at least one reading repeats another."""
    slots = CHUNK_DAYS * per_day
    amount = generator.poisson(plan.stuck_per_year * CHUNK_DAYS / DAYS_PER_YEAR, sensors)
    sensor = np.repeat(np.arange(sensors), amount)
    first = generator.integers(0, slots - 1, sensor.size)
    length = np.ceil(generator.uniform(*STUCK_HOURS, sensor.size) / 24 * per_day).astype(np.int64)
    for one, start, stop in zip(sensor, first, np.minimum(first + 1 + length, slots), strict=True):
        yield int(one), int(start), int(stop)


class Drift:
    """Drift of all sensors on some days of one chunk."""

    def __init__(self, scenario: Scenario, sensors: Sensors, days: DayRange) -> None:
        self.any = scenario.water.imperfections.drift_per_month > 0
        if self.any:
            calibrated, number = calibrations(scenario, sensors, days.days)
            self.rate = _drift_rates(scenario, number)
            self._error = (self.rate * (days.days[None, :] - calibrated) / DAYS_PER_MONTH).astype(np.float32)

    def of(self, sensor: np.ndarray) -> np.ndarray:
        """Return the error of these sensors on each of the days, in noise sd, shape (sensors, days), float32."""
        return self._error[sensor]


def _drift_rates(scenario: Scenario, number: np.ndarray) -> np.ndarray:
    """Return the drift rate, in noise sd per month, of each sensor after its calibration ``number``, shape (sensors,
    days)."""
    sd = scenario.water.imperfections.drift_per_month
    rate = np.zeros(number.shape)
    for one in np.unique(number):
        drawn = sd * stream(scenario.seed, "sensor_drift", one).standard_normal(len(number))
        rate = np.where(number == one, drawn[:, None], rate)
    return rate


def reading_faults(year: YearInputs, days: DayRange) -> ReadingFaults:
    """Return all faults of the readings of these days."""
    wanted = DayRange(max(days.first, year.days.first), min(days.end, year.days.end))
    parts = [_drift_faults(year, wanted)]
    for chunk in chunks_of(year.year):
        part = DayRange(max(wanted.first, chunk.days.first), min(wanted.end, chunk.days.end))
        if len(part):
            parts.append(_event_faults(year, chunk, part))
    return _of_installed(year, ReadingFaults.concat(parts)).sorted_by("sensor", "kind", "first_time")


def _event_faults(year: YearInputs, chunk: Chunk, part: DayRange) -> ReadingFaults:
    per_day, frame = year.scenario.water.readings_per_day, year.infrastructure.sensors
    containers = len(year.infrastructure.containers)
    borders = np.searchsorted(frame.container, [*range(0, containers, GROUP_CONTAINERS), containers])
    found = faults_of(year.scenario, chunk, list(enumerate(np.diff(borders).tolist())))
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
    drift = Drift(year.scenario, year.infrastructure.sensors, part)
    if not drift.any:
        return ReadingFaults.empty()
    frame, step = year.infrastructure.sensors, MICROSECONDS_PER_DAY // year.scenario.water.readings_per_day
    _, number = calibrations(year.scenario, frame, part.days)
    sensor, first, last = _spans(number + 1)
    return ReadingFaults(
        kind=np.full(sensor.size, Fault.DRIFT),
        sensor=sensor,
        sensor_id=frame.sensor_id[sensor],
        first_time=(part.first + first) * MICROSECONDS_PER_DAY,
        last_time=(part.first + last + 1) * MICROSECONDS_PER_DAY - step,
        size=drift.rate[sensor, first],
    )


def _of_installed(year: YearInputs, faults: ReadingFaults) -> ReadingFaults:
    """Return the faults of installed sensors, from their first reading on."""
    installed = year.infrastructure.sensors.commissioned_day[faults.sensor].astype(np.int64) * MICROSECONDS_PER_DAY
    there = faults.take(faults.last_time >= installed)
    return ReadingFaults(
        **(there.columns() | {"first_time": np.maximum(there.first_time, installed[faults.last_time >= installed])})
    )
