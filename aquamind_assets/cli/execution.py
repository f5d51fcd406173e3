"""Years one after another through Dagster, with their progress shown, and an interrupt that loses nothing.

Shared by ``aquamind run`` and ``aquamind days``. Belongs here: running years in this process. Does not belong here:
which years (the commands), how the result is shown (``run_summary``).
"""

import gc
import logging
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from aquamind_assets.cli.exits import INTERRUPTED
from aquamind_assets.cli.home import open_instance
from aquamind_assets.cli.output import streams_given_back
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.settings import home_of

if TYPE_CHECKING:
    from aquamind_assets.assets.runs import YearRun
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.warehouse.adoption.decisions import Meeting

SHOWN_MEETINGS = 10
"""Meetings with user-entered rows that are printed; the log and the JSON document have all of them."""

LOOKS_AFTER_OTHERS_EVERY_S = 60.0
"""So often the dead are looked for among other runs: one of them may hold the place that this one waits for."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Execution:
    """The outcome of executing years.

    Attributes:
        years: the years that were to be executed.
        runs: the Dagster runs of those that were begun, in order.
        interrupted: whether a person interrupted it.
        met: what became of rows that met user-entered ones.
    """

    years: list[int]
    runs: "list[YearRun]"
    interrupted: bool
    met: "list[Meeting]"

    @property
    def failed(self) -> "YearRun | None":
        """The run that failed, unless it was interrupted."""
        return None if self.interrupted else next((run for run in self.runs if not run.success), None)


def execute_years(
    platform: "Platform",
    years: Sequence[int],
    console: Console,
    *,
    with_bar: bool = True,
    assets: Sequence[str] | None = None,
    noted: bool = True,
    keep_password: bool = False,
) -> Execution:
    """Materialize every asset of these years, or the given assets, in order, in this process.

    With ``noted`` the settings are kept for the commands that follow, the password with ``keep_password`` alone. Runs
    whose process is gone are reported failed first.

    Raises:
        UserError: the database, the ledgers or DAGSTER_HOME cannot be used.
    """
    with _kept_to_the_end():
        from aquamind_assets.assets.dead_runs import reconcile
        from aquamind_assets.assets.jobs import ONE_YEAR
        from aquamind_assets.assets.keys import name_of
        from aquamind_assets.assets.runs import run_years
        from aquamind_assets.cli.progress_bar import ProgressBar
        from aquamind_assets.cli.progress_lines import ProgressLines
        from aquamind_assets.definitions import build_defs
        from aquamind_assets.pipeline.existing_rows import examine

        job = build_defs(platform=platform).resolve_job_def(ONE_YEAR)
    chosen = list(assets) if assets is not None else sorted(map(name_of, job.asset_layer.selected_asset_keys))
    shown = (ProgressBar if console.is_terminal else ProgressLines)(console, chosen, years)
    bar = shown if with_bar and years else None
    progress = platform.progress = bar or Progress()
    with open_instance() as instance:
        # Refuses, before anything is made or written, what cannot be written beside user-entered rows.
        met = examine(platform, years)
        with platform.open() as warehouse:
            under_way = reconcile(instance, warehouse.is_locked)
        platform.ledgers.store.require_writable()
        if noted:
            # Only once they are known to work: a wrong URL must not become what the next command uses.
            platform.settings.note(home_of(), with_password=keep_password)
        announce_meetings(console, met)
        for run in under_way:
            if not run.alive:
                console.print(
                    f"Dead run of {run.partition or run.job} reported failed ({run.reason}); its committed chunks"
                    " stay.",
                    markup=False,
                    highlight=False,
                )
        with (
            bar.shown() if bar else nullcontext(),
            requests_interrupt(progress),
            streams_given_back(),
            ThreadPoolExecutor(1) as aside,
        ):
            # Dagster takes over the signal handlers of the main thread, and would cut a chunk in two.
            running = aside.submit(run_years, job, instance, years, platform, assets=assets)
            while not wait([running], LOOKS_AFTER_OTHERS_EVERY_S).done:
                _look_after_others(platform)
            runs = running.result()
    if all(run.success for run in runs):
        with platform.read() as warehouse:
            warehouse.show_to_others()
    return Execution(list(years), runs, progress.interrupt_requested, met)


def _look_after_others(platform: "Platform") -> None:
    """Report dead runs failed, which frees their places among the writers; what stands in the way is tried again
    later."""
    from aquamind_assets.assets.dead_runs import reconcile

    try:
        with open_instance() as instance, platform.lock_probe() as is_locked:
            for run in reconcile(instance, is_locked):
                if not run.alive:
                    _log.info("dead run %s reported failed (%s)", run.run_id, run.reason)
    except Exception:
        _log.info("other runs could not be looked after", exc_info=True)


@contextmanager
def _kept_to_the_end() -> Iterator[None]:
    """Look for no garbage among what the block makes, then or later: modules and definitions, which stay to the end of
    the process. That took .8 of 3 s."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def announce_meetings(console: Console, met: "Sequence[Meeting]") -> None:
    """Print and log what becomes of rows of the platform that user-entered rows stand in the place of."""
    for meeting in met:
        _log.info("%s", meeting)
    for meeting in met[:SHOWN_MEETINGS]:
        console.print(str(meeting), markup=False, highlight=False, soft_wrap=True)
    if len(met) > SHOWN_MEETINGS:
        console.print(f"... and {len(met) - SHOWN_MEETINGS} more; the log has them all.")


@contextmanager
def requests_interrupt(progress: Progress) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM request an interrupt at the end of the chunk; the second one ends the process at once, and
    the database rolls its chunk back."""

    def request(number: int, frame: object) -> None:
        if progress.interrupt_requested:
            os._exit(INTERRUPTED)
        progress.interrupt_requested = True

    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
