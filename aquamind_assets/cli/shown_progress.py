"""Progress that is shown while years are generated: its pace, and its figures in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from aquamind_assets.cli.formats import duration, short
from aquamind_assets.cli.pace import Pace
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.warehouse.memory import resident_mb


class ShownProgress(Progress):
    """Keeps the pace of what is reported; subclasses show it."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self.pace = pace
        self.step = "getting ready"
        """Year and asset of the step that runs or ran last."""

    @contextmanager
    def shown(self) -> Iterator[None]:
        """It is shown inside this block."""
        yield

    def started(self, asset: str, year: int, chunks: int) -> None:
        """See :class:`Progress`."""
        super().started(asset, year, chunks)
        self.pace.started(asset, year, chunks)
        self._changed()

    def chunk_written(self, asset: str, year: int, rows: int) -> None:
        """See :class:`Progress`."""
        super().chunk_written(asset, year, rows)
        self.pace.chunk_written(rows)
        self._changed()

    def completed(self, asset: str, year: int) -> None:
        """See :class:`Progress`."""
        super().completed(asset, year)
        self.pace.completed(asset, year)
        self._changed()

    def figures(self, separator: str) -> str:
        """Rows, rows a second, memory, and the time left once it is known."""
        pace, left = self.pace, self.pace.remaining()
        parts = [f"{short(pace.rows)} rows", f"{short(pace.rows_per_second)}/s", f"{resident_mb():,.0f} MB"]
        return separator.join(parts + ([f"{duration(left)} left"] if left is not None else []))

    def _changed(self) -> None:
        """Something was reported."""
        if self.pace.step is not None:
            self.step = f"{self.pace.step[1]} {self.pace.step[0]}" + " (interrupting)" * self.interrupt_requested
