"""Rows of lice counts hold the counts of the ledger."""

import numpy as np
import pytest

from aquamind_assets.records.health.lice_counts import COUNT_HOUR
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.timeline import MICROSECONDS_PER_DAY
from aquamind_assets_tests.records.histories import Table, rows_of
from aquamind_assets_tests.release_2025_08 import RECORDERS


@pytest.fixture(scope="module")
def year(history: list[YearInputs]) -> YearInputs:
    return history[2]


@pytest.fixture(scope="module")
def counts(year: YearInputs) -> Table:
    return Table("health_licecount", rows_of(RECORDERS["lice_counts"], year))


def test_rows_are_the_counts_of_the_ledger(year: YearInputs, counts: Table) -> None:
    ledger = year.ledger.lice_counts
    assert len(counts) > 10
    for column, expected in {
        "id": ledger.count_id,
        "adult_female_count": ledger.adult_female,
        "adult_male_count": ledger.adult_male,
        "juvenile_count": ledger.juvenile,
        "fish_sampled": ledger.fish_sampled,
        "container_id": year.infrastructure.containers.container_id[ledger.container],
    }.items():
        np.testing.assert_array_equal(counts[column], expected, err_msg=column)


def test_a_crew_counts_one_cage_after_another_from_ten_o_clock(year: YearInputs, counts: Table) -> None:
    time = counts["count_date"] - year.ledger.lice_counts.day.astype(np.int64) * MICROSECONDS_PER_DAY
    assert time.min() >= COUNT_HOUR * HOUR
    assert time.max() < 20 * HOUR
    assert len(
        {(user, moment) for user, moment in zip(counts["user_id"].tolist(), counts["count_date"].tolist(), strict=True)}
    ) == len(counts)


def test_only_counts_above_the_threshold_are_noted_as_such(year: YearInputs, counts: Table) -> None:
    females = counts["adult_female_count"] / counts["fish_sampled"]
    noted = np.array([str(note).startswith("Above the treatment threshold") for note in counts["notes"]])
    assert noted.any()
    np.testing.assert_array_equal(noted, females > year.scenario.health.lice.threshold)
