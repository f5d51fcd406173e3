"""The progress bar of ``aquamind run`` and ``aquamind days`` on a terminal."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich import progress as rich_progress
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn

from aquamind_assets.cli.pace import Pace
from aquamind_assets.cli.shown_progress import ShownProgress


class ProgressBar(ShownProgress):
    """A progress bar that shows year, asset, share done, rows, rows a second, memory and time left."""

    def __init__(self, console: Console, assets: Sequence[str], years: Sequence[int]) -> None:
        super().__init__(Pace(assets, years, time.monotonic))
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

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The bar is on the screen inside this block."""
        with self._progress:
            self._task = self._progress.add_task("", total=1.0, step=self.step, figures="")
            yield

    def _changed(self) -> None:
        super()._changed()
        if self._task is not None:
            self._progress.update(self._task, completed=self.pace.share(), figures=self.figures("  "), step=self.step)
