"""Run years one after another in this process, against the real Dagster instance.

The backfill daemon looks every thirty seconds, and a queued run needs seconds to begin; a history of small years would
be all waiting. So the command executes one run a year itself. Runs, events and materializations are the same as if the
user interface had launched them.

Belongs here: order, tags and outcome of these runs. Does not belong here: what a run does.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

# A private name: nothing public tells an error of a step from one of the framework around it (dagster#3518).
from dagster._core.execution.plan.objects import ErrorSource

from aquamind_assets.assets.keys import asset_of_step, key_of
from aquamind_assets.assets.signs_of_life import worker_tags
from aquamind_assets.assets.termination import RunEnded
from aquamind_assets.pipeline.ahead import working_ahead
from aquamind_assets.pipeline.platform import Platform

_log = logging.getLogger(__name__)

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class YearRun:
    """One year's run and what came of it; ``interrupted`` if it was asked to end before it was complete."""

    year: int
    run_id: str
    success: bool
    failures: tuple[str, ...] = ()
    interrupted: bool = False


def run_years(
    job: dg.JobDefinition,
    instance: dg.DagsterInstance,
    years: Sequence[int],
    platform: Platform,
    assets: Sequence[str] | None = None,
) -> list[YearRun]:
    """Execute the job for each year in order; stops after the first year that fails or when an interruption is
    requested.

    ``platform`` is the resource of the job; its database stays open for all years. ``assets`` restricts the runs to
    the assets of these names. A run of this process is not retried by the daemon: the caller gets the failure.
    """
    runs: list[YearRun] = []
    with platform.kept_open(), working_ahead(platform, years):
        for year in years:
            result = job.execute_in_process(
                instance=instance,
                partition_key=str(year),
                run_config=QUIET,
                raise_on_error=False,
                asset_selection=None if assets is None else [key_of(asset) for asset in assets],
                tags={**worker_tags(), "dagster/max_retries": "0"},
            )
            runs.append(YearRun(year, result.run_id, result.success, tuple(failures_of(result)), _interrupted(result)))
            _tell(runs[-1], result)
            if not result.success or platform.progress.interrupt_requested:
                break
    return runs


def _tell(run: YearRun, result: dg.ExecuteInProcessResult) -> None:
    """Log what came of a year, with the stack traces of unforeseen errors."""
    _log.log(
        logging.INFO if run.success else logging.ERROR,
        "%s %s, run %s",
        run.year,
        "is complete" if run.success else "failed",
        run.run_id,
    )
    for text in run.failures:
        _log.error("%s", text)
    for event in result.filter_events(lambda event: event.is_step_failure):
        data = event.step_failure_data
        if data.error is not None and data.error.stack:
            _log.error("%s", data.error.to_string())


def failures_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """The reasons of a run's failed steps, one text a step, without stack traces."""
    texts = []
    for event in result.filter_events(lambda event: event.is_step_failure):
        data = event.step_failure_data
        reason = data.user_failure_data.description if data.user_failure_data else None
        cause = data.error.cause if data.error and data.error.cause else data.error
        texts.append(
            f"{asset_of_step(str(event.step_key))}: {reason or (cause.message.strip() if cause else 'failed')}"
        )
    return texts


def _interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a step ended because the run was asked to end."""
    failures = [event.step_failure_data for event in result.filter_events(lambda event: event.is_step_failure)]
    return any(
        data.error_source == ErrorSource.INTERRUPT
        and data.error is not None
        and data.error.cls_name != RunEnded.__name__
        for data in failures
    )
