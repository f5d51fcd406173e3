"""Real ledgers for tests, and rows as tables of plain columns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.pipeline.simulation import SimulatedYear
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.digest import digest
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, chunks_of
from aquamind_assets_tests.simulated_once import simulated_once


@dataclass(frozen=True)
class Simulated:
    """A scenario's ledgers and climates, year by year."""

    scenario: Scenario
    infrastructure: Infrastructure
    climates: list[SiteDays]
    ledgers: list[Ledger]


def simulated(scenario: Scenario, last_year: int | None = None, through: int | None = None) -> Simulated:
    """All years, or those up to ``last_year``, of which only the days up to ``through`` are simulated."""
    infrastructure = build(scenario)
    years = range(scenario.first_year, (last_year or scenario.last_year) + 1)
    made = simulated_once(scenario, infrastructure, years if through is None else years[:-1])
    if through is not None:
        climate = site_days(scenario, infrastructure, years[-1])
        opening = made[-1].closing if made else None
        year = simulate_year(scenario, infrastructure, climate, opening, years[-1], through)
        made.append(SimulatedYear(climate, *year))
    return Simulated(scenario, infrastructure, [one.climate for one in made], [one.ledger for one in made])


def inputs_of(farm: Simulated) -> list[YearInputs]:
    """Return the inputs of recorders for each of the years."""
    return [
        YearInputs(
            farm.scenario, farm.infrastructure, climate, ledger, lives_of(farm.ledgers[number:]), release="2025-08"
        )
        for number, (climate, ledger) in enumerate(zip(farm.climates, farm.ledgers, strict=True))
    ]


class Table:
    """Blocks of rows of one table as columns: integers in stored units, text as strings, None or -1 where NULL."""

    def __init__(self, name: str, blocks: Iterable[Rows]) -> None:
        self.blocks = [block for block in blocks if block.table == name]

    def __len__(self) -> int:
        return sum(len(block) for block in self.blocks)

    def __getitem__(self, column: str) -> np.ndarray:
        return (
            np.concatenate([_plain(block, column) for block in self.blocks])
            if self.blocks
            else np.zeros(0, dtype=np.int64)
        )

    @cached_property
    def by_id(self) -> dict[int, tuple[int, int]]:
        """Row id to (block, row)."""
        return {
            int(one): (number, row) for number, block in enumerate(self.blocks) for row, one in enumerate(block.ids)
        }


def _plain(block: Rows, column: str) -> np.ndarray:
    stored = block.columns[column]
    values = np.broadcast_to(stored.values, (len(block),))
    null = np.zeros(len(block), dtype=bool) if stored.null is None else np.broadcast_to(stored.null, (len(block),))
    if stored.labels is not None:
        texts = np.array([*stored.labels, None], dtype=object)
        return texts[np.where(null, len(stored.labels), values)]
    return np.where(null, -1, values)


def rows_of(recorder: Recorder, year: YearInputs) -> list[Rows]:
    """Return all rows of a recorder for a year, chunk by chunk as in a run."""
    if recorder.kind == "living":
        return list(recorder.rows_alive(year))
    return [
        block
        for chunk in chunks_of(year.year, year.ledger.through)
        for block in recorder.rows_of_days(year, chunk.days)
    ]


def digests(blocks: Iterable[Rows]) -> dict[str, tuple[int, int]]:
    """Return rows and digest of each table with rows among the blocks."""
    found: dict[str, tuple[int, int]] = {}
    for block in blocks:
        if len(block):
            rows, total = found.get(block.table, (0, 0))
            found[block.table] = rows + len(block), (total + digest(block)) % 2**64
    return found


def between(recorder: Recorder, year: YearInputs, borders: list[int]) -> list[Rows]:
    """Return a chunked recorder's rows, made in ranges between these day numbers."""
    return [block for start, end in pairwise(borders) for block in recorder.rows_of_days(year, DayRange(start, end))]
