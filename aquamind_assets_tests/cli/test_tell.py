"""``aquamind scenario tell``: the package's example, an obvious difference, the table that it writes, and refusals."""

import json
from pathlib import Path

import pandas as pd
import pytest

from aquamind_assets.realism.tell.columns import CAGE, KEYS, NAMES, SITE, WEEK
from aquamind_assets.realism.tell.table import EXAMPLE, EXAMPLE_ORIGIN, read_reference, read_table
from aquamind_assets_tests.cli.typed import in_process

ONE_YEAR = ("--preset", "tiny", "--set", "last_year=2015")
THREE_YEARS = ("--preset", "tiny", "--set", "last_year=2017", "--set", "seed=20150124")
"""With a seed whose cages hold fish for long enough that a classifier has weeks to learn from."""


@pytest.mark.slow
def test_weeks_with_one_temperature_are_told_and_the_temperature_is_named(tmp_path: Path) -> None:
    """The reference is the example, in which every week has the same temperature; weeks of sites, as the file has no
    cages."""
    weeks = read_reference(EXAMPLE)
    sites = weeks.groupby([SITE, WEEK], as_index=False)[["mortality", "temperature"]].mean()
    sites.assign(temperature=8.0).to_csv(tmp_path / "weeks.csv", index=False)
    aquamind = in_process(tmp_path)
    options = ("--reference", "weeks.csv", "--write", "made/ours.csv", "--limit", "0.9")
    done = aquamind("scenario", "tell", *THREE_YEARS, *options, expect=1, columns=80)
    assert "Most telling: temperature" in done.stdout
    assert "Reference: weeks.csv" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "2017 simulated, 3 of 3 years" in done.stderr
    assert "Training on water" in done.stderr

    ours = read_table(tmp_path / "made" / "ours.csv")
    assert set(ours) == {SITE, WEEK, *NAMES}
    assert len(ours) > 50
    assert ours["mortality"].notna().all()
    assert ours["lice"].isna().any(), "lice are not counted in every week"


def test_the_scenarios_weeks_are_written_without_a_reference(tmp_path: Path) -> None:
    done = in_process(tmp_path)(
        "scenario", "tell", *THREE_YEARS, "--geography", "Scotland", "--write", "s.csv", "--json"
    )
    assert json.loads(done.stdout) == {"weeks": 0}, "no fish of the farm are in Scotland"
    assert (tmp_path / "s.csv").read_text().startswith("site,cage,week,mortality")


def test_the_example_says_that_it_is_simulated() -> None:
    weeks = read_reference(EXAMPLE)
    assert set(weeks) == {*KEYS, *NAMES}
    assert weeks[[SITE, CAGE]].drop_duplicates().shape[0] == 10
    assert "simulated" in EXAMPLE_ORIGIN
    assert "not of a real farm" in EXAMPLE_ORIGIN
    assert weeks[WEEK].min() >= pd.Timestamp("2015-01-01")
    assert weeks[WEEK].max() < pd.Timestamp("2019-01-01")


@pytest.mark.slow
def test_another_seed_of_the_same_farm_is_not_told(tmp_path: Path) -> None:
    """If the farm has changed, make the example anew, as docs/tell.md says."""
    words = ("--preset", "demo", "--set", "last_year=2018", "--reference", EXAMPLE, "--json")
    found = json.loads(in_process(tmp_path)("scenario", "tell", *words).stdout)
    assert 0.3 < found["auc"] < 0.7
    assert max(one["importance"] for one in found["columns"]) < 0.2
    assert found["reference"] == EXAMPLE


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "--reference FILE or --write FILE: give one of them"),
        (("--reference", "nowhere.csv"), "the reference table nowhere.csv cannot be used: No such file"),
        (("--reference", "bad.csv"), "bad.csv, line 1: unknown column 'colour'; allowed are site"),
        (("--reference", EXAMPLE, "--geography", "Norway"), "--geography Norway: allowed are Faroe Islands, Scotland"),
        (("--reference", EXAMPLE, "--limit", "2"), "--limit"),
        (("--write", "folder"), "the table folder cannot be written: it is a folder"),
        (("--write", "bad.csv/x.csv"), "the folder of the table"),
        (("--reference", EXAMPLE, "--set", "last_year=2015"), "our table has 0 sites; at least 2 are needed"),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bad.csv").write_text("site,week,colour\n")
    assert reason in in_process(tmp_path)("scenario", "tell", "--preset", "tiny", *words, expect=2, columns=200).stderr
