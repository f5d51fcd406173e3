"""Groups of areas, tanks for parents, templates of activities and the chart of accounts."""

import re
from dataclasses import replace

import numpy as np
import pytest

from aquamind_assets.records.finance.accounts import ACCOUNTS, GROUPS
from aquamind_assets.records.finance.prices import SOLD_STAGES, grade_cents, intercompany_policies, stage_cents
from aquamind_assets.records.harvest.product_grades import QUALITIES, SIZES
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets_tests.records.release_2026_03.conftest import History


def test_every_area_is_in_a_group_of_its_geography(today: History) -> None:
    areas, groups = today.table("infrastructure_area"), today.table("infrastructure_areagroup")
    geography = dict(zip(groups["id"].tolist(), groups["geography_id"].tolist(), strict=True))
    parent = dict(zip(groups["id"].tolist(), groups["parent_id"].tolist(), strict=True))
    for group, place in zip(areas["area_group_id"].tolist(), areas["geography_id"].tolist(), strict=True):
        assert geography[group] == place
    for place in set(areas["geography_id"].tolist()):
        top = [group for group, above in parent.items() if above < 0 and geography[group] == place]
        assert len(top) == 1
        here = areas["geography_id"] == place
        used = set(areas["area_group_id"][here].tolist())
        assert used == {top[0]} if here.sum() == 1 else {parent[group] for group in used} == {top[0]}


def test_southern_areas_lie_south_of_northern_ones(today: History) -> None:
    areas, groups = today.table("infrastructure_area"), today.table("infrastructure_areagroup")
    code = dict(zip(groups["id"].tolist(), groups["code"], strict=True))
    side = np.array([code[one] for one in areas["area_group_id"].tolist()])
    compared = 0
    for place in np.unique(areas["geography_id"]):
        north, south = (areas["latitude"][(areas["geography_id"] == place) & (side == one)] for one in "NS")
        if north.size and south.size:
            assert south.max() < north.min()
            compared += 1
    assert compared


def test_each_station_has_tanks_for_parents_without_fish_of_batches(today: History) -> None:
    containers, halls = today.table("infrastructure_container"), today.table("infrastructure_hall")
    kinds = today.table("infrastructure_containertype")
    (kind,) = (one for one, name in zip(kinds["id"].tolist(), kinds["name"], strict=True) if "Broodstock" in name)
    tanks = containers["id"][containers["container_type_id"] == kind]
    station = dict(zip(halls["id"].tolist(), halls["freshwater_station_id"].tolist(), strict=True))
    at = [station[one] for one in containers["hall_id"][containers["container_type_id"] == kind].tolist()]
    stations = today.table("infrastructure_freshwaterstation")["id"].tolist()
    assert sorted(at) == sorted(stations * 2)
    assert not set(tanks.tolist()) & set(today.table("batch_batchcontainerassignment")["container_id"].tolist())
    assert set(today.table("broodstock_broodstockfish")["container_id"].tolist()) <= set(tanks.tolist())


def test_a_template_has_what_its_trigger_needs(today: History) -> None:
    templates = today.table("planning_activitytemplate")
    trigger = np.array(templates["trigger_type"])
    for name, column in (
        ("DAY_OFFSET", "day_offset"),
        ("WEIGHT_THRESHOLD", "weight_threshold_g"),
        ("STAGE_TRANSITION", "target_lifecycle_stage_id"),
    ):
        assert ((templates[column] >= 0) == (trigger == name)).all(), name
    assert set(trigger) == {"DAY_OFFSET", "WEIGHT_THRESHOLD", "STAGE_TRANSITION"}


def test_accounts_are_in_groups_of_their_number(today: History) -> None:
    assert len({code for code, *_ in GROUPS}) == len(GROUPS)
    assert len({code for code, *_ in ACCOUNTS}) == len(ACCOUNTS) == len(today.table("finance_core_account"))
    assert all(code.startswith(GROUPS[place][0]) for code, _, place in ACCOUNTS)


def test_every_grade_and_every_stage_that_is_sold_has_a_price(today: History) -> None:
    scenario = today.years[0].scenario
    of_grades, of_stages = grade_cents(scenario), stage_cents(scenario)
    assert of_grades.shape == (len(QUALITIES), len(SIZES))
    assert of_stages.shape == (len(SOLD_STAGES),)
    assert (np.diff(of_grades, axis=0) < 0).all()
    policies = today.table("finance_intercompanypolicy")
    geographies = len(today.table("infrastructure_geography"))
    assert len(policies) == geographies * (of_grades.size + of_stages.size)
    assert (policies["price_per_kg"] > 0).all()


def test_prices_are_those_of_the_scenario(today: History) -> None:
    changes = ["prices.smolt=9.99", "prices.superior=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10.01]", "prices.ordinary_percent=80"]
    scenario = load_scenario("tiny", changes)
    assert stage_cents(scenario).tolist() == [2_400, 999, 1_050]
    assert grade_cents(scenario)[:, -1].tolist() == [1_001, 800, 780]
    year = replace(today.years[0], scenario=scenario)
    (policies,) = intercompany_policies(year)
    first = policies.columns["price_per_kg"].values[: 3 + 30]
    assert first.tolist() == [2_400, 999, 1_050, *grade_cents(scenario).reshape(-1).tolist()]
    assert scenario.farm_fingerprint() == today.years[0].scenario.farm_fingerprint()
    assert scenario.fingerprint() != today.years[0].scenario.fingerprint()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("prices.production_percent=95", "production_percent 95 is above ordinary_percent 94"),
        ("prices.superior=[1, 2, 3]", "prices.superior"),
        ("prices.superior=[0.01, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "less than a cent"),
        ("prices.smolt=0", "prices.smolt"),
        ("prices.egg=1", "prices.egg"),
    ],
)
def test_nonsense_prices_are_refused(change: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(message)):
        load_scenario("tiny", [change])
