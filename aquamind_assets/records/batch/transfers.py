"""AquaMind's transfers: every movement of fish out of a container, and the water conditions of stage transfers.

Belongs here: stage transfers, splittings, harvests and mixings as ``batch_batchtransfer``; the conditions of stage
transfers. Does not belong here: stocking with eggs, which has no transfer in AquaMind, only an assignment.

AquaMind has no table of harvests. Its own ``BatchTransfer.save`` empties a container by a LIFECYCLE transfer without a
destination assignment: the source loses the fish and is closed. A harvest is written in this way, into the current
stage of the fish, with a note that begins with Harvest.
"""

import json
from collections.abc import Iterator, Mapping

import numpy as np

from aquamind_assets.ledger.codes import Movement
from aquamind_assets.ledger.model import ContainerDays, Movements
from aquamind_assets.records.batch.batches import biomass_cents
from aquamind_assets.records.inputs import HOUR, MOVE_INSTANT, YearInputs, of_days, positions
from aquamind_assets.records.master_ids import stage_id
from aquamind_assets.tables.rows import Coded, Rows, Scaled, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, year_days

TRANSFER_TYPES = ("LIFECYCLE", "CONTAINER", "MIXED_TRANSFER")
"""``batch_batchtransfer.transfer_type`` of fish that enter another stage or are harvested, that only change containers,
and that become part of a mixed batch."""

HARVEST_NOTE = "Harvest"
"""Beginning of the note of a harvest; no other note begins with it."""

ENTERED = MOVE_INSTANT + 2 * HOUR
"""A transfer is entered into AquaMind two hours after the movement."""


def transfers(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield transfers, harvests and mixings of these days, and the conditions of stage transfers."""
    moved = of_days(year.ledger.movements, days)
    moved = moved.take(moved.kind != Movement.STOCKING)
    yield _transfers(year, moved)
    changed = moved.take(moved.kind == Movement.STAGE_TRANSFER)
    yield conditions(year, changed, {"batch_transfer_id": changed.movement_id})


def _transfers(year: YearInputs, moved: Movements) -> Rows:
    harvested = moved.kind == Movement.HARVEST
    entered = moved.day.astype(np.int64) * MICROSECONDS_PER_DAY + ENTERED
    kind = np.where(harvested | (moved.to_stage != moved.from_stage), 0, 1)
    kind[moved.kind == Movement.MIXING] = 2
    return rows(
        year.tables["batch_batchtransfer"],
        len(moved),
        id=moved.movement_id,
        transfer_type=Coded(kind, TRANSFER_TYPES),
        transfer_date=moved.day,
        source_count=moved.source_count,
        transferred_count=moved.count,
        mortality_count=moved.loss,
        source_biomass_kg=Scaled(biomass_cents(moved.source_count, moved.weight_g)),
        transferred_biomass_kg=Scaled(biomass_cents(moved.count, moved.weight_g)),
        notes=notes_of(year, moved),
        created_at=entered,
        updated_at=entered,
        destination_batch_id=np.ma.array(new_batch(year, moved), mask=harvested),
        destination_lifecycle_stage_id=stage_id(year.scenario, np.where(harvested, moved.from_stage, moved.to_stage)),
        source_batch_id=moved.batch_id,
        source_lifecycle_stage_id=stage_id(year.scenario, moved.from_stage),
        is_emergency_mixing=False,
        source_assignment_id=moved.from_assignment,
        destination_assignment_id=np.ma.array(moved.to_assignment, mask=harvested),
    )


def new_batch(year: YearInputs, moved: Movements) -> np.ndarray:
    """Return the batch of the fish after the movement: another one if they are mixed."""
    batch = moved.batch_id.copy()
    mixed = moved.kind == Movement.MIXING
    batch[mixed] = year.lives.assignments.batch_id[year.assignment_rows(moved.to_assignment[mixed])]
    return batch


def notes_of(year: YearInputs, moved: Movements) -> list[str]:
    """Return what is noted about each movement."""
    names = year.infrastructure.containers.name
    stages = [stage.name for stage in year.scenario.farm.stages]
    texts = []
    number = year.lives.batches.number[year.batch_rows(new_batch(year, moved))]
    for kind, batch, source, target, stage, count, weight in zip(
        moved.kind,
        number,
        moved.from_container,
        moved.to_container,
        moved.to_stage,
        moved.count,
        moved.weight_g,
        strict=True,
    ):
        if kind == Movement.HARVEST:
            texts.append(f"{HARVEST_NOTE} from {names[source]}: {count:,} fish of {weight / 1000:.2f} kg.")
        elif kind == Movement.SPLITTING:
            texts.append(f"Split from {names[source]} to {names[target]}.")
        elif kind == Movement.MIXING:
            texts.append(f"Into mixed batch {batch} from {names[source]} to {names[target]}.")
        else:
            texts.append(f"{stages[stage]} from {names[source]} to {names[target]}.")
    return texts


def conditions(year: YearInputs, moved: Movements, transfer: Mapping[str, np.ndarray]) -> Rows:
    """Return the water at the destination, as measured by the crew on the day, and the temperature in the source
    container. ``transfer`` is the column that names the transfer, with the id for each movement."""
    water = WaterOnDay(year, moved)
    arrived = moved.day.astype(np.int64) * MICROSECONDS_PER_DAY + MOVE_INSTANT
    extra = [
        json.dumps({"source_temperature": round(float(before), 2), "temperature_step": round(float(after - before), 2)})
        for before, after in zip(water.source_temperature, water.temperature, strict=True)
    ]
    return rows(
        year.tables["environmental_stagetransitionenvironmental"],
        len(moved),
        id=moved.movement_id,
        **transfer,
        temperature=water.temperature,
        oxygen=water.oxygen,
        salinity=water.salinity,
        ph=water.ph,
        additional_parameters=extra,
        created_at=arrived,
        updated_at=arrived,
    )


class WaterOnDay:
    """Water of the destination containers, each array of shape (movements,); ``target`` holds their container-days."""

    def __init__(self, year: YearInputs, moved: Movements) -> None:
        fish = year.ledger.container_days
        target = _rows_of(fish, moved.day, moved.to_container)
        source = _rows_of(fish, moved.day, moved.from_container)
        sites = len(year.infrastructure.sites)
        day_in_year = moved.day.astype(np.int64) - year_days(year.year).first
        site = year.infrastructure.containers.site[moved.to_container].astype(np.int64)
        self.target = target
        self.temperature = fish.temperature[target].astype(float)
        self.oxygen = fish.oxygen[target].astype(float)
        self.salinity = np.maximum(fish.salinity[target].astype(float), 0.0)
        self.source_temperature = fish.temperature[source].astype(float)
        self.ph = year.climate.ph[day_in_year * sites + site].astype(float)


def _rows_of(fish: ContainerDays, day: np.ndarray, container: np.ndarray) -> np.ndarray:
    """Return the positions of these container-days. They exist: both containers of a movement hold fish on some part of
    its day."""
    return positions(
        fish.day.astype(np.int64) << 32 | fish.container,
        day.astype(np.int64) << 32 | container,
        "container-day (day x 2^32 + container)",
    )
