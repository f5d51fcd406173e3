"""All definitions of the code location, put together.

Belongs here: assembling. Does not belong here: any asset, job, schedule, check or resource itself.
"""

import logging
import os
from pathlib import Path

import dagster as dg

from aquamind_assets.assets.asset_checks import checks_across_assets
from aquamind_assets.assets.automation import reconcile_dead_runs, renew_changed_scenario, schedules
from aquamind_assets.assets.jobs import history_jobs, one_year_job
from aquamind_assets.assets.partitions import yearly
from aquamind_assets.assets.recorded import recorded_asset
from aquamind_assets.assets.simulation import farm_assets
from aquamind_assets.assets.year_report import year_report_asset
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings


def build_defs(settings: Settings | None = None, platform: Platform | None = None) -> dg.Definitions:
    """All definitions for these settings (default: from the environment), or around a platform whose progress is shown.

    Raises:
        ScenarioError: the scenario cannot be used.
    """
    platform = platform or Platform((settings or Settings.load()).settled())
    scenario = platform.scenario
    years = yearly(scenario)
    recorded = [
        recorded_asset(recorder, years, platform.settings.database_url.kind, platform.release)
        for recorder in platform.recorders.values()
    ]
    return dg.Definitions(
        assets=[*recorded, *farm_assets(years, platform.release), year_report_asset(years)],
        asset_checks=[checks_across_assets(years, platform.release)],
        jobs=[one_year_job(), *history_jobs(scenario)],
        schedules=schedules(years),
        sensors=[renew_changed_scenario, reconcile_dead_runs],
        resources={"platform": platform},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What the user interface, the daemon and the run workers load."""
    warn_without_instance_file()
    return build_defs()


def warn_without_instance_file() -> None:
    """Log a warning where DAGSTER_HOME has no ``dagster.yaml``: Dagster then takes defaults of its own."""
    home = os.environ.get("DAGSTER_HOME")
    if home and not (Path(home) / "dagster.yaml").exists():
        logging.getLogger(__name__).warning(
            "%s has no dagster.yaml: Dagster would begin ten runs at once, find no dead runs and send telemetry;"
            " `aquamind status` with this DAGSTER_HOME writes the file, then start Dagster again",
            home,
        )
