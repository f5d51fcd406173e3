"""Published figures judged over several seeds of one scenario.

The history of one seed is one draw: a figure may lie in its band by luck, or because coefficients were chosen with that
seed in view. Over several seeds a figure is inside if

- the mean over the seeds lies in its band, and
- no seed is far outside: beyond the band by more than the band's own width.

A single history may miss a band that the mean keeps: bands are of what is published for many farms and years, and ten
years of one farm vary around that. The width of a band is the best measure of this variation that a target has. A
history further from the band than its borders are from each other is no such variation, and two that miss on opposite
sides would be hidden in the mean.

Belongs here: the standing of a figure over seeds, the seeds used for tuning. Does not belong here: the standing of one
history (``targets``), the page (``seeds_page``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from pydantic import BaseModel, ConfigDict

from aquamind_assets.realism.targets import Comparison, Standing, Target, standing_of
from aquamind_assets.yaml_text import read_yaml


class TuningSeed(BaseModel):
    """A seed whose figures were looked at while something was chosen, and what was chosen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int
    use: str


@dataclass(frozen=True)
class SeedsComparison:
    """A target and what the histories of several seeds measure.

    Attributes:
        target: the published figure.
        by_seed: the comparison of each seed's history, in the order of the seeds.
        mean: mean over the seeds that could be measured, by place of the target's series; empty without such seeds.
        mean_of_others: the same over the seeds that were not used for tuning.
        far: seeds far outside, see the module.
        standing: over all seeds.
    """

    target: Target
    by_seed: Mapping[int, Comparison]
    mean: tuple[float, ...]
    mean_of_others: tuple[float, ...]
    far: tuple[int, ...]
    standing: Standing

    @property
    def measured(self) -> list[Comparison]:
        """The comparisons of the seeds that could be measured."""
        return [one for one in self.by_seed.values() if one.measured]

    @property
    def outside(self) -> tuple[int, ...]:
        """The seeds whose own history is outside the band."""
        return tuple(seed for seed, one in self.by_seed.items() if one.standing == "outside")

    def reasons(self) -> list[str]:
        """Why the figure is outside, a phrase each; none if it is not."""
        if self.standing != "outside":
            return []
        found = []
        if standing_of(self.target, self.mean) == "outside":
            found.append(f"the mean {_value(self.target, self.mean)}")
        return found + [
            f"seed {seed} far outside with {_value(self.target, self.by_seed[seed].measured)}" for seed in self.far
        ]


@cache
def tuning_seeds() -> Mapping[int, str]:
    """Return the seeds that were used for tuning, with what for."""
    text = (resources.files("aquamind_assets.realism") / "tuning_seeds.yaml").read_text("utf-8")
    return {one.seed: one.use for one in map(TuningSeed.model_validate, read_yaml(text))}


def compare_seeds(by_seed: Mapping[int, Sequence[Comparison]]) -> list[SeedsComparison]:
    """Return the comparisons over seeds.

    Args:
        by_seed: the comparisons of each seed's history, of the same targets in the same order.
    """
    return [
        _over_seeds(dict(zip(by_seed, of_target, strict=True))) for of_target in zip(*by_seed.values(), strict=True)
    ]


def is_far_outside(target: Target, measured: Sequence[float]) -> bool:
    """Return whether a value lies beyond its band by more than the band's width, at any place of a series."""
    low, high = np.array(target.low), np.array(target.high)
    values, width = np.array(measured), high - low
    return bool(((values < low - width) | (values > high + width)).any())


def _over_seeds(by_seed: dict[int, Comparison]) -> SeedsComparison:
    target = next(iter(by_seed.values())).target
    known = {seed: one for seed, one in by_seed.items() if one.measured}
    mean = _mean([one.measured for one in known.values()])
    far = tuple(seed for seed, one in known.items() if is_far_outside(target, one.measured))
    return SeedsComparison(
        target=target,
        by_seed=by_seed,
        mean=mean,
        mean_of_others=_mean([one.measured for seed, one in known.items() if seed not in tuning_seeds()]),
        far=far,
        standing="outside" if far else standing_of(target, mean),
    )


def _mean(measured: list[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(np.mean(measured, axis=0).tolist()) if measured else ()


def _value(target: Target, measured: tuple[float, ...]) -> str:
    """The value at the place of the least room, with its band."""
    place = target.tightest(measured)
    return f"{measured[place]:.3g} (band {target.low[place]:.3g} to {target.high[place]:.3g})"
