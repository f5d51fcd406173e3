"""Sums that statistics are computed from, as frames whose rows can be added up over years.

Belongs here: the frames, and adding up their rows. Does not belong here: computing them from a ledger (``sea``,
``batches``, ``readings``).

A *farm* is a sea area, as in the published series. Weeks are counted from 1970-01-01 (a Thursday) and may lie in two
years; months are ``year * 12 + month - 1``.
"""

from typing import TypeVar

import numpy as np

from aquamind_assets.ledger.frames import Frame, column

AnyFrame = TypeVar("AnyFrame", bound=Frame)


class FarmWeeks(Frame):
    """Sums over the cages of a farm in a week; one row for each (area, batch, week) with fish."""

    area: np.ndarray = column("int16", "", "row in Areas")
    batch_id: np.ndarray = column("int64", "", "batch")
    week: np.ndarray = column("int32", "week", "week since 1970-01-01")
    fish_days: np.ndarray = column("float64", "fish day", "fish at the start of each day")
    deaths: np.ndarray = column("float64", "fish", "deaths, without transfer losses")
    females: np.ndarray = column("float64", "lice day", "true adult females, times fish")
    counted_fish: np.ndarray = column("float64", "fish", "fish in lice counts")
    counted_females: np.ndarray = column("float64", "lice", "adult females in lice counts")


class FarmMonths(Frame):
    """Sums over the cages of a farm in a month; one row for each (area, month) with fish or lice counts."""

    area: np.ndarray = column("int16", "", "row in Areas")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    month: np.ndarray = column("int32", "month", "year * 12 + month - 1")
    days: np.ndarray = column("float64", "day", "days with fish")
    fish_days: np.ndarray = column("float64", "fish day", "fish at the start of each day")
    deaths: np.ndarray = column("float64", "fish", "deaths, without transfer losses")
    feed_kg: np.ndarray = column("float64", "kg", "feed eaten")
    biomass_days: np.ndarray = column("float64", "kg day", "biomass of each day")
    counts: np.ndarray = column("float64", "counts", "lice counts")
    counts_above: np.ndarray = column("float64", "counts", "lice counts above the treatment threshold")
    counted_fish: np.ndarray = column("float64", "fish", "fish looked at in lice counts")
    counted_females: np.ndarray = column("float64", "lice", "adult females seen in lice counts")
    counted_lice: np.ndarray = column("float64", "lice", "lice of all kinds in lice counts")


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
    """Fish, feed and days of a batch in the year. Sums are added over years, the other columns are the same in every
    year."""

    batch_id: np.ndarray = column("int64", "", "batch")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    start_day: np.ndarray = column("int32", "day", "start day")
    eggs: np.ndarray = column("float64", "fish", "eggs stocked")
    to_sea: np.ndarray = column("float64", "fish", "fish transferred to sea")
    to_sea_kg: np.ndarray = column("float64", "kg", "their weight")
    to_sea_day_sum: np.ndarray = column("float64", "day fish", "day of transfer to sea, times fish")
    harvested: np.ndarray = column("float64", "fish", "fish harvested")
    harvested_kg: np.ndarray = column("float64", "kg", "their weight")
    harvest_day_sum: np.ndarray = column("float64", "day fish", "day of harvest, times fish")
    given: np.ndarray = column("float64", "fish", "fish that were moved into a mixed batch")
    given_kg: np.ndarray = column("float64", "kg", "their weight")
    taken: np.ndarray = column("float64", "fish", "fish that a mixed batch received")
    taken_kg: np.ndarray = column("float64", "kg", "their weight")
    sea_feed_kg: np.ndarray = column("float64", "kg", "feed eaten at sea")
    sea_dead_kg: np.ndarray = column("float64", "kg", "weight of the fish that died at sea")
    sea_deaths: np.ndarray = column("float64", "fish", "deaths at sea")
    hatch_degree_days: np.ndarray = column(
        "float64", "degC day", "degree-days from start to hatch if both are in the year, else 0"
    )
    ended: np.ndarray = column("float64", "", "1 in the year in which its last fish left")
    end_day: np.ndarray = column("float64", "day", "day on which its last fish left, in that year, else 0")


class GeographyYears(Frame):
    """Sums over a geography in a year."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    year: np.ndarray = column("int32", "year", "calendar year")
    harvested: np.ndarray = column("float64", "fish", "fish harvested")
    harvested_kg: np.ndarray = column("float64", "kg", "round weight harvested")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")
    lice_treatments: np.ndarray = column("float64", "treatments", "lice treatments of cages")
    outbreaks: np.ndarray = column("float64", "outbreaks", "site outbreaks that began")
    small_growth: np.ndarray = column("float64", "g^(1/3)", "growth of small fish at sea, cube root of weight")
    small_degree_days: np.ndarray = column("float64", "degC day", "degree-days of the same")
    large_growth: np.ndarray = column("float64", "g^(1/3)", "growth of large fish at sea, cube root of weight")
    large_degree_days: np.ndarray = column("float64", "degC day", "degree-days of the same")


class CageClasses(Frame):
    """Density of cages by geography and weight class, as sums over cage-days."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    weight_class: np.ndarray = column("int8", "", "0 to 3: below 1, 2, 3 kg and above")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")
    density_days: np.ndarray = column("float64", "kg day/m3", "density of each of these days")


class DensityClasses(Frame):
    """Days of cages by their density."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    tenths: np.ndarray = column("int32", "0.1 kg/m3", "density, rounded")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")


class GrowthClasses(Frame):
    """Growth at sea by geography and weight class (``growth``), as sums over cage-days."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    weight_class: np.ndarray = column("int8", "", "row in the classes of ``growth``")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")
    log_growth: np.ndarray = column("float64", "1", "growth of the log of the weight on these days")


class Shares(Frame):
    """Counted cage-days and incidents: condition at sea transfer and in adults, deaths by cause, escapes; one row for
    each key."""

    key: np.ndarray = column("str", "", "what is counted")
    number: np.ndarray = column("float64", "", "how many")
    total: np.ndarray = column("float64", "", "sum of the value, where there is one")


class SeaStockings(Frame):
    """Fish of a batch that a cage received at the transfer to sea."""

    batch_id: np.ndarray = column("int64", "", "batch")
    container: np.ndarray = column("int32", "", "row in Containers")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    year: np.ndarray = column("int32", "year", "calendar year of the transfer")
    volume_m3: np.ndarray = column("float64", "m3", "volume of the cage")
    fish: np.ndarray = column("float64", "fish", "fish received")
    kg: np.ndarray = column("float64", "kg", "their weight")


class ActiveDays(Frame):
    """Living batches on each day."""

    day: np.ndarray = column("int32", "day", "day")
    batches: np.ndarray = column("int32", "batches", "batches between start and end")


class ReadingSums(Frame):
    """Sums over readings of stocked cages (``readings``); one row for each year."""

    year: np.ndarray = column("int32", "year", "calendar year")
    variance_3_hours: np.ndarray = column(
        "float64", "degC2", "mean square of the temperature anomalies in pairs 3 h apart, times their number"
    )
    product_3_hours: np.ndarray = column("float64", "degC2", "products of these pairs")
    variance_24_hours: np.ndarray = column("float64", "degC2", "the same, 24 h apart")
    product_24_hours: np.ndarray = column("float64", "degC2", "products of these pairs")
    oxygen_stressed: np.ndarray = column("float64", "readings", "oxygen readings below 6 mg/L")
    oxygen_sub_optimal: np.ndarray = column("float64", "readings", "oxygen readings from 6 to 8 mg/L")
    oxygen_optimal: np.ndarray = column("float64", "readings", "oxygen readings of 8 mg/L and more")


class TemperatureStrings(Frame):
    """Sums over temperature readings of an area's stocked cages in months of the year (``strings``)."""

    area: np.ndarray = column("int16", "", "row in Areas")
    changes: np.ndarray = column("float64", "readings", "pairs of readings 3 h apart")
    change_2: np.ndarray = column("float64", "degC2", "sum of the squares of their differences")
    change_4: np.ndarray = column("float64", "degC4", "sum of the fourth powers")
    readings: np.ndarray = column("float64", "readings", "readings of sensors that cover the month")
    variance: np.ndarray = column("float64", "degC2", "sum of their squares around the sensor's mean of the month")
    m2_variance: np.ndarray = column("float64", "degC2", "the M2's part of it")
    stratified_readings: np.ndarray = column("float64", "readings", "those in months in which the area is stratified")
    stratified_variance: np.ndarray = column("float64", "degC2", "the sum of their squares, likewise")


class DiseaseTreatments(Frame):
    """Treatments of cages with fish against a disease."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    disease: np.ndarray = column("int8", "", "row in the scenario's diseases")
    treatments: np.ndarray = column("float64", "treatments", "treatments of cages")


class HarvestDays(Frame):
    """What was harvested of a batch in an area on a day (``harvests``)."""

    area: np.ndarray = column("int16", "", "row in Areas")
    batch_id: np.ndarray = column("int64", "", "batch")
    day: np.ndarray = column("int32", "day", "day")
    tonnes: np.ndarray = column("float64", "t", "round weight")
    due_tonnes: np.ndarray = column("float64", "t", "the part of it that was due, not early")


class DelousingWeeks(Frame):
    """Cages of an area in a week from Monday to Sunday (``sea_treatments``)."""

    area: np.ndarray = column("int16", "", "row in Areas")
    week: np.ndarray = column("int32", "week", "week since 1969-12-29, a Monday")
    cage_days: np.ndarray = column("float64", "day", "days of cages with fish")
    deloused: np.ndarray = column("float64", "cages", "cages deloused")
    counted: np.ndarray = column("float64", "cages", "cages whose lice were counted")


class SalinityClasses(Frame):
    """Days of areas by their salinity."""

    geography: np.ndarray = column("int8", "", "row in Geographies")
    tenths: np.ndarray = column("int32", "0.1 ppt", "salinity, rounded")
    days: np.ndarray = column("float64", "day", "days of areas")


def month_number(day: np.ndarray) -> np.ndarray:
    """Return ``year * 12 + month - 1`` of day numbers."""
    return np.asarray(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def grouped(frame: AnyFrame, keys: tuple[str, ...]) -> AnyFrame:
    """Return the sums of rows with equal keys, sorted by key."""
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
        **{
            name: values[order][starts] if name in keys else np.add.reduceat(values[order], starts)
            for name, values in columns.items()
        },
    )
