"""A run through Dagster with the tables that an empty database gets, and each law judged as soon as it can be."""

from pathlib import Path

import pytest

from aquamind_assets_tests.cli.typed import in_process


@pytest.mark.slow
def test_years_with_a_sale_are_run_and_verified_in_the_newest_release(tmp_path: Path) -> None:
    aquamind = in_process(tmp_path)
    words = ("--preset", "tiny", "--set", "water.readings_per_day=1", "--years", "2015-2016")
    aquamind("run", *words, AQUAMIND_RELEASE="")
    found = aquamind("verify", AQUAMIND_RELEASE="").stdout
    assert "rules across assets" in found
    assert "every law is kept" in found
