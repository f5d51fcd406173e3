"""The farms of the documents, simulated once for all tests of documents."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from aquamind_assets.docs_generator import walkthrough, what_if
from aquamind_assets.docs_generator.farms import SimulatedYears, platform_in
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.tables.releases import Release
from aquamind_assets_tests.simulated_once import store_once

DOCS = Path(__file__).parents[2] / "docs"
UPDATE = "run: python -m aquamind_assets.docs_generator"


@pytest.fixture(scope="session")
def farms() -> dict[str, SimulatedYears]:
    """The demo farm and its twins, for the years that the document is checked for."""
    return what_if.histories(2015 + what_if.CHECKED_YEARS - 1)


@pytest.fixture(scope="session")
def walkthrough_farms(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Release], Platform]:
    """Makes the farm of the walkthrough of a release, in an SQLite file, once."""

    @cache
    def make(release: Release) -> Platform:
        platform = platform_in(tmp_path_factory.mktemp("walkthrough"), walkthrough.PRESET, release)
        store_once(platform, walkthrough.LAST_YEAR)
        walkthrough.fill(platform, (DOCS / walkthrough.file_of(release)).read_text("utf-8"))
        return platform

    return make
