"""Law 7: the rules of the database and of the application. The rules are in ``rules``; this module judges a year by
them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

from aquamind_assets.laws.evidence import Evidence, days_condition, format_day
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.laws.rules import Rule, RuleResult, violations
from aquamind_assets.laws.rules_across import rules_across, rules_judged_with
from aquamind_assets.timeline import DayRange

AS_OF_THE_LATEST_DAY = frozenset({"batch_batch.status.assignments", "inventory_feedstock.current_quantity_kg.lots"})
"""Rules that compare rows which change over their life with rows of all years up to the latest simulated year. They
hold once all these years are written."""


def judge_row_rules(evidence: Evidence, asset: str, tables: Collection[str]) -> LawResult:
    """Check every row of the year in an asset's tables against every rule of its table, but those across
    assets."""
    found, across = ResultBuilder(), rules_across(evidence.release)
    missing = evidence.later_years_missing(asset)
    unwritten = _days_missing(evidence, asset) or _days_missing(evidence, "feeding_events")
    lived_on = not evidence.warehouse.checkpoints(asset, evidence.year)
    for result in _results(evidence, tables, found, lambda rule: rule.name not in across):
        if missing and result.rule.name in AS_OF_THE_LATEST_DAY:
            found.note_not_checked(
                f"{result.rule.name}: {', '.join(map(str, missing))} of {asset} are simulated but not yet in the"
                " database"
            )
        elif unwritten and result.count and result.rule.over_days:
            found.note_not_checked(f"{result.rule.name}: {unwritten}")
        elif lived_on and result.count and result.rule.query:
            # A later year has those rows of this one that lived on, and not what they are compared with.
            found.note_not_checked(f"{result.rule.name}: {asset} of {evidence.year} are not in the database")
        else:
            found.add_violations(result.count, _describe(result))
    found.empty_reason = evidence.no_rows_reason(tables)
    return found.result()


def judge_rules_across(evidence: Evidence, asset: str) -> LawResult:
    """Check the rows of the year against the rules across assets that are judged with an asset."""
    found, rules = ResultBuilder(), rules_judged_with(asset, evidence.release)
    beside = {one for rule in rules for one in rules_across(evidence.release)[rule.name].beside}
    if missing := sorted(one for one in beside if not evidence.warehouse.checkpoints(one, evidence.year)):
        return LawResult({}, not_checked=(f"{', '.join(missing)} of {evidence.year}, which is not in the database",))
    tables = sorted({rule.table for rule in rules})
    for result in _results(evidence, tables, found, lambda rule: rule in rules):
        found.add_violations(result.count, _describe(result))
    found.empty_reason = evidence.no_rows_reason(tables)
    return found.result()


def _results(
    evidence: Evidence, tables: Collection[str], found: ResultBuilder, chosen: Callable[[Rule], bool]
) -> Iterator[RuleResult]:
    """Yield the results of the chosen rules of tables, and note in ``found`` which rows are checked."""
    for table in tables:
        sample = evidence.sample(table)
        found.note_not_checked(sample.note)
        for days in sample.questions:
            with _at_hand(evidence, table, days) if sample.note else nullcontext():
                found.count_checked(f"rows of {table}", _rows(evidence, table, days))
                yield from violations(evidence.warehouse, [table], days=days, release=evidence.release, chosen=chosen)


def _at_hand(evidence: Evidence, table: str, days: Sequence[DayRange]) -> AbstractContextManager[None]:
    """Have the rows of a sample at hand, if they are of a table by time: rules of such a table look at the rows of each
    day alone, and there are hundreds of thousands of them."""
    spec = evidence.tables[table]
    return evidence.warehouse.at_hand(table, days_condition(spec, days)) if spec.time_column else nullcontext()


def _days_missing(evidence: Evidence, asset: str) -> str:
    """Return a note if only some of the year's days of an asset were recorded; ``""`` if all days up to the last
    recorded one were."""
    checkpoints = [one.days for one in evidence.warehouse.checkpoints(asset, evidence.year)]
    last = max((days.end for days in checkpoints), default=evidence.days.first)
    recorded = sum(map(len, checkpoints))
    return (
        ""
        if recorded == last - evidence.days.first
        else f"{asset} are recorded for only {recorded} of the days up to {format_day(last - 1)}"
    )


def _rows(evidence: Evidence, table: str, days: Sequence[DayRange]) -> int:
    condition = days_condition(evidence.tables[table], days)
    return int(evidence.warehouse.query(f"SELECT COUNT(*) FROM {table} WHERE {condition}")[0][0])


def _describe(result: RuleResult) -> str:
    return (
        f"{result.rule.name}: {result.count:,} violations, first in row {result.example_id}. {result.rule.description}"
    )
