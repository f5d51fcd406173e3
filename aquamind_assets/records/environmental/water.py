"""The true water in every container, several times a day: the readings of a perfect sensor.

Belongs here: how the water of a site and the fish in a container determine temperature, oxygen, pH, salinity, carbon
dioxide, turbidity and nitrogen. Does not belong here: sensors and their errors (``readings``, ``sensor_faults``).

| part | form | source |
|---|---|---|
| day to day | the climate's daily means, linear from noon to noon | ``farm.sites.climate`` |
| within the day | temperature highest at 16 h, saturation of the sea at 15 h (+3 %), respiration of the fish after the meals | suggested form |
| within hours at sea | what tide and fronts lift, times the day's gradients; at slack water the fish lack more oxygen than when the tide runs | ``farm.sites.sea_motion`` |
| within-day anomaly of a site | AR1, shared by its containers | calibrated: hourly anomaly correlation of Dempsey et al. |
| within-day anomaly of a container | AR1 | as above; suggested sd of saturation |
| oxygen | saturation x solubility (TEOS-10) / 100; the consumption of the fish is in the ledger | ``farm.sites.oxygen`` |
| carbon dioxide, ammonia, nitrite, nitrate, turbidity | rise with the feed given per m3 (tanks), with the oxygen consumed (cages) | general knowledge |

Everything is computed on a fixed grid: one chunk of 30 days, all containers; so nothing depends on the requested days
or sensors. Anomalies continue from the chunk before: the last days of its innovations are drawn again, enough of them
for an AR1 to forget its initial value.
"""

from collections.abc import Callable

import numpy as np

from aquamind_assets.farm.sites.climate import SATURATION_PER_DEGREE
from aquamind_assets.farm.sites.oxygen import solubility
from aquamind_assets.farm.sites.sea_motion import HOURS, Motion, daily
from aquamind_assets.farm.sites.series import noon_to_noon
from aquamind_assets.records.inputs import YearInputs, of_days
from aquamind_assets.streams import Groups
from aquamind_assets.timeline import CHUNK_DAYS, Chunk, DayRange, chunks_of, year_days

_WARM_UP_DAYS = 4

SITE_MEMORY_HOURS = 6.0
CONTAINER_MEMORY_HOURS = 5.0
"""Hours in which a within-day anomaly falls to 1/e."""

SITE_TEMPERATURE_SD = 0.05
HALL_TEMPERATURE_SD = 0.04
CONTAINER_TEMPERATURE_SD = 0.04
SITE_SATURATION_SD = 1.5
CAGE_SATURATION_SD = 2.6
TANK_SATURATION_SD = 1.2
SITE_SALINITY_SD = 0.04
SITE_PH_SD = 0.015

SEA_SATURATION_SWING = 3.0
TANK_SATURATION_SWING = 0.4
"""Half of the diel range of the incoming water's saturation, %."""

BREATH_SWING = 0.30
"""Relative amplitude of the fish's oxygen demand about its daily mean; highest at 16 h, after the meals."""

REFERENCE_DEPTH_M = 5.0
"""Depth that the water of a day is about."""

OXYGEN_PER_DEGREE = 0.17
"""How much less oxygen deeper water has for each degC that it is colder, mg/L: less saturated, though it can hold
more."""

CAGE_CO2 = (0.6, 0.05)
TANK_CO2 = (2.0, 9.0)
"""Carbon dioxide, mg/L: without fish, and for each % of saturation consumed (cages) or kg of feed per m3 and day
(tanks)."""

PH_PER_CO2 = 0.03
SEA_PH_SWING = 0.03

AMMONIA = (0.05, 0.6)
NITRITE = (0.02, 0.12)
NITRATE_RECIRCULATED = (12.0, 28.0)
NITRATE_FLOW_THROUGH = (1.5, 4.0)
TANK_TURBIDITY = (0.8, 2.5)
"""mg/L (NTU): in clean water, and for each kg of feed per m3 and day."""

CAGE_TURBIDITY = (0.6, 0.35, 0.03)
"""NTU: in clean water, for each m of waves, and for each % of saturation that the fish consume."""

TURBIDITY_SCATTER = 0.2


class ChunkWater:
    """The water of all containers in one chunk; ``slots`` = readings a day x days of the chunk."""

    def __init__(self, year: YearInputs, chunk: Chunk) -> None:
        self._year, self._chunk = year, chunk
        self._per_day = year.scenario.water.readings_per_day
        self._hours = np.arange(self._per_day) * (24.0 / self._per_day)
        places = year.infrastructure
        self._site = places.containers.site.astype(np.int64)
        self._at_sea = places.containers.area >= 0
        self._days = chunk.days
        self._sites()
        self._fish()
        self._container_anomalies()

    @property
    def parameters(self) -> dict[str, Callable[[slice], np.ndarray]]:
        """Return, for each parameter key, a function from a slice of containers to its true values, shape (containers,
        slots), float32."""
        return {
            "temperature": self._temperature,
            "oxygen": self._oxygen,
            "ph": self._ph,
            "salinity": lambda rows: self._salinity[self._site[rows]],
            "co2": self._co2,
            "turbidity": self._turbidity,
            "ammonia": lambda rows: self._from_feed(rows, *AMMONIA),
            "nitrite": lambda rows: self._from_feed(rows, *NITRITE),
            "nitrate": self._nitrate,
        }

    def depth_effect(self, key: str, sites: np.ndarray) -> np.ndarray:
        """Return the change of a parameter at some sites per metre below the reference depth on each day of the chunk,
        shape (sites, days), float32; 0 in halls."""
        climate, count = self._year.climate, len(self._year.infrastructure.sites)
        gradients = {
            "temperature": -climate.stratification,
            "oxygen": -np.float32(OXYGEN_PER_DEGREE) * climate.stratification,
            "salinity": climate.halocline,
        }
        if key not in gradients:
            return np.zeros((sites.size, len(self._days)), dtype=np.float32)
        first = self._days.first - year_days(self._year.year).first
        return gradients[key].reshape(-1, count)[first : first + len(self._days), sites].T

    # -- sites

    def _sites(self) -> None:
        climate, sites = self._year.climate, len(self._year.infrastructure.sites)
        at_sea = (self._year.infrastructure.sites.area >= 0)[:, None]
        hours = np.tile(self._hours, len(self._days))
        anomaly = self._site_anomalies()
        lifted, salter = self._movements()
        swing = self._daily(climate.temperature_amplitude, sites)
        warm = np.cos(2 * np.pi * (hours - 16.0) / 24)
        light = np.cos(2 * np.pi * (hours - 15.0) / 24)
        temperature = (
            self._joined(climate.temperature, sites)
            + swing * warm
            + np.where(at_sea, SITE_TEMPERATURE_SD, HALL_TEMPERATURE_SD) * anomaly[0]
            + lifted
        )
        salinity = self._joined(climate.salinity, sites) + np.where(at_sea, SITE_SALINITY_SD, 0.0) * anomaly[2] + salter
        saturation = self._joined(climate.oxygen_saturation, sites) + SITE_SATURATION_SD * anomaly[1]
        saturation += SATURATION_PER_DEGREE * lifted
        saturation += np.where(at_sea, SEA_SATURATION_SWING, TANK_SATURATION_SWING) * light
        self._solubility = (solubility(temperature, np.maximum(salinity, 0.0)) / 100.0).astype(np.float32)
        self._water_temperature = temperature.astype(np.float32)
        self._salinity = salinity.astype(np.float32)
        self._saturation = saturation.astype(np.float32)
        acidity = (
            self._joined(climate.ph, sites) + np.where(at_sea, SEA_PH_SWING, 0.0) * light + SITE_PH_SD * anomaly[3]
        )
        self._acidity = acidity.astype(np.float32)
        self._waves = self._daily(climate.wave_height, sites).astype(np.float32)

    def _movements(self) -> tuple[np.ndarray, np.ndarray]:
        """Return what tide and fronts change within hours of temperature (degC) and salinity (ppt), beside their effect
        on the days' means, shape (sites, slots); also set how slowly the tide renews the water, relative to the day's
        mean."""
        year, infrastructure = self._year, self._year.infrastructure
        sites, areas, within = len(infrastructure.sites), len(infrastructure.areas), year_days(year.year)
        # The days before and after, whose noons the means are joined with.
        around = DayRange(max(self._days.first - 1, within.first), min(self._days.end + 1, within.end))
        motion, before = Motion(year.scenario, infrastructure, around), self._days.first - around.first
        wanted = (before * HOURS + np.arange(len(self._days) * self._per_day) * (HOURS // self._per_day)).astype(int)
        changes = []
        for gradient in (-year.climate.stratification, year.climate.halocline):
            change = np.zeros((sites, wanted.size))
            hourly = motion.effect(gradient.reshape(-1, sites)[:, :areas])
            joined = noon_to_noon(daily(hourly).T, before, len(self._days), self._per_day)
            change[:areas] = hourly[:, wanted] - joined
            changes.append(change)
        standing = motion.stagnation[:, wanted].reshape(areas, len(self._days), self._per_day)
        self._stagnation = np.ones((sites, len(self._days), self._per_day), dtype=np.float32)
        self._stagnation[:areas] = standing / standing.mean(axis=2, keepdims=True)
        return changes[0], changes[1]

    def _daily(self, values: np.ndarray, sites: int) -> np.ndarray:
        """Return a climate column on the chunk's slots as a step for each day, shape (sites, slots)."""
        first = self._days.first - year_days(self._year.year).first
        return np.repeat(values.reshape(-1, sites)[first : first + len(self._days)].T, self._per_day, axis=1)

    def _joined(self, values: np.ndarray, sites: int) -> np.ndarray:
        """Return a climate column on the chunk's slots, interpolated from noon to noon, shape (sites, slots); constant
        before the year's first noon and after its last."""
        first = self._days.first - year_days(self._year.year).first
        return noon_to_noon(values.reshape(-1, sites), first, len(self._days), self._per_day)

    def _site_anomalies(self) -> np.ndarray:
        """Shape (4, sites, slots), stationary, variance 1: of temperature, saturation, salinity, pH."""
        shocks = self._shocks("water_of_site", self._year.infrastructure.site_draws, 4, np.float64)
        return np.moveaxis(self._anomalies(shocks, SITE_MEMORY_HOURS), 0, -1)

    def _shocks(self, process: str, entities: Groups, kinds: int, dtype: type) -> np.ndarray:
        """Standard normals of the days before the chunk in which an AR1 forgets, and of the chunk's, shape (slots,
        kinds, entities)."""
        seed, before, warm_up = self._year.scenario.seed, previous_chunk(self._chunk), _WARM_UP_DAYS * self._per_day
        parts = [
            entities.normals(
                seed, process, chunk.year, chunk.index, shape=(kinds, CHUNK_DAYS * self._per_day), dtype=dtype
            )[..., : len(chunk.days) * self._per_day]
            for chunk in (before, self._chunk)
        ]
        parts[0] = parts[0][..., -warm_up:]
        return np.ascontiguousarray(np.moveaxis(np.concatenate(parts, axis=-1), (0, 1, 2), (2, 1, 0)))

    def _anomalies(self, shocks: np.ndarray, hours: float) -> np.ndarray:
        """The AR1 with a memory of so many hours that the shocks make, on the chunk's slots, of the shocks' dtype."""
        memory = shocks.dtype.type(np.exp(-24.0 / self._per_day / hours))
        return _ar1(shocks, memory)[_WARM_UP_DAYS * self._per_day :]

    # -- containers

    def _container_anomalies(self) -> None:
        """Within-day anomalies of each container's temperature and saturation, shape (containers, slots), float32."""
        shocks = self._shocks("water_of_container", self._year.infrastructure.container_draws, 2, np.float32)
        series = self._anomalies(shocks, CONTAINER_MEMORY_HOURS)
        self._temperature_anomaly = np.ascontiguousarray(series[:, 0].T) * np.float32(CONTAINER_TEMPERATURE_SD)
        sd = np.where(self._at_sea, CAGE_SATURATION_SD, TANK_SATURATION_SD).astype(np.float32)
        self._saturation_anomaly = np.ascontiguousarray(series[:, 1].T) * sd[:, None]

    def _fish(self) -> None:
        """Return the saturation that the fish consume (%) and the feed (kg/m3) of each container and day, shape
        (containers, days), float32; 0 without fish."""
        infrastructure, climate = self._year.infrastructure, self._year.climate
        fish = of_days(self._year.ledger.container_days, self._days)
        day = fish.day.astype(np.int64) - self._days.first
        first = self._days.first - year_days(self._year.year).first
        incoming = climate.oxygen_saturation[(first + day) * len(infrastructure.sites) + self._site[fish.container]]
        left = 100.0 * fish.oxygen / solubility(fish.temperature.astype(np.float64), fish.salinity.astype(np.float64))
        shape = (self._site.size, len(self._days))
        self._taken = np.zeros(shape, dtype=np.float32)
        self._taken[fish.container, day] = incoming - left
        self._feed = np.zeros(shape, dtype=np.float32)
        self._feed[fish.container, day] = fish.feed_g / 1000.0 / infrastructure.containers.volume_m3[fish.container]

    # -- parameters

    def _over_the_day(self, values: np.ndarray, rows: slice, hour: float) -> np.ndarray:
        """Return daily values of containers with the daily cycle of the fish's demand, highest at ``hour``, and what
        the tide leaves of their effect, shape (containers, slots), float32."""
        shape = (1.0 + BREATH_SWING * np.cos(2 * np.pi * (self._hours - hour) / 24)).astype(np.float32)
        spread = (self._stagnation * shape)[self._site[rows]]
        spread *= values[:, :, None]
        return spread.reshape(len(values), -1)

    def _temperature(self, rows: slice) -> np.ndarray:
        return self._water_temperature[self._site[rows]] + self._temperature_anomaly[rows]

    def _oxygen(self, rows: slice) -> np.ndarray:
        site = self._site[rows]
        saturation = (
            self._saturation[site] + self._saturation_anomaly[rows] - self._over_the_day(self._taken[rows], rows, 16.0)
        )
        return saturation * self._solubility[site]

    def _co2_of_fish(self, rows: slice) -> np.ndarray:
        at_sea = self._at_sea[rows][:, None]
        made = np.where(at_sea, CAGE_CO2[1] * self._taken[rows], TANK_CO2[1] * self._feed[rows]).astype(np.float32)
        return self._over_the_day(np.maximum(made, np.float32(0.0)), rows, 17.0)

    def _co2(self, rows: slice) -> np.ndarray:
        clean = np.where(self._at_sea[rows], CAGE_CO2[0], TANK_CO2[0]).astype(np.float32)
        return self._co2_of_fish(rows) + clean[:, None]

    def _ph(self, rows: slice) -> np.ndarray:
        return self._acidity[self._site[rows]] - np.float32(PH_PER_CO2) * self._co2_of_fish(rows)

    def _from_feed(self, rows: slice, clean: float, per_feed: float) -> np.ndarray:
        return self._over_the_day(self._feed[rows] * np.float32(per_feed), rows, 18.0) + np.float32(clean)

    def _nitrate(self, rows: slice) -> np.ndarray:
        places = self._year.infrastructure
        hall = places.containers.hall[rows]
        again = np.append(places.halls.recirculated, False)[hall]
        per_feed = np.where(again, NITRATE_RECIRCULATED[1], NITRATE_FLOW_THROUGH[1]).astype(np.float32)
        clean = np.where(again, NITRATE_RECIRCULATED[0], NITRATE_FLOW_THROUGH[0]).astype(np.float32)
        # Nitrate accumulates over days: the effect of a day's meals has no daily cycle.
        return np.repeat(self._feed[rows] * per_feed[:, None], self._per_day, axis=1) + clean[:, None]

    def _turbidity(self, rows: slice) -> np.ndarray:
        site = self._site[rows]
        taken, feed = np.maximum(self._taken[rows], 0.0), self._feed[rows]
        of_fish = np.where(self._at_sea[rows][:, None], CAGE_TURBIDITY[2] * taken, TANK_TURBIDITY[1] * feed).astype(
            np.float32
        )
        clean = np.where(self._at_sea[rows], CAGE_TURBIDITY[0], TANK_TURBIDITY[0]).astype(np.float32)[:, None]
        level = self._over_the_day(of_fish, rows, 17.0) + clean + np.float32(CAGE_TURBIDITY[1]) * self._waves[site]
        sd = np.where(self._at_sea[rows], CAGE_SATURATION_SD, TANK_SATURATION_SD).astype(np.float32)[:, None]
        return level * np.maximum(
            np.float32(1.0) + np.float32(TURBIDITY_SCATTER) * self._saturation_anomaly[rows] / sd, np.float32(0.1)
        )


def previous_chunk(chunk: Chunk) -> Chunk:
    """Return the chunk before this one; for a year's first, the last chunk of the previous year."""
    if chunk.index:
        start = chunk.days.first - CHUNK_DAYS
        return Chunk(chunk.year, chunk.index - 1, DayRange(start, chunk.days.first))
    return chunks_of(chunk.year - 1)[-1]


def _ar1(shocks: np.ndarray, rho: float | np.floating) -> np.ndarray:
    """Return an AR1 of variance 1 along the first axis, from standard normal shocks, of their dtype."""
    series = np.empty_like(shocks)
    scale = shocks.dtype.type(np.sqrt(1.0 - float(rho) ** 2))
    memory = shocks.dtype.type(rho)
    level = np.zeros_like(shocks[0])
    for step, shock in enumerate(shocks):
        level = memory * level + scale * shock
        series[step] = level
    return series
