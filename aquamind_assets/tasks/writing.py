"""The files of tasks: Parquet by split, the truth apart, a data card, and an index with digests.

Belongs here: making all tasks of some farms, and their files. Does not belong here: the text of a card (``card``),
options (``cli``).

The same scenario and number of farms give the same bytes, with the same versions of pyarrow and scikit-learn.
"""

import hashlib
import io
import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from aquamind_assets.durable_files import made_folder, replace_file, usable
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tasks.baselines import Scores, score
from aquamind_assets.tasks.card import card
from aquamind_assets.tasks.history import History, simulate_history
from aquamind_assets.tasks.quality import Finding, judge, standing_of
from aquamind_assets.tasks.registry import TASKS
from aquamind_assets.tasks.sensor_series import plan_sensors
from aquamind_assets.tasks.split import NotSplittable, split
from aquamind_assets.tasks.task import SPLITS, Task

MOST_READINGS = 600_000
"""Readings of a farm's whole history that the task of sensor faults looks at, about."""

INDEX = "tasks.json"
_DATES = ("day", "first_day", "last_day", "recognised_day")

Report = Callable[[str], None]


@dataclass(frozen=True)
class WrittenTask:
    """A task as it was written.

    Attributes:
        name: its name, which is its folder.
        reason: why it could not be made of these farms; "" if it was, and the rest is filled.
        rows: rows of each split.
        scores: scores of the baselines.
        findings: checks of the task.
        digests: SHA-256 of each Parquet file, by name.
    """

    name: str
    reason: str
    rows: dict[str, int]
    scores: Scores | None
    findings: list[Finding]
    digests: dict[str, str]

    @property
    def standing(self) -> str:
        """The worst standing of its checks; ``not made`` without rows."""
        return "not made" if self.reason else standing_of(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Plain values; scores have three decimals, more are no property of the task."""
        scores = None
        if self.scores is not None:
            scores = {
                name: round(value, 3) if isinstance(value, float) else value
                for name, value in asdict(self.scores).items()
            }
        return {
            "task": self.name,
            "standing": self.standing,
            "reason": self.reason,
            "rows": self.rows,
            "scores": scores,
            "checks": [asdict(finding) for finding in self.findings],
            "sha256": self.digests,
        }


def simulate_farms(scenario: Scenario, farms: int, report: Report) -> list[History]:
    """Simulate the scenario's history ``farms`` times, with its own seed and those that follow it."""
    return [_simulated(scenario, farm, f" of farm {farm}" if farms > 1 else "", report) for farm in range(farms)]


def _simulated(scenario: Scenario, farm: int, named: str, report: Report) -> History:
    own = scenario.model_copy(update={"seed": scenario.seed + farm})
    places = build(own)
    plan = plan_sensors(own, places, MOST_READINGS)
    return simulate_history(own, places, plan, lambda year: report(f"{year}{named} simulated"))


def write_tasks(histories: list[History], names: Collection[str], folder: Path, report: Report) -> list[WrittenTask]:
    """Write these tasks below ``folder``, each into its own folder, and the index of all of them.

    Raises:
        FileUnusable: a file cannot be written.
        Leakage: a split leaks; a fault of the program.
    """
    written = []
    for name, task in TASKS.items():
        if name in names:
            report(f"Making {name}")
            written.append(_write(task, histories, made_folder("the folder of a task", folder / name)))
    index = {
        "scenario": histories[0].scenario.name,
        "seed": histories[0].scenario.seed,
        "farms": len(histories),
        "tasks": [one.as_json() for one in written],
    }
    with usable("the index of tasks", folder / INDEX):
        replace_file(folder / INDEX, json.dumps(index, indent=2) + "\n")
    return written


def rows_of(task: Task, histories: list[History]) -> pd.DataFrame:
    """All rows of a task, of one farm after another, with all its columns in order."""
    made = [task.make(history).assign(farm=farm) for farm, history in enumerate(histories)]
    columns = [column.name for column in task.all_columns]
    return pd.concat(made, ignore_index=True)[columns]


def split_of(task: Task, rows: pd.DataFrame, seed: int) -> dict[str, pd.DataFrame]:
    """The rows of each split, sites and periods balanced by the rare class where there is one.

    Raises:
        NotSplittable: these rows cannot be split, or a split of a detection lacks one of the classes.
    """
    weight = np.ones(len(rows))
    if task.rare and rows[task.target].any():
        weight = np.where(rows[task.target], 1.0, 1e-6)
    parts = split(rows, seed, weight)
    if task.kind == "detection" and (lacking := [name for name in SPLITS if parts[name][task.target].nunique() < 2]):
        raise NotSplittable(f"{' and '.join(lacking)} would have rows of one class alone")
    return parts


def _write(task: Task, histories: list[History], folder: Path) -> WrittenTask:
    rows = rows_of(task, histories)
    try:
        parts = split_of(task, rows, histories[0].scenario.seed)
    except NotSplittable as error:
        written = WrittenTask(task.name, str(error), {}, None, [], {})
    else:
        scores = score(task, parts)
        digests = {
            f"{name}.parquet": _parquet(folder / f"{name}.parquet", task, part, ("key", "feature", "target"))
            for name, part in parts.items()
        }
        truth = pd.concat([part.assign(split=name) for name, part in parts.items()], ignore_index=True)
        digests["truth.parquet"] = _parquet(folder / "truth.parquet", task, truth, ("key", "truth"), "split")
        rows_by_split = {name: len(part) for name, part in parts.items()}
        written = WrittenTask(task.name, "", rows_by_split, scores, judge(task, rows, parts, scores), digests)
    with usable("the card of a task", folder / "card.md"):
        replace_file(folder / "card.md", card(task, histories, written.as_json()))
    return written


def _parquet(file: Path, task: Task, rows: pd.DataFrame, roles: tuple[Any, ...], *more: str) -> str:
    """Write columns of these roles, with unit and meaning in each field's metadata; the SHA-256 of the file."""
    described = {column.name: column for column in task.all_columns}
    arrays: list[Any] = []
    fields: list[Any] = []
    for name in [*task.names(*roles), *more]:
        values = pa.array(rows[name], from_pandas=True)
        if name in _DATES:
            days = rows[name].to_numpy().astype(np.int32)
            values = pa.array(days, mask=days < 0).cast(pa.date32())
        column = described.get(name)
        about = {"unit": column.unit, "meaning": column.meaning, "role": column.role} if column else {}
        arrays.append(values)
        fields.append(pa.field(name, values.type, metadata=about))
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), buffer, compression="zstd")
    with usable("a file of a task", file):
        replace_file(file, buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()
