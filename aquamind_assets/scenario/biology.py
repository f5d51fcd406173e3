"""How fish grow, how well fed they are and how much they eat."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.quantities import Probability, Range, Section, quantity, shown, within


class GrowthSpec(Section):
    """Growth by thermal growth coefficient, W^(1/3) form."""

    batch_sd: float = quantity(
        "sd of TGC x1000 between batches, on top of the stage's range",
        "g^(1/3)/(degC day) x1000",
        "suggested form",
        ge=0,
        le=0.5,
    )
    undisturbed: float = quantity(
        "growth at sea without fasting, sickness and want of oxygen, relative to the TGC, which as published contains"
        " them",
        "1",
        "calibrated",
        ge=1,
        le=1.3,
    )
    container_sd: float = quantity(
        "sd of the log of a container's growth within its batch", "1", "general knowledge", ge=0, le=0.3
    )
    size_exponent: float = quantity(
        "TGC in the sea falls with weight to this power; the mean over grow-out stays",
        "1",
        "Aunsmo 2014, calibrated",
        ge=0,
        le=0.4,
    )
    season_amplitude: float = quantity(
        "relative seasonal swing of growth in the sea by day length",
        "1",
        "feed per biomass of the Norwegian Directorate of Fisheries, calibrated",
        ge=0,
        le=0.6,
    )
    season_peak_day: float = quantity(
        "day of the year with the fastest growth at one temperature", "day", "general knowledge", ge=1, le=366
    )
    heat: Annotated[Range, within(0, 40, apart=True)] = quantity(
        "growth per degree falls from full to none between these temperatures", "degC", "general knowledge"
    )
    oxygen_full: Annotated[Range, within(0, 120)] = quantity(
        "saturation for full growth at 7 and at 19 degC", "%", "general knowledge, Remen 2016"
    )
    oxygen_none: Annotated[Range, within(0, 120)] = quantity(
        "saturation without growth at 7 and at 19 degC", "%", "general knowledge, Remen 2016"
    )
    sick_growth: Probability = quantity(
        "growth of a clinically sick fish, relative to a healthy one", "1", "general knowledge"
    )
    fasting_loss: float = quantity("body weight lost on a fasting day", "1/day", "general knowledge", ge=0, le=0.02)

    @model_validator(mode="after")
    def _oxygen_in_order(self) -> Self:
        for end in ("low", "high"):
            none, full = getattr(self.oxygen_none, end), getattr(self.oxygen_full, end)
            if none >= full:
                raise ValueError(
                    f"oxygen_none.{end} {shown(none)} is not below oxygen_full.{end} {shown(full)}; allowed: fish that"
                    " do not grow have less oxygen than those that do"
                )
        return self


class ConditionSpec(Section):
    """Condition factor (Moerkoere & Roervik 2001)."""

    adult_exponent: float = quantity(
        "condition of adults grows with weight to this power", "1", "Moerkoere & Roervik 2001, calibrated", ge=0, le=0.3
    )
    season_amplitude: float = quantity("relative seasonal swing at sea", "1", "Moerkoere & Roervik 2001", ge=0, le=0.3)
    season_peak_day: float = quantity(
        "day of the year with the best condition", "day", "Moerkoere & Roervik 2001", ge=1, le=366
    )
    container_sd: float = quantity("sd of the log of a container's condition", "1", "general knowledge", ge=0, le=0.2)
    sick_loss: Probability = quantity(
        "share of the condition that a clinically sick fish lacks", "1", "general knowledge"
    )


class AppetiteSpec(Section):
    """What is fed beyond growth (noise and meals: `feed`)."""

    maintenance: float = quantity(
        "feed offered without growth, share of the greatest daily ration, at the stage's usual temperature",
        "1",
        "general knowledge",
        ge=0,
        le=0.2,
    )
    sick_appetite: Probability = quantity(
        "appetite of a clinically sick fish, relative to a healthy one", "1", "general knowledge"
    )
    size_fcr: float = quantity(
        "FCR in grow-out rises with weight to this power, up to the stage's target at harvest",
        "1",
        "general knowledge",
        ge=0,
        le=0.3,
    )


class BiologySpec(Section):
    """Growth, condition and appetite."""

    growth: GrowthSpec = Field(description="growth")
    condition: ConditionSpec = Field(description="condition factor")
    appetite: AppetiteSpec = Field(description="appetite")
