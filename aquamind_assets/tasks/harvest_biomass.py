"""The task of estimating, weeks before the harvest, the biomass that will be in the cage."""

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.tasks.columns import (
    CONTAINER_ID,
    ESTIMATE,
    FISH,
    MONTH,
    SICK_SHARE,
    STAY_DAYS_IN_CAGE,
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

HORIZONS = range(14, 120, 7)
"""Days before the first harvest on which an estimate is asked for."""

LOOKBACK_DAYS = 56
GROWTH_DAYS = 28
"""Days whose growth the true state is carried forward with."""


def _rows(history: History) -> pd.DataFrame:
    days, stays = history.days, history.series
    fish, weight = days["fish"].to_numpy().astype(np.float64), days["weight_g"].to_numpy()
    temperature = days["temperature"].to_numpy()
    grown = np.cbrt(weight) - np.cbrt(stays.before(weight, GROWTH_DAYS))
    growth = grown / stays.sum_of_last(temperature, GROWTH_DAYS)
    columns = pd.DataFrame(
        {
            "site": days["site"],
            "batch_id": days["batch_id"],
            "series": days["assignment_id"],
            "day": days["day"],
            "first_day": days["day"] - np.minimum(stays.age, LOOKBACK_DAYS - 1),
            "container_id": history.infrastructure.containers.container_id[days["container"]],
            "fish": fish,
            "weight": days["sampled_g"],
            "weight_28_before": stays.before(days["sampled_g"].to_numpy(), 28),
            "estimate": fish * days["sampled_g"].to_numpy() / 1000.0,
            "feed_28": stays.sum_of_last(days["feed_kg"].to_numpy(), 28),
            "feed_56": stays.sum_of_last(days["feed_kg"].to_numpy(), LOOKBACK_DAYS),
            "deaths_28": stays.sum_of_last(days["deaths"].to_numpy(), 28),
            "temperature": temperature,
            "temperature_28": stays.mean_of_last(temperature, 28),
            "month": month_of(days["day"].to_numpy()),
            "stay_days": stays.age,
            "true_biomass": fish * weight / 1000.0,
            "true_weight": weight,
            "sick_share": days["sick_share"],
        }
    )
    harvests = history.movements[history.movements["kind"] == Movement.HARVEST]
    first = harvests.groupby("from_assignment")["day"].min()
    stay = np.repeat(first.index.to_numpy(), len(HORIZONS))
    harvested = np.repeat(first.to_numpy().astype(np.int64), len(HORIZONS))
    horizon = np.tile(np.array(HORIZONS[::-1]), len(first))
    now, eve = history.rows_of(stay, harvested - horizon), history.rows_of(stay, harvested - 1)
    there = (now >= 0) & (eve >= 0)
    made = columns.iloc[now[there]].reset_index(drop=True)
    total = np.concatenate([[0.0], np.cumsum(temperature, dtype=np.float64)])
    degree_days = total[eve[there] + 1] - total[now[there] + 1]
    weight_ahead = (np.cbrt(weight[now[there]]) + growth[now[there]] * degree_days) ** 3
    made = made.assign(
        last_day=harvested[there] - 1,
        degree_days_ahead=degree_days,
        fish_ahead=fish[eve[there]],
        grown_biomass=fish[eve[there]] * weight_ahead / 1000.0,
        horizon=horizon[there],
        harvest_biomass=columns["true_biomass"].to_numpy()[eve[there]],
    )
    return made[made["weight"].notna()].sort_values(["series", "day"], ignore_index=True)


HARVEST_BIOMASS = Task(
    name="harvest_biomass",
    question="How much biomass will be in this cage on the eve of its first harvest?",
    kind="forecast",
    target="harvest_biomass",
    offset=1.0,
    naive="estimate",
    make=_rows,
    known=("horizon", "fish"),
    columns=(
        CONTAINER_ID,
        TaskColumn("horizon", "feature", "day", "days until the planned harvest"),
        FISH,
        WEIGHT,
        TaskColumn("weight_28_before", "feature", "g", "the same 28 days earlier"),
        ESTIMATE,
        TaskColumn("feed_28", "feature", "kg", "feed of the last 28 days"),
        TaskColumn("feed_56", "feature", "kg", "feed of the last 56 days"),
        TaskColumn("deaths_28", "feature", "fish", "deaths of the last 28 days"),
        TEMPERATURE,
        TEMPERATURE_28,
        MONTH,
        STAY_DAYS_IN_CAGE,
        TaskColumn("harvest_biomass", "target", "kg", "true biomass on the evening before the first harvest"),
        TRUE_BIOMASS,
        TRUE_WEIGHT,
        SICK_SHARE,
        TaskColumn("degree_days_ahead", "truth", "degC day", "degree-days to the eve of the harvest"),
        TaskColumn("fish_ahead", "truth", "fish", "fish on the eve of the harvest"),
        TaskColumn("grown_biomass", "truth", "kg", "these fish, grown on by degree-days as truly in the last 28 days"),
    ),
    notes=(
        "One row a week from 119 to 14 days before the first harvest of a cage.",
        TRUE_WATER,
    ),
)
