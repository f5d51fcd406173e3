"""Weather and daylight of the sea areas."""

import numpy as np
import pytest

from aquamind_assets.records.environmental.weather import day_length_hours
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, day_number, to_date, year_days
from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.release_2025_08 import RECORDERS


@pytest.fixture(scope="module")
def weather(history: list[YearInputs]) -> Table:
    return Table("environmental_weatherdata", rows_of(RECORDERS["weather"], history[1]))


@pytest.fixture(scope="module")
def daylight(history: list[YearInputs]) -> Table:
    return Table("environmental_photoperioddata", rows_of(RECORDERS["weather"], history[1]))


@pytest.mark.parametrize(
    ("date", "latitude", "hours"),
    [
        # timeanddate.com, sunrise to sunset: Torshavn (62.01 N) and Oban (56.41 N).
        ("2016-06-21", 62.01, 19.69),
        ("2016-12-21", 62.01, 4.99),
        ("2016-03-20", 62.01, 12.2),
        ("2016-06-21", 56.41, 17.72),
        ("2016-12-21", 56.41, 6.80),
    ],
)
def test_day_length_follows_latitude_and_season(date: str, latitude: float, hours: float) -> None:
    day = np.array([np.datetime64(date, "D").astype(int)])
    assert abs(day_length_hours(day, np.array([latitude]))[0] - hours) < 0.2


def test_day_length_is_bounded_beyond_the_polar_circle() -> None:
    day = np.array(
        [
            day_number(to_date(0).replace(year=2016, month=6, day=21)),
            day_number(to_date(0).replace(year=2016, month=12, day=21)),
        ]
    )
    assert day_length_hours(day, np.array([80.0, 80.0])).tolist() == [24.0, 0.0]


def test_one_row_for_each_commissioned_area_and_date(history: list[YearInputs], daylight: Table) -> None:
    areas = history[1].infrastructure.areas
    days = year_days(2016)
    expected = sum(days.end - max(days.first, first) for first in areas.commissioned_day.tolist() if first < days.end)
    pairs = set(zip(daylight["area_id"].tolist(), daylight["date"].tolist(), strict=True))
    assert len(pairs) == len(daylight) == expected


def test_four_observations_a_day_and_area(daylight: Table, weather: Table) -> None:
    pairs = set(zip(weather["area_id"].tolist(), weather["timestamp"].tolist(), strict=True))
    assert len(pairs) == len(weather) == 4 * len(daylight)


def test_observations_are_about_the_climate_of_their_day(history: list[YearInputs], weather: Table) -> None:
    climate, areas = history[1].climate, history[1].infrastructure.areas
    sites = len(history[1].infrastructure.sites)
    rain = climate.precipitation.reshape(-1, sites)
    air = climate.air_temperature.reshape(-1, sites)
    first = year_days(2016).first
    area = int(np.flatnonzero(areas.commissioned_day < first)[0])
    mine = weather["area_id"] == areas.area_id[area]
    day = weather["timestamp"][mine] // MICROSECONDS_PER_DAY - first
    fallen = np.bincount(day, weather["precipitation"][mine] / 100)
    assert np.abs(fallen - rain[:, area]).max() < 0.03
    mean = np.bincount(day, weather["temperature"][mine] / 100) / 4
    assert np.abs(mean - air[:, area]).max() < 1.0
    hour = weather["timestamp"][mine] % MICROSECONDS_PER_DAY
    assert (
        weather["temperature"][mine][hour > MICROSECONDS_PER_DAY * 0.6].mean()
        > weather["temperature"][mine][hour < MICROSECONDS_PER_DAY * 0.3].mean()
    )


def test_high_waves_are_long(weather: Table) -> None:
    height, period = weather["wave_height"], weather["wave_period"]
    assert period[height > 300].min() > period[height < 100].max()
