"""Tasks of a small farm: rows that agree with the ledger, files, cards, scores and checks that can fail."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from aquamind_assets.records.environmental.sensor_faults import Fault
from aquamind_assets.tasks.baselines import Scores, metric
from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.quality import judge
from aquamind_assets.tasks.registry import TASKS
from aquamind_assets.tasks.split import check_leakage
from aquamind_assets.tasks.task import SPLITS
from aquamind_assets.tasks.writing import INDEX, WrittenTask, rows_of, write_tasks

Written = tuple[Path, list[WrittenTask]]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_has_its_columns_and_looks_back_and_ahead_as_it_says(name: str, history: History) -> None:
    task = TASKS[name]
    rows = rows_of(task, [history])
    assert len(rows) > 0
    assert list(rows.columns) == [column.name for column in task.all_columns]
    assert (rows["first_day"] <= rows["day"]).all()
    assert (rows["last_day"] >= rows["day"]).all()
    assert rows[task.target].notna().all()
    order = rows[["series", "day"]].apply(tuple, axis=1)
    assert order.is_monotonic_increasing


def test_targets_are_those_of_the_ledger(history: History) -> None:
    """Looked up again, row by row, in the frames."""
    days = history.days.set_index(["assignment_id", "day"])
    lice = rows_of(TASKS["lice_forecast_2_weeks"], [history])
    for row in lice.sample(min(20, len(lice)), random_state=1).itertuples():
        assert row.later_females == pytest.approx(days.loc[(row.series, row.day + 14), "adult_female"])
    feed = rows_of(TASKS["feed_demand"], [history])
    for row in feed.sample(20, random_state=1).itertuples():
        eaten = sum(days.loc[(row.series, day), "feed_kg"] for day in range(row.day + 1, row.day + 29))
        assert row.feed_demand == pytest.approx(eaten)
    warning = rows_of(TASKS["outbreak_warning"], [history])
    infected = warning[warning["infected"]]
    assert (infected["recognised_day"] > infected["day"]).all()
    assert (infected["infection_age"] > 0).all()
    assert (warning[~warning["infected"]]["infection_age"] == 0).all()


def test_a_wrong_reading_is_off_from_its_clean_twin(history: History) -> None:
    """The label comes from the list of faults, the error from two simulations."""
    rows = history.readings
    assert set(rows["fault"]) == {-1, Fault.STUCK, Fault.DRIFT, Fault.SPIKE}
    assert (rows["faulty"] == (rows["fault"] >= 0)).all()
    assert rows[rows["fault"] == Fault.SPIKE]["error"].quantile(0.05) > 5
    assert rows[rows["fault"] == Fault.DRIFT]["error"].quantile(0.05) > 3
    assert rows[~rows["faulty"]]["error"].max() < 5
    stuck = rows[rows["fault"] == Fault.STUCK]
    assert (stuck["repeats"] > 0).mean() > 0.8


def test_files_cards_and_index_say_the_same(written: Written) -> None:
    folder, tasks = written
    index = json.loads((folder / INDEX).read_text())
    assert [one["task"] for one in index["tasks"]] == list(TASKS)
    made = [one for one in tasks if not one.reason]
    assert made
    for one in made:
        task, place = TASKS[one.name], folder / one.name
        card = (place / "card.md").read_text()
        for file, digest in one.digests.items():
            assert hashlib.sha256((place / file).read_bytes()).hexdigest() == digest
            assert digest in card
        parts = {name: pq.read_table(place / f"{name}.parquet") for name in SPLITS}
        assert {name: table.num_rows for name, table in parts.items()} == one.rows
        assert set(parts["test"].column_names) == set(task.names("key", "feature", "target"))
        assert parts["test"].schema.field(task.target).metadata[b"role"] == b"target"
        truth = pq.read_table(place / "truth.parquet")
        assert truth.num_rows == sum(one.rows.values())
        check_leakage({name: with_day_numbers(table.to_pandas()) for name, table in parts.items()})
    for one in tasks:
        if one.reason:
            assert "Not made" in (folder / one.name / "card.md").read_text()


def with_day_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    days = {name: rows[name].to_numpy().astype("datetime64[D]").astype(int) for name in ("first_day", "last_day")}
    return rows.assign(**days)


def test_the_same_farm_gives_the_same_bytes(history: History, written: Written, tmp_path: Path) -> None:
    """Without the one of many readings, whose baselines take long."""
    names = set(TASKS) - {"sensor_faults"}
    again = write_tasks([history], names, tmp_path, lambda text: None)
    before = [one for one in written[1] if one.name in names]
    assert [one.as_json() for one in again] == [one.as_json() for one in before]
    for one in again:
        assert (tmp_path / one.name / "card.md").read_bytes() == (written[0] / one.name / "card.md").read_bytes()


def test_no_task_that_is_judged_is_trivial_or_impossible(written: Written) -> None:
    judged = [one for one in written[1] if one.standing != "not made"]
    assert {one.name for one in judged if one.standing == "kept"} >= {"sensor_faults"}
    assert not [(one.name, one.findings) for one in judged if one.standing == "broken"]


SCORES = Scores(trivial=0.1, line=0.3, line_feature="change", sensible=0.6, truth=0.95)


def parts_of(positive: np.ndarray) -> dict[str, pd.DataFrame]:
    row = np.arange(positive.size)
    rows = pd.DataFrame({"farm": 0, "series": row // 50, "day": row % 50, "faulty": positive})
    return dict.fromkeys(SPLITS, rows)


RARE = np.arange(1000) % 10 == 3


@pytest.mark.parametrize(
    ("scores", "positive", "broken"),
    [
        (SCORES, RARE, set()),
        (Scores(0.1, 0.94, "change", 0.95, 0.95), RARE, {"not trivial"}),
        (Scores(0.1, 0.12, "change", 0.15, 0.3), RARE, {"not impossible"}),
        (SCORES, np.arange(1000) % 2 == 0, {"realistic density"}),
        (SCORES, np.arange(1000) % 50 > 45, {"no run-to-failure bias"}),
    ],
    ids=["sound", "trivial", "impossible", "dense", "run to failure"],
)
def test_every_flaw_is_found(scores: Scores, positive: np.ndarray, broken: set[str]) -> None:
    parts = parts_of(positive)
    findings = judge(TASKS["sensor_faults"], parts["test"], parts, scores)
    assert {finding.check for finding in findings if finding.standing == "broken"} == broken


def test_too_few_rows_judge_nothing() -> None:
    parts = parts_of(np.arange(100) == 3)
    findings = judge(TASKS["sensor_faults"], parts["test"], parts, SCORES)
    assert {finding.standing for finding in findings} == {"not judged"}


def test_metrics_know_the_better_prediction(history: History) -> None:
    rows = rows_of(TASKS["feed_demand"], [history])
    right = np.log(rows["feed_demand"].to_numpy() + 1.0) - np.log(rows["feed_28"].to_numpy() + 1.0)
    assert metric(TASKS["feed_demand"], rows, right) == 0.0
    assert metric(TASKS["feed_demand"], rows, right + 0.5) == pytest.approx(0.5)
    warning = rows_of(TASKS["outbreak_warning"], [history])
    assert metric(TASKS["outbreak_warning"], warning, warning["infected"].to_numpy()) == 1.0
    assert metric(TASKS["outbreak_warning"], warning, np.zeros(len(warning))) == pytest.approx(
        warning["infected"].mean()
    )
