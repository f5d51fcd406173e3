"""A disease is data: a scenario file adds one, and no Python knows it."""

from pathlib import Path
from typing import get_args

import pytest

from aquamind_assets.records.health.lab_results import BLOOD
from aquamind_assets.records.master_ids import HEALTH_PARAMETERS
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.signs import GENERAL_SIGNS, Analyte, HealthParameter
from aquamind_assets_tests.records.histories import Table, inputs_of, rows_of, simulated
from aquamind_assets_tests.release_2025_08 import RECORDERS

FILE = Path(__file__).with_name("disease.yaml")
JOURNAL = RECORDERS["journal"]


def test_a_scenario_file_alone_adds_a_disease_that_breaks_out_and_is_written_down() -> None:
    scenario = load_scenario(FILE)
    row = [disease.key for disease in scenario.health.diseases].index("POX")
    farm = simulated(scenario, 2016)
    assert sum(int((ledger.outbreaks.disease == row).sum()) for ledger in farm.ledgers) > 0
    years = inputs_of(farm)
    texts = [
        str(text) for year in years for text in Table("health_journalentry", rows_of(JOURNAL, year))["description"]
    ]
    assert any("Salmon Gill Poxvirus Disease" in text for text in texts)
    assert any("fish gasping at the inlet" in text or "swollen gills" in text for text in texts)


def test_a_disease_without_signs_has_general_ones() -> None:
    changed = load_scenario(FILE).model_dump()
    disease = next(one for one in changed["health"]["diseases"] if one["key"] == "POX")
    del disease["signs"]
    assert next(one for one in Scenario(**changed).health.diseases if one.key == "POX").signs == GENERAL_SIGNS


def test_signs_name_what_records_have() -> None:
    assert set(get_args(HealthParameter)) == set(HEALTH_PARAMETERS)
    assert set(get_args(Analyte)) == BLOOD.keys()


@pytest.mark.parametrize(("change", "allowed"), [("scores.Gills=2", "Gill Condition"), ("blood.iron=2", "haematocrit")])
def test_unknown_signs_are_named(change: str, allowed: str) -> None:
    with pytest.raises(ScenarioError, match=allowed):
        load_scenario(FILE, [f"health.diseases.POX.signs.{change}"])


def test_more_diseases_than_bits_change_no_description_of_deaths() -> None:
    scenario = load_scenario(FILE)
    changed = scenario.model_dump()
    silent = next(one for one in changed["health"]["diseases"] if one["key"] == "POX") | {"yearly_probability": 0.0}
    changed["health"]["diseases"] += [
        silent | {"key": f"X{number}", "name": f"Disease {number}"} for number in range(60)
    ]

    def descriptions(of: Scenario) -> list[str]:
        years = inputs_of(simulated(of, 2016))
        tables = [Table("batch_mortalityevent", rows_of(RECORDERS["mortality"], year)) for year in years]
        return [str(text) for table in tables for text in table["description"]]

    before = descriptions(scenario)
    assert any(": " in text for text in before), "reasons are named"
    assert descriptions(Scenario(**changed)) == before
