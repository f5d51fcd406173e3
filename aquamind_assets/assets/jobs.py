"""Jobs: one year of everything, each session, the whole history; and the same work cut for many machines.

Belongs here: what a user can launch with one click. Does not belong here: schedules and sensors.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from aquamind_assets.assets.failures import UserFailure
from aquamind_assets.assets.runs import run_years
from aquamind_assets.assets.termination import Terminated
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.scenario.model import Scenario

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

ONE_YEAR = "one_year"

SERIAL = {"aquamind/serial": "year"}
"""Runs with this tag go one at a time (``tag_concurrency_limits`` in dagster.yaml): a backfill of the job would begin
all its years at once."""

IN_ORDER = (*BEFORE_THE_FARM, "site_climate", "farm_year")
"""Assets of which a year builds on the year before."""

READINGS = "environmental_readings"


def one_year_job() -> "UnresolvedAssetJobDefinition":
    """All assets of one year; what the schedules launch, and what to backfill from the Jobs page."""
    return dg.define_asset_job(
        ONE_YEAR,
        selection=dg.AssetSelection.all(),
        tags=SERIAL,
        description="Everything of one year, in order. Backfill it over several years to fill them one after another.",
    )


def side_by_side_jobs() -> "list[UnresolvedAssetJobDefinition]":
    """``tables_of_a_year`` and ``readings_of_a_year``, whose years do not wait for each other: once the job ``ledgers``
    has run, a backfill of the first and then one of the second fill any number of machines, a year each."""
    readings = dg.AssetSelection.assets(READINGS)
    before = dg.AssetSelection.assets(*IN_ORDER)
    return [
        dg.define_asset_job(
            "tables_of_a_year",
            selection=dg.AssetSelection.all() - before - readings,
            description=(
                "All tables of one year but the readings, from a ledger that is there (job `ledgers`). Years can run"
                " side by side, on one machine or many."
            ),
        ),
        dg.define_asset_job(
            "readings_of_a_year",
            selection=readings,
            description=(
                "The readings of one year, nearly all of its rows, once its other tables are there. Years can run side"
                " by side, on one machine or many."
            ),
        ),
    ]


def history_jobs(scenario: Scenario) -> list[dg.JobDefinition]:
    """``whole_history``, ``ledgers``, and ``session_1``, ``session_2``, ... for the scenario's sessions."""
    whole = _conducting(
        "whole_history",
        list(scenario.years),
        f"All years of the history, {scenario.first_year} to {scenario.last_year}, one run each.",
    )
    sessions = [
        _conducting(
            f"session_{number}",
            list(range(session.first_year, session.last_year + 1)),
            f"Session {number}, {session.name}: the years {session.first_year} to {session.last_year}, one run each.",
        )
        for number, session in enumerate(scenario.sessions, start=1)
    ]
    ledgers = _conducting(
        "ledgers",
        list(scenario.years),
        "What has to be done in order: every year's infrastructure, reference data, water, weather and ledger, one run"
        " a year. Every other table can be written from them in any order.",
        IN_ORDER,
    )
    return [whole, ledgers, *sessions]


def _conducting(name: str, years: list[int], description: str, assets: Sequence[str] | None = None) -> dg.JobDefinition:
    @dg.op(name=f"run_{name}", description=description, out=dg.Out(dg.Nothing))
    def conduct(context: dg.OpExecutionContext, platform: dg.ResourceParam[Platform]) -> None:
        job = context.repository_def.get_job(ONE_YEAR)
        runs = run_years(
            job,
            context.instance,
            years,
            platform.progress,
            tags={"dagster/parent_run_id": context.run_id, "dagster/root_run_id": context.run_id, "aquamind/job": name},
            assets=None if assets is None else [dg.AssetKey(asset) for asset in assets],
        )
        for run in runs:
            context.log.info(f"{run.year}: {'complete' if run.success else 'failed'}, run {run.run_id}")
        if runs[-1].interrupted or platform.progress.interrupt_requested:
            raise Terminated(f"terminated in {runs[-1].year}; committed chunks stay, the next run resumes from them")
        if not runs[-1].success:
            failures = "; ".join(runs[-1].failures)
            raise UserFailure(f"{runs[-1].year} failed: {failures}. The next run of the job resumes there.")

    @dg.job(name=name, description=description, tags=SERIAL | {"aquamind/years": f"{years[0]}-{years[-1]}"})
    def history() -> None:
        conduct()

    return history
