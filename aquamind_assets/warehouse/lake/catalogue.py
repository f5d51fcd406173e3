"""``aquamind.duckdb``: a small DuckDB file in the lake whose views are the tables, with their meanings as comments.

The views name folders, not files, so days and years that are written later are seen too. A table without rows has
an empty view; `aquamind lake catalogue` writes the file again with all that have rows by then.

Belongs here: that file. Does not belong here: the platform's own questions (``asked``).
"""

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from uuid import uuid4

import duckdb

from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.warehouse.ddl import quoted, text_literal
from aquamind_assets.warehouse.lake.asked import pattern, select_of

NAME = "aquamind.duckdb"


def write_catalogue(folder: Path, tables: Iterable[TableSpec], filled: Collection[str]) -> Path:
    """Make the file anew in the lake's folder; ``filled`` are the tables with rows. It takes its name whole."""
    aside = folder / f".{NAME}.{uuid4().hex[:8]}"
    try:
        with duckdb.connect(str(aside)) as connection:
            for table in tables:
                files = str(Path(pattern(str(folder.absolute())), table.name, "year=*", "*.parquet"))
                rows = select_of(table, [files] if table.name in filled else [])
                connection.execute(f"CREATE VIEW {quoted(table.name)} AS {rows}")
                connection.execute(f"COMMENT ON VIEW {quoted(table.name)} IS {text_literal(table.description)}")
                for column in table.columns:
                    place = f"{quoted(table.name)}.{quoted(column.name)}"
                    connection.execute(f"COMMENT ON COLUMN {place} IS {text_literal(_meaning(column))}")
        os.replace(aside, folder / NAME)
    finally:
        for left in (aside, aside.with_name(aside.name + ".wal")):
            left.unlink(missing_ok=True)
    return folder / NAME


def _meaning(column: ColumnSpec) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    source = f" {column.how}" if column.how else ""
    return f"{column.description}{unit}{source}"
