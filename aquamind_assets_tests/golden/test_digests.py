"""The data of every database is what it was at the last deliberate change."""

from pathlib import Path

import pytest

from aquamind_assets_tests.golden.digests import FILE, as_text, generated
from aquamind_assets_tests.warehouse.databases import ALL, new_database


@pytest.mark.parametrize("engine", ALL)
def test_rows_are_those_of_the_golden_digests(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = new_database(engine, request, tmp_path)
    assert as_text(generated(database, tmp_path / "ledger")).splitlines() == FILE.read_text("utf-8").splitlines(), (
        "a change altered data: if that was meant, run `python -m aquamind_assets_tests.golden.digests` and say why in"
        " CHANGELOG.md"
    )
