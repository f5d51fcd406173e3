"""Reading the description of AquaMind's tables from YAML documents.

The documents of the first release hold whole tables. Those of a later release hold its differences: tables that are
``gone``, tables that are ``changed`` (columns, constraints and indexes that are ``gone``, ``changed`` or ``added``),
and new tables. A history table is described by the table whose versions it holds.

Belongs here: reading and combining documents. Does not belong here: which documents make a release (``releases``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from aquamind_assets.tables.schema import (
    DOUBLE_DECIMALS,
    DOUBLE_DIGITS,
    KINDS,
    CheckSpec,
    ColumnSpec,
    IndexSpec,
    TableSpec,
    UniqueSpec,
)
from aquamind_assets.yaml_text import read_yaml

Entry = Mapping[str, Any]
"""A table, a column or a difference as a document has it."""

_TYPE = re.compile(r"(?P<kind>[a-z]+)(?:\((?P<first>\d+)(?:,(?P<second>\d+))?\))?")

_LISTS = ("columns", "unique", "checks", "indexes")
"""Parts of a table that are lists of named things."""


class SchemaError(ValueError):
    """The description itself is invalid; the message names document, table and column."""


def read_schema(*releases: Mapping[str, str]) -> dict[str, TableSpec]:
    """Return the tables by name from YAML documents (name of the document to its text), one for each AquaMind
    application; documents of a later release hold differences from the one before.

    Raises:
        SchemaError: a type, a key, a reference or a difference is invalid; the message names document, table and
            column.
    """
    entries: dict[str, Entry] = {}
    for documents in releases:
        for title, text in documents.items():
            entries = _with_document(entries, title, read_yaml(text))
    tables: dict[str, TableSpec] = {}
    for name, entry in entries.items():
        try:
            tables[name] = _table(name, _history(name, entry, entries) if "history_of" in entry else entry)
        except KeyError as missing:
            raise SchemaError(f"{entry['document']}: table {name} or one of its columns lacks {missing}") from missing
    return {name: replace(table, columns=tuple(_referring(table, tables))) for name, table in tables.items()}


def _with_document(entries: Mapping[str, Entry], title: str, document: Entry) -> dict[str, Entry]:
    """The tables of the documents before, with those of this one and the differences that it describes."""
    changed, gone = document.get("changed", {}), document.get("gone", ())
    if unknown := [name for name in [*gone, *changed] if name not in entries]:
        raise SchemaError(f"{title}: tables that the release before does not have: {', '.join(unknown)}")
    kept = {
        name: _changed(f"{title}: {name}", entry, changed[name]) if name in changed else entry
        for name, entry in entries.items()
        if name not in gone
    }
    about = {"app": document["app"], "document": title}
    return kept | {name: {**about, **entry} for name, entry in document.get("tables", {}).items()}


def _changed(where: str, entry: Entry, change: Entry) -> Entry:
    """A table with the differences of a later release."""
    lists = {part: _changed_list(f"{where}.{part}", entry.get(part, ()), change.get(part, {})) for part in _LISTS}
    return {**entry, **{key: value for key, value in change.items() if key not in _LISTS}, **lists}


def _changed_list(where: str, items: list[Entry], change: Entry) -> list[Entry]:
    names = {item["name"] for item in items}
    changed, gone = change.get("changed", {}), change.get("gone", ())
    if unknown := [name for name in [*changed, *gone] if name not in names]:
        raise SchemaError(f"{where}: the release before does not have {', '.join(unknown)}")
    kept = [{**item, **changed.get(item["name"], {})} for item in items if item["name"] not in gone]
    return [*kept, *change.get("added", ())]


def _history(name: str, entry: Entry, entries: Mapping[str, Entry]) -> Entry:
    """A history table as django-simple-history makes it: the columns of the table whose versions it holds, and five of
    its own. References are not enforced, so that versions outlive the rows that they refer to."""
    of = entries[entry["history_of"]]
    key = next(column["name"] for column in of["columns"] if column.get("identity"))
    columns = [_version_of(column, key, entry.get("changed", {})) for column in of["columns"]]
    return {
        **entry,
        "description": entry.get("description", f"A version of a row of {entry['history_of']}."),
        "primary_key": ["history_id"],
        "version_of_id": key,
        "columns": [*columns, *_history_columns(entry["foreign_key"])],
    }


def _version_of(column: Entry, key: str, changed: Mapping[str, Entry]) -> Entry:
    kept = {name: value for name, value in column.items() if name not in ("identity", "foreign_key")}
    if column["name"] == key:
        about = {"description": "Number of the row that this is a version of."}
        return {**{name: kept[name] for name in ("name", "type", "narrow_ids") if name in kept}, **about}
    return {**kept, **({"nullable": True} if "references" in kept else {}), **changed.get(column["name"], {})}


def _history_columns(foreign_key: str) -> list[Entry]:
    return [
        {
            "name": "history_id",
            "type": "integer",
            "identity": True,
            "description": "Number of the version.",
            "how": "From the simulated day of the change.",
        },
        {
            "name": "history_date",
            "type": "timestamptz",
            "description": "Moment of the change that made this version.",
        },
        {
            "name": "history_change_reason",
            "type": "varchar(100)",
            "nullable": True,
            "description": "Reason of the change: of a correction, what was wrong; else empty.",
        },
        {
            "name": "history_type",
            "type": "varchar(1)",
            "choices": ["+", "~", "-"],
            "description": "Kind of change: + created, ~ changed, - deleted.",
        },
        {
            "name": "history_user_id",
            "type": "integer",
            "nullable": True,
            "references": "auth_user",
            "foreign_key": foreign_key,
            "description": "User who made the change.",
        },
    ]


def _referring(table: TableSpec, tables: Mapping[str, TableSpec]) -> Iterator[ColumnSpec]:
    """The columns of a table, with the keys that they refer to."""
    for column in table.columns:
        if column.references is None:
            yield column
        elif column.references not in tables:
            raise SchemaError(f"{table.name}.{column.name} refers to {column.references}, which is not described")
        else:
            target = tables[column.references]
            yield replace(column, referenced_key=target.id_column, holds_narrow_ids=target.narrow_id)


def _column(where: str, entry: Entry) -> ColumnSpec:
    match = _TYPE.fullmatch(entry["type"])
    if match is None or match["kind"] not in KINDS:
        raise SchemaError(f"{where}.{entry['name']}: unknown type {entry['type']!r}; allowed: {', '.join(KINDS)}")
    kind = match["kind"]
    first, second = (int(number) if number else None for number in (match["first"], match["second"]))
    digits, decimals = (DOUBLE_DIGITS, DOUBLE_DECIMALS) if kind == "double" else (first, second)
    numeric = kind in ("numeric", "double")
    return ColumnSpec(
        name=entry["name"],
        kind=kind,
        precision=digits if numeric else None,
        scale=decimals if numeric else None,
        max_length=first if kind == "varchar" else None,
        nullable=entry.get("nullable", False),
        default=entry.get("default"),
        choices=tuple(entry.get("choices", ())),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        references=entry.get("references"),
        referenced_key=None,
        foreign_key=entry.get("foreign_key"),
        holds_narrow_ids=entry.get("narrow_ids", entry.get("identity", False) and kind == "integer"),
        identity=entry.get("identity", False),
        unit=entry.get("unit", ""),
        description=entry["description"],
        how=entry.get("how", ""),
    )


def _table(name: str, entry: Entry) -> TableSpec:
    primary_key = tuple(entry["primary_key"])
    table = TableSpec(
        name=name,
        app=entry["app"],
        description=entry["description"],
        made_by=entry.get("made_by"),
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
        versions_of=entry.get("history_of"),
        version_of_id=entry.get("version_of_id"),
    )
    keys: list[UniqueSpec | IndexSpec] = [*table.unique, *table.indexes]
    used = (
        {column for key in keys for column in key.columns} | set(table.primary_key) | set(table.timescaledb_primary_key)
    )
    if unknown := used - set(table.column_names):
        raise SchemaError(f"{name}: keys or indexes name unknown columns: {', '.join(sorted(unknown))}")
    return table
