"""Feed: kinds, prices, orders, suppliers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.farm import Stages
from aquamind_assets.scenario.quantities import Range, Section, quantity


class FeedSpec(Section):
    """A feed."""

    name: str = quantity("name", min_length=1, max_length=100)
    brand: str = quantity("brand (invented)", min_length=1, max_length=100)
    size_category: Literal["MICRO", "SMALL", "MEDIUM", "LARGE"] = quantity("AquaMind's size category")
    pellet_size_mm: float = quantity("pellet size", "mm", gt=0, le=30)
    protein_percent: float = quantity("protein", "%", ge=0, le=100)
    fat_percent: float = quantity("fat", "%", ge=0, le=100)
    carbohydrate_percent: float = quantity("carbohydrate", "%", "general knowledge", ge=0, le=100)
    price: float = quantity("base price", "EUR/kg", gt=0, le=100)
    reorder_kg: float = quantity("a hall or area orders when its stock falls below this (at full scale)", "kg", gt=0)
    stages: Stages = quantity("stages it is fed to")
    from_weight_g: float = quantity("fed from this mean weight on, within its stages", "g", ge=0)


class FeedPlan(Section):
    """Feeding and buying."""

    feeds: Annotated[list[FeedSpec], Field(min_length=1)]
    quarter_price_factors: Annotated[list[float], Field(min_length=4, max_length=4)] = quantity(
        "price factor of Q1 to Q4", "1"
    )
    market_price_factor: Range = quantity("market factor on the price", "1")
    delivery_days: Range = quantity("days from order to delivery", "day")
    cover_days: int = quantity("days of forecast demand that an order covers", "day", "general knowledge", ge=3, le=120)
    suppliers: Annotated[list[str], Field(min_length=1)] = quantity("names of feed suppliers (invented)")
    meal_times: Annotated[list[str], Field(min_length=1)] = quantity("times of the day's meals, UTC, HH:MM")
    meal_shares: Annotated[list[float], Field(min_length=1)] = quantity(
        "shares of the day's feed in each meal", "1", "suggested form"
    )
    demand_noise_sd: float = quantity("sd of the log of a day's appetite", "1", "suggested form", ge=0, le=1)
    shelf_life_days: int = quantity("days from delivery to expiry", "day", "general knowledge", ge=30, le=1000)
    stock_scale: float = quantity("factor on reorder levels and silo sizes", "1", gt=0, le=100)

    @model_validator(mode="after")
    def _meals_meet(self) -> Self:
        if len(self.meal_times) != len(self.meal_shares) or abs(sum(self.meal_shares) - 1) > 1e-9:
            raise ValueError("meal_times and meal_shares must have one length, and the shares add up to 1")
        return self
