"""What a recorder is: the contract between this floor and whoever writes its rows into a database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange

EventRecorder = Callable[[YearInputs, DayRange], Iterator[Rows]]
"""Rows of things that happened on these days; the same whichever way the year's days are cut into ranges."""

BlockRows = int | Callable[[], int]
"""How many rows a block may have, or a function that is asked before each block."""

SizedRecorder = Callable[[YearInputs, DayRange, BlockRows], Iterator[Rows]]
"""An event recorder of so many rows that it makes them block by block; the rows do not depend on the size of the
blocks."""

BLOCK_ROWS = 600_000
"""Rows of a block where memory allows: about 80 MB of readings while they are made, and too many for the price of a
block to show."""

LivingRecorder = Callable[[YearInputs], Iterator[Rows]]
"""Every row alive in the year, as it stands on the latest simulated day."""


@dataclass(frozen=True)
class Recorder:
    """One asset: which tables it writes, and the functions that make their rows.

    Attributes:
        asset: name of the asset.
        group: asset group (``infrastructure``, ``environment``, ``batches``, ``feed``, ``growth``, ``mortality``,
            ``health``).
        description: what the user interface says of it.
        tables: AquaMind tables it writes, each written by this asset alone.
        events: functions whose rows are written chunk by chunk and never change.
        sized: the same, for functions that are told how large their blocks may be.
        living: functions whose rows change over their life and are written again as a whole.
        gone: ids, by table, of rows that were alive at the start of the year or later and have vanished from AquaMind's
            table since.
        upstream: other recorders' assets whose rows its rows point to.
    """

    asset: str
    group: str
    description: str
    tables: tuple[str, ...]
    events: tuple[EventRecorder, ...] = ()
    sized: tuple[SizedRecorder, ...] = ()
    living: tuple[LivingRecorder, ...] = ()
    gone: Callable[[YearInputs], Mapping[str, np.ndarray]] | None = None
    upstream: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["chunked", "living"]:
        """How it is written: in chunks of 30 days, or as a whole."""
        return "living" if self.living else "chunked"

    def rows_of_days(self, year: YearInputs, days: DayRange, block_rows: BlockRows = BLOCK_ROWS) -> Iterator[Rows]:
        """All rows of these days, one function after another; only ``sized`` functions look at ``block_rows``."""
        for record in self.events:
            yield from record(year, days)
        for record_blocks in self.sized:
            yield from record_blocks(year, days, block_rows)

    def rows_alive(self, year: YearInputs) -> Iterator[Rows]:
        """All rows alive in the year, one function after another."""
        for record in self.living:
            yield from record(year)

    def __post_init__(self) -> None:
        if bool(self.events or self.sized) == bool(self.living):
            raise ValueError(
                f"recorder {self.asset}: give either events or living functions, a checkpoint is of one kind"
            )
