"""Working days: fish are harvested, moved, treated, vaccinated and counted, and feed is delivered, on days on which
people work.

Belongs here: the days of the week and the public holidays of the ledger's decisions. Does not belong here: the calendar
itself (``farm.calendar``), whether rows lie on the days of their ids (``timing``).
"""

import numpy as np

from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.laws.evidence import format_day
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.codes import Movement, TreatmentReason
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import year_days


def judge_working_days(ledger: Ledger, scenario: Scenario, infrastructure: Infrastructure) -> LawResult:
    """Check that what people do in the year falls on a working day of the place, and what the processing plant does on
    one of its days. Fish that the scenario itself stocks on a day (``batches.stock``) are not checked."""
    found, calendar = ResultBuilder(), Calendar(scenario, ledger.year)
    place, span = infrastructure.containers.geography.astype(np.int64), year_days(ledger.year)
    moves, given, counts = ledger.movements, ledger.treatments, ledger.lice_counts
    given = given.take(given.day >= span.first)
    came = ledger.deliveries.take(ledger.deliveries.delivery_day < span.end)
    silos = infrastructure.sites.geography[infrastructure.feed_containers.site].astype(np.int64)
    harvest, moved = moves.kind == Movement.HARVEST, (moves.kind != Movement.HARVEST) & (moves.from_container >= 0)
    whole_batch = given.reason == TreatmentReason.VACCINATION
    batch_place = dict(zip(ledger.batches.batch_id.tolist(), ledger.batches.geography.tolist(), strict=True))
    vaccinated = np.array([batch_place[one] for one in given.batch_id[whole_batch].tolist()], dtype=np.int64)
    _check(found, calendar, "harvests", place[moves.from_container[harvest]], moves.day[harvest], of_plant=True)
    _check(found, calendar, "transfers", place[moves.from_container[moved]], moves.day[moved])
    _check(found, calendar, "treatments", place[given.container[~whole_batch]], given.day[~whole_batch])
    _check(found, calendar, "vaccinations", vaccinated, given.day[whole_batch])
    _check(found, calendar, "lice counts", place[counts.container], counts.day)
    _check(found, calendar, "deliveries", silos[came.feed_container], came.delivery_day)
    if not sum(found.checked.values()):
        found.empty_reason = f"the ledger of {ledger.year} has no movements, treatments, lice counts and deliveries"
    return found.result()


def _check(
    found: ResultBuilder,
    calendar: Calendar,
    kind: str,
    geography: np.ndarray,
    day: np.ndarray,
    *,
    of_plant: bool = False,
) -> None:
    found.count_checked(kind, day.size)
    days = day.astype(np.int64)
    allowed = (calendar.plant_takes if of_plant else calendar.works)(geography, days)
    found.add_violations_where(
        ~allowed, lambda i: f"{kind}: {format_day(days[i])} is no {'plant' if of_plant else 'working'} day there"
    )
