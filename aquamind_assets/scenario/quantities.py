"""How a parameter of the scenario is declared: with meaning, unit, source and allowed range."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Section(BaseModel):
    """Base of all parts of a scenario: unknown names are refused, values never change after loading, and no two entries
    of a list share a name, for draws are keyed by it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        for field in type(self).model_fields:
            entries = getattr(self, field)
            names = [name_of(entry) for entry in entries] if isinstance(entries, list) else []
            twice = sorted({name for name in names if name is not None and names.count(name) > 1})
            if twice:
                raise ValueError(f"{field}: {', '.join(twice)} given more than once; allowed: each name once")
        return self


def name_of(entry: Any) -> str | None:
    """What an entry of a list is called: its key, else its name, itself if it is text; None if it has no name."""
    if isinstance(entry, str):
        return entry
    return getattr(entry, "key", getattr(entry, "name", None))


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
