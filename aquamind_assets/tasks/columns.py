"""Columns that several tasks have, each described once, and the sentence about water in their cards.

Belongs here: what is the same in two tasks or more. Does not belong here: columns of one task, the keys of all
(``task``).
"""

import numpy as np

from aquamind_assets.tasks.task import TaskColumn

CONTAINER_ID = TaskColumn("container_id", "key", "", "id in infrastructure_container")
STAGE = TaskColumn("stage", "feature", "", "lifecycle stage, 1 fry to 5 adult")
FISH = TaskColumn("fish", "feature", "fish", "fish by the books: stocked, less recorded deaths")
WEIGHT = TaskColumn("weight", "feature", "g", "mean weight of the latest growth sample")
ESTIMATE = TaskColumn("estimate", "feature", "kg", "fish times weight")
TEMPERATURE = TaskColumn("temperature", "feature", "degC", "mean water temperature of the day")
TEMPERATURE_28 = TaskColumn("temperature_28", "feature", "degC", "mean water temperature of the last 28 days")
MONTH = TaskColumn("month", "feature", "", "month of the year")
STAY_DAYS_IN_CAGE = TaskColumn("stay_days", "feature", "day", "days since the fish came into the cage")
STAY_DAYS = TaskColumn("stay_days", "feature", "day", "days since the fish came into the container")
TRUE_BIOMASS = TaskColumn("true_biomass", "truth", "kg", "true biomass of the day")
TRUE_WEIGHT = TaskColumn("true_weight", "truth", "g", "true mean weight of the day")
SICK_SHARE = TaskColumn("sick_share", "truth", "1", "share of the fish that are sick")

TRUE_WATER = "Temperature is the day's mean of the ledger; sensors show it to about 0.05 degC."
"""A note of every task with :data:`TEMPERATURE`."""


def month_of(days: np.ndarray) -> np.ndarray:
    """Month of the year of day numbers, 1 to 12, int64 of the same shape."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
