"""Scenarios from presets, files and single changes; what is refused and how it is named."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from aquamind_assets.scenario.loading import ScenarioError, load_scenario, preset_names, staging_key

YESTERDAY = date(2026, 11, 21)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\x80\x81")
    (tmp_path / "one.yaml").write_text("extends: other.yaml")
    (tmp_path / "other.yaml").write_text("extends: one.yaml")
    with pytest.raises(ScenarioError, match=r"binary\.yaml is not YAML"):
        load_scenario(tmp_path / "binary.yaml")
    with pytest.raises(ScenarioError, match=r"one\.yaml extends .*other\.yaml extends .*one\.yaml"):
        load_scenario(tmp_path / "one.yaml")
    with pytest.raises(ScenarioError, match=r"'seed=\[1'.* is not YAML"):
        load_scenario("tiny", ["seed=[1"])


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_is_valid_and_has_its_years_in_sessions(preset: str) -> None:
    scenario = load_scenario(preset, yesterday=lambda key: YESTERDAY)
    assert scenario.name == preset
    assert next(iter(scenario.years)) == scenario.sessions[0].first_year
    assert list(scenario.years)[-1] == scenario.sessions[-1].last_year


def test_the_full_scale_preset_holds_the_specification() -> None:
    scenario = load_scenario("bakkafrost")
    assert list(scenario.years) == list(range(2015, 2025))
    assert len(scenario.health.diseases) == 10
    assert len(scenario.feed.feeds) == 6
    assert scenario.farm.batches.external_share == 0.6
    kinds = {kind.key: kind for kind in scenario.farm.container_types}
    containers = {key: 0 for key in kinds}
    for geography in scenario.farm.geographies:
        for hall in geography.station_halls:
            containers[hall.container_type] += geography.stations * hall.halls * hall.containers
        for key, cages in geography.area_cages.items():
            containers[key] += geography.areas * cages
    assert sum(containers.values()) >= 4230
    assert sum(count for key, count in containers.items() if kinds[key].place == "area") == 480
    assert sum(count * sum(kinds[key].probes.values()) for key, count in containers.items()) >= 37530


def test_every_parameter_has_a_meaning_and_a_source() -> None:
    schema = type(load_scenario("demo")).model_json_schema()
    bounds_of_a_parameter = {"Range"}
    for name in set(schema["$defs"]) - bounds_of_a_parameter:
        for key, spec in schema["$defs"][name]["properties"].items():
            is_section = "$ref" in spec or "$ref" in spec.get("items", {})
            assert is_section or (spec.get("description") and spec.get("source")), f"{name}.{key}"


@pytest.mark.parametrize(
    ("change", "place", "value", "allowed"),
    [
        ("farm.batches.eggs_mean=-3", "farm.batches.eggs_mean", "-3", "greater than 0"),
        ("seed=minus one", "seed", "minus one", "integer"),
        (
            "farm.geographies.Scotland.batch_share=1.5",
            "farm.geographies.Scotland.batch_share",
            "1.5",
            "less than or equal to 1",
        ),
        (
            "health.lice.treatments={laser: 1.0}",
            "health",
            "laser",
            "allowed: freshwater, hydrogen_peroxide, mechanical, thermal",
        ),
        ("water.readings_per_day=5", "water.readings_per_day", "5", "1, 2, 3, 4, 6, 8, 12 or 24"),
        ("farm.batches.active_min=99", "farm.batches", "99", "active_min 99 <= active_target"),
        ("farm.stages.Fry.tgc.low=9", "farm.stages.Fry.tgc", "9", "is above high"),
    ],
)
def test_a_wrong_value_is_named_with_its_place_the_value_and_what_is_allowed(
    change: str, place: str, value: str, allowed: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario("demo", [change])
    for part in (place, value, allowed):
        assert part in str(error.value)


@pytest.mark.parametrize(
    "change", ["farm.batchs.eggs_mean=1", "farm.geographies.Norway.areas=3", "seed.deep=1", "seed"]
)
def test_a_change_of_something_that_is_not_there_says_what_is(change: str) -> None:
    with pytest.raises(ScenarioError, match=r"allowed here|write path=value"):
        load_scenario("demo", [change])


ODD = r'"a\n\e[31mb"'
"""A name of two lines, of which the second one is red, in YAML."""


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (f"sessions: [{{name: {ODD}, first_year: 2015, last_year: 2024}}]", r"name 'a\n\x1b[31mb' holds"),
        (f"{ODD}: 1", r"'a\n\x1b[31mb': not known"),
        (f"health: {{{ODD}: {{}}}}", r"health.'a\n\x1b[31mb': not known"),
        (f"farm: {{geographies: {{{ODD}: 1}}}}", r"farm.geographies.'a\n\x1b[31mb' = 1"),
        (f"farm: {{geographies: {{{ODD}: !remove }}}}", r"farm.geographies.'a\n\x1b[31mb': !remove"),
        (f"farm: {{geographies: [{{name: {ODD}}}, {{name: {ODD}}}]}}", r"'a\n\x1b[31mb' given more than once"),
        (f"farm: {{geographies: {{{ODD}: {{climate: {{warming: x}}}}}}}}", "farm.geographies.2.climate.warming = 'x'"),
    ],
)
def test_what_somebody_has_named_is_shown_on_one_line(tmp_path: Path, document: str, shown: str) -> None:
    (tmp_path / "odd.yaml").write_text(f"extends: demo\n{document}\n")
    with pytest.raises(ScenarioError) as error:
        load_scenario(tmp_path / "odd.yaml")
    lines = str(error.value).splitlines()
    assert any(shown in line for line in lines)
    assert all(line.isprintable() and not line.lstrip().startswith("b") for line in lines)


def test_a_file_extends_a_preset_and_merges_named_entries(tmp_path: Path) -> None:
    path = tmp_path / "warm.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "extends": "demo",
                "name": "warm",
                "farm": {"geographies": [{"name": "Scotland", "climate": {"warming": 1.5}}]},
            }
        )
    )
    scenario, demo = load_scenario(path), load_scenario("demo")
    assert [geography.climate.warming for geography in scenario.farm.geographies] == [0.0, 1.5]
    assert scenario.farm.geographies[1].areas == demo.farm.geographies[1].areas
    assert scenario.fingerprint() != demo.fingerprint()


def test_files_extend_files_beside_them(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("extends: tiny\nseed: 7\n")
    (tmp_path / "child.yaml").write_text("extends: base.yaml\nname: child\n")
    assert load_scenario(tmp_path / "child.yaml").seed == 7


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "just words"])
def test_what_is_not_a_scenario_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=r"broken\.yaml"):
        load_scenario(path)


def test_an_unknown_scenario_lists_the_presets() -> None:
    with pytest.raises(ScenarioError, match="bakkafrost, demo, loch_fyne, norway, tiny"):
        load_scenario("large")


def test_fingerprints_change_with_what_decides_the_data_and_with_nothing_else() -> None:
    demo = load_scenario("demo")
    assert load_scenario("demo", ["name=other", "memory_budget_mb=900"]).fingerprint() == demo.fingerprint()
    assert load_scenario("demo", ["seed=5"]).fingerprint() != demo.fingerprint()
    for change in ("water.imperfections.gap_share=0.1", "entries={}"):
        faulty = load_scenario("demo", [change])
        assert faulty.fingerprint() != demo.fingerprint()
        assert faulty.farm_fingerprint() == demo.farm_fingerprint()


def staged(positions: str, day: str = "2020-06-01") -> list[str]:
    return [f"farm.batches.staging={{date: {day}, positions: {positions}}}"]


def test_years_may_be_told_from_the_staging_date() -> None:
    scenario = load_scenario("uat", yesterday=lambda key: YESTERDAY)
    assert list(scenario.years) == [2023, 2024, 2025, 2026]
    assert [(session.first_year, session.last_year) for session in scenario.sessions] == [(2023, 2025), (2026, 2026)]
    assert list(load_scenario("uat", ["farm.batches.staging.date=2024-02-01"]).years) == [2020, 2021, 2022, 2023, 2024]
    earlier = load_scenario("uat", ["first_year=2021", "sessions=[]"], lambda key: YESTERDAY)
    assert list(earlier.years) == [2021, 2022, 2023, 2024, 2025, 2026]


def test_yesterday_is_asked_for_once_with_a_key_of_the_scenario_as_it_is_told() -> None:
    asked: list[str] = []

    def yesterday(key: str) -> date:
        asked.append(key)
        return YESTERDAY

    dated = load_scenario("uat", [f"farm.batches.staging.date={YESTERDAY}"], yesterday)
    assert not asked
    assert load_scenario("uat", (), yesterday).fingerprint() == dated.fingerprint()
    assert asked == [staging_key("uat")]
    assert staging_key("uat", ["seed=3"]) not in (None, staging_key("uat"))
    assert staging_key("demo") is None
    with pytest.raises(ScenarioError, match=r"farm\.batches\.staging\.date = 'yesterday'.* as in 2025-03-31"):
        load_scenario("uat")


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        (staged("{Fry: [5]}", "2031-01-01"), ["farm.batches.staging.date 2031-01-01", "2015 to 2024"]),
        (staged("{Fry: [5]}", "someday"), ["farm.batches.staging.date = 'someday'", "valid date"]),
        (staged("{Fingerling: [5]}"), ["farm.batches.staging.positions.Fingerling", "Parr"]),
        (staged("{Fry: [0]}"), ["farm.batches.staging", "positions.Fry [0]", "allowed are days from 1 on"]),
        (staged("{Adult: [end]}"), ["farm.batches.staging.positions.Adult.0", "'end'", "middle"]),
        (
            staged("{Adult: [-900]}"),
            ["farm.batches.staging.positions.Adult.0", "-900", "greater than or equal to -300"],
        ),
        (staged("{}"), ["farm.batches.staging.positions", "at least 1"]),
        (
            staged("{Fry: [1, 2, 3, 4, 5, 6, 7, 8, 9]}"),
            ["farm.batches", "staging.positions are of 9 batches", "active_max, 8"],
        ),
    ],
)
def test_staging_that_cannot_be_is_named_with_its_place_the_value_and_what_is_allowed(
    changes: list[str], parts: list[str]
) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario("demo", changes)
    for part in parts:
        assert part in str(error.value)
