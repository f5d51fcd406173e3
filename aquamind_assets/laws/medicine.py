"""Law 6: treatment rules. Lice are treated above the threshold, a batch is vaccinated once, and nothing is harvested
inside a withholding period.

Belongs here: the rules, applied to simulated and to written treatments. Does not belong here: whether a treatment
works, abnormal laboratory results (``abnormal_results``).

A withholding period belongs to the fish. Fish that are moved inside one take it with them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from aquamind_assets.laws.evidence import Evidence, WrittenDays, day_numbers, format_day, id_condition, integers
from aquamind_assets.laws.moved_fish import female_lice_sql, moves_sql
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.ledger.codes import Movement, TreatmentReason
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.records.health.treatments import AGAINST_LICE
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import DayRange, year_days

LONGEST_WITHHOLDING = 460
"""Days after which a treatment no longer matters to a harvest: the longest withholding period and duration that a
scenario allows."""

COUNT_DAYS = 45
"""A treatment follows the count that triggered it within this number of days."""


@dataclass(frozen=True)
class _Medicine:
    """Treatments, lice counts and moves. Places are containers, by id or by row; days are numbers.

    ``treatments``: id, batch, place, stay (-1 for a whole batch), day, until (last day of withholding, -1 if there is
    none), lice, vaccination (bool). ``counts``: batch, place, day, females, sampled. ``moves``: id, day, source, target
    (stays; -1 for a harvest).
    """

    treatments: pd.DataFrame
    counts: pd.DataFrame
    moves: pd.DataFrame

    @classmethod
    def simulated(cls, ledgers: list[Ledger]) -> Self:
        """Read them from ledgers."""
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
        """Read them from the tables, as far back as they matter to the year."""
        first, last = evidence.days.first - LONGEST_WITHHOLDING, evidence.days.end - 1
        given = evidence.frame(
            "SELECT id, batch_id, container_id, batch_assignment_id, treatment_date, duration_days,"
            " withholding_period_days, treatment_type, description FROM health_treatment WHERE"
            f" {id_condition(evidence.tables['health_treatment'], first, last)}"
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
        seen = evidence.frame(female_lice_sql(evidence.tables, first, last)).rename(columns={"fish": "sampled"})
        counts = pd.DataFrame(
            {name: integers(seen[name]) for name in ("batch", "place", "females", "sampled")}
            | {"day": day_numbers(seen["day"])}
        )
        moved = evidence.frame(moves_sql(evidence.tables, first, last))
        moves = pd.DataFrame(
            {name: integers(moved[name]) for name in ("id", "source", "target")} | {"day": day_numbers(moved["day"])}
        )
        return cls(pd.DataFrame(treatments), counts, moves)


def judge_treatment_rules_in_ledger(ledger: Ledger, scenario: Scenario, before: Ledger | None = None) -> LawResult:
    """Check the treatment rules on the ledger. Without ``before``, the ledger of the previous year, lice treatments of
    the first month are skipped."""
    known = [ledger] if before is None else [before, ledger]
    counted = WrittenDays.of([DayRange(year_days(one.year).first, one.through + 1) for one in known])
    found = _judge(_Medicine.simulated(known), scenario, year_days(ledger.year).first, counted)
    found.empty_reason = _no_treatments_reason(ledger)
    return found.result()


def judge_treatment_rules(evidence: Evidence) -> LawResult:
    """Check the treatment rules on the written treatments, lice counts and transfers."""
    found = _judge(
        _Medicine.written(evidence), evidence.scenario, evidence.days.first, evidence.written_days("lice_counts")
    )
    if evidence.ledger is not None:
        found.empty_reason = _no_treatments_reason(evidence.ledger)
    return found.result()


def _no_treatments_reason(ledger: Ledger) -> str:
    done = (ledger.treatments.day >= year_days(ledger.year).first).any() or (
        ledger.movements.kind == Movement.HARVEST
    ).any()
    return "" if done else f"the ledger of {ledger.year} has no treatments and no harvests"


def _judge(done: _Medicine, scenario: Scenario, first: int, counted: WrittenDays) -> ResultBuilder:
    """Judge the year that begins with day ``first``; ``counted`` are the days whose lice counts are known."""
    found = ResultBuilder()
    _check_lice(found, done, scenario, first, counted)
    _check_vaccinations(found, done, first)
    _check_withholding(found, done, first)
    return found


def _check_lice(found: ResultBuilder, done: _Medicine, scenario: Scenario, first: int, counted: WrittenDays) -> None:
    """Check that a lice treatment follows a count above the threshold, and comes no sooner than the allowed number of
    days after the previous treatment of the container."""
    rules = scenario.health.lice
    given = done.treatments[done.treatments["lice"]].sort_values("day")
    last = pd.merge_asof(
        given, done.counts.sort_values("day"), on="day", by=["batch", "place"], allow_exact_matches=False
    )
    last = last[last["day"] >= first]
    found.count_checked("lice treatments", len(last))
    found.count_checked(
        "other treatments",
        int((~done.treatments["lice"] & ~done.treatments["vaccination"] & (done.treatments["day"] >= first)).sum()),
    )
    females, day = (last["females"] / last["sampled"]).to_numpy(), last["day"].to_numpy()
    known = counted.holds(np.maximum(day - COUNT_DAYS, year_days(scenario.first_year).first), day - 1)
    found.skip(
        int((~known).sum()), "lice treatments whose preceding lice counts may be on days that are not in the database"
    )

    def describe(i: int) -> str:
        count = (
            "no count before it"
            if np.isnan(females[i])
            else f"{females[i]:.2f} adult female lice per fish at the last count"
        )
        return (
            f"lice treatment {last['id'].iloc[i]} on {format_day(day[i])}: {count}; the threshold is"
            f" {rules.threshold:g}"
        )

    found.add_violations_where(known & ~(females > rules.threshold), describe)
    since = given.groupby("place")["day"].diff()
    soon = given[(since < rules.min_days_between_treatments) & (given["day"] >= first)]
    for row in soon.itertuples():
        days = int(since[row.Index])
        found.add_violations(
            1,
            f"lice treatment {row.id} on {format_day(row.day)}: {days} days after the last one, required:"
            f" {rules.min_days_between_treatments}",
        )


def _check_vaccinations(found: ResultBuilder, done: _Medicine, first: int) -> None:
    given = done.treatments[done.treatments["vaccination"]]
    found.count_checked("vaccinations", int((given["day"] >= first).sum()))
    again = given[given.sort_values("day").duplicated("batch").reindex(given.index) & (given["day"] >= first)]
    for row in again.itertuples():
        found.add_violations(1, f"batch {row.batch} is vaccinated a second time on {format_day(row.day)}")


def _check_withholding(found: ResultBuilder, done: _Medicine, first: int) -> None:
    """Check that no fish are harvested up to the last day of a withholding period, in whichever container they are
    then."""
    given = done.treatments[done.treatments["until"] >= 0]
    found.count_checked("harvests", int(((done.moves["target"] < 0) & (done.moves["day"] >= first)).sum()))
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
                found.add_violations(
                    1,
                    f"harvest {number} on {format_day(day)}: the withholding period of its fish lasts to"
                    f" {format_day(until[stay])}",
                )
