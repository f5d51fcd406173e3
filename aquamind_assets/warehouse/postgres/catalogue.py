"""Questions to PostgreSQL's catalogue: what this role may do, and what stands around the tables.

Belongs here: reading the catalogue. Does not belong here: columns of tables (``schema_check``), hypertables
(``timescale``).
"""

from collections.abc import Iterable

import psycopg

from aquamind_assets.warehouse.errors import DatabaseRefused

FOREIGN_KEYS = """
SELECT CASE WHEN child.relnamespace = current_schema()::regnamespace THEN child.relname
        ELSE child.relnamespace::regnamespace::text || '.' || child.relname END,
    format('%I.%I', child.relnamespace::regnamespace::text, child.relname),
    format('%I', a.attname), parent.relname, pg_get_userbyid(child.relowner), k.confdeltype IN ('c', 'n', 'd'),
    t.attname
FROM pg_constraint k
JOIN pg_class child ON child.oid = k.conrelid
JOIN pg_class parent ON parent.oid = k.confrelid
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = k.confkey[1]
WHERE k.contype = 'f' AND parent.relnamespace = current_schema()::regnamespace AND parent.relname = ANY(?)
    AND cardinality(k.conkey) = 1
    AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = child.oid)
    AND has_table_privilege(child.oid, 'SELECT')
ORDER BY 1, 3
"""
"""Every foreign key of one column to some tables, with the column that it refers to; partitions and chunks left out:
their rows are their parents'."""


INSERT_TRIGGERS = """
SELECT c.relname, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(?) AND g.tgenabled::text = ANY(?)
    AND NOT g.tgisinternal AND g.tgtype & 4 = 4 AND g.tgname NOT LIKE 'ts\\_%'
ORDER BY 1, 2
"""
"""Triggers on INSERT that fire in the given modes, TimescaleDB's own left out."""


_WITHOUT_RIGHTS = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s) AND NOT (has_table_privilege(c.oid,
    'SELECT') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
    AND has_table_privilege(c.oid, 'DELETE'))
ORDER BY 1
"""


def refuse_missing_rights(connection: psycopg.Connection, tables: Iterable[str], place: str) -> None:
    """Refuse a role that may not read and write all of AquaMind's ``tables``.

    Raises:
        DatabaseRefused: it may not; the message names the tables.
    """
    lacking = [name for (name,) in connection.execute(_WITHOUT_RIGHTS, (list(tables),)).fetchall()]
    if lacking:
        raise DatabaseRefused(
            f"{place}: this role lacks a right (SELECT, INSERT, UPDATE or DELETE) on {', '.join(lacking)}; grant it, or"
            " use the role that owns AquaMind's tables"
        )


def may_skip_triggers(connection: psycopg.Connection) -> bool:
    """Whether this user may switch off, for a transaction, the triggers that check foreign keys row by row."""
    may = "current_setting('is_superuser') = 'on'"
    if connection.info.server_version >= 150_000:
        may += " OR has_parameter_privilege('session_replication_role', 'SET')"
    found = connection.execute(f"SELECT {may}".encode()).fetchone()
    return bool(found and found[0])
