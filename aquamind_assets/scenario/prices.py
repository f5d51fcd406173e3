"""Prices between the companies of a geography."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from aquamind_assets.scenario.quantities import Section, quantity

SIZE_CLASSES = 10
"""Size classes of harvested fish, the lightest first."""

COST = "general knowledge: about the cost of a smolt"
MARKET = "general knowledge: about the prices of salmon of 2015 to 2025"

Price = Annotated[float, Field(ge=0.01, le=100)]


class PriceSpec(Section):
    """Prices at which the companies of a geography sell fish to each other. They are stored to the cent."""

    parr: Price = quantity("live fish that leave a station as parr", "EUR/kg", COST, default=24.0)
    smolt: Price = quantity("live fish that leave a station as smolts", "EUR/kg", COST, default=15.0)
    post_smolt: Price = quantity("live fish that leave a station as post-smolts", "EUR/kg", COST, default=10.5)
    superior: Annotated[list[Price], Field(min_length=SIZE_CLASSES, max_length=SIZE_CLASSES)] = quantity(
        "live weight of superior fish of each size class: below 1 kg gutted, 1-2 kg, ..., from 9 kg on",
        "EUR/kg",
        MARKET,
        default=[2.8, 3.5, 4.1, 4.6, 5.0, 5.3, 5.45, 5.55, 5.6, 5.6],
    )
    ordinary_percent: int = quantity(
        "price of ordinary fish, in percent of that of superior ones", "%", MARKET, default=94, ge=1, le=100
    )
    production_percent: int = quantity(
        "price of production fish, in percent of that of superior ones", "%", MARKET, default=78, ge=1, le=100
    )

    @model_validator(mode="after")
    def _quality_is_worth_more(self) -> Self:
        if self.production_percent > self.ordinary_percent:
            raise ValueError(
                f"production_percent {self.production_percent} is above ordinary_percent {self.ordinary_percent};"
                " allowed: at most that"
            )
        if min(self.superior) * self.production_percent < 1:
            raise ValueError(
                f"production_percent {self.production_percent} of superior {min(self.superior)} is less than a cent;"
                " allowed: prices of at least .01 EUR/kg"
            )
        return self
