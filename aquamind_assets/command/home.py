"""Where Dagster keeps its runs: DAGSTER_HOME, made on first use."""

import os
from importlib import resources
from pathlib import Path

import dagster as dg

from aquamind_assets.settings import home_of


def make_home() -> Path:
    """DAGSTER_HOME, or ``.dagster_home`` here, with a ``dagster.yaml`` if it had none; sets the variable for this process and its children."""
    home = home_of()
    home.mkdir(parents=True, exist_ok=True)
    instance_file = home / "dagster.yaml"
    if not instance_file.exists():
        instance_file.write_text((resources.files("aquamind_assets.command") / "dagster.yaml").read_text("utf-8"), "utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def open_instance() -> dg.DagsterInstance:
    """The Dagster instance in DAGSTER_HOME."""
    make_home()
    return dg.DagsterInstance.get()
