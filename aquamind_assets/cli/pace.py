"""How far a history is, and how long it will still take: arithmetic of progress, without a clock or a screen of its
own."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Progress over (asset, year) steps.

    A step that has not run yet is expected to take what the same asset took in earlier years, or what a step takes on
    average. Checks and reports come after a step's rows; their time counts with the step that completes next.

    Attributes:
        assets: the assets of every year.
        years: the years.
        clock: seconds, monotonic.
    """

    assets: Sequence[str]
    years: Sequence[int]
    clock: Callable[[], float]
    rows: int = 0
    step: tuple[str, int] | None = None
    _counted_until: float = 0.0
    _chunks: int = 1
    _chunks_done: int = 0
    _seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _done: set[tuple[str, int]] = field(default_factory=set)
    _first: float | None = None

    def started(self, asset: str, year: int, chunks: int) -> None:
        """A step begins."""
        now = self.clock()
        if self._first is None:
            self._first = self._counted_until = now
        self.step, self._chunks, self._chunks_done = (asset, year), max(1, chunks), 0

    def chunk_written(self, rows: int) -> None:
        """The step wrote a chunk."""
        self.rows += rows
        self._chunks_done += 1

    def completed(self, asset: str, year: int) -> None:
        """A step is done."""
        now = self.clock()
        self._seconds[asset].append(now - self._counted_until)
        self._counted_until = now
        self._done.add((asset, year))
        self.step = None

    def is_complete(self, year: int) -> bool:
        """Whether every step of a year is done."""
        return all((asset, year) in self._done for asset in self.assets)

    @property
    def elapsed(self) -> float:
        """Seconds since the first step began."""
        return 0.0 if self._first is None else self.clock() - self._first

    @property
    def rows_per_second(self) -> float:
        """Rows written in all, by the seconds they took in all."""
        return self.rows / self.elapsed if self.elapsed > 0 else 0.0

    def remaining(self) -> float | None:
        """Seconds still to come, or None before the first year is done: until then there is too little to go by."""
        if not any(map(self.is_complete, self.years)):
            return None
        return sum(self._expected(asset) * self._left(asset, year) for year in self.years for asset in self.assets)

    def share(self) -> float:
        """Share of the work that is done, 0 to 1, by expected seconds."""
        total = sum(self._expected(asset) for asset in self.assets) * len(self.years)
        left = sum(self._expected(asset) * self._left(asset, year) for year in self.years for asset in self.assets)
        return 1 - left / total if total > 0 else 0.0

    def _left(self, asset: str, year: int) -> float:
        if (asset, year) in self._done:
            return 0.0
        return 1 - min(1.0, self._chunks_done / self._chunks) if self.step == (asset, year) else 1.0

    def _expected(self, asset: str) -> float:
        took = self._seconds.get(asset)
        if took:
            return sum(took) / len(took)
        everything = [seconds for each in self._seconds.values() for seconds in each]
        return sum(everything) / len(everything) if everything else 1.0
