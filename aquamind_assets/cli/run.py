"""``aquamind run`` and ``aquamind days``: years one after another through Dagster, with a bar, and a way to stop that
loses nothing."""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta

import dagster as dg
from rich.console import Console

from aquamind_assets.assets.dead_runs import GRACE_S, RunLiveness, reconcile
from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.assets.runs import YearRun, run_years
from aquamind_assets.cli.home import make_home
from aquamind_assets.cli.progress_bar import ProgressBar
from aquamind_assets.cli.year_choice import UsageError
from aquamind_assets.definitions import build_defs
from aquamind_assets.farm.batches.staging import staged_starts
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.prerequisites import complete_years
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, day_number


@dataclass(frozen=True)
class RunSummary:
    """What came of a run: its years, the runs that were made for them, and whether somebody asked to stop."""

    years: list[int]
    runs: list[YearRun]
    stopped: bool

    @property
    def failed(self) -> YearRun | None:
        """The year that failed of itself, if one did."""
        return None if self.stopped else next((run for run in self.runs if not run.success), None)


def announce(console: Console, settings: Settings, years: Sequence[int]) -> None:
    """One line that says what is about to be made, and where."""
    scenario = settings.load_scenario()
    changed = f" with {', '.join(settings.changes)}" if settings.changes else ""
    span = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
    staging = scenario.farm.batches.staging
    staged = f", staged for {staging.date}" if staging else ""
    console.print(
        f"Scenario [bold]{scenario.name}[/]{changed}{staged}, {span}, into {settings.database_name}", highlight=False
    )


def run(
    settings: Settings, years: Sequence[int], console: Console, *, resume: bool = False, shown: bool = True
) -> RunSummary:
    """Materialise every asset of these years, in order; with ``resume`` from the first year on that is not complete.

    Raises:
        ScenarioError: the places of staged batches cannot be reached.
    """
    platform = Platform(settings.settled())
    staged_starts(platform.scenario, platform.infrastructure)
    if resume:
        with platform.open() as warehouse:
            done = complete_years(platform, warehouse, years)
        years = [year for year in years if any(earlier not in done for earlier in years if earlier <= year)]
    return _run(platform, list(years), console, shown)


def run_days(settings: Settings, start: date, count: int, console: Console, *, shown: bool = True) -> RunSummary:
    """Record ``count`` days from ``start``, after simulating the farm up to them.

    Raises:
        UsageError: the days lie before the scenario's first year or are not over yet.
    """
    settings = settings.settled()
    scenario, last = settings.load_scenario(), start + timedelta(days=count - 1)
    if start.year < scenario.first_year or last >= settings.current_day():
        raise UsageError(
            f"{start} to {last}: allowed are days from {scenario.first_year}-01-01 to yesterday,"
            f" {settings.current_day() - timedelta(days=1)}"
        )
    platform = Platform(
        replace(settings, today=last + timedelta(days=1)), days=DayRange(day_number(start), day_number(last) + 1)
    )
    console.print(
        f"Scenario [bold]{scenario.name}[/], {start} to {last}, into {settings.database_name}", highlight=False
    )
    whole = Platform(platform.settings)
    before = _run(
        whole,
        list(range(scenario.first_year, start.year)),
        console,
        shown,
        assets=[*BEFORE_THE_FARM, "site_climate", "farm_year"],
    )
    if before.stopped or before.failed:
        return before
    return _run(platform, list(range(start.year, last.year + 1)), console, shown)


def reconcile_runs(settings: Settings, grace_s: float = GRACE_S) -> list[RunLiveness]:
    """Report dead runs failed; the verdicts on all runs under way."""
    make_home()
    with dg.DagsterInstance.get() as instance, Platform(settings).open() as warehouse:
        return reconcile(instance, warehouse.is_locked, grace_s)


def _run(
    platform: Platform, years: list[int], console: Console, shown: bool, assets: Sequence[str] | None = None
) -> RunSummary:
    platform.settings.note(make_home())
    job = build_defs(platform=platform).resolve_job_def(ONE_YEAR)
    chosen = (
        list(assets)
        if assets is not None
        else sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
    )
    bar = ProgressBar(console, chosen, years) if shown and years else None
    progress = platform.progress = bar or Progress()
    with dg.DagsterInstance.get() as instance:
        with platform.open() as warehouse:
            verdicts = reconcile(instance, warehouse.is_locked)
        for verdict in verdicts:
            if not verdict.alive:
                console.print(
                    f"An earlier run of {verdict.partition or verdict.job} had died ({verdict.reason}); going on from"
                    " what it committed.",
                    highlight=False,
                )
        selected = [dg.AssetKey(name) for name in assets] if assets is not None else None
        with bar.shown() if bar else nullcontext(), stop_on_interrupt(progress), ThreadPoolExecutor(1) as aside:
            # Dagster takes over the signal handlers of the main thread, and would cut a chunk in two.
            runs = aside.submit(run_years, job, instance, years, progress, assets=selected).result()
    return RunSummary(years, runs, progress.interrupt_requested)


@contextmanager
def stop_on_interrupt(progress: Progress) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the progress to stop at the next chunk border; the second one ends the process at once,
    and its chunk is rolled back."""

    def ask(number: int, frame: object) -> None:
        if progress.interrupt_requested:
            os._exit(130)
        progress.interrupt_requested = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
