"""Published figures over several seeds: what is inside, what is far outside, the table, the document and the page."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from aquamind_assets.cli.realism_seeds import seeds_as_json, show_seeds
from aquamind_assets.realism.seeds import SeedsComparison, compare_seeds, is_far_outside, tuning_seeds
from aquamind_assets.realism.seeds_page import seeds_page
from aquamind_assets.realism.targets import Comparison, Target, load_targets, standing_of
from aquamind_assets.scenario.loading import load_scenario, preset_names
from aquamind_assets_tests.cli.typed import in_process

TUNED = 20150101
"""The seed of the preset bakkafrost."""


def target(low: float | list[float] = 1.0, high: float | list[float] = 2.0) -> Target:
    document = {"key": "figure", "figure": "A figure", "statistic": "s", "where": "w", "unit": "kg", "source": "us"}
    return Target.model_validate(document | {"value": low, "low": low, "high": high, "scope": ["decade"]})


def judged(one: Target, *values: tuple[float, ...], first: int = TUNED) -> SeedsComparison:
    (comparison,) = compare_seeds(
        {
            first + number: [Comparison(one, measured, standing_of(one, measured))]
            for number, measured in enumerate(values)
        }
    )
    return comparison


@pytest.mark.parametrize(
    ("values", "standing", "outside", "far"),
    [
        ([(1.5,), (1.6,)], "inside", 0, 0),
        ([(1.5,), (2.4,)], "inside", 1, 0),
        ([(2.1,), (2.2,)], "outside", 2, 0),
        ([(0.5,), (2.5,)], "inside", 2, 0),
        ([(-0.01,), (2.5,), (2.0,)], "outside", 2, 1),
        ([(1.5,), (1.5,), (3.01,)], "outside", 1, 1),
        ([(1.5,), (1.5,), (3.0,)], "inside", 1, 0),
        ([(1.5,), ()], "inside", 0, 0),
        ([(), ()], "not measured", 0, 0),
    ],
)
def test_the_mean_is_inside_and_no_seed_is_far_outside(
    values: list[tuple[float, ...]], standing: str, outside: int, far: int
) -> None:
    found = judged(target(), *values)
    assert (found.standing, len(found.outside), len(found.far)) == (standing, outside, far)
    assert bool(found.reasons()) == (standing == "outside")
    assert len(found.measured) == sum(map(bool, values))


def test_each_value_of_a_series_has_its_own_band_and_width() -> None:
    months = target([1.0, 10.0], [2.0, 14.0])
    assert judged(months, (1.0, 18.0), (2.0, 10.0)).standing == "inside"
    assert judged(months, (2.1, 12.0), (2.1, 12.0)).reasons() == ["the mean 2.1 (band 1 to 2)"]
    assert not is_far_outside(months, (3.0, 18.0))
    assert is_far_outside(months, (1.5, 18.1))
    assert judged(months, (1.5, 18.1), (1.5, 10.0), (1.5, 10.0)).reasons() == [
        "seed 20150101 far outside with 18.1 (band 10 to 14)"
    ]


def test_the_mean_of_seeds_that_were_not_used_for_tuning_stands_alone() -> None:
    found = judged(target(), (1.0,), (1.4,), (1.8,))
    assert found.mean == pytest.approx((1.4,))
    assert found.mean_of_others == pytest.approx((1.6,))
    assert judged(target(), (1.0,)).mean_of_others == ()


def test_every_seed_of_a_preset_is_named_as_used_for_tuning() -> None:
    presets = [name for name in preset_names() if name != "uat"]  # It needs a day; it extends demo.
    assert {load_scenario(name).seed for name in presets} <= set(tuning_seeds())
    assert all(use for use in tuning_seeds().values())


@pytest.fixture(scope="module")
def comparisons() -> list[SeedsComparison]:
    """All targets with values of three seeds: in the middle of their bands, but for one figure whose last seed is far
    outside and one that is not measured."""
    by_seed: dict[int, list[Comparison]] = {}
    for seed in range(TUNED, TUNED + 3):
        by_seed[seed] = []
        for one in load_targets():
            measured = tuple((low + high) / 2 for low, high in zip(one.low, one.high, strict=True))
            if one.key == "harvest_weight" and seed == TUNED + 2:
                measured = (8.0,)
            if one.scope == ["decade"] and one.key.endswith("_4_weeks"):
                measured = ()
            by_seed[seed].append(Comparison(one, measured, standing_of(one, measured)))
    return compare_seeds(by_seed)


def test_the_table_fits_eighty_columns_and_names_seeds_and_reasons(comparisons: list[SeedsComparison]) -> None:
    console = Console(record=True, width=80)
    show_seeds(console, comparisons)
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    heading = text.splitlines()[0].split()
    assert heading == ["figure", "band", "mean", "seeds", "out", "result"], "one table holds all columns"
    ends = ("inside", "outside", "not measured")
    results = [line for line in text.splitlines() if line.rstrip().endswith(ends)]
    assert len(results) == len(comparisons), "no result is cut"
    joined = " ".join(text.split())
    assert "Harvest weight, round: seed 20150103 far outside with 8 (band 4.5 to 5.6)" in joined
    assert "Seeds 20150101, 20150102, 20150103." in joined
    assert f"Seed {TUNED} was used for tuning: {tuning_seeds()[TUNED]}." in joined


def test_document_and_page_have_every_figure_and_seed(comparisons: list[SeedsComparison]) -> None:
    document = json.loads(json.dumps(seeds_as_json(comparisons)))
    assert document["seeds"] == [TUNED, TUNED + 1, TUNED + 2]
    assert list(document["tuning_seeds"]) == [str(TUNED)]
    assert list(document["figures"]) == [one.target.key for one in comparisons]
    weight = document["figures"]["harvest_weight"]
    assert (weight["standing"], weight["far_outside"]) == ("outside", [TUNED + 2])
    assert weight["seeds"][str(TUNED + 2)] == {"measured": [8.0], "standing": "outside"}

    page = seeds_page(load_scenario("bakkafrost"), comparisons)
    assert all(page.count(f"| {one.target.figure} |") == 2 for one in comparisons)
    assert "- Harvest weight, round: seed 20150103 far outside with 8 (band 4.5 to 5.6)." in page
    assert f"- Seed {TUNED} was used for tuning" in page
    assert "**8**" in page
    assert "nan" not in page


def test_the_command_simulates_each_seed_and_ends_by_the_result(tmp_path: Path) -> None:
    warm = "farm.geographies.Faroe Islands.climate.mean_temperature=12"
    short = ("--preset", "tiny", "--set", "last_year=2015", "--set", "water.readings_per_day=1", "--set", warm)
    aquamind = in_process(tmp_path)
    done = aquamind(
        "scenario", "realism", *short, "--seeds", "2", "--output", "pages/seeds.md", "--json", expect=1, columns=80
    )
    document = json.loads(done.stdout)
    assert len(document["seeds"]) == 2
    outside = [key for key, one in document["figures"].items() if one["standing"] == "outside"]
    assert "sea_temperature_year_faroes" in outside
    one, other = (
        [figure["seeds"][str(seed)]["measured"] for figure in document["figures"].values()]
        for seed in document["seeds"]
    )
    assert one != other
    assert (tmp_path / "pages" / "seeds.md").read_text("utf-8").startswith("# Realism over seeds")
