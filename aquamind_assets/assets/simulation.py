"""The simulated farm's assets: water and weather, and the year of the farm itself."""

import time
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
import numpy as np

from aquamind_assets.assets.asset_checks import figures_of, results_of, specs_of
from aquamind_assets.assets.dead_runs import sign
from aquamind_assets.assets.failures import named_failures, raise_violations
from aquamind_assets.assets.labels import OWNERS
from aquamind_assets.assets.partitions import PREVIOUS_YEAR
from aquamind_assets.farm.batches.staging import staged_starts, waiting
from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.laws.stored_evidence import evidence_of
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.ledger.store import StoredPart
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM, CLIMATE, LEDGER, code_version
from aquamind_assets.tables.releases import Release
from aquamind_assets.timeline import to_date


def farm_assets(years: dg.TimeWindowPartitionsDefinition, release: Release) -> list[dg.AssetsDefinition]:
    """``site_climate`` and ``farm_year``."""

    @dg.asset(
        name="site_climate",
        group_name="farm",
        partitions_def=years,
        deps=[BEFORE_THE_FARM[-1]],
        kinds={"numpy", "parquet"},
        owners=OWNERS,
        tags={"domain": "environmental"},
        code_version=code_version(CLIMATE),
        description=(
            "Water and weather of every site on every day of the year: temperature with season, warm and cold years and"
            " lasting anomalies, salinity, oxygen, pH, wind, waves, rain. One Parquet file beside the ledger. Each year"
            " can be made alone."
        ),
    )
    def site_climate(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> dg.MaterializeResult:
        year = int(context.partition_key)
        sign(context)
        with named_failures(context, platform.progress):
            began = time.perf_counter()
            platform.progress.started("site_climate", year, 1)
            climate = site_days(platform.scenario, platform.infrastructure, year)
            stored = platform.ledgers.write_climate(year, climate)
            platform.progress.completed("site_climate", year)
            sea = climate.take(platform.infrastructure.sites.area[climate.site] >= 0)
            figures = {
                "sea_temperature_mean": round(float(np.mean(sea.temperature)), 2),
                "sea_temperature_max": round(float(np.max(sea.temperature, initial=0)), 2),
            }
            return _stored(stored, began, figures if len(sea) else {})

    @dg.asset(
        name="farm_year",
        group_name="farm",
        partitions_def=years,
        deps=["site_climate", dg.AssetDep("farm_year", partition_mapping=PREVIOUS_YEAR)],
        check_specs=specs_of("farm_year", years, release),
        kinds={"numpy", "parquet"},
        owners=OWNERS,
        tags={"domain": "farm"},
        code_version=code_version(LEDGER),
        description=(
            "The whole farm, simulated day by day from the state in which the year before closed: batches, growth,"
            " feed, lice, disease, treatments, transfers, harvest. Its result, the ledger, is what every table is"
            " written from. The running year is simulated up to yesterday."
        ),
    )
    def farm_year(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> Iterator[dg.MaterializeResult]:
        year = int(context.partition_key)
        sign(context)
        with named_failures(context, platform.progress):
            began = time.perf_counter()
            platform.progress.started("farm_year", year, 1)
            known = platform.ledgers.store.about(year, "farm")
            through = max(platform.through(year), known.through if known else 0)
            opening = platform.ledgers.opening(year)
            ledger, closing = simulate_year(
                platform.scenario, platform.infrastructure, platform.ledgers.climate(year), opening, year, through
            )
            stored = platform.ledgers.write(ledger, closing)
            platform.progress.completed("farm_year", year)
            checked = [
                *results_of("farm_year", evidence_of(platform, year, ledger), release),
                figures_of(platform, year, ledger),
            ]
            result = _stored(stored, began, {"through": str(to_date(through)), **_staged(platform, closing)}, checked)
        yield result
        raise_violations(checked)

    return [site_climate, farm_year]


def _staged(platform: Platform, closing: FarmState) -> dict[str, float | str]:
    """How many staged batches still wait for room after the day they were to begin; nothing for a farm that is not
    staged."""
    starts = staged_starts(platform.scenario, platform.infrastructure)
    return {"staged_batches_without_room": len(waiting(starts, closing.plans.sequence, closing.day))} if starts else {}


def _stored(
    stored: StoredPart, began: float, figures: Mapping[str, float | str], checked: Sequence[dg.AssetCheckResult] = ()
) -> dg.MaterializeResult:
    rows = sum(stored.rows.values())
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": rows,
            "seconds": round(time.perf_counter() - began, 3),
            "stored_mb": round(stored.bytes / 1e6, 3),
            "rows by frame": dg.MetadataValue.json(stored.rows),
            **figures,
        },
        data_version=dg.DataVersion(stored.digest),
        check_results=checked,
    )
