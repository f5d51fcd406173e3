"""Diseases, treatments, vaccines and samplings, and everything about health together."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from aquamind_assets.scenario.lice import LiceSpec
from aquamind_assets.scenario.mortality import CauseName, MortalitySpec
from aquamind_assets.scenario.quantities import (
    MOST_ENTRIES,
    Month,
    Probability,
    Range,
    Section,
    quantity,
    refuse_unknown,
    short_key,
    shown,
    text,
    within,
)
from aquamind_assets.scenario.signs import GENERAL_SIGNS, Signs
from aquamind_assets.scenario.stages import Stages


class DiseaseSpec(Section):
    """A disease (specification's table)."""

    key: str = short_key("short key")
    name: str = text("name")
    yearly_probability: Probability = quantity("probability of an outbreak at a site in a year", "1/year")
    mortality_factor: float = quantity("factor on the base mortality at the peak of the outbreak", "1", ge=1, le=20)
    days: Annotated[Range, within(1, 730, whole=True)] = quantity("duration in a container", "day")
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
    recovery: Probability = quantity(
        "recovery rate: share of the treatments that succeed; they lower the impact by half of it on average", "1"
    )
    treated_again_days: int = quantity(
        "days after a treatment from which on fish that are still ill are treated again; 0: they are treated once",
        "day",
        "amoebae are back some weeks after a bath",
        default=0,
        ge=0,
        le=365,
    )
    coinfection: dict[str, Probability] = quantity("probability that a running outbreak brings that disease along", "1")
    reportable: bool = quantity("must be reported to the authority")
    depopulate: bool = quantity("containers are emptied on order")
    signs: Signs = quantity("signs on the fish and in the laboratory; left out: general ones", default=GENERAL_SIGNS)


class TreatmentSpec(Section):
    """A treatment."""

    key: str = short_key("short key")
    name: str = text("name")
    kind: Literal["medication", "physical", "other"] = quantity("AquaMind's treatment type")
    dosage: str = text("dosage as written in the record")
    duration_days: int = quantity("duration", "day", ge=0, le=90)
    withholding_days: int = quantity("no harvest for so many days after it", "day", "general knowledge", ge=0, le=365)
    fasting_days: int = quantity("fasting before it", "day", "suggested form", ge=0, le=7)
    cost_per_kg: float = quantity("cost for each kg of biomass", "EUR/kg", ge=0, le=10)
    lice_efficacy: Annotated[Range, within(0, 1)] | None = quantity(
        "median and best share of mobile lice removed (low = median, high = 90th percentile); none: not against lice",
        "1",
        "suggested form",
    )
    attached_factor: Probability = quantity(
        "efficacy on attached lice, relative to mobile ones", "1", "general knowledge"
    )
    fish_loss: Annotated[Range, within(0, 0.5)] = quantity(
        "share of fish lost over the seven days after it", "1", "suggested form"
    )
    temperature: Annotated[Range, within(-5, 40)] = quantity(
        "water temperatures in which it is used", "degC", "general knowledge"
    )


class VaccineSpec(Section):
    """A vaccine, given once in a batch's life."""

    key: str = short_key("short key")
    name: str = text("name")
    manufacturer: str = text("manufacturer (invented)")
    dosage: str = text("dosage as written in the record")
    diseases: list[str] = quantity("keys of diseases it protects against")
    also_named: str = quantity("protection the record names beyond those diseases", max_length=100)
    efficacy: Probability = quantity("share by which the hazard of those diseases falls", "1")
    failures: Probability = quantity(
        "share of its vaccinations that give no protection", "1", "general knowledge", default=0.0
    )
    days_before_transfer: int = quantity("days before the sea transfer it is given", "day", ge=0, le=200)
    share: Probability = quantity("share of the batches that get it", "1", "general knowledge")


class SamplingSpec(Section):
    """How often and how many fish are looked at."""

    growth_interval_days: int = quantity("days between growth samples of a container", "day", ge=1, le=90)
    growth_sample_size: Annotated[Range, within(1, 1000, whole=True)] = quantity(
        "fish in a growth sample", "fish", "general knowledge"
    )
    health_fish: Annotated[Range, within(1, 200, whole=True)] = quantity("fish in a monthly health sampling", "fish")
    health_containers_share: Probability = quantity(
        "share of a batch's containers in a monthly health sampling", "1", "general knowledge"
    )
    journal_interval_days: int = quantity("days between routine journal entries of a batch", "day", ge=1, le=90)
    lab_interval_days: int = quantity("days between routine lab samples of a batch", "day", ge=7, le=365)


class OutbreakSpec(Section):
    """What outbreaks of all diseases have in common."""

    spread_days: Annotated[Range, within(1, 365, whole=True)] = quantity(
        "days from one infected container to the next of a site", "day", "suggested form"
    )
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
    treatment_delay: Annotated[Range, within(0, 90, whole=True)] = quantity(
        "days from diagnosis to treatment", "day", "general knowledge"
    )
    depopulation_days: int = quantity(
        "days from diagnosis until a container is emptied on order", "day", "general knowledge", ge=1, le=90
    )


class HealthSpec(Section):
    """Everything about disease, lice, treatments and mortality."""

    diseases: Annotated[list[DiseaseSpec], Field(max_length=MOST_ENTRIES)]
    peak_factor: float = quantity("factor on the hazard in the peak months", "1", ge=0, le=10)
    off_peak_factor: float = quantity("factor on the hazard outside the peak months", "1", ge=0, le=10)
    outbreaks: OutbreakSpec
    treatments: Annotated[list[TreatmentSpec], Field(max_length=MOST_ENTRIES)]
    vaccines: Annotated[list[VaccineSpec], Field(max_length=MOST_ENTRIES)]
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
            refuse_unknown(f"diseases.{disease.key}.treatments", set(disease.treatments), treatments)
            refuse_unknown(f"diseases.{disease.key}.coinfection", set(disease.coinfection), diseases)
        for vaccine in self.vaccines:
            refuse_unknown(f"vaccines.{vaccine.key}.diseases", set(vaccine.diseases), diseases)
        refuse_unknown(
            "lice.treatments", set(self.lice.treatments), {one.key for one in self.treatments if one.lice_efficacy}
        )
        return self

    @model_validator(mode="after")
    def _batches_get_one_vaccine(self) -> Self:
        shares = {vaccine.key: vaccine.share for vaccine in self.vaccines}
        if sum(shares.values()) > 1 + 1e-9:
            raise ValueError(f"the share of all vaccines adds up to {shown(sum(shares.values()))}; allowed: at most 1")
        return self

    @model_validator(mode="after")
    def _reasons_differ(self) -> Self:
        causes = {name.upper() for name in get_args(CauseName)}
        for disease in self.diseases:
            if disease.name in causes:
                raise ValueError(
                    f"diseases.{disease.key}.name {disease.name}: deaths are recorded under that cause already;"
                    f" allowed: names other than {', '.join(sorted(causes))}"
                )
        return self
