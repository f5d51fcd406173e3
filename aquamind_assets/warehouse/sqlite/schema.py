"""What a SQLite file says of its own tables, read at once, because it is asked for every chunk.

Belongs here: names of tables and triggers, and foreign keys. Does not belong here: columns, and whether they are
AquaMind's (``warehouse.schema_check``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Schema:
    """The schema of a file at one version of it.

    Attributes:
        tables: names of all tables.
        triggers: name and table of each, by name.
        foreign_keys: child, column, parent and its column; None where that is not named.
    """

    tables: frozenset[str]
    triggers: list[tuple[str, str]]
    foreign_keys: list[tuple[str, str, str, str | None]]


def read_schema(query: Callable[[str], list[tuple[Any, ...]]]) -> Schema:
    """The schema of the file that ``query`` asks."""
    named = query("SELECT type, name, tbl_name FROM sqlite_master ORDER BY name")
    keys = query(
        'SELECT child.name, key."from", key."table", key."to" FROM sqlite_master AS child,'
        " pragma_foreign_key_list(child.name) AS key WHERE child.type = 'table'"
    )
    return Schema(
        frozenset(name for kind, name, _ in named if kind == "table"),
        [(name, table) for kind, name, table in named if kind == "trigger"],
        [(child, column, parent, to) for child, column, parent, to in keys],
    )
