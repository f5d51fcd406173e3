"""Treatments at sea: which share of a farm's cages is deloused in a week in which the farm is, in which weeks its lice
are not counted, and how often a cage is treated against a disease.

Belongs here: the sums of a year and their statistics. Does not belong here: the decision (``farm.health``).
"""

import numpy as np

from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.realism.frames import DelousingWeeks, DiseaseTreatments, GeographyYears, grouped
from aquamind_assets.timeline import year_days

LEAST_CAGES = 4
"""Farms with fewer cages with fish in a week are left out: a share of few cages says little."""
WHOLE_FARM = 0.8
"""From this share of its cages on, a whole farm counts as deloused."""

_WEEK = 7
_MONDAY = 3
"""Days from Monday, 1969-12-29, to day 0."""


def delousing_weeks(ledger: Ledger, infrastructure: Infrastructure) -> DelousingWeeks:
    """Return the cages with fish, those deloused and those whose lice are counted, of each area in each week from
    Monday to Sunday."""
    area = infrastructure.containers.area
    fish = ledger.container_days.take(
        (area[ledger.container_days.container] >= 0) & (ledger.container_days.closing > 0)
    )
    given = ledger.treatments.take(
        (ledger.treatments.reason == TreatmentReason.LICE) & (ledger.treatments.day >= year_days(ledger.year).first)
    )
    counts = ledger.lice_counts
    day = np.concatenate([fish.day, given.day, counts.day]).astype(np.int64)
    sizes = [len(fish), len(given), len(counts)]
    frame = DelousingWeeks(
        area=area[np.concatenate([fish.container, given.container, counts.container])],
        week=(day + _MONDAY) // _WEEK,
        cage_days=np.repeat([1.0, 0.0, 0.0], sizes),
        deloused=np.repeat([0.0, 1.0, 0.0], sizes),
        counted=np.repeat([0.0, 0.0, 1.0], sizes),
    )
    return grouped(frame, ("area", "week"))


def deloused_shares(weeks: DelousingWeeks) -> np.ndarray:
    """Return the share of a farm's cages that is deloused, for each farm and week in which it is, (n,)."""
    treated = weeks.take((weeks.deloused > 0) & (weeks.cage_days >= LEAST_CAGES * _WEEK))
    return np.minimum(treated.deloused / (treated.cage_days / _WEEK), 1.0)


def weeks_without_counts(weeks: DelousingWeeks) -> float:
    """Return the share of the weeks of farms with fish in which no lice are counted; nan without such weeks."""
    lived = weeks.take(weeks.cage_days >= LEAST_CAGES * _WEEK)
    return float((lived.counted == 0).mean()) if len(lived) else float("nan")


def disease_treatments(ledger: Ledger, infrastructure: Infrastructure) -> DiseaseTreatments:
    """Return the treatments of cages against each disease."""
    containers, given = infrastructure.containers, ledger.treatments
    chosen = (given.reason == TreatmentReason.DISEASE) & (given.day >= year_days(ledger.year).first)
    given = given.take(chosen & (given.container >= 0) & (containers.area[given.container] >= 0))
    frame = DiseaseTreatments(
        geography=containers.geography[given.container], disease=given.disease, treatments=np.ones(len(given))
    )
    return grouped(frame, ("geography", "disease"))


def treatments_a_cage_year(treatments: DiseaseTreatments, years: GeographyYears, geography: int, disease: int) -> float:
    """Return the treatments of a cage with fish in a year against a disease; nan without cages."""
    given = treatments.treatments[(treatments.geography == geography) & (treatments.disease == disease)].sum()
    days = years.cage_days[years.geography == geography].sum()
    return float(given / (days / 365.25)) if days else float("nan")
