"""Binary COPY while the next rows are being made: a thread sends, so that the recorder, the encoder and the server work side by side."""

from collections.abc import Iterator
from queue import Queue
from threading import Thread

import psycopg
from psycopg import sql

from aquamind_assets.warehouse.encode import HEADER, TRAILER, encode
from aquamind_assets.warehouse.rows import Rows

QUEUED_PIECES = 8
"""Pieces of about a megabyte that may wait for the server: enough to ride out its pauses, little beside a block of rows."""

_Item = tuple[str, tuple[str, ...], memoryview]


class _Stopped(Exception):
    """The maker of the rows failed: what was sent is to be thrown away."""


class _Sender(Thread):
    """Sends queued pieces, one COPY after the other; the connection is its own until it has ended."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(name="copy-sender", daemon=True)
        self.queue: Queue[_Item | Exception | None] = Queue(QUEUED_PIECES)
        self.failure: Exception | None = None
        self._connection = connection

    def run(self) -> None:
        try:
            item = self.queue.get()
            while isinstance(item, tuple):
                item = self._copy(item)
        except _Stopped:
            pass
        except Exception as error:
            self.failure = error
            while self.queue.get() is not None:
                pass

    def _copy(self, item: _Item | Exception | None) -> _Item | Exception | None:
        """One COPY, for as long as pieces of one table come; what came instead of the next."""
        assert isinstance(item, tuple)
        table, columns, _ = item
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(HEADER)
            while isinstance(item, tuple) and item[0] == table:
                copy.write(item[2])
                item = self.queue.get()
            if isinstance(item, Exception):
                raise item
            copy.write(TRAILER)
        return item


def copy_rows(connection: psycopg.Connection, blocks: Iterator[tuple[str, Rows]]) -> None:
    """Load blocks, each into the table named beside it, within the connection's transaction. The first error, here or in the server, ends it."""
    sender = _Sender(connection)
    sender.start()
    try:
        for table, block in blocks:
            columns = tuple(block.columns)
            for piece in encode(block):
                sender.queue.put((table, columns, piece))
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
