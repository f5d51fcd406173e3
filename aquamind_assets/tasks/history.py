"""One farm's whole history, as tasks read it: what was observed, and the truth beside it.

Belongs here: joining the ledgers of all years, with the rows that only a recorder makes. Does not belong here: what a
task asks, sensors (``sensor_series``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.pipeline.simulation import SimulatedYear, simulate_years
from aquamind_assets.records.batch.growth_samples import growth_samples
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tasks.sensor_series import SensorPlan, sensor_series
from aquamind_assets.tasks.windows import Series

_CENTIGRAMS = 100.0
"""``batch_growthsample.avg_weight_g`` has two decimals."""


@dataclass(frozen=True)
class History:
    """One farm from its first year to its last; every frame is a table with the ledger's columns.

    Attributes:
        scenario: the farm's scenario.
        infrastructure: everything built for it.
        days: container-days sorted by (assignment_id, day), with ``site``, ``fish`` (living in the evening), ``deaths``
            of the day, ``feed_kg``, and ``sampled_g``: the mean weight of the latest growth sample, NaN before the
            first.
        lice_counts: counts, with ``site``.
        treatments: treatments, each as it ended.
        outbreaks: infections, each as it ended.
        movements: movements.
        readings: rows of ``sensor_series``.
        sensor_plan: which readings these are, and with which faults.
    """

    scenario: Scenario
    infrastructure: Infrastructure
    days: pd.DataFrame
    lice_counts: pd.DataFrame
    treatments: pd.DataFrame
    outbreaks: pd.DataFrame
    movements: pd.DataFrame
    readings: pd.DataFrame
    sensor_plan: SensorPlan

    @property
    def series(self) -> Series:
        """The stays in ``days``."""
        return Series(self.days["assignment_id"].to_numpy())

    def rows_of(self, assignment_id: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Position in ``days`` of each stay's row on a day, int64; -1 where it has none."""
        keys = pd.MultiIndex.from_arrays([self.days["assignment_id"], self.days["day"]])
        return keys.get_indexer(pd.MultiIndex.from_arrays([assignment_id, day]))


def simulate_history(
    scenario: Scenario, infrastructure: Infrastructure, plan: SensorPlan, report: Callable[[int], None]
) -> History:
    """Simulate all years of a scenario and return its history; ``report`` is called with each year simulated."""
    return history_of(scenario, infrastructure, simulate_years(scenario, infrastructure, scenario.years), plan, report)


def history_of(
    scenario: Scenario,
    infrastructure: Infrastructure,
    years: Iterable[SimulatedYear],
    plan: SensorPlan,
    report: Callable[[int], None] = lambda year: None,
) -> History:
    """Return the history of simulated years, which are consecutive."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for simulated in years:
        inputs = simulated.inputs(scenario, infrastructure)
        for name, frame in _year_frames(inputs, plan).items():
            parts.setdefault(name, []).append(frame)
        report(inputs.year)
    whole = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    days = whole["days"].sort_values(["assignment_id", "day"], kind="stable", ignore_index=True)
    return History(
        scenario=scenario,
        infrastructure=infrastructure,
        days=_with_samples(days, whole["samples"]),
        lice_counts=whole["lice_counts"],
        treatments=whole["treatments"].drop_duplicates("treatment_id", keep="last", ignore_index=True),
        outbreaks=whole["outbreaks"].drop_duplicates("outbreak_id", keep="last", ignore_index=True),
        movements=whole["movements"],
        readings=whole["readings"],
        sensor_plan=plan,
    )


def _year_frames(inputs: YearInputs, plan: SensorPlan) -> dict[str, pd.DataFrame]:
    ledger, site = inputs.ledger, inputs.infrastructure.containers.site
    counts = _table(ledger.lice_counts)
    return {
        "days": _container_days(ledger.container_days, site),
        "samples": _samples(inputs),
        "lice_counts": counts.assign(site=site[counts["container"]]),
        "treatments": _table(ledger.treatments),
        "outbreaks": _table(ledger.outbreaks),
        "movements": _table(ledger.movements),
        "readings": sensor_series(inputs, plan),
    }


def _table(frame: Frame) -> pd.DataFrame:
    return pd.DataFrame(frame.columns())


def _container_days(fish: ContainerDays, site: np.ndarray) -> pd.DataFrame:
    kept: dict[str, Any] = {
        name: getattr(fish, name)
        for name in (
            *("day", "container", "batch_id", "assignment_id", "stage", "weight_g", "temperature", "oxygen", "fasting"),
            *("sick_share", "chalimus", "preadult", "adult_male", "adult_female", "infection_pressure"),
        )
    }
    deaths = sum(getattr(fish, f"deaths_{cause.name.lower()}").astype(np.int64) for cause in Cause)
    return pd.DataFrame(
        kept | {"site": site[fish.container], "fish": fish.closing, "deaths": deaths, "feed_kg": fish.feed_g / 1000.0}
    )


def _samples(inputs: YearInputs) -> pd.DataFrame:
    found = []
    for block in growth_samples(inputs, inputs.days):
        get = {
            name: np.asarray(block.columns[name].values) for name in ("assignment_id", "sample_date", "avg_weight_g")
        }
        found.append(
            pd.DataFrame(
                {
                    "assignment_id": np.broadcast_to(get["assignment_id"], (block.size,)),
                    "day": np.broadcast_to(get["sample_date"], (block.size,)).astype(np.int32),
                    "sampled_g": get["avg_weight_g"] / _CENTIGRAMS,
                }
            )
        )
    if not found:
        return pd.DataFrame({"assignment_id": np.zeros(0, np.int64), "day": np.zeros(0, np.int32), "sampled_g": []})
    return pd.concat(found, ignore_index=True)


def _with_samples(days: pd.DataFrame, samples: pd.DataFrame) -> pd.DataFrame:
    joined = days.merge(samples, on=["assignment_id", "day"], how="left", validate="one_to_one")
    return joined.assign(sampled_g=joined.groupby("assignment_id")["sampled_g"].ffill())
