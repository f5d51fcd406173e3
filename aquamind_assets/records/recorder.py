"""What a recorder is: the contract between this floor and whoever writes its rows into a database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.timeline import DayRange
from aquamind_assets.warehouse.rows import Rows

EventRecorder = Callable[[YearInputs, DayRange], Iterator[Rows]]
"""Rows of things that happened on these days; the same whichever way the year's days are cut into ranges."""

LivingRecorder = Callable[[YearInputs], Iterator[Rows]]
"""Every row alive in the year, as it stands on the latest simulated day."""


@dataclass(frozen=True)
class Recorder:
    """One asset: which tables it writes, and the functions that make their rows.

    Attributes:
        asset: name of the asset.
        group: asset group (``infrastructure``, ``environment``, ``batches``, ``feed``, ``growth``, ``mortality``, ``health``).
        description: what the user interface says of it.
        tables: AquaMind tables it writes, each written by this asset alone.
        events: functions whose rows are written chunk by chunk and never change.
        living: functions whose rows change over their life and are written again as a whole.
        gone: ids, by table, of rows that were alive at the start of the year or later and have vanished from AquaMind's table since.
        upstream: other recorders' assets whose rows its rows point to.
    """

    asset: str
    group: str
    description: str
    tables: tuple[str, ...]
    events: tuple[EventRecorder, ...] = ()
    living: tuple[LivingRecorder, ...] = ()
    gone: Callable[[YearInputs], Mapping[str, np.ndarray]] | None = None
    upstream: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["chunked", "living"]:
        """How it is written: in chunks of 30 days, or as a whole."""
        return "chunked" if self.events else "living"

    def rows_of_days(self, year: YearInputs, days: DayRange) -> Iterator[Rows]:
        """All rows of these days, one function after another."""
        for record in self.events:
            yield from record(year, days)

    def rows_alive(self, year: YearInputs) -> Iterator[Rows]:
        """All rows alive in the year, one function after another."""
        for record in self.living:
            yield from record(year)

    def __post_init__(self) -> None:
        if bool(self.events) == bool(self.living):
            raise ValueError(f"recorder {self.asset}: give either events or living functions, a checkpoint is of one kind")
