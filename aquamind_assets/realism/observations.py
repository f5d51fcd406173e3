"""All sums of a year that statistics are computed from; they can be added up over years.

Belongs here: all sums of a year together. Does not belong here: single sums (``sea``, ``batches``, ``readings``),
statistics of the sums (``statistics``), published figures (``targets``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.realism.batches import active_days, batch_flows
from aquamind_assets.realism.densities import cage_classes, density_classes
from aquamind_assets.realism.frames import (
    ActiveDays,
    BatchFlows,
    CageClasses,
    DelousingWeeks,
    DensityClasses,
    DiseaseTreatments,
    FarmMonths,
    FarmWeeks,
    GeographyYears,
    GrowthClasses,
    HarvestDays,
    ReadingSums,
    SalinityClasses,
    SeaStockings,
    Shares,
    TemperatureStrings,
    WaterMonths,
    WaterWeeks,
    grouped,
)
from aquamind_assets.realism.growth import growth_classes
from aquamind_assets.realism.harvests import harvest_days
from aquamind_assets.realism.readings import ObservedReadings
from aquamind_assets.realism.sea import (
    SeaRows,
    farm_months,
    farm_weeks,
    geography_years,
    salinity_classes,
    sea_stockings,
    shares,
    water_months,
    water_weeks,
)
from aquamind_assets.realism.sea_treatments import delousing_weeks, disease_treatments
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class Observations:
    """All sums of one year, or of several years after :meth:`added`."""

    farm_weeks: FarmWeeks
    farm_months: FarmMonths
    water_months: WaterMonths
    water_weeks: WaterWeeks
    batches: BatchFlows
    geography_years: GeographyYears
    cages: CageClasses
    densities: DensityClasses
    growth: GrowthClasses
    shares: Shares
    stockings: SeaStockings
    readings: ReadingSums
    strings: TemperatureStrings
    salinity: SalinityClasses
    delousing: DelousingWeeks
    disease_treatments: DiseaseTreatments
    harvests: HarvestDays
    active: ActiveDays

    @classmethod
    def added(cls, years: Sequence[Self]) -> Self:
        """Return the sums of several years."""
        joined = {
            spec.name: type(getattr(years[0], spec.name)).concat([getattr(year, spec.name) for year in years])
            for spec in fields(cls)
        }
        return cls(
            farm_weeks=grouped(joined["farm_weeks"], ("area", "batch_id", "week")),
            farm_months=grouped(joined["farm_months"], ("area", "geography", "month")),
            water_months=grouped(joined["water_months"], ("area", "geography", "month")),
            water_weeks=grouped(joined["water_weeks"], ("area", "week")),
            batches=grouped(joined["batches"], ("batch_id", "geography", "start_day", "eggs")),
            geography_years=joined["geography_years"],
            cages=grouped(joined["cages"], ("geography", "weight_class")),
            densities=grouped(joined["densities"], ("geography", "tenths")),
            growth=grouped(joined["growth"], ("geography", "weight_class")),
            shares=joined["shares"],
            stockings=joined["stockings"],
            readings=joined["readings"],
            strings=grouped(joined["strings"], ("area",)),
            salinity=grouped(joined["salinity"], ("geography", "tenths")),
            delousing=grouped(joined["delousing"], ("area", "week")),
            disease_treatments=grouped(joined["disease_treatments"], ("geography", "disease")),
            harvests=joined["harvests"],
            active=joined["active"].sorted_by("day"),
        )


def observe(
    scenario: Scenario,
    infrastructure: Infrastructure,
    climate: SiteDays,
    ledger: Ledger,
    readings: ObservedReadings | None = None,
) -> Observations:
    """Return the sums of one year. Without ``readings`` (``readings.observe_readings``), figures based on readings are
    not measured."""
    sea = SeaRows(infrastructure, ledger)
    return Observations(
        farm_weeks=farm_weeks(sea, ledger, infrastructure),
        farm_months=farm_months(sea, ledger, infrastructure, scenario.health.lice.threshold),
        water_months=water_months(infrastructure, climate),
        water_weeks=water_weeks(infrastructure, climate),
        batches=batch_flows(scenario, infrastructure, ledger, sea),
        geography_years=geography_years(sea, infrastructure, ledger),
        cages=cage_classes(sea),
        densities=density_classes(sea),
        growth=growth_classes(ledger, infrastructure),
        shares=shares(sea, ledger),
        stockings=sea_stockings(ledger, infrastructure),
        readings=ReadingSums.empty() if readings is None else readings.sums,
        strings=TemperatureStrings.empty() if readings is None else readings.strings,
        salinity=salinity_classes(infrastructure, climate),
        delousing=delousing_weeks(ledger, infrastructure),
        disease_treatments=disease_treatments(ledger, infrastructure),
        harvests=harvest_days(ledger, infrastructure),
        active=active_days(ledger),
    )
