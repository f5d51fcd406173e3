"""The platform of one process: the scenario, the ledgers, the database and today's date.

Belongs here: putting the packages below together. Does not belong here: writing rows (``writing``),
Dagster's definitions of assets.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from aquamind_assets.errors import UserError
from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.ledgers import FRAMES, Ledgers
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.store import LedgerStore
from aquamind_assets.pipeline.beside import Beside
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM, Code, combine, ledger_code, rows_code
from aquamind_assets.pipeline.workers import processes_with_room
from aquamind_assets.pipeline.writing import YearWriter
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import Release
from aquamind_assets.timeline import DayRange, day_number, year_days
from aquamind_assets.warehouse.connect import open_warehouse, release_of
from aquamind_assets.warehouse.errors import NothingMaterialized
from aquamind_assets.warehouse.memory import return_freed_memory
from aquamind_assets.warehouse.warehouse import Warehouse


class YearNotBegun(UserError):
    """A year of which no day is over yet."""


@dataclass
class Platform:
    """One process's view of the platform; the resource of all assets.

    Attributes:
        settings: what options, environment and the note in DAGSTER_HOME say.
        progress: receives what is generated, and carries the request to stop.
        days: the only days of which events are recorded; None for all. Ledgers may reach further than the days that are
            over by the settings, those of another database: then the farm stands as of the last of these.
        beside: a process that works ahead of the steps, see ``ahead``.
        code: fingerprints of the code where another process has read it; None where this one reads it when it is
            asked.
    """

    settings: Settings
    progress: Progress = field(default_factory=Progress)
    days: DayRange | None = None
    beside: Beside | None = field(default=None, repr=False)
    code: Code | None = field(default=None, repr=False)
    _shortened: dict[tuple[int, int], Ledger] = field(default_factory=dict, repr=False)
    _keeps_open: bool = field(default=False, repr=False)
    _kept: Warehouse | None = field(default=None, repr=False)

    @cached_property
    def scenario(self) -> Scenario:
        """The validated scenario."""
        return self.settings.load_scenario()

    @cached_property
    def release(self) -> Release:
        """The release of AquaMind whose tables are written: the chosen one, or the one of the database's tables."""
        return self.settings.release or release_of(self.settings.database_url)

    @property
    def recorders(self) -> Mapping[str, Recorder]:
        """The recorders of the release by asset name."""
        return recorders_of(self.release)

    def fingerprint_of(self, asset: str) -> str:
        """Fingerprint of everything that decides the rows of a recorder's asset: the scenario, code, tables."""
        code = self.code.rows[asset] if self.code else rows_code(asset, self.release)
        return combine(self.scenario_fingerprint, code)

    @cached_property
    def scenario_fingerprint(self) -> str:
        """The scenario's own fingerprint, computed once."""
        return self.scenario.fingerprint()

    @cached_property
    def fingerprint(self) -> str:
        """Fingerprint of everything that decides the rows of any asset."""
        return combine(*map(self.fingerprint_of, self.recorders))

    @cached_property
    def infrastructure(self) -> Infrastructure:
        """Everything built over all years."""
        return build(self.scenario)

    @cached_property
    def ledgers(self) -> Ledgers:
        """The scenario's ledgers."""
        fingerprint = combine(self.scenario.farm_fingerprint(), self.code.ledger if self.code else ledger_code())
        return Ledgers(LedgerStore(self.settings.ledger, fingerprint), self.scenario.first_year)

    def through(self, year: int) -> int:
        """The last day of the year that is over: its end, or yesterday.

        Raises:
            YearNotBegun: none is.
        """
        today = day_number(self.settings.current_day())
        if today <= year_days(year).first:
            raise YearNotBegun(f"no day of {year} is over yet: today is {self.settings.current_day()}")
        return min(year_days(year).end, today) - 1

    def inputs_for(
        self, recorder: Recorder, year: int, last_year: int | None = None, through: int | None = None
    ) -> YearInputs:
        """Everything that the recorder of a year reads.

        Args:
            recorder: whose inputs.
            year: the calendar year.
            last_year: living rows stand as of the end of this year; None for the year itself.
            through: the day of ``last_year``, a later year, that they stand for; None for the last one.

        Raises:
            LedgerMissing: the climate of the year or a ledger up to ``last_year`` is not stored.
            YearNotBegun: no day of the year is over.
        """
        last_year = max(year, last_year or year)
        if recorder.asset in BEFORE_THE_FARM:
            ledger = _nothing_lived(year, self.through(year), self.scenario.farm_fingerprint())
            later = [
                _nothing_lived(one, self.through(one), ledger.fingerprint) for one in range(year + 1, last_year + 1)
            ]
            if later and through is not None:
                later[-1] = replace(later[-1], through=min(later[-1].through, through))
            lives = lives_of([ledger, *later])
            return YearInputs(self.scenario, self.infrastructure, SiteDays.empty(), ledger, lives, self.release)
        ledger, later = self.ledger(year), self.ledgers.later(year, last_year)
        if later:
            later[-1] = self._up_to_the_days(later[-1]) if through is None else self._up_to(later[-1], through)
        lives = lives_of([ledger, *later])
        return YearInputs(self.scenario, self.infrastructure, self.ledgers.climate(year), ledger, lives, self.release)

    def require_simulated(self, recorder: Recorder, year: int) -> None:
        """Check that the year has begun and, where the recorder reads it, that its ledger is stored.

        Raises:
            YearNotBegun: no day of the year is over.
            LedgerMissing: the ledger is not stored.
        """
        self.through(year)
        if recorder.asset not in BEFORE_THE_FARM:
            self.ledgers.ledger(year)

    def writer(self, recorder: Recorder, warehouse: Warehouse, run_id: str) -> YearWriter:
        """The writer of a recorder's years into a database."""
        fingerprint = self.fingerprint_of(recorder.asset)
        inputs_of = partial(self.inputs_for, recorder)
        database = self.settings.database_url.text
        # A process beside has a core; when the readings, which are the last, are left to their step, it may be done.
        beside = self.beside is not None and (recorder.asset != READINGS or self.beside.simulates)
        workers = max(1, self.workers - 1) if beside else self.workers
        return YearWriter(recorder, inputs_of, warehouse, fingerprint, run_id, self.progress, workers, database)

    @cached_property
    def workers(self) -> int:
        """Processes that write chunks side by side: by default all that may run, but SQLite has one writer."""
        one = self.settings.database_url.kind == "sqlite"
        return self.settings.workers or (1 if one else self.processes)

    @cached_property
    def processes(self) -> int:
        """Processes that may run side by side."""
        return self.settings.workers or processes_with_room(self.scenario.memory_budget_mb)

    def ledger(self, year: int) -> Ledger:
        """The ledger of a year; where only some days are recorded, as it stands on the last day that is over.

        Raises:
            LedgerMissing: it is not stored.
        """
        return self._up_to_the_days(self.ledgers.ledger(year))

    def _up_to_the_days(self, ledger: Ledger) -> Ledger:
        """The same year simulated up to the last day that is over, where only some days are recorded."""
        if self.days is None or self.days.end <= year_days(ledger.year).first:
            return ledger
        return self._up_to(ledger, self.through(ledger.year))

    def _up_to(self, ledger: Ledger, through: int) -> Ledger:
        """The same year simulated up to a day of it, where its ledger reaches further."""
        year = ledger.year
        if through >= ledger.through:
            return ledger
        if (year, through) not in self._shortened:
            opening, climate = self.ledgers.opening(year), self.ledgers.climate(year)
            shortened, _ = simulate_year(self.scenario, self.infrastructure, climate, opening, year, through)
            self._shortened = {(year, through): shortened}
        return self._shortened[year, through]

    def open(self, *, create: bool = True) -> Warehouse:
        """The database, prepared for writing: its tables made (if ``create``) or checked, the platform's own brought up
        to date.

        Raises:
            DatabaseUrlError: the URL is of no kind of database that is known.
            SchemaMismatch: it is not empty and its tables are not AquaMind's.
            NothingMaterialized: there is no such database, and none is to be made.
        """
        return self._opened(lambda warehouse: warehouse.prepare(create=create))

    @contextmanager
    def step(self) -> Iterator[Warehouse]:
        """The database, prepared for writing, for one step: within :meth:`kept_open` the same connection for all.

        Raises:
            DatabaseUrlError, SchemaMismatch: as :meth:`open`.
        """
        if not self._keeps_open:
            with self.open() as warehouse:
                yield warehouse
            return
        if self._kept is None:
            self._kept = self.open()
        try:
            yield self._kept
        except BaseException:
            # What state the connection is in is not known; the next step begins with a new one.
            with suppress(Exception):
                self._close_kept()
            raise
        self._kept.give_back_memory()
        return_freed_memory()

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Let the steps of one thread share a connection that is prepared once.

        On a small farm, preparing it at each step and reading again what it had read costs as much as the simulation; a
        large lake has its list of files read, and its folders looked through, each time.
        """
        self._keeps_open = True
        try:
            yield
        finally:
            self._keeps_open = False
            self._close_kept()

    def _close_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def read(self) -> Warehouse:
        """The database, for reading alone: nothing is created or changed, and rights to read suffice.

        Raises:
            DatabaseUrlError: the URL is of no kind of database that is known.
            NothingMaterialized: there is no such database, or it holds no rows of the platform.
            SchemaMismatch: its tables are not AquaMind's.
            OtherVersion: an older or a newer version of the platform wrote it.
        """
        return self._opened(Warehouse.begin_reading)

    @contextmanager
    def lock_probe(self) -> Iterator[Callable[[str, int], bool]]:
        """A function that tells whether a writer holds an asset's year; nothing is held where there is no database.

        Raises:
            UserError, TransientError: the database cannot be read.
        """
        try:
            warehouse = self.read()
        except NothingMaterialized:
            yield lambda asset, year: False
            return
        with warehouse:
            yield warehouse.is_locked

    def _opened(self, prepare: Callable[[Warehouse], None]) -> Warehouse:
        warehouse = open_warehouse(self.settings.database_url, self.release)
        try:
            prepare(warehouse)
        except BaseException:
            warehouse.close()
            raise
        return warehouse


def _nothing_lived(year: int, through: int, fingerprint: str) -> Ledger:
    frames: dict[str, Any] = {name: kind.empty() for name, kind in FRAMES.items()}
    return Ledger(year=year, through=through, fingerprint=fingerprint, **frames)
