"""Portions: how unequal the numbers are that a crew means to be equal.

Belongs here: the spread of the numbers of fish about what was planned. Does not belong here: the plan (``transfers``,
``splitting``), the moving (``movements``).

Fish are pumped by counters and by eye: the numbers in the cages of a batch differ by 15 to 20 percent (sd of the log).
"""

import numpy as np

_ROUNDS = 8


def uneven(wanted: np.ndarray, room: np.ndarray, normal: np.ndarray, sd: float) -> np.ndarray:
    """Numbers of fish that add up to those of ``wanted`` and differ from them by log-normal factors, (n,).

    None is above its ``room``: what does not fit goes to the others. Where all together have no room, ``wanted`` is
    returned as it is.

    Args:
        wanted: planned numbers, (n,).
        room: most fish that each may get, (n,).
        normal: standard normals, (n,).
        sd: sd of the log factor.
    """
    total = float(wanted.sum())
    if sd <= 0 or wanted.size < 2 or total > float(np.minimum(room, np.inf).sum()):
        return wanted
    weight = wanted * np.exp(sd * normal)
    parts = weight * total / weight.sum()
    for _ in range(_ROUNDS):
        parts = np.minimum(parts, room)
        left = total - float(parts.sum())
        if left < 0.5:
            break
        free = np.where(parts < room, np.minimum(weight, room - parts), 0.0)
        parts = parts + free * left / max(float(free.sum()), 1e-9)
    parts = np.minimum(parts, room)
    missing = total - float(parts.sum())
    return parts + (room - parts) * missing / max(float((room - parts).sum()), 1e-9)
