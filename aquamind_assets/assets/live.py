"""Live mode by the hour: a job for the readings of today, and its schedule.

Belongs here: what Dagster knows of a day that is not over. Does not belong here: its rows (``pipeline.live``), the days
that are over (``automation``).
"""

from datetime import UTC, datetime, time, timedelta

import dagster as dg

from aquamind_assets.assets.failures import named_failures
from aquamind_assets.assets.jobs import SERIAL
from aquamind_assets.pipeline.live import LiveFarm, Moment, reached
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.timeline import to_date

READINGS_OF_TODAY = "readings_of_today"


def live_job() -> dg.JobDefinition:
    """``readings_of_today``: today's readings up to the last full three hours."""

    @dg.op(name="write_readings_of_today", out=dg.Out(dg.Nothing), description="Write today's readings so far.")
    def write(context: dg.OpExecutionContext, platform: dg.ResourceParam[Platform]) -> None:
        with named_failures(context, platform.progress):
            moment = _now(platform)
            with platform.step() as warehouse:
                if reached(warehouse, platform) != moment.day - 1:
                    context.log.info(
                        f"Nothing is written: {to_date(moment.day - 1)} is not the last day in the database."
                        " extend_running_year writes the days that are over."
                    )
                elif moment.slots:
                    shown = LiveFarm(platform).show(warehouse, moment)
                    context.log.info(f"{shown.rows:,} readings of {to_date(moment.day)} are there.")

    @dg.job(
        name=READINGS_OF_TODAY,
        tags=SERIAL,
        description=(
            "The readings of today up to the last full chunk. All else of today is written when the day is over, with"
            " the running year."
        ),
    )
    def readings_of_today() -> None:
        write()

    return readings_of_today


def live_schedule() -> dg.ScheduleDefinition:
    """``extend_today``: the job above, some minutes after each reading."""
    return dg.ScheduleDefinition(
        name="extend_today",
        job_name=READINGS_OF_TODAY,
        cron_schedule="10 */3 * * *",
        execution_timezone="UTC",
        description="Every three hours: write the readings of today. Needs extend_running_year for the days before.",
    )


def _now(platform: Platform) -> Moment:
    """The last full chunk of readings before now, or before the morning of the day that the settings give."""
    per_day, today = platform.scenario.water.readings_per_day, platform.settings.today
    now = datetime.now(UTC) if today is None else datetime.combine(today, time(), UTC)
    return Moment.at((now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1), per_day)
