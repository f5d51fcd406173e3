"""The tasks of forecasting the lice of a cage two and four weeks after a count."""

from functools import partial

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets.tasks.columns import (
    CONTAINER_ID,
    MONTH,
    STAY_DAYS_IN_CAGE,
    TEMPERATURE,
    TRUE_WATER,
    WEIGHT,
    month_of,
)
from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.task import Task, TaskColumn

LOOKBACK_DAYS = 60
_STAGES = {"females": "adult_female", "males": "adult_male", "juveniles": "juvenile"}


def _rows(horizon: int, history: History) -> pd.DataFrame:
    counts = history.lice_counts.sort_values(["assignment_id", "day"], ignore_index=True)
    day = counts["day"].to_numpy().astype(np.int64)
    row = history.rows_of(counts["assignment_id"].to_numpy(), day)
    later = history.series.after(history.days["adult_female"].to_numpy(), horizon)
    today = history.days.iloc[np.maximum(row, 0)].reset_index(drop=True)
    per_fish = {name: counts[column] / counts["fish_sampled"] for name, column in _STAGES.items()}
    own = counts.assign(**per_fish).groupby("assignment_id")
    last_day = own["day"].shift(1)
    age = history.series.age[np.maximum(row, 0)]
    made = pd.DataFrame(
        {
            "site": counts["site"],
            "batch_id": counts["batch_id"],
            "series": counts["assignment_id"],
            "day": day,
            "first_day": day - np.minimum(age, LOOKBACK_DAYS),
            "last_day": day + horizon,
            "container_id": history.infrastructure.containers.container_id[counts["container"]],
            "count_id": counts["count_id"],
            **per_fish,
            "females_before": own["females"].shift(1).where(day - last_day <= LOOKBACK_DAYS),
            "juveniles_before": own["juveniles"].shift(1).where(day - last_day <= LOOKBACK_DAYS),
            "site_females": _site_mean(counts.assign(**per_fish)),
            "temperature": today["temperature"],
            "weight": today["sampled_g"],
            "month": month_of(day),
            "stay_days": age,
            "since_treatment": _since_treatment(history, counts),
            "treatments_planned": _planned(history, counts, horizon),
            "later_females": later[np.maximum(row, 0)],
            "true_females": today["adult_female"],
            "true_males": today["adult_male"],
            "true_preadults": today["preadult"],
            "true_chalimus": today["chalimus"],
            "pressure": today["infection_pressure"],
            "pressure_ahead": _ahead(history, "infection_pressure", row, horizon),
            "temperature_ahead": _ahead(history, "temperature", row, horizon),
            "removed_ahead": _planned(history, counts, horizon, "efficacy"),
        }
    )
    return made[(row >= 0) & np.isfinite(made["later_females"])].reset_index(drop=True)


def _site_mean(counts: pd.DataFrame) -> pd.Series:
    """Mean adult females per fish of the site's counts of the day."""
    return counts.groupby(["site", "day"])["females"].transform("mean")


def _lice_treatments(history: History) -> pd.DataFrame:
    return history.treatments[history.treatments["reason"] == TreatmentReason.LICE]


def _since_treatment(history: History, counts: pd.DataFrame) -> np.ndarray:
    """Days since the stay's last lice treatment before the count, at most ``LOOKBACK_DAYS``."""
    since = np.full(len(counts), float(LOOKBACK_DAYS))
    stay, day = counts["assignment_id"].to_numpy(), counts["day"].to_numpy()
    for assignment, treated in _lice_treatments(history)[["assignment_id", "day"]].itertuples(index=False):
        # A count is at ten o'clock and a treatment at one: that of the same day comes after it.
        after = (stay == assignment) & (day > treated)
        since[after] = np.minimum(since[after], day[after] - treated)
    return since


def _planned(history: History, counts: pd.DataFrame, horizon: int, column: str | None = None) -> np.ndarray:
    """Lice treatments of the stay from the count to the end of the horizon: their number, or the sum of a column."""
    found = np.zeros(len(counts))
    stay, day = counts["assignment_id"].to_numpy(), counts["day"].to_numpy()
    given = _lice_treatments(history)
    amount = np.ones(len(given)) if column is None else given[column].to_numpy()
    for assignment, treated, one in zip(given["assignment_id"], given["day"], amount, strict=True):
        found += one * ((stay == assignment) & (treated >= day) & (treated <= day + horizon))
    return found


def _ahead(history: History, column: str, row: np.ndarray, horizon: int) -> np.ndarray:
    """Mean of a column over the horizon after each count, NaN where the stay ends before."""
    return history.series.sum_of_next(history.days[column].to_numpy(), horizon)[np.maximum(row, 0)] / horizon


def _task(weeks: int, spelled: str) -> Task:
    return Task(
        name=f"lice_forecast_{weeks}_weeks",
        question=f"How many adult female lice per fish will the cage have {spelled} weeks after this count?",
        kind="forecast",
        target="later_females",
        offset=0.1,
        naive="females",
        make=partial(_rows, 7 * weeks),
        known=("treatments_planned", "temperature", "weight", "month"),
        columns=(
            CONTAINER_ID,
            TaskColumn("count_id", "key", "", "id in health_licecount"),
            TaskColumn("females", "feature", "per fish", "adult females of the count"),
            TaskColumn("males", "feature", "per fish", "adult males of the count"),
            TaskColumn("juveniles", "feature", "per fish", "chalimus and pre-adults of the count"),
            TaskColumn("females_before", "feature", "per fish", "adult females of the count before"),
            TaskColumn("juveniles_before", "feature", "per fish", "juveniles of the count before"),
            TaskColumn("site_females", "feature", "per fish", "adult females of the site's counts of the day, mean"),
            TEMPERATURE,
            WEIGHT,
            MONTH,
            STAY_DAYS_IN_CAGE,
            TaskColumn(
                "since_treatment", "feature", "day", f"days since the last lice treatment, {LOOKBACK_DAYS} if longer"
            ),
            TaskColumn("treatments_planned", "feature", "", "lice treatments that will be carried out in the horizon"),
            TaskColumn("later_females", "target", "per fish", f"true adult females {7 * weeks} days later"),
            TaskColumn("true_females", "truth", "per fish", "true adult females of the day"),
            TaskColumn("true_males", "truth", "per fish", "true adult males of the day"),
            TaskColumn("true_preadults", "truth", "per fish", "true pre-adults of the day"),
            TaskColumn("true_chalimus", "truth", "per fish", "true chalimus of the day"),
            TaskColumn("pressure", "truth", "per fish and day", "true infection pressure of the day"),
            TaskColumn("pressure_ahead", "truth", "per fish and day", "true infection pressure over the horizon, mean"),
            TaskColumn("temperature_ahead", "truth", "degC", "water temperature over the horizon, mean"),
            TaskColumn("removed_ahead", "truth", "1", "true shares of lice removed by treatments in the horizon, sum"),
        ),
        notes=(
            "Rows are counts in cages whose fish are still there at the end of the horizon.",
            "`treatments_planned` is the decision that the forecast is asked about; it is known to the planner, not"
            " to a count.",
            TRUE_WATER,
        ),
    )


LICE_FORECASTS = (_task(2, "two"), _task(4, "four"))
