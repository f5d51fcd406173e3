from datetime import date
from pathlib import Path

import pytest

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
    (tmp_path / NOTE).write_text("- what\n")
    with pytest.raises(SettingsError, match=NOTE):
        load(tmp_path)


def test_the_database_is_named_without_its_password() -> None:
    assert Settings(database="postgresql://anna:secret@db.example:5432/fish").database_name == "postgresql://anna@db.example:5432/fish"
