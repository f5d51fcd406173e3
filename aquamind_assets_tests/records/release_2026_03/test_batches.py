"""Master data, batches and their stays as release 2026-03 has them."""

import numpy as np

from aquamind_assets.records.fish_traits import LABELS, TRAITS
from aquamind_assets.records.lice_types import LICE_TYPES
from aquamind_assets_tests.records.release_2026_03.conftest import History


def test_scores_of_all_traits_are_defined_from_zero_to_three(today: History) -> None:
    traits, scores = today.table("health_healthparameter"), today.table("health_parameterscoredefinition")
    assert len(set(traits["name"])) == len(TRAITS) == 12
    assert (traits["min_score"] == 0).all()
    assert (traits["max_score"] == 3).all()
    defined = set(zip(scores["parameter_id"].tolist(), scores["score_value"].tolist(), strict=True))
    assert defined == {(trait, score) for trait in traits["id"].tolist() for score in range(4)}
    assert len(scores) == len(defined) == len(TRAITS) * len(LABELS)
    assert all(scores["description"])


def test_there_are_the_types_of_lice_that_migrations_make(today: History) -> None:
    types = today.table("health_licetype")
    assert len(types) == len(set(LICE_TYPES)) == 15
    assert set(types["gender"]) == {"female", "male", "unknown"}


def test_every_stage_has_a_usual_duration(today: History) -> None:
    days = today.table("batch_lifecyclestage")["typical_duration_days"]
    assert days.size == 6
    assert (days > 20).all()


def test_diseases_are_reasons_under_disease(today: History) -> None:
    reasons = today.table("health_mortalityreason")
    name = dict(zip(reasons["id"].tolist(), reasons["name"], strict=True))
    diseases = today.years[0].scenario.health.diseases
    under = {one: name.get(parent) for one, parent in zip(reasons["name"], reasons["parent_id"].tolist(), strict=True)}
    assert {one for one, parent in under.items() if parent == "DISEASE"} == {disease.name for disease in diseases}
    assert set(under.values()) == {None, "DISEASE"}


def test_the_temperature_has_the_name_that_aquamind_looks_up(today: History) -> None:
    assert "temperature" in today.table("environmental_environmentalparameter")["name"]


def test_ids_of_batches_areas_and_stations_have_four_bytes(today: History) -> None:
    for table in ("batch_batch", "infrastructure_area", "infrastructure_freshwaterstation"):
        assert today.table(table)["id"].max() < 2**31


def test_a_stay_knows_the_newest_sample_of_its_batch(today: History) -> None:
    """AquaMind sets the day with every sample, at all stays of the batch that are active then. Samples of stays that
    ended in an earlier year than the stay are left out."""
    stays, samples = today.table("batch_batchcontainerassignment"), today.table("batch_growthsample")
    batch_of = dict(zip(stays["id"].tolist(), stays["batch_id"].tolist(), strict=True))
    end_of = dict(zip(stays["id"].tolist(), stays["departure_date"].tolist(), strict=True))
    by_batch: dict[int, list[tuple[int, int]]] = {}
    for stay, day in zip(samples["assignment_id"].tolist(), samples["sample_date"].tolist(), strict=True):
        by_batch.setdefault(batch_of[stay], []).append((day, end_of[stay]))
    through = today.years[-1].lives.through
    weighed = 0
    for stay, batch, start, end, known in zip(
        *(
            stays[name].tolist()
            for name in ("id", "batch_id", "assignment_date", "departure_date", "last_weighing_date")
        ),
        strict=True,
    ):
        last = end if end >= 0 else through
        new_year = int(np.datetime64(last, "D").astype("datetime64[Y]").astype("datetime64[D]").astype(int))
        days = [
            day
            for day, its_end in by_batch.get(batch, [])
            if start < day <= last and (its_end < 0 or its_end >= new_year)
        ]
        assert known == max(days, default=-1), stay
        weighed += bool(days)
    assert weighed > 50
