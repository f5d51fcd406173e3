"""The state of the farm between two days: everything that the next day depends on.

Belongs here: columns of state, and their conversion to plain arrays and back for storage. Does not belong here: the
processes that change them (``farm``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self, get_type_hints

import numpy as np

from aquamind_assets.ledger.frames import Frame, column
from aquamind_assets.ledger.model import (
    Assignments,
    Batches,
    Deliveries,
    FeedLots,
    Outbreaks,
    TreatmentPlans,
    Treatments,
)


class ContainerStates(Frame):
    """One row for each container of the farm, occupied or not."""

    batch: np.ndarray = column("int32", "", "row in Batches of the fish in it, or -1")
    reserved: np.ndarray = column("int32", "", "row in Batches of the fish it is reserved for, or -1")
    assignment_id: np.ndarray = column("int64", "", "assignment of the fish in it, or -1")
    stage: np.ndarray = column("int8", "", "Stage")
    count: np.ndarray = column("int64", "fish", "living fish")
    weight: np.ndarray = column("float64", "g", "mean weight")
    degree_days: np.ndarray = column("float64", "degC day", "since fertilisation, until first feeding")
    arrived: np.ndarray = column("int32", "day", "day of arrival")
    emptied: np.ndarray = column("int32", "day", "day the last fish left, long ago if never used")
    fast_until: np.ndarray = column("int32", "day", "fasted up to and including this day")
    withheld_until: np.ndarray = column("int32", "day", "withholding period: last day without harvest")
    harvest_day: np.ndarray = column("int32", "day", "planned harvest, or -1")
    harvest_share: np.ndarray = column("float64", "1", "share of the fish to be harvested then")
    harvest_reason: np.ndarray = column("int8", "", "its HarvestReason")
    growth_normal: np.ndarray = column("float64", "1", "the stay's own growth, standard normal")
    condition_normal: np.ndarray = column("float64", "1", "the stay's own condition, standard normal")
    mortality_normal: np.ndarray = column("float64", "1", "the stay's own mortality, standard normal")


class BatchPlans(Frame):
    """Plans for a batch and its progress, in addition to its row in ``Batches``."""

    sequence: np.ndarray = column(
        "int32",
        "",
        "running number; of a mixed batch -1 minus its first source's, of stocked fish a hash; keys random draws",
    )
    step: np.ndarray = column("int8", "", "current container step of the geography's plan (``planning``)")
    target_weight_g: np.ndarray = column("float64", "g", "target mean weight at harvest")
    smolt_weight_g: np.ndarray = column("float64", "g", "mean weight at which it goes to sea")
    sea_day: np.ndarray = column("int32", "day", "first day at sea, planned and later actual")
    adult_day: np.ndarray = column("int32", "day", "day it became Adult, or -1")
    harvesting: np.ndarray = column("bool", "", "harvest has begun")
    harvested: np.ndarray = column("int64", "fish", "fish harvested so far")
    fed_day: np.ndarray = column("int32", "day", "day of first feeding, or -1")
    immunity: np.ndarray = column("float64", "degC day", "degree-days since vaccination, -inf after one that failed")


class TankBookings(Frame):
    """Containers of one type in a station that a batch will need or occupies."""

    batch: np.ndarray = column("int32", "", "row in Batches")
    step: np.ndarray = column("int8", "", "container step")
    station: np.ndarray = column("int16", "", "row in Stations")
    first_day: np.ndarray = column("int32", "day", "first day")
    end_day: np.ndarray = column("int32", "day", "day after the last, cleaning included")
    containers: np.ndarray = column("int32", "", "how many")


class AreaBookings(Frame):
    """Areas of its geography that a batch will need or occupies exclusively."""

    batch: np.ndarray = column("int32", "", "row in Batches")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    first_day: np.ndarray = column("int32", "day", "first day")
    end_day: np.ndarray = column("int32", "day", "day after the last, fallow included")
    areas: np.ndarray = column("int32", "", "how many")
    later: np.ndarray = column("bool", "", "needed from splitting on, and not taken yet")


class PlannedMoves(Frame):
    """Planned movements of fish, carried out in the order of the rows."""

    batch: np.ndarray = column("int32", "", "row in Batches")
    day: np.ndarray = column("int32", "day", "day of the movement")
    kind: np.ndarray = column("int8", "", "Movement")
    source: np.ndarray = column("int32", "", "row in Containers")
    destination: np.ndarray = column("int32", "", "row in Containers")
    share: np.ndarray = column("float64", "1", "share of the fish in the source on that day")
    stage: np.ndarray = column("int8", "", "Stage in the destination")


class ContainerHealth(Frame):
    """One row for each container: lice counts, treatments and handling of its fish."""

    last_count: np.ndarray = column(
        "float64", "per fish", "adult females per fish of the last lice count since the last treatment, -1 if none"
    )
    count_before: np.ndarray = column("float64", "per fish", "the same of the count before it, -1 if there is none")
    last_delousing: np.ndarray = column("int32", "day", "day of the last lice treatment, long ago if never")
    treatment_day: np.ndarray = column("int32", "day", "planned treatment, or -1")
    treatment_method: np.ndarray = column("int8", "", "its row in the scenario's treatments")
    treatment_reason: np.ndarray = column("int8", "", "its TreatmentReason")
    treatment_outbreak: np.ndarray = column("int64", "", "the treated outbreak, or -1")
    treatment_trigger: np.ndarray = column("float64", "", "lice count or sick share that triggered it")
    handled_day: np.ndarray = column("int32", "day", "day of the last treatment, long ago if never")
    handling_loss: np.ndarray = column("float64", "1", "share of the fish that the handling kills over some days")
    handled_by: np.ndarray = column("int64", "", "its treatment, or -1")


class InfectionPlans(Frame):
    """Origin of an infection and planned measures, one row for each row of ``Outbreaks``."""

    since_day: np.ndarray = column(
        "int32", "day", "day of infection of the fish, before ``start_day`` if they were in another container then"
    )
    treat_day: np.ndarray = column("int32", "day", "day on which the vet decides on a treatment, or -1")
    depopulate_day: np.ndarray = column("int32", "day", "day by which the container must be empty, or -1")
    relief: np.ndarray = column("float64", "1", "share by which treatment lowers its impact")


class Epidemics(Frame):
    """Outbreaks that are still spreading through a site."""

    event_id: np.ndarray = column("int64", "", "outbreak_id of the first infection")
    disease: np.ndarray = column("int8", "", "row in the scenario's diseases")
    site: np.ndarray = column("int16", "", "row in Sites")
    next_day: np.ndarray = column("int32", "day", "day on which it reaches the next container")
    last_day: np.ndarray = column("int32", "day", "last day on which it spreads")


class FeedStates(Frame):
    """One row for each feed container."""

    stock_g: np.ndarray = column("int64", "g", "stock")
    demand_g: np.ndarray = column("float64", "g/day", "appetite of the last day, fed or not")
    cost_carry: np.ndarray = column("int64", "1/1000 EUR cent", "cost not yet charged")


class Counters(Frame):
    """One row: counters for starting batches."""

    sequence: np.ndarray = column("int32", "", "batches started so far")
    pressure: np.ndarray = column("float64", "batches", "starts that are due")
    life_days: np.ndarray = column("float64", "day", "planned life of the batch started last")


_PLAIN = ("lice", "outside_lice", "farm_effect", "farm_appetite", "open_areas", "plant_room")


@dataclass(frozen=True)
class FarmState:
    """The farm at the end of ``day``. Do not change it; the engine copies what it changes."""

    day: int
    containers: ContainerStates
    batches: Batches
    plans: BatchPlans
    assignments: Assignments
    tank_bookings: TankBookings
    area_bookings: AreaBookings
    moves: PlannedMoves
    outbreaks: Outbreaks
    treatments: Treatments
    treatment_plans: TreatmentPlans
    feed: FeedStates
    orders: Deliveries
    lots: FeedLots
    counters: Counters
    health: ContainerHealth
    infections: InfectionPlans
    epidemics: Epidemics
    lice: np.ndarray
    """State of the lice in each cage, (cages, ``lice.WIDTH``)."""
    outside_lice: np.ndarray
    """State of the outside pressure, (areas,)."""
    farm_effect: np.ndarray
    """State of the farm-week mortality effect, (sites,)."""
    farm_appetite: np.ndarray
    """State of the appetite that a site's containers have in common, (sites,)."""
    open_areas: np.ndarray
    """Whether an area is being harvested by its plant's plan, bool (areas,)."""
    plant_room: np.ndarray
    """Round weight that each geography's plant can take beyond what is ordered, t, below zero after a full cage,
    (geographies,)."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return plain arrays by name for storage in any format. Text becomes fixed-width unicode, there are no
        objects."""
        arrays: dict[str, np.ndarray] = {"day": np.array([self.day])} | {name: getattr(self, name) for name in _PLAIN}
        for part in _frames():
            for name, values in getattr(self, part).columns().items():
                arrays[f"{part}.{name}"] = values.astype(np.str_) if values.dtype == object else values
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Restore a state from its arrays.

        Raises:
            ValueError: an array is missing, for example because another version stored the state.
        """
        parts: dict[str, Any] = {}
        for part, kind in _frames().items():
            missing = [name for name in kind.names() if f"{part}.{name}" not in arrays]
            if missing:
                raise ValueError(
                    f"stored farm state lacks {part}.{', '.join(missing)}: it was written by another version; simulate"
                    " its year again"
                )
            parts[part] = kind(**{name: np.array(arrays[f"{part}.{name}"]) for name in kind.names()})
        parts |= {name: np.array(arrays[name]) for name in _PLAIN}
        return cls(day=int(arrays["day"][0]), **parts)


def _frames() -> dict[str, type[Frame]]:
    hints = get_type_hints(FarmState)
    return {
        spec.name: hints[spec.name]
        for spec in fields(FarmState)
        if isinstance(hints[spec.name], type) and issubclass(hints[spec.name], Frame)
    }
