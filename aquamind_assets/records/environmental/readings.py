"""AquaMind's environmental readings: every sensor, several times a day. By far the largest table.

Belongs here: the measurement of the true water (``water``) by a sensor, with bias, noise, resolution and depth; the
batch of a reading; blocks of rows. Does not belong here: faults of sensors (``fault_events``, ``slow_errors``).

A reading belongs to the batch whose stay covers its instant, from noon of the day of arrival to noon of the day of
departure (``MOVE_INSTANT``), so its date is always one of the assignment's dates. A reading in an empty container has
no batch.

Everything random is drawn on a fixed grid of (sensors of one name in a group of containers, 30 days of the year),
whatever days are asked for and however large blocks are. So the rows do not depend on either, and the rows of a day
stay as they are when later days, other containers or other probes are added.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aquamind_assets.records.environmental.existing import Existing
from aquamind_assets.records.environmental.fault_events import FaultEvents, events_of
from aquamind_assets.records.environmental.slow_errors import SlowErrors
from aquamind_assets.records.environmental.water import REFERENCE_DEPTH_M, ChunkWater
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs
from aquamind_assets.records.master_ids import parameter_id, parameter_of_probe
from aquamind_assets.records.recorder import BLOCK_ROWS, BlockRows
from aquamind_assets.scenario.quantities import Range
from aquamind_assets.tables.rows import Rows, Scaled, rows
from aquamind_assets.timeline import CHUNK_DAYS, MICROSECONDS_PER_DAY, Chunk, DayRange, chunks_of, narrowed, row_ids

READINGS = "environmental_environmentalreading"
_STAY = "batch_container_assignment_id"

RECEIVED_AFTER = 2 * HOUR // 60
"""A reading is stored two minutes after it was taken, unless a fault delays it."""

VALUE_UNITS = 10_000
"""``environmental_environmentalreading.value`` has four decimals."""


def environmental_readings(year: YearInputs, days: DayRange, block_rows: BlockRows = BLOCK_ROWS) -> Iterator[Rows]:
    """Yield the readings of all sensors on these days, block by block; within a block sorted by (sensor, time).

    ``block_rows`` is the maximum number of rows of a block, or a function called before each block that returns it. A
    block holds at least one group of containers (``Groups``).
    """
    wanted = DayRange(max(days.first, year.days.first), min(days.end, year.days.end))
    network = _Network(year)
    for chunk in chunks_of(year.year):
        part = DayRange(max(wanted.first, chunk.days.first), min(wanted.end, chunk.days.end))
        if len(part):
            yield from _chunk_readings(year, network, chunk, part, block_rows)


def _chunk_readings(
    year: YearInputs, network: "_Network", chunk: Chunk, part: DayRange, block_rows: BlockRows
) -> Iterator[Rows]:
    water = ChunkWater(year, chunk)
    batches = _in_containers(year, chunk, "batch_id", year.ledger.assignments.batch_id)
    stays = None
    if year.has(READINGS, _STAY):
        stays = _in_containers(year, chunk, _STAY, year.ledger.assignments.assignment_id)
    slow = SlowErrors(year, DayRange(chunk.days.first, part.end))
    start = 0
    while start < network.containers:
        allowed = block_rows() if callable(block_rows) else block_rows
        end = network.block_end(start, allowed // (len(part) * network.per_day))
        block = _Block(year, network, chunk, part, slice(start, end))
        if block.sensors.stop > block.sensors.start and (made := block.rows(water, batches, stays, slow)) is not None:
            yield made
        start = end


def _in_containers(year: YearInputs, chunk: Chunk, column: str, ids: np.ndarray) -> np.ndarray:
    """Return the stay in each container at each reading of the chunk by its number in ``ids``, of the shape of the
    ledger's assignments, as the column of the readings holds it; 0 for none. Shape (containers, slots), int64."""
    if year.tables[READINGS].by_name[column].holds_narrow_ids:
        ids = narrowed(ids)
    per_day = year.scenario.water.readings_per_day
    slots = len(chunk.days) * per_day
    present = np.zeros((len(year.infrastructure.containers), slots), dtype=np.int64)
    stays = year.ledger.assignments
    open_end = np.where(stays.end_day < 0, chunk.days.end + 1, stays.end_day)
    here = (stays.start_day < chunk.days.end) & (open_end >= chunk.days.first)
    noon = MOVE_INSTANT / MICROSECONDS_PER_DAY
    first = np.clip(np.ceil((stays.start_day - chunk.days.first + noon) * per_day), 0, slots).astype(np.int64)
    end = np.clip(np.ceil((open_end - chunk.days.first + noon) * per_day), 0, slots).astype(np.int64)
    for stay in np.flatnonzero(here):
        present[stays.container[stay], first[stay] : end[stay]] = ids[stay]
    return present


@dataclass(frozen=True)
class _Instrument:
    """A kind of sensor in stored units: the size of one step, and the range of steps."""

    parameter: str
    noise: np.float32
    step: int
    lowest: int
    highest: int


class _Network:
    """All sensors of the scenario, commissioned or not, with their constant properties."""

    def __init__(self, year: YearInputs) -> None:
        self._year = year
        self.per_day = year.scenario.water.readings_per_day
        self.containers = len(year.infrastructure.containers)
        self.frame = year.infrastructure.sensors
        if (np.diff(self.frame.container) < 0).any():
            raise ValueError("sensors must be sorted by container")
        self._first_sensor = np.searchsorted(self.frame.container, np.arange(self.containers + 1))
        group = year.infrastructure.container_draws.group
        self._borders = np.append(np.flatnonzero(np.diff(group, prepend=-1)), self.containers)

    def sensors_of(self, containers: slice) -> slice:
        """Return the sensors of a slice of containers."""
        return slice(int(self._first_sensor[containers.start]), int(self._first_sensor[containers.stop]))

    def block_end(self, start: int, sensors: int) -> int:
        """Where a block of whole groups of containers ends that begins at container ``start`` and has at most so many
        sensors, but at least one group."""
        borders = self._borders[self._borders > start]
        fits = borders[self._first_sensor[borders] - self._first_sensor[start] <= sensors]
        return int(fits[-1] if fits.size else borders[0])

    @cached_property
    def bias(self) -> np.ndarray:
        """Constant error of each sensor, in units of its parameter, float32."""
        sd = np.array([probe.bias_sd for probe in self._year.scenario.water.probes], dtype=np.float32)
        draws = self._year.infrastructure.sensor_draws
        normal = draws.normals(self._year.scenario.seed, "sensor_bias", dtype=np.float32)
        return normal * sd[self.frame.probe]

    @cached_property
    def depth(self) -> np.ndarray:
        """Depth of each sensor in a cage below the reference depth, m, 0 in tanks, float32."""
        at_sea = self._year.infrastructure.containers.area[self.frame.container] >= 0
        return np.where(at_sea, self.frame.depth_m - np.float32(REFERENCE_DEPTH_M), np.float32(0.0))

    @cached_property
    def instruments(self) -> list[_Instrument]:
        """Instrument of each of the scenario's probes."""
        parameters: dict[str, Range] = {
            parameter.key: parameter.acceptance for parameter in self._year.scenario.water.parameters
        }
        made = []
        for probe in self._year.scenario.water.probes:
            step = max(1, round(probe.resolution * VALUE_UNITS))
            range_ = parameters[probe.parameter]
            lowest, highest = math.ceil(range_.low * VALUE_UNITS / step), math.floor(range_.high * VALUE_UNITS / step)
            made.append(_Instrument(probe.parameter, np.float32(probe.noise_sd), step, lowest, highest))
        return made

    @cached_property
    def parameter_ids(self) -> np.ndarray:
        """Parameter row id of each sensor, int64."""
        return parameter_id(self._year.scenario, parameter_of_probe(self._year.scenario))[self.frame.probe]

    @cached_property
    def container_ids(self) -> np.ndarray:
        """Container row id of each sensor, int64."""
        return self._year.infrastructure.containers.container_id[self.frame.container]


class _Block:
    """The sensors of some whole groups of containers, in one chunk up to the last wanted day.

    Values are computed from the chunk's first day on, because a stuck sensor repeats an earlier value. The days before
    the wanted range are cut off afterwards.
    """

    def __init__(self, year: YearInputs, network: _Network, chunk: Chunk, part: DayRange, containers: slice) -> None:
        self._year, self._network, self._chunk, self._part, self._containers = year, network, chunk, part, containers
        self.sensors = network.sensors_of(containers)
        self._days = DayRange(chunk.days.first, part.end)
        self._slots = len(self._days) * network.per_day

    def rows(self, water: ChunkWater, batches: np.ndarray, stays: np.ndarray | None, slow: SlowErrors) -> Rows | None:
        """Return the block's rows in the wanted range; None if there are none."""
        network, sensors = self._network, self.sensors
        faults = self._faults()
        units = self._shown(water, slow, faults)
        cut = slice((self._part.first - self._days.first) * network.per_day, self._slots)
        units = units[:, cut]
        kept = self._kept(faults, cut)
        instants = (
            np.arange(cut.start, cut.stop) * (MICROSECONDS_PER_DAY // network.per_day)
            + self._days.first * MICROSECONDS_PER_DAY
        )
        existing = Existing(units.shape, kept)
        if not existing.size:
            return None
        choose = existing.choose
        batch = choose(batches[:, cut][network.frame.container[sensors]])
        more = {}
        if stays is not None:
            stay = choose(stays[:, cut][network.frame.container[sensors]])
            more[_STAY] = np.ma.array(stay, mask=stay == 0)
        taken = choose(instants[None, :])
        stored = taken + RECEIVED_AFTER
        if faults is not None:
            late = faults.late
            at, there = existing.places(late.sensor, late.slot - cut.start)
            stored[at] += late.size[there].astype(np.int64) * HOUR
        return rows(
            self._year.tables[READINGS],
            existing.size,
            id=choose(self._first_ids(cut)[None, :]) + choose(np.arange(sensors.start, sensors.stop)[:, None]),
            value=Scaled(choose(units)),
            reading_time=taken,
            is_manual=False,
            created_at=stored,
            batch_id=np.ma.array(batch, mask=batch == 0),
            container_id=choose(network.container_ids[sensors][:, None]),
            parameter_id=choose(network.parameter_ids[sensors][:, None]),
            recorded_by_id=None,
            sensor_id=choose(network.frame.sensor_id[sensors][:, None]),
            **more,
        )

    def _first_ids(self, cut: slice) -> np.ndarray:
        """Return the first sensor's row id at each reading, int64, shape (slots,): the number within the day is reading
        of the day x total number of sensors + sensor."""
        network = self._network
        slot = np.arange(cut.start, cut.stop)
        return row_ids(self._days.first + slot // network.per_day, slot % network.per_day * len(network.frame))

    def _kept(self, faults: FaultEvents | None, cut: slice) -> np.ndarray | None:
        """Return which readings exist: those of installed sensors, outside gaps; None if all exist."""
        network = self._network
        installed = network.frame.commissioned_day[self.sensors]
        if faults is None and (installed <= self._part.first).all():
            return None
        day = self._days.first + np.arange(cut.start, cut.stop) // network.per_day
        kept = installed[:, None] <= day[None, :]
        if faults is not None:
            kept &= ~faults.gap[:, cut]
        return None if kept.all() else kept

    def _shown(self, water: ChunkWater, slow: SlowErrors, faults: FaultEvents | None) -> np.ndarray:
        """Return the values that the sensors show, in stored units, shape (sensors, slots), int64."""
        network, sensors, slots = self._network, self.sensors, self._slots
        shown = np.empty((sensors.stop - sensors.start, slots), dtype=np.int64)
        probes = network.frame.probe[sensors]
        truth: dict[str, np.ndarray] = {}
        for probe, instrument in enumerate(network.instruments):
            chosen = np.flatnonzero(probes == probe)
            if not chosen.size:
                continue
            if instrument.parameter not in truth:
                truth[instrument.parameter] = water.parameters[instrument.parameter](self._containers)[:, :slots]
            sensor = chosen + sensors.start
            value = truth[instrument.parameter][network.frame.container[sensor] - self._containers.start]
            error = self._noise(sensor)
            error *= instrument.noise
            value += error
            value += self._offsets(water, slow, sensor, instrument)
            if faults is not None:
                at, there = _rows_of(chosen, faults.spikes.sensor, faults.spikes.slot < slots)
                value[at, faults.spikes.slot[there]] += faults.spikes.size[there].astype(np.float32) * instrument.noise
            value *= np.float32(VALUE_UNITS / instrument.step)
            np.rint(value, out=value)
            np.clip(value, np.float32(instrument.lowest), np.float32(instrument.highest), out=value)
            units = value.astype(np.int64)
            units *= instrument.step
            shown[chosen] = units
        if faults is not None:
            faults.stuck.hold(shown)
        return shown

    def _offsets(self, water: ChunkWater, slow: SlowErrors, sensor: np.ndarray, instrument: _Instrument) -> np.ndarray:
        """Return bias, depth effect, drift and fouling of some sensors, constant within a day, shape (sensors, slots),
        float32."""
        days, network = len(self._days), self._network
        site = self._year.infrastructure.containers.site[network.frame.container[sensor]]
        daily = (
            network.bias[sensor][:, None]
            + network.depth[sensor][:, None] * water.depth_effect(instrument.parameter, site)[:, :days]
        )
        if slow.any:
            daily = daily + slow.of(sensor) * instrument.noise
        return np.repeat(daily, self._network.per_day, axis=1)

    def _noise(self, sensor: np.ndarray) -> np.ndarray:
        """White noise of sd 1 of some sensors, shape (sensors, slots), float32; drawn for whole groups and thirty
        days."""
        draws, chunk = self._year.infrastructure.sensor_draws, self._chunk
        shape = (CHUNK_DAYS * self._network.per_day,)
        return draws.normals(
            self._year.scenario.seed,
            "sensor_noise",
            chunk.year,
            chunk.index,
            shape=shape,
            dtype=np.float32,
            entities=sensor,
        )[:, : self._slots]

    def _faults(self) -> FaultEvents | None:
        """What is wrong with the block's sensors; None in a clean scenario."""
        return events_of(self._year, self._chunk, self.sensors)


def _rows_of(chosen: np.ndarray, sensor: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows in ``chosen``, sorted, of the sensors that it holds, and their positions in ``sensor``."""
    row = np.minimum(np.searchsorted(chosen, sensor), chosen.size - 1)
    there = np.flatnonzero((chosen[row] == sensor) & wanted)
    return row[there], there
