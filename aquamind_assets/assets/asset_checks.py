"""Laws and realism as Dagster's asset checks, year by year.

Belongs here: what Dagster shows of a check and of its result, and the step for checks that need several assets. Does
not belong here: what is checked (``integrity``, ``realism``).

Laws are blocking: where one is broken, the run stops before anything is made from the year. They are judged within the
step that writes the asset, which costs a fraction of a step of their own; laws that look at assets beside their own
wait for these in one step for all. Published figures only warn.
"""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from aquamind_assets.assets.failures import named_failures, raise_violations
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.year_steps import answered, years_of
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.registry import SIMULATED, JudgedLaw, Law, judge, laws_of
from aquamind_assets.laws.stored_evidence import evidence_of
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.realism.observations import Observations, observe
from aquamind_assets.realism.readings import observe_readings
from aquamind_assets.realism.statistics import is_full_scale, measure
from aquamind_assets.realism.targets import Comparison, load_targets
from aquamind_assets.realism.targets import compare as compare_figures
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.releases import Release

FIGURES = "published_figures"


def specs_of(asset: str, years: dg.TimeWindowPartitionsDefinition, release: Release) -> list[dg.AssetCheckSpec]:
    """The checks that the step of an asset answers for."""
    specs = [_of_law(law, years) for law in laws_of(release) if law.asset == asset and not law.beside]
    if asset == SIMULATED:
        said = (
            "What the year measures beside published figures of salmon farming, where a year is enough to say. A miss"
            " is a warning: small farms stray."
        )
        specs.append(_spec(years, FIGURES, asset, said))
    return specs


def _of_law(law: Law, years: dg.TimeWindowPartitionsDefinition) -> dg.AssetCheckSpec:
    return _spec(
        years,
        law.name,
        law.asset,
        law.description,
        additional_deps=[key_of(asset) for asset in law.beside],
        blocking=True,
    )


def _spec(
    years: dg.TimeWindowPartitionsDefinition, name: str, asset: str, description: str, **more: Any
) -> dg.AssetCheckSpec:
    """A check year by year. Dagster calls that a preview and warns of each of thirty checks; the version is pinned to
    the minor, so once is known enough."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(name, asset=key_of(asset), description=description, partitions_def=years, **more)


def results_of(asset: str, evidence: Evidence, release: Release) -> list[dg.AssetCheckResult]:
    """Results of an asset's laws, those that look at other assets beside it left out."""
    return [
        check_result(judged)
        for judged in judge([law for law in laws_of(release) if law.asset == asset and not law.beside], evidence)
    ]


def check_result(judged: JudgedLaw) -> dg.AssetCheckResult:
    """A judged law as Dagster shows it: a violation is an error; a law that checked nothing without a known reason is a
    warning."""
    result = judged.result
    metadata: dict[str, Any] = {
        "violations": result.violations,
        "rows_checked": result.total_checked,
        "seconds": round(judged.seconds, 3),
        "checked": dg.MetadataValue.json(dict(result.checked)),
    }
    if result.examples:
        metadata["examples"] = dg.MetadataValue.md("\n".join(f"* {example}" for example in result.examples))
    if result.not_checked:
        metadata["not checked"] = dg.MetadataValue.md("\n".join(f"* {text}" for text in result.not_checked))
    severity = dg.AssetCheckSeverity.ERROR if result.violations or result.passed else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        asset_key=key_of(judged.law.asset),
        check_name=judged.law.name,
        passed=result.passed,
        severity=severity,
        description=str(result),
        metadata=metadata,
    )


def figures_of(platform: Platform, year: int, ledger: Ledger) -> dg.AssetCheckResult:
    """The year's published figures."""
    comparisons = compare_figures(
        load_targets(),
        measured(platform, observed_year(platform, year, ledger)),
        "year",
        full_scale=is_full_scale(platform.infrastructure),
    )
    return figures_result(FIGURES, comparisons)


def observed_year(platform: Platform, year: int, ledger: Ledger) -> Observations:
    """A year's sums; those over readings are made as the readings are, of some weeks of each season, whether they have
    been written yet or not."""
    climate = platform.ledgers.climate(year)
    lives = lives_of([ledger])
    readings = observe_readings(
        YearInputs(platform.scenario, platform.infrastructure, climate, ledger, lives, platform.release)
    )
    return observe(platform.scenario, platform.infrastructure, climate, ledger, readings)


def measured(platform: Platform, observed: Observations) -> Any:
    """What published figures are compared with, of these sums."""
    return measure(platform.scenario, platform.infrastructure, observed)


def figures_result(name: str, comparisons: list[Comparison]) -> dg.AssetCheckResult:
    """Compared figures as the result of the check of this name."""
    counted = {
        standing: sum(comparison.standing == standing for comparison in comparisons)
        for standing in ("inside", "outside", "not measured")
    }
    rows = [
        f"| {one.target.figure} | {one.target.unit} | {_numbers(one.measured) or '-'} | {_band(one)} | {one.standing} |"
        f" {one.target.source} |"
        for one in comparisons
    ]
    table = "\n".join(["| figure | unit | measured | band | | source |", "|---|---|---|---|---|---|", *rows])
    single = {one.target.key: float(f"{one.measured[0]:.4g}") for one in comparisons if len(one.measured) == 1}
    outside = [one.target.figure for one in comparisons if one.standing == "outside"]
    looked = counted["inside"] + counted["outside"]
    said = (
        f"outside their band: {'; '.join(outside)}"
        if outside
        else "all inside their band"
        if looked
        else "nothing could be measured"
    )
    return dg.AssetCheckResult(
        asset_key=key_of(SIMULATED),
        check_name=name,
        passed=bool(looked) and not outside,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{looked} figures measured, {said}.",
        metadata={
            "outside": counted["outside"],
            "measured": looked,
            "not_measured": counted["not measured"],
            "figures": dg.MetadataValue.md(table),
            **single,
        },
    )


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _band(comparison: Comparison) -> str:
    return ", ".join(
        f"{low:.3g} to {high:.3g}" for low, high in zip(comparison.target.low, comparison.target.high, strict=True)
    )


def checks_across_assets(years: dg.TimeWindowPartitionsDefinition, release: Release) -> dg.AssetChecksDefinition:
    """The step for laws that look at assets beside their own."""
    laws = {dg.AssetCheckKey(key_of(law.asset), law.name): law for law in laws_of(release) if law.beside}

    @dg.multi_asset_check(
        name="laws_across_assets", specs=[_of_law(law, years) for law in laws.values()], can_subset=True
    )
    def judged(context: dg.AssetCheckExecutionContext, platform: dg.ResourceParam[Platform]) -> Iterator[Any]:
        chosen = [law for key, law in laws.items() if key in context.selected_asset_check_keys]
        results: dict[int, list[dg.AssetCheckResult]] = {}
        for year in years_of(context):
            with named_failures(context, platform.progress), platform.step() as warehouse:
                evidence = evidence_of(platform, year).with_database(warehouse)
                results[year] = [check_result(one) for one in judge(chosen, evidence)]
        yield from answered(context, results)
        for one in results.values():
            raise_violations(one)

    return judged
