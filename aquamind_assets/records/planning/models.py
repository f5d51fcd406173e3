"""The models that AquaMind projects batches with: temperatures, growth, feed, deaths, and limits by stage.

Belongs here: rows of the reference tables of AquaMind's app ``scenario``, made from the parameters of the scenario, and
the same figures as arrays. Does not belong here: the plan of a batch (``plans``).

A projection counts days from the start of a batch, so there is a temperature profile and a growth model for each
geography and month of the start. A profile follows the usual durations of the stages: the water of recirculated halls,
then the usual temperature of the sea.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from aquamind_assets.farm.sites.climate import sea_temperature_normal
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, day_number

MONTHS = 12

MODEL_STAGES = ("egg", "alevin", "fry", "parr", "smolt", "post_smolt", "harvest")
"""Stages of the app's models; eggs and alevins are one stage of a batch, and ``harvest`` is the grow-out."""

STAGE_OF_MODEL = np.array([0, 0, 1, 2, 3, 4, 5])
"""The Stage of each of them."""

A_YEAR = 2001
"""A year without a leap day, whose seasons stand for those of any year."""

ROOM = 2.0
"""The heaviest fish of a stage weigh this times as much as those that leave it on average (general knowledge)."""


@dataclass(frozen=True)
class StageFigures:
    """Figures of each Stage, float64 of shape (stages,).

    Attributes:
        entry_g: mean weight at entry, g.
        days: usual duration.
        temperature: of recirculated halls, degC; NaN at sea.
        fcr: feed for each kg of growth; 0 without feed.
        daily_loss: share of the fish that die in a day.
    """

    entry_g: np.ndarray
    days: np.ndarray
    temperature: np.ndarray
    fcr: np.ndarray
    daily_loss: np.ndarray


def stage_figures(scenario: Scenario) -> StageFigures:
    """Return the figures of each stage: the middle of the ranges of the scenario."""
    stages = scenario.farm.stages
    days = np.array([(one.nominal_days.low + one.nominal_days.high) / 2 for one in stages])
    over = np.where([one.mortality_basis == "stage" for one in stages], days, 30.0)
    bands = [one.temperature for one in stages]
    return StageFigures(
        entry_g=np.array([one.entry_weight_g for one in stages]),
        days=days,
        temperature=np.array([(band.low + band.high) / 2 if band else np.nan for band in bands]),
        fcr=np.array([one.fcr or 0.0 for one in stages]),
        daily_loss=1 - (1 - np.array([one.mortality for one in stages])) ** (1 / over),
    )


def stage_tgc(scenario: Scenario, geography: int) -> np.ndarray:
    """Return the usual TGC of each stage in a geography, g^(1/3)/(degC day) x1000; 0 before first feeding."""
    bands = [one.tgc for one in scenario.farm.stages]
    bands[Stage.ADULT] = scenario.farm.geographies[geography].growout_tgc
    return np.array([(band.low + band.high) / 2 if band else 0.0 for band in bands])


def profile_days(scenario: Scenario) -> int:
    """Return the number of days of a temperature profile: those that a batch is planned to live, and some more."""
    return round(scenario.farm.batches.expected_days * 1.3)


def sea_of_year(year: YearInputs) -> np.ndarray:
    """Return the usual temperature of the sea of each geography, the mean of its areas, on each day from 1 January of a
    year on, degC, shape (geographies, 365); 0 where a geography has no areas."""
    first = day_number(date(A_YEAR, 1, 1))
    normal = sea_temperature_normal(year.scenario, year.infrastructure, first + np.arange(365))
    of_area = year.infrastructure.areas.geography
    places = range(len(year.scenario.farm.geographies))
    means = [normal[of_area == place].mean(axis=0) if (of_area == place).any() else np.zeros(365) for place in places]
    return np.maximum(np.array(means), 0.0)


def profile(scenario: Scenario, sea: np.ndarray, month: int) -> np.ndarray:
    """Return the usual temperature, degC, of each day of a batch that starts in a month, 0 to 11, float64 of two
    decimals; ``sea`` is that of its geography's sea on each day of a year."""
    days = np.arange(profile_days(scenario))
    begun = day_number(date(A_YEAR, month + 1, 1)) - day_number(date(A_YEAR, 1, 1))
    figures = stage_figures(scenario)
    stage = np.minimum(np.searchsorted(np.cumsum(figures.days), days, side="right"), Stage.ADULT)
    hall = figures.temperature[stage]
    return np.round(np.where(np.isnan(hall), sea[(begun + days) % 365], hall), 2)


def model_number(geography: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Return the number of the profile and growth model of batches that start in a month, 0 to 11, in a geography."""
    return geography.astype(np.int64) * MONTHS + month


def projection_models(year: YearInputs) -> Iterator[Rows]:
    """Yield all models."""
    scenario = year.scenario
    entered = master.master_day(scenario) * MICROSECONDS_PER_DAY + 6 * HOUR
    stamps = {"created_at": entered, "updated_at": entered}
    yield from _growth(year, stamps)
    yield from _feed_and_deaths(year, stamps)
    yield from _limits(year, stamps)


def _growth(year: YearInputs, stamps: dict[str, int]) -> Iterator[Rows]:
    scenario = year.scenario
    places, length = scenario.farm.geographies, profile_days(scenario)
    numbers = np.arange(len(places) * MONTHS)
    names = [f"{place.name}, start in {date(A_YEAR, month + 1, 1):%B}" for place in places for month in range(MONTHS)]
    ids = master.projection_model_id(scenario, numbers)
    yield rows(year.tables["scenario_temperatureprofile"], numbers.size, profile_id=ids, name=names, **stamps)
    temperature = [profile(scenario, sea, month) for sea in sea_of_year(year) for month in range(MONTHS)]
    yield rows(
        year.tables["scenario_temperaturereading"],
        numbers.size * length,
        reading_id=master.profile_reading_id(scenario, np.arange(numbers.size * length)),
        temperature=np.concatenate(temperature),
        profile_id=np.repeat(ids, length),
        day_number=np.tile(np.arange(1, length + 1), numbers.size),
        **stamps,
    )
    tgc = np.array([stage_tgc(scenario, geography) for geography in range(len(places))]) / 1000
    yield rows(
        year.tables["scenario_tgcmodel"],
        numbers.size,
        model_id=ids,
        name=names,
        location=[place.name for place in places for _ in range(MONTHS)],
        release_period=[f"{date(A_YEAR, month + 1, 1):%B}" for _ in places for month in range(MONTHS)],
        tgc_value=np.repeat(tgc[:, Stage.ADULT], MONTHS),
        profile_id=ids,
        **stamps,
    )
    kinds = len(MODEL_STAGES)
    yield rows(
        year.tables["scenario_tgc_model_stage"],
        numbers.size * kinds,
        id=master.projection_model_id(scenario, np.arange(numbers.size * kinds)),
        lifecycle_stage=list(MODEL_STAGES) * numbers.size,
        tgc_value=np.repeat(tgc[:, STAGE_OF_MODEL], MONTHS, axis=0).reshape(-1),
        tgc_model_id=np.repeat(ids, kinds),
    )


def _feed_and_deaths(year: YearInputs, stamps: dict[str, int]) -> Iterator[Rows]:
    scenario, figures = year.scenario, stage_figures(year.scenario)
    stages = np.arange(len(scenario.farm.stages))
    one = master.projection_model_id(scenario, np.zeros(1, dtype=np.int64))
    name = f"Usual figures of {scenario.name}"
    yield rows(year.tables["scenario_fcrmodel"], 1, model_id=one, name=name, **stamps)
    yield rows(
        year.tables["scenario_fcrmodelstage"],
        stages.size,
        id=master.projection_model_id(scenario, stages),
        fcr_value=figures.fcr,
        duration_days=np.maximum(np.rint(figures.days), 1).astype(np.int64),
        model_id=one[0],
        stage_id=master.stage_id(scenario, stages),
        **stamps,
    )
    yield rows(
        year.tables["scenario_mortalitymodel"],
        1,
        model_id=one,
        name=name,
        frequency="daily",
        rate=np.round(100 * np.average(figures.daily_loss, weights=figures.days), 6),
        **stamps,
    )
    yield rows(
        year.tables["scenario_mortality_model_stage"],
        len(MODEL_STAGES),
        id=master.projection_model_id(scenario, np.arange(len(MODEL_STAGES))),
        lifecycle_stage=list(MODEL_STAGES),
        daily_rate_percent=100 * figures.daily_loss[STAGE_OF_MODEL],
        weekly_rate_percent=100 * (1 - (1 - figures.daily_loss[STAGE_OF_MODEL]) ** 7),
        mortality_model_id=one[0],
    )


def _limits(year: YearInputs, stamps: dict[str, int]) -> Iterator[Rows]:
    scenario, figures = year.scenario, stage_figures(year.scenario)
    one = master.projection_model_id(scenario, np.zeros(1, dtype=np.int64))
    yield rows(
        year.tables["scenario_biological_constraints"],
        1,
        id=one,
        name=f"Stages of {scenario.name}",
        description="Weights of each stage, from the lightest fish at entry to the heaviest at exit.",
        **stamps,
    )
    alevin = scenario.farm.eggs.alevin_weight_g
    entry = np.concatenate([[0.0, alevin], figures.entry_g[Stage.FRY :]])
    leave = np.append(entry[1:], scenario.farm.batches.harvest_weight_g.high)
    hall = figures.temperature[STAGE_OF_MODEL]
    bands = [scenario.farm.stages[stage].temperature for stage in STAGE_OF_MODEL]
    yield rows(
        year.tables["scenario_stage_constraint"],
        len(MODEL_STAGES),
        id=master.projection_model_id(scenario, np.arange(len(MODEL_STAGES))),
        lifecycle_stage=list(MODEL_STAGES),
        min_weight_g=entry,
        max_weight_g=leave * ROOM,
        min_temperature_c=np.ma.MaskedArray([band.low if band else 0.0 for band in bands], mask=np.isnan(hall)),
        max_temperature_c=np.ma.MaskedArray([band.high if band else 0.0 for band in bands], mask=np.isnan(hall)),
        typical_duration_days=np.rint(figures.days[STAGE_OF_MODEL]).astype(np.int64),
        constraint_set_id=one[0],
    )
