"""Counting violations of rules in a database.

All rules on single rows of a table are evaluated in one pass over it; each of the others has a query, which is asked
once for all rules that have the same. The ids of rows hold their day, so a check of a year reads only the rows of that
year.

Belongs here: building and running the queries. Does not belong here: the rules (the other modules of this package).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from aquamind_assets.laws.rules.model import SUMMARISED, TIME_COLUMNS, Rule
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import CHUNK_DAYS, DayRange, id_range, to_date, year_days, year_of_ids
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import any_of, id_sql

Days = Sequence[DayRange]
"""Stretches of days."""


class Queryable(Protocol):
    """Anything that answers a query. Every warehouse does."""

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return the rows of a query."""


@dataclass(frozen=True)
class RuleResult:
    """The violations of one rule.

    Attributes:
        rule: the rule.
        table: its table.
        count: number of violations; 0 if the rule holds.
        example_id: id of the first row that violates the rule, None if it holds.
    """

    rule: Rule
    table: str
    count: int
    example_id: int | None


def evaluate(
    warehouse: Queryable, tables: Mapping[str, TableSpec], rules: Iterable[Rule], days: Days | None = None
) -> list[RuleResult]:
    """Return one result for each rule on rows of these ``tables``, table by table. ``days``, each stretch of one
    calendar year, restricts the check to rows of those days."""
    by_table: dict[str, list[Rule]] = {}
    for rule in rules:
        by_table.setdefault(rule.table, []).append(rule)
    results: list[RuleResult] = []
    for table, found in by_table.items():
        results += _on_rows(warehouse, tables[table], [rule for rule in found if not rule.query], days)
        by_query = [rule for rule in found if rule.query]
        of_rule: dict[str, RuleResult] = {}
        for query in dict.fromkeys(rule.query for rule in by_query):
            together = [rule for rule in by_query if rule.query == query]
            of_rule |= {one.rule.name: one for one in _by_query(warehouse, tables[table], together, days)}
        results += [of_rule[rule.name] for rule in by_query]
    return results


def _on_rows(warehouse: Queryable, spec: TableSpec, rules: Collection[Rule], days: Days | None) -> list[RuleResult]:
    if not rules:
        return []
    joins = _Joins(spec)
    conditions = [joins.resolved(rule.violation) for rule in rules]
    source = _source(spec, joins, days)
    counts = _asked(
        warehouse,
        [f"SUM(CASE WHEN {one} THEN {rule.weight} ELSE 0 END)" for rule, one in zip(rules, conditions, strict=True)],
        source,
    )
    # Nearly every rule holds, and a statement twice as long takes twice as long to plan.
    broken = [one for one, count in zip(conditions, counts, strict=True) if count]
    examples = iter(_asked(warehouse, [f"MIN(CASE WHEN {one} THEN {_id_of(spec)} END)" for one in broken], source))
    return [_result(rule, count, next(examples) if count else None) for rule, count in zip(rules, counts, strict=True)]


def _asked(warehouse: Queryable, columns: Sequence[str], source: str) -> Sequence[Any]:
    """Return the one row of these aggregates."""
    if not columns:
        return ()
    return warehouse.query(f"SELECT {', '.join(f'{sql} AS n{i}' for i, sql in enumerate(columns))} FROM {source}")[0]


class _Joins:
    """Joins to the rows that a table's rows refer to, each joined once for all rules. A database hashes a join, but
    runs a subquery row by row."""

    def __init__(self, table: TableSpec) -> None:
        self._table = table
        self._aliases: dict[str, str] = {}

    def resolved(self, condition: str) -> str:
        """Return the condition with each ``[column.value]`` replaced by a column of a joined table."""
        return re.sub(r"\[(\w+)\.(\w+)\]", self._column, condition)

    def _column(self, match: re.Match[str]) -> str:
        column, value = match.groups()
        alias = self._aliases.setdefault(column, f"j{len(self._aliases)}")
        return f"{alias}.{quoted(value)}"

    @property
    def sql(self) -> str:
        """The joins, to follow ``t``."""
        return "".join(
            f" LEFT JOIN {self._table.by_name[column].references} {alias} ON"
            f" {alias}.{self._table.by_name[column].referenced_key} = t.{column}"
            for column, alias in self._aliases.items()
        )


def _source(spec: TableSpec, joins: _Joins, days: Days | None) -> str:
    """Return the FROM clause for conditions on ``t``."""
    if spec.name in SUMMARISED:
        return f"({SUMMARISED[spec.name].format(rows=_rows_of(spec, 'r', days))}) t{joins.sql}"
    return f"{spec.name} t{joins.sql} WHERE {_rows_of(spec, 't', days)}"


def _by_query(warehouse: Queryable, spec: TableSpec, rules: Sequence[Rule], days: Days | None) -> Iterator[RuleResult]:
    """Yield the results of rules with the same query."""
    conditions = [rule.violation or "1 = 1" for rule in rules]
    columns = [
        sql
        for rule, one in zip(rules, conditions, strict=True)
        for sql in (f"SUM(CASE WHEN {one} THEN {rule.weight} ELSE 0 END)", f"MIN(CASE WHEN {one} THEN t.id END)")
    ]
    parts = [
        _asked(warehouse, columns, f"({rules[0].query.format(rows=rows)}) t")
        for rows in _portions(warehouse, spec, rules[0], days)
    ]
    for place, rule in enumerate(rules):
        found = [_result(rule, part[2 * place], part[2 * place + 1]) for part in parts]
        example = next((one.example_id for one in found if one.example_id is not None), None)
        yield RuleResult(rule, rule.table, sum(one.count for one in found), example)


def _result(rule: Rule, count: Any, example: Any) -> RuleResult:
    # SUM over no rows is NULL.
    return RuleResult(rule, rule.table, int(count or 0), None if example is None else int(example))


def _id_of(spec: TableSpec) -> str:
    return "t.id" if spec.name in SUMMARISED else id_sql(spec, "t")


def _portions(warehouse: Queryable, spec: TableSpec, rule: Rule, days: Days | None) -> Iterator[str]:
    """Yield the conditions on the rows of ``t`` for which to run a query, one after the other."""
    if not rule.by_chunk:
        yield _rows_of(spec, "t", days)
        return
    for whole in days if days is not None else map(year_days, _years(warehouse, rule.table)):
        for first in range(whole.first, whole.end, CHUNK_DAYS):
            yield rows_of_days(spec, "t", [DayRange(first, min(first + CHUNK_DAYS, whole.end))])


def _years(warehouse: Queryable, table: str) -> list[int]:
    """Return the years between the first and the last row of a table with wide ids."""
    low, high = warehouse.query(f"SELECT min(id), max(id) FROM {table}")[0]
    if low is None:
        return []
    first, last = year_of_ids(np.array([low, high], dtype=np.int64)).tolist()
    return list(range(first, last + 1))


def _rows_of(spec: TableSpec, alias: str, days: Days | None) -> str:
    return "1 = 1" if days is None else rows_of_days(spec, alias, days)


def rows_of_days(spec: TableSpec, alias: str, days: Days) -> str:
    """Return the SQL condition on the rows ``alias`` of a table whose ids are of these days, each stretch of which lies
    in one calendar year."""
    return any_of(_rows_of_stretch(spec, alias, stretch) for stretch in days)


def _rows_of_stretch(spec: TableSpec, alias: str, days: DayRange) -> str:
    low, high = id_range(days, narrow=spec.narrow_id)
    key = id_sql(spec, alias)
    condition = f"{key} >= {low} AND {key} < {high}"
    if spec.name in TIME_COLUMNS:
        # One more day on both sides: the ids are exact, and a session outside UTC must not lose rows.
        time = f"{alias}.{quoted(TIME_COLUMNS[spec.name])}"
        condition += f" AND {time} >= '{_midnight(days.first - 1)}' AND {time} < '{_midnight(days.end + 1)}'"
    return condition


def _midnight(day: int) -> str:
    return f"{to_date(day)} 00:00:00"
