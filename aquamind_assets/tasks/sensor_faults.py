"""The task of finding wrong readings of a sensor, reading by reading."""

import pandas as pd

from aquamind_assets.tasks.columns import CONTAINER_ID
from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.sensor_series import VISIBLE_DRIFT
from aquamind_assets.tasks.task import Task, TaskColumn


def _rows(history: History) -> pd.DataFrame:
    return history.readings.assign(batch_id=-1).sort_values(["series", "reading_time"], ignore_index=True)


SENSOR_FAULTS = Task(
    name="sensor_faults",
    question="Is this reading wrong, judged on the evening of its day from the readings before it?",
    kind="detection",
    rare=True,
    target="faulty",
    make=_rows,
    columns=(
        TaskColumn("reading_id", "key", "", "id in environmental_environmentalreading"),
        CONTAINER_ID,
        TaskColumn("reading_time", "key", "microsecond since 1970 UTC", "time of the reading"),
        TaskColumn("fault", "key", "", "kind of fault: -1 none, 1 stuck, 2 drift, 3 spike, 5 fouling; no feature"),
        TaskColumn("parameter", "feature", "", "number of the parameter in the scenario's list"),
        TaskColumn("value", "feature", "of the parameter", "the reading"),
        TaskColumn("hour", "feature", "h", "hour of the day, UTC"),
        TaskColumn("calibration_age", "feature", "day", "days since the last calibration"),
        TaskColumn("change", "feature", "noise sd", "difference from the reading before"),
        TaskColumn("deviation", "feature", "noise sd", "difference from the median of the last 24 hours"),
        TaskColumn("spread", "feature", "noise sd", "standard deviation of the last 24 hours"),
        TaskColumn("repeats", "feature", "reading", "readings before with the same value, without a break"),
        TaskColumn("from_neighbours", "feature", "noise sd", "difference from the median of the site's same sensors"),
        TaskColumn("faulty", "target", "", "the reading is stuck, a spike, or has drifted or grown over visibly"),
        TaskColumn("error", "truth", "noise sd", "distance from the same reading of a sensor without faults"),
    ),
    notes=(
        "Readings are those of the scenario's sensor faults; a scenario without any is given usual ones, which the card"
        " lists. Gaps are no rows, and late readings are not marked: both are seen without a model.",
        f"Drift and fouling count as faults from {VISIBLE_DRIFT:g} standard deviations of the probe's noise on.",
        "The noise of a probe is that of its data sheet, `water.probes` of the scenario.",
    ),
    # In still water the true value of a stuck sensor is close to its reading.
    known=("repeats",),
)
