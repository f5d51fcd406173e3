"""The databases that tests run on."""

from pathlib import Path

import pytest

from aquamind_assets.tables.releases import Release

ALL = ("sqlite", "postgresql", "lake")

shared_with_users = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""For tests in which users write rows too: a lake holds the platform's rows alone."""


def new_database(kind: str, request: pytest.FixtureRequest, place: Path, release: Release | None = None) -> str:
    """URL of a new, empty database of a kind; of PostgreSQL with the tables of a release, where one is named."""
    match kind:
        case "sqlite":
            return f"sqlite:///{place / 'aquamind.db'}"
        case "lake":
            return f"parquet:///{place / 'lake'}"
        case "s3":
            return str(request.getfixturevalue("s3_url"))
        case _ if release:
            return str(request.getfixturevalue("postgres_with_tables")(release))
        case _:
            return str(request.getfixturevalue("postgres_url"))


def database_of(request: pytest.FixtureRequest, place: Path) -> str:
    """URL of a new database of the kind that is the fixture's parameter: empty, or of PostgreSQL with the tables for a
    test that asks for a prepared ``warehouse``."""
    return new_database(request.param, request, place, "2025-08" if "warehouse" in request.fixturenames else None)
