"""A recorded history of a few years that reports are made of, and its simulated truth."""

from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter

from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.pipeline.platform import BEFORE_THE_FARM
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.writing import write_year
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.records.histories import simulated

FIRST_YEAR, LAST_YEAR = 2015, 2018
CHANGES = ("water.readings_per_day=4",)
"""Few readings a day: they are most of the rows, and reports look at one cage's."""

THRESHOLD = load_scenario("tiny").health.lice.threshold


@cache
def years() -> dict[int, YearInputs]:
    """What the recorders are given for each year when years are made in order: enough of them for batches to be
    harvested."""
    farm = simulated(load_scenario("tiny", CHANGES), LAST_YEAR)
    made = zip(farm.climates, farm.ledgers, strict=True)
    return {
        ledger.year: YearInputs(farm.scenario, farm.infrastructure, climate, ledger, lives_of([ledger]))
        for climate, ledger in made
    }


def write(warehouse: Warehouse, chosen: Iterable[int], built_in: Iterable[int] = ()) -> None:
    """Everything of these years, in order; of the years ``built_in`` only what was built in them, for later years point
    to it."""
    warehouse.prepare()
    built = set(built_in)
    for year in sorted({*chosen, *built}):
        for asset in TopologicalSorter(
            {recorder.asset: recorder.upstream for recorder in RECORDERS.values()}
        ).static_order():
            if year not in built or asset in BEFORE_THE_FARM:
                write_year(RECORDERS[asset], years()[year], warehouse, "history", "run", Progress())
