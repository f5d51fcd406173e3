"""The description of AquaMind's tables, read from ``release_*/*.yaml``.

This one description is the source for creating tables, encoding rows, the column schemas in Dagster, the checks, and
the data dictionary. It was taken from a database created by AquaMind's own migrations, with the additional requirements
of the application's models (choices, limits, defaults), so names of constraints and indexes are AquaMind's.

Belongs here: reading the description and querying it. Does not belong here: SQL (``warehouse.ddl``), databases
(``warehouse``), values of rows (``rows``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any, Literal, get_args

from aquamind_assets.yaml_text import read_yaml

Kind = Literal[
    "bigint", "integer", "smallint", "numeric", "varchar", "text", "boolean", "date", "time", "timestamptz", "jsonb"
]

KINDS: tuple[Kind, ...] = get_args(Kind)

INTEGER_LIMITS: dict[str, int] = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
"""Largest value of each integer kind; the smallest is its negative minus one."""

Default = str | int | float | bool | None

_TYPE = re.compile(r"(?P<kind>[a-z]+)(?:\((?P<first>\d+)(?:,(?P<second>\d+))?\))?")


class SchemaError(ValueError):
    """The description itself is invalid; the message names document, table and column."""


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a table.

    Attributes:
        name: its name in the database.
        kind: its kind, see :data:`Kind`.
        precision: total digits of a numeric, else None.
        scale: decimals of a numeric, else None.
        max_length: characters of a varchar, else None.
        nullable: whether NULL is allowed.
        default: the application's default, which is not in the database; None if there is none (a nullable column is
            then NULL).
        choices: the values the application allows, or empty if any.
        minimum: smallest value the application allows, or None.
        maximum: largest value the application allows, or None.
        references: table whose ``id`` it holds, or None.
        foreign_key: name of the constraint that enforces the reference; None if it is not enforced (history tables keep
            ids of deleted rows).
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
    foreign_key: str | None
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
        made_by: the asset that writes it.
        columns: in AquaMind's order.
        primary_key: column names, on PostgreSQL without TimescaleDB; on SQLite the id alone is the key.
        timescaledb_primary_key: column names with TimescaleDB; differs only for the two time series.
        time_column: the column by which TimescaleDB splits the table into chunks, or None for an ordinary table.
        unique: unique constraints and partial unique indexes.
        checks: CHECK constraints.
        indexes: indexes that are not unique.
    """

    name: str
    app: str
    description: str
    made_by: str
    columns: tuple[ColumnSpec, ...]
    primary_key: tuple[str, ...]
    timescaledb_primary_key: tuple[str, ...]
    time_column: str | None
    unique: tuple[UniqueSpec, ...]
    checks: tuple[CheckSpec, ...]
    indexes: tuple[IndexSpec, ...]

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
        """The column with the row ids: ``id``, or ``history_id`` of a history table."""
        return next(column.name for column in self.columns if column.identity)

    @property
    def narrow_id(self) -> bool:
        """Whether row ids have only four bytes (users, history tables)."""
        return self.by_name[self.id_column].kind == "integer"

    @property
    def foreign_keys(self) -> tuple[ColumnSpec, ...]:
        """The columns with an enforced reference to another table."""
        return tuple(column for column in self.columns if column.foreign_key)


def _column(where: str, entry: Mapping[str, Any]) -> ColumnSpec:
    match = _TYPE.fullmatch(entry["type"])
    if match is None or match["kind"] not in KINDS:
        raise SchemaError(f"{where}.{entry['name']}: unknown type {entry['type']!r}; allowed: {', '.join(KINDS)}")
    kind = match["kind"]
    first, second = (int(number) if number else None for number in (match["first"], match["second"]))
    return ColumnSpec(
        name=entry["name"],
        kind=kind,
        precision=first if kind == "numeric" else None,
        scale=second if kind == "numeric" else None,
        max_length=first if kind == "varchar" else None,
        nullable=entry.get("nullable", False),
        default=entry.get("default"),
        choices=tuple(entry.get("choices", ())),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        references=entry.get("references"),
        foreign_key=entry.get("foreign_key"),
        identity=entry.get("identity", False),
        unit=entry.get("unit", ""),
        description=entry["description"],
        how=entry.get("how", ""),
    )


def _table(app: str, name: str, entry: Mapping[str, Any]) -> TableSpec:
    primary_key = tuple(entry["primary_key"])
    table = TableSpec(
        name=name,
        app=app,
        description=entry["description"],
        made_by=entry["made_by"],
        columns=tuple(_column(name, column) for column in entry["columns"]),
        primary_key=primary_key,
        timescaledb_primary_key=tuple(entry.get("timescaledb_primary_key", primary_key)),
        time_column=entry.get("time_column"),
        unique=tuple(
            UniqueSpec(item["name"], tuple(item["columns"]), item.get("where")) for item in entry.get("unique", ())
        ),
        checks=tuple(CheckSpec(item["name"], item["sql"]) for item in entry.get("checks", ())),
        indexes=tuple(
            IndexSpec(item["name"], tuple(item["columns"]), item.get("opclass")) for item in entry.get("indexes", ())
        ),
    )
    keys: list[UniqueSpec | IndexSpec] = [*table.unique, *table.indexes]
    used = (
        {column for key in keys for column in key.columns} | set(table.primary_key) | set(table.timescaledb_primary_key)
    )
    if unknown := used - set(table.column_names):
        raise SchemaError(f"{name}: keys or indexes name unknown columns: {', '.join(sorted(unknown))}")
    return table


def read_schema(documents: Mapping[str, str]) -> dict[str, TableSpec]:
    """Return the tables by name from YAML documents (name of the document to its text), one for each AquaMind
    application.

    Raises:
        SchemaError: a type, a key or a reference is invalid; the message names document, table and column.
    """
    tables: dict[str, TableSpec] = {}
    for title, text in documents.items():
        content = read_yaml(text)
        for name, entry in content["tables"].items():
            try:
                tables[name] = _table(content["app"], name, entry)
            except KeyError as missing:
                raise SchemaError(f"{title}: table {name} or one of its columns lacks {missing}") from missing
    for table in tables.values():
        for column in table.columns:
            if column.references is not None and column.references not in tables:
                raise SchemaError(f"{table.name}.{column.name} refers to {column.references}, which is not described")
    return tables


APPS = ("users", "infrastructure", "batch", "environmental", "inventory", "health")
"""AquaMind's applications, ordered so that most references point backwards."""


class _Tables(Mapping[str, TableSpec]):
    """All tables by name; the files are read on first access."""

    @cached_property
    def _read(self) -> dict[str, TableSpec]:
        folder = resources.files("aquamind_assets.tables") / "release_2025_08"
        return read_schema({f"{app}.yaml": (folder / f"{app}.yaml").read_text("utf-8") for app in APPS})

    def __getitem__(self, name: str) -> TableSpec:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


TABLES: Mapping[str, TableSpec] = _Tables()
"""Every table the platform writes, by name: users first, then one application after another."""
