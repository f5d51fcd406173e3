"""What is known of a table and its columns.

This one description is the source for creating tables, encoding rows, the column schemas in Dagster, the checks, and
the data dictionary. It was taken from databases created by AquaMind's own migrations, with the additional requirements
of the application's models (choices, limits, defaults), so names of constraints and indexes are AquaMind's.

Belongs here: a table's description and querying it. Does not belong here: reading it from files (``description``), the
tables of a release (``releases``), SQL (``warehouse.ddl``), values of rows (``rows``).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

Kind = Literal[
    "bigint",
    "integer",
    "smallint",
    "numeric",
    "double",
    "varchar",
    "text",
    "boolean",
    "date",
    "time",
    "timestamptz",
    "jsonb",
    "uuid",
]

KINDS: tuple[Kind, ...] = get_args(Kind)

INTEGER_LIMITS: dict[str, int] = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
"""Largest value of each integer kind; the smallest is its negative minus one."""

Default = str | int | float | bool | None

DOUBLE_DIGITS, DOUBLE_DECIMALS = 15, 6
"""Digits that a floating point number keeps exactly, and decimals that the platform stores of it."""


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a table.

    Attributes:
        name: its name in the database.
        kind: its kind, see :data:`Kind`.
        precision: total digits of a numeric or double, else None.
        scale: decimals of a numeric or double, else None.
        max_length: characters of a varchar, else None.
        nullable: whether NULL is allowed.
        default: the application's default, which is not in the database; None if there is none (a nullable column is
            then NULL).
        choices: the values the application allows, or empty if any.
        minimum: smallest value the application allows, or None.
        maximum: largest value the application allows, or None.
        references: table whose row ids it holds, or None.
        referenced_key: the column of that table that holds the ids, or None.
        foreign_key: name of the constraint that enforces the reference; None if it is not enforced (history tables keep
            ids of deleted rows).
        holds_narrow_ids: whether it holds row ids of four bytes, whatever its kind: see :attr:`TableSpec.narrow_id`.
        identity: whether the database generates it if no value is given.
        unit: unit of measurement, or ``""``.
        description: its meaning, one sentence.
        how: how the platform makes it, or ``""``.
    """

    name: str
    kind: Kind
    precision: int | None
    scale: int | None
    max_length: int | None
    nullable: bool
    default: Default
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    references: str | None
    referenced_key: str | None
    foreign_key: str | None
    holds_narrow_ids: bool
    identity: bool
    unit: str
    description: str
    how: str

    @property
    def required(self) -> bool:
        """Whether every row needs an explicit value for it."""
        return not self.nullable and self.default is None

    @property
    def non_empty(self) -> bool:
        """Whether it is text and the application does not accept ``''``."""
        return self.kind in ("text", "varchar") and self.required

    @property
    def type(self) -> str:
        """The type as in a PostgreSQL definition, such as ``numeric(10,2)``; ``timestamptz`` for timestamp with time
        zone."""
        if self.kind == "numeric":
            return f"numeric({self.precision},{self.scale})"
        if self.kind == "double":
            return "double precision"
        return f"varchar({self.max_length})" if self.kind == "varchar" else self.kind


@dataclass(frozen=True)
class UniqueSpec:
    """Columns that no two rows may share; ``where`` restricts it to rows that meet an SQL condition (a partial unique
    index)."""

    name: str
    columns: tuple[str, ...]
    where: str | None = None


@dataclass(frozen=True)
class CheckSpec:
    """A CHECK constraint; ``sql`` is portable."""

    name: str
    sql: str


@dataclass(frozen=True)
class IndexSpec:
    """A B-tree index that is not unique; ``opclass`` is PostgreSQL's operator class for prefix searches in text, or
    None."""

    name: str
    columns: tuple[str, ...]
    opclass: str | None = None


@dataclass(frozen=True)
class TableSpec:
    """One table.

    Attributes:
        name: its name in the database.
        app: its AquaMind application.
        description: the meaning of a row.
        made_by: the asset that writes it; None for a table that the platform leaves empty.
        columns: in AquaMind's order.
        primary_key: column names, on PostgreSQL without TimescaleDB; on SQLite the id alone is the key.
        timescaledb_primary_key: column names with TimescaleDB; differs only for the two time series.
        time_column: the column by which TimescaleDB splits the table into chunks, or None for an ordinary table.
        unique: unique constraints and partial unique indexes.
        checks: CHECK constraints.
        indexes: indexes that are not unique.
        versions_of: the table whose versions it holds, where the description says so; else None.
        version_of_id: of such a table, the column with the id of the row that a row is a version of; else None.
    """

    name: str
    app: str
    description: str
    made_by: str | None
    columns: tuple[ColumnSpec, ...]
    primary_key: tuple[str, ...]
    timescaledb_primary_key: tuple[str, ...]
    time_column: str | None
    unique: tuple[UniqueSpec, ...]
    checks: tuple[CheckSpec, ...]
    indexes: tuple[IndexSpec, ...]
    versions_of: str | None = None
    version_of_id: str | None = None

    @cached_property
    def by_name(self) -> dict[str, ColumnSpec]:
        """Columns by name, in order."""
        return {column.name: column for column in self.columns}

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.by_name)

    @cached_property
    def id_column(self) -> str:
        """The column with the row ids: ``id``, ``history_id`` of a history table, or a name of its own. UUIDs alone are
        not generated by the database."""
        return next((column.name for column in self.columns if column.identity), self.primary_key[0])

    @property
    def has_uuids(self) -> bool:
        """Whether row ids are UUIDs, see ``uuids``."""
        return self.by_name[self.id_column].kind == "uuid"

    @property
    def narrow_id(self) -> bool:
        """Whether row ids have only four bytes: users, history tables, and tables to which other tables of AquaMind
        refer by four bytes."""
        return self.by_name[self.id_column].holds_narrow_ids

    @property
    def foreign_keys(self) -> tuple[ColumnSpec, ...]:
        """The columns with an enforced reference to another table."""
        return tuple(column for column in self.columns if column.foreign_key)
