"""Treatments and vaccinations.

Belongs here: rows of ``health_treatment``, with the outcome as of the latest simulated day. Does not belong here:
deciding on a treatment (``farm``), its entry in the journal (``journal``).
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.codes import Outcome, TreatmentReason
from aquamind_assets.ledger.model import Treatments
from aquamind_assets.records.health.journal.entry import Kind, entry_ids
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.master_ids import vaccination_type_id
from aquamind_assets.records.place_labels import full_name
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY

TREATED = 13 * HOUR
"""Treatments begin at 13:00 UTC, after any move of that day."""

AGAINST_LICE = "against salmon lice"
"""What the description of a treatment says if it was given because of lice; AquaMind has no column for it, its
treatment types are the same for lice and disease."""

KINDS: tuple[str, ...] = ("medication", "vaccination", "physical", "other")
"""``health_treatment.treatment_type``."""


def treatments(year: YearInputs) -> Iterator[Rows]:
    """Yield ``health_treatment``: every treatment in the year's ledger.

    A treatment of an earlier year in a stay that ended before the year is final, and its stay is not among the year's
    rows, so only its own year writes it.
    """
    given = year.lives.treatments
    given = given.take((given.assignment_id < 0) | np.isin(given.assignment_id, year.lives.assignments.assignment_id))
    health = year.scenario.health
    kind = np.array([KINDS.index(one.kind) for one in health.treatments] + [KINDS.index("vaccination")])
    dosage = [one.dosage for one in health.treatments] + [one.dosage for one in health.vaccines]
    vaccination = given.reason == TreatmentReason.VACCINATION
    container, assignment = given.container, given.assignment_id
    geography = year.lives.batches.geography[year.batch_rows(given.batch_id)]
    more = {}
    if year.has("health_treatment", "journal_entry_id"):
        more["journal_entry_id"] = entry_ids(Kind.TREATMENT, given.treatment_id)
    yield rows(
        year.tables["health_treatment"],
        len(given),
        id=given.treatment_id,
        batch_id=given.batch_id,
        batch_assignment_id=np.ma.MaskedArray(np.maximum(assignment, 0), mask=assignment < 0),
        container_id=np.ma.MaskedArray(
            year.infrastructure.containers.container_id[np.maximum(container, 0)], mask=container < 0
        ),
        user_id=staff(year.scenario, year.infrastructure).vets(geography, given.batch_id),
        treatment_date=given.day.astype(np.int64) * MICROSECONDS_PER_DAY + TREATED,
        treatment_type=Coded(np.where(vaccination, KINDS.index("vaccination"), kind[given.method]), KINDS),
        vaccination_type_id=np.ma.MaskedArray(
            vaccination_type_id(year.scenario, np.maximum(given.vaccine, 0)), mask=~vaccination
        ),
        description=[describe(year, given, row) for row in range(len(given))],
        dosage=Coded(np.where(vaccination, len(health.treatments) + given.vaccine, given.method), dosage),
        duration_days=given.duration_days,
        withholding_period_days=given.withholding_days,
        outcome=Coded(given.outcome, [outcome.name.lower() for outcome in Outcome]),
        **more,
    )


def place(year: YearInputs, given: Treatments, row: int) -> str:
    """Return the place of a treatment as text."""
    return full_name(year, int(given.container[row])) if given.container[row] >= 0 else "all containers of the batch"


def describe(year: YearInputs, given: Treatments, row: int) -> str:
    """Return one sentence with method, reason and treated biomass, sufficient for another veterinarian to act on."""
    health = year.scenario.health
    tonnes = f"{given.biomass_kg[row] / 1000:,.1f} t"
    where = place(year, given, row)
    match TreatmentReason(given.reason[row]):
        case TreatmentReason.VACCINATION:
            vaccine = health.vaccines[given.vaccine[row]]
            against = ", ".join([*vaccine.diseases, *filter(None, [vaccine.also_named])])
            return f"{vaccine.name} by injection in {where} ({tonnes}), against {against}."
        case TreatmentReason.LICE:
            method = health.treatments[given.method[row]]
            return (
                f"{method.name} {AGAINST_LICE} in {where} ({tonnes}); the last count showed"
                f" {given.trigger[row]:.2f} adult females per fish."
            )
        case _:
            method = health.treatments[given.method[row]]
            name = health.diseases[given.disease[row]].name
            return (
                f"{method.name} because of {name} in {where} ({tonnes}); {100 * given.trigger[row]:.1f} % of the fish"
                " showed clinical signs."
            )
