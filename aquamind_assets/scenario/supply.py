"""Feed: kinds, prices, orders, suppliers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.quantities import (
    LONGEST_PART,
    MOST_ENTRIES,
    Name,
    Probability,
    Range,
    Section,
    quantity,
    refuse_sum,
    shown,
    text,
    within,
)
from aquamind_assets.scenario.stages import Stages

CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

ClockTime = Annotated[str, Field(pattern=CLOCK)]
"""A time of the day, ``00:00`` to ``23:59``."""


class FeedSpec(Section):
    """A feed."""

    name: str = text("name", longest=LONGEST_PART)
    brand: str = text("brand (invented)")
    size_category: Literal["MICRO", "SMALL", "MEDIUM", "LARGE"] = quantity("AquaMind's size category")
    pellet_size_mm: float = quantity("pellet size", "mm", ge=0.01, le=30)
    protein_percent: float = quantity("protein", "%", ge=0, le=100)
    fat_percent: float = quantity("fat", "%", ge=0, le=100)
    carbohydrate_percent: float = quantity("carbohydrate", "%", "general knowledge", ge=0, le=100)
    price: float = quantity("base price", "EUR/kg", ge=0.01, le=100)
    reorder_kg: float = quantity(
        "a hall or area orders when its stock falls below this (at full scale)", "kg", ge=1, le=1e6
    )
    stages: Stages = quantity("stages it is fed to")
    from_weight_g: float = quantity("fed from this mean weight on, within its stages", "g", ge=0, le=20_000)

    @model_validator(mode="after")
    def _is_one_feed(self) -> Self:
        parts = {name: getattr(self, name) for name in ("protein_percent", "fat_percent", "carbohydrate_percent")}
        if sum(parts.values()) > 100:
            raise ValueError(f"{', '.join(parts)} add up to {shown(sum(parts.values()))}; allowed: at most 100")
        if "Egg&Alevin" in self.stages:
            raise ValueError("stages: Egg&Alevin; allowed: stages after first feeding")
        return self


class PricePoint(Section):
    """The feed market in a year."""

    year: int = quantity("year", "year", "reports of feed companies", ge=1900, le=2200)
    factor: float = quantity(
        "factor on all prices in the middle of the year", "1", "reports of feed companies", ge=0.2, le=10
    )


class FeedPlan(Section):
    """Feeding and buying."""

    feeds: Annotated[list[FeedSpec], Field(min_length=1, max_length=MOST_ENTRIES)]
    quarter_price_factors: Annotated[
        list[Annotated[float, Field(ge=0.01, le=100)]], Field(min_length=4, max_length=4)
    ] = quantity("price factor of Q1 to Q4", "1")
    market_price_factor: Annotated[Range, within(0.01, 100)] = quantity("market factor on the price", "1")
    price_trend: Annotated[list[PricePoint], Field(max_length=MOST_ENTRIES)] = quantity(
        "years whose market was another one, joined by straight lines; empty: no trend",
        "",
        "raw materials were dear in 2021-2023",
        default=[],
    )
    delivery_days: Annotated[Range, within(1, 60, whole=True)] = quantity("working days from order to delivery", "day")
    cover_days: int = quantity("days of forecast demand that an order covers", "day", "general knowledge", ge=3, le=120)
    suppliers: Annotated[list[Name], Field(min_length=1, max_length=MOST_ENTRIES)] = quantity(
        "names of feed suppliers (invented)"
    )
    meal_times: Annotated[list[ClockTime], Field(min_length=1, max_length=24)] = quantity(
        "times of the day's meals, UTC, HH:MM"
    )
    meal_shares: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1, max_length=24)] = quantity(
        "shares of the day's feed in each meal", "1", "suggested form"
    )
    meal_share_sd: float = quantity(
        "sd of the log of a meal's share", "1", "general knowledge", default=0.0, ge=0, le=1
    )
    meal_interruptions: Probability = quantity(
        "share of the meals that a feeder leaves out; the day's other meals are larger",
        "1",
        "general knowledge",
        default=0.0,
    )
    meal_jitter_minutes: float = quantity(
        "most minutes by which a site's meal is early or late", "minute", "general knowledge", default=0.0, ge=0, le=15
    )
    daylight_feeding: bool = quantity(
        "whether cages are fed between sunrise and sunset only", "", "general knowledge", default=False
    )
    demand_noise_sd: float = quantity("sd of the log of a day's appetite", "1", "suggested form", ge=0, le=1)
    farm_noise_sd: float = quantity(
        "sd of the log of a day's appetite that all containers of a site have in common",
        "1",
        "general knowledge",
        default=0.0,
        ge=0,
        le=1,
    )
    farm_noise_rho: float = quantity(
        "day-to-day correlation of that part", "1", "general knowledge", default=0.0, ge=0, lt=1
    )
    calm_wave_m: float = quantity(
        "waves from which on fish in cages are fed less", "m", "general knowledge", default=20.0, ge=0.1, le=20
    )
    storm_wave_m: float = quantity(
        "waves in which fish in cages are not fed", "m", "general knowledge", default=20.0, ge=0.1, le=20
    )
    shelf_life_days: int = quantity("days from delivery to expiry", "day", "general knowledge", ge=30, le=1000)
    stock_scale: float = quantity("factor on reorder levels and silo sizes", "1", ge=0.001, le=100)

    @model_validator(mode="after")
    def _storms_are_no_calm(self) -> Self:
        if self.calm_wave_m > self.storm_wave_m:
            raise ValueError(
                f"calm_wave_m {shown(self.calm_wave_m)} is above storm_wave_m {shown(self.storm_wave_m)}; allowed: at"
                " most that"
            )
        return self

    @model_validator(mode="after")
    def _meals_meet(self) -> Self:
        if len(self.meal_times) != len(self.meal_shares):
            raise ValueError(
                f"meal_shares are {len(self.meal_shares)}, meal_times {len(self.meal_times)}; allowed: as many shares"
                " as times"
            )
        refuse_sum("meal_shares", dict(zip(self.meal_times, self.meal_shares, strict=True)))
        if self.meal_times != sorted(self.meal_times):
            raise ValueError(f"meal_times {', '.join(self.meal_times)}; allowed: from the first to the last of a day")
        return self
