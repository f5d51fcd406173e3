"""Deciding what becomes of recorded rows that meet existing ones.

The decision is a function of the recorded rows, of the user-entered rows in the database and of what was decided
before, which stands as long as the adopted row exists and the platform's key is the same:

- A row that the platform has already written stays the platform's.
- Any other row with a natural key that a user-entered row has is not written: that row is adopted. Of several the one
  with the smallest id.
- Where the platform's row is written and a user-entered row has a key that may exist only once, the last column of the
  platform's key is changed: text gets a number at its end, a number becomes the next free one.

Belongs here: the decision, and nothing is written. Does not belong here: keeping it (``adopted_rows``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.timeline import LOWEST_PLATFORM_ID, platform_ids
from aquamind_assets.warehouse.adoption.adopted_rows import AdoptedRow, ChangedValue, Records
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA, MasterData, folded
from aquamind_assets.warehouse.adoption.translation import Change, Translation, Value
from aquamind_assets.warehouse.claims import fixed_ids
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets.warehouse.id_sql import id_sql

_Row = dict[str, Value | None]
"""Values of a row by column, the id among them."""


@dataclass(frozen=True)
class Meeting:
    """A row of the platform that meets a user-entered one, and what will be done.

    Attributes:
        table: the table of both.
        key: the platform's key, such as ``name = Atlantic Salmon``.
        their_id: id of the user-entered row; None where it is one of many.
        action: ``adopted``: the platform refers to the user-entered row and writes none; ``changed``: the platform's
            row gets another key; ``beside``: the platform writes a row of its own with the same key.
        written: the changed key; ``""`` where the row is adopted.
    """

    table: str
    key: str
    their_id: int | None
    action: Literal["adopted", "changed", "beside"]
    written: str = ""

    def __str__(self) -> str:
        if self.action == "adopted":
            return f"{self.table}: {self.key} exists (row {self.their_id}); the platform refers to that row"
        if self.action == "beside":
            return (
                f"{self.table}: {self.key} exists (row {self.their_id}); the platform writes a row of its own beside it"
            )
        return f"{self.table}: {self.key} exists; the platform's own row gets {self.written}"


def decide(database: Database, blocks: Iterable[Rows], before: Records) -> tuple[Records, list[Meeting]]:
    """What is to be kept for these recorded rows, and which of them meet user-entered rows.

    Raises:
        RowsRefused: ids that AquaMind fixes belong to user-entered rows of another meaning; the message lists all.
    """
    records = Records(dict(before.adopted), dict(before.changed))
    meetings: list[Meeting] = []
    refused: list[str] = []
    by_table: dict[str, list[Rows]] = {}
    for block in blocks:
        if block.table in MASTER_DATA:
            by_table.setdefault(block.table, []).append(block)
    for table in MASTER_DATA:
        if table in by_table:
            recorded = [row for block in by_table[table] for row in _recorded(block)]
            found = _Table(database, table, records)
            meetings += found.decide(recorded)
            refused += found.refused
    if refused:
        raise RowsRefused(f"{database.url}: " + "\n".join(refused))
    return records, meetings


def has_users_rows(database: Database, table: str) -> bool:
    """Whether a table has user-entered rows, or rows with ids that AquaMind fixes."""
    spec = database.tables[table]
    key, bounds = id_sql(spec), platform_ids(narrow=spec.narrow_id)
    return bool(database.query(f"SELECT 1 FROM {quoted(table)} WHERE {key} < ? OR {key} >= ? LIMIT 1", bounds))


class _Table:
    """The rows of one table, and the records that are being put together.

    Attributes:
        refused: why rows cannot be written beside the user-entered ones.
    """

    def __init__(self, database: Database, table: str, records: Records) -> None:
        self._database, self._table, self._records = database, table, records
        self._spec = database.tables[table]
        self._policy: MasterData = MASTER_DATA[table]
        self._theirs = self._read_theirs()
        self._translation = records.translation
        self._taken = {key: {_folded_of(row, key) for row in self._theirs.values()} for key in self._policy.distinct}
        self.refused: list[str] = []

    def decide(self, recorded: Sequence[_Row]) -> list[Meeting]:
        """Decide on each of the rows; what user-entered rows they meet."""
        self._forget_what_no_longer_holds(recorded)
        written = self._written()
        new = [row for row in recorded if self._id(row) not in written and not self._is_adopted(row)]
        self._adopt(new)
        for row in recorded:
            if not self._is_adopted(row):
                self._refuse_taken_id(row, written)
                self._make_distinct(row, recorded, is_new=self._id(row) not in written)
        return list(self._meetings(recorded))

    def _read_theirs(self) -> dict[int, _Row]:
        """The user-entered rows by id, smallest first."""
        spec = self._spec
        low, high = platform_ids(narrow=spec.narrow_id)
        ours = set(fixed_ids(self._database, self._table).tolist())
        names = (spec.id_column, *self._policy.columns)
        found = self._database.query(
            f"SELECT {', '.join(map(quoted, names))} FROM {quoted(self._table)} WHERE {spec.id_column} < ? OR"
            f" {spec.id_column} >= ? ORDER BY {spec.id_column}",
            (low, high),
        )
        rows = (dict(zip(names, row, strict=True)) for row in found)
        return {int(row[spec.id_column]): row for row in rows if row[spec.id_column] not in ours}

    def _written(self) -> set[int]:
        """Ids of the platform's rows in the database."""
        key = self._spec.id_column
        found = self._database.query(f"SELECT {key} FROM {quoted(self._table)}")
        return {number for (number,) in found} - self._theirs.keys()

    def _forget_what_no_longer_holds(self, recorded: Sequence[_Row]) -> None:
        for row in recorded:
            place = (self._table, self._id(row))
            adopted = self._records.adopted.get(place)
            if adopted and (adopted.their_id not in self._theirs or adopted.natural_key not in self._keys(row)):
                del self._records.adopted[place]
            for column in {key[-1] for key in self._policy.distinct}:
                changed = self._records.changed.get((*place, column))
                if changed and changed.change.recorded != row[column]:
                    del self._records.changed[*place, column]

    def _id(self, row: _Row) -> int:
        return int(row[self._spec.id_column])  # type: ignore[arg-type]

    def _is_adopted(self, row: _Row) -> bool:
        return (self._table, self._id(row)) in self._records.adopted

    def _adopt(self, new: Sequence[_Row]) -> None:
        """Adopt rows for those that have none: by the surest key first for all of them."""
        taken = {row.their_id for row in self._records.adopted.values() if row.table == self._table}
        for key in self._policy.adopted_by:
            for row in new:
                if self._is_adopted(row):
                    continue
                wanted, agreeing = self._folded(row, key.columns), self._folded(row, key.agreeing)
                for number, theirs in self._theirs.items():
                    same = _folded_of(theirs, key.columns) == wanted and _folded_of(theirs, key.agreeing) == agreeing
                    if same and number not in taken:
                        taken.add(number)
                        adopted = AdoptedRow(self._table, self._id(row), number, _shown(row, key.columns))
                        self._records.adopted[self._table, self._id(row)] = adopted
                        break

    def _refuse_taken_id(self, row: _Row, written: set[int]) -> None:
        number = self._id(row)
        if number < LOWEST_PLATFORM_ID and number in self._theirs and number not in written:
            shown = _shown(row, self._policy.adopted_by[0].columns)
            self.refused.append(
                f"row {number} of {self._table}, which AquaMind's migrations insert with {shown}, is"
                f" {_shown(self._theirs[number], self._policy.adopted_by[0].columns)} here; insert a row with {shown},"
                " which the platform then refers to"
            )

    def _make_distinct(self, row: _Row, recorded: Sequence[_Row], *, is_new: bool) -> None:
        """Change keys that a user-entered row has; of rows that are in the database already only those that it would
        refuse."""
        for key in self._policy.distinct:
            place = (self._table, self._id(row), key[-1])
            if place in self._records.changed or not (is_new or self._is_unique(key)):
                continue
            theirs = self._taken[key]
            if self._folded(row, key) not in theirs:
                continue
            ours = {self._folded(other, key) for other in recorded}
            last = row[key[-1]]
            assert last is not None
            for value in _alternatives(self._spec.by_name[key[-1]], last):
                if self._folded({**row, key[-1]: value}, key) not in theirs | ours:
                    self._records.changed[place] = ChangedValue(*place, Change(last, value))
                    break

    def _is_unique(self, key: tuple[str, ...]) -> bool:
        return any(unique.columns == key and unique.where is None for unique in self._spec.unique)

    def _meetings(self, recorded: Sequence[_Row]) -> Iterator[Meeting]:
        for row in recorded:
            adopted = self._records.adopted.get((self._table, self._id(row)))
            if adopted:
                yield Meeting(self._table, adopted.natural_key, adopted.their_id, "adopted")
                continue
            for key in self._policy.distinct:
                changed = self._records.changed.get((self._table, self._id(row), key[-1]))
                if changed:
                    yield Meeting(self._table, _shown(row, key), None, "changed", str(changed.change.written))
            for key in self._policy.shared:
                wanted = self._folded(row, key)
                same = [number for number, theirs in self._theirs.items() if _folded_of(theirs, key) == wanted]
                if same:
                    yield Meeting(self._table, _shown(row, key), same[0], "beside")

    def _keys(self, row: _Row) -> set[str]:
        return {_shown(row, key.columns) for key in self._policy.adopted_by}

    def _folded(self, row: Mapping[str, Value | None], columns: tuple[str, ...]) -> tuple[object, ...]:
        """Values of a recorded row as the database would have them, for comparison."""
        return tuple(folded(_in_database(self._translation, self._spec.by_name[name], row[name])) for name in columns)


def _recorded(block: Rows) -> Iterator[_Row]:
    """The recorded rows: ids and the columns of their keys."""
    names = (block.spec.id_column, *MASTER_DATA[block.table].columns)
    columns = [_values(block, name) for name in names]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(block: Rows, name: str) -> list[Value | None]:
    column = block.columns[name]
    values = np.broadcast_to(column.values, (block.size,)).tolist()
    null = np.broadcast_to(False if column.null is None else column.null, (block.size,)).tolist()
    labels = column.labels
    return [
        None if absent else value if labels is None else labels[value]
        for value, absent in zip(values, null, strict=True)
    ]


def _in_database(translation: Translation, column: ColumnSpec, value: Value | None) -> Value | None:
    target = column.references
    if target is None or not isinstance(value, int):
        return value
    return translation.adopted.get(target, {}).get(value, value)


def _alternatives(column: ColumnSpec, value: Value) -> Iterator[Value]:
    """Other values in place of one, the nearest first."""
    number = 1
    while True:
        number += 1
        if isinstance(value, int):
            yield value + number - 1
            continue
        ending = f"-{number}"
        yield value[: (column.max_length or len(value) + len(ending)) - len(ending)] + ending


def _folded_of(row: Mapping[str, Value | None], columns: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(folded(row[name]) for name in columns)


def _shown(row: Mapping[str, Value | None], columns: tuple[str, ...]) -> str:
    return ", ".join(f"{name} = {row[name]}" for name in columns)
