"""The small farm's history as release 2026-03 records it, written once for all tests."""

from dataclasses import replace

import pytest

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.rows import Rows
from aquamind_assets_tests.records.histories import Table, rows_of

RELEASE = "2026-03"
RECORDERS = recorders_of(RELEASE)


class History:
    """Rows of all years. Of a living table each row is as the last year with it wrote it."""

    def __init__(self, years: list[YearInputs]) -> None:
        self.years = years
        self._blocks: dict[tuple[str, int], list[Rows]] = {}

    def blocks(self, asset: str, year: YearInputs) -> list[Rows]:
        """The rows of an asset's year."""
        key = asset, year.year
        if key not in self._blocks:
            self._blocks[key] = rows_of(RECORDERS[asset], year)
        return self._blocks[key]

    def table(self, name: str) -> Table:
        """A table after all years have been written in order."""
        asset = next(asset for asset, recorder in RECORDERS.items() if name in recorder.tables)
        blocks = [block for year in self.years for block in self.blocks(asset, year) if block.table == name]
        seen: set[int] = set()
        kept = []
        for block in reversed(blocks):
            new = [one not in seen for one in block.ids.tolist()]
            seen.update(block.ids.tolist())
            kept.append(block.take(new))
        return Table(name, reversed(kept))


@pytest.fixture(scope="session")
def today(history: list[YearInputs]) -> History:
    """The history of the preset tiny."""
    return History([replace(year, release=RELEASE) for year in history])
