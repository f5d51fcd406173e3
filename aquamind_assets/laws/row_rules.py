"""Law 7: the database's rules, and those that only the application knows. The rules themselves are in ``rules``; here
they become a verdict on a year."""

from collections.abc import Collection

from aquamind_assets.laws.evidence import Evidence, dated, ids_of
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.laws.rules import RuleResult, violations
from aquamind_assets.timeline import DayRange

AS_OF_THE_LATEST_DAY = frozenset({"batch_batch.status.assignments", "inventory_feedstock.current_quantity_kg.lots"})
"""Rules that compare rows which change over their life with rows of all years up to the latest simulated one: they hold
when these are written."""

OF_EVERY_FEEDING = frozenset(
    {"inventory_batchfeedingsummary.total_feed_kg.sum", "inventory_batchfeedingsummary.averages.mean"}
)
"""Rules that sum up the feedings of a period: they hold when those of all its days are written."""


def rows_keep_the_rules(evidence: Evidence, asset: str, tables: Collection[str]) -> LawResult:
    """Every row of the year in an asset's tables keeps every rule of its table."""
    found = ResultBuilder()
    missing, unfed = evidence.later_years_missing(asset), _days_without_feedings(evidence)
    for table in tables:
        look = evidence.look(table)
        found.note(look.note)
        for days in look.stretches:
            found.looked(f"rows of {table}", _rows(evidence, table, days))
            for result in violations(evidence.warehouse, [table], days=days):
                if missing and result.rule.name in AS_OF_THE_LATEST_DAY:
                    found.note(
                        f"{result.rule.name}: {', '.join(map(str, missing))} of {asset} are simulated, but not in the"
                        " database yet"
                    )
                elif unfed and result.count and result.rule.name in OF_EVERY_FEEDING:
                    found.note(f"{result.rule.name}: {unfed}")
                else:
                    found.broken(result.count, _said(result))
    found.nothing = evidence.none_written(tables)
    return found.result()


def _days_without_feedings(evidence: Evidence) -> str:
    """Says so if only some of the year's days were recorded; ``""`` if all are up to the last one that was."""
    checkpoints = [one.days for one in evidence.warehouse.checkpoints("feeding_events", evidence.year)]
    last = max((days.end for days in checkpoints), default=evidence.days.first)
    recorded = sum(map(len, checkpoints))
    return (
        ""
        if recorded == last - evidence.days.first
        else f"the feedings of only {recorded} of the days up to {dated(last - 1)} were recorded"
    )


def _rows(evidence: Evidence, table: str, days: DayRange) -> int:
    return int(
        evidence.warehouse.query(f"SELECT COUNT(*) FROM {table} WHERE {ids_of(table, days.first, days.end - 1)}")[0][0]
    )


def _said(result: RuleResult) -> str:
    return f"{result.rule.name}, {result.count:,} times, first in row {result.example_id}: {result.rule.description}"
