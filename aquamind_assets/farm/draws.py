"""All chance of the farm, drawn as fields and by batch, before anything looks at it.

Belongs here: which stream a draw comes from. Does not belong here: what it means.

A field has a value for every entity and every day of a year, needed or not; so what one container does never shifts
what another one draws, and two scenarios with one seed see the same luck (common random numbers).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aquamind_assets.streams import ByName, Groups, Key, stream

_DAYS = 366
_SMALLEST = np.float32(2**-25)


class Fields:
    """Fields of one year, day by day; each is drawn when first asked for and kept as float32 until the year is over.

    A field is named by its process and ``keys``: the names of what it is about beside the entities, such as a disease.
    """

    def __init__(self, seed: int, year: int, first_day: int) -> None:
        self._seed, self._year, self._first_day = seed, year, first_day
        self._fields: dict[tuple[Key | tuple[str, ...], ...], np.ndarray] = {}

    def uniform(self, process: str, day: int, entities: Groups, *keys: Key) -> np.ndarray:
        """Uniforms in (0, 1) of ``day``, shape (entities,)."""
        return self._day(process, day, entities, keys, normal=False)

    def normal(self, process: str, day: int, entities: Groups, *keys: Key) -> np.ndarray:
        """Standard normals of ``day``, shape (entities,)."""
        return self._day(process, day, entities, keys, normal=True)

    def uniforms(self, process: str, day: int, entities: Groups, names: tuple[str, ...]) -> np.ndarray:
        """Uniforms of ``day`` for each entity and each of ``names``, shape (entities, names)."""
        fields = (process, names)
        if fields not in self._fields:
            drawn = np.empty((_DAYS, len(entities), len(names)), dtype=np.float32)
            for place, name in enumerate(names):
                drawn[..., place] = self._drawn(process, entities, (name,), normal=False)
            self._fields[fields] = drawn
        return self._fields[fields][day - self._first_day]

    def _day(self, process: str, day: int, entities: Groups, keys: tuple[Key, ...], *, normal: bool) -> np.ndarray:
        field = (process, *keys)
        if field not in self._fields:
            self._fields[field] = np.ascontiguousarray(self._drawn(process, entities, keys, normal=normal))
        return self._fields[field][day - self._first_day]

    def _drawn(self, process: str, entities: Groups, keys: tuple[Key, ...], *, normal: bool) -> np.ndarray:
        """A whole field, shape (days, entities)."""
        draw = entities.normals if normal else entities.uniforms
        drawn = draw(self._seed, process, self._year, *keys, shape=(_DAYS,), dtype=np.float32)
        if not normal:
            np.maximum(drawn, _SMALLEST, out=drawn)
        return drawn.T


@dataclass(frozen=True)
class BatchDraws:
    """Everything that is chance about a batch as such."""

    eggs_normal: float
    external_u: float
    target_u: float
    tgc_u: np.ndarray
    """Place in the stage's range of TGC, by stage."""
    tgc_normal: float
    mortality_normal: float
    mixing_u: float
    smolt_normal: float


@lru_cache(maxsize=4096)
def batch_draws(seed: int, sequence: int) -> BatchDraws:
    """Draws of the batch with this running number, negative for mixed batches."""
    generator = stream(seed, "batch", sequence)
    uniforms = generator.random(9)
    normals = generator.standard_normal(3)
    return BatchDraws(
        eggs_normal=float(normals[0]),
        external_u=float(uniforms[0]),
        target_u=float(uniforms[1]),
        tgc_u=uniforms[3:9],
        tgc_normal=float(normals[1]),
        mortality_normal=float(normals[2]),
        mixing_u=float(uniforms[2]),
        smolt_normal=float(stream(seed, "batch.smolt", sequence).standard_normal()),
    )


@lru_cache(maxsize=65536)
def batch_choice(
    seed: int, process: str, sequence: int, names: tuple[str, ...], weights: tuple[float, ...] = ()
) -> int:
    """Position among ``names`` of what a batch gets, each as often as its weight says (alike without weights)."""
    return ByName(seed, process, sequence).choose(names, weights)
