"""The statistics that are compared with published figures.

Belongs here: pure functions from :class:`Observations` (one year's or the decade's sums) to measured values, by the
keys of ``targets.yaml``. Does not belong here: grouping ledger rows (``observations``), statistics that are figures of
the farm (``figures``), bands and standings (``targets``).

A value that the observations cannot give (no fish at sea yet, too few weeks) is nan.
"""

from dataclasses import replace

import numpy as np

from aquamind_assets.farm.processes.lice import STAGES, female_rate
from aquamind_assets.figures.registry import FIGURES
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.realism.densities import density_by_weight, mean_and_high_density
from aquamind_assets.realism.frames import FarmWeeks, grouped
from aquamind_assets.realism.growth import growout_days, growth_rates, small_over_large
from aquamind_assets.realism.harvests import days_of_an_area, month_shares, month_variation, monthly_tonnes
from aquamind_assets.realism.observations import Observations
from aquamind_assets.realism.sea_treatments import (
    WHOLE_FARM,
    deloused_shares,
    treatments_a_cage_year,
    weeks_without_counts,
)
from aquamind_assets.realism.strings import change_kurtosis, m2_shares, stratified_sd
from aquamind_assets.realism.sums import SETTLED_YEARS, sums_of
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.places import ClimateSpec

FULL_SCALE_CAGES = 400
LEAST_COUNTED = 60
"""Minimum number of sampled fish in a farm's weekly lice count. The published series are of several cages, and smaller
samples are not comparable."""
LEAST_CAGES = 3
"""Cages of a batch among which their numbers are compared."""
SMOLT_YEARS = (2018, 2024)
"""Years of which the weight of smolts is published."""
_WHOLE_WEEK_SHARE = 0.9
_LEAST_WEEKS = 30
_PLACES = {"FO": "faroes", "SC": "scotland"}


def is_full_scale(infrastructure: Infrastructure) -> bool:
    """Return whether tonnes of the whole farm can be compared with the companies' reports."""
    return int((infrastructure.containers.area >= 0).sum()) >= FULL_SCALE_CAGES


def measure(scenario: Scenario, infrastructure: Infrastructure, observed: Observations) -> dict[str, np.ndarray]:
    """Return measured values by target key: scalars, or series such as the 12 months; nan if the observations cannot
    give a value."""
    readings = observed.readings
    hours = np.array([readings.oxygen_optimal.sum(), readings.oxygen_sub_optimal.sum(), readings.oxygen_stressed.sum()])
    oxygen = hours / hours.sum() if hours.sum() else np.full(3, np.nan)
    sums, phase = sums_of(scenario, observed), mortality_by_month_at_sea(observed)
    counted = observed.farm_months.take(observed.farm_months.counts > 0)
    settled = scenario.first_year + SETTLED_YEARS
    months = monthly_tonnes(observed.harvests, settled, max(int(observed.geography_years.year.max()), settled))
    shares, deloused = cause_shares(observed), deloused_shares(observed.delousing)
    feed, (anomaly_sd, anomaly_correlation) = feed_per_biomass(observed), weekly_anomalies(observed)
    values: dict[str, float | np.ndarray] = {
        "anomaly_sd": anomaly_sd,
        "anomaly_correlation": anomaly_correlation,
        "reading_correlation_3_hours": _ratio(readings.product_3_hours.sum(), readings.variance_3_hours.sum()),
        "reading_correlation_24_hours": _ratio(readings.product_24_hours.sum(), readings.variance_24_hours.sum()),
        "m2_share": _percentiles(m2_shares(observed.strings), 10, 50, 90),
        "temperature_change_kurtosis": _percentiles(change_kurtosis(observed.strings), 50)[0],
        "stratified_sd": stratified_sd(observed.strings),
        "cage_oxygen_optimal": oxygen[0],
        "cage_oxygen_sub_optimal": oxygen[1],
        "cage_oxygen_stressed": oxygen[2],
        "condition_transfer": _mean(observed, "condition at transfer"),
        "condition_adult": _mean(observed, "condition of adults"),
        "tgc_small_over_large": _tgc_ratio(observed),
        "feed_per_biomass_february": feed[1],
        "feed_per_biomass_august": feed[7],
        "hatch_degree_days": _mean_positive(observed.batches.hatch_degree_days),
        "deaths_by_disease": shares[Cause.DISEASE],
        "deaths_by_handling": shares[Cause.HANDLING],
        "escapes_per_10_kt": escapes_per_10_kt(observed),
        "fish_per_escape": _mean(observed, "escapes"),
        "stocking_spread": stocking_spread(observed),
        "mortality_first_month": phase[0] / np.median(phase[1:]),
        "mortality_quiet_months": phase[1:3].mean() / phase[3:10].mean(),
        "mortality_late_months": phase[10:16].mean() / phase[3:10].mean(),
        "mortality_old_over_young": phase[13:16].mean() / phase[1:4].mean(),
        "mortality_correlation_1_week": log_correlation(observed.farm_weeks, "deaths", 1),
        "mortality_correlation_4_weeks": log_correlation(observed.farm_weeks, "deaths", 4),
        "lice_correlation_1_week": log_correlation(observed.farm_weeks, "lice", 1),
        "lice_correlation_4_weeks": log_correlation(observed.farm_weeks, "lice", 4),
        "deloused_cages": float(deloused.mean()) if deloused.size else np.nan,
        "deloused_whole_farm": float((deloused >= WHOLE_FARM).mean()) if deloused.size else np.nan,
        "harvest_month_shares": month_shares(months),
        "harvest_month_variation": month_variation(months),
        "harvest_days_of_an_area": days_of_an_area(observed.harvests),
        "adult_female_share": _ratio(counted.counted_females.sum(), counted.counted_lice.sum()),
        "farm_months_without_females": float((counted.counted_females == 0).mean()) if len(counted) else np.nan,
        "farm_weeks_without_counts": weeks_without_counts(observed.delousing),
        "louse_days_to_adult": days_to_adult_female(np.array([6.0, 10.0, 14.0])),
        "sgr_small_over_large": small_over_large(
            growth_rates(observed.growth, np.arange(len(scenario.farm.geographies)))
        ),
        **{figure.published: figure.value(sums) for figure in FIGURES.values() if figure.published},
    }
    diseases = [one.key for one in scenario.health.diseases]
    for row, geography in enumerate(scenario.farm.geographies):
        if geography.code not in _PLACES:
            continue
        place = _PLACES[geography.code]
        temperature = monthly_temperature(observed, np.flatnonzero(_compared(infrastructure, row, geography.climate)))
        values[f"sea_temperature_months_{place}"] = temperature
        values[f"sea_temperature_year_{place}"] = temperature.mean()
        values[f"salinity_{place}"] = salinity_range(observed, row)
        values[f"density_by_weight_{place}"] = density_by_weight(observed.cages, row)
        values[f"density_{place}"] = mean_and_high_density(observed.densities, row)
        if "AGD" in diseases:
            values[f"agd_treatments_{place}"] = treatments_a_cage_year(
                observed.disease_treatments, observed.geography_years, row, diseases.index("AGD")
            )
        values[f"growout_days_{place}"] = growout_days(growth_rates(observed.growth, np.array([row])))
        values[f"smolt_weight_{place}"] = smolt_weights(observed, row)
        values[f"harvest_gutted_{place}"] = FIGURES["gutted_harvest_t"].value(sums.of(geography.name)) / 1e3
    return {key: np.asarray(value, dtype=np.float64) for key, value in values.items()}


def _percentiles(values: np.ndarray, *percents: float) -> np.ndarray:
    """Return percentiles, nan without values."""
    return np.percentile(values, percents) if values.size else np.full(len(percents), np.nan)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _mean_positive(values: np.ndarray) -> float:
    return _ratio(values.sum(), (values > 0).sum())


def _sums(observed: Observations, key: str) -> tuple[float, float]:
    rows = observed.shares.key == key
    return float(observed.shares.number[rows].sum()), float(observed.shares.total[rows].sum())


def _mean(observed: Observations, key: str) -> float:
    number, total = _sums(observed, key)
    return _ratio(total, number)


def cause_shares(observed: Observations) -> np.ndarray:
    """Return the share of each cause in the deaths at sea, (causes,); nan without deaths."""
    deaths = np.array([_sums(observed, f"deaths by {cause.name.lower()}")[1] for cause in Cause])
    return deaths / deaths.sum() if deaths.sum() else np.full(len(Cause), np.nan)


def _compared(infrastructure: Infrastructure, geography: int, climate: ClimateSpec) -> np.ndarray:
    """Return the areas whose temperature is compared. The published Scottish series is of the west coast, so Shetland
    and Orkney are left out."""
    cooler = (infrastructure.areas.latitude > climate.cooling_from_latitude) & (climate.cooling_per_degree > 0)
    return (infrastructure.areas.geography == geography) & ~cooler


def escapes_per_10_kt(observed: Observations) -> float:
    """Return escape incidents for each 10,000 tonnes of fish harvested."""
    return _ratio(_sums(observed, "escapes")[0], observed.geography_years.harvested_kg.sum() / 1e7)


def stocking_spread(observed: Observations) -> float:
    """Return the standard deviation of the log of the fish for each m3 in the cages of a batch at the transfer to sea,
    mean over batches with at least :data:`LEAST_CAGES` cages; nan without such batches."""
    cages = grouped(
        replace(observed.stockings, year=np.zeros(len(observed.stockings))),
        ("batch_id", "container", "geography", "year", "volume_m3"),
    )
    batch, number = np.unique(cages.batch_id, return_counts=True)
    density = np.log(cages.fish / cages.volume_m3)
    found = [density[cages.batch_id == one].std() for one in batch[number >= LEAST_CAGES]]
    return float(np.mean(found)) if found else float("nan")


def smolt_weights(observed: Observations, geography: int) -> np.ndarray:
    """Return the mean weight of the smolts that went to sea in each of :data:`SMOLT_YEARS`, g; nan for years without
    any."""
    cages = observed.stockings.take(observed.stockings.geography == geography)
    chosen = [cages.take(cages.year == year) for year in SMOLT_YEARS]
    return np.array([1e3 * _ratio(one.kg.sum(), one.fish.sum()) for one in chosen])


def salinity_range(observed: Observations, geography: int) -> np.ndarray:
    """Return the salinity below which 1 % and 99 % of the days of areas lie, (2,), ppt; nan without areas."""
    days = observed.salinity.take(observed.salinity.geography == geography)
    if not len(days):
        return np.full(2, np.nan)
    order = np.argsort(days.tenths)
    below = np.cumsum(days.days[order]) / days.days.sum()
    return days.tenths[order][np.searchsorted(below, (0.01, 0.99))] / 10.0


def monthly_temperature(observed: Observations, areas: np.ndarray) -> np.ndarray:
    """Return the mean sea temperature of each month of the year, (12,), degC, over these areas and all years."""
    water = observed.water_months.take(np.isin(observed.water_months.area, areas))
    month = water.month % 12
    days = np.bincount(month, weights=water.days, minlength=12)
    return np.bincount(month, weights=water.degree_days, minlength=12) / np.where(days > 0, days, np.nan)


def weekly_anomalies(observed: Observations) -> tuple[float, float]:
    """Return standard deviation (degC) and lag-1 correlation of the weekly mean temperature around each area's yearly
    mean and two harmonics."""
    water = observed.water_weeks.take(observed.water_weeks.days == 7)
    year = (water.week * 7 + 3).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    squares, products, number = 0.0, 0.0, 0
    for cell in np.unique(np.stack([water.area.astype(np.int64), year]), axis=1).T:
        chosen = (water.area == cell[0]) & (year == cell[1])
        if chosen.sum() < _LEAST_WEEKS:
            continue
        angle = 2 * np.pi * water.week[chosen] * 7 / 365.25
        design = np.stack(
            [np.ones(angle.size), np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle)], axis=1
        )
        temperature = water.degree_days[chosen] / 7
        anomaly = temperature - design @ np.linalg.lstsq(design, temperature, rcond=None)[0]
        squares, number = squares + float((anomaly**2).sum()), number + anomaly.size
        products += float((anomaly[1:] * anomaly[:-1]).sum()) * anomaly.size / (anomaly.size - 1)
    return (float(np.sqrt(squares / number)), products / squares) if number else (float("nan"), float("nan"))


def days_to_adult_female(temperature: np.ndarray) -> np.ndarray:
    """Return the days from infection to adult female louse at constant temperatures (degC)."""
    return STAGES / female_rate(temperature)


def log_correlation(weeks: FarmWeeks, what: str, lag: int) -> float:
    """Return the correlation of the log of weekly mortality (``deaths``) or of counted adult females per fish
    (``lice``) between weeks ``lag`` apart on one farm.

    Half a louse, or half a dead fish, is added before taking logs, as is usual for counts that may be 0.
    """
    if what == "lice":
        weeks = weeks.take(weeks.counted_fish >= LEAST_COUNTED)
        value = np.log((weeks.counted_females + 0.5) / weeks.counted_fish)
    else:
        # First and last weeks with few fish days are left out.
        key = np.stack([weeks.area.astype(np.int64), weeks.batch_id])
        _, group = np.unique(key, axis=1, return_inverse=True)
        usual = np.zeros(group.max(initial=0) + 1)
        np.maximum.at(usual, group, weeks.fish_days)
        weeks = weeks.take(weeks.fish_days > (1 - _WHOLE_WEEK_SHARE) * usual[group])
        value = np.log((weeks.deaths + 0.5) / weeks.fish_days)
    index = {
        pair: row
        for row, pair in enumerate(zip(weeks.area.tolist(), weeks.batch_id.tolist(), weeks.week.tolist(), strict=True))
    }
    pairs = [
        (row, index[later])
        for (area, batch, week), row in index.items()
        if (later := (area, batch, week + lag)) in index
    ]
    if len(pairs) < _LEAST_WEEKS:
        return float("nan")
    first, second = np.array(pairs).T
    return float(np.corrcoef(value[first], value[second])[0, 1])


def transfer_days(observed: Observations) -> tuple[np.ndarray, np.ndarray]:
    """Return the batch ids (sorted) that were transferred to sea in the observed years, and the mean day of the
    transfer."""
    batches = observed.batches.take(observed.batches.to_sea > 0)
    order = np.argsort(batches.batch_id)
    return batches.batch_id[order], (batches.to_sea_day_sum / batches.to_sea)[order]


def mortality_by_month_at_sea(observed: Observations) -> np.ndarray:
    """Return the median weekly mortality (share of the fish) of farm-weeks in each month after sea transfer, months 0
    to 18, (19,); nan without weeks."""
    medians = np.full(19, np.nan)
    known, day = transfer_days(observed)
    weeks = observed.farm_weeks.take(np.isin(observed.farm_weeks.batch_id, known) & (observed.farm_weeks.fish_days > 0))
    if not len(weeks):
        return medians
    since = weeks.week * 7 + 3.5 - day[np.searchsorted(known, weeks.batch_id)]
    month = np.floor(since / 30.44).astype(np.int64)
    mortality = 7 * weeks.deaths / weeks.fish_days
    for row in range(medians.size):
        if (chosen := month == row).any():
            medians[row] = np.median(mortality[chosen])
    return medians


def feed_per_biomass(observed: Observations) -> np.ndarray:
    """Return the daily feed of the sea stock in percent of its biomass, by month of the year, (12,)."""
    months = observed.farm_months
    feed = np.bincount(months.month % 12, weights=months.feed_kg, minlength=12)
    biomass = np.bincount(months.month % 12, weights=months.biomass_days, minlength=12)
    return 100 * feed / np.where(biomass > 0, biomass, np.nan)


def _tgc_ratio(observed: Observations) -> float:
    years = observed.geography_years
    small = _ratio(years.small_growth.sum(), years.small_degree_days.sum())
    return _ratio(small, _ratio(years.large_growth.sum(), years.large_degree_days.sum()))
