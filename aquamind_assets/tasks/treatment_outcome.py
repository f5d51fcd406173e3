"""The task of saying on the day of a treatment whether it will succeed."""

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import Outcome, TreatmentReason
from aquamind_assets.tasks.columns import CONTAINER_ID, STAY_DAYS, WEIGHT
from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.task import Task, TaskColumn

LOOKBACK_DAYS = 60
OUTCOME_DAYS = 14
"""Days after a treatment's last day by which its outcome is known."""


def _rows(history: History) -> pd.DataFrame:
    given = history.treatments
    given = given[(given["reason"] != TreatmentReason.VACCINATION) & (given["outcome"] != Outcome.PENDING)]
    given = given.sort_values(["assignment_id", "day"], ignore_index=True)
    row = history.rows_of(given["assignment_id"].to_numpy(), given["day"].to_numpy() - 1)
    given, row = given[row >= 0].reset_index(drop=True), row[row >= 0]
    days, stays = history.days, history.series
    fish = np.maximum(days["fish"].to_numpy(), 1)
    deaths = 1000.0 * stays.mean_of_last(days["deaths"].to_numpy(), 7) / fish
    eve, age = days.iloc[row].reset_index(drop=True), stays.age[row]
    own = given.groupby("assignment_id")
    day = given["day"].to_numpy().astype(np.int64)
    return pd.DataFrame(
        {
            "site": eve["site"],
            "batch_id": given["batch_id"],
            "series": given["assignment_id"],
            "day": day,
            "first_day": day - np.minimum(age + 1, LOOKBACK_DAYS),
            "last_day": day + given["duration_days"].to_numpy() + OUTCOME_DAYS,
            "container_id": history.infrastructure.containers.container_id[given["container"]],
            "treatment_id": given["treatment_id"],
            "method": given["method"],
            "for_lice": (given["reason"] == TreatmentReason.LICE).astype(np.int8),
            "disease": given["disease"],
            "trigger": given["trigger"],
            "biomass": given["biomass_kg"],
            "weight": eve["sampled_g"],
            "temperature": eve["temperature"],
            "oxygen": eve["oxygen"],
            "deaths_7": deaths[row],
            "stay_days": age + 1,
            "since_treatment": np.minimum(own["day"].diff().fillna(LOOKBACK_DAYS), LOOKBACK_DAYS),
            "successful": given["outcome"] == Outcome.SUCCESSFUL,
            "efficacy": given["efficacy"],
        }
    )


TREATMENT_OUTCOME = Task(
    name="treatment_outcome",
    question="Will this treatment against lice or a disease be successful?",
    kind="detection",
    target="successful",
    make=_rows,
    known=("method", "for_lice", "disease"),
    columns=(
        CONTAINER_ID,
        TaskColumn("treatment_id", "key", "", "id in health_treatment"),
        TaskColumn("method", "feature", "", "number of the treatment in the scenario's list"),
        TaskColumn("for_lice", "feature", "", "1 against lice, 0 against a disease"),
        TaskColumn("disease", "feature", "", "number of the disease in the scenario's list, -1 for lice"),
        TaskColumn("trigger", "feature", "", "adult females per fish, or share of sick fish, that led to it"),
        TaskColumn("biomass", "feature", "kg", "biomass treated"),
        WEIGHT,
        TaskColumn("temperature", "feature", "degC", "mean water temperature of the day before"),
        TaskColumn("oxygen", "feature", "mg/L", "mean oxygen of the day before"),
        TaskColumn("deaths_7", "feature", "per 1000 fish and day", "deaths of the seven days before"),
        STAY_DAYS,
        TaskColumn(
            "since_treatment", "feature", "day", f"days since the stay's last treatment, {LOOKBACK_DAYS} if longer"
        ),
        TaskColumn("successful", "target", "", "the outcome is `successful`, not `partial` or `unsuccessful`"),
        TaskColumn("efficacy", "truth", "1", "true share of lice removed, or of the disease's impact"),
    ),
    notes=(
        "Success is common: a treatment that fails is the rare case, and the metric of a constant is the share of"
        " successes.",
        "Temperature and oxygen are the day's means of the ledger; sensors show them to about 0.05.",
    ),
)
