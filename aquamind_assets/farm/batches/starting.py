"""Starts batches: when, where, with how many eggs, under which number.

Belongs here: the decision to lay in eggs. Does not belong here: the forecast of a batch's way (``planning``) and the
room for it (``space``).

Starts fall due at the rate that keeps ``active_target`` batches alive when each lives as long as the forecast says,
more often in the months with high weights. One that is due waits until its whole way, to the last harvested cage, fits
into what is not booked, and its harvest into the plan of the plant. On a staged farm (``staging``) the batches that are
to stand at wanted places begin on days of their own, and no others until the staging date.
"""

import math
from datetime import timedelta

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.batches.first_fish import put_in
from aquamind_assets.farm.batches.planning import Standing, Way
from aquamind_assets.farm.batches.smolt_weight import smolt_weight
from aquamind_assets.farm.batches.staging import waiting
from aquamind_assets.farm.draws import batch_choice, batch_draws
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.moves.portions import portions
from aquamind_assets.farm.processes.quantiles import normal_quantile
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import BatchStatus, Stage

PLANNING_DAYS = 2
"""Days between two looks for room."""

MOST_WAITING = 3.0
"""Starts that are due and find no room do not pile up beyond this."""


def start_batches(farm: Farm) -> None:
    """Lays in the eggs of the batch that is due today, if there is one and its way fits."""
    staging = farm.scenario.farm.batches.staging
    if staging is not None and farm.today.day <= timeline.day_number(staging.date):
        _start_staged(farm)
    else:
        _start_due(farm)


def _start_staged(farm: Farm) -> None:
    """Lays in the eggs of the staged batches whose day has come; one whose way does not fit waits for the next day."""
    for one in waiting(farm.staged, farm.plans["sequence"], farm.today.day):
        eggs = _eggs(farm, one.sequence)
        found = find_way(farm, one.geography, eggs, _heavy(farm, one.geography, one.sequence))
        if found:
            _start(farm, one.sequence, one.geography, eggs, *found)


def _start_due(farm: Farm) -> None:
    plan, counters = farm.scenario.farm.batches, farm.counters
    month = timeline.to_date(farm.today.day).month
    weights = np.array(plan.month_weights)
    season = weights[month - 1] / weights.mean() if weights.any() else 1.0
    life = counters.life_days[0] or plan.expected_days
    counters.pressure[0] = min(counters.pressure[0] + plan.active_target / life * season, MOST_WAITING)
    if counters.pressure[0] < 1.0 or farm.active.size >= plan.active_max or farm.today.day % PLANNING_DAYS:
        return
    sequence = int(counters.sequence[0])
    eggs = _eggs(farm, sequence)
    for geography in _by_deficit(farm):
        if not farm.calendar.works(geography, farm.today.day):
            continue
        found = find_way(farm, geography, eggs, _heavy(farm, geography, sequence))
        if found:
            _start(farm, sequence, geography, eggs, *found)
            counters.pressure[0] -= 1.0
            return


def _eggs(farm: Farm, sequence: int) -> int:
    """Eggs of a batch: normal, within the range by drawing from the part of the distribution that lies in it, so that
    no two batches end on its borders."""
    plan = farm.scenario.farm.batches
    if not plan.eggs_sd:
        return round(plan.eggs_mean)
    drawn, low, high = (
        math.erf(value / math.sqrt(2)) / 2 + 0.5
        for value in (
            batch_draws(farm.scenario.seed, sequence).eggs_normal,
            (plan.eggs.low - plan.eggs_mean) / plan.eggs_sd,
            (plan.eggs.high - plan.eggs_mean) / plan.eggs_sd,
        )
    )
    normal = float(normal_quantile(np.array([low + (high - low) * drawn]))[0])
    return round(float(np.clip(plan.eggs_mean + plan.eggs_sd * normal, plan.eggs.low, plan.eggs.high)))


def _heavy(farm: Farm, geography: int, sequence: int) -> float:
    """Weight (g) at which the batch with this running number goes to sea, if it starts today."""
    return float(smolt_weight(farm.scenario, geography, sequence, farm.today.day))


def _by_deficit(farm: Farm) -> list[int]:
    """Geographies that may start a batch, the one furthest behind its share first."""
    shares = np.array([spec.batch_share for spec in farm.scenario.farm.geographies])
    started = np.bincount(farm.batches["geography"][~farm.batches["mixed"]], minlength=shares.size)
    deficit = shares * (started.sum() + 1) - started
    names = [spec.name for spec in farm.scenario.farm.geographies]
    order = sorted(range(shares.size), key=lambda row: (-deficit[row], names[row]))
    return [row for row in order if shares[row] > 0 and farm.steps[row]]


def find_way(
    farm: Farm, geography: int, eggs: int, heavy: float
) -> tuple[int, Way, dict[int, int], tuple[int, int]] | None:
    """The station with the fewest bookings where the whole way of a batch fits, whose smolts weigh ``heavy`` g, and what
    it needs there and at sea."""
    stations = farm.infrastructure.stations
    here = np.flatnonzero((stations.geography == geography) & (stations.commissioned_day <= farm.today.day))
    load = [int((farm.tank_bookings["station"] == station).sum()) for station in here]
    first = (farm.steps[geography] or [])[0]
    for station in here[np.argsort(load, kind="stable")]:
        free = space.free_tanks(farm, int(station), first, farm.today.day)
        if space.tank_room(farm, free, space.exit_weight(farm, first.stage, heavy)).sum() < eggs:
            continue
        way = booking.forecast(farm, int(station), Standing(geography, 0, 0.0, eggs, space.way_target(farm), -1, heavy))
        if not space.plant_fits(farm, geography, way):
            continue
        needs = space.tanks_fit(farm, int(station), geography, way, heavy)
        areas = space.areas_fit(farm, geography, way) if needs else None
        if needs and areas:
            return int(station), way, needs, areas
    return None


def _start(
    farm: Farm,
    sequence: int,
    geography: int,
    eggs: int,
    station: int,
    way: Way,
    needs: dict[int, int],
    areas: tuple[int, int],
) -> None:
    plan, day = farm.scenario.farm.batches, farm.today.day
    draws = batch_draws(farm.scenario.seed, sequence)
    external = draws.external_u < plan.external_share
    end = space.harvest_end(farm, geography, way)
    supplier = (
        plan.egg_suppliers[batch_choice(farm.scenario.seed, "batch.supplier", sequence, tuple(plan.egg_suppliers))]
        if external
        else f"{farm.scenario.farm.geographies[geography].name} broodstock"
    )
    batch = farm.batches.add(
        batch_id=farm.next_id("batch"),
        number=next_number(farm),
        geography=geography,
        station=station,
        external_eggs=external,
        egg_supplier=supplier,
        eggs=eggs,
        stage=Stage.EGG_ALEVIN,
        stage_day=day,
        status=BatchStatus.ACTIVE,
        start_day=day,
        expected_end_day=end,
        end_day=-1,
        vaccine=-1,
        vaccinated_day=-1,
        mixed=False,
    )
    low, high = plan.harvest_weight_g.low, plan.harvest_weight_g.high
    farm.plans.add(
        sequence=sequence,
        step=0,
        target_weight_g=low + (high - low) * draws.target_u,
        smolt_weight_g=_heavy(farm, geography, sequence),
        sea_day=way.sea,
        adult_day=-1,
        harvesting=False,
        harvested=0,
        fed_day=-1,
        immunity=0.0,
    )
    farm.learn_growth(batch)
    farm.counters.sequence[0] = max(int(farm.counters.sequence[0]), sequence + 1)
    farm.counters.life_days[0] = end - day
    farm.enter_stage(batch, Stage.EGG_ALEVIN)
    booking.book(farm, batch, way, needs, areas)
    _lay_in(farm, batch, geography, station, eggs)


def next_number(farm: Farm) -> str:
    """The number of a batch that begins today: BAK, ISO year and week, and the number of the batch within that week."""
    week = timeline.to_date(farm.today.day).isocalendar()
    prefix = f"BAK{week.year}{week.week:02}"
    monday = farm.today.day - timedelta(days=week.weekday - 1).days
    this_week = int(np.count_nonzero(farm.batches["start_day"] >= monday))
    return f"{prefix}{this_week + 1:02}"


def _lay_in(farm: Farm, batch: int, geography: int, station: int, eggs: int) -> None:
    """Spreads the eggs over as few containers of the first step as hold them."""
    step = (farm.steps[geography] or [])[0]
    free = space.free_tanks(farm, station, step, farm.today.day)
    heavy = float(farm.plans["smolt_weight_g"][batch])
    room = space.tank_room(farm, free, space.exit_weight(farm, step.stage, heavy))
    chosen = free[: int(np.searchsorted(np.cumsum(room), eggs)) + 1]
    wanted = portions(farm, chosen, np.full(chosen.size, eggs / chosen.size), room[: chosen.size])
    parts = np.diff(np.floor(np.r_[0.0, np.cumsum(wanted)[:-1], eggs] + 0.5).astype(np.int64))
    weight = farm.scenario.farm.stages[Stage.EGG_ALEVIN].entry_weight_g
    put_in(farm, batch, Stage.EGG_ALEVIN, chosen, parts, weight)
