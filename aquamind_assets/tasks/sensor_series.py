"""Readings of sensors that have faults, with a label for each and the error that its clean twin shows.

Belongs here: readings with faults beside those of the same scenario without, labels from the true faults, features of a
series. Does not belong here: the task made from them (``sensor_faults``), the faults (``records.environmental``).
"""

import math
import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.records.environmental.readings import VALUE_UNITS, environmental_readings
from aquamind_assets.records.environmental.sensor_faults import Fault, reading_faults
from aquamind_assets.records.environmental.slow_errors import DAYS_PER_MONTH, fouling
from aquamind_assets.records.infrastructure.places import calibrations
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.water import CLEAN, Imperfections
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, Chunk, chunks_of

USUAL = Imperfections(gap_share=0.02, stuck_per_year=4, drift_per_month=0.7, spike_share=0.001, late_share=0.01)
"""Faults of a scenario that has none of its own (general knowledge)."""

VISIBLE_DRIFT = 4.0
"""Drift or fouling is a fault of a reading from this error on, in noise sd; a smaller one hides in the noise of a few
hours."""

LOOKBACK_DAYS = 1
"""Features look at the readings of the day before; the first day of a stretch has labels but no rows."""

NO_FAULT = -1


@dataclass(frozen=True)
class SensorPlan:
    """Which readings are taken, and with which faults.

    Attributes:
        faults: faults of the sensors.
        every: of the year's stretches of thirty days, each ``every``-th is taken.
    """

    faults: Imperfections
    every: int


def plan_sensors(scenario: Scenario, infrastructure: Infrastructure, most: int) -> SensorPlan:
    """Plan for at most about ``most`` readings of a whole history; the faults are the scenario's, or the usual ones if
    it has none."""
    own = scenario.water.imperfections
    readings = len(infrastructure.sensors) * scenario.water.readings_per_day * 365 * len(scenario.years)
    return SensorPlan(USUAL if own == CLEAN else own, max(1, math.ceil(readings / most)))


def sensor_series(year: YearInputs, plan: SensorPlan) -> pd.DataFrame:
    """Return the readings of some stretches of the year, sorted by (sensor_id, reading_time) within each stretch; no
    column of another row is needed to use one."""
    faulty, clean = _with(year, plan.faults), _with(year, CLEAN)
    chunks = [chunk for chunk in chunks_of(year.year, year.ledger.through) if _taken(chunk, plan.every)]
    return pd.concat([_stretch(faulty, clean, chunk) for chunk in chunks] or [_stretch(faulty, clean, None)])


def _taken(chunk: Chunk, every: int) -> bool:
    """Spread over the seasons: the year's number shifts the choice."""
    return (chunk.index + chunk.year) % every == 0


def _with(year: YearInputs, faults: Imperfections) -> YearInputs:
    water = year.scenario.water.model_copy(update={"imperfections": faults})
    scenario = year.scenario.model_copy(update={"water": water})
    return replace(year, scenario=scenario)


def _stretch(faulty: YearInputs, clean: YearInputs, chunk: Chunk | None) -> pd.DataFrame:
    """Readings of one chunk; without a chunk an empty frame of the same columns."""
    chunk = chunk or Chunk(faulty.year, 0, type(faulty.days)(faulty.days.first, faulty.days.first))
    sensors, water = faulty.infrastructure.sensors, faulty.scenario.water
    per_day = water.readings_per_day
    shown, reading_id = _table_of(faulty, chunk)
    true, _ = _table_of(clean, chunk)
    noise = np.array([probe.noise_sd or 1.0 for probe in water.probes])[sensors.probe][:, None]
    in_noise = shown / noise
    calibrated, _ = calibrations(faulty.scenario, faulty.infrastructure, chunk.days.days)
    since = np.repeat(chunk.days.days[None, :] - calibrated, per_day, axis=1)
    slots = np.arange(shown.shape[1])
    row, slot = np.nonzero(np.isfinite(shown) & (slots >= LOOKBACK_DAYS * per_day)[None, :])
    day = chunk.days.first + slot // per_day
    fault = _labels(faulty, chunk, since)[row, slot]
    get = {
        "site": faulty.infrastructure.containers.site[sensors.container[row]],
        "series": sensors.sensor_id[row],
        "day": day,
        "first_day": day - LOOKBACK_DAYS,
        "last_day": day,
        "reading_id": reading_id[row, slot],
        "container_id": faulty.infrastructure.containers.container_id[sensors.container[row]],
        "reading_time": chunk.days.first * MICROSECONDS_PER_DAY + slot * (MICROSECONDS_PER_DAY // per_day),
        "parameter": _codes(faulty)[sensors.probe[row]],
        "value": shown[row, slot],
        "hour": slot % per_day * (24 // per_day),
        "calibration_age": since[row, slot],
        "fault": fault,
        "faulty": fault != NO_FAULT,
        "error": np.abs((shown - true) / noise)[row, slot],
    }
    for name, values in _features(in_noise, sensors.probe, faulty, per_day).items():
        get[name] = values[row, slot].astype(np.float32)
    return pd.DataFrame(get)


def _codes(year: YearInputs) -> np.ndarray:
    """Number of each probe's parameter in the scenario's list, int8."""
    keys = [parameter.key for parameter in year.scenario.water.parameters]
    return np.array([keys.index(probe.parameter) for probe in year.scenario.water.probes], dtype=np.int8)  # type: ignore[arg-type]


def _table_of(year: YearInputs, chunk: Chunk) -> tuple[np.ndarray, np.ndarray]:
    """Values (NaN for none) and ids (0 for none) of readings, each of shape (sensors, slots)."""
    frame, per_day = year.infrastructure.sensors, year.scenario.water.readings_per_day
    shape = (len(frame), len(chunk.days) * per_day)
    values, ids = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    order = np.argsort(frame.sensor_id)
    for block in environmental_readings(year, chunk.days):
        sensor = order[np.searchsorted(frame.sensor_id[order], block.columns["sensor_id"].values)]
        since = block.columns["reading_time"].values - chunk.days.instants[0]
        slot = since // (MICROSECONDS_PER_DAY // per_day)
        values[sensor, slot] = block.columns["value"].values / VALUE_UNITS
        ids[sensor, slot] = block.columns["id"].values
    return values, ids


def _labels(year: YearInputs, chunk: Chunk, since: np.ndarray) -> np.ndarray:
    """Fault of each reading, -1 for none, int8 (sensors, slots); of two the later in the list of kinds,
    and fouling last."""
    per_day = year.scenario.water.readings_per_day
    label = np.full(since.shape, NO_FAULT, dtype=np.int8)
    faults, step = reading_faults(year, chunk.days), MICROSECONDS_PER_DAY // per_day
    faults = faults.take(np.isin(faults.kind, (Fault.STUCK, Fault.DRIFT, Fault.SPIKE))).sorted_by("kind")
    first = (faults.first_time - chunk.days.instants[0]) // step
    last = (faults.last_time - chunk.days.instants[0]) // step
    for kind, sensor, begin, end, size in zip(faults.kind, faults.sensor, first, last + 1, faults.size, strict=True):
        span = label[sensor, begin:end]
        if kind == Fault.DRIFT:
            span[np.abs(size) * since[sensor, begin:end] / DAYS_PER_MONTH >= VISIBLE_DRIFT] = kind
        else:
            span[:] = kind
    if year.scenario.water.imperfections.fouling_per_month:
        grown = np.abs(np.repeat(fouling(year, chunk.days.days)[0], per_day, axis=1))
        label[(grown >= VISIBLE_DRIFT) & (label == NO_FAULT)] = Fault.FOULING
    return label


def _features(shown: np.ndarray, probe: np.ndarray, year: YearInputs, per_day: int) -> dict[str, np.ndarray]:
    """Features of values in noise sd, each (sensors, slots); all look at the reading and those before it alone."""
    sensors, slots = shown.shape
    back = LOOKBACK_DAYS * per_day
    padded = np.concatenate([np.full((sensors, back), np.nan), shown], axis=1)
    before = np.lib.stride_tricks.sliding_window_view(padded, back, axis=1)[:, :slots]
    with warnings.catch_warnings():
        # A window of a gap has no values; its features are NaN, which is what they should be.
        warnings.simplefilter("ignore", RuntimeWarning)
        deviation = shown - np.nanmedian(before, axis=2)
        spread = np.nanstd(before, axis=2)
    change = shown - padded[:, back - 1 : back - 1 + slots]
    repeats = np.zeros(shown.shape)
    for slot in range(1, slots):
        repeats[:, slot] = np.where(change[:, slot] == 0, repeats[:, slot - 1] + 1, 0)
    return {
        "change": change,
        "deviation": deviation,
        "spread": spread,
        "repeats": repeats,
        "from_neighbours": _from_neighbours(shown, probe, year),
    }


def _from_neighbours(shown: np.ndarray, probe: np.ndarray, year: YearInputs) -> np.ndarray:
    """Difference from the median of the site's sensors of the same kind, the sensor itself included."""
    site = year.infrastructure.containers.site[year.infrastructure.sensors.container].astype(np.int64)
    difference = np.full(shown.shape, np.nan)
    groups = site * 1000 + probe
    for group in np.unique(groups):
        chosen = np.flatnonzero(groups == group)
        if chosen.size > 1:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                difference[chosen] = shown[chosen] - np.nanmedian(shown[chosen], axis=0)
    return difference
