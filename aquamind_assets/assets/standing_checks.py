"""Checks that are not of one year: that no year has failed or is missing, and the figures of the whole history.

Dagster shows a failed year until it succeeds, but nothing asks for it; and a year that was cleared stays green, for
Dagster has no way to take a materialization back. So these checks compare what Dagster shows with what the database
holds: once a day by a schedule, or whenever a user launches them.

They are checks and no sensors: their result stays visible at the asset, and clears itself when the cause is gone.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import dagster as dg

from aquamind_assets.assets.asset_checks import figures_result, measured, observed_year
from aquamind_assets.assets.failures import named_failures
from aquamind_assets.assets.keys import key_of, name_of
from aquamind_assets.laws.registry import SIMULATED
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.prerequisites import complete_years
from aquamind_assets.realism.observations import Observations
from aquamind_assets.realism.statistics import is_full_scale
from aquamind_assets.realism.targets import compare, load_targets
from aquamind_assets.reports.asset_reports import YEAR_REPORT
from aquamind_assets.warehouse.errors import NothingMaterialized

NO_YEAR_FAILED = "no_year_failed_or_missing"
HISTORY_FIGURES = "published_figures_of_the_history"
STANDING_CHECKS = (
    dg.AssetCheckKey(key_of(YEAR_REPORT), NO_YEAR_FAILED),
    dg.AssetCheckKey(key_of(SIMULATED), HISTORY_FIGURES),
)
JOB = "standing_checks"


def standing_checks(
    years: dg.TimeWindowPartitionsDefinition, yearly: Sequence[dg.AssetKey]
) -> list[dg.AssetChecksDefinition]:
    """``no_year_failed_or_missing`` of these yearly assets, and ``published_figures_of_the_history``."""

    @dg.asset_check(
        asset=key_of(YEAR_REPORT),
        name=NO_YEAR_FAILED,
        description=(
            "Every year of the history is in the database, complete and of the current scenario, and the last run of"
            " none has failed. Missing years are a warning, failed ones and those that Dagster shows but the database"
            " does not hold are errors."
        ),
    )
    def no_year_failed(
        context: dg.AssetCheckExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> dg.AssetCheckResult:
        with named_failures(context, platform.progress):
            return judge_years(platform, failed_years(context.instance, years, yearly), _shown(context.instance, years))

    @dg.asset_check(
        asset=key_of(SIMULATED),
        name=HISTORY_FIGURES,
        description=(
            "What the simulated years of the history together measure beside published figures. A miss is a warning:"
            " small farms and short histories stray."
        ),
    )
    def history_figures(
        context: dg.AssetCheckExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> dg.AssetCheckResult:
        with named_failures(context, platform.progress):
            stored = platform.ledgers.years()
            simulated = [year for year in platform.scenario.years if year in stored]
            observed = Observations.added(
                [observed_year(platform, year, platform.ledgers.ledger(year)) for year in simulated]
            )
            full_scale = is_full_scale(platform.infrastructure)
            compared = compare(load_targets(), measured(platform, observed), "decade", full_scale=full_scale)
            return figures_result(HISTORY_FIGURES, compared)

    return [no_year_failed, history_figures]


def failed_years(
    instance: dg.DagsterInstance, years: dg.TimeWindowPartitionsDefinition, assets: Sequence[dg.AssetKey]
) -> dict[int, list[str]]:
    """Names of the assets whose last run failed, by year."""
    failed: dict[int, list[str]] = {}
    for key in assets:
        for year, status in (instance.get_status_by_partition(key, years.get_partition_keys(), years) or {}).items():
            if status == dg.AssetPartitionStatus.FAILED:
                failed.setdefault(int(year), []).append(name_of(key))
    return dict(sorted(failed.items()))


def _shown(instance: dg.DagsterInstance, years: dg.TimeWindowPartitionsDefinition) -> set[int]:
    """Years that Dagster shows as materialized to the last asset."""
    known = instance.get_status_by_partition(key_of(YEAR_REPORT), years.get_partition_keys(), years) or {}
    return {int(year) for year, status in known.items() if status == dg.AssetPartitionStatus.MATERIALIZED}


def judge_years(platform: Platform, failed: Mapping[int, list[str]], shown: set[int]) -> dg.AssetCheckResult:
    """The result of :data:`NO_YEAR_FAILED`.

    Args:
        platform: scenario and database.
        failed: names of the assets whose last run failed, by year.
        shown: years that Dagster shows as materialized.
    """
    last_day = platform.settings.current_day() - timedelta(days=1)
    wanted = [year for year in platform.scenario.years if year <= last_day.year]
    try:
        with platform.read() as warehouse:
            complete = complete_years(platform, warehouse, {*wanted, *shown})
    except NothingMaterialized:
        complete = set()
    gone = sorted(shown - complete - failed.keys())
    missing = [year for year in wanted if year not in complete and year not in shown and year not in failed]
    parts = [f"{year} failed ({', '.join(assets)})" for year, assets in failed.items()]
    if gone:
        parts.append(f"Dagster shows {_list(gone)}, which the database does not hold as a whole: cleared, or stale")
    if missing:
        parts.append(f"{_list(missing)} missing")
    again = sorted({*failed, *gone, *missing})
    advice = f". Materialize one_year for {_list(again)}: completed chunks are skipped" if again else ""
    return dg.AssetCheckResult(
        asset_key=key_of(YEAR_REPORT),
        check_name=NO_YEAR_FAILED,
        passed=not again,
        severity=dg.AssetCheckSeverity.ERROR if failed or gone else dg.AssetCheckSeverity.WARN,
        description=("; ".join(parts) + advice if again else f"All of {_list(wanted)} are complete") + ".",
        metadata={"failed": len(failed), "gone": len(gone), "missing": len(missing), "complete": len(complete)},
    )


def _list(years: Sequence[int]) -> str:
    """Ascending years with those that follow each other as a range, as in ``2016, 2018-2024``."""
    begins = [year for year in years if year - 1 not in years]
    ends = [year for year in years if year + 1 not in years]
    return ", ".join(
        str(first) if first == last else f"{first}-{last}" for first, last in zip(begins, ends, strict=True)
    )
