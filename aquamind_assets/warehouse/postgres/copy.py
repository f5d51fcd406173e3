"""Binary COPY while the next rows are being made: a thread sends, so that the recorder, the encoder and the server work
side by side."""

from collections.abc import Iterable, Mapping
from queue import Queue
from threading import Thread

import psycopg
from psycopg import sql

from aquamind_assets.tables.rows import Rows
from aquamind_assets.warehouse.postgres.encode import HEADER, TRAILER, encode

QUEUED_PIECES = 8
"""Pieces of about a megabyte that may wait for the server: enough to ride out its pauses, little beside a block of
rows."""

_Item = tuple[sql.Composed, memoryview]
"""The statement that a piece of bytes belongs to, and the piece."""


class _Stopped(Exception):
    """The maker of the rows failed: what was sent is to be thrown away."""


class _Sender(Thread):
    """Sends queued pieces, one COPY after the other; the connection is its own until it has ended."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(name="copy-sender", daemon=True)
        self.queue: Queue[_Item | Exception | None] = Queue(QUEUED_PIECES)
        self.failure: BaseException | None = None
        self._connection = connection
        self._ended = False

    def run(self) -> None:
        try:
            item = self._next()
            while isinstance(item, tuple):
                item = self._copy(item)
        except _Stopped:
            pass
        except BaseException as error:
            self.failure = error
        finally:
            # Whoever puts pieces waits for room in the queue: it is emptied up to its end, whatever has happened. The
            # end may have been taken already, for the server refuses rows as late as at the end of a COPY.
            while not self._ended:
                self._next()

    def _next(self) -> _Item | Exception | None:
        """What was put next; None, once, is the end."""
        item = self.queue.get()
        self._ended = item is None
        return item

    def _copy(self, item: _Item | Exception | None) -> _Item | Exception | None:
        """One COPY, for as long as pieces of one statement come; what came instead of the next."""
        assert isinstance(item, tuple)
        statement = item[0]
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(HEADER)
            while isinstance(item, tuple) and item[0] is statement:
                copy.write(item[1])
                item = self._next()
            if isinstance(item, Exception):
                raise item
            copy.write(TRAILER)
        return item


def copy_rows(connection: psycopg.Connection, blocks: Iterable[Rows], new_tables: Mapping[str, str]) -> None:
    """Load blocks within the connection's transaction; the first error, here or in the server, ends it.

    ``new_tables`` names, by table, the one that takes its rows instead; it was made in the same transaction, so its
    rows need never be frozen later.
    """
    statements: dict[str, sql.Composed] = {}
    sender = _Sender(connection)
    sender.start()
    try:
        for block in blocks:
            statement = statements.setdefault(
                block.table, copy_statement(block.table, block.columns, new_tables.get(block.table))
            )
            for piece in encode(block):
                sender.queue.put((statement, piece))
            if sender.failure:
                break
    except BaseException:
        sender.queue.put(_Stopped())
        raise
    finally:
        sender.queue.put(None)
        sender.join()
    if sender.failure:
        raise sender.failure


def copy_statement(table: str, columns: Iterable[str], new_table: str | None) -> sql.Composed:
    """COPY of these columns into a table, or into the new one that takes its rows instead."""
    options = "FORMAT BINARY, FREEZE" if new_table else "FORMAT BINARY"
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN ({})").format(sql.Identifier(new_table or table), names, sql.SQL(options))
