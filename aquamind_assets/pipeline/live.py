"""The running year as it happens: every day once it is over, and the readings of the day that is not.

Belongs here: closing a day, writing the readings of a day up to a moment, replaying a stretch at a pace. Does not
belong here: one asset's year (``writing``), options (``cli``).

A day that is over is written as any run writes it: ledger, rows of events, living rows as of its evening. Of the day
that is not over there are readings alone, in a chunk of their own (``warehouse.checkpoints.DAY_UNDER_WAY``): a meal, a
count or a move of fish is known in the evening, when the day is closed. The chunk is written as a whole at each step,
and goes when its day is closed. So at every moment, and after a kill at every moment, the content of the database is
that of a plain run up to the day before, and readings of one day up to a step.

Readings of fish that began that day (a new batch) and of sensors installed that day come in the evening too: the rows
that they refer to are not there before.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.writing import LOCK_WAIT_S
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import BLOCK_ROWS, Recorder
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, days_of_ids, to_date, year_days
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY, Checkpoint, ChunkKey
from aquamind_assets.warehouse.warehouse import Warehouse

RUN_ID = "live"
OLDER_THAN_THE_DAY = ("sensor_id", "batch_id", "batch_container_assignment_id")
"""What a reading refers to; where one of them began on the reading's day, the reading comes when the day is closed."""
_NAP_S = 0.2
"""An interrupt is seen after so long at most."""


@dataclass(frozen=True, order=True)
class Moment:
    """So many readings of a day are there: ``slots`` of those that each sensor takes in a day; all days before are
    over.

    Attributes:
        day: a day number.
        slots: 0 <= slots < readings per day.
    """

    day: int
    slots: int

    @classmethod
    def at(cls, instant: int, per_day: int) -> "Moment":
        """The last full chunk of readings before an instant, microseconds since 1970."""
        return cls(instant // MICROSECONDS_PER_DAY, instant % MICROSECONDS_PER_DAY * per_day // MICROSECONDS_PER_DAY)

    def instant(self, per_day: int) -> int:
        """Microseconds since 1970."""
        return self.day * MICROSECONDS_PER_DAY + self.slots * (MICROSECONDS_PER_DAY // per_day)

    def following(self, per_day: int) -> "Moment":
        """The next one."""
        return Moment(self.day, self.slots + 1) if self.slots + 1 < per_day else Moment(self.day + 1, 0)


@dataclass(frozen=True)
class Step:
    """What a step wrote.

    Attributes:
        moment: up to which it wrote.
        closed_days: days that it closed, 0 or 1.
        new_readings: readings of the day under way that are new.
    """

    moment: Moment
    closed_days: int
    new_readings: int


class LiveFarm:
    """A farm's database as its days go by. The years before are in it, and so are the days of the year so far."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._simulated: tuple[int, Ledger, FarmState] | None = None

    def close(self, day: int) -> None:
        """Write everything of a day that is over; the days before it are written.

        Raises:
            Interrupted: a person asked to stop; what is committed stays, and the same call completes it.
            LedgerMissing: the ledger of the year before is not stored.
        """
        year = to_date(day).year
        platform = self._as_of(day)
        stored = platform.ledgers.store.about(year, "farm")
        if stored is None or stored.through < day:
            self._require_climate(year)
            ledger, closing = self._simulate(day)
            platform.ledgers.write(ledger, closing)
        record_years(platform, [year], run_id=RUN_ID)

    def show(self, warehouse: Warehouse, moment: Moment) -> Checkpoint:
        """Write the readings of a day under way up to a moment, at least one slot; its day before is closed. What an
        interrupted replay wrote beyond the moment stays.

        Raises:
            LedgerMissing: the ledger of the year before is not stored.
            YearLocked: another process writes the year's readings.
        """
        year, recorder = to_date(moment.day).year, self.platform.recorders[READINGS]
        inputs = self._inputs(moment.day)
        key, days = ChunkKey(READINGS, year, DAY_UNDER_WAY), DayRange(moment.day, moment.day + 1)
        until = moment.instant(self.platform.scenario.water.readings_per_day)
        with warehouse.lock(READINGS, year, wait=LOCK_WAIT_S):
            known = [one for one in warehouse.checkpoints(READINGS, year) if one.chunk == DAY_UNDER_WAY]
            if known and known[0].days != days:
                warehouse.drop_day_under_way(READINGS, year, recorder.tables)
                known = []
            fingerprint = self.platform.fingerprint_of(READINGS)
            blocks = list(_readings_until(recorder, inputs, days, until))
            if known and known[0].fingerprint == fingerprint and known[0].rows >= sum(map(len, blocks)):
                return known[0]
            return warehouse.write_chunk(key, days, fingerprint, RUN_ID, recorder.tables, lambda: blocks)

    def _as_of(self, day: int) -> Platform:
        """The platform on the morning after a day."""
        first = year_days(to_date(day).year).first
        settings = replace(self.platform.settings, today=to_date(day + 1))
        return Platform(settings, progress=self.platform.progress, days=DayRange(first, day + 1))

    def _inputs(self, day: int) -> YearInputs:
        """The inputs of the readings of a day, which look at no later day."""
        year, platform = to_date(day).year, self.platform
        self._require_climate(year)
        stored = platform.ledgers.store.about(year, "farm")
        reaches = stored is not None and stored.through >= day
        ledger = platform.ledgers.ledger(year) if reaches else self._simulate(day)[0]
        climate, lives = platform.ledgers.climate(year), lives_of([ledger])
        return YearInputs(platform.scenario, platform.infrastructure, climate, ledger, lives, platform.release)

    def _require_climate(self, year: int) -> None:
        if self.platform.ledgers.store.about(year, "climate") is None:
            climate = site_days(self.platform.scenario, self.platform.infrastructure, year)
            self.platform.ledgers.write_climate(year, climate)

    def _simulate(self, day: int) -> tuple[Ledger, FarmState]:
        """The year up to the evening of a day; the same day's is kept."""
        if self._simulated is None or self._simulated[0] != day:
            platform, year = self.platform, to_date(day).year
            opening, climate = platform.ledgers.opening(year), platform.ledgers.climate(year)
            made = simulate_year(platform.scenario, platform.infrastructure, climate, opening, year, day)
            self._simulated = (day, *made)
        return self._simulated[1:]


def _readings_until(recorder: Recorder, inputs: YearInputs, days: DayRange, until: int) -> Iterator[Rows]:
    """The readings of a day before an instant, of sensors, batches and stays that are older than the day."""
    for block in recorder.rows_of_days(inputs, days, BLOCK_ROWS):
        kept = np.broadcast_to(block.columns["reading_time"].values < until, (block.size,)).copy()
        for column in OLDER_THAN_THE_DAY:
            if column in block.columns:
                narrow = block.spec.by_name[column].holds_narrow_ids
                kept &= days_of_ids(block.columns[column].values, narrow=narrow) < days.first
        if kept.any():
            yield block.take(kept)


def reached(warehouse: Warehouse, platform: Platform) -> int | None:
    """The last day of which the database has any rows of events from this scenario, a day number; a day under way does
    not count."""
    return max(
        (
            one.last_day
            for one in warehouse.checkpoints()
            if one.asset in platform.recorders
            and platform.recorders[one.asset].kind == "chunked"
            and platform.recorders[one.asset].upstream
            and one.chunk != DAY_UNDER_WAY
            and one.fingerprint == platform.fingerprint_of(one.asset)
        ),
        default=None,
    )


def replay(
    farm: LiveFarm,
    start: Moment,
    until: Moment,
    speed: float | None,
    on_step: Callable[[Step], None] = lambda step: None,
) -> None:
    """Write moment after moment from ``start`` to ``until``, both included; all before ``start`` is there.

    Args:
        farm: the farm.
        start: the first moment.
        until: the last one.
        speed: seconds of the farm in a second of the clock; None for as fast as it goes, without the moments between
            the days.
        on_step: called after each moment.

    Raises:
        Interrupted: a person asked to stop; whole steps stay.
    """
    per_day, progress = farm.platform.scenario.water.readings_per_day, farm.platform.progress
    began, moment, shown = time.monotonic(), start, 0
    with farm.platform.open() as warehouse:
        while moment <= until:
            if speed is not None:
                _wait_until(began + (moment.instant(per_day) - start.instant(per_day)) / 1e6 / speed, progress)
            progress.raise_if_interrupted(f"the live readings of {to_date(moment.day)}")
            if moment.slots == 0:
                if moment > start:
                    farm.close(moment.day - 1)
                    on_step(Step(moment, 1, 0))
                shown = 0
            else:
                rows = farm.show(warehouse, moment).rows
                on_step(Step(moment, 0, rows - shown))
                shown = rows
            moment = _next(moment, until, per_day, every=speed is not None)


def _next(moment: Moment, until: Moment, per_day: int, *, every: bool) -> Moment:
    """The moment to write next: each one, or the end of the day alone and the last one."""
    if every:
        return moment.following(per_day)
    if moment.day < until.day:
        return Moment(moment.day + 1, 0)
    return until if moment < until else until.following(per_day)


def _wait_until(moment: float, progress: Progress) -> None:
    """Sleep to a moment of the monotonic clock, in naps."""
    while (left := moment - time.monotonic()) > 0:
        if progress.interrupt_requested:
            return
        time.sleep(min(left, _NAP_S))
