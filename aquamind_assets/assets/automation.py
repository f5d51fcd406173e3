"""Schedules and sensors: live mode, changed scenarios, dead runs. All are off until a user switches them on.

Dagster's automation conditions would not do here. They look at Dagster's own events and at the latest partition; which
years are stale the checkpoints in the database say, dead runs have no event at all, and the running year has to be
extended by a day although nothing above it has changed.

Belongs here: when something is launched. Does not belong here: what it does.
"""

from collections.abc import Iterator

import dagster as dg

from aquamind_assets.assets.dead_runs import reconcile
from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.assets.standing_checks import JOB as STANDING_CHECKS_JOB
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.staleness import years_to_renew


def schedules(years: dg.TimeWindowPartitionsDefinition) -> list[dg.ScheduleDefinition]:
    """``close_previous_year``, ``extend_running_year`` and ``check_years``."""

    @dg.schedule(
        cron_schedule="0 3 1 1 *",
        job_name=ONE_YEAR,
        execution_timezone="UTC",
        description="On 1 January: simulate and write the year that has just ended to its last day.",
    )
    def close_previous_year(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _request(years, context, days_back=1, key="close")

    @dg.schedule(
        cron_schedule="0 2 * * *",
        job_name=ONE_YEAR,
        execution_timezone="UTC",
        description=(
            "Every day: extend the running year up to yesterday. Only new days are written, and what has changed of"
            " batches, treatments, stock."
        ),
    )
    def extend_running_year(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if context.scheduled_execution_time.timetuple().tm_yday == 1:
            return dg.SkipReason("No day of the new year is over yet; close_previous_year does the rest.")
        return _request(years, context, days_back=0, key="extend")

    check_years = dg.ScheduleDefinition(
        "check_years",
        cron_schedule="0 5 * * *",
        job_name=STANDING_CHECKS_JOB,
        execution_timezone="UTC",
        description="Every day: check that no year has failed or is missing.",
    )
    return [close_previous_year, extend_running_year, check_years]


def _request(
    years: dg.TimeWindowPartitionsDefinition, context: dg.ScheduleEvaluationContext, days_back: int, key: str
) -> dg.RunRequest | dg.SkipReason:
    day = context.scheduled_execution_time
    year = str(day.year - days_back)
    if not years.has_partition_key(year):
        keys = years.get_partition_keys()
        return dg.SkipReason(f"{year} is not a year of the asset graph, which has {keys[0]} to {keys[-1]}.")
    return dg.RunRequest(run_key=f"{key}-{day:%Y-%m-%d}", partition_key=year)


@dg.sensor(
    name="renew_changed_scenario",
    job_name=ONE_YEAR,
    minimum_interval_seconds=60,
    description=(
        "When the scenario has changed, materialize the years again that were written with another one: earliest first,"
        " one at a time."
    ),
)
def renew_changed_scenario(
    context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
) -> dg.RunRequest | dg.SkipReason:
    """Requests the earliest year whose rows belong to another scenario than the current one."""
    years = years_to_renew(platform)
    if not years:
        return dg.SkipReason("Every year that is there belongs to the current scenario.")
    return dg.RunRequest(run_key=f"renew-{platform.fingerprint}-{years[0]}", partition_key=str(years[0]))


@dg.sensor(
    name="reconcile_dead_runs",
    job_name=ONE_YEAR,
    minimum_interval_seconds=60,
    description=(
        "Find runs that count as started though their process is gone (after a power cut), and report them failed, so"
        " that they are retried from their checkpoints."
    ),
)
def reconcile_dead_runs(
    context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
) -> Iterator[dg.SkipReason]:
    """Looks at every run under way; launches nothing itself, the retry is the run-retries daemon's."""
    with platform.lock_probe() as is_locked:
        under_way = reconcile(context.instance, is_locked)
    dead = [run for run in under_way if not run.alive]
    yield dg.SkipReason(
        "; ".join(f"run {run.run_id} of {run.partition or run.job} reported failed: {run.reason}" for run in dead)
        or "All runs under way are alive."
    )
