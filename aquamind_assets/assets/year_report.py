"""The asset that reports on a whole year. Belongs here: its place in the graph. Does not belong here: figures and plots
(``reports``)."""

import dagster as dg

from aquamind_assets.assets.dead_runs import sign
from aquamind_assets.assets.failures import failures_for_users
from aquamind_assets.assets.labels import OWNERS
from aquamind_assets.assets.metadata import report_metadata
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import code_version
from aquamind_assets.reports.partition import year_report

REPORTED = ("transfers", "mortality", "feeding_summaries", "growth_samples", "lice_counts", "treatments", "journal")
"""Assets whose tables the report reads; they depend on the others it reads."""


def year_report_asset(years: dg.TimeWindowPartitionsDefinition) -> dg.AssetsDefinition:
    """``year_report``."""

    @dg.asset(
        name="year_report",
        group_name="reports",
        partitions_def=years,
        deps=list(REPORTED),
        kinds={"pandas"},
        owners=OWNERS,
        tags={"domain": "reports"},
        code_version=code_version((year_report,)),
        description=(
            "What a manager asks of a year: active batches, biomass, harvest, survival from egg and from smolt, feed"
            " conversion, diagnoses, treatments, and the lice of the cage that needed most treatment. Read from the"
            " written tables alone. Pages over several years: `aquamind report`."
        ),
    )
    def report(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> dg.MaterializeResult:
        sign(context)
        year = int(context.partition_key)
        platform.progress.started("year_report", year, 1)
        with failures_for_users(), platform.open() as warehouse:
            metadata = report_metadata(year_report(warehouse, year))
        platform.progress.completed("year_report", year)
        return dg.MaterializeResult(metadata=metadata)

    return report
