"""One asset for each recorder: the year's rows of its tables.

Belongs here: what Dagster knows of such an asset. Does not belong here: which rows (``records``), which chunks
(``writing``).
"""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from aquamind_assets.assets.asset_checks import results_of, specs_of
from aquamind_assets.assets.failures import violated
from aquamind_assets.assets.jobs import rewriting_runs
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.metadata import (
    chunk_metadata,
    definition_metadata,
    described,
    origin,
    report_metadata,
    written_metadata,
)
from aquamind_assets.assets.year_steps import IN_ONE_RUN, YearResult, materialized
from aquamind_assets.laws.stored_evidence import evidence_of
from aquamind_assets.pipeline.existing_rows import meetings
from aquamind_assets.pipeline.lineage import READINGS, above
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.prerequisites import missing_rows, require_upstream
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM, rows_code
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.reports.asset_reports import asset_report
from aquamind_assets.tables.releases import Release
from aquamind_assets.warehouse.checkpoints import Checkpoint
from aquamind_assets.warehouse.errors import MissingReferences
from aquamind_assets.warehouse.warehouse import Warehouse

WRITING_POOL = "warehouse_write"
"""Steps that write into the database; the instance limits how many run at once."""

OBSERVE_AFTER_S = 1.0
"""Chunks committed within a second of the last event get none of their own: on a small farm they would outnumber
everything else in the event log."""

LAST = {"dagster/priority": "-1"}
"""Steps with this tag wait until no other can begin. A process beside may have written most of the readings by then."""


def recorded_asset(
    recorder: Recorder, years: dg.TimeWindowPartitionsDefinition, kinds: set[str], release: Release
) -> dg.AssetsDefinition:
    """The asset of a recorder; ``kinds`` say which database it writes into, ``release`` whose tables of AquaMind's."""

    @dg.asset(
        name=recorder.asset,
        key_prefix=recorder.group,
        group_name=recorder.group,
        description=described(recorder, release),
        partitions_def=years,
        backfill_policy=IN_ONE_RUN,
        deps=[key_of(asset) for asset in above(recorder.asset, release)],
        kinds=kinds,
        tags={"domain": recorder.domain},
        metadata=definition_metadata(recorder, release),
        code_version=rows_code(recorder.asset, release),
        pool=WRITING_POOL,
        check_specs=specs_of(recorder.asset, years, release),
        op_tags=LAST if recorder.asset == READINGS else {},
    )
    def recorded(context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]) -> Iterator[Any]:
        yield from materialized(
            context, platform, recorder.asset, lambda year: _record(context, platform, recorder, year)
        )

    return recorded


def _record(context: dg.AssetExecutionContext, platform: Platform, recorder: Recorder, year: int) -> YearResult:
    last_event = time.monotonic()

    def observe(checkpoint: Checkpoint, chunks: int) -> None:
        nonlocal last_event
        if time.monotonic() - last_event >= OBSERVE_AFTER_S:
            last_event = time.monotonic()
            context.log_event(
                dg.AssetObservation(
                    asset_key=key_of(recorder.asset),
                    partition=str(year),
                    metadata=chunk_metadata(checkpoint, chunks),
                )
            )

    keep_only = rewriting_runs(context.run, context.instance)
    platform.require_simulated(recorder, year)
    with platform.step() as warehouse:
        if not recorder.upstream:
            # The first step of a year refuses what stands in the way of any of them.
            meetings(platform, warehouse, [year])
        require_upstream(recorder, year, platform, warehouse)
        days = None if recorder.asset in BEFORE_THE_FARM else platform.days
        try:
            writer = platform.writer(recorder, warehouse, context.run.run_id)
            beside = platform.beside is not None and platform.beside.hand_over(recorder.asset, year)
            written = writer.write(year, days, observe, keep_only=keep_only, begun_beside=beside)
        except MissingReferences as error:
            raise missing_rows(recorder, year, platform, warehouse, error) from None
        report = asset_report(recorder.asset, warehouse, year, platform.scenario.health.lice.threshold)
        metadata = written_metadata(recorder, platform.release, year, written, warehouse.manifest(recorder.tables))
        metadata |= report_metadata(report) | origin(platform)
        checked = _checked(platform, recorder, year, warehouse)
    if platform.beside is not None and not violated(checked):
        platform.beside.complete(recorder.asset, year)
    return YearResult(metadata, written.digest, checked)


def _checked(platform: Platform, recorder: Recorder, year: int, warehouse: Warehouse) -> list[dg.AssetCheckResult]:
    """The laws of the asset's rows, as far as they are there."""
    ledger = None if recorder.asset in BEFORE_THE_FARM else platform.ledger(year)
    return results_of(recorder.asset, evidence_of(platform, year, ledger).with_database(warehouse), platform.release)
