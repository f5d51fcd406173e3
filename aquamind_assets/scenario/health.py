"""Disease, lice, treatments, vaccines and what kills fish."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.farm import Stages
from aquamind_assets.scenario.quantities import Probability, Range, Section, quantity
from aquamind_assets.scenario.signs import GENERAL_SIGNS, Signs

Month = Annotated[int, Field(ge=1, le=12)]


class DiseaseSpec(Section):
    """A disease (specification's table)."""

    key: str = quantity("short key", min_length=1)
    name: str = quantity("name", min_length=1, max_length=100)
    yearly_probability: Probability = quantity("probability of an outbreak at a site in a year", "1/year")
    mortality_factor: float = quantity("factor on the base mortality at the peak of the outbreak", "1", ge=1, le=20)
    days: Range = quantity("duration in a container", "day")
    stages: Stages = quantity("stages that fall ill")
    peak_months: list[Month] = quantity("months of high risk (x1.5; outside them x.5); empty: no season")
    min_temperature: float = quantity("no outbreak in colder water", "degC", ge=0, le=20)
    treatments: list[str] = quantity("keys of treatments used, first choice first")
    onset_days: int = quantity(
        "days at sea (in freshwater: since first feeding) until the risk is full",
        "day",
        "general knowledge",
        ge=0,
        le=720,
    )
    recovery: Probability = quantity("recovery rate; a treatment lowers the impact by half of it", "1")
    coinfection: dict[str, Probability] = quantity("probability that a running outbreak brings that disease along", "1")
    reportable: bool = quantity("must be reported to the authority")
    depopulate: bool = quantity("containers are emptied on order")
    signs: Signs = quantity("signs on the fish and in the laboratory; left out: general ones", default=GENERAL_SIGNS)


class TreatmentSpec(Section):
    """A treatment."""

    key: str = quantity("short key", min_length=1)
    name: str = quantity("name", min_length=1, max_length=100)
    kind: Literal["medication", "physical", "other"] = quantity("AquaMind's treatment type")
    dosage: str = quantity("dosage as written in the record", max_length=100)
    duration_days: int = quantity("duration", "day", ge=0, le=90)
    withholding_days: int = quantity("no harvest for so many days after it", "day", "general knowledge", ge=0, le=365)
    fasting_days: int = quantity("fasting before it", "day", "suggested form", ge=0, le=7)
    cost_per_kg: float = quantity("cost for each kg of biomass", "EUR/kg", ge=0, le=10)
    lice_efficacy: Range | None = quantity(
        "median and best share of mobile lice removed (low = median, high = 90th percentile); none: not against lice",
        "1",
        "suggested form",
    )
    attached_factor: Probability = quantity(
        "efficacy on attached lice, relative to mobile ones", "1", "general knowledge"
    )
    fish_loss: Range = quantity("share of fish lost over the seven days after it", "1", "suggested form")
    temperature: Range = quantity("water temperatures in which it is used", "degC", "general knowledge")


class VaccineSpec(Section):
    """A vaccine, given once in a batch's life."""

    key: str = quantity("short key", min_length=1)
    name: str = quantity("name", min_length=1, max_length=100)
    manufacturer: str = quantity("manufacturer (invented)", max_length=100)
    dosage: str = quantity("dosage as written in the record", max_length=100)
    diseases: list[str] = quantity("keys of diseases it protects against")
    also_named: str = quantity("protection the record names beyond those diseases")
    efficacy: Probability = quantity("share by which the hazard of those diseases falls", "1")
    days_before_transfer: int = quantity("days before the sea transfer it is given", "day", ge=0, le=200)
    share: Probability = quantity("share of the batches that get it", "1", "general knowledge")


class LiceHarmSpec(Section):
    """What lice do to the fish they sit on."""

    lethal_load: float = quantity(
        "mobile lice for each gram of fish at which half of smolts die",
        "lice/g",
        "Ives et al. 2023: .24; Taranger et al. 2015: .2-.3",
        gt=0,
        le=10,
    )
    steepness: float = quantity(
        "Hill exponent of dying by load",
        "1",
        "Taranger et al. 2015: a fifth dies at .1-.2, half at .2-.3, all above .3",
        ge=1,
        le=10,
    )
    lethal_days: float = quantity("days in which these fish die", "day", "general knowledge", gt=0, le=365)
    reference_weight_g: float = quantity(
        "weight of a smolt for which the loads hold", "g", "general knowledge", gt=0, le=1000
    )
    size_exponent: float = quantity(
        "loads that fish bear fall with their weight to this power",
        "1",
        "lice wound the skin; above 150 g half die at .05-.10 (Taranger 2015)",
        ge=0,
        le=1,
    )
    growth_loss: Probability = quantity(
        "greatest share of growth, and of the feed for it, that lice cost", "1", "general knowledge"
    )
    growth_load: float = quantity(
        "load that costs half of that",
        "lice/g",
        "calibrated on Abolofia et al. 2017: 3.6-16.6 % of growth lost in spite of treatments",
        gt=0,
        le=10,
    )
    usual_loss: float = quantity(
        "growth lost to lice on a treated farm, which TGC as published contain", "1", "measured on the farm", ge=0, lt=1
    )


class LiceSpec(Section):
    """Sea lice (Hamre 2019, Stien 2005; rates as named there)."""

    threshold: float = quantity(
        "adult females per fish of the last count above which a container is treated", "per fish", gt=0, le=10
    )
    min_days_between_treatments: int = quantity(
        "days from one lice treatment of a container to the next", "day", ge=1, le=365
    )
    count_interval_days: int = quantity("days between counts", "day", ge=1, le=60)
    fish_per_count: int = quantity("fish looked at in a count", "fish", ge=1, le=200)
    chalimus_seen: Range = quantity("probability that an attached louse is seen", "1", "suggested form")
    chalimus_mortality: float = quantity("daily mortality of attached lice", "1/day", "Stien 2005", ge=0, le=1)
    preadult_mortality: float = quantity("daily mortality of pre-adults", "1/day", "Stien 2005", ge=0, le=1)
    adult_mortality: float = quantity("daily mortality of adults", "1/day", "Stien 2005", ge=0, le=1)
    external_pressure: float = quantity(
        "median outside infection of a fish of 1 kg at 9 degC",
        "lice per fish and day",
        "calibrated: published adult females",
        ge=0,
        le=10,
    )
    external_most: float = quantity(
        "highest outside infection of such a fish, which the worst weeks come near to",
        "lice per fish and day",
        "general knowledge",
        gt=0,
        le=100,
    )
    external_sd: float = quantity(
        "sd of the log of the outside pressure, AR1, shared in an area", "1", "calibrated", ge=0, le=5
    )
    external_rho: float = quantity(
        "week-to-week correlation of the log outside pressure", "1", "calibrated", ge=0, lt=1
    )
    outside_season: float = quantity(
        "seasonal swing of the log outside pressure",
        "1",
        "general knowledge: counts are highest May to September",
        ge=0,
        le=3,
    )
    outside_peak_day: float = quantity(
        "day of the year with the highest outside pressure", "day", "general knowledge", ge=1, le=366
    )
    outside_resistance: Probability = quantity(
        "share of resistant lice among those that come from outside", "1", "general knowledge"
    )
    eggs_per_clutch: float = quantity(
        "eggs in the pair of strings of an adult female", "eggs", "Stien 2005", gt=0, le=2000
    )
    larva_loss: float = quantity(
        "daily loss of larvae adrift, by death and by current", "1/day", "Stien 2005: deaths .17", gt=0, le=1
    )
    internal_share: float = quantity(
        "settling lice for each copepodid hatched in the area", "1", "calibrated", ge=0, le=1
    )
    treatments: dict[str, Annotated[float, Field(ge=0)]] = quantity(
        "relative use of each treatment against lice; empty: lice are never treated"
    )
    harm: LiceHarmSpec = Field(description="harm to the fish")
    resistance_gain: float = quantity(
        "share of the surviving lice that a chemical treatment adds to the resistant ones",
        "1",
        "general knowledge",
        ge=0,
        le=1,
    )


class EventSpec(Section):
    """A kind of acute event."""

    key: Literal["storm", "predator_attack", "algal_bloom", "oxygen_drop", "escape", "equipment_failure"] = quantity(
        "kind"
    )
    per_year: float = quantity("times a year at one place", "1/year", "general knowledge", ge=0, le=50)
    place: Literal["area", "cage", "tank"] = quantity(
        "what it strikes: all cages of an area at once, one cage, or one tank"
    )
    loss: Range = quantity(
        "share of the fish lost in a container (low = median, high = 90th percentile)", "1", "general knowledge"
    )
    season: float = quantity("relative seasonal swing of its frequency", "1", "general knowledge", ge=0, le=1)
    peak_day: float = quantity("day of the year when it is most frequent", "day", "general knowledge", ge=1, le=366)
    wave_m: float = quantity(
        "it needs waves as high as this; 0: the sea does not matter", "m", "general knowledge", ge=0, le=20
    )
    wave_share: float = quantity(
        "share of the days with such waves, so that `per_year` is kept", "1", "farm.sites.climate", gt=0, le=1
    )
    cause: Literal["handling", "disease", "environmental", "unknown", "predation", "escape"] = quantity(
        "cause its deaths are recorded under"
    )


class MortalitySpec(Section):
    """Background mortality and acute events (suggested forms)."""

    sea_background: Range = quantity("background mortality at sea in 30 days", "1", "part of the all-cause mortality")
    transfer_peak: float = quantity(
        "extra hazard on the day of transfer, times the base",
        "1",
        "8 suggested; calibrated: highest weekly median in the month after transfer",
        ge=0,
        le=50,
    )
    transfer_decay_days: float = quantity(
        "decay time of that extra hazard", "day", "12 suggested, calibrated", gt=0, le=100
    )
    farm_week_sd: float = quantity("sd of the log farm-week effect", "1", "1.4 suggested, calibrated", ge=0, le=5)
    farm_week_rho: float = quantity("week-to-week correlation of the farm effect", "1", "suggested form", ge=0, lt=1)
    container_sd: float = quantity("sd of the log container effect", "1", ".9 suggested, calibrated", ge=0, le=5)
    batch_share: Probability = quantity(
        "share of the variance of the container effect that is common to a batch",
        "1",
        "calibrated: correlation of weekly mortality at 4 weeks",
    )
    freshwater_effects: float = quantity(
        "sd of farm-week and container effects in freshwater, relative to the sea", "1", "general knowledge", ge=0, le=1
    )
    egg_effects: float = quantity(
        "sd of the same effects on eggs and alevins, relative to the sea",
        "1",
        "general knowledge: nine of ten batches lose less than 30 % before first feeding",
        ge=0,
        le=1,
    )
    handling_decay_days: float = quantity(
        "decay time of deaths after handling, within seven days", "day", "general knowledge", gt=0, le=30
    )
    handling_farm_share: Probability = quantity(
        "how far the farm-week effect reaches into handling losses (power); their mean stays",
        "1",
        "calibrated: farm-month mortality as published",
    )
    overdispersion: float = quantity(
        "beta-binomial intra-class correlation of daily deaths", "1", "general knowledge", ge=0, le=0.1
    )
    transfer_loss: Range = quantity("share of the fish lost in a transfer", "1", "general knowledge")
    cause_shares_freshwater: dict[str, Probability] = quantity(
        "shares of the causes of background deaths in freshwater", "1"
    )
    cause_shares_sea: dict[str, Probability] = quantity("shares of the causes of background deaths at sea", "1")
    events: list[EventSpec] = quantity("acute events")


class SamplingSpec(Section):
    """How often and how many fish are looked at."""

    growth_interval_days: int = quantity("days between growth samples of a container", "day", ge=1, le=90)
    growth_sample_size: Range = quantity("fish in a growth sample", "fish", "general knowledge")
    health_fish: Range = quantity("fish in a monthly health sampling", "fish")
    health_containers_share: Probability = quantity(
        "share of a batch's containers in a monthly health sampling", "1", "general knowledge"
    )
    journal_interval_days: int = quantity("days between routine journal entries of a batch", "day", ge=1, le=90)
    lab_interval_days: int = quantity("days between routine lab samples of a batch", "day", ge=7, le=365)


class OutbreakSpec(Section):
    """What outbreaks of all diseases have in common."""

    spread_days: Range = quantity("days from one infected container to the next of a site", "day", "suggested form")
    event_days: int = quantity(
        "an outbreak reaches no further container of its site after so many days",
        "day",
        "general knowledge",
        ge=0,
        le=730,
    )
    severity_sd: float = quantity("sd of the log severity, median 1", "1", "general knowledge", ge=0, le=2)
    sick_share: float = quantity(
        "share of sick fish at the peak of an outbreak of severity 1, for each unit of mortality factor above 1",
        "1",
        "general knowledge",
        ge=0,
        le=1,
    )
    carrier_detection: float = quantity(
        "daily probability of diagnosis when every fish is sick", "1/day", "general knowledge", ge=0, le=10
    )
    treatment_delay: Range = quantity("days from diagnosis to treatment", "day", "general knowledge")
    depopulation_days: int = quantity(
        "days from diagnosis until a container is emptied on order", "day", "general knowledge", ge=1, le=90
    )


class HealthSpec(Section):
    """Everything about disease, lice, treatments and mortality."""

    diseases: list[DiseaseSpec]
    peak_factor: float = quantity("factor on the hazard in the peak months", "1", ge=0, le=10)
    off_peak_factor: float = quantity("factor on the hazard outside the peak months", "1", ge=0, le=10)
    outbreaks: OutbreakSpec
    treatments: list[TreatmentSpec]
    vaccines: list[VaccineSpec]
    vaccine_onset_degree_days: float = quantity(
        "degree-days from vaccination to protection", "degC day", "general knowledge", ge=0, le=2000
    )
    lice: LiceSpec
    mortality: MortalitySpec
    sampling: SamplingSpec

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        diseases, treatments = {one.key for one in self.diseases}, {one.key for one in self.treatments}
        for disease in self.diseases:
            _refuse_unknown(f"diseases.{disease.key}.treatments", set(disease.treatments), treatments)
            _refuse_unknown(f"diseases.{disease.key}.coinfection", set(disease.coinfection), diseases)
        for vaccine in self.vaccines:
            _refuse_unknown(f"vaccines.{vaccine.key}.diseases", set(vaccine.diseases), diseases)
        _refuse_unknown(
            "lice.treatments", set(self.lice.treatments), {one.key for one in self.treatments if one.lice_efficacy}
        )
        return self


def _refuse_unknown(path: str, used: set[str], known: set[str]) -> None:
    if used - known:
        raise ValueError(f"{path}: {', '.join(sorted(used - known))} not defined; allowed: {', '.join(sorted(known))}")
