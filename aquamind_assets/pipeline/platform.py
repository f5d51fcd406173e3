"""What every asset is given: the scenario, the ledgers, the way to the database, and today's date.

Belongs here: putting the floors below together for one process. Does not belong here: writing rows (``writing``),
Dagster's definitions of assets.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from aquamind_assets.errors import UserError
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.ledgers import FRAMES, Ledgers
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.store import LedgerStore
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.provenance import LEDGER_CODE, ROWS_CODE, code_fingerprint, combined
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings, SettingsError
from aquamind_assets.timeline import DayRange, day_number, year_days
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse

BEFORE_THE_FARM = ("reference_data", "infrastructure")
"""Recorders that look at the scenario alone: the farm is built before it is lived in."""


class YearNotBegun(UserError):
    """A year of which no day is over yet."""


@dataclass
class Platform:
    """One process's view of the platform; the resource of all assets.

    Attributes:
        settings: the process's orders from outside.
        progress: receives what is generated, and carries the request to stop.
        days: the only days of which events are recorded; None for all.
    """

    settings: Settings
    progress: Progress = field(default_factory=Progress)
    days: DayRange | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The validated scenario."""
        return self.settings.load_scenario()

    @cached_property
    def fingerprint(self) -> str:
        """Fingerprint of everything that decides the rows: the scenario and the code."""
        return combined(self.scenario.fingerprint(), code_fingerprint(*ROWS_CODE))

    @cached_property
    def infrastructure(self) -> Infrastructure:
        """Everything built over all years."""
        return build(self.scenario)

    @cached_property
    def ledgers(self) -> Ledgers:
        """The scenario's ledgers."""
        fingerprint = combined(self.scenario.farm_fingerprint(), code_fingerprint(*LEDGER_CODE))
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

    def inputs_for(self, recorder: Recorder, year: int, latest: int | None = None) -> YearInputs:
        """Everything that the recorder of a year looks at.

        ``latest`` is the latest year of the recorder's asset that is in the database (``Warehouse.latest_year``): rows
        that change over their life are as of its end, or of the year's own if that is later.

        Raises:
            LedgerMissing: the ledger or the climate of the year is not stored.
            YearNotBegun: no day of the year is over.
        """
        last = max(year, latest or year)
        if recorder.asset in BEFORE_THE_FARM:
            ledger = _nothing_lived(year, self.through(year), self.scenario.farm_fingerprint())
            lives = replace(lives_of([ledger]), through=self.through(last))
            return YearInputs(self.scenario, self.infrastructure, SiteDays.empty(), ledger, lives)
        ledger = self.ledgers.ledger(year)
        return YearInputs(
            self.scenario, self.infrastructure, self.ledgers.climate(year), ledger, self.ledgers.lives(year, last)
        )

    def open(self, *, create: bool = True) -> Warehouse:
        """The database, prepared for writing: its tables made (if ``create``) or checked, the platform's own brought up
        to date.

        Raises:
            SettingsError: the URL is of no kind of database that is known.
            SchemaMismatch: it is not empty and its tables are not AquaMind's.
            NothingMaterialized: there is no such database, and none is to be made.
        """
        return self._opened(lambda warehouse: warehouse.prepare(create=create))

    def read(self) -> Warehouse:
        """The database, for reading alone: nothing is created or changed, and rights to read suffice.

        Raises:
            SettingsError: the URL is of no kind of database that is known.
            NothingMaterialized: there is no such database, or it holds no rows of the platform.
            SchemaMismatch: its tables are not AquaMind's.
            OtherVersion: an older or a newer version of the platform wrote it.
        """
        return self._opened(Warehouse.begin_reading)

    def _opened(self, prepare: Callable[[Warehouse], None]) -> Warehouse:
        try:
            warehouse = open_warehouse(self.settings.database)
        except ValueError as error:
            raise SettingsError(str(error)) from None
        try:
            prepare(warehouse)
        except BaseException:
            warehouse.close()
            raise
        return warehouse


def _nothing_lived(year: int, through: int, fingerprint: str) -> Ledger:
    frames: dict[str, Any] = {name: kind.empty() for name, kind in FRAMES.items()}
    return Ledger(year=year, through=through, fingerprint=fingerprint, **frames)
