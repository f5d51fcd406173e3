"""What a database with hypertables may stand against: room for locks, and policies that drop old rows.

A statement locks every chunk that it may touch, with each of its indexes; a server has room for a number of locks that
is set when it starts.

Belongs here: finding out beforehand, and naming it. Does not belong here: what is done with chunks (``hypertable``).
"""

import psycopg

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, to_date
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.errors import DatabaseRefused
from aquamind_assets.warehouse.postgres.timescale.chunks import Chunks

READ_LOCKS = 3
"""Locks for reading a chunk, besides those on its indexes: on itself, on its compressed rows and on their index."""

DROP_LOCKS = 10
"""Locks for dropping a chunk, besides those on its indexes: also on what holds long values, and on catalogs."""


def refuse_scarce_locks(connection: psycopg.Connection, table: TableSpec, place: str) -> None:
    """Refuse a hypertable of which the server cannot read a calendar year at once.

    Raises:
        DatabaseRefused: one statement would take more locks than the server has room for.
    """
    years = Chunks(connection, table).by_year()
    if years:
        year, count = max(years, key=lambda found: found[1])
        _refuse(connection, table, place, count, READ_LOCKS, f"reading {year}")


def refuse_scarce_locks_for(connection: psycopg.Connection, table: TableSpec, place: str, days: DayRange) -> None:
    """Refuse to write or to clear days whose chunks cannot all be dropped in one transaction.

    Raises:
        DatabaseRefused: it would take more locks than the server has room for.
    """
    count = len(Chunks(connection, table).overlapping(days))
    _refuse(connection, table, place, count, DROP_LOCKS, f"replacing {_named(days)}")


def _refuse(connection: psycopg.Connection, table: TableSpec, place: str, chunks: int, each: int, what: str) -> None:
    sql = (
        "SELECT (SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass),"
        " current_setting('max_locks_per_transaction')::int, current_setting('max_connections')::int +"
        " current_setting('max_prepared_transactions')::int"
    )
    indexes, locks, sessions = connection.execute(sql, (quoted(table.name),)).fetchone() or (0, 0, 0)
    needed, room = chunks * (indexes + each), locks * sessions
    if needed > room:
        raise DatabaseRefused(
            f"{place}: {what} of {table.name} locks {chunks:,} chunks with their indexes, {needed:,} locks at once, and"
            f" the server has room for {room:,}; set max_locks_per_transaction to {-(-needed // sessions)} or more and"
            " restart the server, or use longer chunks"
        )


def refuse_retention(connection: psycopg.Connection, table: TableSpec, place: str, days: DayRange) -> None:
    """Refuse to write days that a retention policy would drop again.

    Raises:
        DatabaseRefused: there is one.
    """
    sql = (
        "SELECT config->>'drop_after' FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention' AND"
        " scheduled AND hypertable_schema = current_schema() AND hypertable_name = %s AND config ? 'drop_after' AND"
        " to_timestamp(%s) <= now() - (config->>'drop_after')::interval"
    )
    found = connection.execute(sql, (table.name, days.end * 86_400)).fetchone()
    if found:
        raise DatabaseRefused(
            f"{place}: a retention policy drops rows of {table.name} that are older than {found[0]}, and with them"
            f" {_named(days)}; remove it (SELECT remove_retention_policy('{table.name}')) or leave these days out"
        )


def _named(days: DayRange) -> str:
    return f"the days {to_date(days.first)} to {to_date(days.end - 1)}"
