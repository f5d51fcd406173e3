"""Every test of the warehouse's contract runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new database: empty, or with the tables for a test that asks for a prepared ``warehouse``."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'aquamind.db'}"
    return request.getfixturevalue("postgres_tables_url" if "warehouse" in request.fixturenames else "postgres_url")


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """A prepared warehouse."""
    with open_warehouse(database_url) as opened:
        opened.prepare()
        yield opened
