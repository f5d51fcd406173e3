"""The task of noticing an outbreak of disease before the fish health team recognises it."""

import math

import numpy as np
import pandas as pd

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.tasks.columns import (
    CONTAINER_ID,
    MONTH,
    SICK_SHARE,
    STAGE,
    STAY_DAYS,
    TEMPERATURE,
    TRUE_WATER,
    WEIGHT,
    month_of,
)
from aquamind_assets.tasks.history import History
from aquamind_assets.tasks.task import Task, TaskColumn

LOOKBACK_DAYS = 28
RECOVERY_DAYS = 30
"""Days after an infection that belong to neither class: fish still die of it."""

MOST_ROWS = 1_000_000
"""Of more container-days each n-th of a stay is kept."""


def _rows(history: History) -> pd.DataFrame:
    days, stays = history.days, history.series
    state, recognised = _classes(history)
    fish = np.maximum(days["fish"].to_numpy(), 1)
    deaths = 1000.0 * days["deaths"].to_numpy() / fish
    feed = 1000.0 * days["feed_kg"].to_numpy() / fish
    made = pd.DataFrame(
        {
            "site": days["site"],
            "batch_id": days["batch_id"],
            "series": days["assignment_id"],
            "day": days["day"],
            "first_day": days["day"] - np.minimum(stays.age, LOOKBACK_DAYS - 1),
            "last_day": np.where(recognised >= 0, recognised, days["day"]),
            "container_id": history.infrastructure.containers.container_id[days["container"]],
            "recognised_day": recognised,
            "stage": days["stage"],
            "weight": days["sampled_g"],
            "temperature": days["temperature"],
            "month": month_of(days["day"].to_numpy()),
            "stay_days": stays.age,
            "deaths_1": deaths,
            "deaths_3": stays.mean_of_last(deaths, 3),
            "deaths_7": stays.mean_of_last(deaths, 7),
            "deaths_28": stays.mean_of_last(deaths, LOOKBACK_DAYS),
            "feed_1": feed,
            "feed_7": stays.mean_of_last(feed, 7),
            "site_deaths_7": _site_deaths(history, 7),
            "site_outbreaks": _site_outbreaks(history),
            "infected": state == 1,
            "sick_share": days["sick_share"],
            "infection_age": _infection_age(history),
        }
    )
    kept = (state >= 0) & (days["stage"].to_numpy() >= Stage.FRY) & (days["fish"].to_numpy() > 0)
    step = max(1, math.ceil(int(kept.sum()) / MOST_ROWS))
    return made[kept & (stays.age % step == 0)].reset_index(drop=True)


def _classes(history: History) -> tuple[np.ndarray, np.ndarray]:
    """Class of each container-day, 1 infected and not recognised yet, 0 healthy, -1 neither; and the day of recognition
    of the former, else -1."""
    stay, day = history.days["assignment_id"].to_numpy(), history.days["day"].to_numpy()
    state, recognised = np.zeros(day.size, dtype=np.int8), np.full(day.size, -1, dtype=np.int64)
    spans = history.outbreaks[["assignment_id", "start_day", "end_day", "detected_day"]].itertuples(index=False)
    neither = np.zeros(day.size, dtype=bool)
    for assignment, start, end, detected in spans:
        low, high = np.searchsorted(stay, [assignment, assignment + 1])
        if low == high:
            continue
        within = slice(int(low), int(high))
        before = (day[within] >= start) & (day[within] < detected)
        state[within][before], recognised[within][before] = 1, detected
        from_day = start if detected < 0 else detected
        neither[within] |= (day[within] >= from_day) & (day[within] < end + RECOVERY_DAYS)
    state[neither] = -1
    return state, np.where(state == 1, recognised, -1)


def _infection_age(history: History) -> np.ndarray:
    """Days that the container's oldest running infection has lasted, 0 for none."""
    stay, day = history.days["assignment_id"].to_numpy(), history.days["day"].to_numpy()
    age = np.zeros(day.size)
    for assignment, start, end in history.outbreaks[["assignment_id", "start_day", "end_day"]].itertuples(index=False):
        low, high = np.searchsorted(stay, [assignment, assignment + 1])
        here = day[low:high]
        running = (here >= start) & (here < end)
        age[low:high] = np.where(running, np.maximum(age[low:high], here - start + 1), age[low:high])
    return age


def _by_site(history: History, values: np.ndarray) -> tuple[np.ndarray, int]:
    """Sums of a column over each site and day, shape (sites, days), and the first day."""
    days, first = history.days, int(history.days["day"].min())
    shape = (len(history.infrastructure.sites), int(days["day"].max()) - first + 1)
    table = np.zeros(shape)
    np.add.at(table, (days["site"].to_numpy(), days["day"].to_numpy() - first), values)
    return table, first


def _site_deaths(history: History, span: int) -> np.ndarray:
    """Deaths per 1000 fish and day at the row's site over the last ``span`` days."""
    deaths, first = _by_site(history, history.days["deaths"].to_numpy())
    fish, _ = _by_site(history, history.days["fish"].to_numpy())
    total = [np.cumsum(table, axis=1) for table in (deaths, fish)]
    recent = [table - np.pad(table, ((0, 0), (span, 0)))[:, : table.shape[1]] for table in total]
    rate = 1000.0 * recent[0] / np.maximum(recent[1], 1.0)
    return rate[history.days["site"].to_numpy(), history.days["day"].to_numpy() - first]


def _site_outbreaks(history: History) -> np.ndarray:
    """Recognised infections that run in containers of the row's site."""
    table, first = _by_site(history, np.zeros(len(history.days)))
    for site, detected, end in history.outbreaks[["site", "detected_day", "end_day"]].itertuples(index=False):
        if detected >= 0:
            table[site, max(detected - first, 0) : max(end - first, 0)] += 1
    return table[history.days["site"].to_numpy(), history.days["day"].to_numpy() - first]


OUTBREAK_WARNING = Task(
    name="outbreak_warning",
    question="Are the fish of this container infected by a disease that will be recognised later?",
    kind="detection",
    rare=True,
    target="infected",
    make=_rows,
    recognised="recognised_day",
    columns=(
        CONTAINER_ID,
        TaskColumn("recognised_day", "key", "date", "day of recognition of the infection, -1 for none; no feature"),
        STAGE,
        WEIGHT,
        TEMPERATURE,
        MONTH,
        STAY_DAYS,
        TaskColumn("deaths_1", "feature", "per 1000 fish and day", "deaths of the day"),
        TaskColumn("deaths_3", "feature", "per 1000 fish and day", "deaths of the last three days"),
        TaskColumn("deaths_7", "feature", "per 1000 fish and day", "deaths of the last seven days"),
        TaskColumn("deaths_28", "feature", "per 1000 fish and day", "deaths of the last 28 days"),
        TaskColumn("feed_1", "feature", "g per fish", "feed of the day"),
        TaskColumn("feed_7", "feature", "g per fish and day", "feed of the last seven days"),
        TaskColumn("site_deaths_7", "feature", "per 1000 fish and day", "deaths at the site in the last seven days"),
        TaskColumn("site_outbreaks", "feature", "", "recognised infections running in containers of the site"),
        TaskColumn("infected", "target", "", "an infection runs that will be recognised on a later day"),
        SICK_SHARE,
        TaskColumn("infection_age", "truth", "day", "days that the oldest running infection has lasted"),
    ),
    notes=(
        "Rows are the days of containers with fish from first feeding on. Days from the recognition of an infection to"
        f" {RECOVERY_DAYS} days after its end are left out, and so are those of infections that were never recognised.",
        "`recognised_day` minus `day` is what a warning on that day wins.",
        TRUE_WATER,
    ),
)
