"""Sums at sea: the container-days of cages and the water, by farm and week, farm and month, geography and year.

Belongs here: grouping ledger rows by place and time. Does not belong here: the frames of these sums (``frames``),
batches (``batches``), statistics of the sums (``statistics``).
"""

import numpy as np

from aquamind_assets.ledger.codes import Cause, EventKind, Movement, Stage, TreatmentReason
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.realism.frames import (
    FarmMonths,
    FarmWeeks,
    GeographyYears,
    SalinityClasses,
    SeaStockings,
    Shares,
    WaterMonths,
    WaterWeeks,
    grouped,
    month_number,
)
from aquamind_assets.records.batch.collection import collected_deaths
from aquamind_assets.timeline import year_days

ADULT_G = 1000.0
"""Weight of Adult fish whose condition is measured, g and more."""
TGC_CLASSES = ((300.0, 800.0), (4000.0, 6000.0))
"""Weights between which the growth of small and large fish is measured, g (about .5 and 5 kg)."""


class SeaRows:
    """The container-days at sea, with their group keys."""

    def __init__(self, infrastructure: Infrastructure, ledger: Ledger) -> None:
        containers = infrastructure.containers
        fish, dead = collected_deaths(ledger.container_days, year_days(ledger.year))
        at_sea = containers.area[fish.container] >= 0
        rows = fish.take(at_sea)
        self.rows = rows
        self.area = containers.area[rows.container].astype(np.int64)
        self.geography = containers.geography[rows.container].astype(np.int64)
        self.volume = containers.volume_m3[rows.container]
        self.fish = np.maximum(rows.opening, rows.closing).astype(np.float64)
        # Published mortality is of dead fish collected.
        self.deaths = dead[at_sea].sum(axis=1).astype(np.float64)
        self.biomass = rows.closing * rows.weight_g / 1e3
        first = ledger.movements.take(
            (ledger.movements.from_stage == Stage.SMOLT) & (ledger.movements.to_stage == Stage.POST_SMOLT)
        )
        self.stocked = np.isin(
            rows.day.astype(np.int64) * len(containers) + rows.container,
            first.day.astype(np.int64) * len(containers) + first.to_container,
        )


def farm_weeks(sea: SeaRows, ledger: Ledger, infrastructure: Infrastructure) -> FarmWeeks:
    """Return deaths, lice and counts of each farm, batch and week."""
    rows, counts = sea.rows, ledger.lice_counts
    nothing, no_counts = np.zeros(len(rows)), np.zeros(len(counts))
    days = FarmWeeks(
        area=sea.area,
        batch_id=rows.batch_id,
        week=rows.day // 7,
        fish_days=sea.fish,
        deaths=sea.deaths,
        females=sea.fish * rows.adult_female,
        counted_fish=nothing,
        counted_females=nothing,
    )
    seen = FarmWeeks(
        area=infrastructure.containers.area[counts.container],
        batch_id=counts.batch_id,
        week=counts.day // 7,
        fish_days=no_counts,
        deaths=no_counts,
        females=no_counts,
        counted_fish=counts.fish_sampled,
        counted_females=counts.adult_female,
    )
    return grouped(FarmWeeks.concat([days, seen]), ("area", "batch_id", "week"))


def farm_months(sea: SeaRows, ledger: Ledger, infrastructure: Infrastructure, threshold: float) -> FarmMonths:
    """Return deaths, feed, biomass and lice counts of each farm and month.

    ``threshold`` is in adult females per fish.
    """
    rows, counts = sea.rows, ledger.lice_counts
    days = np.unique(np.stack([sea.area, rows.day.astype(np.int64)]), axis=1)
    of_fish = ("fish_days", "deaths", "feed_kg", "biomass_days")
    of_counts = ("counts", "counts_above", "counted_fish", "counted_females", "counted_lice")
    present = FarmMonths(
        area=days[0],
        geography=infrastructure.areas.geography[days[0]],
        month=month_number(days[1]),
        days=np.ones(days.shape[1]),
        **dict.fromkeys((*of_fish, *of_counts), np.zeros(days.shape[1])),
    )
    sums = FarmMonths(
        area=sea.area,
        geography=sea.geography,
        month=month_number(rows.day),
        days=np.zeros(len(rows)),
        fish_days=sea.fish,
        deaths=sea.deaths,
        feed_kg=rows.feed_g / 1e3,
        biomass_days=sea.biomass,
        **dict.fromkeys(of_counts, np.zeros(len(rows))),
    )
    area = infrastructure.containers.area[counts.container]
    seen = FarmMonths(
        area=area,
        geography=infrastructure.areas.geography[area],
        month=month_number(counts.day),
        days=np.zeros(len(counts)),
        counts=np.ones(len(counts)),
        counts_above=counts.adult_female > threshold * counts.fish_sampled,
        counted_fish=counts.fish_sampled,
        counted_females=counts.adult_female,
        counted_lice=counts.adult_female + counts.adult_male + counts.juvenile,
        **dict.fromkeys(of_fish, np.zeros(len(counts))),
    )
    return grouped(FarmMonths.concat([present, sums, seen]), ("area", "geography", "month"))


def _sea_water(infrastructure: Infrastructure, climate: SiteDays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return day, area and temperature of every site-day at sea."""
    at_sea = climate.site < len(infrastructure.areas)
    return climate.day[at_sea], climate.site[at_sea].astype(np.int64), climate.temperature[at_sea].astype(np.float64)


def salinity_classes(infrastructure: Infrastructure, climate: SiteDays) -> SalinityClasses:
    """Return how many days the areas of each geography have which salinity."""
    at_sea = climate.site < len(infrastructure.areas)
    frame = SalinityClasses(
        geography=infrastructure.areas.geography[climate.site[at_sea].astype(np.int64)],
        tenths=np.rint(10.0 * climate.salinity[at_sea]),
        days=np.ones(int(at_sea.sum())),
    )
    return grouped(frame, ("geography", "tenths"))


def water_months(infrastructure: Infrastructure, climate: SiteDays) -> WaterMonths:
    """Return the temperature of each area and month."""
    day, area, temperature = _sea_water(infrastructure, climate)
    frame = WaterMonths(
        area=area,
        geography=infrastructure.areas.geography[area],
        month=month_number(day),
        days=np.ones(day.size),
        degree_days=temperature,
    )
    return grouped(frame, ("area", "geography", "month"))


def water_weeks(infrastructure: Infrastructure, climate: SiteDays) -> WaterWeeks:
    """Return the temperature of each area and week."""
    day, area, temperature = _sea_water(infrastructure, climate)
    return grouped(
        WaterWeeks(area=area, week=day // 7, days=np.ones(day.size), degree_days=temperature), ("area", "week")
    )


def geography_years(sea: SeaRows, infrastructure: Infrastructure, ledger: Ledger) -> GeographyYears:
    """Return harvest, treatments, outbreaks and growth of each geography."""
    places = len(infrastructure.geographies)
    containers, moves, treated = infrastructure.containers, ledger.movements, ledger.treatments
    harvest = moves.kind == Movement.HARVEST
    first_day = year_days(ledger.year).first
    lice = (treated.reason == TreatmentReason.LICE) & (treated.day >= first_day)
    began = (ledger.outbreaks.start_day >= first_day) & (ledger.outbreaks.outbreak_id == ledger.outbreaks.event_id)
    growth, degrees = _growth(sea, places)
    return GeographyYears(
        geography=np.arange(places),
        year=np.full(places, ledger.year),
        harvested=np.bincount(
            containers.geography[moves.from_container[harvest]], weights=moves.count[harvest], minlength=places
        ),
        harvested_kg=np.bincount(
            containers.geography[moves.from_container[harvest]],
            weights=(moves.count * moves.weight_g / 1e3)[harvest],
            minlength=places,
        ),
        cage_days=np.bincount(sea.geography, minlength=places),
        lice_treatments=np.bincount(containers.geography[treated.container[lice]], minlength=places),
        outbreaks=np.bincount(infrastructure.sites.geography[ledger.outbreaks.site[began]], minlength=places),
        small_growth=growth[0],
        small_degree_days=degrees[0],
        large_growth=growth[1],
        large_degree_days=degrees[1],
    )


def _growth(sea: SeaRows, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Return growth of the cube root of the weight and its degree-days, (classes, geographies), between consecutive
    undisturbed days of a cage."""
    order = np.lexsort([sea.rows.day, sea.rows.assignment_id])
    rows, geography = sea.rows.take(order), sea.geography[order]
    size = np.cbrt(rows.weight_g)
    undisturbed = (
        (rows.assignment_id[1:] == rows.assignment_id[:-1])
        & (rows.day[1:] == rows.day[:-1] + 1)
        & (rows.moved_in[1:] == 0)
        & (rows.closing[1:] > 0)
    )
    step, degrees = np.diff(size), rows.temperature[1:].astype(np.float64)
    growth, warmth = np.zeros((len(TGC_CLASSES), places)), np.zeros((len(TGC_CLASSES), places))
    for row, (low, high) in enumerate(TGC_CLASSES):
        chosen = undisturbed & (rows.weight_g[1:] >= low) & (rows.weight_g[1:] < high)
        growth[row] = np.bincount(geography[1:][chosen], weights=step[chosen], minlength=places)
        warmth[row] = np.bincount(geography[1:][chosen], weights=degrees[chosen], minlength=places)
    return growth, warmth


def sea_stockings(ledger: Ledger, infrastructure: Infrastructure) -> SeaStockings:
    """Return what each cage received at the transfer to sea."""
    moves, containers = ledger.movements, infrastructure.containers
    moves = moves.take((moves.from_stage == Stage.SMOLT) & (moves.to_stage == Stage.POST_SMOLT))
    frame = SeaStockings(
        batch_id=moves.batch_id,
        container=moves.to_container,
        geography=containers.geography[moves.to_container],
        year=np.full(len(moves), ledger.year),
        volume_m3=containers.volume_m3[moves.to_container],
        fish=moves.count,
        kg=moves.count * moves.weight_g / 1e3,
    )
    return grouped(frame, ("batch_id", "container", "geography", "year", "volume_m3"))


def shares(sea: SeaRows, ledger: Ledger) -> Shares:
    """Return condition, deaths by cause, and escapes."""
    rows = sea.rows
    escapes = ledger.events.take(ledger.events.kind == EventKind.ESCAPE)
    adult = (rows.stage == Stage.ADULT) & (rows.weight_g >= ADULT_G)
    chosen = {
        "condition at transfer": (sea.stocked, rows.condition),
        "condition of adults": (adult, rows.condition),
    }
    everyone = np.ones(len(rows), dtype=bool)
    chosen |= {
        f"deaths by {cause.name.lower()}": (everyone, getattr(rows, f"deaths_{cause.name.lower()}")) for cause in Cause
    }
    return Shares(
        key=np.array([*chosen, "escapes"], dtype=object),
        number=np.array([*(float(mask.sum()) for mask, _ in chosen.values()), len(escapes)]),
        total=np.array(
            [
                *(float(values[mask].astype(np.float64).sum()) for mask, values in chosen.values()),
                float(escapes.fish_lost.sum()),
            ]
        ),
    )
