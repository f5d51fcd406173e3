"""Rules derived from the description of the tables: NULLs, choices, ranges, lengths, references, uniqueness.

A database enforces some of them itself. They are checked anyway: SQLite enforces neither lengths nor digits, foreign
keys may have been off during loading, and no database has the application's choices and ranges.
"""

import re
from collections.abc import Iterable, Iterator

from aquamind_assets.laws.rules.model import SUMMARISED, Rule, missing, rule
from aquamind_assets.tables.schema import INTEGER_LIMITS, ColumnSpec, TableSpec
from aquamind_assets.tables.values import DECIMAL_KINDS
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import id_sql


def generic_rules(tables: Iterable[TableSpec]) -> list[Rule]:
    """Return the rules of these tables, except tables in ``SUMMARISED``, whose rules are written out in their
    own module."""
    return [found for table in tables if table.name not in SUMMARISED for found in table_rules(table)]


def table_rules(table: TableSpec) -> Iterator[Rule]:
    """Yield the rules of one table."""
    for column in table.columns:
        yield from _column_rules(table.name, column)
    for unique in table.unique:
        where = f" AND ({unique.where})" if unique.where else ""
        yield _unique_rule(table, unique.columns, where)
    for check in table.checks:
        yield rule(
            table.name, check.name, f"The CHECK constraint holds: {check.sql}.", f"NOT ({_of_row(table, check.sql)})"
        )


def _of_row(table: TableSpec, sql: str) -> str:
    """Return the condition with its columns qualified by ``t``."""
    return re.sub(r'"?\b(' + "|".join(table.column_names) + r')\b"?', r't."\1"', sql)


def _unique_rule(table: TableSpec, columns: tuple[str, ...], where: str) -> Rule:
    """No two rows share these columns (NULLs never do). ``where`` restricts the rule further and begins with AND.

    Rows of one year are compared with each other.
    """
    listed = ", ".join(f"t.{quoted(name)}" for name in columns)
    given = "".join(f" AND t.{quoted(name)} IS NOT NULL" for name in columns if table.by_name[name].nullable)
    return Rule(
        f"{table.name}.unique({', '.join(columns)})",
        table.name,
        f"No two rows share {' and '.join(columns)}{where.replace(' AND', ' where', 1)}.",
        query=(
            f"SELECT min({id_sql(table, 't')}) AS id FROM {table.name} t WHERE {{rows}}{given}{where} GROUP BY {listed}"
            " HAVING count(*) > 1"
        ),
    )


def _column_rules(table: str, column: ColumnSpec) -> Iterator[Rule]:
    name = f"t.{quoted(column.name)}"
    if not column.nullable:
        yield rule(table, f"{column.name}.given", f"{column.name} is given.", f"{name} IS NULL")
    if column.non_empty and not column.choices:
        yield rule(
            table,
            f"{column.name}.non_empty",
            f"{column.name} is not empty: the application requires it.",
            f"{name} = ''",
        )
    if column.choices:
        listed = ", ".join(f"'{choice}'" for choice in column.choices)
        yield rule(
            table,
            f"{column.name}.choices",
            f"{column.name} is one of {', '.join(column.choices)}.",
            f"{name} NOT IN ({listed})",
        )
    elif column.max_length is not None:
        yield rule(
            table,
            f"{column.name}.length",
            f"{column.name} has at most {column.max_length} characters.",
            f"length({name}) > {column.max_length}",
        )
    bounds = _bounds(column)
    if bounds is not None:
        low, high, text = bounds
        yield rule(table, f"{column.name}.range", f"{column.name} {text}.", f"{name} < {low} OR {name} > {high}")
    if column.references is not None:
        yield rule(
            table,
            f"{column.name}.reference",
            f"{column.name} refers to a row of {column.references}.",
            missing(column),
        )


def _bounds(column: ColumnSpec) -> tuple[str, str, str] | None:
    """Return the smallest and largest value and a description of them; None for kinds of columns without bounds."""
    if column.kind in DECIMAL_KINDS:
        assert column.precision is not None
        assert column.scale is not None
        widest = "9" * (column.precision - column.scale) + "." + "9" * column.scale
        low, high = f"-{widest}", widest
        text = f"has at most {column.precision - column.scale} digits before the decimal point"
    elif column.kind in ("smallint", "integer") and not column.identity and column.references is None:
        high = str(INTEGER_LIMITS[column.kind])
        low, text = f"-{high}", f"fits {column.kind}"
    else:
        return None
    limits = []
    if column.minimum is not None:
        low = f"{column.minimum:g}"
        limits.append(f">= {column.minimum:g}")
    if column.maximum is not None:
        high = f"{column.maximum:g}"
        limits.append(f"<= {column.maximum:g}")
    return low, high, f"is {' and '.join(limits)}" if limits else text
