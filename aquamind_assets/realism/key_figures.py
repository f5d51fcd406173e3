"""What a manager asks of the farm: survival, tonnes, days at sea, treatments, by geography.

Belongs here: key figures from :class:`Observations`, without bands. Does not belong here: published figures
(``realism``).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.codes import Cause
from aquamind_assets.realism.frames import BatchFlows
from aquamind_assets.realism.observations import Observations
from aquamind_assets.realism.statistics import (
    GUTTED,
    SETTLED_YEARS,
    cause_shares,
    monthly_females,
    monthly_mortality,
    yearly_harvest,
)
from aquamind_assets.scenario.model import Scenario

THRESHOLD = 0.5
"""Adult females per fish above which a farm-month is counted as high."""


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the farm; ``values`` are by column of :func:`columns`, nan where there is nothing to measure."""

    name: str
    unit: str
    values: tuple[float, ...]


def columns(scenario: Scenario) -> list[str]:
    """The geographies, then the whole farm."""
    return [geography.name for geography in scenario.farm.geographies] + ["Whole farm"]


def key_figures(scenario: Scenario, observed: Observations) -> list[KeyFigure]:
    """The key figures of the observed years."""
    places = [observed_in(observed, row) for row in range(len(scenario.farm.geographies))]
    places.append(observed)
    figures = [
        KeyFigure(
            "Batches that went through their whole life",
            "batches",
            _each(places, lambda one: float(len(_lived(one.batches)))),
        ),
        KeyFigure(
            "Survival, egg to sea transfer", "%", _each(places, lambda one: 100 * _part(one.batches, "to_sea", "eggs"))
        ),
        KeyFigure(
            "Survival, sea transfer to harvest",
            "%",
            _each(
                places,
                lambda one: 100 * (_part(one.batches, "harvested", "to_sea") + _part(one.batches, "given", "to_sea")),
            ),
        ),
        KeyFigure(
            "Mean weight at sea transfer",
            "g",
            _each(places, lambda one: 1e3 * _part(one.batches, "to_sea_kg", "to_sea")),
        ),
        KeyFigure(
            "Mean weight at harvest", "kg", _each(places, lambda one: _part(one.batches, "harvested_kg", "harvested"))
        ),
        KeyFigure("Days at sea", "day", _each(places, _days_at_sea)),
        KeyFigure("Days from eggs to harvest", "day", _each(places, _days_of_life)),
        KeyFigure("Economic feed conversion ratio, sea", "kg/kg", _each(places, _economic_fcr)),
        KeyFigure("Lice treatments in a cage and year", "treatments", _each(places, _treatments)),
        KeyFigure("Site outbreaks in a year", "outbreaks", _each(places, _outbreaks)),
        KeyFigure(
            f"Farm-months above {THRESHOLD} adult females",
            "%",
            _each(places, lambda one: 100 * _mean(monthly_females(one) > THRESHOLD)),
        ),
    ]
    figures += [
        KeyFigure(f"Farm-month mortality, {name}", "%", _each(places, _mortality_at(level)))
        for name, level in (
            ("10th percentile", 0.1),
            ("median", 0.5),
            ("90th percentile", 0.9),
            ("99th percentile", 0.99),
        )
    ]
    tonnes = [
        yearly_harvest(observed, row, scenario.first_year + SETTLED_YEARS).mean() * GUTTED / 1e3
        for row in range(len(scenario.farm.geographies))
    ]
    figures.append(
        KeyFigure(
            f"Harvest in a year, head-on-gutted, from {scenario.first_year + SETTLED_YEARS} on",
            "t",
            (*map(float, tonnes), float(sum(tonnes))),
        )
    )
    whole = cause_shares(observed)
    return figures + [
        KeyFigure(
            f"Deaths at sea by {cause.name.lower()}",
            "%",
            (*[float("nan")] * (len(places) - 1), 100 * float(whole[cause])),
        )
        for cause in Cause
    ]


def observed_in(observed: Observations, geography: int) -> Observations:
    """What was observed in one geography; figures that are not kept by geography are left out of it."""
    areas = np.unique(observed.farm_months.area[observed.farm_months.geography == geography])
    return Observations(
        farm_weeks=observed.farm_weeks.take(np.isin(observed.farm_weeks.area, areas)),
        farm_months=observed.farm_months.take(observed.farm_months.geography == geography),
        water_months=observed.water_months.take(observed.water_months.geography == geography),
        water_weeks=observed.water_weeks.take(
            np.isin(
                observed.water_weeks.area,
                np.unique(observed.water_months.area[observed.water_months.geography == geography]),
            )
        ),
        batches=observed.batches.take(observed.batches.geography == geography),
        geography_years=observed.geography_years.take(observed.geography_years.geography == geography),
        cages=observed.cages.empty(),
        shares=observed.shares.empty(),
        readings=observed.readings.empty(),
        active=observed.active.empty(),
    )


def _each(places: list[Observations], figure: Callable[[Observations], float]) -> tuple[float, ...]:
    return tuple(float(figure(one)) for one in places)


def _mortality_at(level: float) -> Callable[[Observations], float]:
    return lambda observed: _quantile(monthly_mortality(observed), level)


def _lived(batches: BatchFlows) -> BatchFlows:
    """Batches whose sea transfer and end were both observed."""
    return batches.take((batches.to_sea > 0) & (batches.ended > 0) & (batches.harvested > 0))


def _part(batches: BatchFlows, part: str, whole: str) -> float:
    lived = _lived(batches)
    return _ratio(getattr(lived, part).sum(), getattr(lived, whole).sum())


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _quantile(values: np.ndarray, level: float) -> float:
    return float(np.quantile(values, level)) if values.size else float("nan")


def _days_at_sea(observed: Observations) -> float:
    lived = _lived(observed.batches)
    return _mean(lived.harvest_day_sum / lived.harvested - lived.to_sea_day_sum / lived.to_sea)


def _days_of_life(observed: Observations) -> float:
    lived = _lived(observed.batches)
    return _mean(lived.harvest_day_sum / lived.harvested - lived.start_day)


def _economic_fcr(observed: Observations) -> float:
    lived = _lived(observed.batches)
    return _ratio(lived.sea_feed_kg.sum(), (lived.harvested_kg + lived.given_kg - lived.to_sea_kg).sum())


def _treatments(observed: Observations) -> float:
    return 365.25 * _ratio(observed.geography_years.lice_treatments.sum(), observed.geography_years.cage_days.sum())


def _outbreaks(observed: Observations) -> float:
    return _ratio(observed.geography_years.outbreaks.sum(), np.unique(observed.geography_years.year).size)
