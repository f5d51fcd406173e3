"""The rows that the recorders write of a simulated history violate no rule, on both databases."""

from functools import cache
from graphlib import TopologicalSorter

import pytest

from aquamind_assets.laws.rules import violations
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.writing import write_year
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.records.histories import inputs_of, simulated

LAST_YEAR = 2018
"""Late enough for harvests and for rows of every recorder."""


@cache
def history() -> list[YearInputs]:
    # Few readings per day: they are most of the rows, and no rule depends on their number.
    return inputs_of(simulated(load_scenario("tiny", ["water.readings_per_day=2"]), LAST_YEAR))


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'farm.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_warehouse(url) as opened:
        opened.prepare()
        for inputs in history():
            for asset in TopologicalSorter(
                {recorder.asset: recorder.upstream for recorder in RECORDERS.values()}
            ).static_order():
                write_year(RECORDERS[asset], inputs, opened, "history", "run", Progress())
        yield opened


def test_a_recorded_history_violates_no_rule(warehouse):
    for year in (None, LAST_YEAR):
        broken = [
            (result.rule.name, result.count, result.example_id)
            for result in violations(warehouse, year=year)
            if result.count
        ]
        assert broken == []
