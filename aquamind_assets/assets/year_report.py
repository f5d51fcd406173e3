"""The asset that reports on a whole year. Belongs here: its place in the graph. Does not belong here: figures and plots
(``reports``)."""

import dagster as dg

from aquamind_assets.assets.failures import named_failures
from aquamind_assets.assets.labels import OWNERS
from aquamind_assets.assets.metadata import figures_metadata, report_metadata
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import code_version
from aquamind_assets.reports.asset_reports import YEAR_REPORT, asset_report

REPORTED = ("transfers", "mortality", "feeding_summaries", "growth_samples", "lice_counts", "treatments", "journal")
"""Assets whose tables the report reads; they depend on the others it reads."""


def year_report_asset(years: dg.TimeWindowPartitionsDefinition) -> dg.AssetsDefinition:
    """``year_report``."""

    @dg.asset(
        name=YEAR_REPORT,
        group_name="reports",
        partitions_def=years,
        deps=list(REPORTED),
        kinds={"pandas"},
        owners=OWNERS,
        tags={"domain": "reports"},
        metadata=figures_metadata(YEAR_REPORT),
        code_version=code_version((asset_report,)),
        description=(
            "What a manager asks of a year: active batches, biomass, harvest, survival from egg and from smolt, feed"
            " conversion, mortality, lice, treatments and diagnoses, and the lice of the cage that was treated most"
            " often. Read from the written tables alone; batches completed in the year count where the years before it"
            " are written too. Pages over several years: `aquamind report`."
        ),
    )
    def report(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> dg.MaterializeResult:
        year = int(context.partition_key)
        platform.progress.started(YEAR_REPORT, year, 1)
        with named_failures(context, platform.progress), platform.open() as warehouse:
            threshold = platform.scenario.health.lice.threshold
            metadata = report_metadata(asset_report(YEAR_REPORT, warehouse, year, threshold))
        platform.progress.completed(YEAR_REPORT, year)
        return dg.MaterializeResult(metadata=metadata)

    return report
