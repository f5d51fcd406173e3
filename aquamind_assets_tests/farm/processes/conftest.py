import pytest

from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load_scenario("bakkafrost")
