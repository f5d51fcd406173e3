"""Fish that the scenario says stand in the cages of a site: on the first day, or from a later day on.

Belongs here: the batch they are, and which cages they stand in. Does not belong here: batches that begin with eggs
(``starting``).

They come as a batch of their own, whose life before is not simulated: it begins with these fish, on the first day of
the history or on the day they come to sea. Where there is no room on that day, they come on the first day with room.
"""

import hashlib

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.batches.first_fish import put_in
from aquamind_assets.farm.batches.planning import Standing
from aquamind_assets.farm.batches.starting import next_number
from aquamind_assets.farm.draws import batch_draws
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import BatchStatus, Stage
from aquamind_assets.scenario.batches import ROOM_TO_GROW, StockSpec

FIRST_SEQUENCE = 1_000_000_000
"""Running numbers from here on are of stocked batches: made of their site and day, so that draws are keyed by these."""


def stock_sites(farm: Farm) -> None:
    """Puts the fish of the scenario's stock into their cages whose day has come, and that are not there yet."""
    for one in farm.scenario.farm.batches.stock:
        sequence = sequence_of(one)
        if timeline.day_number(one.day) <= farm.today.day and sequence not in farm.plans["sequence"]:
            area = farm.scenario.farm.area_of_site[one.site]
            cages = _cages(farm, one, area)
            if cages.size:
                _stock(farm, one, sequence, area, cages)


def sequence_of(one: StockSpec) -> int:
    """The running number of a stocked batch."""
    hashed = hashlib.blake2b(f"{one.site}/{one.day}".encode(), digest_size=4).digest()
    return FIRST_SEQUENCE + int.from_bytes(hashed) % 1_000_000_000


def _cages(farm: Farm, one: StockSpec, area: int) -> np.ndarray:
    """The cages for the fish, none where those that are free hold too few."""
    cages = space.free_cages(farm, [area], _stage(farm, one), farm.today.day)
    cages = cages[farm.layout.max_weight[cages] > ROOM_TO_GROW * one.weight_g]
    cages = cages[np.argsort(farm.layout.max_weight[cages], kind="stable")[::-1]][: one.cages]
    return cages if space.legal_room(farm, cages, one.weight_g).sum() >= one.fish else cages[:0]


def _stage(farm: Farm, one: StockSpec) -> int:
    return Stage.ADULT if one.weight_g >= farm.scenario.farm.stages[Stage.ADULT].entry_weight_g else Stage.POST_SMOLT


def _stock(farm: Farm, one: StockSpec, sequence: int, area: int, cages: np.ndarray) -> None:
    plan, day = farm.scenario.farm.batches, farm.today.day
    geography, stage = int(farm.infrastructure.areas.geography[area]), _stage(farm, one)
    draws, sea_day = batch_draws(farm.scenario.seed, sequence), timeline.day_number(one.day)
    target = plan.harvest_weight_g.low + (plan.harvest_weight_g.high - plan.harvest_weight_g.low) * draws.target_u
    steps = len(farm.steps[geography] or [])
    adult_day = max(sea_day, farm.forecaster.adult_since(geography, day, one.weight_g)) if stage == Stage.ADULT else -1
    way = booking.forecast(
        farm, -1, Standing(geography, steps, one.weight_g, one.fish, target, adult_day, one.weight_g)
    )
    batch = farm.batches.add(
        batch_id=farm.next_id("batch"),
        number=next_number(farm),
        geography=geography,
        station=-1,
        external_eggs=True,
        egg_supplier=one.supplier,
        eggs=one.fish,
        stage=stage,
        stage_day=day,
        status=BatchStatus.ACTIVE,
        start_day=day,
        expected_end_day=space.harvest_end(farm, geography, way),
        end_day=-1,
        vaccine=-1,
        vaccinated_day=-1,
        mixed=False,
    )
    farm.plans.add(
        sequence=sequence,
        step=steps,
        target_weight_g=target,
        smolt_weight_g=one.weight_g,
        sea_day=sea_day,
        adult_day=adult_day,
        harvesting=False,
        harvested=0,
        fed_day=-1,
        immunity=0.0,
    )
    farm.learn_growth(batch)
    farm.enter_stage(batch, stage)
    needed = space.areas_needed(farm, geography, way) or (1, 0)
    booking.book(farm, batch, way, {}, (1, max(0, sum(needed) - 1)))
    _put_in(farm, one, batch, stage, cages)


def _put_in(farm: Farm, one: StockSpec, batch: int, stage: int, cages: np.ndarray) -> None:
    """Spreads the fish over the cages, as many into each as its room is of all."""
    room = space.legal_room(farm, cages, one.weight_g)
    parts = np.diff(np.floor(np.append(0.0, np.cumsum(room)) / room.sum() * one.fish + 0.5).astype(np.int64))
    put_in(farm, batch, stage, cages[parts > 0], parts[parts > 0], one.weight_g)
