"""How a parameter of the scenario is declared: with meaning, unit, source and allowed range."""

import datetime
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

LONGEST_KEY = 30
LONGEST_NAME = 100
"""Characters that AquaMind's columns of names take."""

KEY = r"^[A-Za-z][A-Za-z0-9_-]*$"

LONGEST_PART = 70
"""Characters of a name that becomes part of a longer one: the name of a feed in that of a silo, of a site in that of
its crew."""


class Section(BaseModel):
    """Base of all parts of a scenario: unknown names are refused, values never change after loading, nothing is
    converted (``no`` is not false, ``true`` is not 1), text can be stored in every database, and no two entries of a
    list share a key or a name, for draws are keyed by it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    @model_validator(mode="after")
    def _entries_differ(self) -> Self:
        for field in type(self).model_fields:
            entries = getattr(self, field)
            for attribute in ("key", "name", ""):
                names = [_named(entry, attribute) for entry in entries] if isinstance(entries, list) else []
                twice = {str(name): None for name in names if name is not None and names.count(name) > 1}
                if twice:
                    what = f"the {attribute} " if attribute else ""
                    raise ValueError(f"{field}: {what}{', '.join(twice)} given more than once; allowed: each once")
        return self

    @model_validator(mode="after")
    def _text_is_storable(self) -> Self:
        for field in type(self).model_fields:
            for text in _texts(getattr(self, field)):
                fault = _fault(text)
                if fault:
                    raise ValueError(f"{field} {text[:60]!r} {fault}")
        return self


def _named(entry: Any, attribute: str) -> str | int | None:
    """What tells an entry of a list from the others: its key or its name, itself (``attribute`` is empty) if it is text
    or a whole number."""
    if attribute:
        return getattr(entry, attribute, None)
    return entry if isinstance(entry, (str, int)) and not isinstance(entry, bool) else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _texts(key)
            yield from _texts(entry)


def _fault(text: str) -> str | None:
    """Why a text cannot be a value of the scenario, None where it can."""
    bad = next((one for one in text if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")), None)
    if bad is not None:
        return f"holds the character U+{ord(bad):04X}; allowed: text without control characters and line breaks"
    return "begins or ends with a blank; allowed: text without blanks around it" if text != text.strip() else None


def shown(number: float) -> str:
    """A number as messages write it."""
    return f"{number:,.12g}"


def quantity(meaning: str, unit: str = "", source: str = "specification", **bounds: Any) -> Any:
    """A parameter: what it means, its unit, where the number comes from, and pydantic bounds (``ge``, ``le``, ...)."""
    return Field(description=meaning, json_schema_extra={"unit": unit, "source": source}, **bounds)


def short_key(meaning: str) -> Any:
    """The short key of an entry, which other parts of the scenario and ``--set`` refer to it by."""
    return quantity(meaning, min_length=1, max_length=LONGEST_KEY, pattern=KEY)


def text(meaning: str, source: str = "specification", *, longest: int = LONGEST_NAME, **bounds: Any) -> Any:
    """A parameter that is text of 1 to ``longest`` characters."""
    return quantity(meaning, "", source, min_length=1, max_length=longest, **bounds)


MOST_ENTRIES = 100
"""Of a list whose entries the ledger numbers by one byte: diseases, feeds, container types, ..."""

Probability = Annotated[float, Field(ge=0, le=1)]
Month = Annotated[int, Field(ge=1, le=12)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class Range(Section):
    """A range ``low <= high``, written ``{low: 1.0, high: 1.4}``."""

    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {shown(self.low)} is above high {shown(self.high)}")
        return self


@dataclass(frozen=True)
class Within:
    """Where both ends of a :class:`Range` lie.

    Attributes:
        low: smallest end that is allowed.
        high: largest end that is allowed.
        whole: whether both ends are whole numbers.
        apart: whether the ends must differ.
    """

    low: float
    high: float
    whole: bool = False
    apart: bool = False

    def __call__(self, value: Range) -> Range:
        """The range, if it lies there.

        Raises:
            ValueError: it does not.
        """
        for name, end in (("low", value.low), ("high", value.high)):
            if not self.low <= end <= self.high or (self.whole and end != round(end)):
                kind = "whole numbers from " if self.whole else ""
                raise ValueError(f"{name} {shown(end)}; allowed: {kind}{shown(self.low)} to {shown(self.high)}")
        if self.apart and value.low == value.high:
            raise ValueError(f"low and high are both {shown(value.low)}; allowed: low below high")
        return value


def within(low: float, high: float, **more: bool) -> Any:
    """Annotation of a :class:`Range` whose ends lie in ``low`` to ``high`` (:class:`Within`)."""
    return AfterValidator(Within(low, high, **more))


def to_day(value: Any) -> Any:
    """The day of text such as 2025-03-31; anything else as it is.

    Raises:
        ValueError: the text is no day.
    """
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("not a valid date; allowed: days of the calendar, as in 2025-03-31") from None


def refuse_sum(what: str, amounts: dict[str, float], allowed: float = 1.0) -> None:
    """Checks that shares add up.

    Raises:
        ValueError: they do not; the message says what they add up to.
    """
    total = sum(amounts.values())
    if abs(total - allowed) > 1e-9:
        given = ", ".join(f"{name} {shown(amount)}" for name, amount in amounts.items())
        raise ValueError(f"{what} add up to {shown(total)} ({given}); allowed: {shown(allowed)}")


def refuse_unknown(path: str, used: set[str], known: set[str]) -> None:
    """Checks that the names a parameter refers to are there.

    Raises:
        ValueError: some are not; the message names those that are.
    """
    if used - known:
        raise ValueError(f"{path}: {', '.join(sorted(used - known))} not defined; allowed: {', '.join(sorted(known))}")
