"""A farm at work, for tests of what is decided and done on one day."""

import pytest

from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.working import Farm
from aquamind_assets_tests.farm.simulated import history

YEAR = 2018


@pytest.fixture
def farm() -> Farm:
    """The demo farm on the first morning of its fourth year."""
    past = history("demo", YEAR - 2015)
    one = Farm(
        past.scenario, past.infrastructure, site_days(past.scenario, past.infrastructure, YEAR), past.states[-1], YEAR
    )
    one.begin(one.days.first)
    return one
