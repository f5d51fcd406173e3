"""Every test of the warehouse's contract runs on SQLite, on PostgreSQL and on a lake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.databases import ALL, new_database


@pytest.fixture(params=ALL)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new, empty database."""
    return new_database(request.param, request, tmp_path)


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """A prepared warehouse."""
    with open_warehouse(database_url) as opened:
        opened.prepare()
        yield opened
