"""AquaMind's releases whose tables are described.

Belongs here: which releases there are, and the tables of each. Does not belong here: how a description is read
(``description``), recognizing the release of a database (``warehouse.recognition``).
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, get_args

from aquamind_assets.errors import UserError
from aquamind_assets.tables.description import read_schema
from aquamind_assets.tables.schema import TableSpec

Release = Literal["2025-08", "2026-03"]
"""A release of AquaMind, by the month of its newest migration."""

RELEASES: tuple[Release, ...] = get_args(Release)
"""All releases, the oldest first."""

DEFAULT_RELEASE: Release = RELEASES[-1]
"""The newest release, whose tables an empty database gets unless another is chosen."""

_APPS: Mapping[Release, tuple[str, ...]] = {
    "2025-08": ("users", "infrastructure", "batch", "environmental", "inventory", "health"),
    "2026-03": (
        "contenttypes",
        "users",
        "infrastructure",
        "broodstock",
        "batch",
        "environmental",
        "inventory",
        "health",
        "harvest",
        "planning",
        "scenario",
        "finance",
        "finance_core",
        "historian",
    ),
}
"""AquaMind's applications with tables that a release adds or changes, ordered so that most references point
backwards."""


class UnknownRelease(UserError):
    """No such release is described."""


def release_named(name: str) -> Release:
    """Return the release of that name.

    Raises:
        UnknownRelease: there is none.
    """
    for release in RELEASES:
        if release == name:
            return release
    raise UnknownRelease(f"release {name!r} is not known; allowed: {', '.join(RELEASES)}")


@cache
def tables_of(release: Release) -> Mapping[str, TableSpec]:
    """Return every described table of a release by name: users first, then one application after another."""
    through = RELEASES[: RELEASES.index(release) + 1]
    tables = read_schema(*map(_documents, through))
    order = dict.fromkeys(app for one in through for app in _APPS[one])
    return {name: table for app in order for name, table in tables.items() if table.app == app}


def _documents(release: Release) -> dict[str, str]:
    folder = f"release_{release.replace('-', '_')}"
    files = resources.files("aquamind_assets.tables") / folder
    return {f"{folder}/{app}.yaml": (files / f"{app}.yaml").read_text("utf-8") for app in _APPS[release]}


def apps_of(release: Release) -> list[str]:
    """Return AquaMind's applications that have tables in a release, in the order of the tables."""
    return list(dict.fromkeys(table.app for table in tables_of(release).values()))
