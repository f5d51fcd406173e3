"""Ids and values on their way into the database and back.

Recorders know nothing of the rows that a database already has. Their ids and values are the canonical ones: digests are
made of them, so that the same scenario has the same digests in every database. On the way in, every column that refers
to an adopted row gets that row's id, and a changed key its changed value; on the way back, when rows are digested
again, the canonical ones are put back. Both ways are the same table read from either side, for no two canonical ids
share a row.

Belongs here: applying the two mappings. Does not belong here: how they come about (``decisions``), where they are kept
(``adopted_rows``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from aquamind_assets.tables.digest import text_value
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.values import Stored
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA

Value = str | int


@dataclass(frozen=True)
class Change:
    """A value of the platform's that differs in the database: as it is recorded, and as it is written."""

    recorded: Value
    written: Value


@dataclass(frozen=True)
class Translation:
    """What differs between recorded rows and rows in one database.

    Attributes:
        adopted: by table, the id of the existing row that stands for each of the platform's ids.
        changed: by table and column, the changed value of each of the platform's ids.
    """

    adopted: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    changed: Mapping[tuple[str, str], Mapping[int, Change]] = field(default_factory=dict)

    def without_adopted(self, rows: Rows) -> Rows:
        """The rows that are the platform's own in the database; the history of an adopted row is not."""
        adopted = self.adopted.get(rows.spec.versions_of or rows.table)
        if not adopted:
            return rows
        ids = np.broadcast_to(rows.columns[rows.spec.version_of_id or rows.spec.id_column].values, (rows.size,))
        return rows.take(~np.isin(ids, list(adopted)))

    def to_database(self, rows: Rows) -> Rows:
        """Recorded rows as the database holds them; adopted ones must have been left out."""
        columns = dict(rows.columns)
        for name, target in self._references(rows.spec):
            column = columns[name]
            columns[name] = replace(column, values=_mapped(column.values, self.adopted[target]))
        for key, name, changes in self._changes(rows.spec):
            ids = np.broadcast_to(columns[key].values, (rows.size,))
            columns[name] = _changed(columns[name], ids, changes)
        return replace(rows, columns=columns)

    def ids_to_database(self, table: str, ids: np.ndarray) -> np.ndarray:
        """Recorded ids of a table's rows as the ids that stand for them in the database, ascending."""
        adopted = self.adopted.get(table)
        return np.sort(_mapped(ids, adopted)) if adopted else ids

    def to_recorded(self, table: TableSpec, values: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
        """Digest values (see ``tables.digest``) of rows in the database as those of the recorded rows."""
        restored = dict(values)
        for key, name, changes in self._changes(table):
            column = np.array(restored[name])
            for number, change in changes.items():
                # Only the value that was written is put back: any other shows as a difference.
                written = (restored[key] == number) & (column == _digest_value(change.written))
                column[written] = _digest_value(change.recorded)
            restored[name] = column
        for name, target in self._references(table):
            back = {theirs: ours for ours, theirs in self.adopted[target].items()}
            restored[name] = _mapped(restored[name], back)
        return restored

    def _references(self, table: TableSpec) -> list[tuple[str, str]]:
        """Columns of a table that refer to adopted rows, enforced or not, and the table they refer to."""
        return [
            (column.name, column.references)
            for column in table.columns
            if column.references is not None and self.adopted.get(column.references)
        ]

    def _changes(self, table: TableSpec) -> list[tuple[str, str, Mapping[int, Change]]]:
        """Key column, column and changes of a table: its own, and those of the values that it repeats."""
        found = []
        for (source, column), changes in self.changed.items():
            if source == table.name:
                found.append((table.id_column, column, changes))
            elif table.versions_of == source:
                found.append((str(table.version_of_id), column, changes))
            copies = (MASTER_DATA[source].copies or {}).get(column, ())
            found += [(copy.key, copy.column, changes) for copy in copies if copy.table == table.name]
        return found


def _mapped(values: np.ndarray, mapping: Mapping[int, int]) -> np.ndarray:
    """The values, those that the mapping knows replaced; any shape, int64."""
    known = np.array(sorted(mapping), dtype=np.int64)
    targets = np.array([mapping[number] for number in known.tolist()], dtype=np.int64)
    place = np.minimum(np.searchsorted(known, values), known.size - 1)
    return np.where(known[place] == values, targets[place], values)


def _changed(column: Stored, ids: np.ndarray, changes: Mapping[int, Change]) -> Stored:
    """The column with the changed values of some ids."""
    values, labels = np.array(np.broadcast_to(column.values, ids.shape)), column.labels
    for number, change in changes.items():
        rows = ids == number
        if not rows.any():
            continue
        if labels is None:
            values[rows] = change.written
        else:
            labels = (*labels, str(change.written))
            values[rows] = len(labels) - 1
    return replace(column, values=values, labels=labels)


def _digest_value(value: Value) -> int:
    return text_value(value) if isinstance(value, str) else value
