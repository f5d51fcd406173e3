"""Farms that are arranged otherwise than the presets keep every law, in the ledger and in the tables."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.cli.scenario import describe
from aquamind_assets.farm.batches.first_batch import geographies_without_room
from aquamind_assets.farm.batches.stocking import sequence_of
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.records.batch.collection import collected_deaths, deaths_by_cause
from aquamind_assets.reports.history import read_history
from aquamind_assets.reports.sites import site_days
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import year_days
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.laws.any_farm import assert_all_laws
from aquamind_assets_tests.slow_cases import slow_after


def two_of_one_code() -> Scenario:
    return load_scenario(
        "tiny",
        [
            "water.readings_per_day=1",
            "farm.geographies.Scotland.code=FO",
            "farm.geographies.Scotland.areas=3",
            "farm.geographies.Scotland.batch_share=0.5",
            "farm.geographies.Faroe Islands.batch_share=0.5",
            "farm.batches.active_max=8",
            "farm.batches.active_target=6",
            "farm.batches.eggs_mean=30000",
            "farm.batches.eggs={low: 25000, high: 35000}",
        ],
    )


def test_places_have_names_of_their_own_across_geographies_of_one_code() -> None:
    built = build(two_of_one_code())
    for places in (built.areas, built.stations):
        assert np.unique(places.name.astype(str)).size == len(places)
    assert list(build(load_scenario("tiny")).areas.name[:3]) == list(built.areas.name[:3])


@pytest.mark.slow
def test_two_geographies_of_one_code_keep_every_law(tmp_path: Path) -> None:
    past = assert_all_laws(two_of_one_code(), 1, tmp_path)
    assert set(past.ledgers[0].batches.geography) == {0, 1}


SITES = """
  - {name: Ardcastle, latitude: 56.1, longitude: -5.2, cages: {cage_large: 3}}
  - {name: Quarry Point, latitude: 56.0, longitude: -5.3, cages: {cage_large: 2, cage_medium: 2},
    water: {temperature: [7, 6, 6, 7, 9, 11, 13, 14, 13, 12, 10, 8]}}
"""


@pytest.mark.slow
def test_sites_have_their_own_name_place_cages_and_water(tmp_path: Path) -> None:
    changes = [f"farm.geographies.Faroe Islands.sites={SITES}", "farm.geographies.Faroe Islands.areas=1"]
    past = assert_all_laws(load_scenario("tiny", ["water.readings_per_day=1", *changes]), 2, tmp_path)
    areas, containers = past.infrastructure.areas, past.infrastructure.containers
    assert list(areas.name[1:3]) == ["Ardcastle", "Quarry Point"]
    assert list(areas.latitude[1:3]) == [56.1, 56.0]
    assert list(np.bincount(containers.area[containers.area >= 0])[1:3]) == [3, 4]


@pytest.mark.parametrize(
    "changes",
    slow_after(
        1,
        [
            ["farm.geographies.Scotland.areas=0"],
            ["farm.geographies.Scotland.stations=0", "farm.geographies.Scotland.station_halls=[]"],
            ["farm.geographies.Scotland=!remove"],
        ],
    ),
)
def test_a_geography_may_lack_the_sea_or_freshwater_or_be_left_out(changes: list[str], tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert_all_laws(load_scenario("tiny", ["water.readings_per_day=1", *changes]), 1, tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["farm.geographies.Faroe Islands.stations=0"], "Faroe Islands: no hall for Egg&Alevin, Fry, Parr, Smolt"),
        (["farm.geographies.Faroe Islands.areas=0"], "Faroe Islands: no sea area"),
        (["farm.geographies.Faroe Islands.area_cages={cage_medium: 2}"], "every cage for Adult has a max_weight_g"),
        (["farm.geographies.Scotland.area_cages={tray: 2}"], "tray do not stand there.*cage_large"),
        ([f"farm.geographies.Scotland.sites=[{SITES.splitlines()[1][4:]}, {SITES.splitlines()[1][4:]}]"], "Ardcastle"),
    ],
)
def test_where_batches_start_is_a_place_for_every_stage(changes: list[str], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        load_scenario("tiny", changes)


@pytest.mark.slow
def test_a_farm_in_another_country_keeps_every_law(tmp_path: Path) -> None:
    changes = ["water.readings_per_day=1", "farm.batches.eggs_mean=60000", "farm.batches.eggs={low: 5e4, high: 7e4}"]
    past = assert_all_laws(load_scenario("norway", changes), 1, tmp_path)
    assert not set(past.infrastructure.areas.name) & set(build(load_scenario("demo")).areas.name)


def test_geographies_without_words_of_their_own_share_none() -> None:
    scenario = load_scenario("tiny", ["farm.geographies.Scotland.code=CA", "farm.geographies.Faroe Islands.code=CL"])
    built = build(scenario)
    assert np.unique(built.areas.name.astype(str)).size == len(built.areas)
    staff_names = [str(name) for name in built.stations.name]
    assert len(set(staff_names)) == len(staff_names)


STOCK = """
  - {site: Ardcastle, day: 2014-04-01, fish: 90000, weight_g: 2300}
  - {site: Quarry Point, day: 2015-03-10, fish: 60000, weight_g: 120, cages: 3, supplier: Smolt Station North}
"""

SEA_ONLY = (
    "water.readings_per_day=1",
    "farm.geographies.Scotland=!remove",
    f"farm.geographies.Faroe Islands.sites={SITES}",
    "farm.geographies.Faroe Islands.areas=0",
    "farm.geographies.Faroe Islands.stations=0",
    "farm.geographies.Faroe Islands.batch_share=0",
    f"farm.batches.stock={STOCK}",
)


def test_fish_stand_in_the_cages_of_a_farm_without_freshwater(tmp_path: Path) -> None:
    past = assert_all_laws(load_scenario("tiny", SEA_ONLY), 2, tmp_path)
    batches, days, built = past.ledgers[0].batches, past.container_days, past.infrastructure
    assert list(batches.eggs) == [90000, 60000]
    assert list(batches.egg_supplier) == ["bought smolts", "Smolt Station North"]
    first = days.take(days.day == days.day.min())
    assert first.moved_in.sum() == 90000
    assert set(built.areas.name[built.containers.area[first.container]]) == {"Ardcastle"}
    moves = [ledger.movements for ledger in past.ledgers]
    assert sum(one.count[one.kind == Movement.HARVEST].sum() for one in moves) > 50000
    with open_warehouse(f"sqlite:///{tmp_path / 'farm.db'}", "2025-08") as warehouse:
        history = read_history(warehouse, [2015, 2016])
    assert history["stocked"]["fish"].sum() == 150000
    assert history["stocked"]["kg"].sum() == pytest.approx(90000 * 2.3 + 60000 * 0.12)
    at_sea = site_days(history)
    here = days.take(days.day <= days.day.max() - 1)
    evening = at_sea["opening"] + at_sea["in"] - at_sea["out"] - at_sea["dead"]
    assert evening[at_sea["day"] < "2016-12-31"].sum() == here.closing.sum() + sum(map(uncollected, past.ledgers)) > 0


def uncollected(ledger: Ledger) -> int:
    """Dead fish that wait to be collected and that the tables count as living, summed over the evenings of the year."""
    fish, dead = collected_deaths(ledger.container_days, year_days(ledger.year))
    order = np.lexsort([fish.day, fish.assignment_id])
    return int(np.cumsum((deaths_by_cause(fish) - dead).sum(axis=1)[order]).sum())


def test_stock_is_drawn_by_its_site_and_day() -> None:
    turned = [*SEA_ONLY, "farm.batches.stock.0.cages=3", "farm.batches.stock.1.fish=100"]
    ours, theirs = (load_scenario("tiny", changes).farm.batches.stock for changes in (SEA_ONLY, turned))
    assert list(map(sequence_of, ours)) == list(map(sequence_of, theirs))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("farm.batches.stock.0.site=Nowhere", "batches.stock.site: Nowhere not defined; allowed: Ardcastle, Quarry P"),
        ("farm.batches.stock.0.fish=3000000", "stock of Ardcastle on 2014-04-01: 3,000,000 fish.*allowed: at most 4"),
        ("farm.batches.stock.0.day=2014-04-31", "stock.0.day = '2014-04-31'"),
        ("farm.batches.stock=[]", "batch_share of the geographies add up to 0"),
    ],
)
def test_stock_that_cannot_be_is_refused(change: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        load_scenario("tiny", [*SEA_ONLY, change])


def test_larvae_go_where_the_current_takes_them() -> None:
    """Lice of one site reach the other one, in the direction of the matrix, and nothing else changes."""
    alone, joined = (
        next(iter(simulate_years(scenario, build(scenario), [2015]))).ledger
        for scenario in (
            load_scenario("tiny", [*SEA_ONLY, change])
            for change in ("health.lice.connectivity={}", "health.lice.connectivity={Ardcastle: {Quarry Point: 1.0}}")
        )
    )
    pressure = {}
    for name, ledger in (("alone", alone), ("joined", joined)):
        days = ledger.container_days.take(ledger.container_days.day < 16520)
        for site, cages in (("Ardcastle", range(3)), ("Quarry Point", range(3, 7))):
            pressure[name, site] = days.infection_pressure[np.isin(days.container, cages)].sum()
    assert pressure["joined", "Ardcastle"] == pressure["alone", "Ardcastle"]
    assert pressure["joined", "Quarry Point"] > pressure["alone", "Quarry Point"] > 0


def test_connectivity_is_between_sites() -> None:
    for matrix in ("{Ardcastle: {Ardcastle: 0.5}}", "{Ardcastle: {Nowhere: 0.5}}", "{Nowhere: {Ardcastle: 0.5}}"):
        with pytest.raises(ScenarioError, match=r"connectivity.*not defined; allowed: "):
            load_scenario("tiny", [*SEA_ONLY, f"health.lice.connectivity={matrix}"])


def test_a_geography_in_which_no_batch_has_room_is_known_before_the_run() -> None:
    half = ["farm.geographies.Scotland.batch_share=0.5", "farm.geographies.Faroe Islands.batch_share=0.5"]
    scenario = load_scenario("tiny", half)
    assert geographies_without_room(scenario, build(scenario)) == ["Scotland"]
    assert "Warning: no batch will start in Scotland." in describe(scenario)
    for preset in ("tiny", "demo", "norway", "loch_fyne"):
        assert "Warning" not in describe(load_scenario(preset))
