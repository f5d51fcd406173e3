"""The single fish of growth samples: the sample is computed from them, as AquaMind computes it."""

import numpy as np

from aquamind_assets_tests.records.release_2026_03.conftest import History


def test_a_sample_is_that_of_its_fish(today: History) -> None:
    samples, fish = today.table("batch_growthsample"), today.table("batch_individualgrowthobservation")
    sample = np.searchsorted(samples["id"], fish["growth_sample_id"])
    size = np.bincount(sample, minlength=len(samples))
    assert size.tolist() == samples["sample_size"].tolist()
    assert len(samples) > 500
    for value, mean, deviation in (
        ("weight_g", "avg_weight_g", "std_deviation_weight"),
        ("length_cm", "avg_length_cm", "std_deviation_length"),
    ):
        average = np.bincount(sample, fish[value]) / size
        assert np.abs(average - samples[mean]).max() <= 0.5000001, value
        squares = np.bincount(sample, (fish[value] - average[sample]) ** 2)
        several = size > 1
        spread = np.sqrt(squares[several] / (size[several] - 1))
        assert np.abs(spread - samples[deviation][several]).max() <= 0.5000001, value
    lightest = np.full(len(samples), np.iinfo(np.int64).max)
    np.minimum.at(lightest, sample, fish["weight_g"])
    assert lightest.tolist() == samples["min_weight_g"].tolist()


def test_fish_of_a_sample_are_numbered_from_one(today: History) -> None:
    fish = today.table("batch_individualgrowthobservation")
    names = set(zip(fish["growth_sample_id"].tolist(), fish["fish_identifier"], strict=True))
    assert len(names) == len(fish)
    first = np.flatnonzero(np.r_[True, np.diff(fish["growth_sample_id"]) != 0])
    assert {fish["fish_identifier"][one] for one in first.tolist()} == {"1"}
