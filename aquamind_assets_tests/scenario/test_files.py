"""Files that say what differs: how they are read, merged, and refused; never a stack trace, never silently misread."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.scenario_text import YamlError, read_yaml


def loaded(tmp_path: Path, text: str, base: str = "demo") -> Scenario:
    path = tmp_path / "farm.yaml"
    path.write_text(f"extends: {base}\n{text}", "utf-8")
    return load_scenario(path)


def refused(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "farm.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as error:
        load_scenario(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[yes, no, NO, on, off, y, n]", ["yes", "no", "NO", "on", "off", "y", "n"]),
        ("[true, False, TRUE]", [True, False, True]),
        ("[010, 0o10, 0x1F, -7, 1_000]", [10, 8, 31, -7, "1_000"]),
        ("[1e5, 1.5, .5, 1., .inf]", [1e5, 1.5, 0.5, 1.0, float("inf")]),
        ("[~, null, '', x, 12:30:00]", [None, None, "", "x", "12:30:00"]),
        ("2020-02-30", "2020-02-30"),
        ("{<<: {a: 1, b: 1}, a: 2}", {"a": 2, "b": 1}),
        ("[&a {x: 1}, *a]", [{"x": 1}, {"x": 1}]),
    ],
)
def test_text_is_read_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert read_yaml(text) == value


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("{}[]:,-?!&*#|>'\"%@` \n\tab<=~01.é\0\ud800") | st.characters(), max_size=60))
def test_every_text_is_read_or_refused_in_one_line(text: str) -> None:
    message = ""
    try:
        read_yaml(text)
    except YamlError as error:
        message = str(error)
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("seed: 4\nfarm: {}\nseed: 5\n", ["farm.yaml", "line 3", "seed is given twice, first on line 1"]),
        ("a: {b: 1, b: 2}", ["line 1", "b is given twice"]),
        ("extends: demo\nname: " + "[" * 5000, ["line 2", "nested more than 40 levels"]),
        ("extends: demo\nfarm: &a {x: *a}", ["line 2", "alias within what it stands for"]),
        (
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n"
            + "".join(f"{two}: &{two} [{', '.join([f'*{one}'] * 8)}]\n" for one, two in pairwise("abcdefgh")),
            ["more than 500,000 values"],
        ),
        ("extends: demo\n12: 3", ["line 2", "key '12' is not text"]),
        ("? [a, b]\n: 3", ["line 1", "a list or mapping is not text"]),
        ("extends: demo\n---\nextends: demo", ["line 2", "another document"]),
        ("extends: demo\nname: a\0b", ["line 2", "U+0000"]),
        ("extends: demo\nname: !!python/object:os.system x", ["line 2", "python/object"]),
        ("extends: demo\nseed: " + "9" * 5000, ["line 2", "5000 digits"]),
        ("extends: demo\nname: x".encode("utf-16"), ["farm.yaml", "UTF-8"]),
        ("", ["farm.yaml", "mapping"]),
        ("extends: [demo]", ["extends = ['demo']", "preset"]),
        ("extends: nowhere", ["nowhere", "bakkafrost, demo"]),
        ("extends: ../{folder}/farm.yaml", ["extends itself"]),
        ("extends: farm\0.yaml", ["U+0000"]),
        ("extends: demo\nseed: yes", ["seed = 'yes'", "integer"]),
        ("extends: demo\nfarm: {geographies: {Scotland: {areas: true}}}", ["farm.geographies.Scotland.areas = True"]),
        (
            "extends: demo\nhealth: {diseases: {PD: {reportable: yes}}}",
            ["health.diseases.PD.reportable = 'yes'", "true or false"],
        ),
        (
            "extends: demo\nfarm: {batches: {staging: {date: 2020-02-30, positions: {Fry: [5]}}}}",
            ["farm.batches.staging.date = '2020-02-30'", "days of the calendar"],
        ),
        ('extends: demo\nname: "\\ud800"', ["name", "unicode"]),
        ('extends: demo\nname: "a\\nb"', ["name", "U+000A"]),
        ("extends: demo\nname: ' a'", ["name", "blank"]),
        ("extends: demo\nfarm: {geographies: {Scotlnd: !remove }}", ["farm.geographies.Scotlnd", "mean Scotland?"]),
        ("extends: demo\nfarm: {geographies: {Scotlnd: null}}", ["farm.geographies.Scotlnd = None", "mean Scotland?"]),
        ("extends: demo\nhealth: {lice: {tresholds: !remove }}", ["health.lice.tresholds", "mean threshold?"]),
        ("name: !remove", ["name", "nothing to remove"]),
        ("extends: demo\nname: !remove x", ["line 2", "!remove with a value"]),
        ("extends: demo\nseed: !replace 3", ["line 2", "!replace before a single value"]),
        ("extends: demo\nfarm: {batchs: {active_max: 4}}", ["farm.batchs", "mean batches?", "first_year_share"]),
    ],
)
def test_what_cannot_be_meant_is_refused_by_place_value_and_what_is_allowed(
    tmp_path: Path, text: str | bytes, parts: list[str]
) -> None:
    if isinstance(text, str):
        text = text.replace("{folder}", tmp_path.name)
    message = refused(tmp_path, text)
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("entry", "near"),
    [
        ("health: {diseases: {PDD: {min_temperature: 4}}}", "health.diseases.PDD: lacks name, .*did you mean PD[?]"),
        ("farm: {container_types: [{key: cage_larg, volume_m3: 4}]}", "cage_larg: lacks .*mean cage_large[?]"),
        ("feed: {feeds: {Starter 1 mm: {price: 3}}}", "Starter 1 mm: lacks .*did you mean Starter 1.0 mm[?]"),
    ],
)
def test_a_misspelt_name_of_an_entry_is_one_line(tmp_path: Path, entry: str, near: str) -> None:
    message = refused(tmp_path, f"extends: demo\n{entry}")
    assert "has 1 wrong value" in message
    assert len(message.splitlines()) == 2
    with pytest.raises(ScenarioError, match=near):
        load_scenario(tmp_path / "farm.yaml")


def test_a_mapping_is_merged_and_an_empty_one_or_a_mark_replaces(tmp_path: Path) -> None:
    def treatments(text: str) -> dict[str, float]:
        return loaded(tmp_path, f"health: {{lice: {{treatments: {text}}}}}").health.lice.treatments

    assert treatments("{thermal: 1}")["freshwater"] == 0.35
    assert treatments("{}") == {}
    assert treatments("!replace {thermal: 1}") == {"thermal": 1}
    assert list(treatments("{freshwater: !remove }")) == ["thermal", "mechanical", "hydrogen_peroxide"]


def test_a_file_that_says_nothing_is_what_it_extends(tmp_path: Path) -> None:
    assert loaded(tmp_path, "", "tiny") == load_scenario("tiny")


def test_named_entries_are_changed_added_removed_and_replaced(tmp_path: Path) -> None:
    probe = "{key: deep, parameter: temperature, sensor_type: TEMPERATURE, noise_sd: 0, bias_sd: 0, resolution: 0,"

    def probes(text: str) -> list[str]:
        return [one.key for one in loaded(tmp_path, f"water: {{probes: {text}}}").water.probes]

    before = [one.key for one in load_scenario("demo").water.probes]
    assert probes(f"[{probe} depth_m: 9}}]") == [*before, "deep"]
    assert probes(f"{{deep: {probe} depth_m: 9}}}}") == [*before, "deep"]
    lone = loaded(tmp_path, "farm: {geographies: {Scotland: !remove , Faroe Islands: {batch_share: 1}}}")
    assert [one.name for one in lone.farm.geographies] == ["Faroe Islands"]
    events = loaded(tmp_path, "health: {mortality: {events: !replace []}}").health.mortality.events
    assert events == []


def test_a_change_removes_and_adds_like_a_file() -> None:
    changed = load_scenario(
        "demo", ["farm.geographies.Scotland=!remove", "farm.geographies.Faroe Islands.batch_share=1"]
    )
    assert [one.name for one in changed.farm.geographies] == ["Faroe Islands"]
    before = load_scenario("demo").farm.geographies[1].disease_scale
    scale = load_scenario("demo", ["farm.geographies.Scotland.disease_scale.PD=2"]).farm.geographies[1].disease_scale
    assert "PD" not in before
    assert scale == before | {"PD": 2}
    assert load_scenario("demo", ["feed.feeds.Starter 0.5 mm.price=3"]).feed.feeds[0].price == 3
    with pytest.raises(ScenarioError, match="did you mean min_temperature"):
        load_scenario("demo", ["health.diseases.PD.min_temperatur=3"])


@pytest.mark.parametrize(
    ("years", "sessions"),
    [
        ({"last_year": 2016}, [(2015, 2016)]),
        ({"last_year": 2022}, [(2015, 2017), (2018, 2020), (2021, 2022)]),
        ({"last_year": 2030}, [(2015, 2017), (2018, 2020), (2021, 2023), (2024, 2030)]),
        ({"first_year": 2019}, [(2019, 2020), (2021, 2023), (2024, 2024)]),
        ({"first_year": 2030, "last_year": 2031}, [(2030, 2031)]),
    ],
)
def test_years_alone_are_enough(tmp_path: Path, years: dict[str, int], sessions: list[tuple[int, int]]) -> None:
    by_change = load_scenario("demo", [f"{name}={year}" for name, year in years.items()])
    by_file = loaded(tmp_path, "\n".join(f"{name}: {year}" for name, year in years.items()))
    for scenario in (by_change, by_file):
        assert [(one.first_year, one.last_year) for one in scenario.sessions] == sessions


def test_sessions_that_are_given_are_not_fitted(tmp_path: Path) -> None:
    text = "last_year: 2016\nsessions: !replace [{name: All, first_year: 2015, last_year: 2017}]"
    assert "sessions end in 2017, the history in 2016" in refused(tmp_path, f"extends: demo\n{text}")


def test_the_end_of_the_first_session_decides_what_is_built() -> None:
    demo = load_scenario("demo").fingerprint()
    assert load_scenario("demo", ["last_year=2021"]).fingerprint() == demo
    assert load_scenario("demo", ["last_year=2016"]).fingerprint() != demo
