"""How batches start, and how many live at once."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from aquamind_assets.scenario.quantities import (
    Month,
    Name,
    Probability,
    Range,
    Section,
    quantity,
    shown,
    text,
    to_day,
    within,
)
from aquamind_assets.scenario.stages import StageName

STOCKING_DENSITY = 0.93
"""Share of the highest density that is planned for."""

ROOM_TO_GROW = 1.5
"""Fish come into cages for fish of at least this times their weight."""


class StagingSpec(Section):
    """A farm arranged for its testers: on one day, batches stand at wanted places of their lives. Before it no others
    start."""

    date: Annotated[datetime.date, BeforeValidator(to_day)] = quantity(
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


class StockSpec(Section):
    """Fish in the cages of a site, whose life before is not simulated."""

    site: str = text("name of the site, one of `sites`", "the farm's own")
    day: Annotated[datetime.date, BeforeValidator(to_day)] = quantity(
        "day on which they came to sea; before the history: they stand there on its first day", "", "the farm's own"
    )
    fish: int = quantity(
        "number on that day, or on the first day of the history", "fish", "the farm's own", ge=1, le=5_000_000
    )
    weight_g: float = quantity("their mean weight then", "g", "the farm's own", ge=20, le=20_000)
    cages: int = quantity("most cages they stand in", "cages", "the farm's own", default=100, ge=1, le=100)
    supplier: str = text("where they came from", "the farm's own", default="bought smolts")


class BatchPlan(Section):
    """How batches start, and how many live at once."""

    active_min: int = quantity("fewest active batches on any day after the ramp", "batches", ge=0, le=500)
    active_max: int = quantity("most active batches on any day", "batches", ge=1, le=500)
    active_target: int = quantity("active batches that starting aims at", "batches", ge=1, le=500)
    ramp_days: int = quantity("start-up ramp, in which fewer batches than active_min are normal", "day", ge=0, le=3660)
    eggs_mean: float = quantity("mean eggs in a batch", "eggs", gt=0, le=1e8)
    eggs_sd: float = quantity("standard deviation of eggs in a batch", "eggs", ge=0, le=1e8)
    eggs: Annotated[Range, within(1, 1e8, whole=True)] = quantity("fewest and most eggs in a batch", "eggs")
    portions_sd: float = quantity(
        "sd of the log of the fish in the tanks, or cages, that a batch is spread over, about equal density",
        "1",
        "general knowledge: .15-.2 at sea",
        default=0.0,
        ge=0,
        le=1,
    )
    external_share: Probability = quantity("share of batches from external eggs", "1")
    month_weights: Annotated[list[Annotated[float, Field(ge=0, le=10)]], Field(min_length=12, max_length=12)] = (
        quantity("relative frequency of starts, January to December", "1")
    )
    egg_suppliers: Annotated[list[Name], Field(min_length=1)] = quantity("names of external egg suppliers (invented)")
    harvest_weight_g: Annotated[Range, within(100, 20_000)] = quantity(
        "target mean weight at harvest; drawn for each batch", "g"
    )
    growout_days: Annotated[Range, within(1, 2000, whole=True)] = quantity(
        "earliest and latest harvest, days after sea transfer into Adult", "day", "about 5 kg after 470-490 days"
    )
    harvest_cages_per_day: int = quantity(
        "most cages of a batch harvested on one day", "cages", "general knowledge", ge=1, le=50
    )
    sea_transfer_months: Annotated[list[Month], Field(min_length=1)] = quantity(
        "months in which smolts go to sea; they wait for the next one", "month", "what-if"
    )
    smolt_weight_g: float = quantity("mean weight at sea transfer", "g", ge=20, le=2000)
    smolt_weight_sd: float = quantity(
        "sd of the log of that weight between batches", "1", "general knowledge", default=0.0, ge=0, le=0.5
    )
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
    stock: list[StockSpec] = quantity(
        "fish in the cages of sites, on the first day or from a later day on",
        "",
        "the farm's own",
        default=[],
        max_length=500,
    )
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
        if not self.eggs.low <= self.eggs_mean <= self.eggs.high:
            raise ValueError(
                f"eggs_mean {shown(self.eggs_mean)}; allowed: eggs.low {shown(self.eggs.low)} to eggs.high"
                f" {shown(self.eggs.high)}"
            )
        stocked = [(one.site, one.day) for one in self.stock]
        twice = sorted({f"{site} on {day}" for site, day in stocked if stocked.count((site, day)) > 1})
        if twice:
            raise ValueError(f"stock: {', '.join(twice)} given more than once; allowed: once, with all its fish")
        if not any(self.month_weights):
            raise ValueError("month_weights are all 0; allowed: at least one month in which batches start")
        if self.staging is not None and self.staging.batches > self.active_max:
            raise ValueError(
                f"staging.positions are of {self.staging.batches} batches: allowed are active_max, {self.active_max}"
            )
        return self
