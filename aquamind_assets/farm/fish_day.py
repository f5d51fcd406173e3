"""The fish themselves, through one day: rates from yesterday's state, then the state a day later.

Belongs here: putting the processes together for the containers with fish. Does not belong here: any process
(``processes``), movements, decisions.

Phase 1 (``rates``) reads yesterday's state only, phase 2 (``integrate``) changes it once; so the order of the processes
does not matter.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.farm import signs
from aquamind_assets.farm.feed import supply
from aquamind_assets.farm.health import medicine, outbreaks
from aquamind_assets.farm.health.outbreaks import Sickness
from aquamind_assets.farm.processes.events import NO_EVENT, Struck
from aquamind_assets.farm.processes.mortality import by_cause, deaths
from aquamind_assets.farm.sites import oxygen
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Cause, EventKind, Stage

DENSITY_MARGIN = 0.99
"""Fish that would grow beyond this share of their density limit, or out of their cage type, are held back by fasting
until they have more room."""


@dataclass(frozen=True)
class Rates:
    """Rates of a day for the containers with fish, ``rows``; all (n,) unless said otherwise."""

    rows: np.ndarray
    temperature: np.ndarray
    saturation: np.ndarray
    fasting: np.ndarray
    weight: np.ndarray
    """Mean weight a day later if fully fed, g."""
    wanted_g: np.ndarray
    """Feed wanted by the container, g."""
    silo: np.ndarray
    hazards: np.ndarray
    """(n, causes), 1/day."""
    sickness: Sickness
    struck: Struck
    handling: np.ndarray
    lice: np.ndarray
    """State of the lice a day later, (occupied cages, width), before treatment."""
    cages: np.ndarray
    """Occupied cages."""
    pressure: np.ndarray
    """Lice that settle, per fish, (occupied cages,)."""


def rates(farm: Farm) -> Rates:
    """Phase 1, on the morning of the farm's day; nothing of the fish is changed."""
    c, layout, day = farm.containers, farm.layout, farm.today.day
    rows = np.flatnonzero(farm.today.opening > 0)
    stage, weight, count = c.stage[rows].astype(np.int64), c.weight[rows], c.count[rows]
    temperature = farm.at_site(farm.water.temperature, rows)
    density = count * weight / 1000.0 / layout.volume[rows]
    saturation = oxygen.saturation(
        farm.at_site(farm.water.saturation, rows),
        density,
        temperature,
        layout.at_sea[rows],
        farm.at_site(farm.water.stagnation, rows),
    )
    sickness = outbreaks.sicken(farm)
    sick = farm.health.sick[rows]
    feedable = farm.appetite.feedable(farm.at_site(farm.water.waves, rows), layout.at_sea[rows])
    fasting = (c.fast_until[rows] >= day) | (feedable <= 0.0)
    load = _lice_load(farm, rows)
    grown, fasting = _growth(farm, rows, temperature, saturation, sick, load, fasting)
    grown = np.where(grown > weight, weight + (grown - weight) * feedable, grown)
    normal = farm.draws.normal("appetite", day, farm.infrastructure.container_draws)[rows]
    in_common = farm.farm_appetite[layout.site[rows]]
    feed = farm.appetite.feed(weight, grown - weight, stage, sick, fasting, normal, in_common)
    silo = supply.silo_of(farm, rows, stage, weight)
    wanted = np.where(silo >= 0, np.floor(feed * count / supply.STEP_G + 0.5) * supply.STEP_G, 0.0)
    struck = _events(farm, rows)
    handled = farm.health.containers
    effect = farm.health.farm_effect[layout.site[rows]]
    handling = farm.mortality.handling(handled.handling_loss[rows], day - handled.handled_day[rows], stage, effect)
    background = _background(farm, rows, temperature)
    by_disease = sickness.hazard[rows] + farm.health.lice_harm.hazard(load)
    spec = farm.scenario.health.mortality.signs
    seen = None if spec is None else signs.seen(farm, rows, spec, saturation)
    hazards = farm.mortality.hazards(stage, background, by_disease, handling, struck.hazards, seen)
    cages = rows[layout.at_sea[rows]]
    lice, pressure = _lice(farm, cages, temperature[layout.at_sea[rows]])
    return Rates(
        rows,
        temperature,
        saturation,
        fasting,
        grown,
        wanted,
        silo,
        hazards,
        sickness,
        struck,
        handling,
        lice,
        cages,
        pressure,
    )


def _growth(
    farm: Farm,
    rows: np.ndarray,
    temperature: np.ndarray,
    saturation: np.ndarray,
    sick: np.ndarray,
    load: np.ndarray,
    fasting: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean weight a day later, and who fasts: those in a fasting period, and those with no room to grow."""
    c, growth = farm.containers, farm.growth
    stage, weight, count = c.stage[rows].astype(np.int64), c.weight[rows], c.count[rows]
    # The usual lice are in a published TGC of the sea, not in one of freshwater.
    by_lice = np.where(farm.layout.at_sea[rows], farm.health.lice_harm.growth_factor(load), 1.0)
    tgc = farm.tgc[c.batch[rows], stage] * growth.container_factor(c.growth_normal[rows]) * by_lice
    doy = farm.today.day_of_year
    rate = growth.rate(weight, tgc, stage, temperature, saturation, sick, fasting, doy)
    grown = growth.grown(weight, rate)
    limit = farm.layout.density_limit(rows, np.minimum(weight, grown) / 1.01)
    dense = count * grown / 1000.0 > DENSITY_MARGIN * limit * farm.layout.volume[rows]
    full = (dense | (grown > farm.layout.max_weight[rows])) & (grown > weight)
    fasting = fasting | full
    if full.any():
        starved = growth.rate(
            weight[full], tgc[full], stage[full], temperature[full], saturation[full], sick[full], fasting[full], doy
        )
        grown[full] = growth.grown(weight[full], starved)
    young = stage == Stage.EGG_ALEVIN
    if young.any():
        ripe = c.degree_days[rows] + farm.development.rate(temperature)
        grown = np.where(young, farm.development.weight(ripe), grown)
    return grown, fasting & ~young


def _lice_load(farm: Farm, rows: np.ndarray) -> np.ndarray:
    """Mobile lice for each gram of fish as ``LiceHarm`` weighs them, 0 in freshwater."""
    load = np.zeros(rows.size)
    at_sea = np.flatnonzero(farm.layout.at_sea[rows])
    cages = rows[at_sea]
    load[at_sea] = farm.health.lice_harm.load(
        farm.health.lice_process.mobile(farm.health.lice[cages]), farm.containers.weight[cages]
    )
    return load


def _background(farm: Farm, rows: np.ndarray, temperature: np.ndarray) -> np.ndarray:
    c, process = farm.containers, farm.mortality
    stage = c.stage[rows].astype(np.int64)
    effect = farm.health.farm_effect[farm.layout.site[rows]]
    at_sea_since = farm.today.day - farm.plans["sea_day"][c.batch[rows]]
    hazard = process.background(stage, at_sea_since, effect, c.mortality_normal[rows])
    young = stage == Stage.EGG_ALEVIN
    if young.any():
        own = farm.development.hazard(c.degree_days[rows], temperature) * process.effects(
            stage, effect, c.mortality_normal[rows]
        )
        hazard = np.where(young, own, hazard)
    return hazard


def _events(farm: Farm, rows: np.ndarray) -> Struck:
    process, layout, day = farm.health.events, farm.layout, farm.today.day
    built, kinds = farm.infrastructure, tuple(EventKind(kind).name for kind in process.kind)
    doy = farm.today.day_of_year
    area_u = farm.draws.uniforms("events.area", day, built.area_draws, kinds)
    container_u = farm.draws.uniforms("events.container", day, built.container_draws, kinds)[rows]
    normal = farm.draws.normal("events.loss", day, built.container_draws)[rows]
    waves = farm.water.waves[day - farm.days.first, : len(built.areas)]
    return process.strike(layout.at_sea[rows], layout.area[rows], area_u, container_u, normal, waves, doy)


def _lice(farm: Farm, cages: np.ndarray, temperature: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    process, c = farm.health.lice_process, farm.containers
    before, health = farm.health.lice[cages], farm.health
    outside = health.outside_lice.pressure(health.outside, health.outside_reach, farm.today.day_of_year)
    settled, resistant = process.settling(
        before, c.count[cages], c.weight[cages], temperature, farm.layout.area[cages], outside
    )
    return process.advance(before, temperature, settled, resistant), settled


def integrate(farm: Farm, now: Rates, removed: np.ndarray) -> None:
    """Phase 2: feed is handed out, fish grow, die and get lice.

    Args:
        farm: the farm.
        now: the day's rates.
        removed: share of mobile lice that today's treatments remove, (cages,).
    """
    c, today, rows = farm.containers, farm.today, now.rows
    granted = supply.hand_out(farm, now.silo, now.wanted_g)
    short = np.where(now.wanted_g > 0, granted / np.maximum(now.wanted_g, 1.0), 1.0)
    gain = now.weight - c.weight[rows]
    c.weight[rows] += np.where(gain > 0, gain * short, gain)
    young = rows[c.stage[rows] == Stage.EGG_ALEVIN]
    c.degree_days[young] += farm.development.rate(farm.at_site(farm.water.temperature, young))
    built = farm.infrastructure
    u = farm.draws.uniform("mortality.deaths", today.day, built.container_draws)[rows]
    cause_u = farm.draws.uniform("mortality.cause", today.day, built.container_draws)[rows]
    total = deaths(c.count[rows], now.hazards.sum(axis=1), u, farm.mortality.overdispersion)
    dead = by_cause(total, now.hazards, cause_u)
    c.count[rows] -= total
    today.deaths[rows] = dead
    today.feed_g[rows], today.silo[rows], today.fasting[rows] = granted, now.silo, now.fasting
    today.saturation[rows] = now.saturation
    _attribute(farm, now, dead)
    farm.health.lice[now.cages] = now.lice
    treated = np.flatnonzero(removed > 0)
    if treated.size:
        method = farm.health.containers.treatment_method[treated].astype(np.int64)
        process = farm.health.treatment
        farm.health.lice[treated] = farm.health.lice_process.treated(
            farm.health.lice[treated], removed[treated], process.attached_factor[method], process.chemical[method]
        )
    farm.health.pressure[:] = 0.0
    farm.health.pressure[now.cages] = now.pressure
    drift = farm.draws.normal("lice.outside", today.day, built.area_draws)
    farm.health.outside[:] = farm.health.outside_lice.next(farm.health.outside, drift)
    fresh = farm.draws.normal("appetite.site", today.day, built.site_draws)
    farm.farm_appetite[:] = farm.appetite.next_farm(farm.farm_appetite, fresh)
    if today.day % 7 == 0:
        week = farm.draws.normal("mortality.farm_week", today.day, built.site_draws)
        farm.health.farm_effect[:] = farm.mortality.next_farm_effect(farm.health.farm_effect, week)


def _attribute(farm: Farm, now: Rates, dead: np.ndarray) -> None:
    """Shares deaths among outbreaks, treatments and events by their part of the hazard of a cause."""
    size = farm.containers.count.size
    if now.sickness.running.size:
        by_disease = np.zeros(size)
        hazard = np.maximum(now.hazards[:, Cause.DISEASE], 1e-300)
        by_disease[now.rows] = dead[:, Cause.DISEASE] * now.sickness.hazard[now.rows] / hazard
        outbreaks.attribute(farm, now.sickness, by_disease)
    if now.handling.any():
        handled = np.zeros(size, dtype=np.int64)
        share = now.handling / np.maximum(now.hazards[:, Cause.HANDLING], 1e-300)
        handled[now.rows] = np.floor(dead[:, Cause.HANDLING] * share + 0.5).astype(np.int64)
        medicine.attribute(farm, handled)
    for place in np.flatnonzero(now.struck.kind != NO_EVENT):
        share = now.struck.hazards[place] / np.maximum(now.hazards[place], 1e-300)
        container = now.rows[place]
        farm.book.event(
            event_id=farm.next_id("event"),
            day=farm.today.day,
            kind=now.struck.kind[place],
            container=container,
            batch_id=farm.batches["batch_id"][farm.containers.batch[container]],
            fish_lost=int(np.floor(dead[place] * share + 0.5).sum()),
        )
