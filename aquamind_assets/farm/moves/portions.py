"""Portions: how unequal the numbers are that a crew means to be equal.

Belongs here: the spread of the numbers of fish about what was planned. Does not belong here: the plan (``transfers``,
``splitting``), the moving (``movements``).

Fish are pumped by counters and by eye: the numbers in the cages of a batch differ by 15 to 20 percent (sd of the log).
"""

import numpy as np

from aquamind_assets.farm.working import Farm

_HALVINGS = 20


def portions(farm: Farm, containers: np.ndarray, wanted: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Fish that each of the containers really gets, of ``wanted`` ones; none above its ``room``, (n,)."""
    normal = farm.draws.normal("portions", farm.today.day, farm.infrastructure.container_draws)[containers]
    return uneven(wanted, room, normal, farm.scenario.farm.batches.portions_sd)


def uneven(wanted: np.ndarray, room: np.ndarray, normal: np.ndarray, sd: float) -> np.ndarray:
    """Numbers of fish that add up to those of ``wanted`` and differ from them by log-normal factors, (n,).

    Where the fullest would be above its ``room``, all differ less, so that it is just full and no two are equally so.
    ``wanted`` that has no room itself is returned as it is.

    Args:
        wanted: planned numbers, (n,).
        room: most fish that each may get, (n,).
        normal: standard normals, (n,).
        sd: sd of the log factor.
    """
    if sd <= 0 or wanted.size < 2 or np.any(wanted > room):
        return wanted
    found, low, high = _spread(wanted, normal, sd), 0.0, sd
    if np.all(found <= room):
        return found
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if np.all(_spread(wanted, normal, middle) <= room) else (low, middle)
    return _spread(wanted, normal, low)


def _spread(wanted: np.ndarray, normal: np.ndarray, sd: float) -> np.ndarray:
    weight = wanted * np.exp(sd * normal)
    return weight * (wanted.sum() / weight.sum())
