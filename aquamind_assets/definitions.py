"""All definitions of the code location, put together.

Belongs here: assembling, and what holds for all assets alike: owners, code references, the settings in use. Does not
belong here: any asset, job, schedule, check or resource itself.
"""

import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from aquamind_assets.assets.asset_checks import checks_across_assets
from aquamind_assets.assets.automation import reconcile_dead_runs, renew_changed_scenario, schedules
from aquamind_assets.assets.code_references import code_references, linked_to_git
from aquamind_assets.assets.jobs import many_machines_jobs, one_year_job, standing_checks_job
from aquamind_assets.assets.keys import name_of
from aquamind_assets.assets.labels import OWNERS
from aquamind_assets.assets.live import live_job, live_schedule
from aquamind_assets.assets.metadata import kinds_of_database, kinds_of_ledger, origin
from aquamind_assets.assets.partitions import yearly
from aquamind_assets.assets.recorded import recorded_asset
from aquamind_assets.assets.resource import PlatformResource, platform_resource
from aquamind_assets.assets.simulation import farm_assets
from aquamind_assets.assets.standing_checks import standing_checks
from aquamind_assets.assets.year_report import page_assets, year_report_asset
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import CLIMATE, LEDGER, recorder_functions
from aquamind_assets.reports.asset_reports import asset_report
from aquamind_assets.settings import Settings

CODE_URL, CODE_BRANCH = "AQUAMIND_CODE_URL", "AQUAMIND_CODE_BRANCH"
"""Environment variables: where the code links of the assets lead, instead of to files on this machine."""


def build_defs(settings: Settings | None = None, platform: Platform | None = None) -> dg.Definitions:
    """All definitions for these settings (default: from the environment), or around a platform whose progress is shown.

    Raises:
        ScenarioError: the scenario cannot be used.
    """
    resource: PlatformResource | dg.ResourceDefinition
    if platform is None:
        settings = settings or Settings.load(noted=False)
        resource, platform = PlatformResource.of(settings), Platform(settings.settled())
    else:
        resource = platform_resource(platform)
    scenario = platform.scenario
    years = yearly(scenario)
    database, ledger = kinds_of_database(platform), kinds_of_ledger(platform)
    with warnings.catch_warnings():
        # Backfill policies and code references are beta; the version is pinned to the minor, so once is known enough.
        warnings.simplefilter("ignore", dg.BetaWarning)
        recorded = [
            recorded_asset(recorder, years, database, platform.release) for recorder in platform.recorders.values()
        ]
        report = year_report_asset(years, database, platform.release)
        assets = _with_policies([*recorded, *farm_assets(years, ledger, platform.release), report], platform)
    return dg.Definitions(
        assets=[*assets, *page_assets(scenario)],
        asset_checks=[
            checks_across_assets(years, platform.release),
            *standing_checks(years, [asset.key for asset in assets]),
        ],
        jobs=[one_year_job(scenario), *many_machines_jobs(scenario), standing_checks_job(), live_job()],
        schedules=[*schedules(years), live_schedule()],
        sensors=[renew_changed_scenario, reconcile_dead_runs],
        resources={"platform": resource},
        executor=dg.in_process_executor,
        metadata=origin(platform),
    )


def _with_policies(assets: list[dg.AssetsDefinition], platform: Platform) -> list[dg.AssetsDefinition]:
    """The assets with what holds for all of them."""
    sources: dict[str, list[Callable[..., object]]] = {
        **{name: [*recorder_functions(recorder)] for name, recorder in platform.recorders.items()},
        "site_climate": [CLIMATE[-1]],
        "farm_year": [LEDGER[-1]],
        "year_report": [asset_report],
    }

    def policies(spec: dg.AssetSpec) -> dg.AssetSpec:
        links = {"dagster/code_references": code_references(sources[name_of(spec.key)])}
        return spec.merge_attributes(owners=OWNERS, metadata=origin(platform) | links)

    described = [asset.map_asset_specs(policies) for asset in assets]
    url = os.environ.get(CODE_URL)
    return linked_to_git(described, url, os.environ.get(CODE_BRANCH, "main")) if url else described


@dg.definitions
def defs() -> dg.Definitions:
    """What the user interface, the daemon and the run workers load. Only the environment decides what it is."""
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
