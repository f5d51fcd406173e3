"""The formulas, on sums small enough to do by hand, and the words of the definitions."""

import math

import numpy as np
import pandas as pd
import pytest

from aquamind_assets.figures.registry import FIGURES, values_of
from aquamind_assets.figures.sums import LIFE_SUMS, Sums, active_batches
from aquamind_assets.realism.key_figures import KEYS
from aquamind_assets.realism.targets import load_targets
from aquamind_assets.reports.accounts import BY_BATCH, MONTHLY
from aquamind_assets.reports.asset_reports import YEAR_REPORT, figures_of
from aquamind_assets.reports.page import BY_YEAR

MONTH, NEXT = pd.Timestamp(2020, 5, 1), pd.Timestamp(2020, 6, 1)


def lives(*batches: dict[str, float]) -> pd.DataFrame:
    days = {"start": 0.0, "sea_day": 450.0, "harvest_day": 950.0}
    rows = [
        {**dict.fromkeys(LIFE_SUMS, 0.0), **days, "month": MONTH, "geography": "Faroe Islands"} | one for one in batches
    ]
    return pd.DataFrame(rows)


def test_fish_passed_on_are_harvested_in_one_batch_and_stocked_in_the_other() -> None:
    at_sea = {
        "eggs": 2000,
        "smolts": 1000,
        "stocked_kg": 100,
        "harvested": 500,
        "harvest_kg": 2500,
        "sea_feed_kg": 5000,
    }
    first = at_sea | {"given": 200, "given_kg": 800, "sea_dead_kg": 300}
    mixed = {"taken": 200, "taken_kg": 800, "harvested": 150, "harvest_kg": 750, "sea_feed_kg": 100}
    one = values_of(Sums({"lives": lives(first)}, 0.5))
    assert one["economic_fcr"] == pytest.approx(5000 / (2500 + 800 - 100))
    assert one["biological_fcr"] == pytest.approx(5000 / (2500 + 800 - 100 + 300))
    assert one["survival_harvest_pct"] == pytest.approx(100 * 500 / 800)
    both = values_of(Sums({"lives": lives(first, mixed)}, 0.5))
    # Together nothing was passed on: what one gave the other received.
    assert both["economic_fcr"] == pytest.approx(5100 / (2500 + 750 - 100))
    assert both["survival_harvest_pct"] == pytest.approx(100 * 650 / 1000)
    assert both["survival_smolt_pct"] == pytest.approx(50)
    assert both["smolt_weight_g"] == pytest.approx(100)
    # A batch that received all its fish never came to sea itself.
    assert both["days_at_sea"] == 500
    assert both["whole_lives"] == 2


def test_mortality_is_in_percent_of_the_fish_in_thirty_days() -> None:
    months = pd.DataFrame(
        {"month": MONTH, "geography": "Scotland", "area": [1, 2], "days": 31, "fish_days": 31e5, "dead": [3100, 0]}
    )
    values = values_of(Sums({"farm_months": months}, 0.5))
    assert values["sea_mortality_pct"] == pytest.approx(1.5)
    assert values["sea_mortality_p10_pct"] == pytest.approx(0.3)
    assert values["farm_months"] == 2


def test_lice_are_compared_with_the_threshold_of_the_scenario() -> None:
    counted = {"month": MONTH, "geography": "Scotland", "area": [1, 2], "females": [6, 30], "fish": 20, "counts": 1}
    sums = pd.DataFrame(counted | {"above": [0, 1]})
    assert values_of(Sums({"lice": sums}, 0.5))["months_above_threshold_pct"] == 50
    assert values_of(Sums({"lice": sums}, 0.2))["months_above_threshold_pct"] == 100
    assert values_of(Sums({"lice": sums}, 0.2))["adult_females"] == pytest.approx(0.9)


def test_biomass_is_that_of_the_last_month() -> None:
    biomass = pd.DataFrame({"month": [MONTH, NEXT, NEXT], "kg": [5000.0, 1000.0, 500.0]})
    assert FIGURES["biomass_t"].value(Sums({"biomass": biomass}, 0.5)) == 1.5


def test_periods_and_places_are_cut_from_the_sums() -> None:
    harvests = pd.DataFrame(
        {
            "month": [pd.Timestamp(2018, 1, 1), pd.Timestamp(2019, 12, 1), pd.Timestamp(2020, 1, 1)],
            "geography": ["Scotland", "Faroe Islands", "Scotland"],
            "fish": 1,
            "kg": [1000.0, 2000.0, 4000.0],
        }
    )
    feed = pd.DataFrame({"month": [MONTH], "kg": [10.0], "eur": [15.0]})
    sums = Sums({"harvests": harvests, "feed": feed}, 0.5, settled=[2019, 2020])
    assert FIGURES["harvest_t"].value(sums.between(2019, 2020)) == 6
    assert FIGURES["harvest_t"].value(sums.of("Scotland")) == 5
    assert FIGURES["gutted_harvest_t"].value(sums) == pytest.approx(0.83 * 3)
    assert FIGURES["gutted_harvest_t"].value(sums.between(2019, 2019)) == pytest.approx(0.83 * 2)
    assert math.isnan(FIGURES["feed_t"].value(sums.of("Scotland")))
    monthly = sums.by_month([MONTH, NEXT])
    assert [FIGURES["feed_t"].value(one) for one in monthly.values()] == [0.01, 0.0]


def test_a_batch_is_active_from_its_first_day_until_its_last_fish_leaves() -> None:
    days = np.arange(6)
    assert active_batches(np.array([1, 3]), np.array([4]), days).tolist() == [0, 1, 1, 2, 1, 1]


def test_what_the_sums_cannot_give_is_nan() -> None:
    assert math.isnan(
        FIGURES["economic_fcr"].value(Sums({"lives": lives()[:0].reindex(columns=lives({}).columns)}, 0.5))
    )
    assert math.isnan(FIGURES["feed_t"].value(Sums({}, 0.5)))
    assert values_of(Sums({}, 0.5)) == {}
    with pytest.raises(ValueError, match="sums 'feed' lack the columns eur, kg"):
        Sums({"feed": pd.DataFrame({"month": [MONTH]})}, 0.5)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_a_definition_says_what_it_is(figure) -> None:
    assert figure.meaning.endswith(".")
    assert figure.title[0].isupper()
    assert figure.key == figure.key.lower()
    assert ("%" in figure.unit) == figure.key.endswith("_pct"), "a share is in percent, and its key says so"
    assert " a " not in figure.unit, "EUR per kg, not EUR a kg"


def test_titles_differ_and_all_that_is_shown_is_defined() -> None:
    titles = [figure.title for figure in FIGURES.values()]
    assert len(titles) == len(set(titles))
    assert {*KEYS, *BY_BATCH, *MONTHLY, *BY_YEAR} <= FIGURES.keys()
    assert figures_of(YEAR_REPORT)
    published = {figure.published for figure in FIGURES.values()} - {""}
    assert published <= {target.key for target in load_targets()}
