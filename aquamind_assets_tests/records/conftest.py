"""A small farm's history, simulated once, for all tests of recorders."""

import pytest

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets_tests.records.decades import decade


@pytest.fixture(scope="session")
def history() -> list[YearInputs]:
    """The inputs of every year of the preset tiny, in order."""
    return list(decade("tiny"))
