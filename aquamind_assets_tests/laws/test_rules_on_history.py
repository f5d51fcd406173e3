"""The rows that the recorders write of a simulated history violate no rule, on every database."""

from functools import cache

import pytest

from aquamind_assets.laws.rules import violations
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.writing import YearWriter
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.records.histories import Simulated, simulated
from aquamind_assets_tests.warehouse.databases import ALL, new_database

LAST_YEAR = 2018
"""Late enough for harvests and for rows of every recorder."""


@cache
def history() -> Simulated:
    # Few readings a day: they are most of the rows, and no rule counts them.
    return simulated(load_scenario("tiny", ["water.readings_per_day=2"]), LAST_YEAR)


def inputs(year: int, last_year: int) -> YearInputs:
    farm = history()
    place, end = year - farm.ledgers[0].year, last_year - farm.ledgers[0].year + 1
    lives = lives_of(farm.ledgers[place:end])
    return YearInputs(farm.scenario, farm.infrastructure, farm.climates[place], farm.ledgers[place], lives)


@pytest.fixture(params=ALL)
def warehouse(request, tmp_path):
    with open_warehouse(new_database(request.param, request, tmp_path)) as opened:
        opened.prepare()
        for ledger in history().ledgers:
            for recorder in recorders_in_order():
                YearWriter(recorder, inputs, opened, "history", "run").write(ledger.year)
        yield opened


def test_a_recorded_history_violates_no_rule(warehouse):
    for year in (None, LAST_YEAR):
        broken = [
            (result.rule.name, result.count, result.example_id)
            for result in violations(warehouse, year=year)
            if result.count
        ]
        assert broken == []
