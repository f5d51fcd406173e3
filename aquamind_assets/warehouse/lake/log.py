"""The state of a lake: its own tables and the list of its data files, as a log of commits tells it.

A commit is one small file, ``_aquamind/log/<number>.json``: the statements that the transaction ran on the lake's own
tables (checkpoints, digests, claims, data files), with their parameters. Every process keeps these tables in a SQLite
database in memory and brings it up to date by running the statements of new commits. A commit is made by making the
file of the next number, which only one process can do: whoever comes second takes in the first one's commit, looks
whether its own still holds, and tries the number after. Rows are in the lake once their commit is; every other file is
of no account.

Every :data:`SNAPSHOT_EVERY` commits the whole database is stored beside them, so that no more commits
than that are read. Older commits are removed then.

Belongs here: reading, making and ordering commits. Does not belong here: what the statements say (``own_tables``,
``checkpoint_store``, ``data_files``), where the files are (``places``).
"""

import base64
import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aquamind_assets.warehouse.errors import DatabaseDamaged, Overtaken, WarehouseUnavailable
from aquamind_assets.warehouse.lake.places import OWN_FOLDER, Place

LOG = f"{OWN_FOLDER}/log"
SNAPSHOT_EVERY = 100
ATTEMPTS = 1_000
"""Times that a commit is tried after others that came first."""


@dataclass(frozen=True)
class Statement:
    """A statement that a transaction ran on the lake's own tables.

    Attributes:
        sql: with ``?`` for parameters.
        params: the parameters.
        rows: rows it must change wherever it stands in the log; None if that may differ.
    """

    sql: str
    params: tuple[Any, ...]
    rows: int | None = None


class Log:
    """The commits of one lake, and its own tables as the latest known one left them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._tables = _empty()
        self._number = -1
        self._statements: list[Statement] | None = None
        self._in_doubt = False

    @property
    def in_doubt(self) -> bool:
        """Whether the commit of the latest transaction may have been made though committing failed: the place was asked
        to make it, and its answer or what follows was lost."""
        return self._in_doubt

    @property
    def begun(self) -> bool:
        """Whether there is any commit."""
        return self._number >= 0

    @property
    def number(self) -> int:
        """Number of the latest commit that is known; -1 for none."""
        return self._number

    def close(self) -> None:
        """Forget the tables."""
        self._tables.close()

    def refresh(self) -> bool:
        """Take in the commits that others have made; whether there were any.

        Raises:
            DatabaseDamaged: a commit cannot be read, or is missing.
        """
        if self.begun and self._place.is_the_latest(_name(self._number), _name(self._number + 1)):
            return False
        names = self._place.names(LOG)
        snapshots = [_number(name) for name in names if name.endswith(".db")]
        commits = {_number(name) for name in names if name.endswith(".json")}
        latest = max([*snapshots, *commits], default=-1)
        if latest <= self._number:
            return False
        if self._number + 1 not in commits and snapshots:
            self._restore(max(snapshots))
        while self._number < latest:
            self._replay(self._number + 1)
        return True

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a statement on the lake's own tables."""
        return self._tables.execute(sql, tuple(map(_plain, params))).fetchall()

    def columns(self, sql: str, params: Sequence[Any] = ()) -> list[str]:
        """Names of the columns that a statement on the lake's own tables gives."""
        return [column[0] for column in self._tables.execute(sql, tuple(map(_plain, params))).description]

    def begin(self) -> None:
        """Begin a transaction on the tables as they stand now."""
        self.refresh()
        self._tables.execute("BEGIN")
        self._statements, self._in_doubt = [], False

    def execute(self, sql: str, params: Sequence[Any] = (), *, rows: int | None = None) -> int:
        """Run a statement within the transaction; rows it changed. ``rows``: how many it must change."""
        assert self._statements is not None
        statement = Statement(sql, tuple(map(_plain, params)), rows)
        changed = self._run(statement)
        self._statements.append(statement)
        return changed

    def rollback(self) -> None:
        """Undo the transaction here; one that is in the lake all the same is taken in like those of others."""
        if self._tables.in_transaction:
            self._tables.execute("ROLLBACK")
        self._statements = None

    def commit(self, holds: Callable[[], None]) -> None:
        """Make the transaction's commit durable.

        ``holds`` is called after commits of others were taken in, with the transaction's changes on top of them; it
        raises if they no longer hold.

        Raises:
            Overtaken: another commit changed what this one changes; nothing of it is in the lake.
            WarehouseUnavailable: others commit all the time.
            OSError: the place failed; see :attr:`in_doubt`.
        """
        assert self._statements is not None
        content = _encoded(self._statements)
        for _ in range(ATTEMPTS):
            if not self._statements:
                break
            self._in_doubt = True
            if self._place.create(_name(self._number + 1), content):
                break
            self._in_doubt = False
            self.rebase()
            holds()
        else:
            raise WarehouseUnavailable(f"{self._place.url}: others commit all the time; nothing was written")
        self._tables.execute("COMMIT")
        if self._statements:
            self._number += 1
            if self._number % SNAPSHOT_EVERY == 0:
                self._store_snapshot()
        self._statements = None

    def rebase(self) -> bool:
        """Within a transaction: put its changes on top of the commits that others have made since it began; whether
        there were any.

        Raises:
            Overtaken: one of them changed what this one changes.
        """
        assert self._statements is not None
        self._tables.execute("ROLLBACK")
        try:
            changed = self.refresh()
        finally:
            self._tables.execute("BEGIN")
        for statement in self._statements:
            self._run(statement)
        return changed

    def _run(self, statement: Statement) -> int:
        changed = self._tables.execute(statement.sql, statement.params).rowcount
        if statement.rows is not None and changed != statement.rows:
            raise Overtaken(
                f"{self._place.url}: another writer has changed the same rows; what was being written is not in the"
                " lake"
            )
        return changed

    def _replay(self, number: int) -> None:
        name = _name(number)
        try:
            statements = _decoded(self._place.read(name))
        except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
            raise DatabaseDamaged(f"{self._place.url}: the commit {name} cannot be read: {error}") from None
        self._tables.execute("BEGIN")
        for statement in statements:
            self._tables.execute(statement.sql, statement.params)
        self._tables.execute("COMMIT")
        self._number = number

    def _restore(self, number: int) -> None:
        name = _name(number, "db")
        try:
            content = zlib.decompress(self._place.read(name))
        except (FileNotFoundError, zlib.error) as error:
            raise DatabaseDamaged(f"{self._place.url}: the snapshot {name} cannot be read: {error}") from None
        self._tables.deserialize(content)
        self._number = number

    def _store_snapshot(self) -> None:
        """Store the tables, and remove the commits before the snapshot before this one."""
        self._place.replace(_name(self._number, "db"), zlib.compress(self._tables.serialize(), 1))
        for name in self._place.names(LOG):
            if _number(name) < self._number - SNAPSHOT_EVERY:
                self._place.remove(f"{LOG}/{name}")


def _empty() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=256)


def _name(number: int, ending: str = "json") -> str:
    return f"{LOG}/{number:012d}.{ending}"


def _number(name: str) -> int:
    return int(name.partition(".")[0])


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _encoded(statements: Sequence[Statement]) -> bytes:
    lines = [json.dumps([one.sql, [_to_json(value) for value in one.params]]) for one in statements]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def _decoded(content: bytes) -> list[Statement]:
    return [Statement(sql, tuple(map(_from_json, params))) for sql, params in json.loads(content)]


def _to_json(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _from_json(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
