"""What the farm is built of, at every scale."""

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.farm.sites.place_names import area_names, station_names
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario

PRESETS = ("tiny", "demo", "bakkafrost")


@pytest.fixture(scope="module", params=PRESETS)
def farm(request: pytest.FixtureRequest) -> tuple[Scenario, Infrastructure]:
    scenario = load_scenario(request.param)
    return scenario, build(scenario)


def test_full_scale_has_the_specified_totals() -> None:
    built = build(load_scenario("bakkafrost"))
    assert len(built.containers) >= 4_230
    assert np.count_nonzero(built.containers.area >= 0) == 480
    assert len(built.sensors) >= 37_530


def test_ids_are_unique_and_of_the_day_of_commissioning(farm: tuple[Scenario, Infrastructure]) -> None:
    _, built = farm
    for frame, identity in (
        (built.geographies, "geography_id"),
        (built.areas, "area_id"),
        (built.stations, "station_id"),
        (built.halls, "hall_id"),
        (built.container_types, "container_type_id"),
        (built.containers, "container_id"),
        (built.sensors, "sensor_id"),
        (built.feed_containers, "feed_container_id"),
    ):
        ids = getattr(frame, identity)
        assert np.unique(ids).size == len(frame)
        base = timeline.row_ids(frame.commissioned_day, np.zeros(len(frame)))
        assert np.all((ids >= base) & (ids < base + timeline.WIDE_DAY_ROWS))


def test_names_are_unique_where_they_stand_and_fit_the_database(farm: tuple[Scenario, Infrastructure]) -> None:
    _, built = farm
    places = {
        "areas": built.areas.name,
        "stations": built.stations.name,
        "halls": list(zip(built.halls.station, built.halls.name, strict=True)),
        "containers": list(zip(built.containers.site, built.containers.name, strict=True)),
        "sensors": list(zip(built.sensors.container, built.sensors.name, strict=True)),
        "feed containers": list(zip(built.feed_containers.site, built.feed_containers.name, strict=True)),
    }
    for label, names in places.items():
        assert len(set(names)) == len(names), label
    everything = [built.areas, built.stations, built.halls, built.containers, built.sensors, built.feed_containers]
    assert max(len(name) for frame in everything for name in frame.name) <= 100
    assert len(set(built.sensors.serial_number)) == len(built.sensors)


def test_each_container_stands_in_one_place_that_was_there_first(farm: tuple[Scenario, Infrastructure]) -> None:
    _, built = farm
    containers, sites = built.containers, built.sites
    assert np.all((containers.hall >= 0) != (containers.area >= 0))
    np.testing.assert_array_equal(sites.area[containers.site], containers.area)
    np.testing.assert_array_equal(sites.hall[containers.site], containers.hall)
    assert np.all(containers.commissioned_day >= sites.commissioned_day[containers.site])
    assert np.all(built.sensors.commissioned_day >= containers.commissioned_day[built.sensors.container])
    # Cages come first: the farm uses a cage's row as its row among the cages.
    assert np.all(np.diff((containers.area >= 0).astype(int)) <= 0)


def test_positions_lie_in_their_geography(farm: tuple[Scenario, Infrastructure]) -> None:
    scenario, built = farm
    for frame in (built.areas, built.stations):
        for row in range(len(frame)):
            spec = scenario.farm.geographies[frame.geography[row]]
            assert spec.latitude.low <= frame.latitude[row] <= spec.latitude.high
            assert spec.longitude.low <= frame.longitude[row] <= spec.longitude.high


def test_most_is_built_in_the_first_year_and_all_by_the_end_of_session_1() -> None:
    scenario = load_scenario("bakkafrost")
    built = build(scenario)
    years = timeline.year_of(built.containers.commissioned_day)
    assert abs(np.mean(years == scenario.first_year) - scenario.farm.first_year_share) < 0.1
    assert years.max() == scenario.sessions[0].last_year
    # Whole stations and areas: a batch that starts in the first year finds every stage's containers.
    for geography in range(len(built.geographies)):
        first = (built.stations.geography == geography) & (
            timeline.year_of(built.stations.commissioned_day) == scenario.first_year
        )
        assert first.any()
        assert np.any(
            (built.areas.geography == geography)
            & (timeline.year_of(built.areas.commissioned_day) == scenario.first_year)
        )


def test_every_site_has_a_silo_for_each_feed_its_stages_eat(farm: tuple[Scenario, Infrastructure]) -> None:
    scenario, built = farm
    silos = set(zip(built.feed_containers.site.tolist(), built.feed_containers.feed.tolist(), strict=True))
    assert len(silos) == len(built.feed_containers)
    for site, kind in set(zip(built.containers.site.tolist(), built.containers.container_type.tolist(), strict=True)):
        for feed, spec in enumerate(scenario.feed.feeds):
            if set(spec.stages) & set(scenario.farm.container_types[kind].stages):
                assert (site, feed) in silos
    assert np.all(built.feed_containers.capacity_kg > built.feed_containers.reorder_kg)


def test_a_place_added_leaves_the_others_where_they_are() -> None:
    small, large = build(load_scenario("demo")), build(load_scenario("demo", ["farm.geographies.Scotland.areas=5"]))
    known = len(small.areas)
    np.testing.assert_array_equal(small.areas.latitude, large.areas.latitude[:known])
    np.testing.assert_array_equal(small.areas.name, large.areas.name[:known])


@pytest.mark.parametrize("code", ["FO", "SC"])
def test_names_never_run_out_or_repeat(code: str) -> None:
    for names in (area_names(code), station_names(code)):
        taken = [next(names) for _ in range(500)]
        assert len(set(taken)) == 500
        assert all(name == name.strip() and len(name) <= 100 for name in taken)
