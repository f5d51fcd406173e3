"""The asset that reports on a whole year, and the pages of sessions and of the history that its last year completes.

Pages over several years are assets that Dagster does not run: the step of ``year_report`` writes them, and says so.
A step of their own would be a run of its own, for which a backfill waits half a minute more.

Belongs here: their places in the graph. Does not belong here: figures and plots (``reports``).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg

from aquamind_assets.assets.failures import named_failures
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.labels import OWNERS
from aquamind_assets.assets.metadata import figures_metadata, origin, report_metadata
from aquamind_assets.assets.year_steps import IN_ONE_RUN, YearResult, materialized, years_of
from aquamind_assets.pipeline.lineage import REPORTS, YEAR_REPORT, above
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import code_version
from aquamind_assets.reports.accounts import read_accounts
from aquamind_assets.reports.asset_reports import asset_report
from aquamind_assets.reports.pages import Written, all_spans, completed_spans, folder_of, span_of_year, write_pages
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.releases import Release

EXTENDED_DAILY = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))
"""The running year is extended once a day: two hours of grace, and a failure when a second day is missing. It stands on
the last asset alone, which is materialized when all others are."""


def year_report_asset(
    years: dg.TimeWindowPartitionsDefinition, kinds: set[str], release: Release
) -> dg.AssetsDefinition:
    """``year_report``, below the recorders of a release; ``kinds`` say which database it reads."""

    @dg.asset(
        name=YEAR_REPORT,
        key_prefix=REPORTS,
        group_name=REPORTS,
        partitions_def=years,
        backfill_policy=IN_ONE_RUN,
        deps=[key_of(asset) for asset in above(YEAR_REPORT, release)],
        kinds=kinds,
        tags={"domain": "reports"},
        metadata=figures_metadata(YEAR_REPORT),
        code_version=code_version((asset_report,)),
        freshness_policy=EXTENDED_DAILY,
        description=(
            "What a manager asks of a year: active batches, biomass, harvest, survival from egg and from smolt, feed"
            " conversion, mortality, lice, treatments and diagnoses, and the lice of the cage that was treated most"
            " often; the same and more as a page. Read from the written tables alone; batches completed in the year"
            " count where the years before it are written too. Fresh while `extend_running_year` runs every day."
        ),
    )
    def report(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> Iterator[Any]:
        yield from materialized(context, platform, YEAR_REPORT, lambda year: _report(platform, year))
        with named_failures(context, platform.progress):
            written = _completed(platform, years_of(context))
        for page in written:
            yield dg.AssetMaterialization(
                key_of(page_asset(page.span.name)), metadata={**_links(page), **origin(platform)}
            )

    return report


def page_assets(scenario: Scenario) -> list[dg.AssetSpec]:
    """The reports of the sessions and of the whole history, which the step of ``year_report`` writes."""
    return [
        dg.AssetSpec(
            key_of(page_asset(span.name)),
            deps=[key_of(YEAR_REPORT)],
            group_name=REPORTS,
            kinds={"html"},
            owners=OWNERS,
            tags={"domain": "reports"},
            description=(
                f"{span.title}, {span.years[0]}-{span.years[-1]}: a page for people, and the same figures as JSON."
                " Written by `year_report` when its years are complete; `aquamind report` writes it at any time."
            ),
        )
        for span in all_spans(scenario, ())
    ]


def page_asset(span: str) -> str:
    """Name of the asset of a span's page."""
    return f"{span}_report"


def _report(platform: Platform, year: int) -> YearResult:
    platform.progress.started(YEAR_REPORT, year, 1)
    threshold = platform.scenario.health.lice.threshold
    with platform.step() as warehouse:
        accounts = read_accounts(warehouse, [year], threshold)
        metadata = report_metadata(asset_report(YEAR_REPORT, warehouse, year, threshold, accounts))
        folder = folder_of(platform.settings)
        page = write_pages(warehouse, [span_of_year(year)], threshold, folder, accounts=accounts)[0]
    platform.progress.completed(YEAR_REPORT, year)
    return YearResult(_links(page) | metadata | origin(platform))


def _completed(platform: Platform, years: list[int]) -> list[Written]:
    with platform.step() as warehouse:
        spans = completed_spans(warehouse, platform.scenario, years)
        return write_pages(warehouse, spans, platform.scenario.health.lice.threshold, folder_of(platform.settings))


def _links(page: Written) -> dict[str, Any]:
    """The page's address and its file."""
    return {"page": dg.MetadataValue.url(page.url), "path": dg.MetadataValue.path(page.html.absolute())}
