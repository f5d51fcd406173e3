"""Every test of the warehouse's contract runs on SQLite, on PostgreSQL and on a lake."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.databases import ALL, database_of
from aquamind_assets_tests.warehouse.s3_server import s3_server


@pytest.fixture(scope="session")
def s3_environment() -> Iterator[dict[str, str]]:
    """Environment variables with which S3's clients reach a server of the tests."""
    with s3_server() as environment:
        yield environment


@pytest.fixture
def s3_url(s3_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """URL of a new lake in a bucket of that server."""
    import s3fs

    for name, value in s3_environment.items():
        monkeypatch.setenv(name, value)
    bucket = f"lake-{uuid4().hex[:12]}"
    s3fs.S3FileSystem(skip_instance_cache=True).mkdir(bucket)
    return f"parquet+s3://{bucket}/farm"


@pytest.fixture(params=ALL)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new database."""
    return database_of(request, tmp_path)


@pytest.fixture
def warehouse(database_url: str) -> Iterator[Warehouse]:
    """A prepared warehouse."""
    with open_warehouse(database_url, "2025-08") as opened:
        opened.prepare()
        yield opened
