"""The recorder: the contract between the functions that make rows and the code that writes them into a database.

Belongs here: the kinds of recorder functions. Does not belong here: the recorders themselves (``registry``), writing
rows (``pipeline``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from aquamind_assets.records.changes import Change
from aquamind_assets.records.corrections.chance import LONGEST_DAYS
from aquamind_assets.records.corrections.corrected import Corrected
from aquamind_assets.records.corrections.correction import Corrections, Corrector
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.versions import Versions
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, year_days

EventRecorder = Callable[[YearInputs, DayRange], Iterator[Rows]]
"""Returns the rows of events on these days. The rows do not depend on how the year's days are cut into ranges."""

BlockRows = int | Callable[[], int]
"""Maximum number of rows of a block, or a function that is called before each block and returns it."""

SizedRecorder = Callable[[YearInputs, DayRange, BlockRows], Iterator[Rows]]
"""An event recorder with so many rows that it makes them block by block. The rows do not depend on the size of the
blocks."""

BLOCK_ROWS = 400_000
"""Maximum number of rows of a block if memory allows: about 55 MB of readings while they are made, and enough rows that
the cost per block is negligible."""

LivingRecorder = Callable[[YearInputs], Iterator[Rows]]
"""Returns every row alive in the year, with its state on the latest simulated day."""


OWN_HISTORIES = frozenset(
    {
        "infrastructure_historicalcontainer",
        "infrastructure_historicalsensor",
        "batch_historicalbatch",
        "inventory_historicalfeedcontainerstock",
    }
)
"""History tables whose rows functions of the recorder make."""


@dataclass(frozen=True)
class Recorder:
    """One asset: the tables it writes, and the functions that make their rows.

    Attributes:
        asset: name of the asset.
        group: asset group, one of AquaMind's apps (``infrastructure``, ``environmental``, ``batch``, ``inventory``,
            ``health``, ``harvest``).
        domain: domain of the data (``infrastructure``, ``batches``, ``environmental``, ``feed``, ``growth``,
            ``mortality``, ``health``, ``harvest``), shown as the asset's tag.
        description: the asset's description in the user interface.
        tables: AquaMind tables that only this asset writes.
        events: functions whose rows are written chunk by chunk and never change.
        sized: event functions that take a block size as well.
        living: functions whose rows change over their life and are written again as a whole.
        gone: returns the ids, by table, of rows that were alive at the start of the year or later and that AquaMind has
            deleted since.
        upstream: assets of other recorders whose rows this asset's rows refer to.
        changes: of its tables with a history, how their rows change.
        corrections: of its tables of events with a history, those of numbers that were typed wrongly.
    """

    asset: str
    group: str
    domain: str
    description: str
    tables: tuple[str, ...]
    events: tuple[EventRecorder, ...] = ()
    sized: tuple[SizedRecorder, ...] = ()
    living: tuple[LivingRecorder, ...] = ()
    gone: Callable[[YearInputs], Mapping[str, np.ndarray]] | None = None
    upstream: tuple[str, ...] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)
    corrections: Mapping[str, Corrector] = field(default_factory=dict)

    @property
    def kind(self) -> Literal["chunked", "living"]:
        """Whether rows are written in chunks of 30 days (``chunked``) or as a whole (``living``)."""
        return "living" if self.living else "chunked"

    def days_back(self, scenario: Scenario) -> int:
        """Return how many days before its own the rows of a day may depend on: which rows of those there are."""
        return LONGEST_DAYS if self.corrections and scenario.entries.mistyped_share else 0

    def rows_of_days(
        self, year: YearInputs, days: DayRange, block_rows: BlockRows = BLOCK_ROWS, known_from: int | None = None
    ) -> Iterator[Rows]:
        """Yield all rows of these days, one function after another. Only ``sized`` functions use ``block_rows``. Where
        the days before ``known_from`` are not recorded, what belongs to their rows is left out."""
        versions, corrected = Versions(year, self.changes), Corrected(year, days, self.corrections, known_from)
        for record in self.events:
            corrected.look_back(record)
            for block in record(year, days):
                yield from self._with_versions(versions, *corrected.see(block))
        for block, corrections in corrected.found:
            yield from (versions.of_corrected(history, block, corrections) for history in self._histories(year, block))
        for record_blocks in self.sized:
            yield from record_blocks(year, days, block_rows)

    def rows_alive(self, year: YearInputs) -> Iterator[Rows]:
        """Yield all rows alive in the year, one function after another."""
        versions = Versions(year, self.changes, year_days(year.year))
        for record in self.living:
            for block in record(year):
                yield from self._with_versions(versions, block)

    def _with_versions(self, versions: Versions, block: Rows, corrections: Corrections | None = None) -> Iterator[Rows]:
        """Yield a block, and the versions of its rows but for corrections."""
        yield block
        for history in self._histories(versions.year, block):
            yield from versions.of(history, block, corrections)

    def _histories(self, year: YearInputs, block: Rows) -> Iterator[TableSpec]:
        """Yield the history table of a block's table, where this asset writes it."""
        for table in self.tables:
            if year.tables[table].versions_of == block.table and table not in OWN_HISTORIES:
                yield year.tables[table]

    def __post_init__(self) -> None:
        if bool(self.events or self.sized) == bool(self.living):
            raise ValueError(f"recorder {self.asset}: needs either event functions or living functions, not both")
