"""The year: day after day, every process and every decision in its place.

Belongs here: the order of a day, and what a year starts from and ends with. Does not belong here: everything else; each
line of a day is a room of its own.
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm import fish_day as daily
from aquamind_assets.farm.batches import harvest_slots as slots
from aquamind_assets.farm.batches import starting, stocking
from aquamind_assets.farm.feed import supply
from aquamind_assets.farm.health import delousing, medicine, outbreaks, treatment_plans
from aquamind_assets.farm.moves import harvest, harvest_plan, mixing, movements, transfers
from aquamind_assets.farm.opening import first_state
from aquamind_assets.farm.processes import lice
from aquamind_assets.farm.processes.lice import Lice
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.scenario.model import Scenario


def simulate_year(
    scenario: Scenario,
    infrastructure: Infrastructure,
    climate: SiteDays,
    opening: FarmState | None,
    year: int,
    through: int | None = None,
) -> tuple[Ledger, FarmState]:
    """Simulates a calendar year, or its days up to and including ``through``.

    What happens on a day does not depend on ``through``, so a longer ledger begins with the shorter one; and the year
    continues from a stored state as it would have without storing.

    Args:
        scenario: the scenario.
        infrastructure: ``infrastructure.build(scenario)``.
        climate: ``climate.site_days`` of the year.
        opening: state at the end of the year before; None in the scenario's first year.
        year: calendar year.
        through: last day (day number) to simulate; the year's last day if None.

    Raises:
        ValueError: opening state, climate or ``through`` do not belong to the year.
    """
    days = timeline.year_days(year)
    last = days.end - 1 if through is None else through
    _check(scenario, infrastructure, climate, opening, year, last)
    state = opening or first_state(scenario, infrastructure, days.first - 1)
    farm = Farm(scenario, infrastructure, climate, state, year)
    for day in range(days.first, last + 1):
        _day(farm, day)
    lots, stores = supply.settle(farm, state.lots, state.feed.stock_g.copy(), state.feed.cost_carry.copy())
    closing = farm.close(lots)
    happened = farm.book.frames()
    alive = (closing.batches.end_day < 0) | (closing.batches.end_day >= days.first)
    ledger = Ledger(
        year=year,
        through=last,
        fingerprint=scenario.farm_fingerprint(),
        batches=closing.batches.take(alive),
        assignments=closing.assignments,
        outbreaks=closing.outbreaks,
        treatments=closing.treatments,
        treatment_plans=closing.treatment_plans,
        deliveries=closing.orders,
        feed_lots=state.lots,
        feed_stores=stores,
        **happened,
    )
    return ledger, closing


def _check(
    scenario: Scenario,
    infrastructure: Infrastructure,
    climate: SiteDays,
    opening: FarmState | None,
    year: int,
    last: int,
) -> None:
    days = timeline.year_days(year)
    if last not in days:
        raise ValueError(f"through {timeline.to_date(last)} is not a day of {year}")
    if len(climate) != len(days) * len(infrastructure.sites) or climate.day[0] != days.first:
        raise ValueError(
            f"climate has {len(climate)} site-days from {timeline.to_date(climate.day[0])}: {year} needs"
            f" {len(days) * len(infrastructure.sites)}"
        )
    if opening is None and year != scenario.first_year:
        raise ValueError(
            f"{year} needs the closing state of {year - 1}: only {scenario.first_year}, the first year, starts from"
            " nothing"
        )
    if opening is not None and opening.day != days.first - 1:
        raise ValueError(
            f"opening state is of {timeline.to_date(opening.day)}, {year} opens after"
            f" {timeline.to_date(days.first - 1)}"
        )


def _day(farm: Farm, day: int) -> None:
    farm.begin(day)
    supply.receive(farm)
    transfers.enter_grow_out(farm)
    medicine.vaccinate(farm)
    stocking.stock_sites(farm)
    starting.start_batches(farm)
    removed = medicine.give_treatments(farm)
    now = daily.rates(farm)
    daily.integrate(farm, now, removed)
    movements.carry_out(farm)
    mixing.carry_out(farm)
    harvest.carry_out(farm)
    _record(farm)
    farm.end_day()
    _decide(farm, now)


def _decide(farm: Farm, now: daily.Rates) -> None:
    """Everything that is decided in the evening, from the state at the end of the day."""
    living = np.flatnonzero(farm.containers.count > 0)
    outbreaks.spread(farm, living)
    outbreaks.begin(farm, living)
    outbreaks.detect(farm)
    treatment_plans.give_up(farm)
    delousing.plan_campaigns(farm, medicine.count_lice(farm))
    medicine.plan_disease_treatments(farm)
    medicine.judge(farm)
    transfers.plan_moves(farm)
    mixing.plan_mixing(farm)
    slots.keep_slots(farm)
    harvest.plan_harvests(farm)
    harvest_plan.plan_harvests(farm)
    movements.fast_before_moves(farm)
    harvest.fast_before_harvest(farm)
    medicine.fast_before_treatments(farm)
    supply.order(farm, now.rows, now.wanted_g)


def _record(farm: Farm) -> None:
    c, today = farm.containers, farm.today
    rows = np.flatnonzero((today.opening > 0) | (today.moved_in > 0))
    stage, weight = c.stage[rows].astype(np.int64), c.weight[rows]
    temperature = farm.at_site(farm.water.temperature, rows)
    saturation = today.saturation[rows]
    saturation = np.where(np.isnan(saturation), farm.at_site(farm.water.saturation, rows), saturation)
    fed = today.feed_g[rows] > 0
    collected = farm.collection.collect(farm, rows)
    cages = farm.health.lice.shape[0]
    on_fish = np.where((rows < cages)[:, None], farm.health.lice[np.minimum(rows, cages - 1)], 0.0)
    farm.book.container_days(
        day=np.full(rows.size, today.day, dtype=np.int32),
        container=rows.astype(np.int32),
        batch_id=farm.batches["batch_id"][c.batch[rows]],
        assignment_id=c.assignment_id[rows],
        stage=c.stage[rows],
        opening=today.opening[rows],
        moved_in=today.moved_in[rows],
        moved_out=today.moved_out[rows],
        transfer_loss=today.transfer_loss[rows],
        **{f"deaths_{cause.name.lower()}": today.deaths[rows, cause].astype(np.int32) for cause in Cause},
        collected=collected,
        harvested=today.harvested[rows],
        closing=c.count[rows],
        weight_g=weight,
        weight_cv=farm.growth.weight_cv(weight).astype(np.float32),
        condition=farm.condition.value(
            weight, stage, farm.health.sick[rows], c.condition_normal[rows], today.day_of_year
        ).astype(np.float32),
        temperature=temperature.astype(np.float32),
        oxygen=(saturation / 100.0 * farm.at_site(farm.water.solubility, rows)).astype(np.float32),
        salinity=farm.at_site(farm.water.salinity, rows).astype(np.float32),
        feed_container=np.where(fed, today.silo[rows], -1).astype(np.int32),
        feed_g=today.feed_g[rows],
        fasting=today.fasting[rows],
        sick_share=farm.health.sick[rows].astype(np.float32),
        disease=farm.health.gravest[rows].astype(np.int8),
        chalimus=Lice.attached(on_fish).astype(np.float32),
        preadult=Lice.preadult(on_fish).astype(np.float32),
        adult_male=on_fish[:, lice.ADULT_MALE].astype(np.float32),
        adult_female=on_fish[:, lice.ADULT_FEMALE].astype(np.float32),
        infection_pressure=np.where(rows < cages, farm.health.pressure[np.minimum(rows, cages - 1)], 0.0).astype(
            np.float32
        ),
    )
