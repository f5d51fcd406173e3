"""What realism is measured on: the ledger of a year boiled down to sums that can be added up over years.

Belongs here: grouping ledger rows by farm and week, farm and month, batch, and the like. Does not belong here: statistics of the sums, and published figures.

A *farm* is a sea area, as in the published series. Weeks are counted from 1970-01-01 (a Thursday) and may lie in two years; months are
``year * 12 + month - 1``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self, TypeVar

import numpy as np

from aquamind_assets.farm.frames import Frame, column
from aquamind_assets.farm.infrastructure_frames import Infrastructure
from aquamind_assets.farm.ledger import Cause, Ledger, Movement, SiteDays, Stage, TreatmentReason
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import year_days

WEIGHT_CLASSES = (1000.0, 2000.0, 3000.0)
"""Borders of the weight classes of stocking density, g."""
TGC_CLASSES = ((300.0, 800.0), (4000.0, 6000.0))
"""Weights between which the growth of small and large fish is measured, g (about .5 and 5 kg)."""
OXYGEN_BORDERS = (6.0, 8.0)
"""Below the first: stressed; above the second: optimal (the scenario's optimal range begins at 8 mg/L)."""


class FarmWeeks(Frame):
    """Sums over the cages of a farm in a week; one row for each (area, batch, week) with fish."""

    area: np.ndarray = column("int16", "", "row in Areas")
    batch_id: np.ndarray = column("int64", "", "batch")
    week: np.ndarray = column("int32", "week", "week since 1970-01-01")
    fish_days: np.ndarray = column("float64", "fish day", "fish at the start of each day")
    deaths: np.ndarray = column("float64", "fish", "deaths, without transfer losses")
    females: np.ndarray = column("float64", "lice day", "true adult females, times fish")
    counted_fish: np.ndarray = column("float64", "fish", "fish looked at in lice counts")
    counted_females: np.ndarray = column("float64", "lice", "adult females seen in lice counts")


class FarmMonths(Frame):
    """Sums over the cages of a farm in a month; one row for each (area, month) with fish."""

    area: np.ndarray = column("int16", "", "row in Areas")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    month: np.ndarray = column("int32", "month", "year * 12 + month - 1")
    days: np.ndarray = column("float64", "day", "days with fish")
    fish_days: np.ndarray = column("float64", "fish day", "fish at the start of each day")
    deaths: np.ndarray = column("float64", "fish", "deaths, without transfer losses")
    females: np.ndarray = column("float64", "lice day", "true adult females, times fish")
    feed_kg: np.ndarray = column("float64", "kg", "feed eaten")
    biomass_days: np.ndarray = column("float64", "kg day", "biomass of each day")


class WaterMonths(Frame):
    """Sea temperature of an area in a month."""

    area: np.ndarray = column("int16", "", "row in Areas")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    month: np.ndarray = column("int32", "month", "year * 12 + month - 1")
    days: np.ndarray = column("float64", "day", "days")
    degree_days: np.ndarray = column("float64", "degC day", "sum of daily mean temperatures")


class WaterWeeks(Frame):
    """Sea temperature of an area in a week."""

    area: np.ndarray = column("int16", "", "row in Areas")
    week: np.ndarray = column("int32", "week", "week since 1970-01-01")
    days: np.ndarray = column("float64", "day", "days")
    degree_days: np.ndarray = column("float64", "degC day", "sum of daily mean temperatures")


class BatchFlows(Frame):
    """What became of a batch in the year; sums are added over years, the rest is the same in every year."""

    batch_id: np.ndarray = column("int64", "", "batch")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    start_day: np.ndarray = column("int32", "day", "start day")
    eggs: np.ndarray = column("float64", "fish", "eggs laid in")
    to_sea: np.ndarray = column("float64", "fish", "fish that came to sea")
    to_sea_kg: np.ndarray = column("float64", "kg", "their weight")
    to_sea_day_sum: np.ndarray = column("float64", "day fish", "day they came, times fish")
    harvested: np.ndarray = column("float64", "fish", "fish harvested")
    harvested_kg: np.ndarray = column("float64", "kg", "their weight")
    harvest_day_sum: np.ndarray = column("float64", "day fish", "day of harvest, times fish")
    given: np.ndarray = column("float64", "fish", "fish that went on in a mixed batch")
    given_kg: np.ndarray = column("float64", "kg", "their weight")
    sea_feed_kg: np.ndarray = column("float64", "kg", "feed eaten at sea")
    sea_dead_kg: np.ndarray = column("float64", "kg", "weight of the fish that died at sea")
    sea_deaths: np.ndarray = column("float64", "fish", "deaths at sea")
    hatch_degree_days: np.ndarray = column("float64", "degC day", "degree-days from start to hatch, if both lie in the year, else 0")
    ended: np.ndarray = column("float64", "", "1 in the year its last fish left")


class GeographyYears(Frame):
    """Sums over a geography in a year."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    year: np.ndarray = column("int32", "year", "calendar year")
    harvested_kg: np.ndarray = column("float64", "kg", "round weight harvested")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")
    lice_treatments: np.ndarray = column("float64", "treatments", "lice treatments of cages")
    outbreaks: np.ndarray = column("float64", "outbreaks", "site outbreaks that began")
    small_growth: np.ndarray = column("float64", "g^(1/3)", "growth of small fish at sea, cube root of weight")
    small_degree_days: np.ndarray = column("float64", "degC day", "degree-days of the same")
    large_growth: np.ndarray = column("float64", "g^(1/3)", "growth of large fish at sea, cube root of weight")
    large_degree_days: np.ndarray = column("float64", "degC day", "degree-days of the same")


class CageClasses(Frame):
    """Density of cages by weight class, as sums over cage-days."""

    weight_class: np.ndarray = column("int8", "", "0 to 3: below 1, 2, 3 kg and above")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")
    density_days: np.ndarray = column("float64", "kg day/m3", "density of each of these days")
    highest: np.ndarray = column("float64", "kg/m3", "highest density of a day")


class Shares(Frame):
    """Counted cage-days: condition at sea transfer and in adults, deaths by cause; one row for each key."""

    key: np.ndarray = column("str", "", "what is counted")
    number: np.ndarray = column("float64", "", "how many")
    total: np.ndarray = column("float64", "", "sum of the value, where there is one")


class ActiveDays(Frame):
    """Living batches on each day."""

    day: np.ndarray = column("int32", "day", "day")
    batches: np.ndarray = column("int32", "batches", "batches between start and end")


class ReadingSums(Frame):
    """Sums over readings of stocked cages (``reading_observations``); one row for each year."""

    year: np.ndarray = column("int32", "year", "calendar year")
    variance_3_hours: np.ndarray = column("float64", "degC2", "mean square of the temperature anomalies in pairs 3 h apart, times their number")
    product_3_hours: np.ndarray = column("float64", "degC2", "products of these pairs")
    variance_24_hours: np.ndarray = column("float64", "degC2", "the same, 24 h apart")
    product_24_hours: np.ndarray = column("float64", "degC2", "products of these pairs")
    oxygen_stressed: np.ndarray = column("float64", "readings", "oxygen readings below 6 mg/L")
    oxygen_sub_optimal: np.ndarray = column("float64", "readings", "oxygen readings from 6 to 8 mg/L")
    oxygen_optimal: np.ndarray = column("float64", "readings", "oxygen readings of 8 mg/L and more")


AnyFrame = TypeVar("AnyFrame", bound=Frame)


@dataclass(frozen=True)
class Observations:
    """All sums of one year, or of several after :meth:`added`."""

    farm_weeks: FarmWeeks
    farm_months: FarmMonths
    water_months: WaterMonths
    water_weeks: WaterWeeks
    batches: BatchFlows
    geography_years: GeographyYears
    cages: CageClasses
    shares: Shares
    readings: ReadingSums
    active: ActiveDays

    @classmethod
    def added(cls, years: Sequence[Self]) -> Self:
        """The sums of several years."""
        joined = {spec.name: type(getattr(years[0], spec.name)).concat([getattr(year, spec.name) for year in years]) for spec in fields(cls)}
        return cls(
            farm_weeks=_grouped(joined["farm_weeks"], ("area", "batch_id", "week")),
            farm_months=_grouped(joined["farm_months"], ("area", "geography", "month")),
            water_months=_grouped(joined["water_months"], ("area", "geography", "month")),
            water_weeks=_grouped(joined["water_weeks"], ("area", "week")),
            batches=_grouped(joined["batches"], ("batch_id", "geography", "start_day", "eggs")),
            geography_years=joined["geography_years"],
            cages=joined["cages"],
            shares=joined["shares"],
            readings=joined["readings"],
            active=joined["active"].sorted_by("day"),
        )


def observe(scenario: Scenario, infrastructure: Infrastructure, climate: SiteDays, ledger: Ledger, readings: ReadingSums | None = None) -> Observations:
    """The sums of one year; ``readings`` (``reading_observations.observe_readings``) may be left out, what is measured on them then is not."""
    sea = _SeaRows(infrastructure, ledger)
    return Observations(
        farm_weeks=_farm_weeks(sea, ledger, infrastructure),
        farm_months=_farm_months(sea, infrastructure),
        water_months=_water_months(infrastructure, climate),
        water_weeks=_water_weeks(infrastructure, climate),
        batches=_batch_flows(scenario, infrastructure, ledger, sea),
        geography_years=_geography_years(sea, infrastructure, ledger),
        cages=_cage_classes(sea),
        shares=_shares(sea),
        readings=readings if readings is not None else ReadingSums.empty(),
        active=_active(ledger),
    )


class _SeaRows:
    """The container-days at sea, with what they are grouped by."""

    def __init__(self, infrastructure: Infrastructure, ledger: Ledger) -> None:
        containers = infrastructure.containers
        rows = ledger.container_days.take(containers.area[ledger.container_days.container] >= 0)
        self.rows = rows
        self.area = containers.area[rows.container].astype(np.int64)
        self.geography = containers.geography[rows.container].astype(np.int64)
        self.volume = containers.volume_m3[rows.container]
        self.fish = np.maximum(rows.opening, rows.closing).astype(np.float64)
        self.deaths = sum((getattr(rows, f"deaths_{cause.name.lower()}").astype(np.float64) for cause in Cause), np.zeros(len(rows)))
        self.biomass = rows.closing * rows.weight_g / 1e3
        first = ledger.movements.take((ledger.movements.from_stage == Stage.SMOLT) & (ledger.movements.to_stage == Stage.POST_SMOLT))
        self.stocked = np.isin(rows.day.astype(np.int64) * len(containers) + rows.container, first.day.astype(np.int64) * len(containers) + first.to_container)


def month_number(day: np.ndarray) -> np.ndarray:
    """``year * 12 + month - 1`` of day numbers."""
    return np.asarray(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def _grouped(frame: AnyFrame, keys: tuple[str, ...]) -> AnyFrame:
    """Rows of equal keys added up; keys sorted."""
    if not len(frame):
        return frame
    columns = frame.columns()
    order = np.lexsort([columns[key] for key in reversed(keys)])
    border = np.zeros(len(frame), dtype=bool)
    border[0] = True
    for key in keys:
        values = columns[key][order]
        border[1:] |= values[1:] != values[:-1]
    starts = np.flatnonzero(border)
    return type(frame)(
        **{name: values[order][starts] if name in keys else np.add.reduceat(values[order], starts) for name, values in columns.items()},
    )


def _farm_weeks(sea: _SeaRows, ledger: Ledger, infrastructure: Infrastructure) -> FarmWeeks:
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
    return _grouped(FarmWeeks.concat([days, seen]), ("area", "batch_id", "week"))


def _farm_months(sea: _SeaRows, infrastructure: Infrastructure) -> FarmMonths:
    rows = sea.rows
    days = np.unique(np.stack([sea.area, rows.day.astype(np.int64)]), axis=1)
    nothing = np.zeros(days.shape[1])
    present = FarmMonths(
        area=days[0],
        geography=infrastructure.areas.geography[days[0]],
        month=month_number(days[1]),
        days=np.ones(days.shape[1]),
        **dict.fromkeys(("fish_days", "deaths", "females", "feed_kg", "biomass_days"), nothing),
    )
    sums = FarmMonths(
        area=sea.area,
        geography=sea.geography,
        month=month_number(rows.day),
        days=np.zeros(len(rows)),
        fish_days=sea.fish,
        deaths=sea.deaths,
        females=sea.fish * rows.adult_female,
        feed_kg=rows.feed_g / 1e3,
        biomass_days=sea.biomass,
    )
    return _grouped(FarmMonths.concat([present, sums]), ("area", "geography", "month"))


def _sea_water(infrastructure: Infrastructure, climate: SiteDays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day, area and temperature of every site-day at sea."""
    at_sea = climate.site < len(infrastructure.areas)
    return climate.day[at_sea], climate.site[at_sea].astype(np.int64), climate.temperature[at_sea].astype(np.float64)


def _water_months(infrastructure: Infrastructure, climate: SiteDays) -> WaterMonths:
    day, area, temperature = _sea_water(infrastructure, climate)
    frame = WaterMonths(area=area, geography=infrastructure.areas.geography[area], month=month_number(day), days=np.ones(day.size), degree_days=temperature)
    return _grouped(frame, ("area", "geography", "month"))


def _water_weeks(infrastructure: Infrastructure, climate: SiteDays) -> WaterWeeks:
    day, area, temperature = _sea_water(infrastructure, climate)
    return _grouped(WaterWeeks(area=area, week=day // 7, days=np.ones(day.size), degree_days=temperature), ("area", "week"))


def _batch_flows(scenario: Scenario, infrastructure: Infrastructure, ledger: Ledger, sea: _SeaRows) -> BatchFlows:
    batches = ledger.batches.sorted_by("batch_id")
    moves = ledger.movements
    to_sea = (moves.to_stage == Stage.POST_SMOLT) & (moves.from_stage == Stage.SMOLT)
    harvest, mixing = moves.kind == Movement.HARVEST, moves.kind == Movement.MIXING

    def by_batch(batch_id: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.bincount(np.searchsorted(batches.batch_id, batch_id), weights=values, minlength=len(batches))

    def moved(chosen: np.ndarray, values: np.ndarray) -> np.ndarray:
        return by_batch(moves.batch_id[chosen], values[chosen])

    return BatchFlows(
        batch_id=batches.batch_id,
        geography=batches.geography,
        start_day=batches.start_day,
        eggs=batches.eggs,
        to_sea=moved(to_sea, moves.count),
        to_sea_kg=moved(to_sea, moves.count * moves.weight_g / 1e3),
        to_sea_day_sum=moved(to_sea, moves.count * moves.day.astype(np.float64)),
        harvested=moved(harvest, moves.count),
        harvested_kg=moved(harvest, moves.count * moves.weight_g / 1e3),
        harvest_day_sum=moved(harvest, moves.count * moves.day.astype(np.float64)),
        given=moved(mixing, moves.count),
        given_kg=moved(mixing, moves.count * moves.weight_g / 1e3),
        sea_feed_kg=by_batch(sea.rows.batch_id, sea.rows.feed_g / 1e3),
        sea_dead_kg=by_batch(sea.rows.batch_id, sea.deaths * sea.rows.weight_g / 1e3),
        sea_deaths=by_batch(sea.rows.batch_id, sea.deaths),
        hatch_degree_days=_hatch(scenario, infrastructure, ledger, batches.batch_id, batches.start_day),
        ended=batches.end_day >= 0,
    )


def _hatch(scenario: Scenario, infrastructure: Infrastructure, ledger: Ledger, batch_id: np.ndarray, start_day: np.ndarray) -> np.ndarray:
    """Degree-days from the start to the move out of the incubation trays, for batches with both in the ledger; else 0."""
    trays = np.array([kind.category == "TRAY" for kind in scenario.farm.container_types])
    in_tray = trays[infrastructure.containers.container_type]
    moves, rows = ledger.movements, ledger.container_days
    leaving = (moves.from_container >= 0) & in_tray[moves.from_container] & (moves.to_container >= 0) & ~in_tray[moves.to_container]
    left = np.full(batch_id.size, np.iinfo(np.int64).max)
    np.minimum.at(left, np.searchsorted(batch_id, moves.batch_id[leaving]), moves.day[leaving].astype(np.int64))
    rows = rows.take(in_tray[rows.container])
    row_batch = np.searchsorted(batch_id, rows.batch_id)
    before = rows.day < left[row_batch]
    fish_degrees = np.bincount(row_batch[before], weights=(rows.closing * rows.temperature)[before], minlength=batch_id.size)
    # Mean over trays first, then sum over days: weights of days are not equal, so take days one by one.
    days = rows.day[before] - start_day[row_batch[before]]
    span = int(days.max()) + 1 if days.size else 1
    cell = row_batch[before] * span + days
    weight = np.bincount(cell, weights=rows.closing[before], minlength=batch_id.size * span)
    degrees = np.bincount(cell, weights=(rows.closing * rows.temperature)[before], minlength=batch_id.size * span)
    daily = np.where(weight > 0, degrees / np.maximum(weight, 1), 0.0).reshape(batch_id.size, span)
    whole = (left < np.iinfo(np.int64).max) & (start_day >= year_days(ledger.year).first) & (fish_degrees > 0)
    return np.where(whole, daily.sum(axis=1), 0.0)


def _geography_years(sea: _SeaRows, infrastructure: Infrastructure, ledger: Ledger) -> GeographyYears:
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
        harvested_kg=np.bincount(containers.geography[moves.from_container[harvest]], weights=(moves.count * moves.weight_g / 1e3)[harvest], minlength=places),
        cage_days=np.bincount(sea.geography, minlength=places),
        lice_treatments=np.bincount(containers.geography[treated.container[lice]], minlength=places),
        outbreaks=np.bincount(infrastructure.sites.geography[ledger.outbreaks.site[began]], minlength=places),
        small_growth=growth[0],
        small_degree_days=degrees[0],
        large_growth=growth[1],
        large_degree_days=degrees[1],
    )


def _growth(sea: _SeaRows, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Growth of the cube root of the weight and its degree-days, (classes, geographies), between consecutive undisturbed days of a cage."""
    order = np.lexsort([sea.rows.day, sea.rows.assignment_id])
    rows, geography = sea.rows.take(order), sea.geography[order]
    size = np.cbrt(rows.weight_g)
    undisturbed = (rows.assignment_id[1:] == rows.assignment_id[:-1]) & (rows.day[1:] == rows.day[:-1] + 1) & (rows.moved_in[1:] == 0) & (rows.closing[1:] > 0)
    step, degrees = np.diff(size), rows.temperature[1:].astype(np.float64)
    growth, warmth = np.zeros((len(TGC_CLASSES), places)), np.zeros((len(TGC_CLASSES), places))
    for row, (low, high) in enumerate(TGC_CLASSES):
        chosen = undisturbed & (rows.weight_g[1:] >= low) & (rows.weight_g[1:] < high)
        growth[row] = np.bincount(geography[1:][chosen], weights=step[chosen], minlength=places)
        warmth[row] = np.bincount(geography[1:][chosen], weights=degrees[chosen], minlength=places)
    return growth, warmth


def _cage_classes(sea: _SeaRows) -> CageClasses:
    full = sea.rows.closing > 0
    density = (sea.biomass / sea.volume)[full]
    weight_class = np.digitize(sea.rows.weight_g[full], WEIGHT_CLASSES)
    number = len(WEIGHT_CLASSES) + 1
    highest = np.zeros(number)
    np.maximum.at(highest, weight_class, density)
    return CageClasses(
        weight_class=np.arange(number),
        cage_days=np.bincount(weight_class, minlength=number),
        density_days=np.bincount(weight_class, weights=density, minlength=number),
        highest=highest,
    )


def _shares(sea: _SeaRows) -> Shares:
    rows = sea.rows
    adult = (rows.stage == Stage.ADULT) & (rows.weight_g >= WEIGHT_CLASSES[0])
    chosen = {
        "condition at transfer": (sea.stocked, rows.condition),
        "condition of adults": (adult, rows.condition),
    }
    everyone = np.ones(len(rows), dtype=bool)
    chosen |= {f"deaths by {cause.name.lower()}": (everyone, getattr(rows, f"deaths_{cause.name.lower()}")) for cause in Cause}
    return Shares(
        key=np.array(list(chosen), dtype=object),
        number=np.array([float(mask.sum()) for mask, _ in chosen.values()]),
        total=np.array([float(values[mask].astype(np.float64).sum()) for mask, values in chosen.values()]),
    )


def _active(ledger: Ledger) -> ActiveDays:
    days = np.arange(year_days(ledger.year).first, ledger.through + 1)
    started = np.searchsorted(np.sort(ledger.batches.start_day), days, side="right")
    ends = ledger.batches.end_day[ledger.batches.end_day >= 0]
    return ActiveDays(day=days, batches=started - np.searchsorted(np.sort(ends), days, side="left"))
