"""Nonsense deep inside a scenario is refused before anything runs: place, value, and what is allowed."""

import pytest

from aquamind_assets.scenario.loading import ScenarioError, load_scenario


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ("farm.batches.eggs={low: -5, high: 0}", ["farm.batches.eggs", "low -5", "1 to 100,000,000"]),
        ("farm.batches.eggs={low: 0, high: 0}", ["low 0", "whole numbers from 1"]),
        ("farm.batches.eggs={low: 10.5, high: 20}", ["low 10.5", "whole numbers"]),
        ("farm.batches.eggs_mean=5", ["eggs_mean 5", "eggs.low 180,000 to eggs.high 220,000"]),
        ("farm.batches.month_weights=[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", ["month_weights are all 0"]),
        ("farm.batches.harvest_weight_g={low: -100, high: 5000}", ["harvest_weight_g", "low -100", "100 to 20,000"]),
        ("farm.batches.harvest_weight_g={low: 200, high: 5000}", ["Adult.entry_weight_g 500", "harvest_weight_g.low"]),
        ("farm.batches.growout_days={low: -9, high: 520}", ["growout_days", "low -9", "1 to 2,000"]),
        ("farm.batches.smolt_weight_g=20", ["smolt_weight_g 20", "Smolt.entry_weight_g 50"]),
        ("farm.batches.sea_transfer_months=[4, 4]", ["sea_transfer_months", "4 given more than once"]),
        ("feed.meal_times=['25:99', '07:00']", ["feed.meal_times.0", "'25:99'", "00:00 to 23:59"]),
        ("feed.meal_times=['11:00', '07:00', '15:00', '19:00']", ["11:00, 07:00", "from the first to the last"]),
        ("feed.meal_shares=[2.0, -1.0, 0.5, 0.5]", ["feed.meal_shares.0 = 2.0", "feed.meal_shares.1 = -1.0"]),
        ("feed.meal_shares=[0.3, 0.3, 0.3, 0.3]", ["meal_shares add up to 1.2 (07:00 0.3", "allowed: 1"]),
        ("feed.meal_shares=[0.5, 0.5]", ["meal_shares are 2, meal_times 4"]),
        ("feed.feeds.Starter 1.0 mm.price=-2", ["feed.feeds.Starter 1.0 mm.price = -2", "0.01"]),
        ("feed.feeds.Starter 1.0 mm.protein_percent=90", ["add up to 123", "at most 100"]),
        (
            f"feed.suppliers=[{', '.join(f'S{number}' for number in range(101))}]",
            ["feed.suppliers", "101 entries", "at most 100"],
        ),
        ("feed.feeds.Starter 1.0 mm=!remove", ["none for Parr from 5 g on"]),
        ("health.mortality.cause_shares_sea={disease: 0}", ["cause_shares_sea add up to 0 (disease 0)", "allowed: 1"]),
        (
            "health.mortality.cause_shares_sea={disease: 0.7, escape: 0.7, unknown: 0.7}",
            ["add up to 2.1 (disease 0.7, escape 0.7, unknown 0.7)"],
        ),
        ("health.mortality.cause_shares_sea={plague: 1}", ["cause_shares_sea.plague", "predation"]),
        ("health.sampling.growth_sample_size={low: -3, high: 10}", ["growth_sample_size", "low -3", "1 to 1,000"]),
        ("health.sampling.health_fish={low: 0, high: 10}", ["health_fish", "low 0"]),
        ("health.vaccines.standard.share=0.9", ["vaccines adds up to 1.2", "at most 1"]),
        ("health.diseases.PD.name=DISEASE", ["PD.name DISEASE", "recorded under that cause"]),
        ("health.diseases.PD.name=Furunculosis", ["health", "name Furunculosis given more than once"]),
        ("health.diseases.PD.key=FUR", ["the key FUR given more than once"]),
        ("health.diseases.PD.key=a/b", ["key = 'a/b'", "a letter, then letters"]),
        ("health.treatments.salt.temperature={low: -80, high: 25}", ["low -80"]),
        ("farm.container_types.tray.name=Start Tank", ["the name Start Tank given more than once"]),
        ("farm.container_types.tray.volume_m3=0.001", ["tray.volume_m3 = 0.001", "0.1"]),
        ("farm.container_types.cage_large.capacity_fish=1000", ["capacity_fish 1000", "density decides"]),
        ("farm.container_types.tray.max_weight_g=5", ["max_weight_g 5", "by their stage"]),
        ("farm.geographies.Scotland.name='Scot\0land'", ["Scot", "U+0000"]),
        (f"farm.geographies.Scotland.name={'x' * 101}", ["at most 100 characters"]),
        ("farm.geographies.Scotland.latitude={low: 500, high: 600}", ["latitude", "low 500", "-90 to 90"]),
        ("farm.geographies.Scotland.code=Scotland", ["code = 'Scotland'", "two capital letters"]),
        ("farm.geographies.Scotland.climate.salinity={low: -50, high: 500}", ["salinity", "low -50", "0 to 45"]),
        ("farm.geographies.Scotland.growout_tgc={low: -1, high: 2}", ["growout_tgc", "low -1"]),
        ("farm.geographies.Scotland.batch_share=0.5", ["add up to 1.15 (Faroe Islands 0.65, Scotland 0.5)"]),
        ("farm.geographies.Scotland.area_cages={cage_large: 0}", ["no cage for Post-Smolt, Adult"]),
        ("farm.geographies.Scotland.station_halls=[]", ["no hall for Egg&Alevin, Fry, Parr, Smolt"]),
        ("farm.stages.Fry.tgc={low: -1, high: 1}", ["farm.stages.Fry.tgc", "low -1", "0.1 to 10"]),
        ("farm.stages.Fry.fcr=null", ["fcr of Fry: none", "its fish are fed"]),
        ("farm.stages.Parr.entry_weight_g=60", ["Parr.entry_weight_g 60 is not below stages.Smolt.entry_weight_g 50"]),
        ("farm.eggs.hatch_degree_days=900", ["hatch_degree_days 900 are not below"]),
        ("farm.sea_density.1.max_kg_m3=5", ["10 kg/m3 below 1,000 g, then 5 kg/m3 below 2,000 g"]),
        ("biology.growth.heat={low: 14, high: 14}", ["low and high are both 14"]),
        ("biology.growth.oxygen_none={low: 50, high: 60}", ["oxygen_none.low 50 is not below oxygen_full.low 42"]),
        ("water.parameters.ph.acceptance={low: 7, high: 7}", ["low and high are both 7"]),
        ("water.probes.ph.noise_sd=.inf", ["noise_sd", "finite"]),
        ("seed=-1", ["seed = -1"]),
    ],
)
def test_nonsense_is_refused_by_place_value_and_what_is_allowed(change: str, parts: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario("demo", [change])
    for part in parts:
        assert part in str(error.value)


def test_a_farm_of_millions_of_containers_is_refused() -> None:
    hall = "farm.geographies.Scotland.station_halls.0"
    with pytest.raises(
        ScenarioError, match=r"geographies have 5,\d+,\d+ containers together; allowed: at most 200,000"
    ):
        load_scenario("demo", [f"{hall}.halls=50", f"{hall}.containers=500", "farm.geographies.Scotland.stations=200"])
