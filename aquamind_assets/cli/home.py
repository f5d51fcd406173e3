"""DAGSTER_HOME, where Dagster keeps its runs: made on first use, and the instance in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from aquamind_assets.durable_files import made_folder, replace_file, usable
from aquamind_assets.settings import SettingsError, home_of

if TYPE_CHECKING:
    import dagster as dg

INSTANCE = "dagster.yaml"
WORKSPACE = "workspace.yaml"
_WORKSPACE = (
    "load_from:\n  - python_module: {module_name: aquamind_assets.definitions, location_name: aquamind_assets}\n"
)


def make_home() -> Path:
    """DAGSTER_HOME, or ``.dagster_home`` in the working directory, with a ``dagster.yaml`` and a ``workspace.yaml``.

    Sets the variable for this process and its children. An instance file that is there is left alone.

    Raises:
        FileUnusable: the folder or its files cannot be made.
    """
    home = made_folder("DAGSTER_HOME", home_of())
    with usable("DAGSTER_HOME", home):
        if not (home / INSTANCE).exists():
            replace_file(home / INSTANCE, (resources.files("aquamind_assets.cli") / INSTANCE).read_text("utf-8"))
        if not (home / WORKSPACE).exists() or (home / WORKSPACE).read_text("utf-8") != _WORKSPACE:
            replace_file(home / WORKSPACE, _WORKSPACE)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


@contextmanager
def open_instance() -> "Iterator[dg.DagsterInstance]":
    """The Dagster instance in DAGSTER_HOME, which is made if it is not there.

    Raises:
        FileUnusable: DAGSTER_HOME cannot be made.
        SettingsError: its ``dagster.yaml`` cannot be used.
    """
    import dagster as dg
    import yaml

    home = make_home()
    try:
        instance = dg.DagsterInstance.get()
    except (dg.DagsterError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{home / INSTANCE} cannot be used: {error}") from error
    with instance:
        yield instance
