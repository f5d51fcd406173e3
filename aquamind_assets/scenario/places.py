"""Where fish are farmed: geographies with their climate, stations and areas, and types of containers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.quantities import (
    LONGEST_PART,
    Probability,
    Range,
    Section,
    quantity,
    short_key,
    text,
    within,
)
from aquamind_assets.scenario.sea import SeaSpec, SiteSea
from aquamind_assets.scenario.site_water import SiteWater
from aquamind_assets.scenario.stages import Stages
from aquamind_assets.scenario.trend import TrendPoint
from aquamind_assets.scenario.work import WorkSpec

Cages = dict[str, Annotated[int, Field(ge=0, le=100)]]


COUNTRY = r"^[A-Z]{2}$"


class ClimateSpec(Section):
    """Sea climate of a geography (domain: Dam et al. 2000; slim's Fyne farm configuration; coefficients as suggested
    there)."""

    mean_temperature: float = quantity("yearly mean sea temperature", "degC", "Dam et al. 2000", ge=0, le=20)
    temperature_amplitude: float = quantity("half of the seasonal range", "degC", "Dam et al. 2000", ge=0, le=10)
    warmest_day: float = quantity("day of the year with the warmest sea", "day", "Dam et al. 2000", ge=1, le=366)
    cooling_per_degree: float = quantity(
        "how much cooler the sea is for each degree of latitude north of `cooling_from_latitude`; its seasonal range"
        " shrinks by half of that",
        "degC/degree",
        "general knowledge: Shetland and Orkney are cooler than the west coast",
        default=0.0,
        ge=0,
        le=3,
    )
    cooling_from_latitude: float = quantity(
        "latitude from which on it is", "degree", "general knowledge", default=0.0, ge=-90, le=90
    )
    year_effect_sd: float = quantity("sd of the yearly mean", "degC", "general knowledge", ge=0, le=3)
    anomaly_sd: float = quantity(
        "sd of the daily AR1 anomaly, shared in an area", "degC", "Szewczyk et al.", ge=0, le=3
    )
    anomaly_rho: float = quantity("day-to-day correlation of the anomaly", "1", "Szewczyk et al.", ge=0, lt=1)
    warming: float = quantity("added to every water temperature (what-if)", "degC", "what-if", ge=-5, le=5)
    salinity: Annotated[Range, within(0, 45)] = quantity(
        "salinity of the sea outside; a site draws its own from this range", "ppt", "specification"
    )
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


class SiteSpec(Section):
    """A sea area with its own name, place and cages."""

    name: str = text("name", "the farm's own", longest=LONGEST_PART)
    latitude: float = quantity("latitude, north positive", "degree", "the farm's own", ge=-90, le=90)
    longitude: float = quantity("longitude, east positive", "degree", "the farm's own", ge=-180, le=180)
    cages: Cages = quantity("its cages, by container type", "cages", "the farm's own", min_length=1)
    water: SiteWater | None = quantity(
        "measured water; in a file the name of a CSV file beside it; none: the geography's",
        "",
        "the site's log",
        default=None,
    )
    sea: SiteSea = quantity("what is known of its tide, layers and run-off", "", "the farm's own", default=SiteSea())


class HarvestPlanSpec(Section):
    """How evenly a company's processing plant is supplied."""

    tonnes_per_day: float = quantity(
        "round weight that the plant takes at most on one of its days",
        "t",
        "yearly harvest / plant days",
        gt=0,
        le=100_000,
    )
    ahead_days: int = quantity(
        "days ahead over which the plant spreads the fish that it can expect; 1: it takes what it can",
        "day",
        "general knowledge: a company sells its fish for a year",
        default=365,
        ge=1,
        le=365,
    )
    sites: int = quantity("areas that are harvested at the same time", "areas", "general knowledge", ge=1, le=500)
    early: float = quantity(
        "share of its target weight from which on a batch can be harvested, that the plant does not stand idle",
        "1",
        "calibrated: every month near an even share of the year",
        ge=0.3,
        le=1,
    )
    late: float = quantity(
        "share of its target weight from which on a batch that waits for its turn is overdue",
        "1",
        "calibrated: every month near an even share of the year",
        default=1.25,
        ge=1,
        le=3,
    )


class GeographySpec(Section):
    """One geography: its stations, areas, climate and what differs there in biology."""

    name: str = text("name")
    code: Annotated[str, Field(pattern=COUNTRY)] = quantity(
        "country: decides invented names and phone numbers; AquaMind knows FO and SC, other staff is of all geographies"
    )
    latitude: Annotated[Range, within(-90, 90)] = quantity("range of latitudes of its sites", "degree")
    longitude: Annotated[Range, within(-180, 180)] = quantity("range of longitudes of its sites", "degree")
    stations: int = quantity("freshwater stations", "stations", ge=0, le=200)
    station_halls: list[HallSpec] = quantity("halls of each station", max_length=50)
    sites: list[SiteSpec] = quantity(
        "sea areas of a real farm, there from the first day on", "", "the farm's own", default=[], max_length=500
    )
    areas: int = quantity("sea areas with invented names and places, beside the sites", "areas", ge=0, le=500)
    area_cages: Cages = quantity("cages in each such area, by container type", "cages")
    batch_share: Probability = quantity("share of the batches that start here", "1")
    work: WorkSpec = quantity("when people work here", "", "general knowledge", default=WorkSpec())
    smolt_trend: list[TrendPoint] = quantity(
        "factor on the weight at sea transfer by the year in which a batch starts; straight lines between the points",
        "",
        "company reports: Faroese smolts have become three times as heavy in ten years",
        default=[],
        max_length=100,
    )
    stocking_density: float | None = quantity(
        "density at harvest weight that cages are stocked for at sea transfer, once for all; none: the highest legal"
        " one, and fish are split as they grow",
        "kg/m3",
        "published Scottish cages: mean 2.6, 95th percentile 5",
        default=None,
        ge=0.1,
        le=200,
    )
    fallow_days: int | None = quantity(
        "days an area here lies empty after its last fish; none: `batches.fallow_days`",
        "day",
        "the country's law: two months in the Faroes",
        default=None,
        ge=0,
        le=365,
    )
    harvest: HarvestPlanSpec | None = quantity(
        "plan by which the plant is supplied evenly; none: every batch is harvested when it is ripe, as fast as boats"
        " can",
        "",
        "companies' sales plans",
        default=None,
    )
    climate: ClimateSpec
    sea: SeaSpec = quantity("tide, layers and run-off at its sites", "", "calibrated", default=SeaSpec())
    growout_tgc: Annotated[Range, within(0.1, 10)] = quantity(
        "TGC x1000 of a batch in the sea at 1 kg", "g^(1/3)/(degC day) x1000", "about 5 kg after 470-490 days"
    )
    delousing_boats: int = quantity(
        "boats that delouse here, each at one area at a time", "boats", "general knowledge", default=2, ge=1, le=500
    )
    unused_treatments: list[str] = quantity(
        "keys of the treatments that are not used here, against lice nor against diseases",
        "",
        "no antibiotics are used in Faroese salmon farming",
        default=[],
        max_length=500,
    )
    disease_scale: dict[str, Annotated[float, Field(ge=0, le=10)]] = quantity(
        "factor on a disease's yearly probability here (1 if not named)", "1"
    )

    @property
    def cages_by_area(self) -> list[dict[str, int]]:
        """Cages of each sea area by container type: of those with invented names, then of the sites."""
        return [self.area_cages] * self.areas + [site.cages for site in self.sites]


class ContainerTypeSpec(Section):
    """A container type."""

    key: str = short_key("short key used in the scenario")
    name: str = text("name")
    category: Literal["TANK", "PEN", "TRAY", "OTHER"] = quantity("AquaMind's category")
    place: Literal["hall", "area"] = quantity("where it stands")
    stages: Stages = quantity("stages that live in it")
    volume_m3: float = quantity("water volume", "m3", ge=0.1, le=400_000)
    capacity_fish: int | None = quantity(
        "nominal capacity; none for cages, where density decides", "fish", ge=1, le=100_000_000
    )
    max_density_kg_m3: float = quantity("highest density ever allowed", "kg/m3", "general knowledge", ge=0.1, le=200)
    max_weight_g: float | None = quantity(
        "fish are moved on before they are heavier than this", "g", "use of cages at sea", gt=0, le=100_000
    )
    grace_days: int = quantity("days empty and cleaned between two uses", "day", ge=0, le=365)
    probes: dict[str, Annotated[int, Field(ge=0, le=4)]] = quantity(
        "sensors in each such container, by probe key; 0 for none", "sensors"
    )

    @model_validator(mode="after")
    def _limits_fit_the_place(self) -> Self:
        name = "capacity_fish" if self.place == "area" else "max_weight_g"
        if getattr(self, name) is not None:
            reason = {"area": "density decides in cages", "hall": "fish leave a hall by their stage"}[self.place]
            raise ValueError(f"{name} {getattr(self, name):g}; allowed: none, for {reason}")
        return self
