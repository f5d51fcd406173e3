"""Which release of AquaMind is written: the chosen one, else the one that the database has, else the default one."""

from pathlib import Path

import pytest

from aquamind_assets.assets.resource import PlatformResource
from aquamind_assets.cli.options import settings_of
from aquamind_assets.cli.status import status_of
from aquamind_assets.cli.years import UsageError
from aquamind_assets.pipeline.lineage import graph
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.settings import Settings, SettingsError
from aquamind_assets.tables.releases import DEFAULT_RELEASE, RELEASES, Release, UnknownRelease
from aquamind_assets.warehouse.recognition import OtherRelease
from aquamind_assets_tests.warehouse.databases import new_database

OTHER: Release = next(release for release in RELEASES if release != DEFAULT_RELEASE)


def platform(database: str, place: Path, release: Release | None = None) -> Platform:
    return Platform(Settings("tiny", database=database, ledger=str(place / "ledger"), release=release))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql", "lake"])
def test_a_database_keeps_its_release(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    database = new_database(engine, request, tmp_path)
    assert platform(database, tmp_path).release == DEFAULT_RELEASE
    with platform(database, tmp_path, OTHER).open() as warehouse:
        assert warehouse.release == OTHER
    found = platform(database, tmp_path)
    assert found.release == OTHER
    assert found.recorders == recorders_of(OTHER)
    found.open().close()
    with pytest.raises(OtherRelease, match=f"choose {OTHER}"):
        platform(database, tmp_path, DEFAULT_RELEASE).open()


def test_a_database_out_of_reach_counts_as_of_the_default_release(tmp_path: Path) -> None:
    assert platform("postgresql://nobody@127.0.0.1:1/none", tmp_path).release == DEFAULT_RELEASE
    (tmp_path / "a.db").write_text("no database")
    assert platform(f"sqlite:///{tmp_path}/a.db", tmp_path).release == DEFAULT_RELEASE


def test_the_release_is_a_setting(tmp_path: Path) -> None:
    settings = Settings.load(environment={"AQUAMIND_RELEASE": OTHER, "DAGSTER_HOME": str(tmp_path)})
    assert settings.release == OTHER
    assert settings.as_environment()["AQUAMIND_RELEASE"] == OTHER
    assert f"tables of AquaMind {OTHER} (environment)" in settings.describe()
    wrong = {"AQUAMIND_RELEASE": "1999-01", "DAGSTER_HOME": str(tmp_path)}
    with pytest.raises(SettingsError, match="AQUAMIND_RELEASE: release '1999-01' is not known; allowed: 2025-08, 2026"):
        Settings.load(environment=wrong)


def test_the_option_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("AQUAMIND_RELEASE", DEFAULT_RELEASE)
    assert settings_of("tiny", None, None, None, None, release=OTHER).release == OTHER
    with pytest.raises(UsageError, match="--release: release 'new' is not known"):
        settings_of("tiny", None, None, None, None, release="new")


def test_the_resource_passes_it_on() -> None:
    assert PlatformResource.of(Settings("tiny", release=OTHER)).release == OTHER
    assert PlatformResource.of(Settings("tiny")).release == ""
    with pytest.raises(UnknownRelease):
        PlatformResource(release="new").create_resource(None)  # type: ignore[arg-type]


def test_status_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    made = platform(f"sqlite:///{tmp_path}/a.db", tmp_path, OTHER)
    made.open().close()
    assert status_of(platform(f"sqlite:///{tmp_path}/a.db", tmp_path).settings).release == OTHER


@pytest.mark.parametrize("release", RELEASES)
def test_the_graph_of_a_release_has_its_assets_and_no_way_back(release: Release) -> None:
    above = graph(release)
    assert set(recorders_of(release)) < set(above)
    assert {one for parents in above.values() for one in parents} <= set(above)
