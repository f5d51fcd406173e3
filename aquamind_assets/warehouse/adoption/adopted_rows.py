"""What became of rows that met existing ones, kept in the database itself.

So a resumed run and a year that is written again translate as before, whatever people enter in the meantime. The record
lasts as long as anything of the platform is in the database.

Belongs here: the SQL on ``aquamind_assets_adopted`` and ``aquamind_assets_changed``. Does not belong here: deciding
(``decisions``), translating (``translation``).
"""

from dataclasses import dataclass

from aquamind_assets.warehouse.adoption.translation import Change, Translation
from aquamind_assets.warehouse.database import Database


@dataclass(frozen=True)
class AdoptedRow:
    """An existing row that stands for one of the platform's; ``natural_key`` is the platform's key that it was
    recognized by."""

    table: str
    our_id: int
    their_id: int
    natural_key: str


@dataclass(frozen=True)
class ChangedValue:
    """A value of one of the platform's own rows that was changed because an existing row has it."""

    table: str
    our_id: int
    column: str
    change: Change


@dataclass(frozen=True)
class Records:
    """Everything that is kept, by table and the platform's id (and column)."""

    adopted: dict[tuple[str, int], AdoptedRow]
    changed: dict[tuple[str, int, str], ChangedValue]

    @property
    def translation(self) -> Translation:
        """The two mappings of ids and values."""
        adopted: dict[str, dict[int, int]] = {}
        for row in self.adopted.values():
            adopted.setdefault(row.table, {})[row.our_id] = row.their_id
        changed: dict[tuple[str, str], dict[int, Change]] = {}
        for value in self.changed.values():
            changed.setdefault((value.table, value.column), {})[value.our_id] = value.change
        return Translation(adopted, changed)


def read_records(database: Database) -> Records:
    """What the database keeps; nothing where it does not have the platform's own tables yet."""
    if "aquamind_assets_changed" not in database.table_names():
        return Records({}, {})
    adopted = [
        AdoptedRow(*row)
        for row in database.query(
            "SELECT table_name, our_id, their_id, natural_key FROM aquamind_assets_adopted ORDER BY table_name, our_id"
        )
    ]
    changed = []
    for table, our_id, column, recorded, written in database.query(
        "SELECT table_name, our_id, column_name, recorded, written FROM aquamind_assets_changed"
        " ORDER BY table_name, our_id, column_name"
    ):
        text = database.tables[table].by_name[column].max_length is not None
        change = Change(recorded, written) if text else Change(int(recorded), int(written))
        changed.append(ChangedValue(table, our_id, column, change))
    return Records(
        {(row.table, row.our_id): row for row in adopted},
        {(value.table, value.our_id, value.column): value for value in changed},
    )


def read_translation(database: Database) -> Translation:
    """The translation that the database keeps."""
    return read_records(database).translation


def keep_records(database: Database, before: Records, after: Records) -> None:
    """Store what has changed."""
    for place in before.adopted.keys() | after.adopted.keys():
        if before.adopted.get(place) != after.adopted.get(place):
            database.execute("DELETE FROM aquamind_assets_adopted WHERE table_name = ? AND our_id = ?", place)
    for place, row in after.adopted.items():
        if before.adopted.get(place) != row:
            values = (row.table, row.our_id, row.their_id, row.natural_key)
            database.execute("INSERT INTO aquamind_assets_adopted VALUES (?, ?, ?, ?)", values)
    for key in before.changed.keys() | after.changed.keys():
        if before.changed.get(key) != after.changed.get(key):
            database.execute(
                "DELETE FROM aquamind_assets_changed WHERE table_name = ? AND our_id = ? AND column_name = ?", key
            )
    for key, value in after.changed.items():
        if before.changed.get(key) != value:
            texts = (str(value.change.recorded), str(value.change.written))
            database.execute("INSERT INTO aquamind_assets_changed VALUES (?, ?, ?, ?, ?)", (*key, *texts))


def forget_records(database: Database) -> None:
    """Forget everything, once nothing of the platform is in the database."""
    for table in ("aquamind_assets_adopted", "aquamind_assets_changed"):
        database.execute(f"DELETE FROM {table}")
