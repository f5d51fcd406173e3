"""Measured water of a site, from a CSV file to its days."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.sites.climate import sea_temperature_normal, site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.site_water import CsvError, read_csv

MONTHS = "month,temperature\n" + "".join(f"{month},{5 + abs(7 - month) * -0.5 + 6}\n" for month in range(1, 13))

SITE = "{name: Quarry Point, latitude: 56.0, longitude: -5.3, cages: {cage_large: 2}, water: water.csv}"


def farm(tmp_path: Path, csv: str, extra: str = "") -> tuple[Scenario, Infrastructure]:
    (tmp_path / "water.csv").write_text(csv, "utf-8")
    (tmp_path / "farm.yaml").write_text(
        f"extends: tiny\nfarm: {{geographies: {{Scotland: {{areas: 1, sites: [{SITE}]{extra}}}}}}}\n", "utf-8"
    )
    scenario = load_scenario(tmp_path / "farm.yaml")
    return scenario, build(scenario)


def of_site(scenario: Scenario, built: Infrastructure, year: int, name: str) -> np.ndarray:
    """A column of the site's days of a year."""
    site = list(built.areas.name).index("Quarry Point")
    climate = site_days(scenario, built, year)
    return getattr(climate, name)[climate.site == site]


def test_a_file_of_months_is_the_season_of_its_site(tmp_path: Path) -> None:
    steady = ", climate: {year_effect_sd: 0, anomaly_sd: 0}, sea: {stratification: {low: 0, high: 0}}"
    scenario, built = farm(tmp_path, MONTHS, steady)
    temperature = of_site(scenario, built, 2016, "temperature")
    days = timeline.year_days(2016).days
    means = [temperature[timeline_month(days) == month].mean() for month in range(1, 13)]
    given = [float(line.split(",")[1]) for line in MONTHS.splitlines()[1:]]
    np.testing.assert_allclose(means, given, atol=0.25)
    place = list(built.areas.name).index("Quarry Point")
    np.testing.assert_allclose(sea_temperature_normal(scenario, built, days)[place], temperature, atol=1e-5)


def timeline_month(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12 + 1


def test_logged_days_are_the_water_of_these_days_and_gaps_are_filled(tmp_path: Path) -> None:
    lines = ["date, temperature, salinity", "2016-05-01, 8.5, 31", "2016-05-11, 9.5,", "2016-08-01, 13, 30"]
    scenario, built = farm(tmp_path, "\n".join(lines))
    temperature = of_site(scenario, built, 2016, "temperature")
    first = timeline.day_number(date(2016, 5, 1)) - timeline.year_days(2016).first
    np.testing.assert_allclose(temperature[first : first + 11], np.linspace(8.5, 9.5, 11), atol=1e-5)
    assert of_site(scenario, built, 2016, "salinity")[first] == pytest.approx(31)
    assert np.isfinite(temperature).all()
    # The log's months are the season of all other days and years.
    assert 7 < of_site(scenario, built, 2018, "temperature").mean() < 13


def test_measured_salinity_is_the_usual_one_and_rain_moves_it(tmp_path: Path) -> None:
    months = "month,salinity\n" + "".join(f"{month},30\n" for month in range(1, 13))
    scenario, built = farm(tmp_path, months, ", sea: {runoff: {low: 2, high: 2}}")
    salinity = np.concatenate([of_site(scenario, built, year, "salinity") for year in range(2015, 2019)])
    assert salinity.mean() == pytest.approx(30, abs=0.4)
    assert 0.3 < salinity.std() < 2


def test_warming_reaches_measured_water(tmp_path: Path) -> None:
    cold = of_site(*farm(tmp_path, MONTHS), 2016, "temperature")
    warm = of_site(*farm(tmp_path, MONTHS, ", climate: {warming: 2}"), 2016, "temperature")
    np.testing.assert_allclose(warm, cold + 2, atol=1e-5)


def test_what_the_file_holds_decides_the_fingerprint(tmp_path: Path) -> None:
    before = farm(tmp_path, MONTHS)[0].fingerprint()
    assert farm(tmp_path, MONTHS.replace("month,", "month, "))[0].fingerprint() == before
    assert farm(tmp_path, MONTHS.replace("1,8", "1,7"))[0].fingerprint() != before


def test_other_water_is_as_without_the_site(tmp_path: Path) -> None:
    scenario, built = farm(tmp_path, MONTHS)
    alone = load_scenario("tiny", ["farm.geographies.Scotland.areas=1"])
    theirs = site_days(alone, build(alone), 2016)
    ours = site_days(scenario, built, 2016)
    area = len(build(alone).areas) - 1
    np.testing.assert_array_equal(ours.temperature[ours.site == area], theirs.temperature[theirs.site == area])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["line 1", "no columns", "month or date"]),
        ("day,temperature\n1,4", ["line 1", "day, temperature", "month or date"]),
        ("month\n1", ["line 1", "temperature, salinity or both"]),
        ("month,temperature,temperature\n1,4,4", ["line 1"]),
        ("month,temperature\n13,4", ["line 2", "month '13'", "1 to 12"]),
        ("month,temperature\n1,4", ["months 2, 3", "missing"]),
        ("date,temperature\n2016-02-30,4", ["line 2", "2016-02-30", "calendar"]),
        ("date,temperature\n2016-02-20,warm", ["line 2", "temperature 'warm'", "numbers"]),
        ("date,temperature\n2016-02-20", ["line 2", "2 values"]),
        ("date,temperature\n2016-02-20,3,4", ["line 2", "2 values"]),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_line_and_value(text: str, parts: list[str]) -> None:
    with pytest.raises(CsvError) as error:
        read_csv(text)
    for part in parts:
        assert part in str(error.value)


def test_the_scenario_names_the_file_and_the_place(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"farm\.yaml: water: .*water\.csv, line 2: month 'x'"):
        farm(tmp_path, "month,temperature\nx,1\n")
    (tmp_path / "water.csv").unlink()
    with pytest.raises(Exception, match=r"water of a site .*water\.csv cannot be used: No such file"):
        load_scenario(tmp_path / "farm.yaml")
    with pytest.raises(ScenarioError, match=r"sites\.Quarry Point\.water\.temperature\.3 = 99"):
        farm(tmp_path, MONTHS.replace("4,9.5", "4,99"))
    with pytest.raises(ScenarioError, match=r"sites\.Quarry Point\.water: temperature: 1 of 12"):
        load_scenario("tiny", [f"farm.geographies.Scotland.sites=[{SITE.replace('water.csv', '{temperature: [1]}')}]"])
