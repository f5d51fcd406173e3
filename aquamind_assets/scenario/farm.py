"""Where and how much is farmed: geographies, containers, stages and batches."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from aquamind_assets.scenario.quantities import Probability, Range, Section, quantity

StageName = Literal["Egg&Alevin", "Fry", "Parr", "Smolt", "Post-Smolt", "Adult"]
STAGE_NAMES: tuple[StageName, ...] = ("Egg&Alevin", "Fry", "Parr", "Smolt", "Post-Smolt", "Adult")


def _in_life_order(stages: list[StageName]) -> list[StageName]:
    return sorted(stages, key=STAGE_NAMES.index)


Stages = Annotated[list[StageName], AfterValidator(_in_life_order)]
"""Some stages; whatever order they are given in, they are in that of life."""


class ClimateSpec(Section):
    """Sea climate of a geography (domain: Dam et al. 2000; slim's Fyne farm configuration; coefficients as suggested
    there)."""

    mean_temperature: float = quantity("yearly mean sea temperature", "degC", "Dam et al. 2000", ge=0, le=20)
    temperature_amplitude: float = quantity("half of the seasonal range", "degC", "Dam et al. 2000", ge=0, le=10)
    warmest_day: float = quantity("day of the year with the warmest sea", "day", "Dam et al. 2000", ge=1, le=366)
    year_effect_sd: float = quantity("sd of the yearly mean", "degC", "general knowledge", ge=0, le=3)
    anomaly_sd: float = quantity(
        "sd of the daily AR1 anomaly, shared in an area", "degC", "Szewczyk et al.", ge=0, le=3
    )
    anomaly_rho: float = quantity("day-to-day correlation of the anomaly", "1", "Szewczyk et al.", ge=0, lt=1)
    warming: float = quantity("added to every water temperature (what-if)", "degC", "what-if", ge=-5, le=5)
    salinity: Range = quantity("range of monthly mean salinity", "ppt", "specification")
    air_temperature_mean: float = quantity("yearly mean air temperature", "degC", "general knowledge", ge=-10, le=25)
    air_temperature_amplitude: float = quantity(
        "half of the seasonal range of air temperature", "degC", "general knowledge", ge=0, le=20
    )
    wind_mean: float = quantity("mean wind speed", "m/s", "general knowledge", ge=0, le=30)
    precipitation_mean: float = quantity("mean precipitation of a day", "mm", "general knowledge", ge=0, le=50)


class HallSpec(Section):
    """One kind of hall that every station of a geography has."""

    container_type: str = quantity("key of the container type")
    halls: int = quantity("halls of this kind in each station", "halls", ge=1, le=50)
    containers: int = quantity("containers in each such hall", "containers", ge=1, le=500)
    recirculated: bool = quantity("recirculated (heated, steady) water, else flow-through (ambient)")


class GeographySpec(Section):
    """One geography: its stations, areas, climate and what differs there in biology."""

    name: str = quantity("name", min_length=1, max_length=100)
    code: Literal["FO", "SC"] = quantity("AquaMind's code of the geography")
    latitude: Range = quantity("range of latitudes of its sites", "degree")
    longitude: Range = quantity("range of longitudes of its sites", "degree")
    stations: int = quantity("freshwater stations", "stations", ge=1, le=200)
    station_halls: Annotated[list[HallSpec], Field(min_length=1)] = quantity("halls of each station")
    areas: int = quantity("sea areas", "areas", ge=1, le=500)
    area_cages: dict[str, Annotated[int, Field(ge=0, le=100)]] = quantity(
        "cages in each area, by container type", "cages"
    )
    batch_share: Probability = quantity("share of the batches that start here", "1")
    climate: ClimateSpec
    growout_tgc: Range = quantity(
        "TGC x1000 of a batch in the sea at 1 kg", "g^(1/3)/(degC day) x1000", "about 5 kg after 470-490 days"
    )
    disease_scale: dict[str, Annotated[float, Field(ge=0, le=10)]] = quantity(
        "factor on a disease's yearly probability here (1 if not named)", "1"
    )


class ContainerTypeSpec(Section):
    """A container type."""

    key: str = quantity("short key used in the scenario", min_length=1)
    name: str = quantity("name", min_length=1, max_length=100)
    category: Literal["TANK", "PEN", "TRAY", "OTHER"] = quantity("AquaMind's category")
    place: Literal["hall", "area"] = quantity("where it stands")
    stages: Stages = quantity("stages that live in it")
    volume_m3: float = quantity("water volume", "m3", gt=0, le=99_999_999)
    capacity_fish: int | None = quantity("nominal capacity; none for cages, where density decides", "fish", ge=1)
    max_density_kg_m3: float = quantity("highest density ever allowed", "kg/m3", "general knowledge", gt=0, le=200)
    max_weight_g: float | None = quantity(
        "fish are moved on before they are heavier than this", "g", "use of cages at sea", gt=0
    )
    grace_days: int = quantity("days empty and cleaned between two uses", "day", ge=0, le=365)
    probes: dict[str, Annotated[int, Field(ge=0, le=4)]] = quantity(
        "sensors in each such container, by probe key; 0 for none", "sensors"
    )


class StageSpec(Section):
    """A lifecycle stage. The stage ends by weight (by degree-days before first feeding), its nominal duration is a
    sanity band."""

    name: StageName = quantity("AquaMind's name of the stage")
    entry_weight_g: float = quantity("mean weight at entry", "g", gt=0, le=10_000)
    tgc: Range | None = quantity(
        "TGC x1000; none before first feeding", "g^(1/3)/(degC day) x1000", "stage clocks made consistent"
    )
    mortality: Probability = quantity("expected all-cause loss over `mortality_basis`", "1")
    mortality_basis: Literal["stage", "month"] = quantity("what `mortality` is a share of: the whole stage or 30 days")
    fcr: float | None = quantity("feed conversion ratio; none without feed", "kg/kg", gt=0, le=5)
    max_feed_percent: float | None = quantity("most feed in a day, percent of body weight", "%", gt=0, le=20)
    nominal_days: Range = quantity("usual duration", "day")
    temperature: Range | None = quantity(
        "water temperature in recirculated halls; none at sea", "degC", "suggested form"
    )
    weight_cv: float = quantity("coefficient of variation of individual weights", "1", "suggested form", ge=0, le=0.6)
    condition: float = quantity("mean condition factor", "g/cm3 x 100", "Moerkoere & Roervik 2001", gt=0.3, le=2.5)


class DensityStep(Section):
    """One step of the legal density limit at sea."""

    below_weight_g: float = quantity("holds for fish lighter than this", "g", gt=0)
    max_kg_m3: float = quantity("highest legal density", "kg/m3", gt=0)


class EggSpec(Section):
    """Development before first feeding."""

    alevin_weight_g: float = quantity("mean weight at hatch", "g", gt=0, le=1)
    hatch_degree_days: float = quantity(
        "degree-days from fertilisation to hatch", "degC day", "AquaGen 2008", gt=100, le=1000
    )
    first_feeding_degree_days: float = quantity(
        "degree-days from fertilisation to first feeding", "degC day", "850-900 at 9.4-10 degC", gt=200, le=2000
    )
    egg_loss: Probability = quantity("loss of eggs until hatch", "1")
    alevin_loss: Probability = quantity("loss of alevins until first feeding", "1")


class StagingSpec(Section):
    """A farm arranged for its testers: on one day, batches stand at wanted places of their lives. Before it no others
    start."""

    date: datetime.date = quantity(
        "the day; `yesterday`, the last day that is over, when the farm is first made", "", "a test installation"
    )
    positions: Annotated[
        dict[StageName, list[Literal["middle"] | Annotated[int, Field(ge=-300, le=300)]]], Field(min_length=1)
    ] = quantity(
        "batches by stage: in its middle, or so many days before they leave it (an Adult: before its harvest begins;"
        " below zero: after)",
        "day",
        "a test installation",
    )

    @model_validator(mode="after")
    def _only_adults_are_gone(self) -> Self:
        for stage, places in self.positions.items():
            gone = [place for place in places if stage != "Adult" and place != "middle" and place <= 0]
            if gone:
                raise ValueError(
                    f"positions.{stage} {gone}: allowed are days from 1 on; only an Adult may have days below zero,"
                    " after its harvest has begun"
                )
        return self

    @property
    def batches(self) -> int:
        """Batches that are arranged."""
        return sum(len(places) for places in self.positions.values())


class BatchPlan(Section):
    """How batches start, and how many live at once."""

    active_min: int = quantity("fewest active batches on any day after the ramp", "batches", ge=0, le=500)
    active_max: int = quantity("most active batches on any day", "batches", ge=1, le=500)
    active_target: int = quantity("active batches that starting aims at", "batches", ge=1, le=500)
    ramp_days: int = quantity("start-up ramp, in which fewer batches than active_min are normal", "day", ge=0, le=3660)
    eggs_mean: float = quantity("mean eggs in a batch", "eggs", gt=0, le=1e8)
    eggs_sd: float = quantity("standard deviation of eggs in a batch", "eggs", ge=0, le=1e8)
    eggs: Range = quantity("fewest and most eggs in a batch", "eggs")
    external_share: Probability = quantity("share of batches from external eggs", "1")
    month_weights: Annotated[list[Annotated[float, Field(ge=0, le=10)]], Field(min_length=12, max_length=12)] = (
        quantity("relative frequency of starts, January to December", "1")
    )
    egg_suppliers: Annotated[list[str], Field(min_length=1)] = quantity("names of external egg suppliers (invented)")
    harvest_weight_g: Range = quantity("target mean weight at harvest; drawn for each batch", "g")
    growout_days: Range = quantity(
        "earliest and latest harvest, days after sea transfer into Adult", "day", "about 5 kg after 470-490 days"
    )
    harvest_cages_per_day: int = quantity(
        "most cages of a batch harvested on one day", "cages", "general knowledge", ge=1, le=50
    )
    sea_transfer_months: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=1)] = quantity(
        "months in which smolts go to sea; they wait for the next one", "month", "what-if"
    )
    smolt_weight_g: float = quantity("mean weight at sea transfer", "g", ge=20, le=2000)
    fallow_days: int = quantity("days an area lies empty after its last fish", "day", "general knowledge", ge=0, le=365)
    mixing_share: Probability = quantity(
        "share of the batches whose last cage is put together with fish of another batch, where an area lies idle for"
        " them",
        "1",
        "general knowledge",
    )
    mixing_likeness: Probability = quantity(
        "least mean weight of the lighter fish put together, as a share of that of the heavier ones",
        "1",
        "general knowledge",
    )
    expected_days: int = quantity("planned days from eggs to end of harvest", "day", ge=100, le=2000)
    staging: StagingSpec | None = quantity(
        "batches arranged over all stages on one day; none: batches start when they are due", "", "a test installation"
    )

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if not self.active_min <= self.active_target <= self.active_max:
            raise ValueError(
                f"active_min {self.active_min} <= active_target {self.active_target} <= active_max {self.active_max}"
                " does not hold"
            )
        if self.staging is not None and self.staging.batches > self.active_max:
            raise ValueError(
                f"staging.positions are of {self.staging.batches} batches: allowed are active_max, {self.active_max}"
            )
        return self


class FarmSpec(Section):
    """Everything about places, containers, stages and batches."""

    geographies: Annotated[list[GeographySpec], Field(min_length=1)]
    container_types: Annotated[list[ContainerTypeSpec], Field(min_length=1)]
    stages: Annotated[list[StageSpec], Field(min_length=6, max_length=6)]
    eggs: EggSpec
    batches: BatchPlan
    sea_density: Annotated[list[DensityStep], Field(min_length=1)] = quantity(
        "legal density at sea by weight, last step for all heavier fish", "kg/m3", "Faroese legal limit"
    )
    first_year_share: Probability = quantity(
        "share of the infrastructure commissioned in the first year; the rest by the end of session 1", "1", "design"
    )

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        if tuple(stage.name for stage in self.stages) != STAGE_NAMES:
            raise ValueError(f"stages must be {', '.join(STAGE_NAMES)}, in this order")
        keys = {kind.key for kind in self.container_types}
        for geography in self.geographies:
            used = {hall.container_type for hall in geography.station_halls} | set(geography.area_cages)
            if used - keys:
                raise ValueError(
                    f"{geography.name}: container types {sorted(used - keys)} are not defined; defined are"
                    f" {sorted(keys)}"
                )
        steps = [step.below_weight_g for step in self.sea_density]
        if steps != sorted(steps):
            raise ValueError(f"sea_density: below_weight_g {steps} must rise from step to step")
        if abs(sum(geography.batch_share for geography in self.geographies) - 1) > 1e-9:
            raise ValueError("the batch_share of all geographies must add up to 1")
        return self
