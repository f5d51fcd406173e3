"""The farm at work: state that changes in place, the year's drivers, and the scratch of the day.

Belongs here: opening a state, closing it again, and the few acts all rooms share (ids, arrivals, departures). Does not
belong here: decisions and rates.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.batches.planning import Forecaster, Step, container_steps
from aquamind_assets.farm.batches.staging import staged_starts
from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.farm.collection import Collection
from aquamind_assets.farm.draws import BatchDraws, Fields, batch_draws
from aquamind_assets.farm.feed.menu import Menu
from aquamind_assets.farm.growing_table import Table
from aquamind_assets.farm.health.counting import count_days
from aquamind_assets.farm.health.wiring import LONG_AGO, Health
from aquamind_assets.farm.processes.appetite import Appetite
from aquamind_assets.farm.processes.condition import Condition
from aquamind_assets.farm.processes.development import Development
from aquamind_assets.farm.processes.growth import Growth
from aquamind_assets.farm.processes.mortality import Mortality
from aquamind_assets.farm.recording import Book
from aquamind_assets.farm.sites import oxygen
from aquamind_assets.farm.sites.layout import Layout
from aquamind_assets.ledger.codes import BatchStatus, Cause, Stage
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import FeedLots, SiteDays
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class Water:
    """The year's water, arrays (days, sites)."""

    temperature: np.ndarray
    salinity: np.ndarray
    saturation: np.ndarray
    solubility: np.ndarray
    waves: np.ndarray
    stagnation: np.ndarray

    @classmethod
    def of(cls, climate: SiteDays, sites: int) -> "Water":
        """The water of a year's ``SiteDays``."""

        def grid(values: np.ndarray) -> np.ndarray:
            return values.reshape(-1, sites).astype(np.float64)

        temperature, salinity = grid(climate.temperature), grid(climate.salinity)
        return cls(
            temperature,
            salinity,
            grid(climate.oxygen_saturation),
            oxygen.solubility(temperature, salinity),
            grid(climate.wave_height),
            grid(climate.stagnation),
        )


class Today:
    """What happens to containers on one day; arrays over containers."""

    def __init__(self, day: int, count: np.ndarray) -> None:
        size = count.size
        self.day = day
        self.day_of_year = timeline.to_date(day).timetuple().tm_yday
        self.opening = count.copy()
        self.moved_in = np.zeros(size, dtype=np.int64)
        self.moved_out = np.zeros(size, dtype=np.int64)
        self.transfer_loss = np.zeros(size, dtype=np.int64)
        self.harvested = np.zeros(size, dtype=np.int64)
        self.deaths = np.zeros((size, len(Cause)), dtype=np.int64)
        self.feed_g = np.zeros(size, dtype=np.int64)
        self.silo = np.full(size, -1, dtype=np.int64)
        self.fasting = np.zeros(size, dtype=bool)
        self.saturation = np.full(size, np.nan)


class Farm:
    """One year of the farm while it is being simulated. Made from the opening state, which it leaves untouched."""

    def __init__(
        self, scenario: Scenario, infrastructure: Infrastructure, climate: SiteDays, opening: FarmState, year: int
    ) -> None:
        self.scenario, self.infrastructure, self.year = scenario, infrastructure, year
        self.layout = Layout.of(scenario, infrastructure)
        self.days = timeline.year_days(year)
        self.water = Water.of(climate, len(infrastructure.sites))
        self.calendar = Calendar(scenario, year)
        self.count_days = count_days(scenario, infrastructure, self.calendar, self.water.waves, year)
        """Days on which lice are counted, bool (days, areas): ``health.counting``."""
        self.draws = Fields(scenario.seed, year, self.days.first)
        self.steps: list[list[Step] | None] = [
            container_steps(scenario, row) for row in range(len(scenario.farm.geographies))
        ]
        self.forecaster = Forecaster.of(scenario, infrastructure, self.days.first - 1)
        self.staged = staged_starts(scenario, infrastructure)
        self.appetite = Appetite.from_scenario(scenario)
        self.condition = Condition.from_scenario(scenario)
        self.development = Development.from_scenario(scenario)
        self.growth = Growth.from_scenario(scenario)
        self.mortality = Mortality.from_scenario(scenario)
        self.book = Book()
        self.containers = opening.containers.take(np.arange(len(opening.containers)))
        self.batches = Table(opening.batches)
        self.plans = Table(opening.plans)
        self.assignments = Table(opening.assignments)
        self.tank_bookings = Table(opening.tank_bookings)
        self.area_bookings = Table(opening.area_bookings)
        self.moves = Table(opening.moves)
        self.outbreaks = Table(opening.outbreaks)
        self.treatments = Table(opening.treatments)
        self.treatment_plans = Table(opening.treatment_plans)
        self.orders = Table(opening.orders)
        self.feed = opening.feed.take(np.arange(len(opening.feed)))
        self.counters = opening.counters.take(np.arange(len(opening.counters)))
        self.health = Health(scenario, infrastructure, opening)
        self.menu = Menu(scenario)
        self.farm_appetite = opening.farm_appetite.copy()
        self.open_areas, self.plant_room = opening.open_areas.copy(), opening.plant_room.copy()
        self._forget_the_past()
        self.tgc = np.zeros((0, len(Stage)))
        """TGC x1000 of each batch in each stage, (batches, stages)."""
        for batch in range(len(self.batches)):
            self.learn_growth(batch)
        self.today = Today(self.days.first - 1, self.containers.count)
        self._first_ids = timeline.row_ids(self.days.days, np.zeros(len(self.days)))
        self.collection = Collection.of(scenario, self.containers.count.size)
        self._next: dict[str, int] = {}
        self._tanks: dict[tuple[int, tuple[int, ...]], np.ndarray] = {}
        self._unlike_areas: dict[int, list[int]] = {}

    def _forget_the_past(self) -> None:
        """Rows that no day of this year can touch leave the tables: ended assignments, delivered orders, ended
        infections, treatments of batches that have ended."""
        first = self.days.first
        self.assignments.keep((self.assignments["end_day"] < 0) | (self.assignments["end_day"] >= first))
        self.orders.keep(self.orders["delivery_day"] >= first)
        recent = self.outbreaks["end_day"] > first
        self.outbreaks.keep(recent)
        self.health.infections.keep(recent)
        alive = (self.batches["end_day"] < 0) | (self.batches["end_day"] >= first)
        living = self.batches["batch_id"][alive]
        self.treatments.keep(np.isin(self.treatments["batch_id"], living))
        self.treatment_plans.keep(np.isin(self.treatment_plans["batch_id"], living))

    def begin(self, day: int) -> None:
        """A new day: clean scratch, ids from 0."""
        self.today = Today(day, self.containers.count)
        self._base = int(self._first_ids[day - self.days.first])
        self._next = {}

    def next_id(self, table: str) -> int:
        """A row id of today."""
        number = self._next.get(table, 0)
        self._next[table] = number + 1
        return self._base + number

    def at_site(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Today's values of a (days, sites) driver for containers."""
        return values[self.today.day - self.days.first][self.layout.site[rows]]

    def draws_of(self, batch: int) -> BatchDraws:
        """Draws of a batch (row)."""
        return batch_draws(self.scenario.seed, int(self.plans["sequence"][batch]))

    def learn_growth(self, batch: int) -> None:
        """Adds the growth of the batch in the last row to ``tgc``."""
        draws = self.draws_of(batch)
        stages = np.arange(len(Stage))
        geography = np.full(stages.size, self.batches["geography"][batch])
        self.tgc = np.vstack(
            [self.tgc, self.growth.batch_tgc(geography, stages, draws.tgc_u, np.full(stages.size, draws.tgc_normal))]
        )

    def tanks(self, station: int, step: Step) -> np.ndarray:
        """Containers of a container step in a station, commissioned or not."""
        key = (station, step.kinds)
        if key not in self._tanks:
            self._tanks[key] = np.flatnonzero((self.layout.station == station) & np.isin(self.layout.kind, step.kinds))
        return self._tanks[key]

    def unlike_areas(self, geography: int) -> list[int]:
        """An area of each kind of the areas of a geography; those with the same cages are of one kind."""
        if geography not in self._unlike_areas:
            kinds: dict[tuple[int, ...], int] = {}
            for area in np.flatnonzero(self.infrastructure.areas.geography == geography).tolist():
                kinds.setdefault(tuple(np.sort(self.layout.kind[self.layout.cages_of[area]]).tolist()), area)
            self._unlike_areas[geography] = list(kinds.values())
        return self._unlike_areas[geography]

    @property
    def active(self) -> np.ndarray:
        """Rows of the batches that live."""
        return np.flatnonzero(self.batches["end_day"] < 0)

    def of_batch(self, batch: int) -> np.ndarray:
        """Containers with living fish of a batch."""
        return np.flatnonzero((self.containers.batch == batch) & (self.containers.count > 0))

    def mean_weight(self, rows: np.ndarray) -> float:
        """Mean weight of the fish in containers, g."""
        count = self.containers.count[rows]
        return float((count * self.containers.weight[rows]).sum() / max(1, count.sum()))

    def arrive(self, container: int, batch: int, stage: int, count: int, weight: float, degree_days: float) -> int:
        """Puts fish into a container, opening an assignment if the batch has none there; returns the assignment's
        id."""
        c, day = self.containers, self.today.day
        if c.batch[container] == -1:
            identity = self.next_id("assignment")
            self.assignments.add(
                assignment_id=identity,
                batch_id=self.batches["batch_id"][batch],
                container=container,
                stage=stage,
                start_day=day,
                end_day=-1,
                stocked_count=0,
                stocked_weight_g=weight,
                population=0,
                uncollected=0,
                weight_g=weight,
            )
            c.batch[container], c.assignment_id[container], c.stage[container] = batch, identity, stage
            c.count[container], c.weight[container], c.degree_days[container] = 0, weight, degree_days
            c.arrived[container], c.reserved[container] = day, -1
            c.harvest_day[container] = -1
            for name in ("growth", "condition", "mortality"):
                normals = self.draws.normal(f"{name}.container", day, self.infrastructure.container_draws)
                getattr(c, f"{name}_normal")[container] = normals[container]
            c.mortality_normal[container] = self.mortality.of_stay(
                self.draws_of(batch).mortality_normal, float(c.mortality_normal[container])
            )
        before = c.count[container]
        c.weight[container] = (before * c.weight[container] + count * weight) / max(1, before + count)
        c.count[container] += count
        self.today.moved_in[container] += count
        if c.arrived[container] == day:
            row = self.assignment_row(c.assignment_id[container])
            self.assignments["stocked_count"][row] += count
            self.assignments["stocked_weight_g"][row] = c.weight[container]
        return int(c.assignment_id[container])

    def assignment_row(self, identity: int) -> int:
        """Position of an assignment in its table, whose ids ascend."""
        return int(np.searchsorted(self.assignments["assignment_id"], identity))

    def end_day(self) -> None:
        """Closes the assignments of containers that ran empty today, and the batches that have no fish left."""
        c, day = self.containers, self.today.day
        emptied = np.flatnonzero((c.batch >= 0) & (c.count == 0))
        if not emptied.size:
            return
        for container in emptied:
            row = self.assignment_row(c.assignment_id[container])
            self.assignments["end_day"][row] = day
            self.assignments["population"][row], self.assignments["uncollected"][row] = 0, 0
            self.assignments["weight_g"][row] = c.weight[container]
            self.assignments["stage"][row] = c.stage[container]
        touched = np.unique(c.batch[emptied])
        c.batch[emptied], c.assignment_id[emptied], c.emptied[emptied] = -1, -1, day
        c.harvest_day[emptied], c.withheld_until[emptied] = -1, LONG_AGO
        self.health.emptied(emptied)
        ended = np.isin(self.outbreaks["container"], emptied) & (self.outbreaks["end_day"] > day)
        self.outbreaks["end_day"][ended] = day + 1
        for batch in touched[~np.isin(touched, c.batch)]:
            self.batches["end_day"][batch] = day
            sold = self.plans["harvested"][batch] > 0
            self.batches["status"][batch] = BatchStatus.COMPLETED if sold else BatchStatus.TERMINATED
            c.reserved[c.reserved == batch] = -1
            self.moves.keep(self.moves["batch"] != batch)
            self.tank_bookings.keep(self.tank_bookings["batch"] != batch)
            self.area_bookings.keep(self.area_bookings["batch"] != batch)

    def enter_stage(self, batch: int, stage: int) -> None:
        """Writes down that a batch as a whole enters a stage today."""
        self.batches["stage"][batch] = stage
        self.batches["stage_day"][batch] = self.today.day
        self.book.stage_change(int(self.batches["batch_id"][batch]), self.today.day, stage)

    def close(self, lots: FeedLots) -> FarmState:
        """The state at the end of today."""
        c = self.containers
        rows = np.searchsorted(self.assignments["assignment_id"], c.assignment_id[c.batch >= 0])
        self.assignments["population"][rows] = c.count[c.batch >= 0]
        self.assignments["uncollected"][rows] = self.collection.waiting[c.batch >= 0]
        self.assignments["weight_g"][rows] = c.weight[c.batch >= 0]
        self.assignments["stage"][rows] = c.stage[c.batch >= 0]
        return FarmState(
            day=self.today.day,
            containers=c,
            batches=self.batches.frame(),
            plans=self.plans.frame(),
            assignments=self.assignments.frame(),
            tank_bookings=self.tank_bookings.frame(),
            area_bookings=self.area_bookings.frame(),
            moves=self.moves.frame(),
            outbreaks=self.outbreaks.frame(),
            treatments=self.treatments.frame(),
            treatment_plans=self.treatment_plans.frame(),
            feed=self.feed,
            orders=self.orders.frame(),
            lots=lots,
            counters=self.counters,
            health=self.health.containers,
            infections=self.health.infections.frame(),
            epidemics=self.health.epidemics.frame(),
            lice=self.health.lice,
            outside_lice=self.health.outside,
            farm_effect=self.health.farm_effect,
            farm_appetite=self.farm_appetite,
            open_areas=self.open_areas,
            plant_room=self.plant_room,
        )
