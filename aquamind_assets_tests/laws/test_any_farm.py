"""Farms that are arranged otherwise than the presets keep every law, in the ledger and in the tables."""

from pathlib import Path

import numpy as np

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets_tests.laws.any_farm import assert_all_laws


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


def test_two_geographies_of_one_code_keep_every_law(tmp_path: Path) -> None:
    past = assert_all_laws(two_of_one_code(), 1, tmp_path)
    assert set(past.ledgers[0].batches.geography) == {0, 1}
