"""The data of every database is what it was at the last deliberate change."""

from pathlib import Path

import pytest

from aquamind_assets_tests.golden.digests import FILE, as_text, generated


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_rows_are_those_of_the_golden_digests(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = f"sqlite:///{tmp_path / 'golden.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    assert as_text(generated(database, tmp_path / "ledger")).splitlines() == FILE.read_text("utf-8").splitlines(), (
        "a change altered data: if that was meant, run `python -m aquamind_assets_tests.golden.digests` and say why in"
        " CHANGELOG.md"
    )
