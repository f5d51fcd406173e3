"""The simulated farm's assets: water and weather, and the year of the farm itself."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import numpy as np

from aquamind_assets.assets.asset_checks import figures_of, results_of, specs_of
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.metadata import frame_schema, origin
from aquamind_assets.assets.year_steps import IN_ONE_RUN, YearResult, materialized
from aquamind_assets.farm.batches.staging import staged_starts, waiting
from aquamind_assets.laws.stored_evidence import evidence_of
from aquamind_assets.ledger.ledgers import FRAMES
from aquamind_assets.ledger.model import SiteDays
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.ledger.store import StoredPart
from aquamind_assets.pipeline.lineage import FARM, FARM_YEAR, SITE_CLIMATE, above
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import CLIMATE, LEDGER, code_version
from aquamind_assets.pipeline.simulation import store_climate_once, store_year_once
from aquamind_assets.tables.releases import Release
from aquamind_assets.timeline import to_date


def farm_assets(
    years: dg.TimeWindowPartitionsDefinition, kinds: set[str], release: Release
) -> list[dg.AssetsDefinition]:
    """``site_climate`` and ``farm_year``; ``kinds`` say how the ledgers are stored.

    ``farm_year`` needs its own previous year. The edge is left out of its definition: Dagster refuses to run an asset
    that depends on itself in one run with the assets above it, and a backfill would wait for its daemon once more. A
    run works on its years in order, and a year without the state in which the year before closed is refused with a
    message.
    """

    @dg.asset(
        name="site_climate",
        key_prefix=FARM,
        group_name=FARM,
        partitions_def=years,
        backfill_policy=IN_ONE_RUN,
        deps=[key_of(asset) for asset in above(SITE_CLIMATE, release)],
        kinds=kinds,
        tags={"domain": "environmental"},
        metadata={"dagster/column_schema": frame_schema(SiteDays)},
        code_version=code_version(CLIMATE),
        description=(
            "Water and weather of every site on every day of the year: temperature with season, warm and cold years and"
            " lasting anomalies, layers, salinity after rain, oxygen, pH, wind, waves, rain. One Parquet file beside"
            " the ledger. Each year can be simulated alone."
        ),
    )
    def site_climate(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> Iterator[Any]:
        yield from materialized(context, platform, "site_climate", lambda year: _climate(platform, year))

    @dg.asset(
        name="farm_year",
        key_prefix=FARM,
        group_name=FARM,
        partitions_def=years,
        backfill_policy=IN_ONE_RUN,
        deps=[key_of(asset) for asset in above(FARM_YEAR, release)],
        check_specs=specs_of(FARM_YEAR, years, release),
        kinds=kinds,
        tags={"domain": "farm"},
        metadata={f"columns of {name}": frame_schema(frame) for name, frame in FRAMES.items()},
        code_version=code_version(LEDGER),
        description=(
            "The whole farm, simulated day by day from the state in which the year before closed: batches, growth,"
            " feed, lice, disease, treatments, transfers, harvest. Its result, the ledger, is what every table is"
            " written from. The running year is simulated up to yesterday. It needs its own previous year: backfill"
            " years together, and their run simulates them in order."
        ),
    )
    def farm_year(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> Iterator[Any]:
        yield from materialized(
            context, platform, "farm_year", lambda year: _simulated(platform, year, context.run.run_id)
        )

    return [site_climate, farm_year]


def _climate(platform: Platform, year: int) -> YearResult:
    began = time.perf_counter()
    platform.progress.started("site_climate", year, 1)
    climate, stored = store_climate_once(platform, year)
    platform.progress.completed("site_climate", year)
    sea = climate.take(platform.infrastructure.sites.area[climate.site] >= 0)
    figures = {
        "sea_temperature_mean": round(float(np.mean(sea.temperature)), 2),
        "sea_temperature_max": round(float(np.max(sea.temperature, initial=0)), 2),
    }
    return _stored(platform, stored, began, figures if len(sea) else {})


def _simulated(platform: Platform, year: int, run_id: str) -> YearResult:
    platform.progress.raise_if_interrupted(f"farm_year, before {year}")
    began = time.perf_counter()
    platform.progress.started("farm_year", year, 1)
    simulated, stored = store_year_once(platform, year)
    ledger = simulated.ledger
    platform.progress.completed("farm_year", year)
    if platform.beside is not None:
        platform.beside.begin(year, run_id, time.perf_counter() - began)
    checked = [
        *results_of("farm_year", evidence_of(platform, year, ledger), platform.release),
        figures_of(platform, year, ledger),
    ]
    figures = {"simulated_to": str(to_date(ledger.through)), **_staged(platform, simulated.closing)}
    return _stored(platform, stored, began, figures, checked)


def _staged(platform: Platform, closing: FarmState) -> dict[str, float | str]:
    """How many staged batches still wait for room after the day they were to begin; nothing for a farm that is not
    staged."""
    starts = staged_starts(platform.scenario, platform.infrastructure)
    return {"staged_batches_without_room": len(waiting(starts, closing.plans.sequence, closing.day))} if starts else {}


def _stored(
    platform: Platform,
    stored: StoredPart,
    began: float,
    figures: Mapping[str, float | str],
    checked: Sequence[dg.AssetCheckResult] = (),
) -> YearResult:
    metadata = {
        "rows": sum(stored.rows.values()),
        "seconds": round(time.perf_counter() - began, 3),
        "stored_mb": round(stored.bytes / 1e6, 3),
        "rows by frame": dg.MetadataValue.json(stored.rows),
        **figures,
        **origin(platform),
    }
    return YearResult(metadata, stored.digest, checked)
