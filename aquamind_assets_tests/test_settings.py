from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aquamind_assets.durable_files import FileUnusable
from aquamind_assets.scenario.loading import ScenarioError
from aquamind_assets.settings import NOTE, Settings, SettingsError


def load(home: Path, environment: dict[str, str] | None = None, **arguments: object) -> Settings:
    return Settings.load(environment={"DAGSTER_HOME": str(home)} | (environment or {}), **arguments)  # type: ignore[arg-type]


def test_defaults_are_the_demo_in_sqlite(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings("demo", (), "sqlite:///data/aquamind.db", "data/ledger", None)


def test_arguments_go_before_environment_and_environment_before_the_note(tmp_path: Path) -> None:
    Settings(scenario="bakkafrost", database="sqlite:////noted.db", ledger="/noted").note(tmp_path)
    environment = {"AQUAMIND_SCENARIO": "tiny", "AQUAMIND_DATABASE": "sqlite:////environment.db"}
    told = load(tmp_path, environment, database="sqlite:////argument.db")
    assert (told.scenario, told.database, told.ledger) == ("tiny", "sqlite:////argument.db", "/noted")


def test_changes_belong_to_the_scenario_they_were_given_with(tmp_path: Path) -> None:
    Settings(scenario="tiny", changes=("seed=5",)).note(tmp_path)
    assert load(tmp_path).changes == ("seed=5",)
    assert load(tmp_path, scenario="demo").changes == ()
    assert load(tmp_path, changes=["seed=7"]).scenario == "demo"
    assert load(tmp_path, {"AQUAMIND_SET": "seed=8; farm.batches.active_target=4\nhealth.x=1"}).changes == (
        "seed=8",
        "farm.batches.active_target=4",
        "health.x=1",
    )


def test_another_process_is_told_the_same(tmp_path: Path) -> None:
    told = Settings("tiny", ("seed=5", "last_year=2016"), "sqlite:///here.db", "ledgers", date(2025, 3, 31))
    heard = load(tmp_path, told.as_environment())
    assert heard.scenario == "tiny"
    assert heard.changes == told.changes
    assert heard.today == told.today
    assert heard.database == f"sqlite:///{Path('here.db').absolute()}"
    assert heard.ledger == str(Path("ledgers").absolute())


def test_a_wrong_date_or_a_damaged_note_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="AQUAMIND_TODAY = 'tomorrow'"):
        load(tmp_path, {"AQUAMIND_TODAY": "tomorrow"})
    for content in ("- what\n", "database: [", "database: 5\n", "changes: [1]\n", "\x80", "seed: 3\n"):
        (tmp_path / NOTE).write_text(content, "latin-1")
        with pytest.raises(SettingsError, match=f"{NOTE} is damaged"):
            load(tmp_path)


def test_only_its_owner_reads_the_note(tmp_path: Path) -> None:
    (tmp_path / NOTE).write_text("scenario: demo\n")
    (tmp_path / NOTE).chmod(0o644)
    settings = Settings(database="postgresql://anna:secret@db.example/fish")
    settings.note(tmp_path, with_password=True)
    assert (tmp_path / NOTE).stat().st_mode & 0o777 == 0o600
    assert load(tmp_path).database == settings.database
    assert [path.name for path in tmp_path.iterdir()] == [NOTE]


def test_a_home_that_cannot_hold_a_note_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match="the note of the settings"):
        Settings().note(tmp_path / "nowhere")


def test_a_place_of_ledgers_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("")
    with pytest.raises(FileUnusable, match="the place of the ledgers"):
        staged_farm(tmp_path, date(2026, 11, 22)).settled()


def test_a_changed_password_is_the_same_farm(tmp_path: Path) -> None:
    first = replace(
        staged_farm(tmp_path, date(2026, 11, 22)), database="postgresql://anna:one@db.example/fish"
    ).settled()
    second = replace(
        staged_farm(tmp_path, date(2027, 3, 1)), database="postgresql://anna:two@db.example/fish"
    ).settled()
    assert staging_date(first) == staging_date(second)
    kept = next((tmp_path / "ledger").glob("staging-*.json")).read_text("utf-8")
    assert "one" not in kept


def test_the_database_is_named_without_its_password() -> None:
    assert (
        Settings(database="postgresql://anna:secret@db.example:5432/fish").database_name
        == "postgresql://anna:***@db.example:5432/fish"
    )


def staged_farm(place: Path, today: date) -> Settings:
    return Settings("uat", (), f"sqlite:///{place / 'made.db'}", str(place / "ledger"), today)


def staging_date(settings: Settings) -> date:
    staging = settings.load_scenario().farm.batches.staging
    assert staging is not None
    return staging.date


def test_a_farm_staged_for_yesterday_keeps_its_day_from_the_first_time_on(tmp_path: Path) -> None:
    first = staged_farm(tmp_path, date(2026, 11, 22))
    assert staging_date(first) == date(2026, 11, 21)
    assert staging_date(replace(first, today=date(2026, 12, 1))) == date(2026, 11, 30)
    assert staging_date(first.settled(keep=False)) == date(2026, 11, 21)
    assert not list(tmp_path.iterdir()), "looking keeps nothing"
    assert staging_date(first.settled()) == date(2026, 11, 21)
    later = replace(first, today=date(2027, 3, 1))
    assert later.load_scenario() == later.settled().load_scenario() == first.load_scenario()
    assert staging_date(replace(first.settled(), ledger=str(tmp_path / "elsewhere"), today=date(2027, 3, 1))) == date(
        2026, 11, 21
    )


def test_another_process_finds_the_day_a_farm_was_staged_for(tmp_path: Path) -> None:
    told = staged_farm(tmp_path, date(2026, 11, 22)).settled()
    heard = replace(load(tmp_path, told.as_environment()), today=date(2026, 11, 23))
    assert heard.settled().load_scenario() == told.load_scenario()
    told.note(tmp_path)
    assert replace(load(tmp_path), today=date(2026, 11, 24)).load_scenario() == told.load_scenario()


def test_another_database_another_scenario_and_a_forgotten_one_are_staged_anew(tmp_path: Path) -> None:
    first = staged_farm(tmp_path, date(2026, 11, 22)).settled()
    later = staged_farm(tmp_path, date(2027, 3, 1))
    assert staging_date(replace(later, database=f"sqlite:///{tmp_path / 'other.db'}").settled()) == date(2027, 2, 28)
    assert staging_date(replace(later, changes=("seed=3",)).settled()) == date(2027, 2, 28)
    assert staging_date(later.settled()) == date(2026, 11, 21)
    first.forget_staging_day()
    assert staging_date(later.settled()) == date(2027, 2, 28)


def test_settling_changes_nothing_where_nothing_is_staged_for_yesterday(tmp_path: Path) -> None:
    for settings in (
        Settings("tiny", ledger=str(tmp_path)),
        replace(staged_farm(tmp_path, date(2026, 11, 22)), changes=("farm.batches.staging.date=2026-01-05",)),
    ):
        assert settings.settled() == settings
    assert not list(tmp_path.iterdir())


def test_a_damaged_staging_day_is_named(tmp_path: Path) -> None:
    settings = staged_farm(tmp_path, date(2026, 11, 22))
    settings.settled()
    next((tmp_path / "ledger").glob("staging-*.json")).write_text("{}")
    with pytest.raises(ScenarioError, match=r"staging-\w+\.json is damaged"):
        settings.load_scenario()
