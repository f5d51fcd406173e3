"""What kills fish beside diseases and lice: background mortality and acute events."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.quantities import Probability, Range, Section, quantity, refuse_sum, within

CauseName = Literal["handling", "disease", "environmental", "unknown", "predation", "escape"]
"""Causes that deaths are recorded under."""

CauseShares = Annotated[dict[CauseName, Probability], Field(min_length=1)]


class EventSpec(Section):
    """A kind of acute event."""

    key: Literal["storm", "predator_attack", "algal_bloom", "oxygen_drop", "escape", "equipment_failure"] = quantity(
        "kind"
    )
    per_year: float = quantity("times a year at one place", "1/year", "general knowledge", ge=0, le=50)
    place: Literal["area", "cage", "tank"] = quantity(
        "what it strikes: all cages of an area at once, one cage, or one tank"
    )
    loss: Annotated[Range, within(0, 0.6)] = quantity(
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
    cause: CauseName = quantity("cause its deaths are recorded under")


class CauseSigns(Section):
    """Shares of a container's background deaths that are put down to a cause while its signs are seen there. The others
    are of unknown cause."""

    handling: Probability = quantity("in the two weeks after fish arrive or are treated", "1", "calibrated")
    disease: Probability = quantity("while fish at the site are sick", "1", "calibrated")
    environmental: Probability = quantity("in rough seas and in water poor in oxygen", "1", "calibrated")
    predation: Probability = quantity("while seals hunt at the site", "1", "calibrated")
    rough_wave_m: float = quantity("waves from which on the sea is rough", "m", "general knowledge", ge=0.1, le=20)
    poor_saturation: float = quantity(
        "saturation below which water is poor in oxygen", "%", "general knowledge", ge=0, le=120
    )
    illness_share: Probability = quantity(
        "share of the fortnights in which dead fish of a site show disease without an outbreak, such as ulcers",
        "1",
        "calibrated",
    )
    hunting_share: Probability = quantity(
        "share of the fortnights in which seals hunt at a site", "1", "general knowledge"
    )


class MortalitySpec(Section):
    """Background mortality and acute events (suggested forms)."""

    sea_background: Annotated[Range, within(0, 0.5)] = quantity(
        "background mortality at sea in 30 days, just after the transfer and at the end of grow-out",
        "1",
        "part of the all-cause mortality",
    )
    sea_rise: float = quantity(
        "power of the time at sea with which it rises from the one to the other",
        "1",
        "calibrated: weekly mortality of months 13-15 over that of months 1-3",
        default=1.0,
        gt=0,
        le=10,
    )
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
    transfer_loss: Annotated[Range, within(0, 0.5)] = quantity(
        "share of the fish lost in a transfer", "1", "general knowledge"
    )
    cause_shares_freshwater: CauseShares = quantity("shares of the causes of background deaths in freshwater", "1")
    cause_shares_sea: CauseShares = quantity("shares of the causes of background deaths at sea", "1")
    signs: CauseSigns | None = quantity(
        "which background deaths show their cause; none: every day's background deaths have the shares of"
        " cause_shares_sea and cause_shares_freshwater, whatever happens",
        "",
        "general knowledge",
        default=None,
    )
    events: list[EventSpec] = quantity("acute events")

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        for name in ("cause_shares_freshwater", "cause_shares_sea"):
            refuse_sum(name, getattr(self, name))
        return self
