"""Outbreaks: where they begin, how they pass from container to container, and what is known of them.

Belongs here: the rows of ``Outbreaks`` and ``Epidemics`` over their life. Does not belong here: rates of disease
(``processes.disease``), treatments.

Each day the site hazards decide about new outbreaks; the first container is the susceptible one with the highest draw.
An outbreak then reaches another container of its site every 10 to 20 days while it spreads. Draws about an infection
come from a stream of its own, named by container, disease and day; diseases that begin together do so in the order of
their names, whatever their order in the scenario.

Fish that are moved take their infections along: the course continues where they are, diluted by the healthy fish they
meet, and an outbreak that comes to another site in this way can spread there.
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.streams import ByName, stream


@dataclass(frozen=True)
class Sickness:
    """What running infections do today; containers (C,), infections (m,)."""

    hazard: np.ndarray
    """Extra hazard of death, (C,), 1/day."""
    running: np.ndarray
    """Rows of the running infections, (m,)."""
    share: np.ndarray
    """Each running infection's part of its container's extra hazard, (m,)."""


def running(farm: Farm) -> np.ndarray:
    """Rows of ``Outbreaks`` that run today."""
    return np.flatnonzero(
        (farm.outbreaks["start_day"] <= farm.today.day) & (farm.outbreaks["end_day"] > farm.today.day)
    )


def sicken(farm: Farm) -> Sickness:
    """The day's sickness and hazard from running infections; writes sick shares into the health state and peaks into
    ``Outbreaks``."""
    health, table, day = farm.health, farm.outbreaks, farm.today.day
    size = farm.containers.count.size
    health.sick[:], health.gravest[:] = 0.0, -1
    hazard = np.zeros(size)
    rows = running(farm)
    if not rows.size:
        return Sickness(hazard, rows, np.zeros(0))
    disease, container = table["disease"][rows].astype(np.int64), table["container"][rows]
    treated = (table["treated_day"][rows] >= 0) & (table["treated_day"][rows] < day)
    since = health.infections["since_day"][rows]
    relief = np.where(treated, health.infections["relief"][rows], 0.0)
    impact = health.disease.impact(
        disease, day - since, table["end_day"][rows] - since, table["severity"][rows].astype(float), relief
    )
    sick = health.disease.sick(disease, impact)
    extra = health.disease.hazard(disease, impact, farm.mortality.stage_base[farm.containers.stage[container]])
    order_day = health.infections["depopulate_day"][rows]
    ordered = order_day >= 0
    extra[ordered] = -np.log1p(-np.minimum(1.0 / np.maximum(order_day[ordered] - day + 1, 1), 1.0 - 1e-12))
    np.add.at(hazard, container, extra)
    healthy = np.ones(size)
    np.multiply.at(healthy, container, 1.0 - sick)
    health.sick[:] = 1.0 - healthy
    health.gravest[container[np.argsort(extra, kind="stable")]] = disease[np.argsort(extra, kind="stable")]
    table["peak_sick_share"][rows] = np.maximum(table["peak_sick_share"][rows], sick)
    return Sickness(hazard, rows, extra / np.maximum(hazard[container], 1e-300))


def attribute(farm: Farm, sickness: Sickness, disease_deaths: np.ndarray) -> None:
    """Writes deaths (C,) that running infections caused to their rows."""
    table = farm.outbreaks
    container = table["container"][sickness.running]
    table["deaths"][sickness.running] += np.floor(disease_deaths[container] * sickness.share + 0.5).astype(np.int64)


def begin(farm: Farm, rows: np.ndarray) -> None:
    """Starts today's new outbreaks among the occupied containers ``rows``."""
    health, layout, day = farm.health, farm.layout, farm.today.day
    diseases = health.disease.factor.size
    infected = np.zeros((farm.containers.count.size, diseases), dtype=bool)
    now = running(farm)
    infected[farm.outbreaks["container"][now], farm.outbreaks["disease"][now]] = True
    batch = farm.containers.batch[rows]
    vaccine = np.where(health.vaccination.protects(farm.plans["immunity"][batch]), farm.batches["vaccine"][batch], -1)
    at_sea = layout.at_sea[rows]
    first_day = np.where(at_sea, farm.plans["sea_day"][batch], farm.plans["fed_day"][batch])
    in_water = np.where(first_day >= 0, day - first_day, 0)
    risk = health.disease.susceptibility(
        farm.containers.stage[rows], vaccine, in_water, farm.at_site(farm.water.temperature, rows), infected[rows]
    )
    geography = farm.infrastructure.sites.geography.astype(np.int64)
    hazard = health.disease.site_hazard(risk, layout.site[rows], geography, timeline.to_date(day).month)
    u = farm.draws.uniforms("disease.site", day, farm.infrastructure.site_draws, health.disease.keys)
    luck = farm.draws.uniform("disease.container", day, farm.infrastructure.container_draws)
    rank = health.disease.rank
    begun = zip(*np.nonzero(health.disease.begins(hazard, u)), strict=True)
    for site, disease in sorted(begun, key=lambda pair: (pair[0], rank[pair[1]])):
        candidates = rows[(layout.site[rows] == site) & (risk[:, disease] > 0)]
        event = _infect(farm, int(candidates[np.argmax(luck[candidates])]), int(disease), -1)
        _begin_spreading(farm, event, int(disease), int(site))


def _begin_spreading(farm: Farm, event: int, disease: int, site: int) -> None:
    """An outbreak that has come to a site today will go from container to container there."""
    process, day = farm.health.disease, farm.today.day
    farm.health.epidemics.add(
        event_id=event,
        disease=disease,
        site=site,
        next_day=day + _days_to_next(farm, site, disease),
        last_day=day + process.event_days,
    )


def _days_to_next(farm: Farm, site: int, disease: int) -> int:
    """Days until an outbreak that reached a container today reaches the next one."""
    process = farm.health.disease
    key = farm.infrastructure.site_draws.key(site)
    u = stream(farm.scenario.seed, "disease.spread", *key, process.keys[disease], farm.today.day).random(1)
    return int(process.days_to_next(u)[0])


def spread(farm: Farm, rows: np.ndarray) -> None:
    """Lets the outbreaks that are due reach one more of the occupied containers ``rows`` of their site."""
    health, layout, day = farm.health, farm.layout, farm.today.day
    due = np.flatnonzero(health.epidemics["next_day"] == day)
    if not due.size:
        return
    luck = farm.draws.uniform("disease.container", day, farm.infrastructure.container_draws)
    for row in due:
        event, disease, site = (int(health.epidemics[name][row]) for name in ("event_id", "disease", "site"))
        had = farm.outbreaks["container"][farm.outbreaks["event_id"] == event]
        has = farm.outbreaks["container"][running(farm)][farm.outbreaks["disease"][running(farm)] == disease]
        here = rows[(layout.site[rows] == site) & ~np.isin(rows, had) & ~np.isin(rows, has)]
        here = here[health.disease.susceptible_stage(farm.containers.stage[here], np.full(here.size, disease))]
        if not here.size:
            health.epidemics["last_day"][row] = day
            continue
        _infect(farm, int(here[np.argmax(luck[here])]), disease, event)
        health.epidemics["next_day"][row] = day + _days_to_next(farm, site, disease)
    health.epidemics.keep(
        (health.epidemics["last_day"] > day) & (health.epidemics["next_day"] <= health.epidemics["last_day"])
    )


def _infect(farm: Farm, container: int, disease: int, event: int, *, companions: bool = True) -> int:
    """Begins an infection of a container today, with what it brings along; returns its id."""
    process, day = farm.health.disease, farm.today.day
    key = (*farm.infrastructure.container_draws.key(container), process.keys[disease], day)
    generator = stream(farm.scenario.seed, "disease.infection", *key)
    u, normal = generator.random(1), generator.standard_normal(1)
    identity = farm.next_id("outbreak")
    farm.outbreaks.add(
        outbreak_id=identity,
        event_id=identity if event < 0 else event,
        disease=disease,
        site=farm.layout.site[container],
        container=container,
        batch_id=farm.batches["batch_id"][farm.containers.batch[container]],
        assignment_id=farm.containers.assignment_id[container],
        start_day=day,
        end_day=day + int(process.duration(np.array([disease]), u)[0]),
        severity=process.severity(normal)[0],
        peak_sick_share=0.0,
        detected_day=-1,
        treated_day=-1,
        reported=False,
        depopulated=False,
        deaths=0,
    )
    farm.health.infections.add(since_day=day, treat_day=-1, depopulate_day=-1, relief=0.0)
    if companions:
        now = running(farm)
        has = farm.outbreaks["disease"][now][farm.outbreaks["container"][now] == container]
        for other in process.companions_of(disease):
            along = ByName(farm.scenario.seed, "disease.companion", *key).uniform(process.keys[other])
            if (
                along < process.companions[disease, other]
                and other not in has
                and farm.containers.stage[container] > Stage.EGG_ALEVIN
            ):
                _infect(
                    farm,
                    container,
                    other,
                    _event_at(farm, int(farm.layout.site[container]), other, -1),
                    companions=False,
                )
    return identity


def carry(farm: Farm, source: int, destination: int, there: int, coming: int) -> None:
    """Fish that were moved today have brought their infections along; sick fish are neither made nor healed by it.

    Args:
        farm: the farm, with the fish in their destination.
        source: container they left.
        destination: container they entered.
        there: fish in it before.
        coming: fish that arrived.
    """
    table, part = farm.outbreaks, coming / max(there + coming, 1)
    now = running(farm)
    ours, theirs = now[table["container"][now] == source], now[table["container"][now] == destination]
    theirs = theirs[table["assignment_id"][theirs] == farm.containers.assignment_id[destination]]
    table["severity"][theirs] *= 1.0 - part
    for row in ours:
        same = theirs[table["disease"][theirs] == table["disease"][row]]
        if same.size:
            table["severity"][same] += part * table["severity"][row]
        else:
            _bring(farm, int(row), destination, part)


def _bring(farm: Farm, row: int, destination: int, part: float) -> None:
    """Goes on with an infection of ``Outbreaks`` in another container, of whose fish ``part`` have it."""
    table, plans, day = farm.outbreaks, farm.health.infections, farm.today.day
    old, plan = table.row(row), plans.row(row)
    identity, site = farm.next_id("outbreak"), int(farm.layout.site[destination])
    event = int(old["event_id"]) if site == old["site"] else _event_at(farm, site, int(old["disease"]), identity)
    table.add(
        **(
            old
            | {
                "outbreak_id": identity,
                "event_id": event,
                "site": site,
                "container": destination,
                "batch_id": farm.batches["batch_id"][farm.containers.batch[destination]],
                "assignment_id": farm.containers.assignment_id[destination],
                "start_day": day,
                "severity": part * old["severity"],
                "peak_sick_share": 0.0,
                "detected_day": day if old["detected_day"] >= 0 else -1,
                "deaths": 0,
            }
        )
    )
    plans.add(**plan)
    if event == identity:
        _begin_spreading(farm, identity, int(old["disease"]), site)


def _event_at(farm: Farm, site: int, disease: int, otherwise: int) -> int:
    """The outbreak of a disease that runs at a site, ``otherwise`` where there is none."""
    now = running(farm)
    here = now[(farm.outbreaks["site"][now] == site) & (farm.outbreaks["disease"][now] == disease)]
    return int(farm.outbreaks["event_id"][here[0]]) if here.size else otherwise


def ordered_empty(farm: Farm, containers: np.ndarray) -> np.ndarray:
    """Whether the authority has ordered the containers to be emptied, bool (n,)."""
    ordered = farm.outbreaks["depopulated"] & (farm.outbreaks["end_day"] > farm.today.day)
    return np.isin(containers, farm.outbreaks["container"][ordered])


def detect(farm: Farm) -> None:
    """Diagnoses made today; reportable diseases are reported, and ISA cages ordered empty."""
    health, table, day = farm.health, farm.outbreaks, farm.today.day
    rows = running(farm)
    rows = rows[table["detected_day"][rows] < 0]
    if not rows.size:
        return
    container, disease = table["container"][rows], table["disease"][rows].astype(np.int64)
    built = farm.infrastructure
    u = farm.draws.uniform("disease.detection", day, built.container_draws)[container]
    found = np.flatnonzero(health.disease.begins(health.disease.detection_hazard(health.sick[container]), u))
    delay_u = farm.draws.uniform("disease.delay", day, built.container_draws)[container]
    for place in found:
        row = rows[place]
        delay = int(health.disease.treated_after(delay_u[place : place + 1])[0])
        table["detected_day"][row] = day
        table["reported"][row] = health.disease.reportable[disease[place]]
        health.infections["treat_day"][row] = day + delay
        if health.disease.depopulate[disease[place]]:
            # Cages that are ordered empty are isolated: the outbreak goes no further.
            health.epidemics["last_day"][health.epidemics["event_id"] == table["event_id"][row]] = day
        if health.disease.depopulate[disease[place]]:
            end = day + delay + health.disease.depopulation_days
            table["depopulated"][row] = True
            table["end_day"][row] = max(int(table["end_day"][row]), end + 1)
            health.infections["depopulate_day"][row] = end
