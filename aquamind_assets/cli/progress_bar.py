"""The progress bar of ``aquamind run`` and ``aquamind days``, which the assets report to."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich import progress as rich_progress
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn

from aquamind_assets.cli.formats import duration, short
from aquamind_assets.cli.pace import Pace
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.warehouse.memory import resident_mb


class ProgressBar(Progress):
    """A progress bar that shows year, asset, share done, rows, rows a second, memory and time left."""

    def __init__(self, console: Console, assets: Sequence[str], years: Sequence[int]) -> None:
        super().__init__()
        self.pace = Pace(assets, years, time.monotonic)
        self._progress = rich_progress.Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[step]:<30}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[figures]}"),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._step = "getting ready"

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The bar is on the screen inside this block."""
        with self._progress:
            self._task = self._progress.add_task("", total=1.0, step=self._step, figures="")
            yield

    def started(self, asset: str, year: int, chunks: int) -> None:
        """See :class:`Progress`."""
        super().started(asset, year, chunks)
        self.pace.started(asset, year, chunks)
        self._show()

    def chunk_written(self, asset: str, year: int, rows: int) -> None:
        """See :class:`Progress`."""
        super().chunk_written(asset, year, rows)
        self.pace.chunk_written(rows)
        self._show()

    def completed(self, asset: str, year: int) -> None:
        """See :class:`Progress`."""
        super().completed(asset, year)
        self.pace.completed(asset, year)
        self._show()

    def _show(self) -> None:
        if self._task is None:
            return
        pace = self.pace
        left = pace.remaining()
        figures = f"{short(pace.rows)} rows  {short(pace.rows_per_second)}/s  {resident_mb():,.0f} MB" + (
            f"  {duration(left)} left" if left is not None else ""
        )
        if pace.step is not None:
            self._step = f"{pace.step[1]} {pace.step[0]}" + (" (interrupting)" if self.interrupt_requested else "")
        self._progress.update(self._task, completed=pace.share(), figures=figures, step=self._step)
