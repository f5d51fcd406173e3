"""The task of forecasting the feed that the fish of a container will eat."""

import math

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.tasks.columns import (
    CONTAINER_ID,
    ESTIMATE,
    FISH,
    MONTH,
    SICK_SHARE,
    STAGE,
    TEMPERATURE,
    TEMPERATURE_28,
    TRUE_BIOMASS,
    TRUE_WATER,
    TRUE_WEIGHT,
    WEIGHT,
    month_of,
)
from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.task import Task, TaskColumn

HORIZON_DAYS = 28
LOOKBACK_DAYS = 28
MOST_ROWS = 500_000
"""Of more weeks each n-th of a stay is kept."""


def _rows(history: History) -> pd.DataFrame:
    days, stays = history.days, history.series
    fish, feed = days["fish"].to_numpy().astype(np.float64), days["feed_kg"].to_numpy()
    made = pd.DataFrame(
        {
            "site": days["site"],
            "batch_id": days["batch_id"],
            "series": days["assignment_id"],
            "day": days["day"],
            "first_day": days["day"] - np.minimum(stays.age, LOOKBACK_DAYS - 1),
            "last_day": days["day"] + HORIZON_DAYS,
            "container_id": history.infrastructure.containers.container_id[days["container"]],
            "stage": days["stage"],
            "fish": fish,
            "weight": days["sampled_g"],
            "estimate": fish * days["sampled_g"].to_numpy() / 1000.0,
            "feed_1": feed,
            "feed_7": stays.mean_of_last(feed, 7),
            "feed_28": HORIZON_DAYS * stays.mean_of_last(feed, LOOKBACK_DAYS),
            "fasting_28": stays.sum_of_last(days["fasting"].to_numpy(), LOOKBACK_DAYS),
            "deaths_28": 1000.0 * stays.sum_of_last(days["deaths"].to_numpy(), LOOKBACK_DAYS) / np.maximum(fish, 1),
            "temperature": days["temperature"],
            "temperature_28": stays.mean_of_last(days["temperature"].to_numpy(), LOOKBACK_DAYS),
            "month": month_of(days["day"].to_numpy()),
            "feed_demand": stays.sum_of_next(feed, HORIZON_DAYS),
            "true_biomass": fish * days["weight_g"].to_numpy() / 1000.0,
            "true_weight": days["weight_g"],
            "sick_share": days["sick_share"],
            "temperature_ahead": stays.sum_of_next(days["temperature"].to_numpy(), HORIZON_DAYS) / HORIZON_DAYS,
            "fasting_ahead": stays.sum_of_next(days["fasting"].to_numpy(), HORIZON_DAYS),
            "fish_ahead": stays.after(fish, HORIZON_DAYS),
            "gain_ahead": fish * (stays.after(days["weight_g"].to_numpy(), HORIZON_DAYS) - days["weight_g"]) / 1000.0,
        }
    )
    kept = (days["stage"].to_numpy() >= Stage.FRY) & np.isfinite(made["feed_demand"].to_numpy()) & (fish > 0)
    kept &= made["feed_demand"].to_numpy() > 0
    kept &= stays.age % 7 == 6
    step = max(1, math.ceil(int(kept.sum()) / MOST_ROWS))
    return made[kept & (stays.age // 7 % step == 0)].reset_index(drop=True)


FEED_DEMAND = Task(
    name="feed_demand",
    question=f"How much feed will the fish of this container eat in the next {HORIZON_DAYS} days?",
    kind="forecast",
    target="feed_demand",
    offset=1.0,
    naive="feed_28",
    make=_rows,
    known=("stage", "temperature", "temperature_28", "fasting_28", "month"),
    columns=(
        CONTAINER_ID,
        STAGE,
        FISH,
        WEIGHT,
        ESTIMATE,
        TaskColumn("feed_1", "feature", "kg", "feed of the day"),
        TaskColumn("feed_7", "feature", "kg per day", "feed of the last seven days"),
        TaskColumn("feed_28", "feature", "kg", "feed of the last 28 days, or as much as that of a shorter stay"),
        TaskColumn("fasting_28", "feature", "day", "days of fasting in the last 28"),
        TaskColumn("deaths_28", "feature", "per 1000 fish", "deaths of the last 28 days"),
        TEMPERATURE,
        TEMPERATURE_28,
        MONTH,
        TaskColumn("feed_demand", "target", "kg", f"feed eaten in the next {HORIZON_DAYS} days"),
        TRUE_BIOMASS,
        TRUE_WEIGHT,
        SICK_SHARE,
        TaskColumn("temperature_ahead", "truth", "degC", f"mean water temperature of the next {HORIZON_DAYS} days"),
        TaskColumn("fasting_ahead", "truth", "day", f"days of fasting in the next {HORIZON_DAYS}"),
        TaskColumn("gain_ahead", "truth", "kg", f"true growth of the day's fish in the next {HORIZON_DAYS} days"),
        TaskColumn("fish_ahead", "truth", "fish", f"fish {HORIZON_DAYS} days later"),
    ),
    notes=(
        "One row a week of each stay, from first feeding on, where the fish stay in the container to the end of the"
        " horizon.",
        TRUE_WATER,
    ),
)
