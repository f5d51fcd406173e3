"""Lifecycle stages, and development before first feeding."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from aquamind_assets.scenario.quantities import Range, Section, quantity, shown, within

StageName = Literal["Egg&Alevin", "Fry", "Parr", "Smolt", "Post-Smolt", "Adult"]
STAGE_NAMES: tuple[StageName, ...] = ("Egg&Alevin", "Fry", "Parr", "Smolt", "Post-Smolt", "Adult")


def _in_life_order(stages: list[StageName]) -> list[StageName]:
    return sorted(stages, key=STAGE_NAMES.index)


Stages = Annotated[list[StageName], AfterValidator(_in_life_order)]
"""Some stages; whatever order they are given in, they are in that of life."""


class StageSpec(Section):
    """A lifecycle stage. The stage ends by weight (by degree-days before first feeding), its nominal duration is a
    sanity band."""

    name: StageName = quantity("AquaMind's name of the stage")
    entry_weight_g: float = quantity("mean weight at entry", "g", ge=0.01, le=10_000)
    tgc: Annotated[Range, within(0.1, 10)] | None = quantity(
        "TGC x1000; none before first feeding", "g^(1/3)/(degC day) x1000", "stage clocks made consistent"
    )
    mortality: Annotated[float, Field(ge=0, le=0.99)] = quantity("expected all-cause loss over `mortality_basis`", "1")
    mortality_basis: Literal["stage", "month"] = quantity("what `mortality` is a share of: the whole stage or 30 days")
    fcr: float | None = quantity("feed conversion ratio; none without feed", "kg/kg", ge=0.1, le=5)
    max_feed_percent: float | None = quantity("most feed in a day, percent of body weight", "%", ge=0.1, le=20)
    nominal_days: Annotated[Range, within(1, 2000)] = quantity("usual duration", "day")
    temperature: Annotated[Range, within(0, 25)] | None = quantity(
        "water temperature in recirculated halls; none at sea", "degC", "suggested form"
    )
    weight_cv: float = quantity("coefficient of variation of individual weights", "1", "suggested form", ge=0, le=0.6)
    condition: float = quantity("mean condition factor", "g/cm3 x 100", "Moerkoere & Roervik 2001", gt=0.3, le=2.5)

    @model_validator(mode="after")
    def _fish_eat_or_do_not(self) -> Self:
        given = [name for name in ("tgc", "fcr", "max_feed_percent") if getattr(self, name) is not None]
        if self.name == "Egg&Alevin" and given:
            raise ValueError(f"{', '.join(given)} of Egg&Alevin; allowed: none, for they are not fed")
        if self.name != "Egg&Alevin" and len(given) < 3:
            missing = sorted({"tgc", "fcr", "max_feed_percent"} - set(given))
            raise ValueError(f"{', '.join(missing)} of {self.name}: none; allowed: numbers, for its fish are fed")
        return self


class EggSpec(Section):
    """Development before first feeding."""

    alevin_weight_g: float = quantity("mean weight at hatch", "g", ge=0.01, le=1)
    hatch_degree_days: float = quantity(
        "degree-days from fertilisation to hatch", "degC day", "AquaGen 2008", gt=100, le=1000
    )
    first_feeding_degree_days: float = quantity(
        "degree-days from fertilisation to first feeding", "degC day", "850-900 at 9.4-10 degC", gt=200, le=2000
    )
    egg_loss: Annotated[float, Field(ge=0, le=0.99)] = quantity("loss of eggs until hatch", "1")
    alevin_loss: Annotated[float, Field(ge=0, le=0.99)] = quantity("loss of alevins until first feeding", "1")

    @model_validator(mode="after")
    def _hatch_before_feeding(self) -> Self:
        if self.hatch_degree_days >= self.first_feeding_degree_days:
            raise ValueError(
                f"hatch_degree_days {shown(self.hatch_degree_days)} are not below first_feeding_degree_days"
                f" {shown(self.first_feeding_degree_days)}; allowed: they hatch first"
            )
        return self
