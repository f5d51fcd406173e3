"""The history in a SQLite file, and the accounts made from it."""

from collections.abc import Iterator

import pytest

from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.history import read_history
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.reports.written import FIRST_YEAR, LAST_YEAR, THRESHOLD, write


@pytest.fixture(scope="session")
def history_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All years. Tests read it and leave it alone."""
    url = f"sqlite:///{tmp_path_factory.mktemp('reports') / 'farm.db'}"
    with open_warehouse(url, "2025-08") as opened:
        write(opened, range(FIRST_YEAR, LAST_YEAR + 1))
    return url


@pytest.fixture(scope="session")
def gap_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same without 2016."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gap') / 'farm.db'}"
    with open_warehouse(url, "2025-08") as opened:
        write(opened, [2015, 2017, 2018], built_in=[2016])
    return url


@pytest.fixture
def warehouse(history_url: str) -> Iterator[Warehouse]:
    with open_warehouse(history_url, "2025-08") as opened:
        yield opened


@pytest.fixture(scope="session")
def accounts(history_url: str) -> Accounts:
    with open_warehouse(history_url, "2025-08") as opened:
        return Accounts(read_history(opened, range(FIRST_YEAR, LAST_YEAR + 1)), THRESHOLD)
