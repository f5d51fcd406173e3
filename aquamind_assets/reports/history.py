"""The written rows of some years as frames, which everything in a report is made from.

Belongs here: which frames there are, and reading those that are asked for. Does not belong here: statements
(``queries``), sums and figures (``sums``), close looks at single sites (``closeups``).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from aquamind_assets.reports.coverage import Coverage, coverage
from aquamind_assets.reports.queries import batch, health, infrastructure, inventory
from aquamind_assets.warehouse.warehouse import Warehouse

LIFE_YEARS = 3
"""Whole years that a batch lives before its last one, at most: so far back reports read for the lives of batches."""

_YEARLY: dict[str, Callable[[Warehouse, int], pd.DataFrame]] = {
    "moves": batch.moves,
    "stocked": batch.stocked,
    "deaths": batch.deaths,
    "samples": batch.samples,
    "feed": inventory.feed,
    "biomass": inventory.biomass,
    "summaries": inventory.summaries,
    "sea_deaths": health.sea_deaths,
    "lice": health.lice,
    "treatments": health.treatments,
    "journal": health.journal,
}
FRAMES = ("batches", "places", "rows", *_YEARLY)
"""Every frame: columns are described where it is read, in ``queries``; days are ``datetime64``, ``month`` is the first
day of the month. ``rows`` has ``table year rows`` as counted when they were committed. ``biomass`` has ``month stage
kg``."""

_OF_LIVES = frozenset({"moves", "stocked", "deaths", "feed", "sea_deaths"})
"""The frames of which the years before a report's are read too: lives are made of them."""


@dataclass(frozen=True)
class History:
    """What is written of some years.

    Attributes:
        years: the years read, with those before the report's.
        coverage: what of them is written.
        frames: the frames read, by name.
    """

    years: tuple[int, ...]
    coverage: Coverage
    frames: dict[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    def holds(self, names: Collection[str]) -> bool:
        """Whether all of these frames were read."""
        return self.frames.keys() >= set(names)


def read_history(
    warehouse: Warehouse,
    years: Sequence[int],
    frames: Collection[str] = FRAMES,
    progress: Callable[[int], None] = lambda year: None,
    before: Sequence[int] = (),
) -> History:
    """Read these frames of the years, and of the years ``before`` them what lives are made of; ``progress`` is called
    with each year when it begins."""
    found: dict[str, pd.DataFrame] = {}
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in _YEARLY if name in frames}
    every = (*before, *years)
    for year in every if parts else ():
        progress(year)
        for name, read in parts.items():
            if name in _OF_LIVES or year not in before:
                read.append(_YEARLY[name](warehouse, year))
    found = {name: pd.concat(read, ignore_index=True) for name, read in parts.items()}
    if "biomass" in found:
        found["biomass"] = _with_stages(warehouse, found["biomass"], max(years))
    if "batches" in frames:
        found["batches"] = batch.batches(warehouse, max(years))
    if "places" in frames:
        found["places"] = infrastructure.places(warehouse)
    if "rows" in frames:
        counted = [(one.table, one.year, one.rows) for one in warehouse.manifest()]
        found["rows"] = pd.DataFrame(counted, columns=["table", "year", "rows"])
    return History(every, coverage(warehouse, every), found)


def years_of_lives(warehouse: Warehouse, first_year: int) -> range:
    """The years to read before a report that begins with ``first_year``: from the eggs of the first batch on that was
    not over then."""
    begun = batch.first_egg_year(warehouse, first_year)
    return range(max(first_year - LIFE_YEARS, first_year if begun is None else min(first_year, begun)), first_year)


def _with_stages(warehouse: Warehouse, biomass: pd.DataFrame, last_year: int) -> pd.DataFrame:
    """``month stage kg``: the stage at the end of the month.

    Post-smolts become adults in their cage, and the row of their stay then says Adult from its beginning on. What the
    batch was on a day is in its history; a stay is not further than its batch.
    """
    changes = batch.stage_changes(warehouse, last_year)
    stages = batch.stages(warehouse, sorted({int(one) for one in [*biomass["stage_id"], *changes["stage_id"]]}))
    changes = changes.astype({"day": "datetime64[us]", "batch_id": "int64"}).sort_values("day", kind="stable")
    ended = biomass.assign(day=(biomass["month"] + pd.offsets.MonthBegin(1)).astype("datetime64[us]"))
    found = pd.merge_asof(
        ended.sort_values("day", kind="stable"),
        changes.rename(columns={"stage_id": "batch_stage"}),
        on="day",
        by="batch_id",
        allow_exact_matches=False,
    )
    place = stages["place"].astype("float64")
    behind = found["batch_stage"].map(place) < found["stage_id"].map(place)
    found["stage"] = found["stage_id"].where(~behind, found["batch_stage"]).map(stages["name"])
    return found.groupby(["month", "stage"], as_index=False)["kg"].sum()
