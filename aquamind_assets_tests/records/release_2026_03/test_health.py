"""Lice by type, scores from 0 to 3, and readings with their stay."""

from dataclasses import replace

import numpy as np

from aquamind_assets.ledger.model import LiceCounts
from aquamind_assets.records.fish_traits import TRAITS
from aquamind_assets.records.health.lice_counts_by_type import COUNTED
from aquamind_assets.timeline import DayRange
from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.records.release_2026_03.conftest import RECORDERS, History
from aquamind_assets_tests.release_2025_08 import RECORDERS as BEFORE


def test_lice_by_type_are_those_of_the_ledger(today: History) -> None:
    counts = LiceCounts.concat([year.ledger.lice_counts for year in today.years])
    rows, types = today.table("health_licecount"), today.table("health_licetype")
    named = {
        one: (species, gender, stage)
        for one, species, gender, stage in zip(
            types["id"].tolist(), *(types[name] for name in ("species", "gender", "development_stage")), strict=True
        )
    }
    assert [named[one] for one in rows["lice_type_id"].tolist()] == list(COUNTED) * len(counts)
    lice = rows["count_value"].reshape(len(counts), len(COUNTED))
    assert lice[:, 0].tolist() == counts.adult_female.tolist()
    assert lice[:, 1].tolist() == counts.adult_male.tolist()
    assert lice[:, 2:].sum(axis=1).tolist() == counts.juvenile.tolist()
    assert (lice[:, 2:].sum(axis=0) > 20).all()
    assert rows["assignment_id"].tolist() == np.repeat(counts.assignment_id, len(COUNTED)).tolist()
    for old in ("adult_female_count", "adult_male_count", "juvenile_count"):
        assert not rows[old].any()


def test_scores_are_those_of_the_release_before_on_the_scale_from_zero(today: History) -> None:
    scores, traits = today.table("health_fishparameterscore"), today.table("health_healthparameter")
    recorder = BEFORE["health_samplings"]
    then = [replace(year, release="2025-08") for year in today.years]
    before = Table("health_fishparameterscore", [block for year in then for block in rows_of(recorder, year)])
    assert scores["score"].min() == 0
    assert scores["score"].max() == 3
    by_fish = np.minimum(before["score"] - 1, 3).reshape(-1, 10)
    now = scores["score"].reshape(-1, sum(trait.shows is not None for trait in TRAITS))
    assert np.sort(now, axis=1).tolist() == np.sort(by_fish, axis=1).tolist()
    known = dict(zip(traits["id"].tolist(), traits["name"], strict=True))
    scored = {known[one] for one in np.unique(scores["parameter_id"]).tolist()}
    assert scored == {trait.name for trait in TRAITS if trait.shows is not None}


def test_readings_name_the_stay_of_their_batch(today: History) -> None:
    year = today.years[2]
    first = year.days.first
    blocks = list(RECORDERS["environmental_readings"].rows_of_days(year, DayRange(first, first + 30)))
    readings, stays = Table("environmental_environmentalreading", blocks), today.table("batch_batchcontainerassignment")
    batch_of = dict(zip(stays["id"].tolist(), stays["batch_id"].tolist(), strict=True)) | {-1: -1}
    container_of = dict(zip(stays["id"].tolist(), stays["container_id"].tolist(), strict=True))
    stay = readings["batch_container_assignment_id"]
    assert [batch_of[one] for one in stay.tolist()] == readings["batch_id"].tolist()
    inside = stay >= 0
    assert 0 < inside.sum() < stay.size
    assert [container_of[one] for one in stay[inside].tolist()] == readings["container_id"][inside].tolist()
