"""A recorded history of a few years that reports are made of, and its simulated truth."""

from collections.abc import Iterable
from functools import cache

from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.writing import YearWriter
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.records.histories import Simulated, simulated
from aquamind_assets_tests.release_2025_08 import RECORDERS

FIRST_YEAR, LAST_YEAR = 2015, 2018
CHANGES = ("water.readings_per_day=4",)
"""Few readings a day: they are most of the rows, and reports look at one cage's."""

THRESHOLD = load_scenario("tiny").health.lice.threshold


@cache
def farm() -> Simulated:
    """Enough years for batches to be harvested."""
    return simulated(load_scenario("tiny", CHANGES), LAST_YEAR)


@cache
def inputs(year: int, last_year: int, through: int | None = None) -> YearInputs:
    """What the recorders are given for a year, as of the end of another one, whose last day ``through`` is."""
    made = farm()
    first, place = made.ledgers[0].year, year - made.ledgers[0].year
    lives = lives_of(made.ledgers[place : last_year + 1 - first])
    return YearInputs(
        made.scenario, made.infrastructure, made.climates[place], made.ledgers[place], lives, release="2025-08"
    )


def years() -> dict[int, YearInputs]:
    """The inputs of each year as of its own end."""
    return {ledger.year: inputs(ledger.year, ledger.year) for ledger in farm().ledgers}


def write(warehouse: Warehouse, chosen: Iterable[int], built_in: Iterable[int] = ()) -> None:
    """Everything of these years, in order; of the years ``built_in`` only what was built in them, for later years refer
    to it."""
    warehouse.prepare()
    built = set(built_in)
    for year in sorted({*chosen, *built}):
        for recorder in recorders_in_order(RECORDERS):
            if year not in built or recorder.asset in BEFORE_THE_FARM:
                YearWriter(recorder, inputs, warehouse, "history", "run").write(year)
