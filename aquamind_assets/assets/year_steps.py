"""A step of one year or of several: each year is worked on in order, and has its own event, checks and figures.

A backfill of several years is one run (``BackfillPolicy.single_run``), because Dagster's backfill daemon looks every
thirty seconds alone, and would wait once or more for each year. So a step may get several years. If one of them fails,
those before it are recorded as materialized all the same.

Belongs here: the years of a step, and the events of each. Does not belong here: the work itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from aquamind_assets.assets.failures import StepContext, named_failures, op_context, raise_violations
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.termination import RunEnded
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import combine

IN_ONE_RUN = dg.BackfillPolicy.single_run()
"""All years of a backfill in one run."""

DATA_VERSION = "dagster/data_version"


@dataclass(frozen=True)
class YearResult:
    """The outcome of an asset's year.

    Attributes:
        metadata: what Dagster shows of it.
        digest: the digest of its content; None where there is none.
        checks: the results of its checks.
    """

    metadata: Mapping[str, Any]
    digest: str | None = None
    checks: Sequence[dg.AssetCheckResult] = field(default=())


def years_of(context: StepContext) -> list[int]:
    """The calendar years that a step is run for, in order."""
    years = op_context(context).partition_key_range
    return list(range(int(years.start), int(years.end) + 1))


def materialized(
    context: dg.AssetExecutionContext, platform: Platform, asset: str, work: Callable[[int], YearResult]
) -> Iterator[Any]:
    """Yield the events of an asset's years, each of which ``work`` writes.

    Raises:
        UserFailure: a user error in one of the years, or a law that its rows violate; the years after it are left.
        dagster.RetryRequested, Terminated, RunEnded: see :func:`named_failures`.
    """
    done: dict[int, YearResult] = {}
    checks: dict[int, Sequence[dg.AssetCheckResult]] = {}
    try:
        for year in years_of(context):
            with named_failures(context, platform.progress):
                result = work(year)
            checks[year] = result.checks
            raise_violations(result.checks)
            done[year] = result
    except dg.RetryRequested:
        raise
    except (Exception, RunEnded):
        # A year whose rows violate a law stays without a materialization, so that Dagster shows it as failed.
        context.log.error(where_it_stands(asset, list(done), years_of(context)))
        for year, result in done.items():
            yield _materialization(asset, year, result)
        for year, results in checks.items():
            yield from evaluations(context, year, results)
        raise
    for year, result in done.items():
        context.add_asset_metadata(dict(result.metadata), asset_key=key_of(asset), partition_key=str(year))
    digests = [result.digest for result in done.values() if result.digest is not None]
    # Dagster has one data version for all partitions of a run.
    version = (digests[0] if len(digests) == 1 else combine(*digests)) if digests else None
    yield dg.MaterializeResult(key_of(asset), data_version=dg.DataVersion(version) if version else None)
    yield from answered(context, checks)


def where_it_stands(asset: str, done: Sequence[int], years: Sequence[int]) -> str:
    """What a step that did not end has done, and what to click, in a line."""
    finished = f"{', '.join(map(str, done))} done" if done else "no year done"
    stopped = next((year for year in years if year not in done), years[-1])
    return (
        f"{asset} stopped in {stopped}: {finished}; committed chunks stay. To resume, remove the cause and click"
        " Re-execute, From failure; or aquamind run --resume."
    )


def answered(context: StepContext, checks: Mapping[int, Sequence[dg.AssetCheckResult]]) -> Iterator[Any]:
    """Yield the evaluations of each year, and the outputs on which the steps below the checks wait."""
    op = op_context(context)
    for year, results in checks.items():
        yield from evaluations(context, year, results)
    for key in context.selected_asset_check_keys:
        name = op.job_def.asset_layer.get_op_output_name(key)
        yield dg.Output(None, output_name=name)


def evaluations(
    context: StepContext, year: int, results: Iterable[dg.AssetCheckResult]
) -> Iterator[dg.AssetCheckEvaluation]:
    """What Dagster records of a year's checks. An :class:`dagster.AssetCheckResult` of a step of several years would be
    of no year."""
    targets: dict[dg.AssetKey, Any] = {}
    for result in results:
        # Ours name both; Dagster's type leaves them open.
        key = dg.AssetCheckKey(dg.AssetKey.from_coercible(result.asset_key or ()), result.check_name or "")
        if key not in context.selected_asset_check_keys:
            continue
        if key.asset_key not in targets:
            targets[key.asset_key] = _latest(context, key.asset_key, year)
        yield dg.AssetCheckEvaluation(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=result.passed,
            metadata=result.metadata,
            target_materialization_data=targets[key.asset_key],
            severity=result.severity,
            description=result.description,
            blocking=result.severity == dg.AssetCheckSeverity.ERROR,
            partition=str(year),
        )


def _latest(context: StepContext, asset: dg.AssetKey, year: int) -> Any:
    """What an evaluation says of the materialization that it judges."""
    # A private name: a step of several years has no public way to say which year a check is of (dagster#17005).
    from dagster._core.definitions.asset_checks.asset_check_evaluation import (
        AssetCheckEvaluationTargetMaterializationData,
    )

    wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=[str(year)])
    records = op_context(context).instance.fetch_materializations(wanted, limit=1).records
    if not records:
        return None
    return AssetCheckEvaluationTargetMaterializationData(
        run_id=records[0].run_id, storage_id=records[0].storage_id, timestamp=records[0].timestamp
    )


def _materialization(asset: str, year: int, result: YearResult) -> dg.AssetMaterialization:
    tags = {DATA_VERSION: result.digest} if result.digest else {}
    return dg.AssetMaterialization(key_of(asset), partition=str(year), metadata=dict(result.metadata), tags=tags)
