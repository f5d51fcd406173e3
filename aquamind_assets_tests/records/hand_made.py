"""A year's inputs with a hand-made ledger: some stays of one batch with steady conditions."""

from dataclasses import dataclass, fields

import numpy as np

from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.farm.sites.oxygen import saturation, solubility
from aquamind_assets.ledger.frames import Frame
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Assignments, ContainerDays, Ledger, SiteDays
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import DayRange, row_ids, year_days

WEIGHT_G = 1000.0

ALL_PROBES = (
    (
        "farm.container_types.pre_transfer.probes={temperature: 1, oxygen: 2, ph: 1, co2: 1, turbidity: 1, ammonia: 1,"
        " nitrite: 1, nitrate: 1}"
    ),
    "farm.container_types.cage_large.probes={temperature: 2, oxygen: 2, ph: 1, salinity: 1, turbidity: 1, co2: 1}",
    "water.imperfections={}",
)
"""Changes that add all kinds of probes to the small presets, which have few, and make none of them wrong."""


@dataclass(frozen=True)
class Stay:
    """A batch in a container from ``start`` to ``end`` (days of the year from 0; None: still there), at a density in
    kg/m3."""

    container: int
    start: int
    end: int | None
    density: float = 10.0


def year_with(scenario: Scenario, year: int, stays: list[Stay], through: int | None = None) -> YearInputs:
    """Return the inputs of a year with only these stays; ``through`` is a day number."""
    infrastructure, days = build(scenario), year_days(year)
    climate = site_days(scenario, infrastructure, year)
    last = days.end - 1 if through is None else through
    empty = {
        spec.name: _frame_of(spec.name).empty()
        for spec in fields(Ledger)
        if spec.name not in ("year", "through", "fingerprint")
    }
    frames = empty | {
        "assignments": _assignments(infrastructure, days, stays),
        "container_days": _container_days(infrastructure, climate, days, stays, last),
    }
    ledger = Ledger(year=year, through=last, fingerprint=scenario.farm_fingerprint(), **frames)
    return YearInputs(scenario, infrastructure, climate, ledger, lives_of([ledger]), release="2025-08")


def _frame_of(name: str) -> type[Frame]:
    return Ledger.__dataclass_fields__[name].type


def batch_of(year: int, number: int) -> int:
    """Return the row id of the batch of the stay with this number."""
    return int(row_ids(np.array([year_days(year).first]), np.array([number]))[0])


def _assignments(infrastructure: Infrastructure, days: DayRange, stays: list[Stay]) -> Assignments:
    numbers = np.arange(len(stays))
    batch_id = row_ids(np.full(len(stays), days.first), numbers)
    start = np.array([days.first + stay.start for stay in stays])
    return Assignments(
        assignment_id=row_ids(start, numbers),
        batch_id=batch_id,
        container=[stay.container for stay in stays],
        stage=np.full(len(stays), 5),
        start_day=start,
        end_day=[-1 if stay.end is None else days.first + stay.end for stay in stays],
        stocked_count=np.full(len(stays), 1000),
        stocked_weight_g=np.full(len(stays), WEIGHT_G),
        population=[1000 if stay.end is None else 0 for stay in stays],
        uncollected=np.zeros(len(stays)),
        weight_g=np.full(len(stays), WEIGHT_G),
    )


def _container_days(
    infrastructure: Infrastructure, climate: SiteDays, days: DayRange, stays: list[Stay], last: int
) -> ContainerDays:
    parts = []
    for number, stay in enumerate(stays):
        end = last if stay.end is None else min(last, days.first + stay.end)
        day = np.arange(days.first + stay.start, end + 1)
        water = (day - days.first) * len(infrastructure.sites) + infrastructure.containers.site[stay.container]
        temperature, salinity = climate.temperature[water].astype(float), climate.salinity[water].astype(float)
        sea = np.full(day.size, infrastructure.containers.area[stay.container] >= 0)
        left = saturation(
            climate.oxygen_saturation[water].astype(float),
            np.full(day.size, stay.density),
            temperature,
            sea,
            climate.stagnation[water].astype(float),
        )
        volume = infrastructure.containers.volume_m3[stay.container]
        given = {
            "day": day,
            "container": np.full(day.size, stay.container),
            "batch_id": np.full(day.size, batch_of(year_of_days(days), number)),
            "assignment_id": row_ids(np.full(day.size, days.first + stay.start), np.full(day.size, number)),
            "weight_g": np.full(day.size, WEIGHT_G),
            "collected": np.ones(day.size, dtype=bool),
            "closing": np.full(day.size, round(stay.density * volume / WEIGHT_G * 1000)),
            "temperature": temperature,
            "salinity": salinity,
            "oxygen": left / 100 * solubility(temperature, salinity),
            "feed_g": np.full(day.size, round(stay.density * volume * 1000 * 0.008 / 10) * 10),
        }
        parts.append(ContainerDays(**({name: np.zeros(day.size) for name in ContainerDays.names()} | given)))
    return ContainerDays.concat(parts).sorted_by("day", "container") if parts else ContainerDays.empty()


def year_of_days(days: DayRange) -> int:
    """Return the calendar year of the first day of a range."""
    return int(np.datetime64(days.first, "D").astype("datetime64[Y]").astype(int)) + 1970
