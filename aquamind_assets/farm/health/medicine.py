"""Counts lice, decides on treatments of the sick and on vaccinations, and gives all treatments.

Belongs here: the rules of medicine on the farm. Does not belong here: which cages are deloused when (``delousing``),
what was decided and waits (``treatment_plans``), how well a treatment works (``processes.treatment``), outbreaks
(``outbreaks``).

| rule | how it is kept |
|---|---|
| lice treatment only above the threshold of the last count | decided on the evening of a count (``delousing``), given after the days of fasting, before the next count |
| 14 days between two lice treatments of a cage | judged for the day of the treatment, not of the decision |
| nothing is harvested inside a withholding period | treating sets ``withheld_until``; a cage whose harvest is ordered is not treated |
| one vaccination in a batch's life | the batch's vaccine is written once |
"""

import numpy as np

from aquamind_assets.farm.draws import batch_choice
from aquamind_assets.farm.health.counting import counted_today
from aquamind_assets.farm.health.treatment_plans import carry_out, plan
from aquamind_assets.farm.health.wiring import NO_COUNT
from aquamind_assets.farm.processes.lice import RESISTANT
from aquamind_assets.farm.processes.lice_count import COUNT_DRAWS
from aquamind_assets.farm.processes.vaccination import NEVER
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Outcome, TreatmentReason
from aquamind_assets.streams import ByName

NEAR_HARVEST = 0.85
"""From this share of its target weight on, a batch gets no medicine with a withholding period."""

OUTCOME_DAYS = 7
"""Days after the end of a treatment on which its outcome is judged."""

GOOD, FAIR = 0.75, 0.45
"""Share of lice removed that counts as a success, and as a partial one (general knowledge)."""


def count_lice(farm: Farm) -> np.ndarray:
    """Counts the lice of the cages whose turn it is; returns their rows."""
    cages = np.arange(farm.health.lice.shape[0])
    rows = cages[counted_today(farm, cages) & can_be_counted(farm, cages)]
    count(farm, rows)
    return rows


def can_be_counted(farm: Farm, cages: np.ndarray) -> np.ndarray:
    """Whether cages have enough fish that did not come today and are not deloused soon, bool (n,)."""
    c, health = farm.containers, farm.health.containers
    deloused = (health.treatment_day[cages] >= 0) & (health.treatment_reason[cages] == TreatmentReason.LICE)
    enough = c.count[cages] >= farm.health.lice_count.fish
    return enough & (c.arrived[cages] < farm.today.day) & ~deloused


def count(farm: Farm, rows: np.ndarray) -> None:
    """Counts the lice of these cages today."""
    if not rows.size:
        return
    process, c, day = farm.health.lice_count, farm.containers, farm.today.day
    health, built = farm.health.containers, farm.infrastructure
    u = farm.draws.uniforms("lice.count", day, built.cage_draws, COUNT_DRAWS)[rows]
    sampled = np.full(rows.size, process.fish)
    crew = farm.draws.normal("lice.catch.farm", day, built.area_draws)[farm.layout.area[rows]]
    caught = process.caught(crew, farm.draws.normal("lice.catch.cage", day, built.cage_draws)[rows])
    seen = process.count(farm.health.lice[rows], caught, u)
    ids = np.array([farm.next_id("count") for _ in rows])
    farm.book.lice_counts(
        count_id=ids,
        day=np.full(rows.size, day),
        container=rows,
        batch_id=farm.batches["batch_id"][c.batch[rows]],
        assignment_id=c.assignment_id[rows].copy(),
        fish_sampled=sampled,
        adult_female=seen.adult_female,
        adult_male=seen.adult_male,
        juvenile=seen.juvenile,
    )
    health.count_before[rows] = health.last_count[rows]
    health.last_count[rows] = seen.adult_female / sampled


def too_late(farm: Farm, rows: np.ndarray, method: np.ndarray) -> np.ndarray:
    """Whether a withholding period would reach into the harvest, bool (n,)."""
    near = farm.containers.weight[rows] > NEAR_HARVEST * farm.plans["target_weight_g"][farm.containers.batch[rows]]
    return near & (farm.health.treatment.withholding_days[method] > 0)


def fast_before_treatments(farm: Farm) -> None:
    """Fish that are treated soon get no feed tomorrow, if it is one of the method's days of fasting or the day itself."""
    health, c, tomorrow = farm.health.containers, farm.containers, farm.today.day + 1
    rows = np.flatnonzero(health.treatment_day >= tomorrow)
    days = farm.health.treatment.fasting_days[health.treatment_method[rows].astype(np.int64)]
    fasted = rows[(days > 0) & (health.treatment_day[rows] - days <= tomorrow)]
    c.fast_until[fasted] = np.maximum(c.fast_until[fasted], tomorrow)


def plan_disease_treatments(farm: Farm) -> None:
    """Vets decide on the infections whose day of decision is today."""
    health, c, day = farm.health, farm.containers, farm.today.day
    due = np.flatnonzero((health.infections["treat_day"] == day) & (farm.outbreaks["end_day"] > day + 1))
    u = farm.draws.uniform("treatment.disease", day, farm.infrastructure.container_draws)
    for row in due:
        container, disease = int(farm.outbreaks["container"][row]), int(farm.outbreaks["disease"][row])
        at = np.array([container])
        others = ByName(farm.scenario.seed, "treatment.other", *farm.infrastructure.container_draws.key(container), day)
        geography = int(farm.layout.geography[container])
        method = np.array([health.treatment.choose_for_disease(geography, disease, float(u[container]), others)])
        engaged = (
            health.containers.treatment_day[container] >= 0 or c.harvest_day[container] >= 0 or c.batch[container] < 0
        )
        if method[0] < 0 or engaged or container in farm.moves["source"] or too_late(farm, at, method)[0]:
            continue
        start = farm.calendar.working_days(farm.layout.geography[at], day + 1 + health.treatment.fasting_days[method])
        plan(farm, at, method, start, TreatmentReason.DISEASE, farm.outbreaks["outbreak_id"][[row]], health.sick[at])


def give_treatments(farm: Farm) -> np.ndarray:
    """Gives the treatments planned for today; returns the share of mobile lice each cage loses by them, (cages,)."""
    health, c, day = farm.health.containers, farm.containers, farm.today.day
    process = farm.health.treatment
    rows = np.flatnonzero(health.treatment_day == day)
    removed = np.zeros(farm.health.lice.shape[0])
    rows_living = rows[c.count[rows] > 0]
    health.treatment_day[rows] = -1
    if not rows_living.size:
        return removed
    rows = rows_living
    method = health.treatment_method[rows].astype(np.int64)
    at_sea = rows < farm.health.lice.shape[0]
    resistance = np.where(at_sea, farm.health.lice[np.where(at_sea, rows, 0), RESISTANT], 0.0)
    normal = farm.draws.normal("treatment.efficacy", day, farm.infrastructure.container_draws)[rows]
    loss_u = farm.draws.uniform("treatment.loss", day, farm.infrastructure.container_draws)[rows]
    against_lice = np.array([one.lice_efficacy is not None for one in farm.scenario.health.treatments])[method]
    lice_efficacy = np.where(against_lice & at_sea, process.efficacy(method, resistance, normal), 0.0)
    for place, row in enumerate(rows):
        identity = _write(farm, int(row), int(method[place]), float(lice_efficacy[place]))
        health.handled_by[row] = identity
        carry_out(farm, int(row), identity)
    removed[rows[at_sea]] = lice_efficacy[at_sea]
    delousing = health.treatment_reason[rows] == TreatmentReason.LICE
    health.last_delousing[rows[delousing]] = day
    # What was counted before says nothing about the lice from now on.
    health.last_count[rows[delousing]], health.count_before[rows[delousing]] = NO_COUNT, NO_COUNT
    health.handled_day[rows] = day
    health.handling_loss[rows] = process.fish_loss(method, farm.health.sick[rows], loss_u)
    c.withheld_until[rows] = np.maximum(
        c.withheld_until[rows], day + process.duration_days[method] + process.withholding_days[method]
    )
    return removed


def _write(farm: Farm, container: int, method: int, lice_efficacy: float) -> int:
    health, c = farm.health.containers, farm.containers
    reason, outbreak = int(health.treatment_reason[container]), int(health.treatment_outbreak[container])
    identity, disease, efficacy = farm.next_id("treatment"), -1, lice_efficacy
    infection = (
        np.flatnonzero(farm.outbreaks["outbreak_id"] == outbreak) if outbreak >= 0 else np.zeros(0, dtype=np.int64)
    )
    if infection.size:
        disease = int(farm.outbreaks["disease"][infection[0]])
        key = farm.infrastructure.container_draws.key(container)
        draws = ByName(farm.scenario.seed, "treatment.outcome", *key, farm.today.day)
        efficacy = farm.health.disease.relief(disease, draws.uniform(farm.health.treatment.keys[method]))
        relief = farm.health.infections["relief"]
        relief[infection[0]] = max(relief[infection[0]], efficacy)
        if farm.outbreaks["treated_day"][infection[0]] < 0:
            farm.outbreaks["treated_day"][infection[0]] = farm.today.day
        if again := int(farm.health.disease.again_days[disease]):
            farm.health.infections["treat_day"][infection[0]] = farm.today.day + again
    farm.treatments.add(
        treatment_id=identity,
        day=farm.today.day,
        reason=reason,
        method=method,
        vaccine=-1,
        disease=disease,
        outbreak_id=outbreak,
        batch_id=farm.batches["batch_id"][c.batch[container]],
        assignment_id=c.assignment_id[container],
        container=container,
        duration_days=farm.health.treatment.duration_days[method],
        withholding_days=farm.health.treatment.withholding_days[method],
        trigger=health.treatment_trigger[container],
        efficacy=efficacy,
        fish_lost=0,
        biomass_kg=c.count[container] * c.weight[container] / 1000.0,
        outcome=Outcome.PENDING,
    )
    return identity


def _vaccine(farm: Farm, sequence: int) -> int:
    """Row of the vaccine that the batch with this running number is to get, or -1 for none."""
    process = farm.health.vaccination
    row = batch_choice(farm.scenario.seed, "batch.vaccine", sequence, process.names, process.shares)
    return row if row < process.days_before.size else -1


def _vaccination_fails(farm: Farm, batch: int, vaccine: int) -> bool:
    """Whether the vaccination of a batch gives no protection."""
    process = farm.health.vaccination
    draws = ByName(farm.scenario.seed, "vaccination.failure", int(farm.plans["sequence"][batch]))
    return draws.uniform(process.names[vaccine]) < float(process.failures[vaccine])


def vaccinate(farm: Farm) -> None:
    """Vaccinates the batches whose sea transfer is near enough, and lets immunity ripen where one has taken."""
    active = farm.active
    if not active.size:
        return
    process, day = farm.health.vaccination, farm.today.day
    choice = np.array([_vaccine(farm, int(farm.plans["sequence"][batch])) for batch in active])
    vaccinated = farm.batches["vaccinated_day"][active] >= 0
    due = process.due(choice, farm.batches["stage"][active], farm.plans["sea_day"][active] - day, vaccinated)
    due &= farm.calendar.works(farm.batches["geography"][active], day)
    for batch in active[vaccinated]:
        rows = farm.of_batch(int(batch))
        if rows.size:
            farm.plans["immunity"][batch] += max(0.0, float(farm.at_site(farm.water.temperature, rows[:1])[0]))
    for batch, vaccine in zip(active[due], choice[due], strict=True):
        rows = farm.of_batch(int(batch))
        farm.batches["vaccine"][batch], farm.batches["vaccinated_day"][batch] = vaccine, day
        failed = _vaccination_fails(farm, int(batch), int(vaccine))
        if failed:
            farm.plans["immunity"][batch] = NEVER
        farm.treatments.add(
            treatment_id=farm.next_id("treatment"),
            day=day,
            reason=TreatmentReason.VACCINATION,
            method=-1,
            vaccine=vaccine,
            disease=-1,
            outbreak_id=-1,
            batch_id=farm.batches["batch_id"][batch],
            assignment_id=-1,
            container=-1,
            duration_days=1,
            withholding_days=0,
            trigger=0.0,
            efficacy=0.0 if failed else farm.scenario.health.vaccines[vaccine].efficacy,
            fish_lost=0,
            biomass_kg=float((farm.containers.count[rows] * farm.containers.weight[rows]).sum()) / 1000.0,
            outcome=Outcome.PENDING,
        )


def attribute(farm: Farm, handling_deaths: np.ndarray) -> None:
    """Writes deaths (C,) by the handling of treatments to their rows."""
    health = farm.health.containers
    rows = np.flatnonzero((handling_deaths > 0) & (health.handled_by >= 0))
    place = np.searchsorted(farm.treatments["treatment_id"], health.handled_by[rows])
    np.add.at(farm.treatments["fish_lost"], place, handling_deaths[rows])


def judge(farm: Farm) -> None:
    """Outcomes of the treatments that ended a week ago, or whose fish have left the container: so a stay that is over
    has no open treatment."""
    t, day = farm.treatments, farm.today.day
    open_rows = np.flatnonzero(t["outcome"] == Outcome.PENDING)
    if not open_rows.size:
        return
    stay = t["assignment_id"][open_rows]
    left = (stay >= 0) & ~np.isin(stay, farm.containers.assignment_id)
    for row in open_rows[left | (t["day"][open_rows] + t["duration_days"][open_rows] + OUTCOME_DAYS <= day)]:
        reason, effect = int(t["reason"][row]), float(t["efficacy"][row])
        if reason == TreatmentReason.VACCINATION:
            # The injections are looked at within the week.
            t["outcome"][row] = Outcome.SUCCESSFUL if effect > 0 else Outcome.UNSUCCESSFUL
        elif reason == TreatmentReason.LICE:
            t["outcome"][row] = (
                Outcome.SUCCESSFUL if effect >= GOOD else Outcome.PARTIAL if effect >= FAIR else Outcome.UNSUCCESSFUL
            )
        else:
            t["outcome"][row] = farm.health.disease.outcome(int(t["disease"][row]), effect)
