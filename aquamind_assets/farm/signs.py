"""Signs: what people see in a container that tells them what its fish die of.

Belongs here: whether the signs of a cause are seen on a day. Does not belong here: how many fish die
(``processes.mortality``).
"""

import numpy as np

from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.scenario.mortality import CauseSigns

REMEMBERED_DAYS = 14
"""Days after an arrival or a treatment in which deaths are put down to it (general knowledge)."""

FORTNIGHT = 14
"""Days that seals hunt at a site, or that dead fish have wounds and ulcers there without an outbreak (general
knowledge)."""

_FEWEST_SICK = 0.001
"""Share of sick fish from which on a disease is seen (general knowledge)."""


def seen(farm: Farm, rows: np.ndarray, spec: CauseSigns, saturation: np.ndarray) -> np.ndarray:
    """Whether the signs of each cause are seen in the containers ``rows`` today, bool (n, causes).

    ``saturation`` is that of the water in them, %.
    """
    day, at_sea, site = farm.today.day, farm.layout.at_sea[rows], farm.layout.site[rows]
    signs = np.zeros((rows.size, len(Cause)), dtype=bool)
    for since in (farm.containers.arrived[rows], farm.health.containers.handled_day[rows]):
        signs[:, Cause.HANDLING] |= (day - since >= 0) & (day - since < REMEMBERED_DAYS)
    # Once a disease is known at a site, it is looked for in all containers there.
    sick = np.zeros(len(farm.infrastructure.sites))
    np.maximum.at(sick, site, farm.health.sick[rows])
    signs[:, Cause.DISEASE] = sick[site] > _FEWEST_SICK
    rough = at_sea & (farm.at_site(farm.water.waves, rows) >= spec.rough_wave_m)
    signs[:, Cause.ENVIRONMENTAL] = rough | (saturation < spec.poor_saturation)
    # A fortnight that began last year is drawn anew on 1 January.
    fortnight, sites = max(day - day % FORTNIGHT, farm.days.first), farm.infrastructure.site_draws
    signs[:, Cause.DISEASE] |= (farm.draws.uniform("mortality.illness", fortnight, sites) < spec.illness_share)[site]
    hunted = farm.draws.uniform("mortality.hunting", fortnight, sites) < spec.hunting_share
    signs[:, Cause.PREDATION] = at_sea & hunted[site]
    return signs
