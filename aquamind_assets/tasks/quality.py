"""Whether a task is worth solving: neither trivial nor impossible, and without the flaws of many benchmarks.

Belongs here: judging a task from its scores and rows. Does not belong here: the scores themselves (``baselines``).

The flaws are those of Wu and Keogh, "Current Time Series Anomaly Detection Benchmarks are Flawed and are Creating the
Illusion of Progress" (IEEE TKDE 2021): triviality, unrealistic density, mislabelled ground truth, run-to-failure bias.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from aquamind_assets.tasks.baselines import Scores
from aquamind_assets.tasks.task import Task

Standing = Literal["kept", "broken", "not judged"]

MOST_OF_A_LINE = 0.9
"""A single line may reach this part of what the true state reaches above a constant."""

LEAST_OF_TRUTH = 0.5
"""The true state must remove this part of a constant's loss."""

DENSEST = 0.33
"""At most this share of the rows of a series may be positive, over all series; an anomaly is rare."""

LATEST = 0.75
"""At most this share of positives may lie in the last third of their series."""

LEAST_POSITIVES = 10
LEAST_ROWS = 30
LEAST_SERIES = 5
"""Fewer test rows, fewer of them on either side, or fewer series in training or test judge nothing: rows of one stay
are nearly one row."""


@dataclass(frozen=True)
class Finding:
    """One check of a task.

    Attributes:
        check: its name.
        standing: ``not judged`` where there are too few rows, or the check is not about this kind of task.
        measured: what was found, one sentence.
    """

    check: str
    standing: Standing
    measured: str


def judge(task: Task, rows: pd.DataFrame, parts: Mapping[str, pd.DataFrame], scores: Scores) -> list[Finding]:
    """Judge a task by all checks, from all its rows, those of each split, and its scores."""
    enough, size = _enough(task, parts)
    loss = {name: _loss(task, getattr(scores, name)) for name in ("trivial", "line", "truth")}
    removed = 1 - loss["truth"] / loss["trivial"] if loss["trivial"] > 0 else 0.0
    # Where the true state removes nothing, a line that removes anything does all that can be done.
    gained, possible = loss["trivial"] - loss["line"], max(loss["trivial"] - loss["truth"], 0.0)
    reached = max(gained, 0.0) / possible if possible > 0 else float(gained > 0)
    findings = [
        _finding(
            "not trivial",
            reached <= MOST_OF_A_LINE,
            enough,
            f"the best single line, `{scores.line_feature}`, reaches {reached:.0%} of what the true state does; allowed"
            f" {MOST_OF_A_LINE:.0%}{size}",
        ),
        _finding(
            "not impossible",
            removed >= LEAST_OF_TRUTH,
            enough,
            f"the true state removes {removed:.0%} of the trivial loss; at least {LEAST_OF_TRUTH:.0%} is asked"
            f" for{size}",
        ),
    ]
    return findings + _of_series(task, rows)


def _finding(check: str, kept: bool, enough: bool, measured: str) -> Finding:
    return Finding(check, ("kept" if kept else "broken") if enough else "not judged", measured)


def _loss(task: Task, score: float) -> float:
    return score if task.kind == "forecast" else 1 - score


def _enough(task: Task, parts: Mapping[str, pd.DataFrame]) -> tuple[bool, str]:
    """Whether there is enough to judge a task by its scores, and a remark that says of what there is too little."""
    test = parts["test"]
    series = min(parts[name]["series"].nunique() for name in ("train", "test"))
    if series < LEAST_SERIES:
        return False, f" ({series} series are too few)"
    if task.kind == "forecast":
        return len(test) >= LEAST_ROWS, "" if len(test) >= LEAST_ROWS else f" ({len(test)} test rows are too few)"
    positive = int(test[task.target].sum())
    fewest = min(positive, len(test) - positive)
    return fewest >= LEAST_POSITIVES, "" if fewest >= LEAST_POSITIVES else f" ({fewest} of one class are too few)"


def _of_series(task: Task, rows: pd.DataFrame) -> list[Finding]:
    """Density and run-to-failure bias of a task that looks for rare events in series."""
    if task.kind != "detection" or not task.rare:
        return []
    positive = rows[task.target].to_numpy().astype(bool)
    density = float(positive.mean())
    day = rows.groupby(["farm", "series"])["day"]
    first, last = day.transform("min").to_numpy(), day.transform("max").to_numpy()
    place = (rows["day"].to_numpy() - first + 0.5) / (last - first + 1)
    late = float((place[positive] > 2 / 3).mean()) if positive.any() else 0.0
    enough = int(positive.sum()) >= LEAST_POSITIVES
    return [
        _finding(
            "realistic density",
            density <= DENSEST,
            enough,
            f"{density:.2%} of the rows are positive; allowed {DENSEST:.0%}",
        ),
        _finding(
            "no run-to-failure bias",
            late <= LATEST,
            enough,
            f"{late:.0%} of the positives lie in the last third of their series; allowed {LATEST:.0%}",
        ),
    ]


def standing_of(findings: list[Finding]) -> Standing:
    """The worst standing of the findings that were judged."""
    standings = {finding.standing for finding in findings}
    return "broken" if "broken" in standings else "kept" if "kept" in standings else "not judged"
