"""Where Dagster keeps its runs: DAGSTER_HOME, made on first use."""

import os
from importlib import resources
from pathlib import Path

from aquamind_assets.settings import home_of

WORKSPACE = "workspace.yaml"
_WORKSPACE = (
    "load_from:\n  - python_module: {module_name: aquamind_assets.definitions, location_name: aquamind_assets}\n"
)


def make_home() -> Path:
    """DAGSTER_HOME, or ``.dagster_home`` here, with a ``dagster.yaml`` and a ``workspace.yaml``.

    Sets the variable for this process and its children. An instance file that is there is left alone.
    """
    home = home_of()
    home.mkdir(parents=True, exist_ok=True)
    instance_file = home / "dagster.yaml"
    if not instance_file.exists():
        instance_file.write_text((resources.files("aquamind_assets.cli") / "dagster.yaml").read_text("utf-8"), "utf-8")
    (home / WORKSPACE).write_text(_WORKSPACE, "utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return home
