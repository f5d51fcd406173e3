"""The plan of each batch: AquaMind's scenario, and its projection from the first day to the planned end.

Belongs here: rows of ``scenario``, ``scenario_projection_run`` and ``scenario_scenarioprojection``. Does not belong
here: the models that they are made with (``models``).

Batches that hatch on the farm have a plan. A projection is what the farm expects on the day on which a batch starts,
without weather, disease or chance: growth by the usual TGC of each stage and the usual temperature, the usual losses,
and feed by the usual feed conversion ratio.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.model import Batches
from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.planning.models import model_number, profile, sea_of_year, stage_figures, stage_tgc
from aquamind_assets.records.users.people import staff
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, DayRange, row_ids

PLANNED = 8 * HOUR
"""A batch is planned in the morning of its first day."""

MOST_DAYS = 5_000
"""Rows of a projection at most: numbers within a day are set aside for so many."""

GENOTYPE = "Atlantic salmon"
OWN_EGGS = "Own broodstock"


@dataclass(frozen=True)
class Projection:
    """A projection, day by day; arrays of shape (days,).

    Attributes:
        weight_g: mean weight in the evening.
        fish: fish in the evening, not rounded.
        feed_kg: feed of the day.
        temperature: degC.
        stage: Stage.
    """

    weight_g: np.ndarray
    fish: np.ndarray
    feed_kg: np.ndarray
    temperature: np.ndarray
    stage: np.ndarray

    @property
    def biomass_kg(self) -> np.ndarray:
        """Biomass in the evening."""
        return self.fish * self.weight_g / 1000


def planned_batches(year: YearInputs) -> Batches:
    """Return the batches alive in the year that have a plan: those that hatched on the farm. Fish that come to it at
    sea, and mixed batches, have none."""
    batches = year.lives.batches
    return batches.take((batches.station >= 0) & ~batches.mixed)


def plans(year: YearInputs) -> Iterator[Rows]:
    """Yield the scenario and the run of each batch alive in the year that has a plan."""
    planned = planned_batches(year)
    yield _scenarios(year, planned)
    yield _runs(year, planned, _projected(year, planned))


def projections(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the projections of the batches that start on these days."""
    planned = planned_batches(year)
    started = planned.take((planned.start_day >= days.first) & (planned.start_day < days.end))
    if len(started):
        yield _projections(year, started, _projected(year, started))


def _projected(year: YearInputs, planned: Batches) -> list[Projection]:
    sea = sea_of_year(year)
    return [
        projected(year.scenario, sea, int(geography), int(month), int(eggs), int(length))
        for geography, month, eggs, length in zip(
            planned.geography, _months(planned.start_day), planned.eggs, _lengths(planned), strict=True
        )
    ]


def _months(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12


def _lengths(planned: Batches) -> np.ndarray:
    """Return the days from the start to the planned end of each batch."""
    return np.clip(planned.expected_end_day - planned.start_day, 1, MOST_DAYS - 1)


def projected(scenario: Scenario, sea: np.ndarray, geography: int, month: int, eggs: int, days: int) -> Projection:
    """Return the projection of a batch.

    Args:
        scenario: the scenario.
        sea: usual temperature of the sea of each geography on each day of a year.
        geography: row in Geographies.
        month: of the first day, 0 to 11.
        eggs: number on the first day.
        days: length of the projection.
    """
    figures, tgc = stage_figures(scenario), stage_tgc(scenario, geography) / 1000
    temperature = np.resize(profile(scenario, sea[geography], month), days)
    weights, stages = np.empty(days), np.empty(days, dtype=np.int64)
    weight, stage = scenario.farm.eggs.alevin_weight_g, int(Stage.EGG_ALEVIN)
    first = weight
    for day in range(days):
        if stage == Stage.EGG_ALEVIN:
            if day >= figures.days[Stage.EGG_ALEVIN]:
                stage, weight = Stage.FRY, max(weight, float(figures.entry_g[Stage.FRY]))
        else:
            weight = (np.cbrt(weight) + tgc[stage] * temperature[day]) ** 3
            while stage < Stage.ADULT and weight >= figures.entry_g[stage + 1]:
                stage += 1
        weights[day], stages[day] = weight, stage
    number = eggs * np.cumprod(1 - figures.daily_loss[stages])
    gain = np.diff(np.concatenate([[first], weights]))
    feed = np.where(stages == Stage.EGG_ALEVIN, 0.0, np.maximum(gain, 0.0) * number * figures.fcr[stages] / 1000)
    return Projection(np.round(weights, 2), np.round(number), np.round(feed, 3), temperature, stages)


def _scenarios(year: YearInputs, started: Batches) -> Rows:
    scenario = year.scenario
    model = model_number(started.geography, _months(started.start_day))
    planned = started.start_day.astype(np.int64) * MICROSECONDS_PER_DAY + PLANNED
    one = int(master.projection_model_id(scenario, np.zeros(1, dtype=np.int64))[0])
    return rows(
        year.tables["scenario"],
        len(started),
        scenario_id=started.batch_id,
        name=[f"Plan of {number}" for number in started.number],
        start_date=started.start_day,
        duration_days=_lengths(started),
        initial_count=started.eggs,
        genotype=GENOTYPE,
        supplier=[str(name) or OWN_EGGS for name in started.egg_supplier],
        initial_weight=scenario.farm.eggs.alevin_weight_g,
        created_at=planned,
        updated_at=planned,
        batch_id=started.batch_id,
        created_by_id=staff(scenario, year.infrastructure).managers(started.geography, started.batch_id),
        fcr_model_id=one,
        mortality_model_id=one,
        tgc_model_id=master.projection_model_id(scenario, model),
        biological_constraints_id=one,
    )


def _runs(year: YearInputs, started: Batches, made: list[Projection]) -> Rows:
    planned = started.start_day.astype(np.int64) * MICROSECONDS_PER_DAY + PLANNED
    return rows(
        year.tables["scenario_projection_run"],
        len(started),
        run_id=started.batch_id,
        run_date=planned,
        run_number=1,
        label="Baseline",
        parameters_snapshot=json.dumps({"models": "usual figures of the farm"}),
        total_projections=np.array([one.stage.size for one in made], dtype=np.int64),
        final_weight_g=np.array([one.weight_g[-1] for one in made]),
        final_biomass_kg=np.array([one.biomass_kg[-1] for one in made]),
        created_at=planned,
        updated_at=planned,
        created_by_id=staff(year.scenario, year.infrastructure).managers(started.geography, started.batch_id),
        scenario_id=started.batch_id,
    )


def _projections(year: YearInputs, started: Batches, made: list[Projection]) -> Rows:
    length = np.array([one.stage.size for one in made])
    batch = np.repeat(np.arange(len(started)), length)
    day = np.concatenate([np.arange(1, size + 1) for size in length])
    start = started.start_day.astype(np.int64)[batch]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(one, name) for one in made])

    return rows(
        year.tables["scenario_scenarioprojection"],
        day.size,
        projection_id=row_ids(start, started.batch_id[batch] % WIDE_DAY_ROWS * MOST_DAYS + day),
        projection_date=start + day - 1,
        day_number=day,
        average_weight=joined("weight_g"),
        population=joined("fish"),
        biomass=joined("biomass_kg"),
        daily_feed=joined("feed_kg"),
        cumulative_feed=np.concatenate([np.cumsum(one.feed_kg) for one in made]),
        temperature=joined("temperature"),
        created_at=start * MICROSECONDS_PER_DAY + PLANNED,
        updated_at=start * MICROSECONDS_PER_DAY + PLANNED,
        current_stage_id=master.stage_id(year.scenario, joined("stage")),
        projection_run_id=started.batch_id[batch],
    )
