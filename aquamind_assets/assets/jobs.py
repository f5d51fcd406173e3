"""Jobs: one year of everything, the same work cut for many machines, and the checks that are not of a year.

Belongs here: what a user can launch with one click. Does not belong here: schedules and sensors.
"""

from typing import TYPE_CHECKING

import dagster as dg

from aquamind_assets.assets import standing_checks
from aquamind_assets.assets.keys import key_of
from aquamind_assets.errors import UserError
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.reports.asset_reports import YEAR_REPORT
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

IN_ORDER = (*BEFORE_THE_FARM, "site_climate", "farm_year")
"""Assets of which a year builds on the year before."""

AFTER_ALL_TABLES = (READINGS, YEAR_REPORT)
"""Assets of a year that need nearly all of its rows and time; the report also reads the tables of the years before."""

REWRITE = "aquamind/rewrite"
"""A run with this tag and the value ``true`` writes again what is there, say after rows were changed by hand."""

RUN_BEFORE = "dagster/parent_run_id"
"""Dagster's tag of a retry or a re-execution: the run that it repeats."""


class TagError(UserError):
    """A tag of a run has a value that is not allowed."""


def rewriting_runs(run: dg.DagsterRun, instance: dg.DagsterInstance) -> frozenset[str] | None:
    """Ids of the runs whose chunks stay where a run is to write again what is there: its own, and those of the failed
    attempts that it is a retry or a re-execution of. None where all that is there stays.

    Raises:
        TagError: the tag is neither ``true`` nor ``false``.
    """
    value = run.tags.get(REWRITE, "false")
    if value not in ("true", "false"):
        raise TagError(f"the run's tag {REWRITE} is {value}; allowed are true and false")
    if value == "false":
        return None
    attempts, before = {run.run_id}, _run_before(run, instance)
    # A run that succeeded has written everything: what follows it is not its retry.
    while (
        before is not None
        and before.is_failure_or_canceled
        and before.tags.get(REWRITE) == "true"
        and before.run_id not in attempts
    ):
        attempts.add(before.run_id)
        before = _run_before(before, instance)
    return frozenset(attempts)


def _run_before(run: dg.DagsterRun, instance: dg.DagsterInstance) -> dg.DagsterRun | None:
    """The run that this one is a retry or a re-execution of."""
    before = run.tags.get(RUN_BEFORE)
    return None if before is None else instance.get_run_by_id(before)


def one_year_job(scenario: Scenario) -> "UnresolvedAssetJobDefinition":
    """All assets of one year or of several; what the schedules launch, and what to backfill from the Jobs page."""
    sessions = "; ".join(
        f"session {number}, {session.name}: {session.first_year}-{session.last_year}"
        for number, session in enumerate(scenario.sessions, start=1)
    )
    return dg.define_asset_job(
        ONE_YEAR,
        selection=_of_years(dg.AssetSelection.all()),
        tags=SERIAL,
        description=(
            "Everything of one year, or of several in one run and in order: click Materialize all and choose the years."
            f" The history is {scenario.first_year}-{scenario.last_year} ({sessions}). Completed chunks are skipped;"
            f" a run with the tag {REWRITE}=true writes them again."
        ),
    )


def many_machines_jobs(scenario: Scenario) -> "list[UnresolvedAssetJobDefinition]":
    """``ledgers``, ``tables_of_a_year`` and ``readings_of_a_year``, launched one after another: the first for all years
    in one run, the others with a run for each year. Their years do not wait for each other, and fill any number of
    machines."""
    in_order = dg.AssetSelection.assets(*map(key_of, IN_ORDER))
    after = dg.AssetSelection.assets(*map(key_of, AFTER_ALL_TABLES))
    side_by_side = (
        " Years can run side by side, on one machine or many: launch a run for each year, because a backfill puts all"
        " its years into one run."
    )
    return [
        dg.define_asset_job(
            "ledgers",
            selection=_of_years(in_order),
            tags=SERIAL,
            description=(
                "What has to be done in order: infrastructure, reference data, water, weather and ledger of the years"
                f" {scenario.first_year}-{scenario.last_year}, in one run. Every other table can be written from them"
                " in any order."
            ),
        ),
        dg.define_asset_job(
            "tables_of_a_year",
            selection=_of_years(dg.AssetSelection.all() - in_order - after),
            description=(
                "All tables of one year but the readings, from a ledger that is there (job `ledgers`)." + side_by_side
            ),
        ),
        dg.define_asset_job(
            "readings_of_a_year",
            selection=_of_years(after),
            description=(
                "The readings of one year, nearly all of its rows, and the year's report, once the other tables of all"
                " years are there." + side_by_side
            ),
        ),
    ]


def standing_checks_job() -> "UnresolvedAssetJobDefinition":
    """The checks that are not of one year."""
    return dg.define_asset_job(
        standing_checks.JOB,
        selection=dg.AssetSelection.checks(*standing_checks.STANDING_CHECKS),
        description="Check that no year has failed or is missing, and the published figures of the whole history.",
    )


def _of_years(selection: dg.AssetSelection) -> dg.AssetSelection:
    """The selection without the checks that are not of one year."""
    return selection - dg.AssetSelection.checks(*standing_checks.STANDING_CHECKS)
