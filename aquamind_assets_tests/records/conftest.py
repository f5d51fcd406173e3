"""A small farm's history, simulated once, for all tests of recorders."""

import pytest

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.records.histories import inputs_of, simulated


@pytest.fixture(scope="session")
def history() -> list[YearInputs]:
    """The inputs of every year of the preset tiny, in order."""
    return inputs_of(simulated(load_scenario("tiny")))
