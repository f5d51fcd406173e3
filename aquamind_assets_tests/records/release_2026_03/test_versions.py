"""History tables: every row has the version that it was entered with, and the newest version is the row as it is."""

import numpy as np
import pytest

from aquamind_assets.tables.releases import tables_of
from aquamind_assets_tests.records.release_2026_03.conftest import RECORDERS, RELEASE, History

HISTORIES = [
    table
    for recorder in RECORDERS.values()
    for table in recorder.tables
    if tables_of(RELEASE)[table].versions_of is not None
]

LIVING = {
    "batch_historicalbatchcontainerassignment",
    "health_historicalhealthlabsample",
    "infrastructure_historicalsensor",
    "inventory_historicalfeedcontainerstock",
}
"""Histories of rows that change more than once, or that are deleted: not every change has a version. A laboratory
sample has none when it is sent."""


def before(today: History, table: str) -> int:
    """Rows of a table that were entered before the first day of the history, which have no versions."""
    first = today.years[0].days.first * 86_400_000_000
    rows = today.table(table)
    return 0 if table != "inventory_feedpurchase" else int((rows["created_at"] < first).sum())


@pytest.mark.parametrize("name", HISTORIES)
def test_every_row_has_one_first_version_and_the_newest_is_the_row(name: str, today: History) -> None:
    spec = tables_of(RELEASE)[name]
    source, key = str(spec.versions_of), str(spec.version_of_id)
    history, rows = today.table(name), today.table(source)
    order = np.lexsort([history["history_id"], history["history_date"], history[key]])
    kind = np.array(history["history_type"])[order]
    of = history[key][order]
    first = np.r_[True, of[1:] != of[:-1]]
    assert set(kind[first]) == {"+"}
    assert "+" not in set(kind[~first])
    deleted = set(of[kind == "-"].tolist())
    assert len(set(of.tolist()) - deleted) == len(rows) - before(today, source)
    assert set(of.tolist()) - deleted <= set(rows[key].tolist())
    if name in LIVING:
        return
    newest = order[np.r_[of[1:] != of[:-1], True]]
    by_key = np.argsort(rows[key])
    at = by_key[np.searchsorted(rows[key][by_key], history[key][newest])]
    for column in tables_of(RELEASE)[source].column_names:
        assert np.array_equal(np.asarray(history[column])[newest], np.asarray(rows[column])[at]), column


def test_what_was_not_known_is_not_in_the_first_version(today: History) -> None:
    for name, column, nothing in (
        ("batch_historicalbatchtransferworkflow", "total_transferred_count", 0),
        ("batch_historicaltransferaction", "executed_by_id", -1),
        ("batch_historicalcreationaction", "egg_count_actual", -1),
        ("health_historicalhealthlabsample", "date_results_received", -1),
        ("planning_historicalplannedactivity", "completed_at", -1),
        ("batch_historicalbatchcontainerassignment", "departure_date", -1),
    ):
        history = today.table(name)
        entered = np.array(history["history_type"]) == "+"
        assert 0 < entered.sum() < entered.size, name
        assert (history[column][entered] == nothing).all(), name


def test_a_stay_is_entered_with_the_fish_that_came(today: History) -> None:
    history = today.table("batch_historicalbatchcontainerassignment")
    entered = np.array(history["history_type"]) == "+"
    lives = [year.ledger.assignments for year in today.years]
    stocked = {
        one: count
        for frame in lives
        for one, count in zip(frame.assignment_id.tolist(), frame.stocked_count.tolist(), strict=True)
    }
    found = dict(zip(history["id"][entered].tolist(), history["population_count"][entered].tolist(), strict=True))
    assert found == stocked
    stages = today.table("batch_lifecyclestage")["id"].tolist()
    assert set(history["lifecycle_stage_id"].tolist()) <= set(stages)


def test_a_lot_is_deleted_on_the_day_on_which_it_is_used_up(today: History) -> None:
    history, lots = today.table("inventory_historicalfeedcontainerstock"), today.table("inventory_feedcontainerstock")
    kinds = np.array(history["history_type"])
    entered, deleted = (set(history["id"][kinds == kind].tolist()) for kind in "+-")
    assert deleted < entered
    in_store = today.years[-1].lives.feed_lots
    assert len(entered - deleted) == (in_store.delivery_day >= today.years[0].days.first).sum()
    assert entered - deleted <= set(lots["id"].tolist())
