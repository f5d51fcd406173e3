"""Every place and sensor is written once, on its day of commissioning."""

import numpy as np
import pytest

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.records.infrastructure.places import calibrations
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, year_days, year_of
from aquamind_assets_tests.records.hand_made import year_with
from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.release_2025_08 import RECORDERS

FRAMES = {
    "infrastructure_geography": ("geographies", "geography_id"),
    "infrastructure_area": ("areas", "area_id"),
    "infrastructure_freshwaterstation": ("stations", "station_id"),
    "infrastructure_hall": ("halls", "hall_id"),
    "infrastructure_containertype": ("container_types", "container_type_id"),
    "infrastructure_container": ("containers", "container_id"),
    "infrastructure_feedcontainer": ("feed_containers", "feed_container_id"),
}


@pytest.mark.parametrize("table", FRAMES)
def test_everything_is_written_in_its_year(table: str, history: list[YearInputs]) -> None:
    name, key = FRAMES[table]
    frame = getattr(history[0].infrastructure, name)
    for year in history[:4]:
        expected = getattr(frame, key)[year_of(frame.commissioned_day) == year.year]
        assert sorted(Table(table, rows_of(RECORDERS["infrastructure"], year))["id"].tolist()) == sorted(
            expected.tolist()
        )


def test_places_need_no_ledger() -> None:
    year = year_with(load_scenario("tiny"), 2015, [])
    assert len(Table("infrastructure_container", rows_of(RECORDERS["infrastructure"], year))) > 0
    assert len(Table("batch_species", rows_of(RECORDERS["reference_data"], year))) == 1


def test_each_container_has_its_history_row(history: list[YearInputs]) -> None:
    for year in history[:3]:
        blocks = rows_of(RECORDERS["infrastructure"], year)
        containers, changes = (
            Table("infrastructure_container", blocks),
            Table("infrastructure_historicalcontainer", blocks),
        )
        assert containers["id"].tolist() == changes["id"].tolist()
        for column in ("name", "volume_m3", "hall_id", "area_id", "max_biomass_kg", "created_at"):
            assert containers[column].tolist() == changes[column].tolist()
        assert set(changes["history_type"]) <= {"+"}


def test_a_container_stands_in_a_hall_or_in_an_area(history: list[YearInputs]) -> None:
    containers = Table("infrastructure_container", rows_of(RECORDERS["infrastructure"], history[0]))
    assert ((containers["hall_id"] == -1) != (containers["area_id"] == -1)).all()


def test_sensors_are_calibrated_when_installed_and_regularly_after() -> None:
    scenario = load_scenario("tiny")
    built = build(scenario)
    sensors = built.sensors
    period = scenario.water.calibration_days
    days = np.arange(year_days(2015).first, year_days(2018).end)
    day, number = calibrations(scenario, built, days)
    there = days[None, :] >= sensors.commissioned_day[:, None]
    assert (day <= days)[there].all()
    assert ((days - day)[there] <= period).all()
    assert (number[there & (days[None, :] == sensors.commissioned_day[:, None])] == 0).all()
    step = np.diff(number, axis=1)
    assert set(np.unique(step)) == {0, 1}
    assert (day[:, 1:][step == 1] == np.broadcast_to(days[1:], step.shape)[step == 1]).all()
    per_day = step.sum(axis=0)
    assert per_day.max() < 0.2 * len(sensors)


def test_the_last_calibration_is_as_of_the_latest_day(history: list[YearInputs]) -> None:
    sensors = Table("infrastructure_sensor", rows_of(RECORDERS["sensors"], history[2]))
    through, period = history[-1].ledger.through, history[2].scenario.water.calibration_days
    assert (sensors["last_calibration_date"] <= through).all()
    assert (through - sensors["last_calibration_date"] < period).all()
    assert (sensors["installation_date"] <= year_days(2017).end).all()
    assert (sensors["updated_at"] // MICROSECONDS_PER_DAY == sensors["last_calibration_date"]).all()
