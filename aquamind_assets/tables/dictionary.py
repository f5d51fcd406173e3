"""The data dictionary: every table and column in words, as Markdown.

Written from the one description of the tables by ``python -m aquamind_assets.tables.dictionary``, which prints it or
writes it to the file that is named.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from aquamind_assets.tables.schema import APPS, TABLES, ColumnSpec, TableSpec

_HEAD = """# Data dictionary

All {tables} tables and {columns} columns that the platform fills, written by
`python -m aquamind_assets.tables.dictionary docs/data-dictionary.md` from
`aquamind_assets/tables/release_2025_08/`. The Dagster UI shows the same texts with every asset.

- *type*: of PostgreSQL; **bold** columns make the primary key; *empty* means that the column may be NULL.
- *allowed* names the values or the range that AquaMind accepts, and for references the table.
- *how it is made* is left out where the meaning is enough; "a simulated moment" is never the clock of the machine.
- All instants are UTC. Row ids say year, day of the year and number within the day:
  `20152130000017` is row 17 of 2015-08-01.
"""


def dictionary() -> str:
    """The whole dictionary."""
    columns = sum(len(table.columns) for table in TABLES.values())
    parts = [_HEAD.format(tables=len(TABLES), columns=columns), *_contents()]
    for app in APPS:
        parts.append(f"## {app}\n")
        parts += [_table(table) for table in TABLES.values() if table.app == app]
    return "\n".join(parts)


def _contents() -> Iterator[str]:
    yield "| table | a row is | asset |\n|---|---|---|"
    for table in TABLES.values():
        yield f"| [{table.name}](#{table.name}) | {table.description} | `{table.made_by}` |"
    yield ""


def _table(table: TableSpec) -> str:
    lines = [f"### {table.name}", "", f"{table.description} Written by the asset `{table.made_by}`.", ""]
    lines += ["| column | type | unit | meaning | allowed | how it is made |", "|---|---|---|---|---|---|"]
    lines += [_column(table, column) for column in table.columns]
    notes = list(_notes(table))
    return "\n".join([*lines, "", *notes, *([""] if notes else [])])


def _column(table: TableSpec, column: ColumnSpec) -> str:
    name = f"**{column.name}**" if column.name in table.primary_key else column.name
    kind = f"{column.type}, empty" if column.nullable else column.type
    return f"| {name} | {kind} | {column.unit} | {column.description} | {_allowed(column)} | {column.how} |"


def _allowed(column: ColumnSpec) -> str:
    if column.references:
        return f"[{column.references}](#{column.references})"
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"from {low:g}" if low is not None else f"to {high:g}" if high is not None else ""


def _notes(table: TableSpec) -> Iterator[str]:
    """What holds for several columns together."""
    if table.timescaledb_primary_key != table.primary_key:
        yield f"- With TimescaleDB the primary key is ({', '.join(table.timescaledb_primary_key)})."
    for unique in table.unique:
        where = f" where {unique.where}" if unique.where else ""
        yield f"- Unique: ({', '.join(unique.columns)}){where}."
    for check in table.checks:
        if " OR " in check.sql:
            yield f"- Always: {check.sql}."


def main(arguments: list[str]) -> None:
    """Write the dictionary to the file that is named, or print it."""
    if arguments:
        Path(arguments[0]).write_text(dictionary(), "utf-8")
    else:
        print(dictionary())


if __name__ == "__main__":
    main(sys.argv[1:])
