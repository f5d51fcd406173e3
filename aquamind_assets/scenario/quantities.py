"""How a parameter of the scenario is declared: with meaning, unit, source and allowed range."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """Base of all parts of a scenario: unknown names are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def quantity(meaning: str, unit: str = "", source: str = "specification", **bounds: Any) -> Any:
    """A parameter: what it means, its unit, where the number comes from, and pydantic bounds (``ge``, ``le``, ...)."""
    return Field(description=meaning, json_schema_extra={"unit": unit, "source": source}, **bounds)


Probability = Annotated[float, Field(ge=0, le=1)]


class Range(Section):
    """A range ``low <= high``, written ``{low: 1.0, high: 1.4}``."""

    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self
