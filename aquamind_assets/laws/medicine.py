"""Law 6: medicine. Fish are treated by the rules, nothing is harvested inside a withholding period, abnormal results
have a cause.

Belongs here: the rules, the same for what was simulated and for what was written. Does not belong here: whether a
treatment works.

A withholding period goes with the fish: those moved inside one take it along.
"""

import json
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, WrittenDays, dated, day_numbers, ids_of, integers
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.codes import Movement, TreatmentReason
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.records.health.treatments import AGAINST_LICE
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import DayRange, year_days

LONGEST_WITHHOLDING = 460
"""Days after which no treatment matters to a harvest any more: the longest withholding and duration that a scenario
allows."""

COUNT_DAYS = 30
"""A treatment is given within so many days of the count that led to it."""

ISSUE_DAYS = 30
"""An abnormal result belongs to an issue in the journal that is at most so many days away."""


@dataclass(frozen=True)
class _Medicine:
    """What was done. Places are containers, by id or by row; days are numbers.

    ``treatments``: id, batch, place, stay (-1 for a whole batch), day, until (last day of withholding, -1 if there is
    none), lice, vaccination (bool). ``counts``: batch, place, day, females, sampled. ``moves``: id, day, source, target
    (stays; -1 for a harvest).
    """

    treatments: pd.DataFrame
    counts: pd.DataFrame
    moves: pd.DataFrame

    @classmethod
    def simulated(cls, ledgers: list[Ledger]) -> Self:
        """From ledgers."""
        parts = [cls._of_ledger(ledger) for ledger in ledgers]
        return cls(
            *(
                pd.concat(frames, ignore_index=True).drop_duplicates(ignore_index=True)
                for frames in zip(*parts, strict=True)
            )
        )

    @staticmethod
    def _of_ledger(ledger: Ledger) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        given, counts, moved = ledger.treatments, ledger.lice_counts, ledger.movements
        until = given.day + given.duration_days + given.withholding_days
        treatments = {
            "id": given.treatment_id,
            "batch": given.batch_id,
            "place": given.container.astype(np.int64),
            "stay": given.assignment_id,
            "day": given.day.astype(np.int64),
            "until": np.where(given.withholding_days > 0, until, -1).astype(np.int64),
            "lice": given.reason == TreatmentReason.LICE,
            "vaccination": given.reason == TreatmentReason.VACCINATION,
        }
        seen = {
            "batch": counts.batch_id,
            "place": counts.container.astype(np.int64),
            "day": counts.day.astype(np.int64),
        }
        seen |= {"females": counts.adult_female.astype(np.int64), "sampled": counts.fish_sampled.astype(np.int64)}
        moves = {"id": moved.movement_id, "day": moved.day.astype(np.int64), "source": moved.from_assignment}
        moves["target"] = np.where(moved.kind == Movement.HARVEST, -1, moved.to_assignment)
        return pd.DataFrame(treatments), pd.DataFrame(seen), pd.DataFrame(moves)[moved.kind != Movement.STOCKING]

    @classmethod
    def written(cls, evidence: Evidence) -> Self:
        """From the tables, as far back as it matters to the year."""
        first, last = evidence.days.first - LONGEST_WITHHOLDING, evidence.days.end - 1
        given = evidence.frame(
            "SELECT id, batch_id, container_id, batch_assignment_id, treatment_date, duration_days,"
            " withholding_period_days, treatment_type, description FROM health_treatment WHERE"
            f" {ids_of('health_treatment', first, last)}"
        )
        day, withholding = day_numbers(given["treatment_date"]), integers(given["withholding_period_days"])
        treatments = {
            "id": integers(given["id"]),
            "batch": integers(given["batch_id"]),
            "place": integers(given["container_id"]),
            "stay": integers(given["batch_assignment_id"]),
            "day": day,
            "until": np.where(withholding > 0, day + np.maximum(integers(given["duration_days"]), 0) + withholding, -1),
            "lice": given["description"].astype("str").str.contains(AGAINST_LICE, regex=False).to_numpy(dtype=bool),
            "vaccination": (given["treatment_type"] == "vaccination").to_numpy(dtype=bool),
        }
        seen = evidence.frame(
            "SELECT batch_id AS batch, container_id AS place, count_date, adult_female_count AS females, fish_sampled"
            f" AS sampled FROM health_licecount WHERE {ids_of('health_licecount', first, last)}"
        )
        counts = pd.DataFrame(
            {name: integers(seen[name]) for name in ("batch", "place", "females", "sampled")}
            | {"day": day_numbers(seen["count_date"])}
        )
        moved = evidence.frame(
            "SELECT id, transfer_date, source_assignment_id AS source, destination_assignment_id AS target FROM"
            f" batch_batchtransfer WHERE {ids_of('batch_batchtransfer', first, last)}"
        )
        moves = pd.DataFrame(
            {name: integers(moved[name]) for name in ("id", "source", "target")}
            | {"day": day_numbers(moved["transfer_date"])}
        )
        return cls(pd.DataFrame(treatments), counts, moves)


def medicine_is_by_the_book(ledger: Ledger, scenario: Scenario, before: Ledger | None = None) -> LawResult:
    """The rules of medicine on the ledger; without ``before``, the ledger of the year before, lice treatments of the
    first month are left out."""
    known = [ledger] if before is None else [before, ledger]
    counted = WrittenDays.of([DayRange(year_days(one.year).first, one.through + 1) for one in known])
    found = _judge(_Medicine.simulated(known), scenario, year_days(ledger.year).first, counted)
    found.nothing = _nothing_done(ledger)
    return found.result()


def treatments_are_by_the_book(evidence: Evidence) -> LawResult:
    """The same from treatments, lice counts and transfers as they were written."""
    found = _judge(_Medicine.written(evidence), evidence.scenario, evidence.days.first, evidence.covered("lice_counts"))
    if evidence.ledger is not None:
        found.nothing = _nothing_done(evidence.ledger)
    return found.result()


def _nothing_done(ledger: Ledger) -> str:
    done = (ledger.treatments.day >= year_days(ledger.year).first).any() or (
        ledger.movements.kind == Movement.HARVEST
    ).any()
    return "" if done else f"no fish were treated or harvested in {ledger.year}, says the ledger"


def _judge(done: _Medicine, scenario: Scenario, first: int, counted: WrittenDays) -> ResultBuilder:
    """The year that begins with day ``first``; ``counted`` are the days whose lice counts are known."""
    found = ResultBuilder()
    _lice(found, done, scenario, first, counted)
    _vaccinated_once(found, done, first)
    _withheld(found, done, first)
    return found


def _lice(found: ResultBuilder, done: _Medicine, scenario: Scenario, first: int, counted: WrittenDays) -> None:
    """A lice treatment follows a count above the threshold, and comes so many days after the last one of the
    container."""
    rules = scenario.health.lice
    given = done.treatments[done.treatments["lice"]].sort_values("day")
    last = pd.merge_asof(
        given, done.counts.sort_values("day"), on="day", by=["batch", "place"], allow_exact_matches=False
    )
    last = last[last["day"] >= first]
    found.looked("lice treatments", len(last))
    found.looked(
        "other treatments",
        int((~done.treatments["lice"] & ~done.treatments["vaccination"] & (done.treatments["day"] >= first)).sum()),
    )
    females, day = (last["females"] / last["sampled"]).to_numpy(), last["day"].to_numpy()
    known = counted.holds(np.maximum(day - COUNT_DAYS, year_days(scenario.first_year).first), day - 1)
    found.leave_out(
        int((~known).sum()), "lice treatments before which lice may have been counted in days that are not there"
    )

    def tell(i: int) -> str:
        said = (
            "no count before it"
            if np.isnan(females[i])
            else f"the last count showed {females[i]:.2f} adult females per fish"
        )
        return f"lice treatment {last['id'].iloc[i]} on {dated(day[i])}: {said}; the threshold is {rules.threshold:g}"

    found.each(known & ~(females > rules.threshold), tell)
    since = given.groupby("place")["day"].diff()
    soon = given[(since < rules.min_days_between_treatments) & (given["day"] >= first)]
    for row in soon.itertuples():
        days = int(since[row.Index])
        found.broken(
            1,
            f"lice treatment {row.id} on {dated(row.day)}: {days} days after the last, allowed are"
            f" {rules.min_days_between_treatments}",
        )


def _vaccinated_once(found: ResultBuilder, done: _Medicine, first: int) -> None:
    given = done.treatments[done.treatments["vaccination"]]
    found.looked("vaccinations", int((given["day"] >= first).sum()))
    again = given[given.sort_values("day").duplicated("batch").reindex(given.index) & (given["day"] >= first)]
    for row in again.itertuples():
        found.broken(1, f"batch {row.batch} is vaccinated again on {dated(row.day)}")


def _withheld(found: ResultBuilder, done: _Medicine, first: int) -> None:
    """No harvest up to the last day of a withholding period, wherever the fish have been moved inside it."""
    given = done.treatments[done.treatments["until"] >= 0]
    found.looked("harvests", int(((done.moves["target"] < 0) & (done.moves["day"] >= first)).sum()))
    # Moves at noon come before the treatments of their day, which begin at 13:00.
    events = [(row.day, 1, row.stay, row.until, row.id) for row in given.itertuples()]
    events += [(row.day, 0, row.source, row.target, row.id) for row in done.moves.itertuples()]
    until: dict[int, int] = {}
    for day, treated, stay, other, number in sorted(events):
        if treated:
            until[stay] = max(until.get(stay, -1), other)
        elif until.get(stay, -1) >= day:
            if other >= 0:
                until[other] = max(until.get(other, -1), until[stay])
            elif day >= first:
                found.broken(1, f"harvest {number} on {dated(day)}: its fish are withheld up to {dated(until[stay])}")


def abnormal_results_have_a_cause(evidence: Evidence) -> LawResult:
    """Every abnormal laboratory result is of fish with a true outbreak, or beside an issue or a diagnosis in the
    journal."""
    found = ResultBuilder()
    results = evidence.frame(
        "SELECT s.id, s.batch_container_assignment_id AS stay, s.sample_date, s.quantitative_results, a.batch_id,"
        " a.container_id FROM health_healthlabsample s LEFT JOIN batch_batchcontainerassignment a ON a.id ="
        " s.batch_container_assignment_id WHERE"
        f" {ids_of('health_healthlabsample', evidence.days.first, evidence.days.end - 1, 's')}"
    )
    answered = results[results["quantitative_results"].notna()]
    found.looked("laboratory results", len(answered))
    found.leave_out(len(results) - len(answered), "laboratory samples that are not answered yet")
    if not len(answered):
        found.nothing = evidence.none_written(["health_healthlabsample"])
    abnormal = answered[np.array([_is_abnormal(text) for text in answered["quantitative_results"]], dtype=bool)]
    found.looked("abnormal ones", len(abnormal))
    stay, batch, place = (integers(abnormal[name]) for name in ("stay", "batch_id", "container_id"))
    day = day_numbers(abnormal["sample_date"])
    explained = _in_outbreak(evidence, stay, day) | _beside_issue(evidence, batch, place, day)
    if evidence.ledger is None:
        found.leave_out(
            int((~explained).sum()),
            f"abnormal results without an issue in the journal: outbreaks are in the ledger of {evidence.year}, which"
            " is not stored",
        )
        return found.result()
    found.each(
        ~explained,
        lambda i: (
            f"laboratory result {abnormal['id'].iloc[i]} of {dated(day[i])} is abnormal; there was no outbreak, and no"
            " issue in the journal"
        ),
    )
    return found.result()


def _is_abnormal(results: object) -> bool:
    told = json.loads(results) if isinstance(results, str) else results
    return isinstance(told, dict) and bool(told.get("abnormal"))


def _in_outbreak(evidence: Evidence, stay: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether an infection ran in each stay on each day, says the ledger; bool."""
    if evidence.ledger is None:
        return np.zeros(stay.size, dtype=bool)
    outbreaks = evidence.ledger.outbreaks
    runs = (
        (outbreaks.assignment_id[None, :] == stay[:, None])
        & (outbreaks.start_day[None, :] <= day[:, None])
        & (day[:, None] <= outbreaks.end_day[None, :])
    )
    return runs.any(axis=1)


def _beside_issue(evidence: Evidence, batch: np.ndarray, place: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether the journal tells of an issue of the batch, in the container or in all, within :data:`ISSUE_DAYS`;
    bool."""
    entries = evidence.frame(
        "SELECT batch_id, container_id, entry_date FROM health_journalentry WHERE category IN ('issue', 'diagnosis')"
        f" AND {ids_of('health_journalentry', evidence.days.first - ISSUE_DAYS, evidence.days.end - 1 + ISSUE_DAYS)}"
    )
    of_batch, where, entered = (
        integers(entries["batch_id"]),
        integers(entries["container_id"]),
        day_numbers(entries["entry_date"]),
    )
    same = (of_batch[None, :] == batch[:, None]) & ((where[None, :] == place[:, None]) | (where[None, :] < 0))
    return (same & (np.abs(entered[None, :] - day[:, None]) <= ISSUE_DAYS)).any(axis=1)
