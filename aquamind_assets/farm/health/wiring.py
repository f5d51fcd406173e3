"""Sickness on the farm: wires lice, diseases, treatments, vaccination and acute events into the day.

Belongs here: the health state of containers, and the day's health drivers made of it by ``processes``. Does not belong
here: the biology (``processes``), the decisions to treat (``medicine``) and the outbreaks' bookkeeping (``outbreaks``).
"""

import numpy as np

from aquamind_assets.farm.growing_table import Table
from aquamind_assets.farm.processes.disease import Disease
from aquamind_assets.farm.processes.events import Events
from aquamind_assets.farm.processes.lice import Lice
from aquamind_assets.farm.processes.lice_count import LiceCount
from aquamind_assets.farm.processes.lice_harm import LiceHarm
from aquamind_assets.farm.processes.outside_lice import OutsideLice
from aquamind_assets.farm.processes.treatment import Treatment
from aquamind_assets.farm.processes.vaccination import Vaccination
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.scenario.model import Scenario

LONG_AGO = -(2**30)
NO_COUNT = -1.0
"""Of fish that were not counted in their container since they came or were deloused."""


class Health:
    """Health parameters and state of the farm at work; arrays over containers (C), cages, areas, sites.

    Cages are the first rows of ``Containers`` (sites of the sea come first), so a container's row is its cage's row
    too.
    """

    def __init__(self, scenario: Scenario, infrastructure: Infrastructure, opening: FarmState) -> None:
        self.disease = Disease.from_scenario(scenario)
        self.lice_process = Lice.from_scenario(scenario)
        self.lice_count = LiceCount.from_scenario(scenario)
        self.outside_lice = OutsideLice.from_scenario(scenario)
        self.lice_harm = LiceHarm.from_scenario(scenario)
        self.treatment = Treatment.from_scenario(scenario)
        self.vaccination = Vaccination.from_scenario(scenario)
        self.events = Events.from_scenario(scenario)
        self.containers = opening.health.take(np.arange(len(opening.health)))
        self.infections = Table(opening.infections)
        self.epidemics = Table(opening.epidemics)
        self.lice = opening.lice.copy()
        self.outside = opening.outside_lice.copy()
        self.outside_reach = self.outside_lice.reach(infrastructure.area_draws.normals(scenario.seed, "lice.site"))
        """What of the outside pressure reaches each area, for good; (areas,)."""
        self.farm_effect = opening.farm_effect.copy()
        self.pressure = np.zeros(opening.lice.shape[0])
        self.sick = np.zeros(len(opening.health))
        self.gravest = np.full(len(opening.health), -1)

    def is_treated_soon(self, rows: np.ndarray) -> np.ndarray:
        """Whether a treatment of the containers is planned, bool (n,)."""
        return self.containers.treatment_day[rows] >= 0

    def carry(self, source: int, destination: int, there: int, coming: int, *, same_batch: bool) -> None:
        """Fish that move take their lice along, and what was done to them; their infections: ``outbreaks.carry``.

        Args:
            source: container they leave.
            destination: container they enter.
            there: fish in it before.
            coming: fish that arrive.
            same_batch: whether they stay fish of their batch, whose treatments go on counting what they cost.
        """
        cages = self.lice.shape[0]
        if there == 0:
            self._forget(np.array([destination]))
        self._carry_treatments(source, destination, coming / max(there + coming, 1), same_batch=same_batch)
        if destination >= cages:
            return
        coming_lice = self.lice[[source]] if source < cages else self.lice_process.clean(1)
        self.lice[[destination]] = self.lice_process.mixed(
            self.lice[[destination]], np.array([there]), coming_lice, np.array([coming])
        )

    def _carry_treatments(self, source: int, destination: int, part: float, *, same_batch: bool) -> None:
        """The last delousing and handling of ``part`` of the fish that are now in ``destination``; of two
        handlings the later one remains."""
        health = self.containers
        # A count is of the fish that were in the container then.
        health.last_count[destination], health.count_before[destination] = NO_COUNT, NO_COUNT
        health.last_delousing[destination] = max(health.last_delousing[destination], health.last_delousing[source])
        if health.handled_day[source] > health.handled_day[destination]:
            health.handled_day[destination], health.handling_loss[destination] = (
                health.handled_day[source],
                part * health.handling_loss[source],
            )
            health.handled_by[destination] = health.handled_by[source] if same_batch else -1
        elif health.handled_day[source] == health.handled_day[destination]:
            health.handling_loss[destination] = (1.0 - part) * health.handling_loss[
                destination
            ] + part * health.handling_loss[source]
        else:
            health.handling_loss[destination] *= 1.0 - part

    def _forget(self, rows: np.ndarray) -> None:
        """The fish in these containers are gone, or new."""
        health = self.containers
        health.last_count[rows], health.count_before[rows] = NO_COUNT, NO_COUNT
        health.last_delousing[rows], health.handled_day[rows] = LONG_AGO, LONG_AGO
        health.treatment_day[rows], health.handled_by[rows] = -1, -1
        cages = rows[rows < self.lice.shape[0]]
        self.lice[cages] = self.lice_process.clean(cages.size)

    def emptied(self, rows: np.ndarray) -> None:
        """Containers that ran empty."""
        self._forget(rows)
