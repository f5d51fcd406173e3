"""Figures that the ledger and the tables made of it can both give are the same figure."""

import math

import pytest

from aquamind_assets.figures.registry import FIGURES, values_of
from aquamind_assets.figures.sums import Sums
from aquamind_assets.realism.observations import Observations, observe
from aquamind_assets.realism.sums import sums_of
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets_tests.reports.written import FIRST_YEAR, LAST_YEAR, years

EXACT = (
    *("active_batches", "whole_lives", "survival_smolt_pct", "survival_harvest_pct", "harvested_fish", "farm_months"),
    *("adult_females", "adult_females_median", "lice_counts", "counts_above_threshold_pct", "lice_treatments"),
    *("months_above_threshold_pct", "days_at_sea", "days_of_life"),
)
"""Figures of counted fish, lice, batches and days: the tables hold them as they were simulated."""
ROUNDED = {"harvest_t": 1e-4, "harvest_weight_kg": 1e-4, "smolt_weight_g": 1e-3, "economic_fcr": 2e-3}
"""Relative differences that come of the decimals of stored weights, and of meals on the day of a transfer. The yearly
harvest is of settled years, of which these years have one."""
OTHER_SUMS = {"biological_fcr": 0.01} | {key: 0.05 for key in FIGURES if key.startswith("sea_mortality_")}
"""Figures whose sums differ: the tables know the weight of the dead by batch and not by container, and the fish at a
site by what moved in and out."""
TOLERANCES = {**dict.fromkeys(EXACT, 1e-12), **ROUNDED, **OTHER_SUMS, "gutted_harvest_t": 1e-4}


@pytest.fixture(scope="module")
def simulated() -> Sums:
    """The sums of the ledgers that the history was recorded from."""
    known = list(years().values())
    observed = [observe(one.scenario, one.infrastructure, one.climate, one.ledger) for one in known]
    return sums_of(known[0].scenario, Observations.added(observed))


def test_every_figure_with_two_sources_is_compared(simulated: Sums, accounts: Accounts) -> None:
    both = {
        key for key, figure in FIGURES.items() if simulated.holds(figure.reads) and accounts.sums.holds(figure.reads)
    }
    # Of treatments the ledger's sums have those against lice alone.
    assert both - {"disease_treatments", "vaccinations"} == set(TOLERANCES)


@pytest.mark.parametrize(("key", "tolerance"), TOLERANCES.items())
def test_the_ledger_and_the_tables_give_the_same_figure(
    simulated: Sums, accounts: Accounts, key: str, tolerance: float
) -> None:
    from_tables = accounts.figures(range(FIRST_YEAR, LAST_YEAR + 1))[key]
    assert math.isfinite(from_tables)
    assert from_tables == pytest.approx(FIGURES[key].value(simulated), rel=tolerance)


def test_the_sources_agree_year_by_year_and_by_geography(simulated: Sums, accounts: Accounts) -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        ours = values_of(simulated.between(year, year), ("whole_lives", "farm_months", "lice_counts", "active_batches"))
        theirs = accounts.figures([year])
        assert ours == pytest.approx({key: theirs[key] for key in ours})
    places = accounts.by_geography("harvest_t", range(FIRST_YEAR, LAST_YEAR + 1))
    for name, tonnes in places.items():
        assert tonnes == pytest.approx(FIGURES["harvest_t"].value(simulated.of(name)), rel=1e-4)
