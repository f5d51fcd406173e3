"""The data of every database is what it was at the last deliberate change."""

from pathlib import Path

import pytest

from aquamind_assets.tables.releases import RELEASES, Release
from aquamind_assets_tests.golden.digests import FILES, as_text, generated, simulate
from aquamind_assets_tests.warehouse.databases import new_database


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledgers that all databases are written from."""
    place = tmp_path_factory.mktemp("golden") / "ledger"
    simulate(place)
    return place


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "engine", ["sqlite", *(pytest.param(one, marks=pytest.mark.slow) for one in ("postgresql", "lake"))]
)
def test_rows_are_those_of_the_golden_digests(
    engine: str, release: Release, ledger: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = new_database(engine, request, tmp_path)
    written = as_text(generated(database, ledger, release)).splitlines()
    assert written == FILES[release].read_text("utf-8").splitlines(), (
        "a change altered data: if that was meant, run `python -m aquamind_assets_tests.golden.digests` and say why in"
        " CHANGELOG.md"
    )
