"""Progress where the output is no terminal: a plain line for each year, and one every half minute between them."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from aquamind_assets.cli.pace import Pace
from aquamind_assets.cli.shown_progress import ShownProgress

EVERY_S = 30.0
"""Seconds after which a line is printed though no year was completed."""


class ProgressLines(ShownProgress):
    """Prints lines with year, asset, share done, rows, rows a second, memory and time left."""

    def __init__(
        self,
        console: Console,
        assets: Sequence[str],
        years: Sequence[int],
        *,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(Pace(assets, years, clock))
        self._console, self._every_s = console, every_s

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Lines are printed inside this block, also while a long step reports nothing."""
        ended = threading.Event()

        def print_now_and_then() -> None:
            while not ended.wait(self._every_s):
                self._print(self.step)

        printing = threading.Thread(target=print_now_and_then, daemon=True)
        printing.start()
        try:
            yield
        finally:
            ended.set()
            printing.join()

    def completed(self, asset: str, year: int) -> None:
        """See :class:`Progress`."""
        super().completed(asset, year)
        if self.pace.is_complete(year):
            self._print(f"{year} complete")

    def _print(self, step: str) -> None:
        self._console.print(
            f"{step}: {self.pace.share():.0%}, {self.figures(', ')}", markup=False, highlight=False, soft_wrap=True
        )
