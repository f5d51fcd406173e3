"""The databases that tests run on."""

from pathlib import Path

import pytest

ALL = ("sqlite", "postgresql", "lake")

shared_with_users = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""For tests in which users write rows too: a lake holds the platform's rows alone."""


def new_database(kind: str, request: pytest.FixtureRequest, place: Path) -> str:
    """URL of a new, empty database of a kind."""
    match kind:
        case "sqlite":
            return f"sqlite:///{place / 'aquamind.db'}"
        case "lake":
            return f"parquet:///{place / 'lake'}"
        case "s3":
            return str(request.getfixturevalue("s3_url"))
        case _:
            return str(request.getfixturevalue("postgres_url"))
