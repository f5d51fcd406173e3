"""Published figures as data: the figure, its band, and the comparison with a measured value.

Belongs here: reading ``targets.yaml`` and comparing measured values. Does not belong here: measuring (``statistics``),
Dagster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from aquamind_assets.yaml_text import read_yaml

Standing = Literal["inside", "outside", "not measured"]


class Target(BaseModel):
    """A published figure. ``value``, ``low`` and ``high`` are numbers, or lists of one length for a series (such as the
    months of a year)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    figure: str
    statistic: str
    """How the measured value is computed."""
    where: str
    """The columns from which it is computed."""
    unit: str
    value: list[float]
    low: list[float]
    high: list[float]
    source: str
    scope: list[Literal["year", "decade"]]
    """Whether it is compared for one year, for the whole history, or for both."""
    full_scale: bool = False
    """Only meaningful for a farm of the full scale's size."""
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _as_lists(cls, document: dict[str, object]) -> dict[str, object]:
        return document | {
            name: document[name] if isinstance(document.get(name), list) else [document.get(name)]
            for name in ("value", "low", "high")
        }

    @model_validator(mode="after")
    def _lengths_meet(self) -> Self:
        if not len(self.value) == len(self.low) == len(self.high):
            raise ValueError(f"target {self.key}: value, low and high differ in length")
        if any(low > high for low, high in zip(self.low, self.high, strict=True)):
            raise ValueError(f"target {self.key}: low is above high")
        return self

    def tightest(self, measured: Sequence[float]) -> int:
        """Return the place in the series whose value lies nearest to, or furthest beyond, its border, relative to the
        width of its band; 0 without values."""
        rows = zip(measured, self.low, self.high, strict=False)
        room = [min(value - low, high - value) / max(high - low, 1e-12) for value, low, high in rows]
        return room.index(min(room)) if room else 0


@dataclass(frozen=True)
class Comparison:
    """A target and the measured value; ``measured`` is empty if it could not be measured."""

    target: Target
    measured: tuple[float, ...]
    standing: Standing


@cache
def load_targets() -> tuple[Target, ...]:
    """Return the targets of the package, in their order.

    Raises:
        ValueError: two targets have the same key, or a target is invalid.
    """
    text = (resources.files("aquamind_assets.realism") / "targets.yaml").read_text("utf-8")
    targets = [Target.model_validate(document) for document in read_yaml(text)]
    keys = [target.key for target in targets]
    if len(set(keys)) != len(keys):
        raise ValueError(f"targets.yaml names {sorted({key for key in keys if keys.count(key) > 1})} twice")
    return tuple(targets)


def standing_of(target: Target, measured: Sequence[float]) -> Standing:
    """Return whether all of these values lie in their bands; without values 'not measured'."""
    if not len(measured):
        return "not measured"
    inside = all(low <= value <= high for value, low, high in zip(measured, target.low, target.high, strict=True))
    return "inside" if inside else "outside"


def compare(
    targets: Sequence[Target], measured: Mapping[str, np.ndarray], scope: Literal["year", "decade"], *, full_scale: bool
) -> list[Comparison]:
    """Return the comparisons for the targets of a scope. A figure that is absent, not finite or of another scale is
    'not measured'.

    Args:
        targets: the published figures.
        measured: values by target key, scalars or series (``statistics.measure``).
        scope: one year or the whole history.
        full_scale: whether the farm is of the full scale.
    """
    comparisons = []
    for target in targets:
        if scope not in target.scope:
            continue
        values = np.atleast_1d(np.asarray(measured.get(target.key, np.nan), dtype=np.float64))
        if not np.isfinite(values).all() or values.size != len(target.value) or (target.full_scale and not full_scale):
            values = np.zeros(0)
        shown = tuple(float(value) for value in values)
        comparisons.append(Comparison(target, shown, standing_of(target, shown)))
    return comparisons
