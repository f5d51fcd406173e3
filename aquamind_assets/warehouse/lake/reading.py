"""Rows of a lake as they are now, those of an open transaction among them: answers to SQL, and scans of whole files.

Belongs here: which files are read, and what it means that one is gone. Does not belong here: SQL (``asked``), one file
(``data_files``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.warehouse.errors import DatabaseDamaged, WarehouseUnavailable
from aquamind_assets.warehouse.lake import data_files
from aquamind_assets.warehouse.lake.asked import Asked
from aquamind_assets.warehouse.lake.columns import digest_values
from aquamind_assets.warehouse.lake.data_files import DataFile
from aquamind_assets.warehouse.lake.failures import failures_named
from aquamind_assets.warehouse.lake.log import LOG, Log
from aquamind_assets.warehouse.lake.places import Place
from aquamind_assets.warehouse.lake.transaction import Transaction, files_of, opened

ATTEMPTS = 5
"""Times that a question is asked again because files were replaced meanwhile."""


class Reader:
    """Reads the rows of one lake.

    Attributes:
        transaction: the open one, whose rows are seen too; None outside of one.
        one_core: whether questions are answered with one core.
    """

    def __init__(self, place: Place, log: Log, tables: Callable[[], Mapping[str, TableSpec]]) -> None:
        self.transaction: Transaction | None = None
        self.one_core = False
        self._place, self._log, self._tables = place, log, tables
        self._asked: Asked | None = None
        self._shown = -1

    def close(self) -> None:
        """End DuckDB; the next question begins it anew."""
        if self._asked is not None:
            self._asked.close()
            self._asked, self._shown = None, -1

    def refresh(self) -> None:
        """Take in the commits of others; not within a transaction."""
        if self.transaction is None:
            with failures_named(self._place.url):
                self._log.refresh()

    def answer(self, sql: str, params: Sequence[Any]) -> pa.Table:
        """What a portable statement gives.

        Raises:
            DatabaseDamaged: a file is missing, or not what was written.
        """
        for attempt in range(ATTEMPTS):
            try:
                with failures_named(self._place.url):
                    return self._showing().answer(sql, params)
            except FileNotFoundError as error:
                self._shown = -1
                if self.transaction is not None:
                    # Another commit has replaced the file since the transaction began.
                    self._log.rebase()
                if attempt + 1 == ATTEMPTS:
                    raise DatabaseDamaged(f"{self._place.url}: a file of the lake is missing: {error}") from None
        raise AssertionError("the loop returns or raises")

    def _showing(self) -> Asked:
        """DuckDB with the files that are in the lake now."""
        if self._asked is None:
            self._asked = Asked(self._place.filesystem, one_core=self.one_core)
        self.refresh()
        if self.transaction is not None or self._shown != self._log.number:
            self._asked.show(self._tables(), self._places_and_sizes)
            self._shown = -1 if self.transaction is not None else self._log.number
        return self._asked

    def _places_and_sizes(self, table: str) -> Iterator[tuple[str, int]]:
        for file in files_of(self._log, table):
            yield self.transaction.location(file) if self.transaction else self._place.location(file.name), file.size

    @contextmanager
    def at_hand(self, table: str, condition: str) -> Iterator[None]:
        """Within this block a table is a copy of its rows for which a condition holds."""
        asked = self._showing()
        try:
            with failures_named(self._place.url):
                asked.hold(table, condition)
        except FileNotFoundError:
            # A file was replaced just now: the rows are read from the files, each time they are asked for.
            yield
            return
        try:
            yield
        finally:
            asked.let_go()

    def may_hold(self, table: str, low: int, high: int) -> bool:
        """Whether a file of a table has ids of which some may be ``low <= id < high``."""
        self.refresh()
        return any(file.low < high and file.high >= low for file in files_of(self._log, table))

    def scan(self, table: str, low: int, high: int) -> Iterator[Mapping[str, np.ndarray]]:
        """Digest values of the rows with ``low <= id < high``, block by block: int64, shape (rows of the block,).

        Raises:
            WarehouseUnavailable: a file was replaced meanwhile.
            DatabaseDamaged: a file is missing, or not what was written.
        """
        self.refresh()
        key = self._tables()[table].id_column
        for file in files_of(self._log, table):
            if file.low < high and file.high >= low:
                whole = file.low >= low and file.high < high
                for values in self._digest_values(file):
                    inside = slice(None) if whole else (values[key] >= low) & (values[key] < high)
                    yield {name: found[inside] for name, found in values.items()}

    def _digest_values(self, file: DataFile) -> Iterator[Mapping[str, np.ndarray]]:
        try:
            with failures_named(self._place.url):
                source = self.transaction.source(file) if self.transaction else opened(self._place, file)
                for part in data_files.read_batches(source):
                    yield digest_values(self._tables()[file.table], part)
        except FileNotFoundError as error:
            if self.transaction is None and self._log.refresh():
                raise WarehouseUnavailable(f"{self._place.url}: {file.name} was replaced while it was read") from error
            raise DatabaseDamaged(f"{self._place.url}: {file.name} is missing") from None

    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """Smallest and largest id from ``low`` on, as the list of files has them; None if there is none."""
        self.refresh()
        found = [file for file in files_of(self._log, table) if file.high >= low]
        return (max(low, min(file.low for file in found)), max(file.high for file in found)) if found else None

    def damage(self) -> list[str]:
        """Files that are not what was written, and why: every page has a checksum."""
        self.refresh()
        faults = {file.name: data_files.fault(partial(opened, self._place, file), file) for file in files_of(self._log)}
        return [f"{name}: {fault}" for name, fault in faults.items() if fault]

    def size_bytes(self) -> int:
        """Bytes of the files that are in the lake, and of the log."""
        self.refresh()
        if not self._log.begun:
            return 0
        return sum(file.size for file in files_of(self._log)) + sum(
            self._place.size(f"{LOG}/{name}") for name in self._place.names(LOG)
        )
