"""All chance of the farm, drawn as fields and by batch, before anything looks at it.

Belongs here: which stream a draw comes from. Does not belong here: what it means.

A field has a value for every container and every day of a year, needed or not; so what one container does never shifts
what another one draws, and two scenarios with one seed see the same luck (common random numbers).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aquamind_assets.streams import stream

_DAYS = 366
_SMALLEST = np.float32(2**-25)


class Fields:
    """Fields of one year, day by day; each is drawn when first asked for and kept as float32 until the year is over."""

    def __init__(self, seed: int, year: int, first_day: int) -> None:
        self._seed, self._year, self._first_day = seed, year, first_day
        self._fields: dict[str, np.ndarray] = {}

    def uniform(self, process: str, day: int, entities: int) -> np.ndarray:
        """Uniforms in (0, 1) of ``day``, shape (entities,)."""
        return self._day(process, day, entities, normal=False)

    def normal(self, process: str, day: int, entities: int) -> np.ndarray:
        """Standard normals of ``day``, shape (entities,)."""
        return self._day(process, day, entities, normal=True)

    def _day(self, process: str, day: int, entities: int, *, normal: bool) -> np.ndarray:
        if process not in self._fields:
            generator = stream(self._seed, process, self._year)
            # Entity by entity, so that a farm with more of them draws the same for the ones both have.
            shape = (entities, _DAYS)
            drawn = (
                generator.standard_normal(shape, dtype=np.float32)
                if normal
                else np.maximum(generator.random(shape, dtype=np.float32), _SMALLEST)
            )
            self._fields[process] = np.ascontiguousarray(drawn.T)
        return self._fields[process][day - self._first_day]


@dataclass(frozen=True)
class BatchDraws:
    """Everything that is chance about a batch as such."""

    eggs_normal: float
    external_u: float
    supplier_u: float
    target_u: float
    vaccine_u: float
    tgc_u: np.ndarray
    """Place in the stage's range of TGC, by stage."""
    tgc_normal: float
    mortality_normal: float
    mixing_u: float


@lru_cache(maxsize=4096)
def batch_draws(seed: int, sequence: int) -> BatchDraws:
    """Draws of the batch with this running number, negative for mixed batches."""
    generator = stream(seed, "batch", sequence)
    uniforms = generator.random(10)
    normals = generator.standard_normal(3)
    return BatchDraws(
        eggs_normal=float(normals[0]),
        external_u=float(uniforms[0]),
        supplier_u=float(uniforms[1]),
        target_u=float(uniforms[2]),
        vaccine_u=float(uniforms[3]),
        tgc_u=uniforms[4:10],
        tgc_normal=float(normals[1]),
        mortality_normal=float(normals[2]),
        mixing_u=float(generator.random()),
    )
