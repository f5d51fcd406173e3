"""Jobs: one year of everything, and the checks that are not of a year.

Belongs here: what a user can launch with one click. Does not belong here: schedules and sensors.
"""

from typing import TYPE_CHECKING

import dagster as dg

from aquamind_assets.assets import standing_checks
from aquamind_assets.errors import UserError
from aquamind_assets.scenario.model import Scenario

if TYPE_CHECKING:
    # A private name: what define_asset_job returns has no public one (dagster#20594).
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

ONE_YEAR = "one_year"

ANY_ASSETS = "__ASSET_JOB"
"""Dagster's name for the job of runs that were launched for assets, as from the lineage page."""

SERIAL = {"aquamind/serial": "year"}
"""Runs with this tag go one at a time (``tag_concurrency_limits`` in dagster.yaml), so that a year is not begun before
the years before it are simulated."""

REWRITE = "aquamind/rewrite"
"""A run with this tag and the value ``true`` writes again what is there, say after rows were changed by hand."""


class TagError(UserError):
    """A tag of a run has a value that is not allowed."""


def is_rewriting(run: dg.DagsterRun) -> bool:
    """Whether a run is to write again what is there.

    Raises:
        TagError: the tag is neither ``true`` nor ``false``.
    """
    value = run.tags.get(REWRITE, "false")
    if value not in ("true", "false"):
        raise TagError(f"the run's tag {REWRITE} is {value}; allowed are true and false")
    return value == "true"


def one_year_job(scenario: Scenario) -> "UnresolvedAssetJobDefinition":
    """All assets of one year or of several; what the schedules launch, and what to backfill from the Jobs page."""
    sessions = "; ".join(
        f"session {number}, {session.name}: {session.first_year}-{session.last_year}"
        for number, session in enumerate(scenario.sessions, start=1)
    )
    return dg.define_asset_job(
        ONE_YEAR,
        selection=dg.AssetSelection.all() - dg.AssetSelection.checks(*standing_checks.STANDING_CHECKS),
        tags=SERIAL,
        description=(
            "Everything of one year, or of several in one run and in order: click Materialize all and choose the years."
            f" The history is {scenario.first_year}-{scenario.last_year} ({sessions}). Completed chunks are skipped;"
            f" a run with the tag {REWRITE}=true writes them again."
        ),
    )


def standing_checks_job() -> "UnresolvedAssetJobDefinition":
    """The checks that are not of one year."""
    return dg.define_asset_job(
        standing_checks.JOB,
        selection=dg.AssetSelection.checks(*standing_checks.STANDING_CHECKS),
        description="Check that no year has failed or is missing, and the published figures of the whole history.",
    )
