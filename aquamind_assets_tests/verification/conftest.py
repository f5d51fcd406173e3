"""A year and a quarter of the tiny farm in a SQLite file, whole, and copies of it to be spoilt."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.settings import Settings

YEARS = (2015, 2016)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The farm as it was written; tests leave it alone."""
    place = tmp_path_factory.mktemp("verified")
    settings = Settings(
        "tiny",
        ("water.readings_per_day=1",),
        f"sqlite:///{place / 'whole.db'}",
        str(place / "ledger"),
        date(2016, 4, 1),
        release="2025-08",
    )
    platform = Platform(settings)
    store_ledgers(platform, max(YEARS))
    record_years(platform, YEARS)
    return platform


@pytest.fixture
def copied(whole: Platform, tmp_path: Path) -> Callable[[], Platform]:
    """A function that makes a platform on a copy of the database, with the same ledgers."""

    def copy() -> Platform:
        path = whole.settings.database_url.path
        assert path is not None
        target = tmp_path / "copy.db"
        shutil.copy(path, target)
        return Platform(replace(whole.settings, database=f"sqlite:///{target}"))

    return copy
